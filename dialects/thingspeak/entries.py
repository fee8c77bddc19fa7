"""One entry of a channel, or one value of it: the last, one by its number, and how long ago it came."""

from __future__ import annotations

from typing import Any

from flask import Response

import context
from dialects.thingspeak.answering import Form, document, said
from dialects.thingspeak.asking import Asked
from dialects.thingspeak.door import Door
from dialects.thingspeak.feeds import FEEDS, FIELDS, below, field_number, with_decimals
from dialects.thingspeak.fields import shown
from dialects.thingspeak.tables import Columns, as_object, bare, single
from dialects.thingspeak.withheld import Withheld, looked_up, or_nothing
from domain.channels import Channel
from domain.roles import Viewer
from domain.timespan import SECOND
from models import channels, entry_rows
from models.entry_rows import EntryRow, Rows


def open_on(door: Door) -> None:
    door.on("GET", *below(FEEDS, "last"))(or_nothing(last_entry))
    door.on("GET", *below(FEEDS, "last_data_age"))(or_nothing(age))
    door.on("GET", *below(FEEDS, "<int:entry>"), *below(FEEDS, "entry/<int:entry>"))(or_nothing(one_entry))
    door.on("GET", *below(FIELDS, "last"))(or_nothing(last_value))
    door.on("GET", *below(FIELDS, "last_data_age"))(or_nothing(age_of_value))
    door.on("GET", *below(FIELDS, "<int:entry>"))(or_nothing(one_value))


def last_entry(asked: Asked, form: Form, channel: int) -> Response:
    return _entry(asked, form, looked_up(asked, channel, entry_rows.last))


def one_entry(asked: Asked, form: Form, channel: int, entry: int) -> Response:
    return _entry(asked, form, looked_up(asked, channel, entry_rows.numbered, entry, entry, 1))


def last_value(asked: Asked, form: Form, channel: int, field: str) -> Response:
    number = field_number(field)
    return _value(asked, form, _last_of(asked, channel, number), number)


def one_value(asked: Asked, form: Form, channel: int, field: str, entry: int) -> Response:
    number = field_number(field)
    return _value(asked, form, looked_up(asked, channel, entry_rows.numbered, entry, entry, 1), number)


def age(asked: Asked, form: Form, channel: int) -> Response:
    return _age(asked, form, looked_up(asked, channel, entry_rows.last))


def age_of_value(asked: Asked, form: Form, channel: int, field: str) -> Response:
    return _age(asked, form, _last_of(asked, channel, field_number(field)))


def only(found: Rows) -> EntryRow:
    """The entry that was found. Raises Withheld where there is none."""
    if not found.rows:
        raise Withheld
    return found.rows[0]


def _last_of(asked: Asked, channel_id: int, number: int) -> Rows:
    """The last entry with a value for this field; none where the channel does not have it."""

    def question(connection: Any, viewer: Viewer, channel_id: int) -> Rows:
        channel: Channel = channels.find(connection, viewer, channel_id)
        feed = shown(channel).get(number)
        return entry_rows.last(connection, viewer, channel_id, feed.id) if feed is not None else Rows(channel, ())

    return looked_up(asked, channel_id, question)


def _entry(asked: Asked, form: Form, found: Rows) -> Response:
    columns = Columns.of(asked, found.channel)
    return single(asked, form, columns, with_decimals(asked, [columns.row(only(found))])[0])


def _value(asked: Asked, form: Form, found: Rows, number: int) -> Response:
    """The row with this field alone; the bare value for whoever wants a text."""
    columns = Columns.of(asked, found.channel, number)
    row = with_decimals(asked, [columns.row(only(found))])[0]
    if form in (Form.NONE, Form.TXT):
        return bare(asked, form, row.values[0])
    return single(asked, form, columns, row)


def _age(asked: Asked, form: Form, found: Rows) -> Response:
    """Seconds since the entry; none for one that is dated ahead."""
    seconds = str(max(0, (context.now() - only(found).at) // SECOND))
    told = {"last_data_age": seconds}
    if form is Form.JSON:
        return as_object(asked, form, told)
    if form is Form.XML:
        return said(document("hash", told), form)
    if form is Form.CSV:
        return said(f"last_data_age\n{seconds}\n", form)
    return bare(asked, form, seconds)
