"""Ranges of readings taken away by hand and put back: exactly those, in parts, with true summaries all the way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from domain.audit import Deed
from domain.channels import Visibility
from domain.errors import Conflict, Forbidden, Invalid, NotFound
from domain.removals import State
from domain.roles import Standing, Viewer
from domain.timespan import DAY, SECOND, TimeSpan
from models import feeds, readings, removals
from models.appending import Stale
from models.schema import reading, removed_reading
from tests.builders import NOW, append, entry, make_channel, reread
from tests.models.hands import deeds
from tests.models.test_rollups import INSTANTS, MESSAGES, ON_STORED, expect_true_summaries, send
from tests.people import acting, make_member, make_person
from tests.standings import everybody

IN_CONTROL = {Standing.OWNER, Standing.ADMIN}
TEN = TimeSpan(NOW, NOW + 10 * SECOND)


@pytest.fixture
def channel(store, noise, course_id):
    """A reading of a number each second, of a word each other second, of both each third; among noise."""
    made = make_channel(
        store,
        feeds=("temperature", "door:text", "probe:mixed"),
        visibility=Visibility.COLLEGE,
        course_id=course_id,
    )
    for second in range(20):
        values = {"temperature": second / 4, **({"door": "open"} if second % 2 else {})}
        values |= {"probe": "off" if second % 2 else second} if second % 3 == 0 else {}
        append(store, made, entry(NOW + second * SECOND, **values))
    return reread(store, made)


@pytest.fixture
def by(store, channel, course_id):
    return everybody(store, channel.id, course_id)


@pytest.fixture
def owner(by):
    return by[Standing.OWNER]


def rows(store, channel) -> list[tuple]:
    """All that the channel holds."""
    ids = [feed.id for feed in channel.feeds]
    asked = select(reading).where(reading.c.feed_id.in_(ids)).order_by(reading.c.feed_id, reading.c.at)
    return [tuple(row) for row in store.ask(lambda connection: connection.execute(asked).all())]


def left_of(before: list[tuple], channel, names, span) -> list[tuple]:
    """What must be left of these rows, once the span of the feeds of these names is taken away."""
    ids = {feed.id for feed in channel.feeds if feed.name in names}
    return [row for row in before if row[0] not in ids or not span.start <= row[1] < span.end]


def finish(store, removal_id, most=2) -> int:
    """Go on until all is done; in how many parts."""
    parts = 1
    while not store.tell(removals.go_on, removal_id, NOW, most):
        parts += 1
    return parts


def remove(store, actor, channel, names=("temperature",), span=TEN):
    begun = store.tell(removals.begin, actor, channel.id, names, span)
    finish(store, begun.id)
    return store.ask(removals.find, actor.viewer, channel.id, begun.id)


def undo(store, actor, channel, removal_id):
    store.tell(removals.undo, actor, channel.id, removal_id)
    finish(store, removal_id)
    return store.ask(removals.find, actor.viewer, channel.id, removal_id)


class TestPreview:
    def test_it_counts_what_would_go(self, store, channel, owner):
        found = store.ask(removals.preview, owner.viewer, channel.id, None, TEN)
        assert [(one.feed.name, one.readings) for one in found.feeds] == [
            ("temperature", 10),
            ("door", 5),
            ("probe", 4),
        ]
        assert found.readings == 19
        assert (found.feeds[1].first_at, found.feeds[1].last_at) == (NOW + SECOND, NOW + 9 * SECOND)

    @pytest.mark.parametrize("standing", Standing)
    def test_it_is_for_owners_and_admins(self, store, channel, by, standing):
        if standing in IN_CONTROL:
            assert store.ask(removals.preview, by[standing].viewer, channel.id, ["door"], TEN).readings == 5
        else:
            with pytest.raises(NotFound if standing is Standing.VISITOR else Forbidden):
                store.ask(removals.preview, by[standing].viewer, channel.id, None, TEN)

    def test_an_unknown_feed_is_not_found(self, store, channel, owner):
        with pytest.raises(NotFound, match='"nope"'):
            store.ask(removals.preview, owner.viewer, channel.id, ["nope"], TEN)


class TestBegin:
    @pytest.mark.parametrize("standing", Standing)
    def test_it_is_for_owners_and_admins(self, store, channel, by, standing, count_rows):
        if standing in IN_CONTROL:
            begun = store.tell(removals.begin, by[standing], channel.id, None, TEN)
            assert (begun.state, begun.total, begun.readings) == (State.REMOVING, 19, 0)
        else:
            before = count_rows()
            with pytest.raises(NotFound if standing is Standing.VISITOR else Forbidden):
                store.tell(removals.begin, by[standing], channel.id, None, TEN)
            assert count_rows() == before

    def test_it_is_on_record(self, store, channel, owner):
        store.tell(removals.begin, owner, channel.id, ["temperature"], TEN)
        span = {"from": "2026-11-20T10:00:00Z", "to": "2026-11-20T10:00:10Z"}
        noted = {"readings": 10, "feeds": ["temperature"], "span": span}
        assert deeds(store, channel.id) == [(Deed.READINGS_REMOVED, noted)]

    def test_a_range_without_readings_is_refused(self, store, channel, owner):
        with pytest.raises(Invalid, match="no reading"):
            store.tell(removals.begin, owner, channel.id, None, TimeSpan(0, 1))


class TestGoOn:
    @pytest.mark.parametrize("names", [("temperature",), ("probe", "door"), ("temperature", "door", "probe")])
    def test_exactly_the_range_of_those_feeds_is_gone(self, store, channel, owner, names):
        before = rows(store, channel)
        done = remove(store, owner, channel, names)
        assert rows(store, channel) == left_of(before, channel, names, TEN)
        assert (done.state, done.readings) == (State.REMOVED, done.total)
        expect_true_mixed_summaries(store, channel)

    def test_it_goes_in_parts_and_what_is_seen_in_between_is_true(self, store, channel, owner):
        begun = store.tell(removals.begin, owner, channel.id, ["temperature"], TEN)
        assert not store.tell(removals.go_on, begun.id, NOW, 4)
        assert store.ask(removals.find, owner.viewer, channel.id, begun.id).done == 4
        expect_true_mixed_summaries(store, channel)
        assert finish(store, begun.id, most=4) == 2

    def test_other_channels_keep_theirs(self, store, channel, noise, owner):
        before = [rows(store, each) for each in noise]
        remove(store, owner, channel, None, TimeSpan(0, NOW + DAY))
        assert [rows(store, each) for each in noise] == before

    def test_what_is_left_lying_is_found_and_taken_over_once(self, store, channel, owner):
        begun = store.tell(removals.begin, owner, channel.id, None, TEN)
        assert store.ask(removals.pending, NOW + removals.LEFT_LYING - 1) == []
        late = NOW + removals.LEFT_LYING
        assert store.ask(removals.pending, late) == [begun.id]
        assert store.tell(removals.claim, begun.id, late)
        assert not store.tell(removals.claim, begun.id, late)

    def test_what_processes_remember_no_longer_counts(self, store, channel, owner):
        remove(store, owner, channel)
        with pytest.raises(Stale):
            append(store, channel, entry(NOW, temperature=1))

    def test_what_is_sent_again_is_stored(self, store, channel, owner):
        remove(store, owner, channel)
        assert append(store, reread(store, channel), entry(NOW, temperature=0)).stored == 1

    @ON_STORED
    @given(MESSAGES, INSTANTS, INSTANTS, MESSAGES, st.integers(1, 9))
    def test_whatever_came_summaries_stay_true_and_all_comes_back(self, store, messages, one, other, later, most):
        channel = make_channel(store, feeds=("temperature", "door:text"))
        person = make_person(store, "Olga Owner")
        make_member(store, channel.id, person)
        for message in messages:
            send(store, channel, message)
        before, span = rows(store, channel), TimeSpan(min(one, other), max(one, other) + 1)
        if left_of(before, channel, ("temperature", "door"), span) == before:
            return
        begun = store.tell(removals.begin, acting(person), channel.id, None, span)
        finish(store, begun.id, most)
        expect_true_summaries(store, channel)
        for message in later:
            send(store, reread(store, channel), message)
        kept = {row[:2]: row for row in rows(store, channel)}
        store.tell(removals.undo, acting(person), channel.id, begun.id)
        finish(store, begun.id, most)
        expect_true_summaries(store, channel)
        assert rows(store, channel) == sorted(({row[:2]: row for row in before} | kept).values())


def expect_true_mixed_summaries(store, channel) -> None:
    """As `expect_true_summaries`; of the feed of both, numbers alone are summed up."""
    plain = [feed for feed in channel.feeds if feed.name != "probe"]
    expect_true_summaries(store, type(channel)(**{**fields_of(channel), "feeds": tuple(plain)}))


def fields_of(channel) -> dict:
    return {name: getattr(channel, name) for name in channel.__dataclass_fields__}


class TestUndo:
    def test_all_is_as_it_was(self, store, channel, owner, count_rows):
        before = rows(store, channel)
        done = remove(store, owner, channel, ("temperature", "door", "probe"))
        undone = undo(store, owner, channel, done.id)
        assert rows(store, channel) == before
        assert (undone.state, undone.readings, undone.superseded) == (State.RESTORED, 0, 0)
        assert count_rows()["removed_reading"] == 0
        expect_true_mixed_summaries(store, channel)
        assert deeds(store, channel.id)[-1] == (Deed.READINGS_PUT_BACK, {"readings": 19})

    def test_what_was_sent_meanwhile_stays(self, store, channel, owner):
        done = remove(store, owner, channel)
        again = reread(store, channel)
        append(store, again, entry(NOW, temperature=0), entry(NOW + SECOND, temperature=99))
        undone = undo(store, owner, channel, done.id)
        assert undone.superseded == 1
        found = store.ask(readings.of_feed, channel.feeds[0].id, TEN)
        assert [point.value for point in found[:3]] == [0.0, 99.0, 0.5]
        expect_true_mixed_summaries(store, channel)

    def test_it_turns_round_what_is_still_going_on(self, store, channel, owner):
        before = rows(store, channel)
        begun = store.tell(removals.begin, owner, channel.id, None, TEN)
        store.tell(removals.go_on, begun.id, NOW, 3)
        undo(store, owner, channel, begun.id)
        assert rows(store, channel) == before

    def test_once_more_changes_nothing(self, store, channel, owner):
        done = remove(store, owner, channel)
        undo(store, owner, channel, done.id)
        before = rows(store, channel)
        assert undo(store, owner, channel, done.id).state is State.RESTORED
        assert rows(store, channel) == before

    @pytest.mark.parametrize("standing", [each for each in Standing if each not in IN_CONTROL])
    def test_others_may_not(self, store, channel, by, owner, standing):
        done = remove(store, owner, channel)
        with pytest.raises(NotFound if standing is Standing.VISITOR else Forbidden):
            store.tell(removals.undo, by[standing], channel.id, done.id)

    def test_of_another_channel_it_is_not_found(self, store, channel, noise, owner, by):
        done = remove(store, owner, channel)
        with pytest.raises(NotFound):
            store.tell(removals.undo, by[Standing.ADMIN], noise[0].id, done.id)

    def test_after_thirty_days_it_is_too_late(self, store, channel, owner, by):
        done = remove(store, owner, channel)
        late = type(owner)(owner.viewer, "", NOW + 30 * DAY)
        with pytest.raises(Conflict):
            store.tell(removals.undo, late, channel.id, done.id)


class TestForgetSome:
    def test_what_can_be_put_back_no_longer_is_forgotten_in_parts(self, store, channel, owner, count_rows):
        done = remove(store, owner, channel)
        assert store.ask(removals.overdue, NOW + 30 * DAY - 1) == []
        assert store.ask(removals.overdue, NOW + 30 * DAY) == [done.id]
        while not store.tell(removals.forget_some, done.id, 3):
            pass
        assert (count_rows()["removal"], count_rows()["removed_reading"]) == (0, 0)


class TestListOf:
    def test_it_is_newest_first_for_who_controls_the_channel(self, store, channel, by, owner):
        first = remove(store, owner, channel)
        second = remove(store, by[Standing.ADMIN], channel, ("door",))
        found = store.ask(removals.list_of, owner.viewer, channel.id, NOW)
        assert [(one.id, one.made_by) for one in found] == [(second.id, "Some Admin"), (first.id, "Some Owner")]
        assert [feed.name for feed in found[0].feeds] == ["door"]
        with pytest.raises(NotFound):
            store.ask(removals.list_of, Viewer.visitor(), channel.id, NOW)

    def test_it_says_how_many_days_are_left(self, store, channel, owner):
        done = remove(store, owner, channel)
        assert [done.days_left(NOW + passed) for passed in (0, 1, DAY, 31 * DAY)] == [30, 30, 29, 0]


class TestFeedsOfRemovedReadings:
    """What could be put back needs its feed."""

    def test_such_a_feed_stays(self, store, channel, owner):
        remove(store, owner, channel, ("door",), TimeSpan(0, NOW + DAY))
        door = channel.feeds[1]
        assert door.id in store.ask(feeds.with_readings, channel.id)
        with pytest.raises(Conflict):
            store.tell(feeds.save, owner, channel.id, [], [door.id])

    def test_once_nothing_is_kept_it_may_go(self, store, channel, owner):
        done = remove(store, owner, channel, ("door",), TimeSpan(0, NOW + DAY))
        while not store.tell(removals.forget_some, done.id, 100):
            pass
        store.tell(feeds.save, owner, channel.id, [], [channel.feeds[1].id])
        assert [feed.name for feed in reread(store, channel).feeds] == ["temperature", "probe"]


def test_nothing_is_kept_twice(store, channel, owner):
    """A second removal of the same range finds what the first has left."""
    remove(store, owner, channel)
    with pytest.raises(Invalid):
        store.tell(removals.begin, owner, channel.id, ["temperature"], TEN)
    kept = store.ask(lambda connection: connection.execute(select(removed_reading)).all())
    assert len(kept) == 10
