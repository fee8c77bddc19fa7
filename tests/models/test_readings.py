"""Readings asked for: charts, what came since, the newest rows."""

from __future__ import annotations

import threading

import pytest

from domain.channels import Visibility
from domain.errors import NotFound
from domain.roles import Viewer
from domain.timespan import DAY, HOUR, MINUTE, SECOND, TimeSpan
from models import readings
from models.readings import RAW_PER_POINT
from tests.builders import ALWAYS, NOW, append, entry, make_channel

VISITOR = Viewer.visitor()
LAST_MINUTE = TimeSpan.last(MINUTE, NOW)
POINTS = 10


def every_second(count: int, *, start: int = NOW) -> list:
    return [entry(start + second * SECOND, temperature=second) for second in range(count)]


@pytest.fixture
def draw(store, channel):
    """A function: the channel's series over a span, by feed name."""

    def look(span: TimeSpan, points: int = POINTS, viewer: Viewer = VISITOR) -> dict:
        found = store.ask(readings.snapshot, viewer, channel.id, span, points)
        return {series.feed.name: series for series in found.series}

    return look


@pytest.fixture
def came_since(store, channel):
    """A function: `readings.fresh_since` of the channel."""

    def ask(after: int, up_to: int | None = None, **more) -> list:
        return store.ask(readings.fresh_since, channel.id, after, up_to, **more)

    return ask


