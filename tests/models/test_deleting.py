"""What is taken away by hand: readings, and channels by way of the bin."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from domain.audit import Deed
from domain.channels import Visibility
from domain.errors import Forbidden, KeyUnknown, NotFound
from domain.readings import Position
from domain.roles import Right, Standing, Viewer
from domain.timespan import DAY, SECOND, TimeSpan
from models import channels, deleting, keys, memberships, readings, removals
from models.appending import Stale
from models.schema import answer, entry, feed, reading, refusal, rollup
from tests.builders import ALWAYS, NOW, VAULT, append, make_channel, make_key, reread
from tests.builders import entry as an_entry
from tests.models.hands import deeds
from tests.people import make_course
from tests.standings import everybody

KEY = "0AAAAAAAAAAAAA"
IN_CONTROL = {Standing.OWNER, Standing.ADMIN}


@pytest.fixture
def channel(store, noise, course_id):
    """A channel with a key and five readings, among noise with readings at the same instants."""
    made = make_channel(store, feeds=("temperature", "door:text"), visibility=Visibility.COLLEGE, course_id=course_id)
    make_key(store, made.id, KEY)
    made = reread(store, made)
    entries = [an_entry(NOW + number * SECOND, temperature=number) for number in range(4)]
    append(store, made, *entries, an_entry(NOW, door="open", status="up", position=Position(1, 2)))
    return reread(store, made)


@pytest.fixture
def by(store, channel, course_id):
    return everybody(store, channel.id, course_id)


def rows_of(store, channel) -> dict[str, int]:
    """How many rows of what its boards sent are left."""
    feeds = select(feed.c.id).where(feed.c.channel_id == channel.id)
    asked = {
        "reading": reading.c.feed_id.in_(feeds),
        "rollup": rollup.c.feed_id.in_(feeds),
        "entry": entry.c.channel_id == channel.id,
        "refusal": refusal.c.channel_id == channel.id,
    }

    def count(connection):
        return {
            name: connection.execute(select(func.count()).where(which)).scalar_one() for name, which in asked.items()
        }

    return store.ask(count)


def clear(store, actor, channel):
    is_done = store.tell(deleting.clear, actor, channel.id)
    while not is_done:
        is_done = store.tell(deleting.clear_on, channel.id, NOW)


class TestClear:
    @pytest.mark.parametrize("standing", Standing)
    def test_it_is_for_owners_and_admins(self, store, channel, by, standing):
        before = rows_of(store, channel)
        if standing in IN_CONTROL:
            clear(store, by[standing], channel)
            assert set(rows_of(store, channel).values()) == {0}
        else:
            with pytest.raises(NotFound if standing is Standing.VISITOR else Forbidden):
                clear(store, by[standing], channel)
            assert rows_of(store, channel) == before

    def test_all_but_the_readings_stays(self, store, channel, by):
        clear(store, by[Standing.OWNER], channel)
        after = reread(store, channel)
        assert after.feeds == channel.feeds
        assert after.cursor == channel.cursor == 5
        assert store.ask(keys.find, VAULT.digest(KEY), NOW).channel.id == channel.id
        assert store.ask(memberships.count, channel.id) == 3

    def test_entries_are_numbered_on(self, store, channel, by):
        clear(store, by[Standing.OWNER], channel)
        assert append(store, reread(store, channel), an_entry(NOW, temperature=7)).entry_id == 6
        assert [run.first for run in store.ask(readings.fresh_since, channel.id, 2)] == [3]

    def test_other_channels_keep_theirs(self, store, channel, noise, by):
        before = [rows_of(store, each) for each in noise]
        clear(store, by[Standing.OWNER], channel)
        assert [rows_of(store, each) for each in noise] == before

    def test_a_message_sent_again_afterwards_is_stored(self, store, channel, by):
        key_id = store.ask(keys.find, VAULT.digest(KEY), NOW).key_id
        sent = {"idempotency": (key_id, "once", b"fingerprint")}
        append(store, channel, an_entry(NOW + 9 * SECOND, temperature=9), **sent)
        clear(store, by[Standing.OWNER], channel)
        assert append(store, reread(store, channel), an_entry(NOW, temperature=9), **sent).stored == 1
        left = select(func.count()).where(answer.c.key_id == key_id)
        assert store.ask(lambda connection: connection.execute(left).scalar_one()) == 1

    def test_very_many_go_a_part_at_a_time_and_summaries_stay_true(self, store, channel, by, monkeypatch):
        monkeypatch.setattr(deleting, "MOST_AT_ONCE", 3)
        assert not store.tell(deleting.clear, by[Standing.OWNER], channel.id)
        summed = select(func.sum(rollup.c.n)).where(
            rollup.c.feed_id == channel.feeds[0].id, rollup.c.width == 10 * SECOND
        )
        assert store.ask(lambda connection: connection.execute(summed).scalar_one()) == 1
        while not store.tell(deleting.clear_on, channel.id, NOW):
            pass
        assert set(rows_of(store, channel).values()) == {0}
        assert deeds(store, channel.id) == [(Deed.CHANNEL_CLEARED, {"readings": 5})]

    def test_what_could_be_put_back_goes_as_well(self, store, channel, by, count_rows):
        begun = store.tell(removals.begin, by[Standing.OWNER], channel.id, None, TimeSpan(0, NOW + DAY))
        assert store.tell(removals.go_on, begun.id, NOW)
        clear(store, by[Standing.OWNER], channel)
        assert (count_rows()["removal"], count_rows()["removed_reading"]) == (0, 0)

    def test_what_processes_remember_no_longer_counts(self, store, channel, by):
        clear(store, by[Standing.OWNER], channel)
        with pytest.raises(Stale):
            append(store, channel, an_entry(NOW, temperature=1))


class TestPutIntoBin:
    @pytest.mark.parametrize("standing", Standing)
    def test_it_is_for_owners_and_admins(self, store, channel, by, standing):
        if standing in IN_CONTROL:
            store.tell(deleting.put_into_bin, by[standing], channel.id)
            assert deeds(store, channel.id) == [(Deed.CHANNEL_DELETED, {"name": "Greenhouse"})]
        else:
            with pytest.raises(NotFound if standing is Standing.VISITOR else Forbidden):
                store.tell(deleting.put_into_bin, by[standing], channel.id)
            assert reread(store, channel) == channel

    def test_from_then_on_it_exists_for_nobody(self, store, channel, by):
        store.tell(deleting.put_into_bin, by[Standing.OWNER], channel.id)
        for actor in by.values():
            with pytest.raises(NotFound):
                store.ask(channels.find, actor.viewer, channel.id)

    def test_its_keys_count_no_more(self, store, channel, by):
        store.tell(deleting.put_into_bin, by[Standing.OWNER], channel.id)
        with pytest.raises(KeyUnknown):
            store.ask(keys.find, VAULT.digest(KEY), NOW)
        with pytest.raises(Stale):
            append(store, channel, an_entry(NOW, temperature=1))


class TestInBin:
    @pytest.mark.parametrize("standing", Standing)
    def test_who_controls_it_sees_it_there(self, store, channel, by, standing):
        store.tell(deleting.put_into_bin, by[Standing.OWNER], channel.id)
        found = store.ask(deleting.in_bin, by[standing].viewer, NOW)
        expected = [deleting.Binned(channel.id, "Greenhouse", NOW, is_own=standing is Standing.OWNER)]
        assert found == (expected if standing in IN_CONTROL else [])

    @pytest.mark.parametrize(("passed", "left"), [(0, 30), (1, 30), (DAY, 29), (29 * DAY + 1, 1), (31 * DAY, 0)])
    def test_it_says_how_many_days_are_left(self, passed, left):
        assert deleting.Binned(7, "Greenhouse", NOW, True).days_left(NOW + passed) == left


class TestRestore:
    @pytest.mark.parametrize("standing", Standing)
    def test_it_is_for_owners_and_admins(self, store, channel, by, standing):
        store.tell(deleting.put_into_bin, by[Standing.OWNER], channel.id)
        if standing in IN_CONTROL:
            assert store.tell(deleting.restore, by[standing], channel.id) == "Greenhouse"
            assert store.ask(channels.find, by[Standing.VIEWER].viewer, channel.id).feeds == channel.feeds
        else:
            with pytest.raises(NotFound):
                store.tell(deleting.restore, by[standing], channel.id)

    def test_it_brings_back_readings_and_keys(self, store, channel, by):
        store.tell(deleting.put_into_bin, by[Standing.OWNER], channel.id)
        store.tell(deleting.restore, by[Standing.OWNER], channel.id)
        assert store.ask(keys.find, VAULT.digest(KEY), NOW).right is Right.WRITE
        found = store.ask(readings.between, Viewer.with_key_of(channel.id), channel.id, None, ALWAYS, 100)
        assert len(found) == 5

    def test_a_channel_that_was_not_deleted_is_not_in_the_bin(self, store, channel, by):
        with pytest.raises(NotFound):
            store.tell(deleting.restore, by[Standing.OWNER], channel.id)

    def test_after_thirty_days_it_is_too_late(self, store, channel, by):
        store.tell(deleting.put_into_bin, by[Standing.OWNER], channel.id)
        late = everybody(store, make_channel(store, "Noise").id, make_course(store, "ART1"), at=NOW + 30 * DAY)
        with pytest.raises(NotFound):
            store.tell(deleting.restore, late[Standing.ADMIN], channel.id)


class TestRemoveSome:
    @pytest.fixture
    def binned(self, store, channel, by):
        store.tell(deleting.put_into_bin, by[Standing.OWNER], channel.id)
        return channel

    def test_only_what_lay_there_for_thirty_days_is_overdue(self, store, binned):
        assert store.ask(deleting.overdue, NOW + 30 * DAY - 1) == []
        assert store.ask(deleting.overdue, NOW + 30 * DAY) == [binned.id]

    def test_a_channel_restored_meanwhile_stays(self, store, binned, by):
        store.tell(deleting.restore, by[Standing.OWNER], binned.id)
        assert store.tell(deleting.remove_some, binned.id, NOW + 30 * DAY)
        assert rows_of(store, binned)["reading"] == 5

    def test_it_is_gone_with_all_it_held_and_nothing_else(self, store, binned, noise, monkeypatch):
        monkeypatch.setattr(deleting, "MOST_AT_ONCE", 2)
        before = [rows_of(store, each) for each in noise]
        while not store.tell(deleting.remove_some, binned.id, NOW + 30 * DAY):
            pass
        assert set(rows_of(store, binned).values()) == {0}
        with pytest.raises(NotFound):
            store.ask(channels.known, binned.id)
        assert [rows_of(store, each) for each in noise] == before
