"""Readings of two feeds that belong together, compared with a naive joining of everything that is stored."""

from __future__ import annotations

from math import fsum

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.channels import Visibility
from domain.errors import NotFound
from domain.roles import Viewer
from domain.timespan import HOUR, MINUTE, ROLLUP_WIDTHS, SECOND, TimeSpan
from models import pairs
from tests.builders import ALWAYS, NOW, append, entry, make_channel

VISITOR = Viewer.visitor()
ON_STORED = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

INSTANTS = st.integers(-90, 90).map(lambda half: NOW + half * SECOND // 2)
VALUES = st.floats(-1e6, 1e6) | st.just(0.0)
ROWS = st.dictionaries(INSTANTS, VALUES, max_size=40)
SPANS = st.tuples(INSTANTS, INSTANTS).map(lambda ends: TimeSpan(min(ends), max(ends)))


def stored(store, across: dict, up: dict):
    """A channel with these readings, by instant."""
    made = make_channel(store, feeds=("x", "y", "door:text"))
    sent = [entry(at, x=value, door="open") for at, value in across.items()] + [
        entry(at, y=value) for at, value in up.items()
    ]
    if sent:
        append(store, made, *sent)
    return made


def found_in(store, channel, span=ALWAYS, x="x", y="y", viewer=VISITOR):
    return store.ask(pairs.of, viewer, channel.id, x, y, span)


def joined(across: dict, up: dict, span: TimeSpan) -> list[tuple]:
    instants = sorted(at for at in across.keys() & up.keys() if span.start <= at < span.end)
    return [(at, across[at], up[at]) for at in instants]


def means(rows: dict, span: TimeSpan, width: int) -> dict[int, float]:
    """By stretch that lies whole in the span: the mean of what is in it."""
    stretches: dict[int, list[float]] = {}
    for at, value in rows.items():
        start = at - at % width
        if span.start <= start and start + width <= span.end:
            stretches.setdefault(start, []).append(value)
    return {start: fsum(values) / len(values) for start, values in stretches.items()}


def columns(found) -> list[tuple]:
    return list(zip(found.at, found.across, found.up, strict=True))


class TestOf:
    @ON_STORED
    @given(ROWS, ROWS, SPANS)
    def test_it_is_what_a_naive_joining_finds(self, store, across, up, span):
        channel = stored(store, across, up)
        found = found_in(store, channel, span)
        if found.bucket_us:
            expect_means(found, across, up, span)
        else:
            assert columns(found) == joined(across, up, span)

    @ON_STORED
    @given(ROWS, ROWS, SPANS)
    def test_too_many_are_paired_by_their_means(self, store, across, up, span):
        channel = stored(store, across, up)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pairs, "MOST_READINGS", 0)
            patch.setattr(pairs, "MOST_STRETCHES", 5)
            found = found_in(store, channel, span)
        expect_means(found, across, up, span)

    def test_feeds_that_speak_at_other_instants_are_paired_by_their_means(self, store, noise):
        start = NOW - NOW % HOUR
        across = {start + minute * MINUTE: float(minute) for minute in range(10)}
        up = {start + minute * MINUTE + SECOND: -float(minute) for minute in range(10)}
        found = found_in(store, stored(store, across, up))
        assert found.bucket_us == MINUTE
        assert columns(found) == [(start + each * MINUTE, each, -each) for each in range(10)]

    def test_zero_is_a_value(self, store):
        assert columns(found_in(store, stored(store, {NOW: 0.0}, {NOW: 0.0}))) == [(NOW, 0.0, 0.0)]

    def test_a_feed_may_be_paired_with_itself(self, store):
        assert columns(found_in(store, stored(store, {NOW: 2.0}, {}), y="x")) == [(NOW, 2.0, 2.0)]

    def test_nothing_goes_with_nothing(self, store):
        assert not found_in(store, stored(store, {NOW: 1.0}, {}))

    @pytest.mark.parametrize("name", ["door", "nosuch", ""])
    def test_there_must_be_a_feed_of_numbers_of_that_name(self, store, name):
        with pytest.raises(NotFound):
            found_in(store, stored(store, {}, {}), x=name)

    def test_what_one_may_not_see_does_not_exist(self, store, noise):
        hidden = make_channel(store, feeds=("x", "y"), visibility=Visibility.MEMBERS)
        with pytest.raises(NotFound):
            found_in(store, hidden)
        assert found_in(store, hidden, viewer=Viewer.with_key_of(hidden.id)).x.name == "x"


def expect_means(found, across: dict, up: dict, span: TimeSpan) -> None:
    assert found.bucket_us in (0, *ROLLUP_WIDTHS)
    if not found.bucket_us:
        assert not found
        return
    x, y = (means(rows, span, found.bucket_us) for rows in (across, up))
    expected = [(start, x[start], y[start]) for start in sorted(x.keys() & y.keys())]
    assert [row[0] for row in columns(found)] == [row[0] for row in expected]
    for row, wanted in zip(columns(found), expected, strict=True):
        assert row[1:] == (pytest.approx(wanted[1], rel=1e-9, abs=1e-6), pytest.approx(wanted[2], rel=1e-9, abs=1e-6))
