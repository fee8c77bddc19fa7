"""What is set by hand about a channel: by whom, and with what trace."""

from __future__ import annotations

import pytest

from domain.audit import Deed
from domain.channels import Besides, Visibility
from domain.describing import About
from domain.errors import Forbidden, Invalid, NotFound
from domain.readings import Position
from domain.roles import Act, Standing
from models import channel_settings, channels
from tests.builders import NOW, make_channel, reread
from tests.models.hands import deeds
from tests.people import make_member, make_person
from tests.standings import everybody

ABOUT = About("Otter kiln", "Glaze firing", ("kiln", "otter"), "Room 12", Position(47.5, 8.7))
IN_CHARGE = {Standing.EDITOR, Standing.OWNER, Standing.ADMIN}


@pytest.fixture
def channel(store, noise, course_id):
    """A college channel of a course, beside another with members of its own."""
    other = make_channel(store, "Other", visibility=Visibility.COLLEGE, course_id=course_id)
    make_member(store, other.id, make_person(store, "Other Owner"))
    return make_channel(store, visibility=Visibility.COLLEGE, course_id=course_id)


@pytest.fixture
def by(store, channel, course_id):
    return everybody(store, channel.id, course_id)


def describe(store, actor, channel, about=ABOUT):
    store.tell(channel_settings.describe, actor, channel.id, about)


def set_readings(store, actor, channel):
    values = {"expected_interval_s": 10.0, "accepts_new_feeds": False, "pace_ms": 15_000}
    store.tell(channel_settings.set_readings, actor, channel.id, **values)


def show_to(store, actor, channel, visibility=Visibility.MEMBERS):
    store.tell(channel_settings.show_to, actor, channel.id, visibility)


BESIDES = Besides(340.5, "https://example.org/kiln", '{"clay": "red"}')


def say_besides(store, actor, channel, besides=BESIDES):
    store.tell(channel_settings.say_besides, actor, channel.id, besides)


def archive(store, actor, channel, is_archived=True):
    store.tell(channel_settings.archive, actor, channel.id, is_archived)


RIGHTS = [
    (describe, IN_CHARGE),
    (set_readings, IN_CHARGE),
    (say_besides, IN_CHARGE),
    (show_to, {Standing.OWNER, Standing.ADMIN}),
    (archive, {Standing.STAFF, Standing.ADMIN}),
]
each_change = pytest.mark.parametrize(("change", "allowed"), RIGHTS, ids=lambda each: getattr(each, "__name__", ""))


@each_change
class TestEveryChange:
    @pytest.mark.parametrize("standing", Standing)
    def test_it_is_for_those_who_may(self, store, channel, by, change, allowed, standing):
        before = reread(store, channel)
        if standing in allowed:
            change(store, by[standing], channel)
            assert reread(store, channel).version > before.version
        else:
            with pytest.raises(NotFound if standing is Standing.VISITOR else Forbidden):
                change(store, by[standing], channel)
            assert reread(store, channel) == before
            assert deeds(store, channel.id) == []

    def test_it_leaves_other_channels_as_they_are(self, store, channel, by, noise, change, allowed):
        before = [reread(store, each) for each in noise]
        change(store, by[min(allowed)], channel)
        assert [reread(store, each) for each in noise] == before

    def test_done_twice_it_is_noted_once(self, store, channel, by, change, allowed):
        change(store, by[min(allowed)], channel)
        version = reread(store, channel).version
        change(store, by[min(allowed)], channel)
        assert len(deeds(store, channel.id)) == 1
        assert reread(store, channel).version == version

    def test_a_channel_in_the_bin_is_not_found(self, store, channel, by, change, allowed):
        store.tell(
            lambda connection: connection.exec_driver_sql(f"UPDATE channel SET deleted_at = 1 WHERE id = {channel.id}")
        )
        with pytest.raises(NotFound):
            change(store, by[min(allowed)], channel)


class TestDescribe:
    def test_all_of_it_is_there_afterwards(self, store, channel, by):
        describe(store, by[Standing.EDITOR], channel)
        found = reread(store, channel)
        assert About(found.name, found.description, found.tags, found.place, found.position) == ABOUT

    def test_what_was_changed_is_noted_with_what_it_was(self, store, channel, by):
        describe(store, by[Standing.OWNER], channel, About("Greenhouse", tags=("kiln",)))
        changed = {"tags": {"from": "", "to": " kiln "}}
        assert deeds(store, channel.id) == [(Deed.CHANNEL_CHANGED, {"changed": changed})]

    def test_a_position_may_be_taken_away(self, store, channel, by):
        describe(store, by[Standing.OWNER], channel)
        describe(store, by[Standing.OWNER], channel, About("Greenhouse"))
        assert reread(store, channel).position is None

    def test_nothing_is_stored_of_what_is_wrong(self, store, channel, by):
        before = reread(store, channel)
        with pytest.raises(Invalid) as refused:
            describe(store, by[Standing.OWNER], channel, About("  ", "fine", ("two words",)))
        assert [each.pointer for each in refused.value.complaints] == ["/name", "/tags"]
        assert reread(store, channel) == before


