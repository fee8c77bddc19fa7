"""The addresses of Kazarinoff's two class servers: one value a request, read back as JSON, CSV or a workbook.

His Flask server takes `/update/API_key=K/mac=M/field=1/data=72.3`, his Django server `/api/?api_key=K&channel=1&field=3
&data=20.4` and, without `data`, tells what came. Their fields are numbered as ThingSpeak's are. Two values measured
together come as two requests, so here no pace is kept between them. What goes wrong is told as everywhere in the
product, in sentences: boards that run his sketches print what they are answered.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from functools import partial
from html import escape
from typing import Any, TypeAlias

from flask import Blueprint, Response, request

import context
from dialects.thingspeak.answering import CROSS_ORIGIN, INERT, as_json
from dialects.thingspeak.asking import Asked
from dialects.thingspeak.fields import MOST as MOST_FIELDS
from dialects.thingspeak.fields import name_of, numbered
from dialects.thingspeak.picking import AT_ONCE
from dialects.thingspeak.updates import item_from
from dialects.thingspeak.viewing import viewer
from domain.cells import guarded
from domain.channels import Channel, channel_id_from
from domain.corrections import spelling
from domain.downloads import Download, Form, Shape
from domain.errors import Invalid, LabfeedError, Malformed, MethodNotAllowed, NotFound
from domain.readings import Door, Item
from domain.roles import Viewer
from domain.selection import SHORTEST_SPAN
from domain.timespan import TimeSpan, to_rfc3339
from ingest.intake import Intake, Message
from models import channels, listing
from models.entry_rows import ALWAYS
from models.listing import Page
from models.readings import StoredReading

NAME = "kazarinoff"
ENDPOINTS = frozenset({f"{NAME}.{view}" for view in ("update", "write", "talk")})
"""A key is the only authority at all of them."""

BY_PATH = (
    "/update/API_key=<key>/mac=<mac>/field=<field>/data=<path:data>",
    "/update/api_key=<key>/mac=<mac>/field=<field>/data=<path:data>",
)
WRITE_BY_PATH = "/api/write/api_key=<key>/channel=<channel>/field=<field>/data=<path:data>"
API = "/api/"

MOST = 8000
"""So many readings are told at most, the newest ones; also where no `limit` is named."""

COLUMNS = ("timestamp", "channel_num", "field_num", "data", "user")
PAGE = "<h1>{data}</h1><p>Most Recent Data Point</p><h1>{at}</h1><p>Most Recent Time</p>"
FORMATS = "Write format=json, format=csv or format=xlsx."

MakeFile: TypeAlias = Callable[[Viewer, Download], Response]
"""The answer with a file of readings, for whoever may see them. Raises NotFound, Crowded or Busy."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value as it was sent: the number of its field, and the words that were said."""

    field: str
    data: str
    fault: LabfeedError | None = None
    """Why it cannot be understood."""

    def items(self, address: str, channel: Channel) -> list[Item]:
        """What is to be stored. Raises Malformed or Invalid."""
        if self.fault is not None:
            raise self.fault
        if not self.data.strip():
            raise Invalid("There is no value in the address.", hint="Write it behind data=, such as data=72.3.")
        return [item_from({name_of(field_number(self.field)): self.data}, channel, UTC, address)]


def blueprint(intake: Intake, max_body_bytes: int, make_file: MakeFile) -> Blueprint:
    """The routes for one app; `make_file` makes the workbook."""
    routes = Blueprint(NAME, __name__)
    both: dict[str, Any] = {"methods": ["GET", "POST"], "strict_slashes": False}
    store = partial(_store, intake)

    def update(key: str, mac: str, field: str, data: str) -> Response:
        """The key says whose board it is; its hardware address is not needed for that, and not kept."""
        now = context.now()
        store(key, None, Value(field, data, _fault_in_path()), now)
        return _answer(PAGE.format(data=escape(data), at=to_rfc3339(now)), "text/html")

    def write(key: str, channel: str, field: str, data: str) -> Response:
        store(key, channel, Value(field, data, _fault_in_path()), context.now())
        return _answer(as_json({"channel": channel, "field": field, "data": data}), "application/json")

    def talk() -> Response:
        asked = Asked.heard(request.environ, max_body_bytes)
        if request.method == "POST" or asked.fault or "data" in asked.fields:
            value = Value(asked.text("field") or "", asked.text("data") or "", _fault_in(asked))
            store(asked.key, asked.text("channel"), value, context.now())
            said = {name: text for name in ("channel", "field", "data") if (text := asked.text(name)) is not None}
            return _answer(as_json(said), "application/json")
        return _told(asked, make_file)

    for rule in BY_PATH:
        routes.add_url_rule(rule, view_func=update, **both)
    routes.add_url_rule(WRITE_BY_PATH, view_func=write, **both)
    routes.add_url_rule(API, view_func=talk, **both)
    return routes


