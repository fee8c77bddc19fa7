"""Channels: made, found, overviewed for the wall; who may see which."""

from __future__ import annotations

import pytest

from domain.channels import Visibility
from domain.errors import NotFound
from domain.readings import Door, Kind
from domain.roles import Right, Viewer
from domain.timespan import HOUR, MINUTE, SECOND
from models import channels, keys, refusals
from models.channels import RECENT, REFUSED_WITHIN, NewFeed, usual_gap_s
from models.refusals import Refused
from models.writer import store_together
from tests.builders import KEYS, NOW, VAULT, append, entry, make_channel, make_key, submission

VISITOR = Viewer.visitor()


@pytest.fixture
def wall(store):
    """A function: the channels' overviews as a viewer gets them."""

    def look(viewer: Viewer = VISITOR, *, now: int = NOW, limit: int = 100, channel_ids=None) -> list:
        return store.ask(channels.overviews, viewer, now=now, limit=limit, channel_ids=channel_ids)

    return look


@pytest.fixture
def overview(store, channel):
    """A function: the overview of the test's own channel."""
    return lambda now=NOW: store.ask(channels.overview, VISITOR, channel.id, now=now)


def hear(store, channel, *instants: int, door: Door = Door.HTTP) -> None:
    """One message at each instant."""
    for at in instants:
        append(store, channel, entry(at, temperature=1), received_at=at, door=door)


class TestVersions:
    def test_every_change_counts_and_what_is_gone_has_none(self, store, noise):
        kept, gone = make_channel(store, "kept"), make_channel(store, "gone")
        before = store.ask(channels.versions, {kept.id, gone.id})
        store.tell(channels.touch, kept.id)
        store.tell(channels.remove, gone.id)
        assert before == {kept.id: kept.version, gone.id: gone.version}
        assert store.ask(channels.versions, {kept.id, gone.id}) == {kept.id: kept.version + 1}
        assert store.ask(channels.versions, ()) == {}


class TestCreate:
    def test_it_keeps_what_it_is_told(self, store, noise):
        feeds = (NewFeed("t", Kind.NUMBER, "°C", "Temperature"), NewFeed("door", Kind.TEXT))
        made = store.tell(
            channels.create,
            name="Kiln",
            now=NOW,
            description="Hot.",
            visibility=Visibility.COLLEGE,
            feeds=feeds,
            accepts_new_feeds=False,
            is_rehearsal=True,
            expected_interval_s=2.5,
        )
        assert store.ask(channels.known, made.id) == made
        assert (made.name, made.description, made.visibility) == ("Kiln", "Hot.", Visibility.COLLEGE)
        assert (made.accepts_new_feeds, made.is_rehearsal, made.expected_interval_s) == (False, True, 2.5)
        assert (made.cursor, made.version, made.created_at) == (0, 1, NOW)
        assert [(feed.name, feed.kind, feed.unit, feed.label, feed.position) for feed in made.feeds] == [
            ("t", Kind.NUMBER, "°C", "Temperature", 0),
            ("door", Kind.TEXT, None, "door", 1),
        ]

    def test_it_needs_no_feeds(self, store):
        assert make_channel(store, feeds=()).feeds == ()

    def test_its_address_is_its_number(self, channel):
        assert channel.slug == str(channel.id)


class TestFind:
    @pytest.mark.parametrize(
        ("visibility", "visitor", "own_key", "other_key"),
        [
            (Visibility.PUBLIC, True, True, True),
            (Visibility.COLLEGE, False, True, False),
            (Visibility.MEMBERS, False, True, False),
        ],
    )
    def test_it_is_there_for_whom_it_exists(self, store, noise, visibility, visitor, own_key, other_key):
        channel = make_channel(store, visibility=visibility)
        viewers = (VISITOR, Viewer.with_key_of(channel.id), Viewer.with_key_of(noise[0].id))
        assert [is_found(store, viewer, channel.id) for viewer in viewers] == [visitor, own_key, other_key]

    def test_hidden_and_absent_are_told_alike(self, store, noise):
        said = []
        for channel_id in (noise[2].id, 999):
            with pytest.raises(NotFound) as refused:
                store.ask(channels.find, VISITOR, channel_id)
            said.append(refused.value.detail.replace(str(channel_id), "N"))
        assert said[0] == said[1]

    def test_its_feeds_come_in_their_order(self, store):
        made = make_channel(store, feeds=("z", "a", "m"))
        assert [feed.name for feed in store.ask(channels.find, VISITOR, made.id).feeds] == ["z", "a", "m"]


