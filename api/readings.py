"""Readings for programs: a range of a channel, or the newest value of one feed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

import context
from domain.channels import channel_id_from
from domain.errors import Invalid, NotFound
from domain.readings import Feed
from domain.spelling import spelled
from domain.timespan import DAY, TimeSpan, moment_from, to_rfc3339
from models import channels, readings
from models.readings import StoredReading

MOST_READINGS = 10_000

routes = Blueprint("read", __name__)


@routes.after_request
def keep_out_of_caches(response: Response) -> Response:
    """What somebody is shown here may be for them alone, by a cookie or by a key."""
    response.headers["Cache-Control"] = "no-store"
    return response


@routes.get("/api/v1/channels/<channel>/readings")
def list_readings(channel: str) -> Response:
    """The newest readings in a range, ascending."""
    now = context.now()
    span = _span(now)
    asked = request.args.get("feeds")
    found = context.store().ask(
        readings.between,
        context.viewer(),
        channel_id_from(channel),
        asked.split(",") if asked else None,
        span,
        _limit(),
    )
    return jsonify(channel_id=channel_id_from(channel), readings=[_told(reading) for reading in found])


@routes.get("/api/v1/channels/<channel>/feeds/<feed>/last")
def last(channel: str, feed: str) -> Response:
    """The newest reading of a feed."""
    return jsonify(_told(_newest(channel, feed)))


@routes.get("/api/v1/channels/<channel>/feeds/<feed>/last.txt")
def last_as_text(channel: str, feed: str) -> Response:
    """The newest value alone, for boards that have no use for more."""
    return Response(f"{_spelled(_newest(channel, feed))}\n", content_type="text/plain; charset=utf-8")


def _newest(channel: str, name: str) -> StoredReading:
    store, viewer = context.store(), context.viewer()
    feed: Feed | None = next(
        (feed for feed in store.ask(channels.find, viewer, channel_id_from(channel)).feeds if feed.name == name), None
    )
    found = store.ask(readings.newest, feed) if feed else None
    if found is None:
        raise NotFound(f'There is no reading of a feed "{name}" here.')
    return found


def _span(now: int) -> TimeSpan:
    start, end = _moment("from", 0, now), _moment("to", now + DAY, now)
    if end < start:
        raise Invalid("The parameter to lies before from.", hint="Swap them.")
    return TimeSpan(start, end)


def _moment(name: str, default: int, now: int) -> int:
    written = request.args.get(name)
    if not written:
        return default
    try:
        return moment_from(written, now)
    except ValueError as error:
        raise Invalid(
            f'The parameter {name} is "{written}", which is no time.',
            hint="Write now-2h, 2026-11-20T10:00:00Z or seconds since 1970.",
        ) from error


def _limit() -> int:
    written = request.args.get("limit", "1000")
    if not written.isdecimal() or len(written) > 9 or not 1 <= int(written) <= MOST_READINGS:
        raise Invalid(f"The parameter limit is a whole number from 1 to {MOST_READINGS}.")
    return int(written)


def _spelled(reading: StoredReading) -> str:
    """The value as it was sent, or as a number is usually written."""
    if reading.text is not None:
        return reading.text
    return spelled(reading.value or 0.0)


def _told(reading: StoredReading) -> dict[str, Any]:
    return {
        "entry_id": reading.entry_id,
        "at": to_rfc3339(reading.at),
        "feed": reading.feed.name,
        "value": reading.value if reading.value is not None else reading.text,
    }
