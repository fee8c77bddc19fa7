"""Readings for programs: a range of a channel page by page, whole or in bins, and the newest of a feed."""

from __future__ import annotations

import re
from typing import Annotated

from flask import Blueprint, Response
from msgspec import UNSET, Meta, UnsetType

import context
from api import asking
from api.answering import answer, next_page, written
from api.described import ENTITY_TAG, IF_NONE_MATCH, JSON, LINK, UNCHANGED, Answer, Group, Operation, Query
from api.ranges import Order, Ranged
from api.reading_forms import (
    BinSaid,
    BinsSaid,
    Format,
    ReadingSaid,
    ReadingsSaid,
    bin_said,
    bins_table,
    lines,
    reading_said,
    readings_table,
)
from domain.channels import Channel, channel_id_from
from domain.downloads import Aggregate, Binned, Download, binned_from
from domain.errors import Crowded, Invalid, NotFound
from domain.moments import EARLIEST, LATEST, canonical
from domain.spelling import spelled
from domain.timespan import TimeSpan
from models import bin_pages, channels, listing, readings
from models.bin_pages import Fill
from models.listing import Key
from models.readings import StoredReading

MOST_READINGS = 10_000

routes = Blueprint("read", __name__)


class Listed(Ranged):
    """Which readings, and how they are told."""

    bin: Annotated[
        str,
        Meta(
            max_length=20,
            description="Sum up the numbers in bins so wide, a second at least: s, m, h, d, w. From a day on they "
            "begin at midnight of the zone.",
            examples=["1m"],
        ),
    ] = ""
    agg: Annotated[
        tuple[Aggregate, ...],
        Meta(
            max_length=len(Aggregate),
            description="What of a bin is told; without, its mean.",
            examples=[["mean", "max"]],
        ),
    ] = ()
    fill: Annotated[
        Fill,
        Meta(
            description="What is told of a bin in which nothing came: nothing at all, null, or what was told of the "
            "one before, with a count of 0."
        ),
    ] = Fill.NONE
    limit: Annotated[int, Meta(ge=1, le=MOST_READINGS, description="At most so many on a page.")] = 1000
    order: Annotated[
        Order | UnsetType,
        Meta(
            description="asc: the oldest first. desc: the newest first. Without: the newest of the range, as many as "
            "limit says, and of these the oldest first; the next page holds those before them."
        ),
    ] = UNSET
    cursor: Annotated[
        str,
        Meta(max_length=60, description="Where the page begins: as the Link of the page before says."),
    ] = ""
    format: Annotated[
        Format, Meta(description="json; ndjson: an object a line; csv: a row a reading, as in a tidy file.")
    ] = Format.JSON


LIST = Operation(
    "listReadings",
    "GET",
    "/api/v1/channels/{channel}/readings",
    Group.READING,
    "Readings of a channel in a range",
    "A page of readings in the order of time; those of one instant in the order in which they came. The header Link "
    "leads to the next page, over exactly the instants of the first one. For more than some pages take a file.",
    query=Listed,
    example="from=now-2h&limit=5",
    headers=(IF_NONE_MATCH,),
    answers=(
        Answer(
            200,
            "A page of readings, or of bins where bin was asked for.",
            {
                JSON: (ReadingsSaid, BinsSaid),
                "application/x-ndjson": {"type": "string", "description": "A reading or a bin, as in JSON, a line."},
                "text/csv": {"type": "string", "description": "RFC 4180 in UTF-8, with a header."},
            },
            (LINK, ENTITY_TAG),
        ),
        UNCHANGED,
    ),
    refusals=(Crowded,),
)
LAST = Operation(
    "getLastReading",
    "GET",
    "/api/v1/channels/{channel}/feeds/{feed}/last",
    Group.READING,
    "The newest reading of a feed",
    query=Query,
    headers=(IF_NONE_MATCH,),
    answers=(Answer(200, "The reading.", ReadingSaid, (ENTITY_TAG,)), UNCHANGED),
)
LAST_AS_TEXT = Operation(
    "getLastValue",
    "GET",
    "/api/v1/channels/{channel}/feeds/{feed}/last.txt",
    Group.READING,
    "The newest value of a feed, and nothing else",
    "For boards and displays that have no use for more: the number as it was sent, or the word, and a line end.",
    query=Query,
    headers=(IF_NONE_MATCH,),
    answers=(Answer(200, "The value.", {"text/plain": {"type": "string"}}, (ENTITY_TAG,), "21.50\n"), UNCHANGED),
)


@LIST.on(routes)
def list_readings(channel: str) -> Response:
    asked, now = asking.query(Listed), context.now()
    span = asked.span(now)
    if asked.bin:
        return _bins(channel_id_from(channel), asked, span)
    if asked.agg or asked.fill is not Fill.NONE:
        name = "agg" if asked.agg else "fill"
        raise Invalid(f"The parameter {name} needs bin.", hint="Write bin=1m&agg=mean,max.")
    return _readings(channel_id_from(channel), asked, span)


