"""The audit log, for admins: who did what, when, from where."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dash import Input, Output, Patch, State, ctx, dcc, html, no_update

import context
from dashapp.components import audit_log, notices
from dashapp.components.attributes import aria
from dashapp.components.faults import fault
from dashapp.components.forms import button, choice_field, page_head, text_field
from dashapp.wiring import Wiring
from domain.audit import Deed
from domain.errors import Invalid, NotFound
from domain.people import normal_email
from models import audit
from models.audit import AuditEntry

PATH = "/audit"
TITLE = "Audit log · Labfeed"
AT_ONCE = 50
"""Entries drawn at first, and with each press on Older."""

ANY = "any"


class Ids(StrEnum):
    FRAME = "audit-frame"
    NOTHING = "audit-nothing"
    DEED = "audit-deed"
    PERSON = "audit-person"
    CHANNEL = "audit-channel"
    LOG = "audit-log"
    NONE = "audit-none"
    MORE = "audit-more"
    OLDER = "audit-older"
    SHOWN = "audit-shown"


wire = Wiring()


def exists(_pathname: str) -> bool:
    """Whether there is a log for this viewer: for admins alone."""
    return context.viewer().is_admin


def layout(**_address: str) -> html.Div:
    deeds = [(ANY, "All kinds"), *((str(deed), audit_log.deed_words(deed)) for deed in Deed)]
    filters = html.Div(
        [
            choice_field(Ids.DEED, "What was done", deeds, ANY),
            text_field(Ids.PERSON, "Person", hint="E-mail, or the number of somebody erased.", debounce=True),
            text_field(Ids.CHANNEL, "Channel", hint="The number in its address.", debounce=True, inputMode="numeric"),
        ],
        className="lf-fields lf-log-filters",
        role="search",
        **aria(label="Which entries to show"),
    )
    drawn = [
        page_head("Audit log", "Who did what, when, from where. The newest first; times are UTC."),
        filters,
        html.Div(id=Ids.NONE, className="lf-log-none"),
        html.Ol(id=Ids.LOG, className="lf-log", children=[], **aria(label="Entries")),
        html.Div(button(Ids.OLDER, "Older", "chevron-down"), id=Ids.MORE, className="lf-log-more", hidden=True),
        dcc.Store(id=Ids.SHOWN, data={}),
    ]
    return html.Div([html.Div(drawn, id=Ids.FRAME), html.Div(id=Ids.NOTHING)], className="lf-page lf-audit")


@dataclass(frozen=True, slots=True)
class Sought:
    """Which entries to draw; with `before_id` those that come after what is drawn, whose last day is `day`."""

    deed: Deed | None
    person_id: int | None
    email: str | None
    channel_id: int | None
    before_id: int | None
    day: str


@wire(
    Output(Ids.LOG, "children"),
    Output(Ids.NONE, "children"),
    Output(Ids.SHOWN, "data"),
    Output(Ids.MORE, "hidden"),
    Output(Ids.FRAME, "hidden"),
    Output(Ids.NOTHING, "children"),
    Input(Ids.DEED, "value"),
    Input(Ids.PERSON, "value"),
    Input(Ids.CHANNEL, "value"),
    Input(Ids.OLDER, "n_clicks"),
    State(Ids.SHOWN, "data"),
)
def draw(deed: str, person: str, channel: str, _older: int, shown: dict[str, Any]) -> tuple[Any, ...]:
    try:
        sought = parse(deed, person, channel, shown if ctx.triggered_id == Ids.OLDER else {})
        found = fetch(sought)
    except Invalid as wrong:
        return no_update, fault(" ".join(filter(None, (wrong.detail, wrong.hint)))), no_update, no_update, False, None
    except NotFound:
        return [], None, {}, True, True, notices.not_found("The address may be mistyped.")
    return build(found, sought)


def parse(deed: str, person: str | None, channel: str | None, shown: dict[str, Any]) -> Sought:
    """What is asked for. Raises Invalid for a field that holds something else."""
    person, channel = (person or "").strip(), (channel or "").strip()
    return Sought(
        deed=Deed(deed) if deed in set(Deed) else None,
        person_id=_number(person, "person") if person.isdecimal() else None,
        email=normal_email(person) if person and not person.isdecimal() else None,
        channel_id=_number(channel, "channel") if channel else None,
        before_id=int(shown["last"]) if "last" in shown else None,
        day=str(shown.get("day", "")),
    )


def fetch(sought: Sought) -> list[AuditEntry]:
    """The entries, and one more where there are more. Raises NotFound for who is no admin."""
    return context.store().ask(
        audit.entries,
        context.viewer(),
        before_id=sought.before_id,
        limit=AT_ONCE + 1,
        deed=sought.deed,
        person_id=sought.person_id,
        email=sought.email,
        channel_id=sought.channel_id,
    )


def build(found: list[AuditEntry], sought: Sought) -> tuple[Any, ...]:
    drawn, is_last = found[:AT_ONCE], len(found) <= AT_ONCE
    items: Any = audit_log.log_items(drawn, sought.day)
    if sought.before_id is not None:
        older = Patch()
        older.extend(items)
        items = older
    elif not drawn:
        return [], _none(), {}, True, False, None
    shown = {"last": drawn[-1].id, "day": audit_log.day_of(drawn[-1])} if drawn else {}
    return items, None, shown, is_last, False, None


def _none() -> html.Section:
    return notices.empty_state(
        "journal-text", "No such entry", "Nothing of this kind is in the log. Change what is looked for above."
    )


def _number(written: str, whose: str) -> int:
    if not (written.isascii() and written.isdecimal() and len(written) <= 9):
        raise Invalid(f"{written[:50]!r} is no number of a {whose}.", hint="It stands in the address: /channels/7.")
    return int(written)