class TestSayBesides:
    def test_all_of_it_is_there_afterwards(self, store, channel, by):
        say_besides(store, by[Standing.EDITOR], channel)
        assert reread(store, channel).besides == BESIDES
        say_besides(store, by[Standing.EDITOR], channel, Besides())
        assert reread(store, channel).besides == Besides()

    @pytest.mark.parametrize(
        ("pointer", "besides"),
        [
            ("/elevation", Besides(elevation=float("nan"))),
            ("/elevation", Besides(elevation=1e9)),
            ("/url", Besides(web_address="x" * 256)),
            ("/metadata", Besides(metadata="x" * 10_001)),
            ("/metadata", Besides(metadata="a\x00b")),
        ],
    )
    def test_nothing_is_stored_of_what_is_wrong(self, store, channel, by, pointer, besides):
        with pytest.raises(Invalid) as refused:
            say_besides(store, by[Standing.OWNER], channel, besides)
        assert [each.pointer for each in refused.value.complaints] == [pointer]
        assert reread(store, channel).besides == Besides()

    def test_of_very_long_metadata_the_log_keeps_how_it_begins(self, store, channel, by):
        say_besides(store, by[Standing.OWNER], channel, Besides(metadata="x" * 10_000))
        changed = deeds(store, channel.id)[0][1]["changed"]
        assert changed == {"metadata": {"from": "", "to": "x" * 2000 + "…"}}


class TestSetReadings:
    def test_all_are_there_afterwards(self, store, channel, by):
        set_readings(store, by[Standing.OWNER], channel)
        found = reread(store, channel)
        assert (found.expected_interval_s, found.accepts_new_feeds, found.least_pace_s) == (10.0, False, 15.0)

    @pytest.mark.parametrize("interval_s", [0, -1, 1e12])
    def test_no_board_speaks_at_such_an_interval(self, store, channel, by, interval_s):
        with pytest.raises(Invalid):
            store.tell(
                channel_settings.set_readings,
                by[Standing.OWNER],
                channel.id,
                expected_interval_s=interval_s,
                accepts_new_feeds=True,
                pace_ms=None,
            )

    @pytest.mark.parametrize("pace_ms", [-1, 3_600_001])
    def test_a_pace_lies_within_an_hour(self, store, channel, by, pace_ms):
        values = {"expected_interval_s": None, "accepts_new_feeds": True, "pace_ms": pace_ms}
        with pytest.raises(Invalid) as refused:
            store.tell(channel_settings.set_readings, by[Standing.OWNER], channel.id, **values)
        assert [each.pointer for each in refused.value.complaints] == ["/pace"]


class TestShowTo:
    def test_who_is_no_member_loses_sight_of_it(self, store, channel, by):
        show_to(store, by[Standing.OWNER], channel)
        with pytest.raises(NotFound):
            store.ask(channels.find, by[Standing.SIGNED_IN].viewer, channel.id)
        assert store.ask(channels.acts, by[Standing.VIEWER].viewer, channel.id) == {Act.SEE, Act.SEE_PEOPLE}


class TestArchive:
    def test_an_archived_channel_leaves_the_wall_and_stays_where_it_is_asked_for(self, store, channel, by):
        archive(store, by[Standing.STAFF], channel)
        viewer = by[Standing.VIEWER].viewer
        wall = store.ask(channels.overviews, viewer, now=NOW, limit=100)
        asked = store.ask(channels.overviews, viewer, now=NOW, limit=100, channel_ids=[channel.id])
        assert channel.id not in [each.channel.id for each in wall]
        assert [each.pulse.is_archived for each in asked] == [True]
        assert store.ask(channels.newest_id, viewer) < channel.id

    def test_it_comes_back(self, store, channel, by):
        archive(store, by[Standing.STAFF], channel)
        archive(store, by[Standing.ADMIN], channel, is_archived=False)
        assert reread(store, channel).archived_at is None
        assert [detail for _, detail in deeds(store, channel.id)] == [{"archived": True}, {"archived": False}]


class TestActs:
    """As PRODUCT has it, asked for one channel."""

    SEEING = frozenset({Act.SEE, Act.SEE_PEOPLE})

    @pytest.mark.parametrize(
        ("standing", "expected"),
        [
            (Standing.SIGNED_IN, {Act.SEE}),
            (Standing.VIEWER, SEEING),
            (Standing.EDITOR, SEEING | {Act.CONTRIBUTE}),
            (Standing.OWNER, SEEING | {Act.CONTRIBUTE, Act.CONTROL}),
            (Standing.STAFF, SEEING | {Act.TEACH}),
            (Standing.ADMIN, SEEING | {Act.CONTROL, Act.TEACH}),
        ],
    )
    def test_they_are_the_table(self, store, channel, by, standing, expected):
        assert store.ask(channels.acts, by[standing].viewer, channel.id) == expected

    def test_who_may_not_see_it_is_told_there_is_nothing(self, store, channel, by):
        with pytest.raises(NotFound):
            store.ask(channels.acts, by[Standing.VISITOR].viewer, channel.id)