def is_found(store, viewer: Viewer, channel_id: int) -> bool:
    try:
        return store.ask(channels.find, viewer, channel_id).id == channel_id
    except NotFound:
        return False


class TestEvery:
    def test_it_lists_all_the_oldest_first(self, store, noise, channel):
        assert store.ask(channels.every) == [*[store.ask(channels.known, each.id) for each in noise], channel]

    def test_at_first_there_is_none(self, store):
        assert store.ask(channels.every) == []


class TestOverviews:
    def test_a_visitor_sees_the_public_ones(self, store, noise, channel, wall):
        assert {each.channel.id for each in wall()} == {noise[0].id, channel.id}

    def test_who_holds_a_read_key_sees_its_channel_too(self, store, noise, channel, wall):
        found = wall(Viewer.with_key_of(noise[2].id))
        assert {each.channel.id for each in found} == {noise[0].id, noise[2].id, channel.id}

    def test_only_those_asked_for_come(self, noise, channel, wall):
        assert [each.channel.id for each in wall(channel_ids=[channel.id, noise[2].id])] == [channel.id]
        assert wall(channel_ids=[]) == []

    def test_those_that_spoke_lately_come_first_and_keep_their_order(self, store, wall):
        _, first, second, once = (make_channel(store, name) for name in ("silent", "first", "second", "once"))
        hear(store, once, NOW - RECENT - SECOND)
        hear(store, second, NOW - SECOND)
        hear(store, first, NOW - RECENT)
        assert [each.channel.name for each in wall()] == ["first", "second", "silent", "once"]

    def test_so_many_and_no_more(self, store, wall):
        for number in range(5):
            make_channel(store, str(number))
        assert [each.channel.name for each in wall(limit=2)] == ["0", "1"]

    def test_each_feed_shows_its_newest_reading(self, store, channel, overview):
        append(store, channel, entry(NOW - MINUTE, temperature=5, door="open"))
        append(store, channel, entry(NOW, temperature=0))
        append(store, channel, entry(NOW - HOUR, temperature=9))
        temperature, door = channel.feeds
        found = overview().latest
        assert found == {temperature.id: (NOW, 0.0, None), door.id: (NOW - MINUTE, None, "open")}

    def test_a_feed_without_readings_is_absent(self, overview):
        assert overview().latest == {}

    def test_a_hidden_channel_has_no_overview(self, store, noise):
        with pytest.raises(NotFound):
            store.ask(channels.overview, VISITOR, noise[1].id, now=NOW)

    @pytest.mark.parametrize("known_door", [Door.HTTP, Door.WEBSOCKET])
    def test_it_tells_the_door_of_the_last_message(self, store, channel, overview, known_door):
        hear(store, channel, NOW - 2)
        hear(store, channel, NOW, door=known_door)
        assert overview().door == str(known_door)

    def test_nobody_came_through_a_door_yet(self, overview):
        assert overview().door is None

    def test_the_number_of_questions_does_not_grow_with_the_channels(self, store, wall, statements):
        asked = []
        for more in (1, 9, 30):
            for number in range(more):
                hear(store, make_channel(store, str(number), feeds=("temperature", "door:text")), NOW, NOW + SECOND)
            with statements() as said:
                wall()
            asked.append(len(said))
        assert asked[0] == asked[1] == asked[2]

    def test_a_whole_college_fits(self, store, wall):
        feeds = ("a", "b")
        for number in range(510):
            make_channel(store, str(number), feeds=feeds)
        assert len(wall(limit=510)) == 510