class TestSnapshot:
    def test_few_readings_are_drawn_as_they_are(self, store, channel, draw):
        append(store, channel, entry(temperature=21.4, door="open"), entry(NOW + SECOND, temperature=0))
        found = draw(TimeSpan(NOW, NOW + HOUR))
        assert (found["temperature"].at, found["temperature"].value) == ([NOW, NOW + SECOND], [21.4, 0.0])
        assert (found["door"].at, found["door"].text) == ([NOW], ["open"])
        assert found["temperature"].bucket_us == 0

    def test_they_are_in_the_order_of_time(self, store, channel, draw):
        append(store, channel, *[entry(NOW + each, temperature=each) for each in (5, 1, 3)])
        assert draw(TimeSpan(NOW, NOW + HOUR))["temperature"].value == [1, 3, 5]

    def test_the_end_of_the_span_is_not_included(self, store, channel, draw):
        append(store, channel, entry(temperature=1), entry(NOW + 10, temperature=2))
        assert draw(TimeSpan(NOW, NOW + 10))["temperature"].value == [1]

    def test_an_empty_span_has_series_without_points(self, draw):
        found = draw(TimeSpan(NOW, NOW))
        assert [len(series) for series in found.values()] == [0, 0]

    def test_a_feed_without_readings_is_there(self, store, draw):
        assert list(draw(LAST_MINUTE)) == ["temperature", "door"]

    @pytest.mark.parametrize(("count", "is_raw"), [(POINTS * RAW_PER_POINT, True), (POINTS * RAW_PER_POINT + 1, False)])
    def test_many_are_summed_up(self, store, channel, draw, count, is_raw):
        append(store, channel, *every_second(count))
        found = draw(TimeSpan(NOW, NOW + HOUR))["temperature"]
        assert (found.bucket_us == 0) is is_raw
        assert (sum(found.n) == count) is not is_raw

    def test_summaries_tell_mean_and_extremes(self, store, channel, draw):
        append(store, channel, *every_second(100))
        found = draw(TimeSpan(NOW, NOW + 100 * SECOND))["temperature"]
        assert found.bucket_us == 10 * SECOND
        assert found.at == [NOW + each * 10 * SECOND for each in range(10)]
        assert (found.value[0], found.low[0], found.high[0], found.n[0]) == (4.5, 0, 9, 10)

    def test_summaries_cover_the_bucket_in_which_the_span_begins(self, store, channel, draw):
        append(store, channel, *every_second(100))
        found = draw(TimeSpan(NOW + 5 * SECOND, NOW + 95 * SECOND))["temperature"]
        assert (found.at[0], found.at[-1]) == (NOW, NOW + 90 * SECOND)

    def test_a_quick_feed_has_as_many_points_as_wanted(self, store, channel, draw):
        append(store, channel, *[entry(NOW + each * SECOND // 10, temperature=each % 10) for each in range(600)])
        found = draw(TimeSpan(NOW, NOW + MINUTE), points=60)["temperature"]
        assert (found.bucket_us, found.n) == (SECOND, [10] * 60)
        assert (found.value, found.low, found.high) == ([4.5] * 60, [0] * 60, [9] * 60)

    def test_its_first_bucket_is_whole(self, store, channel, draw):
        append(store, channel, *[entry(NOW + each * SECOND // 10, temperature=1) for each in range(600)])
        found = draw(TimeSpan(NOW + SECOND // 2, NOW + MINUTE + SECOND // 2), points=60)["temperature"]
        assert (found.at[0], found.n[0]) == (NOW, 10)

    def test_a_feed_quicker_than_can_be_counted_is_drawn_from_what_is_stored(self, store, channel, draw, monkeypatch):
        monkeypatch.setattr("models.readings.MOST_COUNTED", 599)
        append(store, channel, *[entry(NOW + each * SECOND // 10, temperature=1) for each in range(600)])
        assert draw(TimeSpan(NOW, NOW + MINUTE), points=60)["temperature"].bucket_us == 10 * SECOND

    def test_an_empty_bucket_has_no_point(self, store, channel, draw):
        append(store, channel, *every_second(60), *every_second(60, start=NOW + HOUR))
        found = draw(TimeSpan(NOW, NOW + 2 * HOUR))["temperature"]
        assert found.at == [NOW, NOW + HOUR]

    def test_each_feed_is_drawn_in_its_own_way(self, store, channel, draw):
        append(store, channel, entry(NOW, door="open"), *every_second(100, start=NOW + 1))
        found = draw(TimeSpan(NOW, NOW + HOUR))
        assert (found["door"].bucket_us, found["door"].text) == (0, ["open"])
        assert found["temperature"].bucket_us > 0

    def test_many_words_are_cut_down_to_where_they_change(self, store, channel, draw):
        words = ["open"] * 30 + ["shut"] * 40 + ["open"] * 30
        append(store, channel, *[entry(NOW + place * SECOND, door=word) for place, word in enumerate(words)])
        found = draw(TimeSpan(NOW, NOW + 100 * SECOND))["door"]
        assert found.text == ["open", "open", "shut", "shut", "open", "open"]
        assert [(at - NOW) // SECOND for at in found.at] == [0, 29, 30, 69, 70, 99]

    def test_many_words_end_where_nothing_came(self, store, channel, draw):
        instants = [*range(30), *range(1_000, 1_030)]
        append(store, channel, *[entry(NOW + second * SECOND, door="open") for second in instants])
        found = draw(TimeSpan(NOW, NOW + 1_000 * SECOND + MINUTE))["door"]
        assert [(at - NOW) // SECOND for at in found.at] == [0, 29, 1_000, 1_029]

    def test_the_cursor_belongs_to_what_is_drawn(self, store, channel):
        """Whatever is written meanwhile is either drawn and counted, or neither."""
        writer = threading.Thread(
            target=lambda: [append(store, channel, entry(NOW + each, temperature=each)) for each in range(60)]
        )
        writer.start()
        looks = []
        while writer.is_alive():
            looks.append(store.ask(readings.snapshot, VISITOR, channel.id, ALWAYS, 1_000))
        writer.join()
        assert all(len(look.series[0]) == look.cursor for look in looks)

    @pytest.mark.parametrize(
        ("visibility", "may_see"), [(Visibility.PUBLIC, True), (Visibility.COLLEGE, False), (Visibility.MEMBERS, False)]
    )
    def test_a_visitor_sees_public_channels(self, store, noise, visibility, may_see):
        hidden = make_channel(store, visibility=visibility)
        if may_see:
            assert store.ask(readings.snapshot, VISITOR, hidden.id, LAST_MINUTE, POINTS).cursor == 0
        else:
            with pytest.raises(NotFound):
                store.ask(readings.snapshot, VISITOR, hidden.id, LAST_MINUTE, POINTS)

    @pytest.mark.parametrize("visibility", list(Visibility))
    def test_its_own_read_key_sees_any(self, store, noise, visibility):
        channel = make_channel(store, visibility=visibility)
        owner, stranger = Viewer.with_key_of(channel.id), Viewer.with_key_of(noise[0].id)
        assert store.ask(readings.snapshot, owner, channel.id, LAST_MINUTE, POINTS).channel_id == channel.id
        if visibility is not Visibility.PUBLIC:
            with pytest.raises(NotFound):
                store.ask(readings.snapshot, stranger, channel.id, LAST_MINUTE, POINTS)

    def test_a_channel_that_never_was_is_not_found_alike(self, store):
        with pytest.raises(NotFound):
            store.ask(readings.snapshot, VISITOR, 999_999_999, LAST_MINUTE, POINTS)


class TestFreshSince:
    def test_it_brings_what_the_entries_brought(self, store, channel, came_since):
        temperature, door = (feed.id for feed in channel.feeds)
        append(store, channel, entry(temperature=0, door="open"), received_at=NOW)
        append(store, channel, entry(NOW + 1, temperature=2), received_at=NOW + 7)
        [fresh] = came_since(0)
        assert (fresh.first, fresh.last, fresh.received_at) == (1, 2, NOW + 7)
        assert fresh.rows == (
            (temperature, NOW, 0.0, None),
            (door, NOW, None, "open"),
            (temperature, NOW + 1, 2.0, None),
        )

    def test_nothing_more_is_an_empty_list(self, store, channel, came_since):
        append(store, channel, entry(temperature=1))
        assert came_since(1) == came_since(99) == []

    def test_it_begins_after_the_cursor_and_ends_where_told(self, store, channel, came_since):
        append(store, channel, *every_second(10))
        [fresh] = came_since(3, 7)
        assert (fresh.first, fresh.last) == (4, 7)
        assert [row[2] for row in fresh.rows] == [3, 4, 5, 6]

    def test_it_may_end_inside_a_run(self, store, channel, came_since):
        append(store, channel, *every_second(5))
        append(store, channel, *every_second(5, start=NOW + MINUTE))
        [fresh] = came_since(2, 7)
        assert (fresh.first, fresh.last, len(fresh.rows)) == (3, 7, 5)

    def test_late_readings_are_among_them(self, store, channel, came_since):
        append(store, channel, entry(temperature=1))
        append(store, channel, entry(NOW - 3 * DAY, temperature=2))
        [fresh] = came_since(1)
        assert [row[1:3] for row in fresh.rows] == [(NOW - 3 * DAY, 2.0)]

    def test_entries_without_readings_leave_no_hole(self, store, channel, came_since):
        append(store, channel, entry(status="started"))
        append(store, channel, entry(temperature=1))
        append(store, channel, entry(status="stopped"))
        [fresh] = came_since(0)
        assert (fresh.first, fresh.last, len(fresh.rows)) == (1, 3, 1)

    def test_deleted_readings_leave_no_hole_either(self, store, channel, came_since):
        append(store, channel, *every_second(3))
        store.tell(readings.delete_span, channel.id, [channel.feeds[0].id], ALWAYS)
        [fresh] = came_since(0)
        assert (fresh.first, fresh.last, fresh.rows) == (1, 3, ())

    def test_what_repeats_is_told_once(self, store, channel, came_since):
        append(store, channel, entry(temperature=1))
        append(store, channel, entry(temperature=1), entry(NOW + 1, temperature=2))
        [fresh] = came_since(0)
        assert (fresh.first, fresh.last, len(fresh.rows)) == (1, 2, 2)

    @pytest.mark.parametrize("limit", [1, 3, 10, 1_000])
    def test_piece_by_piece_it_brings_everything_once(self, store, channel, came_since, limit):
        for minute in range(3):
            append(store, channel, *every_second(7, start=NOW + minute * MINUTE), entry(status="a minute later"))
        pieces, after = [], 0
        while part := came_since(after, limit=limit):
            pieces += part
            after = part[-1].last
        assert [piece.first for piece in pieces] == [1, *[piece.last + 1 for piece in pieces[:-1]]]
        assert pieces[-1].last == 24
        assert [row[2] for piece in pieces for row in piece.rows] == list(range(7)) * 3

    def test_one_answer_is_of_bounded_size(self, store, channel, came_since):
        append(store, channel, *every_second(50))
        found = came_since(0, limit=10)
        assert sum(len(piece.rows) for piece in found) == 10

    def test_pieces_are_cut_between_entries(self, store, channel, came_since):
        rows = [entry(NOW + each, temperature=each, door="open") for each in range(6)]
        append(store, channel, *rows)
        found = came_since(0, limit=5)
        assert [len(piece.rows) % 2 for piece in found] == [0] * len(found)

    def test_other_channels_stay_out(self, store, channel, noise, came_since):
        append(store, noise[0], entry(NOW + HOUR, temperature=1))
        assert came_since(0) == []

    def test_a_channel_that_is_gone_is_not_found(self, store):
        with pytest.raises(NotFound):
            store.ask(readings.fresh_since, 999, 0)


class TestLatest:
    def test_the_newest_come_first(self, store, channel):
        append(store, channel, entry(temperature=1, door="open"), entry(NOW + 1, temperature=2))
        found = store.ask(readings.latest, VISITOR, channel.id, 10)
        assert [(row.feed.name, row.at, row.entry_id) for row in found] == [
            ("temperature", NOW + 1, 2),
            ("temperature", NOW, 1),
            ("door", NOW, 1),
        ]

    def test_a_late_reading_is_not_the_newest(self, store, channel):
        append(store, channel, entry(temperature=1))
        append(store, channel, entry(NOW - HOUR, temperature=2))
        assert [row.value for row in store.ask(readings.latest, VISITOR, channel.id, 10)] == [1, 2]

    def test_so_many_and_no_more(self, store, channel):
        append(store, channel, *every_second(10))
        assert [row.value for row in store.ask(readings.latest, VISITOR, channel.id, 3)] == [9, 8, 7]

    def test_a_hidden_channel_is_not_found(self, store, noise):
        with pytest.raises(NotFound):
            store.ask(readings.latest, VISITOR, noise[1].id, 3)


class TestBetween:
    def test_the_newest_of_the_span_come_in_the_order_of_time(self, store, channel):
        append(store, channel, *every_second(10))
        span = TimeSpan(NOW, NOW + 8 * SECOND)
        assert [row.value for row in store.ask(readings.between, VISITOR, channel.id, None, span, 3)] == [5, 6, 7]

    def test_only_the_named_feeds_come(self, store, channel):
        append(store, channel, entry(temperature=1, door="open"))
        found = store.ask(readings.between, VISITOR, channel.id, ["door"], ALWAYS, 10)
        assert [row.text for row in found] == ["open"]

    def test_a_feed_that_is_not_there_is_not_found(self, store, channel):
        with pytest.raises(NotFound, match="doors"):
            store.ask(readings.between, VISITOR, channel.id, ["door", "doors"], ALWAYS, 10)

    def test_a_hidden_channel_is_not_found(self, store, noise):
        with pytest.raises(NotFound):
            store.ask(readings.between, VISITOR, noise[1].id, None, ALWAYS, 3)


class TestNewest:
    def test_it_is_the_newest_of_that_feed(self, store, channel):
        append(store, channel, entry(temperature=1, door="open"), entry(NOW + 1, temperature=0))
        found = store.ask(readings.newest, channel.feeds[0])
        assert (found.at, found.value) == (NOW + 1, 0.0)

    def test_a_feed_without_readings_has_none(self, store, channel):
        assert store.ask(readings.newest, channel.feeds[0]) is None


class TestFirstNumber:
    def test_it_is_the_first_since_then_that_is_no_word_and_of_no_other_feed(self, store):
        channel = make_channel(store, feeds=("level:mixed", "other"))
        append(store, channel, entry(NOW - SECOND, other=7))
        level = next(feed for feed in channel.feeds if feed.name == "level")
        for offset_s, value in ((-2, 1), (0, "broken"), (1, 0), (2, 5)):
            append(store, channel, entry(NOW + offset_s * SECOND, level=value))
        assert store.ask(readings.first_number, level.id, NOW - SECOND) == (NOW + SECOND, 0.0, None)
        assert store.ask(readings.first_number, level.id, NOW + 3 * SECOND) is None
