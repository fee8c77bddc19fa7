"""Where a long run of readings is cut."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from domain.timespan import DAY, HOUR, SECOND, TimeSpan
from models import table, windows
from models.windows import Window
from tests.builders import NOW, append, entry, make_channel

SPAN = TimeSpan(NOW, NOW + DAY)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    monkeypatch.setattr(windows, "FEWEST", 2)
    monkeypatch.setattr(windows, "READINGS", 4)


def next_one(store, channel, after=None, *, is_falling=False, span=SPAN) -> Window:
    return store.ask(windows.next_one, channel.feeds, span, after, is_falling=is_falling)


class TestNextOne:
    def test_it_holds_so_many_of_the_feed_that_speaks_most(self, store, channel):
        append(store, channel, *[entry(NOW + second * SECOND, temperature=1) for second in range(5)])
        append(store, channel, entry(NOW + 3 * SECOND + 1, door="open"))
        first = next_one(store, channel)
        assert first == (TimeSpan(NOW, NOW + 2 * SECOND), NOW + 2 * SECOND - 1)
        second = next_one(store, channel, first.upto)
        assert second == (TimeSpan(NOW + 2 * SECOND, NOW + 4 * SECOND), NOW + 4 * SECOND - 1)
        assert next_one(store, channel, second.upto).upto is None

    def test_falling_it_begins_at_the_newest(self, store, channel):
        append(store, channel, *[entry(NOW + second * SECOND, temperature=1) for second in range(3)])
        first = next_one(store, channel, is_falling=True)
        assert first == (TimeSpan(NOW + 1, NOW + 2 * SECOND + 1), NOW + 1)
        assert next_one(store, channel, first.upto, is_falling=True) == (TimeSpan(NOW, NOW + 1), None)

    def test_where_nothing_comes_any_more_it_is_empty(self, store, channel):
        append(store, channel, entry(NOW - 1, temperature=1), entry(SPAN.end, temperature=2))
        for is_falling in (True, False):
            found = next_one(store, channel, is_falling=is_falling)
            assert (found.span.length, found.upto) == (0, None)

    def test_it_leaps_over_where_nothing_came(self, store, channel):
        append(store, channel, *[entry(NOW + 20 * HOUR + at, temperature=1) for at in range(3)])
        assert next_one(store, channel).span.start == NOW + 20 * HOUR


class TestFirstAt:
    def test_it_is_the_next_of_all_feeds(self, store, channel):
        append(store, channel, entry(NOW + 5, temperature=1), entry(NOW + 3, door="open"))
        for after, is_falling, found in (
            (None, False, NOW + 3),
            (NOW + 3, False, NOW + 5),
            (NOW + 5, False, None),
            (None, True, NOW + 5),
            (NOW + 5, True, NOW + 3),
        ):
            assert store.ask(windows.first_at, channel.feeds, SPAN, after, is_falling=is_falling) == found


class TestOfOneClock:
    CHANGE = 1_793_512_800 * SECOND  # 2026-11-01 06:00 UTC: New York puts its clocks back
    ZONE = ZoneInfo("America/New_York")

    def test_it_is_cut_where_the_clocks_change(self):
        window = Window(TimeSpan(self.CHANGE - HOUR, self.CHANGE + HOUR), None)
        assert windows.of_one_clock(window, self.ZONE, is_falling=False) == (
            TimeSpan(self.CHANGE - HOUR, self.CHANGE),
            self.CHANGE - 1,
        )
        assert windows.of_one_clock(window, self.ZONE, is_falling=True) == (
            TimeSpan(self.CHANGE, self.CHANGE + HOUR),
            self.CHANGE,
        )

    def test_else_it_stays(self):
        window = Window(TimeSpan(NOW, NOW + HOUR), NOW)
        assert windows.of_one_clock(window, self.ZONE, is_falling=False) is window


@pytest.mark.parametrize("is_falling", [False, True])
def test_long_words_are_cut_into_smaller_pieces(store, monkeypatch, is_falling):
    monkeypatch.setattr(windows, "MOST_BYTES", 1_000)
    channel = make_channel(store, feeds=("note:text",))
    append(store, channel, *(entry(NOW - place * SECOND, note="é" * 100) for place in range(50)))
    span, after, found = TimeSpan(NOW - HOUR, NOW + 1), None, []
    while True:
        window = store.ask(windows.next_one, channel.feeds, span, after, is_falling=is_falling)
        found.append(store.ask(table.count, channel.feeds, window.span))
        after = window.upto
        if after is None:
            break
    assert sum(found) == 50
    assert len(found) >= 8
    lengths = store.ask(windows._bytes_of_words, channel.feeds, span)
    assert lengths == 50 * 200
