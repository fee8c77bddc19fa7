"""Long changes in many short transactions: all is done in the end, by whoever is there."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from domain.removals import State
from domain.timespan import DAY, HOUR, SECOND, TimeSpan
from models import deleting, removals, retention
from models.sweeping import FEWEST, MOST, Sweeper, _next_size
from tests.builders import NOW, append, entry, make_channel, reread
from tests.models.test_removals import rows
from tests.people import acting


@dataclass
class Time:
    """A clock that moves while work is done and while one rests."""

    at_s: float = 0.0
    rests: list[float] = field(default_factory=list)

    def clock(self) -> float:
        self.at_s += 0.010
        return self.at_s

    def rest(self, length_s: float) -> None:
        self.rests.append(length_s)
        self.at_s += length_s


@pytest.fixture
def channel(store, noise):
    made = make_channel(store, feeds=("temperature",))
    append(store, made, *[entry(NOW + number * SECOND, temperature=number) for number in range(3000)])
    return reread(store, made)


@pytest.fixture
def time():
    return Time()


def sweeper_at(store, time, now=NOW) -> Sweeper:
    return Sweeper(store, lambda: now, time.clock, time.rest)


def begin(store, channel, owner):
    return store.tell(removals.begin, acting(owner), channel.id, None, TimeSpan(0, NOW + DAY))


class TestFinish:
    def test_it_goes_on_until_all_is_done_and_rests_in_between(self, store, channel, owner, time):
        begun = begin(store, channel, owner)
        assert sweeper_at(store, time).finish(begun.id)
        assert rows(store, channel) == []
        assert time.rests
        assert min(time.rests) >= 0.005

    def test_what_takes_longer_than_was_given_is_left_to_the_next_turn(self, store, channel, owner, time):
        begun = begin(store, channel, owner)
        assert not sweeper_at(store, time).finish(begun.id, within_s=0.001)
        assert store.ask(removals.pending, NOW) == [begun.id]
        sweeper_at(store, time, NOW + HOUR).turn()
        found = store.ask(removals.find, acting(owner).viewer, channel.id, begun.id)
        assert (found.state, found.readings) == (State.REMOVED, 3000)

    def test_closed_it_begins_nothing_more(self, store, channel, owner, time):
        begun, sweeper = begin(store, channel, owner), sweeper_at(store, time)
        sweeper.close()
        assert not sweeper.finish(begun.id)
        assert len(rows(store, channel)) == 3000


class TestClear:
    def test_everything_goes(self, store, channel, owner, time):
        sweeper_at(store, time).clear(acting(owner), channel.id)
        assert rows(store, channel) == []
        assert store.ask(deleting.half_cleared, NOW + DAY) == []

    def test_where_its_process_ends_another_goes_on(self, store, channel, owner, noise, time):
        before = [rows(store, each) for each in noise]
        assert not store.tell(deleting.clear, acting(owner), channel.id, 100)
        assert len(rows(store, channel)) == 2900
        sweeper_at(store, time, NOW + SECOND).turn()
        assert len(rows(store, channel)) == 2900
        sweeper_at(store, time, NOW + HOUR).turn()
        assert rows(store, channel) == []
        assert store.ask(deleting.half_cleared, NOW + DAY) == []
        assert [rows(store, each) for each in noise] == before

    def test_what_came_after_the_end_stays(self, store, channel, owner, time):
        sweeper_at(store, time).clear(acting(owner), channel.id)
        append(store, reread(store, channel), entry(NOW, temperature=1))
        sweeper_at(store, time, NOW + HOUR).turn()
        assert len(rows(store, channel)) == 1


class TestTidy:
    def test_what_is_kept_no_longer_goes(self, store, channel, owner, noise, time):
        before = [rows(store, each) for each in noise]
        store.tell(retention.keep, acting(owner), channel.id, 1)
        sweeper_at(store, time, NOW + 3 * DAY).tidy()
        assert rows(store, channel) == []
        assert [rows(store, each) for each in noise] == before

    def test_what_can_be_put_back_no_longer_is_forgotten(self, store, channel, owner, time, count_rows):
        sweeper = sweeper_at(store, time)
        assert sweeper.finish(begin(store, channel, owner).id)
        sweeper.tidy()
        assert count_rows()["removed_reading"] == 3000
        sweeper_at(store, time, NOW + 30 * DAY).tidy()
        assert (count_rows()["removal"], count_rows()["removed_reading"]) == (0, 0)

    def test_a_channel_that_lay_in_the_bin_for_long_enough_is_removed(self, store, channel, owner, time, count_rows):
        store.tell(deleting.put_into_bin, acting(owner), channel.id)
        before = count_rows()["channel"]
        sweeper_at(store, time, NOW + 30 * DAY).tidy()
        assert count_rows()["channel"] == before - 1


class TestHowMuchAPartMoves:
    @pytest.mark.parametrize(
        ("most", "took_s", "expected"),
        [(1000, 0.1, 500), (1000, 0.02, 1000), (1000, 0.001, 1500), (FEWEST, 9, FEWEST), (MOST, 0, MOST)],
    )
    def test_it_follows_how_long_the_last_one_took(self, most, took_s, expected):
        assert _next_size(most, took_s) == expected