def field_number(written: str) -> int:
    """Raises Invalid for anything but 1 to 8."""
    if len(written) == 1 and written in "12345678":
        return int(written)
    raise Invalid(
        f'The field is "{written[:20]}".', hint=f"Fields are numbered from 1 to {MOST_FIELDS}, as in field=1."
    )


def _store(intake: Intake, key: str | None, channel: str | None, value: Value, now: int) -> None:
    """Store one value; it is on disk when this returns. Raises LabfeedError."""
    if request.method == "HEAD":  # which Flask adds to every GET: it stores nothing
        raise MethodNotAllowed(hint="Values are sent with GET or POST here.")
    address = request.remote_addr or ""
    read = partial(value.items, address)
    intake.accept(Message(key, read, received_at=now, door=Door.HTTP, channel=channel, address=address))


def _fault_in(asked: Asked) -> LabfeedError | None:
    return Malformed(asked.fault.details, hint=asked.fault.cure or None) if asked.fault is not None else None


def _fault_in_path() -> LabfeedError | None:
    """What is not UTF-8 in an address would be stored as question marks."""
    try:
        request.environ["PATH_INFO"].encode("latin-1").decode()
    except UnicodeDecodeError:
        return Malformed(
            "The address is not UTF-8 text.", hint="Write letters with accents in UTF-8, or leave them out."
        )
    return None


@dataclass(frozen=True, slots=True)
class Wish:
    """Which readings somebody wants to be told: of one field of a channel or of all, the newest `limit` of them."""

    channel_id: int
    field: int | None
    limit: int
    form: str

    @classmethod
    def of(cls, asked: Asked) -> Wish:
        """Raises Invalid, or NotFound for what can be no channel."""
        channel, field = asked.text("channel"), asked.text("field")
        if not channel:
            raise Invalid("No channel is named.", hint="Ask as in /api/?channel=1&field=3&limit=10&format=json.")
        form = (asked.text("format") or "json").lower()
        if form not in ("json", "csv", "xlsx"):
            raise Invalid(f'There is no format "{form[:20]}".', hint=FORMATS)
        number = None if field is None else field_number(field)
        return cls(channel_id_from(channel), number, _limit(asked.text("limit")), form)


def _limit(written: str | None) -> int:
    if written is None:
        return MOST
    if not (written.isascii() and written.isdecimal() and 0 < len(written) <= 9 and int(written)):
        raise Invalid(f'The limit is "{written[:20]}".', hint="Write a whole number, as in limit=10.")
    return min(int(written), MOST)


def _told(asked: Asked, make_file: MakeFile) -> Response:
    """The newest readings first."""
    if asked.fault is not None:
        raise _fault_in(asked) or Malformed
    wish, who = Wish.of(asked), viewer(asked)
    store = context.store()
    fields = _fields(store.ask(channels.find, who, wish.channel_id), wish.field)
    ask = store.ask_long if wish.limit > AT_ONCE else store.ask
    page = ask(listing.page, who, wish.channel_id, fields, ALWAYS, wish.limit, newest_first=True)
    if wish.form == "xlsx":
        return make_file(who, _download(page, list(fields)))
    if wish.form == "csv":
        return _answer(_lines(page, fields), "text/csv")
    rows = (_row(each, wish.channel_id, fields[each.feed.name]) for each in page.rows)
    return _answer(as_json([dict(zip(COLUMNS, row, strict=True)) for row in rows]), "application/json")


def _fields(channel: Channel, number: int | None) -> dict[str, int]:
    """The numbers of the fields that are wanted, by the name of their feeds. Raises NotFound where there is none."""
    found = {feed.name: each for each, feed in numbered(channel).items() if number in (None, each)}
    if not found:
        raise NotFound(f"This channel has no field {number}." if number else "This channel has no field yet.")
    return found


def _row(reading: StoredReading, channel_id: int, field: int) -> tuple[Any, ...]:
    """Who sent it is not told."""
    return to_rfc3339(reading.at), channel_id, field, spelling(reading.value, reading.text), None


def _lines(page: Page, fields: Mapping[str, int]) -> str:
    """The readings as CSV; no spreadsheet runs a word that came."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in page.rows:
        at, channel_id, field, data, user = _row(each, page.channel.id, fields[each.feed.name])
        writer.writerow((at, channel_id, field, guarded(data) if each.value is None else data, user))
    return text.getvalue()


def _download(page: Page, feeds: list[str]) -> Download:
    """The readings of a page as a workbook; of the oldest instant all fields."""
    wanted = Download(page.channel.id, Form.XLSX, Shape.TIDY, feeds=tuple(feeds))
    return wanted.between(TimeSpan(page.rows[-1].at, page.rows[0].at + SHORTEST_SPAN)) if page.rows else wanted


def _answer(text: str, kind: str) -> Response:
    answer = Response(text, content_type=f"{kind}; charset=utf-8")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers.update(CROSS_ORIGIN | INERT)
    return answer
