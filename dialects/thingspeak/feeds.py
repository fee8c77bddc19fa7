"""A channel's entries, of all fields or of one: the newest, those of a span, or put together in buckets of time."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from flask import Response

import context
from dialects.thingspeak.aggregation import How, Row, aggregated, minutes_from, rounded, sifted
from dialects.thingspeak.answering import CROSS_ORIGIN, INERT, Form
from dialects.thingspeak.asking import Asked
from dialects.thingspeak.door import Door
from dialects.thingspeak.picking import AT_ONCE, Pick, entries, whole
from dialects.thingspeak.rows import channel_head
from dialects.thingspeak.tables import Columns, single, table
from dialects.thingspeak.viewing import viewer
from dialects.thingspeak.withheld import Withheld, looked_up, or_nothing
from domain.errors import LabfeedError
from domain.spelling import number_from
from domain.timespan import MINUTE
from models import channels, entry_rows, shown_channels
from models.entry_rows import ALWAYS, Rows

FEEDS = ("/channels/<int:channel>/feeds", "/channels/<int:channel>/feed")
FIELDS = ("/channels/<int:channel>/fields/<field>", "/channels/<int:channel>/field/<field>")

USUAL_LAST = 30
MOST_LAST = 100
"""Of so many rows the last bucket is told, which is as many minutes wide."""

MOST_DECIMALS = 20

MUCH_BYTES = 1 << 20
"""An answer of so many is taken as a file is: it is kept in memory for as long as its reader is slow."""

log = logging.getLogger(__name__)


Taken: TypeAlias = Callable[[Callable[[], Response]], Response]
"""The answer that is made, taken as a file is: only so many at once, none for ever. Raises TooManyOpen."""


def open_on(door: Door, taken: Taken, *, averages_by_rows: bool) -> None:
    """`averages_by_rows`: averages are divided by the number of rows, as ThingSpeak does it."""
    views = _Views(taken, averages_by_rows)
    door.on("GET", *FEEDS)(or_nothing(views.list_entries))
    door.on("GET", *FIELDS)(or_nothing(views.list_field))
    door.on("GET", *below(FEEDS, "last_average"))(or_nothing(views.last_average))
    door.on("GET", *below(FEEDS, "last_median"))(or_nothing(views.last_median))
    door.on("GET", *below(FEEDS, "last_sum"))(or_nothing(views.last_sum))
    door.on("GET", "/stream/channels/<int:channel>/feeds", forms=(Form.NONE, Form.CSV))(or_nothing(views.stream))


def below(rules: tuple[str, ...], name: str) -> tuple[str, ...]:
    """The addresses below these."""
    return tuple(f"{rule}/{name}" for rule in rules)


@dataclass(frozen=True, slots=True)
class _Views:
    taken: Taken
    averages_by_rows: bool

    def list_entries(self, asked: Asked, form: Form, channel: int, number: int | None = None) -> Response:
        found, store = entries(asked, channel, Pick.of(asked, context.now())), context.store()
        more: dict[str, Any] = {}
        if not found.rows and store.ask(shown_channels.is_empty, found.channel.id):
            more["last_entry_id"] = None  # numbers go on where a channel was cleared
        if asked.text("metadata") == "true":
            more["metadata"] = found.channel.besides.metadata
        write = partial(self._written, asked, form, found, number, more)
        answer = store.aside(write) if is_much(asked, found) else write()
        return answer if (answer.content_length or 0) < MUCH_BYTES else self.taken(lambda: answer)

    def _written(self, asked: Asked, form: Form, found: Rows, number: int | None, more: dict[str, Any]) -> Response:
        columns, rows = told(asked, found, number, averages_by_rows=self.averages_by_rows)
        return table(asked, form, channel_head(found.channel, columns.zone) | more, columns, rows)

    def list_field(self, asked: Asked, form: Form, channel: int, field: str) -> Response:
        return self.list_entries(asked, form, channel, field_number(field))

    def last_average(self, asked: Asked, form: Form, channel: int) -> Response:
        return self._last(asked, form, channel, How.AVERAGE)

    def last_median(self, asked: Asked, form: Form, channel: int) -> Response:
        return self._last(asked, form, channel, How.MEDIAN)

    def last_sum(self, asked: Asked, form: Form, channel: int) -> Response:
        return self._last(asked, form, channel, How.SUM)

    def _last(self, asked: Asked, form: Form, channel: int, how: How) -> Response:
        """The last bucket of so many of the newest rows, which is as many minutes wide."""
        many = min(whole(asked, how) or USUAL_LAST, MOST_LAST)
        found = looked_up(asked, channel, entry_rows.newest, ALWAYS, many)
        columns = Columns.of(asked, found.channel)
        rows = aggregated(list(map(columns.row, found.rows)), how, many, by_rows=self.averages_by_rows)
        if not rows:
            raise Withheld
        return single(asked, form, columns.without_number(), with_decimals(asked, rows[-1:])[0])

    def stream(self, asked: Asked, form: Form, channel: int) -> Response:
        """All entries of a channel as a file, sent while it is written."""
        columns = Columns.of(asked, looked_up(asked, channel, channels.find))  # what would be refused is refused now
        lines = _lines(columns, entry_rows.pieces(context.store(), viewer(asked), channel))
        headers = {"Content-Disposition": "attachment; filename=feeds.csv", "Cache-Control": "no-store"}
        headers |= CROSS_ORIGIN | INERT
        return self.taken(lambda: Response(lines, content_type=Form.CSV.content_type, headers=headers))


def is_much(asked: Asked, found: Rows) -> bool:
    """Whether so many rows come of it that whoever asks for less should not wait for their writing."""
    wish, rows = wished(asked), found.rows
    buckets = (rows[-1].at - rows[0].at) // (wish[1] * MINUTE) if wish is not None and rows else 0
    return max(len(rows), buckets) > AT_ONCE


def field_number(written: str) -> int:
    """The number in `3` or `field3`. Raises Withheld for anything else."""
    digit = written.removeprefix("field")
    if len(digit) == 1 and digit in "12345678":
        return int(digit)
    raise Withheld


def told(asked: Asked, found: Rows, number: int | None, *, averages_by_rows: bool) -> tuple[Columns, list[Row]]:
    """What of these entries a request is told: of all fields or of one, put together, sifted and rounded as it asks.

    Raises Withheld for a field that the channel does not have.
    """
    columns = Columns.of(asked, found.channel, number)
    rows = [columns.row(each) for each in found.rows]
    wish = wished(asked)
    if wish is not None:
        columns, rows = columns.without_number(), aggregated(rows, *wish, by_rows=averages_by_rows)
    return columns, finished(asked, rows)


def wished(asked: Asked) -> tuple[How, int] | None:
    """How rows are to be put together, and over how many minutes; None where they are not."""
    widths = ((how, minutes_from(asked.text(how))) for how in How)
    return next(((how, width) for how, width in widths if width is not None), None)


def finished(asked: Asked, rows: list[Row]) -> list[Row]:
    """Without the rows that have too small or too great a number, and rounded, as far as that is asked for."""
    least, most = (number_from(asked.text(name) or "") for name in ("min", "max"))
    return with_decimals(asked, rows if least is most is None else sifted(rows, least, most))


def with_decimals(asked: Asked, rows: list[Row]) -> list[Row]:
    decimals = whole(asked, "round")
    return rows if decimals is None else rounded(rows, min(decimals, MOST_DECIMALS))


def _lines(columns: Columns, pieces: Iterator[Rows]) -> Iterator[bytes]:
    """The pieces as CSV. What fails in the middle breaks the connection, for the answer has long begun."""
    yield columns.heading().encode()
    try:
        for piece in pieces:
            yield columns.lines(map(columns.row, piece.rows)).encode()
    except LabfeedError as refused:
        log.warning("a file broke off: %s", refused.detail)
        raise ConnectionResetError(errno.ECONNRESET, refused.detail) from refused
