"""A channel and its feeds changed in part."""

from __future__ import annotations

import random
from dataclasses import asdict

import pytest

from domain.audit import Deed
from domain.channels import Visibility
from domain.describing import WantedFeed
from domain.errors import Forbidden, Invalid, NotFound
from domain.keys import new_key
from domain.readings import Position
from domain.roles import Standing
from models import channel_settings, channels, managing
from models.ownership import NewChannel
from tests.builders import VAULT, make_channel, reread
from tests.models.hands import deeds
from tests.people import acting, make_person
from tests.standings import everybody

KEY = "0123456789ABCDEF"


@pytest.fixture
def channel(store, noise, course_id):
    return make_channel(
        store, feeds=("temperature:°C", "door:text"), visibility=Visibility.COLLEGE, course_id=course_id
    )


@pytest.fixture
def by(store, channel, course_id):
    return everybody(store, channel.id, course_id)


@pytest.fixture
def change(store, channel, by):
    """`change(place="Room 12", …)` as the owner."""

    def change(standing=Standing.OWNER, **changes):
        return store.tell(managing.change_channel, by[standing], channel.id, changes)

    return change


class TestChangingAChannel:
    @pytest.mark.parametrize(
        "named",
        [
            {"name": "Kiln 3"},
            {"description": "In the yard"},
            {"tags": ("kiln", "clay")},
            {"place": "Room 12"},
            {"expected_interval_s": 5.0},
            {"accepts_new_feeds": False},
            {"visibility": Visibility.MEMBERS},
        ],
    )
    def test_what_is_not_named_stays(self, change, named):
        before = change(
            name="A", description="B", tags=("c",), place="D", latitude=1.0, longitude=2.0, expected_interval_s=9.0
        )
        after = change(**named)
        differs = {name: value for name, value in asdict(after).items() if value != asdict(before)[name]}
        assert {name: value for name, value in differs.items() if name != "version"} == named

    def test_half_a_place_is_made_whole_from_the_other_half(self, change):
        change(latitude=1.0, longitude=2.0)
        assert change(longitude=3.0).position == Position(1.0, 3.0)
        with pytest.raises(Invalid, match="or neither"):
            change(latitude=None)

    def test_it_is_on_record(self, store, channel, change):
        change(place="Room 12", visibility=Visibility.MEMBERS)
        assert [deed for deed, _ in deeds(store, channel.id)] == [Deed.CHANNEL_CHANGED] * 2

    def test_where_one_part_is_refused_none_is_done(self, store, channel, change):
        with pytest.raises(Forbidden):
            change(Standing.EDITOR, name="Kiln 3", visibility=Visibility.PUBLIC)
        assert reread(store, channel) == channel

    def test_a_fault_of_old_elsewhere_does_not_keep_it_from_being_hidden(self, store, channel, change):
        leaking = f"UPDATE channel SET description = '{new_key(random.choice)}'"
        store.tell(lambda connection: connection.exec_driver_sql(leaking))
        with pytest.raises(Invalid):
            change(place="Room 12")
        assert change(visibility=Visibility.MEMBERS).visibility is Visibility.MEMBERS

    def test_strangers_do_not_find_it(self, store, channel, by, change):
        store.tell(channel_settings.show_to, by[Standing.OWNER], channel.id, Visibility.MEMBERS)
        with pytest.raises(NotFound):
            change(Standing.SIGNED_IN, name="Kiln 3")


class TestMaking:
    def test_all_of_it_or_nothing(self, store, noise):
        ada = acting(make_person(store))
        with pytest.raises(Invalid):
            store.tell(managing.make_channel, ada, VAULT, KEY, NewChannel("Kiln"), {"tags": ("two words",)})
        made = store.tell(managing.make_channel, ada, VAULT, KEY, NewChannel("Kiln"), {"tags": ("kiln",)})
        assert made.tags == ("kiln",)
        assert [each.id for each in store.ask(channels.every)] == [*(each.id for each in noise), made.id]


class TestFeeds:
    @pytest.mark.parametrize(
        ("place", "names"),
        [
            (None, ["temperature", "door", "light"]),
            (0, ["light", "temperature", "door"]),
            (63, ["temperature", "door", "light"]),
        ],
    )
    def test_one_is_added_at_its_place(self, store, channel, by, place, names):
        wanted = WantedFeed(None, "light", unit="lx")
        made = store.tell(managing.add_feed, by[Standing.EDITOR], channel.id, wanted, place)
        assert (made.name, made.unit) == ("light", "lx")
        assert [feed.name for feed in reread(store, channel).feeds] == names

    def test_one_is_changed_and_moved_and_the_others_stay(self, store, channel, by):
        changed = store.tell(managing.change_feed, by[Standing.EDITOR], channel.id, "door", {"name": "gate"}, 0)
        first, second = reread(store, channel).feeds
        assert (changed, first.id, second.name) == (first, channel.feeds[1].id, "temperature")

    def test_a_complaint_points_into_the_feed(self, store, channel, by):
        with pytest.raises(Invalid) as refused:
            store.tell(managing.change_feed, by[Standing.EDITOR], channel.id, "temperature", {"colour": "red"}, None)
        assert [each.pointer for each in refused.value.complaints] == ["/colour"]

    def test_one_goes(self, store, channel, by):
        store.tell(managing.remove_feed, by[Standing.EDITOR], channel.id, "door")
        assert [feed.name for feed in reread(store, channel).feeds] == ["temperature"]

    def test_one_that_is_not_there_is_not_found(self, store, channel, by):
        with pytest.raises(NotFound):
            store.tell(managing.remove_feed, by[Standing.EDITOR], channel.id, "doors")

    def test_viewers_change_none(self, store, channel, by):
        with pytest.raises(Forbidden):
            store.tell(managing.remove_feed, by[Standing.VIEWER], channel.id, "door")
