"""Feeds changed by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.audit import Deed
from domain.channels import Visibility
from domain.describing import WantedFeed
from domain.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from domain.readings import Kind
from domain.roles import Standing
from models import feeds
from models.appending import MOST_FEEDS, Stale
from tests.builders import NOW, append, entry, make_channel, reread
from tests.models.hands import deeds
from tests.standings import everybody


@pytest.fixture
def channel(store, noise, course_id):
    """Two feeds without a reading, among noise whose feeds have the same names."""
    return make_channel(
        store, feeds=("temperature:°C", "door:text"), visibility=Visibility.COLLEGE, course_id=course_id
    )


@pytest.fixture
def by(store, channel, course_id):
    return everybody(store, channel.id, course_id)


@pytest.fixture
def save(store, channel, by):
    """`save(row, row, removed=…)` as the editor."""

    def save(*wanted, removed=(), standing=Standing.EDITOR):
        store.tell(feeds.save, by[standing], channel.id, wanted, removed)

    return save


def wanted(store, channel) -> list[WantedFeed]:
    return [feeds.as_wanted(feed) for feed in reread(store, channel).feeds]


def names(store, channel) -> list[str]:
    return [feed.name for feed in reread(store, channel).feeds]


class TestSave:
    @pytest.mark.parametrize("standing", Standing)
    def test_it_is_for_editors_and_owners(self, store, channel, save, standing):
        temperature, door = wanted(store, channel)
        changed = replace(temperature, title="Kiln")
        if standing in (Standing.EDITOR, Standing.OWNER):
            save(changed, door, standing=standing)
            assert reread(store, channel).feeds[0].title == "Kiln"
        else:
            with pytest.raises(NotFound if standing is Standing.VISITOR else Forbidden):
                save(changed, door, standing=standing)
            assert reread(store, channel) == channel

    def test_each_value_is_there_afterwards(self, store, channel, save):
        temperature, door = wanted(store, channel)
        changed = replace(temperature, title="Kiln", unit="K", colour="#0072b2", decimals=0, is_hidden=True)
        save(changed, door)
        assert wanted(store, channel) == [changed, door]

    def test_what_was_changed_is_noted_and_told_to_every_process(self, store, channel, save):
        temperature, door = wanted(store, channel)
        save(replace(temperature, unit="K"), door)
        changed = {"temperature": {"unit": {"from": "°C", "to": "K"}}}
        assert deeds(store, channel.id) == [(Deed.CHANNEL_CHANGED, {"feeds": changed})]
        with pytest.raises(Stale):
            append(store, channel, entry(temperature=1))

    def test_nothing_new_is_not_noted(self, store, channel, save):
        save(*wanted(store, channel))
        assert deeds(store, channel.id) == []
        assert reread(store, channel) == channel

    def test_a_new_name_keeps_the_readings(self, store, channel, save):
        append(store, channel, entry(NOW, temperature=21.5))
        temperature, door = wanted(store, channel)
        save(replace(temperature, name="kiln"), door)
        assert names(store, channel) == ["kiln", "door"]
        assert store.ask(feeds.with_readings, channel.id) == {temperature.feed_id}

    def test_two_feeds_may_swap_their_names(self, store, channel, save):
        save(WantedFeed(None, "inside"), WantedFeed(None, "outside"), *wanted(store, channel))
        inside, outside, *rest = wanted(store, channel)
        save(replace(inside, name="outside"), replace(outside, name="inside"), *rest)
        assert names(store, channel) == ["outside", "inside", "temperature", "door"]

    def test_they_stand_in_the_order_given(self, store, channel, save):
        temperature, door = wanted(store, channel)
        save(door, temperature)
        assert names(store, channel) == ["door", "temperature"]

    def test_a_feed_that_a_board_made_meanwhile_stays(self, store, channel, save):
        rows = wanted(store, channel)
        append(store, channel, entry(NOW, temperature=1, humidity=50), new_feeds={"humidity": Kind.NUMBER})
        save(*reversed(rows))
        assert names(store, channel) == ["door", "temperature", "humidity"]

    def test_an_empty_feed_may_be_taken_away(self, store, channel, save):
        temperature, door = wanted(store, channel)
        save(temperature, removed=[door.feed_id])
        assert names(store, channel) == ["temperature"]
        assert deeds(store, channel.id) == [(Deed.CHANNEL_CHANGED, {"removed": ["door"]})]

    def test_a_feed_with_readings_stays(self, store, channel, save):
        append(store, channel, entry(NOW, door="open"))
        temperature, door = wanted(store, channel)
        with pytest.raises(Conflict, match="holds readings"):
            save(temperature, removed=[door.feed_id])
        assert names(store, channel) == ["temperature", "door"]

    def test_an_empty_feed_may_turn_into_words(self, store, channel, save):
        temperature, door = wanted(store, channel)
        save(replace(temperature, kind=Kind.TEXT), door)
        found = reread(store, channel).feeds[0]
        assert (found.kind, found.unit) == (Kind.TEXT, None)

    def test_a_feed_with_numbers_stays_one_of_numbers(self, store, channel, save):
        append(store, channel, entry(NOW, temperature=0))
        temperature, door = wanted(store, channel)
        with pytest.raises(Conflict, match="a feed of numbers") as refused:
            save(replace(temperature, kind=Kind.TEXT), door)
        assert [each.pointer for each in refused.value.complaints] == ["/0/kind"]

    @pytest.mark.parametrize("sent", [{"temperature": 0}, {"door": "open"}])
    def test_a_feed_with_readings_may_come_to_take_both(self, store, channel, save, sent):
        append(store, channel, entry(NOW, **sent))
        save(*(replace(feed, kind=Kind.MIXED) for feed in wanted(store, channel)))
        assert [feed.kind for feed in reread(store, channel).feeds] == [Kind.MIXED, Kind.MIXED]

    @pytest.mark.parametrize("kind", [Kind.NUMBER, Kind.TEXT])
    def test_a_feed_that_took_both_stays_so(self, store, channel, save, kind):
        temperature, door = wanted(store, channel)
        save(replace(temperature, kind=Kind.MIXED), door)
        append(store, reread(store, channel), entry(NOW, temperature="error"))
        with pytest.raises(Conflict, match="a feed of numbers and words"):
            save(replace(temperature, kind=kind), door)

    def test_a_feed_of_both_keeps_its_unit(self, store, channel, save):
        temperature, door = wanted(store, channel)
        save(replace(temperature, kind=Kind.MIXED), door)
        assert reread(store, channel).feeds[0].unit == "°C"

    def test_feeds_of_other_channels_are_none_of_its_own(self, store, channel, noise, save):
        foreign = noise[0].feeds[0]
        save(replace(feeds.as_wanted(foreign), title="Mine"), *wanted(store, channel), removed=[foreign.id])
        assert reread(store, noise[0]) == noise[0] or reread(store, noise[0]).feeds == noise[0].feeds
        assert names(store, channel) == ["temperature", "door"]

    @pytest.mark.parametrize(
        ("fault", "pointer"),
        [
            ({"name": ""}, "/0/name"),
            ({"name": "a/b"}, "/0/name"),
            ({"name": "api_key"}, "/0/name"),
            ({"name": "x" * 65}, "/0/name"),
            ({"name": "door"}, "/0/name"),
            ({"unit": "u" * 33}, "/0/unit"),
            ({"title": "t" * 201}, "/0/title"),
            ({"colour": "red"}, "/0/colour"),
            ({"decimals": 11}, "/0/decimals"),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field_and_nothing_is_stored(self, store, channel, save, fault, pointer):
        temperature, door = wanted(store, channel)
        with pytest.raises(Invalid) as refused:
            save(replace(temperature, **fault), replace(door, title="Hatch"))
        assert refused.value.complaints[0].pointer == pointer
        assert reread(store, channel) == channel

    def test_one_feed_at_least_is_shown(self, store, channel, save):
        with pytest.raises(Invalid, match="One feed at least"):
            save(*(replace(feed, is_hidden=True) for feed in wanted(store, channel)))

    def test_there_are_so_many_and_no_more(self, store, channel, save):
        rows = [WantedFeed(None, f"feed {number}") for number in range(MOST_FEEDS - 2)]
        save(*wanted(store, channel), *rows)
        with pytest.raises(TooMany):
            save(*wanted(store, channel), WantedFeed(None, "one more"))
