"""`/channels/<id>/bulk_update`: many entries in one request, all of them stored or none.

As JSON, a list of objects; as CSV, rows with `|` between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from http import HTTPStatus
from itertools import islice
from typing import Any

from flask import Response, request

import context
from dialects.thingspeak.answering import Form, as_json, said
from dialects.thingspeak.asking import BULK_KEY_FIELD, Asked, as_text
from dialects.thingspeak.door import Door
from dialects.thingspeak.fields import MOST, name_of
from dialects.thingspeak.instants import believed, instant_from, zone_of
from dialects.thingspeak.left_out import complaints
from dialects.thingspeak.updates import item_from
from domain import readings
from domain.channels import Channel
from domain.errors import MOST_COMPLAINTS, Complaint, Invalid, LabfeedError, Malformed, TooLarge
from domain.readings import Item
from domain.spelling import number_from
from domain.timespan import SECOND
from ingest.intake import Intake, Message

MOST_ROWS = 14_400
COLUMNS = (*map(name_of, range(1, MOST + 1)), "latitude", "longitude", "elevation", "status")
"""Of a row of CSV, after its time; those at the end may be missing."""

TIMES = {"absolute": "created_at", "relative": "delta_t"}
"""What the first column of CSV is, by `time_format`."""

ONE_KIND_OF_TIME = "Give each update a created_at, or each a delta_t: the seconds since the one before."
AS_TIME = "Write created_at as 2026-11-20T10:00:00Z, or as seconds since 1970."
AS_LIST = 'Send {"write_api_key": "…", "updates": [{"created_at": "2026-11-20T10:00:00Z", "field1": 21.4}]}.'
AS_ROWS = "Send write_api_key, time_format (absolute or relative) and updates: rows such as 2026-11-20 10:00:00,21.4|…"


def open_on(door: Door, intake: Intake) -> None:
    """Answer at `/channels/<id>/bulk_update.json` and `.csv`."""
    forms = (Form.JSON, Form.CSV)

    @door.on("POST", "/channels/<int:channel>/bulk_update", forms=forms, refuses_in=Form.JSON, hears_faults=True)
    def bulk_update(asked: Asked, form: Form, channel: int) -> Response:
        try:
            intake.accept(Bulk(asked, form, request.remote_addr or "", context.now()).message(channel))
        except LabfeedError:
            if asked.fault is not None:
                raise asked.fault from None
            raise
        return said(as_json({"success": True}), Form.JSON, HTTPStatus.ACCEPTED)


@dataclass(slots=True)
class Bulk:
    """One request with many entries, and what was understood of it once its key was known."""

    asked: Asked
    form: Form
    address: str
    now: int
    updates: Sequence[Mapping[str, Any]] = ()
    items: Sequence[Item] = ()

    def message(self, channel_id: int) -> Message:
        asked = self.asked
        return Message(
            key=asked.key if asked.in_header else asked.text(BULK_KEY_FIELD) or asked.key,
            read=self._read,
            received_at=self.now,
            door=readings.Door.THINGSPEAK,
            channel=str(channel_id),
            address=self.address,
            each_value_alone=True,
            paced=True,
            in_bulk=True,
            left_out=self._left_out,
        )

    def _read(self, channel: Channel) -> list[Item]:
        """The entries in order of time, each with its own. Raises Malformed, Invalid or TooLarge, with the row."""
        if self.asked.fault is not None:
            raise Malformed(self.asked.fault.details, hint=self.asked.fault.cure)
        self.updates, zone = _listed(self.asked) if self.form is Form.JSON else _rows(self.asked), zone_of(self.asked)
        if len(self.updates) > MOST_ROWS:
            raise TooLarge(f"There are {len(self.updates)} updates; at most {MOST_ROWS} are taken at once.")
        self.items = [
            item_from(update, channel, zone, self.address)._replace(at=at, pointer="/updates/{row}/{feed}")
            for update, at in zip(self.updates, _instants(self.updates, zone, self.now), strict=True)
        ]
        return sorted(self.items, key=lambda item: item.at or 0)

    def _left_out(self) -> list[Complaint]:
        rows = enumerate(zip(self.updates, self.items, strict=True))
        found = (complaint for row, (update, item) in rows for complaint in complaints(update, item, row))
        return list(islice(found, MOST_COMPLAINTS))


def _listed(asked: Asked) -> Sequence[Mapping[str, Any]]:
    updates = asked.fields.get("updates")
    if not isinstance(updates, list) or not updates or not all(isinstance(update, dict) for update in updates):
        raise Malformed("There is no list of updates.", hint=AS_LIST)
    return updates


def _rows(asked: Asked) -> Sequence[Mapping[str, Any]]:
    time, rows = TIMES.get(asked.text("time_format") or ""), (asked.text("updates") or "").split("|")
    rows = [row.strip() for row in rows if row.strip()]
    if time is None or not rows:
        raise Malformed("There are no rows of updates whose times are absolute or relative.", hint=AS_ROWS)
    return [_row(time, row) for row in rows]


def _row(time: str, written: str) -> dict[str, str]:
    """One row; an empty cell is a value that was not sent. A comma in the status, which is last, is part of it."""
    names = (time, *COLUMNS)
    cells = (cell.strip() for cell in written.split(",", len(names) - 1))
    return {name: cell for name, cell in zip(names, cells, strict=False) if cell}


def _instants(updates: Sequence[Mapping[str, Any]], zone: tzinfo, now: int) -> list[int]:
    """When each was: as it says itself, or so long before the next; the last one is now. No two are the same."""
    kinds = {tuple(name in update for name in ("created_at", "delta_t")) for update in updates}
    if kinds == {(True, False)}:
        instants = [_absolute(update["created_at"], row, zone) for row, update in enumerate(updates, 1)]
    elif kinds == {(False, True)}:
        instants = _backwards([_seconds(update["delta_t"], row) for row, update in enumerate(updates, 1)], now)
    else:
        raise Malformed("Not all updates say when they were, or not all in the same way.", hint=ONE_KIND_OF_TIME)
    if len(set(instants)) < len(instants):
        raise Invalid("Two updates have the same time.", hint="Send one entry an instant, with all its fields.")
    for at in instants:
        believed(at, now)
    return instants


def _absolute(written: Any, row: int, zone: tzinfo) -> int:
    at = instant_from(as_text(written) or "", zone)
    if at is None:
        raise Malformed(f"Update {row}: created_at is not a time.", hint=AS_TIME)
    return at


def _seconds(written: Any, row: int) -> float:
    found = number_from(as_text(written) or "")
    if found is None or not 0 <= found < 1e9:
        raise Malformed(f"Update {row}: delta_t is not a number of seconds.", hint=ONE_KIND_OF_TIME)
    return found


def _backwards(seconds: Iterable[float], now: int) -> list[int]:
    instants = [now]
    for since_before in reversed(list(seconds)[1:]):
        instants.append(instants[-1] - round(since_before * SECOND))
    return instants[::-1]
