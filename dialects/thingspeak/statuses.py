"""What was said with a channel's entries: all of a day, the last, or the recent ones as a list for a frame."""

from __future__ import annotations

from html import escape
from typing import Any

from flask import Response

import context
from dialects.thingspeak.answering import Form, document, said
from dialects.thingspeak.asking import Asked
from dialects.thingspeak.door import Door
from dialects.thingspeak.entries import only
from dialects.thingspeak.feeds import below
from dialects.thingspeak.instants import iso, plain, zone_of
from dialects.thingspeak.picking import MOST, Pick, entries
from dialects.thingspeak.rows import channel_head
from dialects.thingspeak.tables import Columns, as_object, bare, single, table
from dialects.thingspeak.withheld import looked_up, or_nothing
from domain.channels import Channel
from models import entry_rows
from models.entry_rows import Rows

STATUSES = ("/channels/<int:channel>/status", "/channels/<int:channel>/statuses")

USUAL_DAYS = 1
RECENT = 30

SHOWN = ("name", "latitude", "longitude", "elevation")
"""What is told of the channel before its statuses."""

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{name}</title><style>
body {{ font: 14px/1.4 sans-serif; margin: 8px; color-scheme: light dark; overflow-wrap: anywhere }}
ul {{ list-style: none; margin: 0; padding: 0 }} li {{ padding: 6px 0; border-bottom: 1px solid #8884 }}
time {{ display: block; font-size: 12px; opacity: .75 }}
</style></head><body>{content}</body></html>
"""
FRAMED = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""The list may stand in any site's frame: nothing in it can be pressed, and nothing of it runs."""


def open_on(door: Door) -> None:
    door.on("GET", *STATUSES)(or_nothing(list_statuses))
    door.on("GET", *below(STATUSES, "last"))(or_nothing(last_status))
    recent = (Form.NONE, Form.JSON, Form.XML)
    door.on("GET", *below(STATUSES, "recent"), forms=recent)(or_nothing(recent_statuses))


def list_statuses(asked: Asked, form: Form, channel: int) -> Response:
    pick = Pick.of(asked, context.now(), usual=MOST, usual_days=USUAL_DAYS)
    found = entries(asked, channel, pick)
    columns = _columns(asked)
    told = {name: said for name, said in channel_head(found.channel).items() if name in SHOWN}
    return table(asked, form, told, columns, [columns.row(each) for each in found.rows])


def last_status(asked: Asked, form: Form, channel: int) -> Response:
    row = only(looked_up(asked, channel, entry_rows.last))
    if form is Form.TXT:
        return bare(asked, form, row.status)
    columns = _columns(asked)
    return single(asked, form, columns, columns.row(row))


def recent_statuses(asked: Asked, form: Form, channel: int) -> Response:
    """Newest first, without those that are empty."""
    found: Rows = looked_up(asked, channel, entry_rows.saying, RECENT)
    rows = found.rows[::-1]
    if form is Form.NONE:
        return _page(asked, found.channel, rows)
    zone = zone_of(asked)
    told: list[dict[str, Any]] = [
        {"status": row.status, "created_at": iso(row.at, zone), "entry_id": row.entry_id} for row in rows
    ]
    return as_object(asked, form, told) if form is Form.JSON else said(document("hash", {"feeds": told}), form)


def _columns(asked: Asked) -> Columns:
    return Columns(zone_of(asked), {}, has_place=False, has_status=True)


def _page(asked: Asked, channel: Channel, rows: tuple[entry_rows.EntryRow, ...]) -> Response:
    zone = zone_of(asked)
    items = "".join(
        f'<li>{escape(row.status or "")}<time datetime="{iso(row.at, zone)}">{plain(row.at, zone)}</time></li>'
        for row in rows
    )
    content = f"<ul>{items}</ul>" if items else "<p>Nothing was said yet.</p>"
    answer = said(PAGE.format(name=escape(channel.name), content=content), Form.NONE)
    answer.headers["Content-Security-Policy"] = FRAMED
    del answer.headers["X-Frame-Options"]
    return answer
