"""Code that reads a channel in a notebook, a spreadsheet or a terminal: a choice of them, and what is copied."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.attributes import aria
from dashapp.components.boards import Code, File
from dashapp.components.code_blocks import code_blocks
from dashapp.components.forms import choice_field, panel
from dashapp.components.icons import icon
from domain.notebooks import NOTEBOOKS, Notebook, Source

KEY_PLACEHOLDER = "YOUR-READ-KEY"
FIRST_BLOCK = 100
"""Where the blocks are counted from: a page may show the code of boards, too."""

RANGES = {
    "now-1h": "The last hour",
    "now-1d": "The last 24 hours",
    "now-7d": "The last 7 days",
    "first": "Everything",
}
USUAL_RANGE = "now-1d"


def part_id(name: str, where: str) -> dict[str, Any]:
    """The id of a part: `name` is `source`, `language`, `range` or `code`; `where` it stands."""
    return {"notebook": name, "of": where}


def below_a_link(where: str) -> list[Component]:
    """The choice where a file is offered, closed; `source` says what is to be read."""
    languages = choice_field(part_id("language", where), "Read it with", _languages(), NOTEBOOKS[0].slug)
    _remember(languages.children[1])
    code = html.Div(id=part_id("code", where), className="lf-notebook-code")
    closed = html.Details(
        [html.Summary("Read the same in a program"), languages, code], className="lf-take-more lf-notebook-more"
    )
    return [dcc.Store(id=part_id("source", where)), closed]


def choice_panel(where: str) -> html.Section:
    """The choice on a page of its own, with the range that is read."""
    ranges = choice_field(part_id("range", where), "Readings of", list(RANGES.items()), USUAL_RANGE)
    tiles = _remember(
        dbc.RadioItems(
            id=part_id("language", where),
            options=[{"value": each.slug, "label": [icon(each.picture), html.Span(each.name)]} for each in NOTEBOOKS],
            value=NOTEBOOKS[0].slug,
            class_name="lf-boards",
            input_class_name="lf-board-input",
            label_class_name="lf-board",
        )
    )
    made = panel(
        "Read it in a notebook or a spreadsheet",
        html.Div(tiles, role="group", **aria(label="Where you work with it")),
        html.Div(ranges, className="lf-form lf-notebook-range"),
        html.Div(id=part_id("code", where), className="lf-code-of-board"),
        note="For exactly what a chart shows: Export on the live page.",
    )
    return html.Section(made.children, className="lf-panel lf-notebooks")


def code(
    notebook: Notebook, source: Source, channel_id: int, *, may_copy: bool, may_make_keys: bool
) -> list[Component]:
    """What is copied, and what to know of its key."""
    snippet = notebook.snippet(source)
    files = tuple(File(each.name, each.text, each.note, each.wraps) for each in snippet.pieces)
    blocks = code_blocks(Code(snippet.steps, files, snippet.sees), may_copy=may_copy, first=FIRST_BLOCK)
    return [*_on_the_key(notebook, source, channel_id, may_make_keys=may_make_keys), *blocks]


def _on_the_key(notebook: Notebook, source: Source, channel_id: int, *, may_make_keys: bool) -> list[Component]:
    if not source.key:
        return []
    if source.key != KEY_PLACEHOLDER:
        return [html.P("The channel's read key is filled in: pass it on to nobody.", className="lf-sub")]
    keys = dcc.Link("Keys", href=f"/channels/{channel_id}/keys")
    who = ["which you make on the page ", keys] if may_make_keys else ["which one of its owners gives you"]
    token = [", or a ", dcc.Link("personal token", href="/account/tokens")] if notebook.takes_tokens else []
    put = ["In place of ", html.Code(KEY_PLACEHOLDER), " put a read key of this channel, ", *who, *token, "."]
    words = html.Span(put)
    return [html.P([icon("info-circle"), words], className="lf-before-code")]


def _languages() -> list[tuple[str, str]]:
    return [(each.slug, each.name) for each in NOTEBOOKS]


def _remember(control: Any) -> Any:
    """A choice that the browser remembers."""
    control.persistence, control.persistence_type = True, "local"
    return control
