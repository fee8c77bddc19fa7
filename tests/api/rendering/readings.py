"""Readings of every kind, and the lines in which they are handed to whatever makes a file."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from api.rendering import making, tables
from domain.channels import Channel
from domain.downloads import Download
from domain.readings import NewEntry, NewReading
from domain.roles import Viewer
from domain.selection import Range
from domain.timespan import DAY, HOUR, SECOND, to_rfc3339
from models import exporting, windows
from models.store import Store
from tests.builders import NOW, append, make_channel

ON_STORED = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SUMMER_ENDS = 1_793_494_800 * SECOND
"""2026-11-01 01:00 UTC, in New York's summer time: five hours later the clocks are put back."""

NAME = "Kiln, 'the =big' one"
FEEDS = ("temperature:°C", "door:text", "probe:mixed", '=odd "name"', "temperature [°C]")
"""By place, as below. The last one's name is what stands above the first one's column."""

NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from(
    [0.0, -0.0, 21.4, -1e22, 1e15, 5e-324, 1.7976931348623157e308, 0.1 + 0.2]
)
WORDS = (
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
    | st.builds(
        str.__add__, st.sampled_from(["=", "+", "-", "@", "\t", "\r", "'=", "'", '"']), st.text("a1(=", max_size=5)
    )
    | st.sampled_from(
        ["", " ", "<r><t>x</t></r>", "<r></r", "_x0041_", "\x01\x1f", "\ufffe\uffff", "a\r\nb", "http://x", "{=1}"]
    )
)
READING = {
    0: st.tuples(NUMBERS, st.none() | st.sampled_from(["21.50", "+1"])),
    1: st.tuples(st.none(), WORDS),
    2: st.tuples(NUMBERS, st.none()) | st.tuples(st.none(), WORDS),
    3: st.tuples(NUMBERS, st.none()),
    4: st.tuples(NUMBERS, st.none()),
}
INSTANTS = st.builds(
    lambda hour, second, part: SUMMER_ENDS + hour * HOUR + second * SECOND + part,
    st.integers(0, 12),
    st.integers(0, 3),
    st.sampled_from([0, 0, 250_000, 1, 999_999]),
)
Stored = dict[tuple[int, int], tuple[float | None, str | None]]
READINGS = st.dictionaries(st.tuples(INSTANTS, st.integers(0, 4)), st.none(), max_size=30).flatmap(
    lambda keys: st.fixed_dictionaries({key: READING[key[1]] for key in keys})
)
"""(instant, place of the feed) → number and word."""


def kept(store: Store, stored: Stored) -> Channel:
    """A new channel that holds these readings."""
    channel = make_channel(store, NAME, feeds=FEEDS)
    names = [feed.name for feed in channel.feeds]
    append(store, channel, *[NewEntry(at, [NewReading(names[place], *value)]) for (at, place), value in stored.items()])
    return channel


def of(channel: Channel, **more) -> Download:
    """All of its readings of that night."""
    night = Range(to_rfc3339(SUMMER_ENDS), to_rfc3339(SUMMER_ENDS + DAY))
    return Download(channel.id, range=night, **more)


def made(store: Store, download: Download, write: Callable) -> bytes:
    """The file that `write` makes, of pieces of few lines."""
    viewer = Viewer.visitor()
    plan = store.ask(exporting.plan, viewer, download, NOW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(windows, "FEWEST", 3)
        patch.setattr(windows, "READINGS", 6)
        pieces = exporting.pieces(store, viewer, making.lines_of(plan))
        told = io.BytesIO()
        tables.send(making.table_of(plan), (piece.content for piece in pieces), told)
    told.seek(0)
    file = io.BytesIO()
    table = tables.read_table(told)
    write(table, tables.read_lines(told), file)
    return file.getvalue()
