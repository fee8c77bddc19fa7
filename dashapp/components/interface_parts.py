"""The parts of the page about the interface for programs: an entry each, with what to type in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.attributes import aria
from dashapp.components.copying import copy_button
from dashapp.components.forms import table
from dashapp.components.icons import icon
from domain.interface import Entry, Member, Needs, Outcome, Parameter, Reader, Refusal

WHERE = {"address": "in the address", "query": "parameter", "header": "header"}


def summary_id(name: Any) -> dict[str, Any]:
    """What opens an entry when it is pressed."""
    return {"interface": "entry", "of": name}


def told_id(name: Any) -> dict[str, Any]:
    """Where the entry is told once it is open."""
    return {"interface": "told", "of": name}


def groups(entries: Sequence[Entry]) -> list[Component]:
    """All entries, by what they are about; each is told when somebody opens it."""
    return [
        html.Section([html.H2(group, id=anchor(group)), *map(_closed, found)], className="lf-panel lf-interface-group")
        for group, found in groupby(entries, key=lambda each: each.group)
    ]


def contents(entries: Sequence[Entry]) -> html.Nav:
    """Ways to the groups."""
    names = dict.fromkeys(each.group for each in entries)
    links = [html.A(name, href=f"#{anchor(name)}", className="lf-interface-way") for name in names]
    return html.Nav(links, className="lf-interface-contents", **aria(label="On this page"))


def anchor(group: str) -> str:
    return "interface-" + group.lower().replace(" ", "-")


def _closed(entry: Entry) -> html.Details:
    summary = html.Summary(
        [
            html.Span(entry.method, className=f"lf-method lf-method-{entry.method.lower()}"),
            html.Code(entry.path, className="lf-interface-path"),
            html.Span(entry.summary, className="lf-interface-summary"),
        ],
        id=summary_id(entry.name),
        n_clicks=0,
    )
    told = html.Div(id=told_id(entry.name), className="lf-interface-told", **aria(live="polite"))
    return html.Details([summary, told], className="lf-interface-entry")


def told(entry: Entry, reader: Reader, *, may_copy: bool) -> list[Component]:
    """One thing that can be asked."""
    words: list[Component] = [html.P(each) for each in (entry.details, entry.who) if each]
    return [*words, _try(entry, reader, may_copy=may_copy), *_question(entry), *_answers(entry)]


def _try(entry: Entry, reader: Reader, *, may_copy: bool) -> html.Div:
    written, block = reader.curl(entry), {"interface": "curl", "of": entry.name}
    text = html.Pre(
        html.Code(written),
        id=block,
        tabIndex="0",
        className="lf-code-wraps" if may_copy else "lf-code-wraps lf-code-whole",
        role="region",
        **aria(label=f"{entry.summary}, in a terminal"),
    )
    tools: list[Any] = [copy_button("the command", target_id=block)] if may_copy else []
    if entry.method == "GET" and entry.needs in (Needs.NOTHING, Needs.SIGHT):
        open_it = [icon("box-arrow-up-right"), html.Span("Open")]
        tools.append(html.A(open_it, href=reader.address(entry), className="btn lf-button lf-button-small"))
    head = html.Div([html.H3("In a terminal"), html.Div(tools, className="lf-actions")], className="lf-piece-head")
    return html.Div([head, html.Div(text, className="lf-code")], className="lf-piece")


def _question(entry: Entry) -> list[Component]:
    shown: list[Component] = []
    if entry.parameters:
        rows = [_parameter(each) for each in entry.parameters]
        head = ("Name", "Where", "What", "Meaning")
        shown += [html.H3("What it takes"), table(f"What {entry.name} takes", head, rows)]
    if entry.media:
        shown += [html.H3("The body"), html.P(f"As {' or '.join(entry.media)}."), *_members(entry.members, entry.name)]
    return shown


def _parameter(each: Parameter) -> list[Any]:
    more: list[Any] = [f" Usually {each.usual}."] if each.usual else []
    if each.example:
        more += [" Such as ", html.Code(each.example), "."]
    return [html.Code(each.name), WHERE[each.place], each.kind, html.Span([each.says, *more])]


def _answers(entry: Entry) -> list[Component]:
    shown: list[Component] = [html.H3("What comes back")]
    for outcome in entry.outcomes:
        shown += [_outcome(outcome), *_members(outcome.members, f"{entry.name} {outcome.status}")]
    if entry.refusals:
        shown += [html.H3("What it may be refused with"), html.Ul([_refusal(each) for each in entry.refusals])]
    return shown


def _outcome(outcome: Outcome) -> html.P:
    media = f" As {' or '.join(outcome.media)}." if outcome.media else ""
    return html.P([html.Code(str(outcome.status)), f" {outcome.says}{media}"])


def _refusal(each: Refusal) -> html.Li:
    return html.Li([html.Code(f"{each.status} {each.code}"), f" {each.title}"])


def _members(members: Sequence[Member], of: str) -> list[Component]:
    if not members:
        return []
    rows = [[html.Code(each.name), each.kind, each.says] for each in members]
    return [table(f"Members of {of}", ("Member", "What", "Meaning"), rows)]


def note_on_keys(reader: Reader, name: str, *, needs_read_key: bool, may_contribute: bool) -> list[Any]:
    """What of the commands below is filled in, and where the rest is had."""
    if not name:
        return ["There is no channel yet that you could read: put your own where 7 stands."]
    words: list[Any] = [f"Below stands {name}"]
    keys = dcc.Link("keys", href=f"/channels/{reader.channel_id}/keys")
    if may_contribute:
        words += [" with its ", keys, ": do not show them to others. "]
    else:
        words.append(". Its write key is known to its editors. ")
    if needs_read_key and reader.read_key.startswith("YOUR-"):
        words.append("It is not public and has no read key: one of its owners makes one. ")
    tokens = dcc.Link("personal token", href="/account/tokens")
    return [*words, "To speak for yourself, take a ", tokens, "."]