class TestPulse:
    def test_a_channel_never_heard_has_none(self, overview):
        pulse = overview().pulse
        assert (pulse.last_received_at, pulse.interval_s, pulse.refused, pulse.has_key) == (None, None, 0, False)

    def test_after_the_first_message_the_rhythm_is_unknown(self, store, channel, overview):
        hear(store, channel, NOW)
        assert (overview().pulse.last_received_at, overview().pulse.interval_s) == (NOW, None)

    def test_the_rhythm_is_the_median_gap(self, store, channel, overview):
        hear(store, channel, *[NOW + second * SECOND for second in (0, 10, 20, 300, 310)])
        assert overview().pulse.interval_s == 10

    def test_only_the_last_twenty_gaps_count(self, store, channel, overview):
        hear(store, channel, *[NOW + number * MINUTE for number in range(30)])
        hear(store, channel, *[NOW + HOUR + number * SECOND for number in range(21)])
        assert overview().pulse.interval_s == 1

    def test_it_goes_by_the_arrival_not_by_what_the_board_says(self, store, channel, overview):
        for number in range(3):
            append(store, channel, entry(NOW - number * HOUR, temperature=1), received_at=NOW + number * 5 * SECOND)
        pulse = overview().pulse
        assert (pulse.last_received_at, pulse.interval_s) == (NOW + 10 * SECOND, 5)

    def test_what_came_in_one_message_arrived_once(self, store, channel, overview):
        for number in range(4):
            at = NOW + number * 15 * SECOND
            rows = [entry(at + row, temperature=1, status="well") for row in range(5)]
            append(store, channel, *rows, received_at=at)
        assert overview().pulse.interval_s == 15

    def test_the_setting_of_the_channel_counts_before_the_gaps(self, store):
        channel = make_channel(store, expected_interval_s=60)
        hear(store, channel, NOW, NOW + SECOND)
        assert store.ask(channels.overview, VISITOR, channel.id, now=NOW).pulse.interval_s == 60

    def test_refusals_of_the_last_minutes_are_counted(self, store, noise, channel, overview):
        at = NOW - REFUSED_WITHIN
        told = [Refused(each.id, at, code, "No.") for each in (channel, noise[0]) for code in ("invalid", "too-fast")]
        store.tell(refusals.note, [*told, Refused(channel.id, at, "invalid", "No.")])
        assert overview(NOW).pulse.refused == 3
        assert overview(NOW + 1).pulse.refused == 0

    def test_a_write_key_makes_it_ready(self, store, noise, channel, overview):
        make_key(store, noise[0].id, KEYS[0])
        make_key(store, channel.id, KEYS[1], Right.READ)
        assert not overview().pulse.has_key
        make_key(store, channel.id, KEYS[2], Right.WRITE)
        assert overview().pulse.has_key
        store.tell(keys.revoke, VAULT.digest(KEYS[2]), now=NOW)
        assert not overview().pulse.has_key


class TestUsualGap:
    @pytest.mark.parametrize(
        ("arrivals", "gap_s"),
        [
            ([], None),
            ([NOW], None),
            ([NOW, NOW], None),
            ([NOW + SECOND, NOW], 1.0),
            ([NOW + 4 * SECOND, NOW + SECOND, NOW], 2.0),
            ([NOW + SECOND, NOW + SECOND, NOW, NOW], 1.0),
        ],
    )
    def test_it_is_the_median(self, arrivals, gap_s):
        assert usual_gap_s(arrivals) == gap_s


OF_A_CHANNEL = {"channel", "feed", "key", "entry", "reading", "rollup", "refusal", "answer"}


class TestRemove:
    def test_nothing_of_it_is_left(self, store, noise, count_rows):
        before = count_rows()
        channel = make_channel(store, feeds=("temperature", "door:text"))
        make_key(store, channel.id, KEYS[0])
        holder = store.ask(keys.find, VAULT.digest(KEYS[0]), NOW)
        message = submission(holder.channel, entry(temperature=1, door="open"), idempotency=(holder.key_id, "t", b"f"))
        store.tell(store_together, [message])
        store.tell(refusals.note, [Refused(channel.id, NOW, "invalid", "No.")])
        grown = count_rows()
        assert {table for table in before if grown[table] > before[table]} == OF_A_CHANNEL
        store.tell(channels.remove, channel.id)
        assert count_rows() == before

    def test_its_number_is_not_given_again(self, store, channel):
        store.tell(channels.remove, channel.id)
        assert make_channel(store).id > channel.id

    def test_the_feeds_of_the_next_channel_are_new_ones(self, store, channel):
        append(store, channel, entry(temperature=1))
        store.tell(channels.remove, channel.id)
        other = make_channel(store, feeds=("temperature",))
        assert other.feeds[0].id > max(feed.id for feed in channel.feeds)


class TestTouch:
    def test_the_channel_alone_is_another_version(self, store, noise, channel):
        store.tell(channels.touch, channel.id)
        assert store.ask(channels.known, channel.id).version == channel.version + 1
        assert store.ask(channels.known, noise[0].id).version == noise[0].version
