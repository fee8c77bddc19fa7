"""Readings kept for some days: set by owners, carried out for exactly those channels, with true summaries."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from domain.audit import Deed
from domain.channels import Visibility
from domain.errors import Forbidden, Invalid, NotFound
from domain.readings import Position
from domain.roles import Standing
from domain.timespan import DAY, HOUR, TimeSpan
from models import channels, deleting, readings, removals, retention
from models.schema import entry as entry_table
from tests.builders import NOW, append, entry, make_channel, reread
from tests.models.hands import deeds
from tests.models.test_removals import expect_true_mixed_summaries, finish, rows
from tests.standings import everybody

IN_CONTROL = {Standing.OWNER, Standing.ADMIN}
LATER = NOW + 2 * DAY
"""When what was set at NOW counts."""


@pytest.fixture
def channel(store, noise, course_id):
    """Something every six hours for ten days, each sent at its time; among noise."""
    made = make_channel(
        store, feeds=("temperature", "door:text", "probe:mixed"), visibility=Visibility.COLLEGE, course_id=course_id
    )
    for step in range(40, -1, -1):
        at = NOW - step * 6 * HOUR
        sent = entry(at, temperature=step, door="open", probe="off" if step % 2 else step, position=Position(1, 2))
        append(store, made, sent, received_at=at)
    return reread(store, made)


@pytest.fixture
def by(store, channel, course_id):
    return everybody(store, channel.id, course_id)


@pytest.fixture
def owner(by):
    return by[Standing.OWNER]


def sweep(store, channel, now=LATER, most=7) -> int:
    """Sweep until all is done; how many readings went."""
    gone = 0
    while True:
        swept = store.tell(retention.sweep_some, channel.id, now, gone, most)
        gone += swept.readings
        if swept.is_done:
            return gone


class TestKeep:
    @pytest.mark.parametrize("standing", Standing)
    def test_it_is_for_owners_and_admins(self, store, channel, by, standing):
        if standing in IN_CONTROL:
            kept = store.tell(retention.keep, by[standing], channel.id, 7)
            assert (kept.keep_days, kept.keep_begins_at) == (7, NOW + DAY)
            changed = {"keep_days": {"from": None, "to": 7}}
            assert deeds(store, channel.id) == [(Deed.CHANNEL_CHANGED, {"changed": changed})]
        else:
            with pytest.raises(NotFound if standing is Standing.VISITOR else Forbidden):
                store.tell(retention.keep, by[standing], channel.id, 7)
            assert reread(store, channel) == channel

    @pytest.mark.parametrize("days", [0, 5000])
    def test_other_numbers_of_days_are_refused(self, store, channel, owner, days):
        with pytest.raises(Invalid) as refused:
            store.tell(retention.keep, owner, channel.id, days)
        assert refused.value.complaints[0].pointer == "/keep_days"

    def test_the_same_again_changes_nothing(self, store, channel, owner):
        store.tell(retention.keep, owner, channel.id, 7)
        before = reread(store, channel)
        store.tell(retention.keep, type(owner)(owner.viewer, "", LATER), channel.id, 7)
        assert reread(store, channel) == before

    def test_it_says_how_many_are_too_old(self, store, channel, owner):
        assert store.ask(retention.older, owner.viewer, channel.id, 7, NOW) == 3 * sum(
            1 for step in range(41) if NOW - step * 6 * HOUR < NOW - NOW % DAY - 7 * DAY
        )


class TestDue:
    def test_not_before_the_day_of_grace_is_over(self, store, channel, owner):
        store.tell(retention.keep, owner, channel.id, 7)
        assert store.ask(retention.due, NOW + DAY - 1) == []
        assert store.ask(retention.due, NOW + DAY) == [channel.id]

    def test_channels_that_keep_for_ever_never_are(self, store, channel):
        assert store.ask(retention.due, NOW + 9999 * DAY) == []

    def test_after_the_sweep_it_is_not_until_another_day_is_over(self, store, channel, owner):
        store.tell(retention.keep, owner, channel.id, 7)
        sweep(store, channel)
        assert store.ask(retention.due, LATER) == []
        assert store.ask(retention.due, LATER + DAY) == [channel.id]

    def test_in_the_bin_it_waits(self, store, channel, owner):
        store.tell(retention.keep, owner, channel.id, 7)
        store.tell(deleting.put_into_bin, owner, channel.id)
        assert store.ask(retention.due, LATER) == []


class TestSweepSome:
    @pytest.mark.parametrize("most", [1, 7, 1000])
    def test_exactly_what_is_too_old_is_gone(self, store, channel, owner, most):
        before = rows(store, channel)
        store.tell(retention.keep, owner, channel.id, 7)
        edge = LATER - LATER % DAY - 7 * DAY
        gone = sweep(store, channel, most=most)
        assert rows(store, channel) == [row for row in before if row[1] >= edge]
        assert gone == len([row for row in before if row[1] < edge]) > 0
        expect_true_mixed_summaries(store, channel)

    def test_other_channels_keep_theirs(self, store, channel, noise, owner):
        store.tell(retention.keep, owner, channel.id, 1)
        before = [rows(store, each) for each in noise]
        sweep(store, channel, NOW + 99 * DAY)
        assert [rows(store, each) for each in noise] == before
        assert rows(store, channel) == []

    def test_it_is_written_down_once(self, store, channel, owner):
        store.tell(retention.keep, owner, channel.id, 7)
        gone = sweep(store, channel)
        sweep(store, channel)
        assert deeds(store, channel.id)[1:] == [(Deed.READINGS_EXPIRED, {"readings": gone})]

    def test_where_and_when_they_were_taken_goes_as_well(self, store, channel, owner):
        store.tell(retention.keep, owner, channel.id, 7)
        sweep(store, channel)
        edge = LATER - LATER % DAY - 7 * DAY
        asked = select(entry_table.c.at_min).where(entry_table.c.channel_id == channel.id)
        left = store.ask(lambda connection: connection.scalars(asked).all())
        assert min(left) >= edge
        assert len(left) == len({row[1] for row in rows(store, channel)})

    def test_what_was_said_with_entries_that_came_late_goes_by_its_own_time(self, store, channel, owner):
        append(store, channel, entry(NOW - 30 * DAY, status="long ago"), received_at=NOW)
        append(store, channel, entry(NOW, status="just now"), received_at=NOW)
        store.tell(retention.keep, owner, channel.id, 7)
        sweep(store, channel)
        asked = select(entry_table.c.status).where(entry_table.c.channel_id == channel.id)
        said = store.ask(lambda connection: connection.scalars(asked.where(entry_table.c.status.is_not(None))).all())
        assert said == ["just now"]

    def test_when_it_was_last_heard_stays_known(self, store, channel, owner):
        store.tell(retention.keep, owner, channel.id, 1)
        sweep(store, channel, NOW + 99 * DAY)
        found = store.ask(channels.overview, owner.viewer, channel.id, now=NOW + 99 * DAY)
        assert (found.pulse.last_received_at, found.channel.cursor) == (NOW, 41)
        assert store.ask(readings.fresh_since, channel.id, 40)[0].last == 41

    def test_what_was_taken_away_by_hand_is_not_kept_longer_for_that(self, store, channel, owner):
        begun = store.tell(removals.begin, owner, channel.id, None, TimeSpan(0, NOW - 3 * DAY))
        finish(store, begun.id)
        store.tell(retention.keep, owner, channel.id, 7)
        sweep(store, channel)
        store.tell(removals.undo, owner, channel.id, begun.id)
        finish(store, begun.id)
        assert min(row[1] for row in rows(store, channel)) >= LATER - LATER % DAY - 7 * DAY

    def test_where_it_was_set_back_meanwhile_nothing_goes(self, store, channel, owner):
        store.tell(retention.keep, owner, channel.id, 7)
        store.tell(retention.keep, owner, channel.id, None)
        before = rows(store, channel)
        assert sweep(store, channel) == 0
        assert rows(store, channel) == before