@LAST.on(routes)
def last(channel: str, feed: str) -> Response:
    asking.no_query()
    found, row = _newest(channel, feed)
    return answer(reading_said(row), visibility=found.visibility)


@LAST_AS_TEXT.on(routes)
def last_as_text(channel: str, feed: str) -> Response:
    asking.no_query()
    found, row = _newest(channel, feed)
    value = row.text if row.text is not None else spelled(row.value or 0.0)
    return written(f"{value}\n".encode(), "text/plain; charset=utf-8", visibility=found.visibility)


def _readings(channel_id: int, asked: Listed, span: TimeSpan) -> Response:
    page = context.store().ask(
        listing.page,
        context.viewer(),
        channel_id,
        asked.feeds,
        span,
        asked.limit,
        newest_first=asked.order is not Order.ASC,
        after=_key_from(asked.cursor),
    )
    rows = page.rows if asked.order is not UNSET else page.rows[::-1]
    return _told(asked, page.channel, rows, _link(asked, page.rest, span))


def _told(asked: Listed, channel: Channel, rows: tuple[StoredReading, ...], links: dict[str, str]) -> Response:
    """The readings in the form asked for."""
    if asked.format is Format.CSV:
        body = readings_table(channel, rows)
    elif asked.format is Format.NDJSON:
        body = lines(map(reading_said, rows))
    else:
        said = ReadingsSaid(channel_id=channel.id, readings=[reading_said(row) for row in rows])
        return answer(said, links, visibility=channel.visibility)
    return written(body, asked.format.content_type, links, visibility=channel.visibility)


def _bins(channel_id: int, asked: Listed, span: TimeSpan) -> Response:
    binned = _binned(asked)
    download = Download(
        channel_id,
        feeds=asked.feeds,
        zone=asked.of_zone.key,
        binned=binned,
        newest_first=asked.order is not Order.ASC,
    )
    after = _key_from(asked.cursor)
    page = context.store().ask_long(
        bin_pages.page,
        context.viewer(),
        download,
        span,
        asked.limit,
        now=context.now(),
        fill=asked.fill,
        after=after and after.at,
    )
    rows = page.rows if asked.order is not UNSET else page.rows[::-1]
    rest = None if page.rest is None else Key(page.rest, 0, 0)
    return _bins_told(asked, page.channel, [bin_said(row, binned) for row in rows], _link(asked, rest, span))


def _binned(asked: Listed) -> Binned:
    try:
        binned = binned_from(asked.bin, ",".join(asked.agg))
    except Invalid as refused:
        raise Invalid(f"The parameter bin: {refused.detail}", hint=refused.hint) from None
    assert binned is not None
    return binned


def _bins_told(asked: Listed, channel: Channel, said: list[BinSaid], links: dict[str, str]) -> Response:
    """The bins in the form asked for."""
    if asked.format is Format.CSV:
        body = bins_table(channel, said, asked.agg or (Aggregate.MEAN,))
    elif asked.format is Format.NDJSON:
        body = lines(said)
    else:
        return answer(BinsSaid(channel_id=channel.id, bins=said), links, visibility=channel.visibility)
    return written(body, asked.format.content_type, links, visibility=channel.visibility)


def _newest(channel: str, name: str) -> tuple[Channel, StoredReading]:
    store, viewer = context.store(), context.viewer()
    found = store.ask(channels.find, viewer, channel_id_from(channel))
    feed = next((feed for feed in found.feeds if feed.name == name), None)
    row = store.ask(readings.newest, feed) if feed else None
    if row is None:
        raise NotFound(f'There is no reading of a feed "{name[:64]}" here.')
    return found, row


def _link(asked: Listed, rest: Key | None, span: TimeSpan) -> dict[str, str]:
    """Where the rest is: over these very instants, however late it is asked for."""
    if rest is None:
        return {}
    ends = {"to": canonical(span.end)} | ({"from": canonical(span.start)} if asked.start else {})
    return next_page(cursor=".".join(map(str, rest)), **ends)


def _key_from(cursor: str) -> Key | None:
    if not cursor:
        return None
    found = _CURSOR(cursor)
    if found is None or not EARLIEST <= int(found[1]) <= LATEST:
        raise Invalid(
            "The parameter cursor is not one of ours.", hint="Take it from the header Link, as it stands there."
        )
    return Key(*map(int, found.groups()))


_CURSOR = re.compile(r"(-?\d{1,18})\.(\d{1,18})\.(\d{1,9})", re.ASCII).fullmatch

OPERATIONS = (LIST, LAST, LAST_AS_TEXT)
