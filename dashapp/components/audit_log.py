"""The audit log as a list, a day after the other. Looks are in assets/audit.css."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.icons import icon
from domain.audit import Deed
from domain.timespan import to_datetime, to_rfc3339
from models.audit import AuditEntry, Party

PICTURES = {
    "sign": "box-arrow-in-right",
    "session": "box-arrow-right",
    "address": "at",
    "channel": "broadcast",
    "member": "people",
    "invitation": "envelope",
    "key": "key",
    "token": "terminal",
    "queue": "chat-left-text",
    "course": "mortarboard",
    "roster": "list-check",
    "data": "download",
    "import": "box-arrow-in-down",
    "person": "eraser",
    "reading": "pencil",
    "screen": "easel",
}
"""What a deed is about, by the beginning of its words → the picture beside it."""

WITHIN_A_FACT = re.compile(r"(?<=\w) (?=\w+:)|(?<=:) | (?=·)")
"""The blanks of `channels made: 4` at which no line ends."""

NO_BREAK = "\N{NO-BREAK SPACE}"


def log_items(entries: Sequence[AuditEntry], day: str = "") -> list[html.Li]:
    """The entries, newest first, with a heading before each new day; `day` is the one that stands above them."""
    items = []
    for entry in entries:
        if day_of(entry) != day:
            day = day_of(entry)
            items.append(html.Li(html.H2(_day_words(entry)), className="lf-log-day"))
        items.append(_item(entry))
    return items


def day_of(entry: AuditEntry) -> str:
    """`2026-11-20`, in UTC."""
    return f"{to_datetime(entry.at):%Y-%m-%d}"


def deed_words(deed: Deed) -> str:
    return str(deed).capitalize()


def picture_of(deed: Deed) -> str:
    return next(picture for beginning, picture in PICTURES.items() if str(deed).startswith(beginning))


def _day_words(entry: AuditEntry) -> str:
    moment = to_datetime(entry.at)
    return f"{moment:%A} {moment.day} {moment:%B %Y}"


def _item(entry: AuditEntry) -> html.Li:
    when = html.Time(f"{to_datetime(entry.at):%H:%M:%S}", dateTime=to_rfc3339(entry.at), title=to_rfc3339(entry.at))
    deed = html.Span([icon(picture_of(entry.deed)), deed_words(entry.deed)], className="lf-log-deed")
    origin = html.Span(entry.address, className="lf-log-from lf-mono")
    return html.Li([when, deed, _who(entry), _what(entry), origin], className="lf-log-item")


def _who(entry: AuditEntry) -> html.Span:
    if entry.who is not None:
        return html.Span(_party(entry.who), className="lf-log-who")
    return html.Span("Somebody not signed in" if entry.address else "The command line", className="lf-log-who lf-sub")


def _party(party: Party) -> list[Component]:
    if not party.name and not party.email:
        return [html.Span(f"Somebody erased (person {party.person_id})", className="lf-sub")]
    name = html.Strong(party.name or party.email)
    return [name, html.Span(party.email, className="lf-sub")] if party.name and party.email else [name]


def _what(entry: AuditEntry) -> html.Span:
    """What it was done to, then what else is known of it."""
    parts = [*_channel(entry), *_course(entry), *_about(entry)]
    if entry.detail and entry.detail != f"name: {entry.channel}":  # the channel is called so above
        parts.append(html.Span(WITHIN_A_FACT.sub(NO_BREAK, entry.detail), className="lf-sub lf-log-detail"))
    return html.Span(parts, className="lf-log-what")


def _channel(entry: AuditEntry) -> list[Component]:
    if entry.channel_id is None:
        return []
    if not entry.channel:
        return [html.Span(f"Channel {entry.channel_id} (gone)", className="lf-sub")]
    return [dcc.Link(entry.channel, href=f"/channels/{entry.channel_id}")]


def _course(entry: AuditEntry) -> list[Component]:
    if entry.course_id is None:
        return []
    if not entry.course:
        return [html.Span(f"Course {entry.course_id} (gone)", className="lf-sub")]
    return [dcc.Link(entry.course, href=f"/courses/{entry.course_id}")]


def _about(entry: AuditEntry) -> list[Component]:
    if entry.about is None or entry.about == entry.who:
        return []
    return [html.Span([icon("person"), *_party(entry.about)], className="lf-log-about")]
