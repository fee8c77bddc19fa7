"""Encoders on a real database: what a batch changes, what is remembered, and when a page must draw itself again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from dashapp import looks
from dashapp.channel_views import ChannelChart, FirstReading, Held
from dashapp.figures import columns, timeseries
from dashapp.figures.timeseries import Drawing
from dashapp.live_views import Source, Update
from dashapp.parts import Memo, Part, cursor_key, memo_id, part_id
from dashapp.wall_views import WallCard
from domain.roles import Viewer
from domain.selection import Range
from domain.timespan import SECOND
from models import readings
from tests.builders import NOW, append, entry, make_channel, reread
from tests.dashapp.shapes import UTC_CLOCK, as_json, patched, texts

VIEW = "0-1"


@pytest.fixture
def channel(store):
    return make_channel(store, feeds=("temperature:°C", "door:text"))


@pytest.fixture
def feed_ids(channel):
    return {feed.name: feed.id for feed in channel.feeds}


@pytest.fixture
def source(store):
    return Source(store, lambda: NOW)


def view_of(channel, source, form=ChannelChart, **more):
    return form(channel.id, VIEW, channel.version, more.pop("beats", False), source, **more)


def store_readings(store, channel, *offsets_s, value=1.0, word="open"):
    for offset_s in offsets_s:
        at = NOW + round(offset_s * SECOND)
        append(store, reread(store, channel), entry(at, temperature=value, door=word), received_at=NOW)


def since(store, channel, after):
    return store.ask(readings.fresh_since, channel.id, after)


def look_at(store, channel):
    return store.ask(looks.channel, Viewer.visitor(), channel.id, looks.USUAL, NOW)


def drawn(look):
    holds = {one.feed.id: columns.hold_us(one, look.overview.pulse.interval_s) for one in look.series}
    return timeseries.figure(Drawing(look.series, holds, look.span, UTC_CLOCK))


def props_of(change, component_id):
    return props_in(change.updates, component_id)


def props_in(updates: Sequence[Update], component_id: dict[str, Any]) -> dict[str, Any] | None:
    return next((props for found, props in updates if found == component_id), None)


class TestABatch:
    def test_the_chart_it_leaves_is_the_chart_drawn_afresh(self, store, channel, source):
        store_readings(store, channel, *range(-60, -10, 2))
        before = look_at(store, channel)
        store_readings(store, channel, -8, -6, value=0.0, word="closed")
        change = view_of(channel, source).change(since(store, channel, before.snapshot.cursor))
        after = patched(drawn(before), props_of(change, part_id(Part.FIGURE, VIEW, channel.id))["figure"])
        wanted = drawn(look_at(store, channel))
        assert [trace["y"] for trace in after["data"]] == [trace["y"] for trace in wanted["data"]]
        assert [trace.get("text") for trace in after["data"]] == [trace.get("text") for trace in wanted["data"]]

    def test_two_batches_do_as_one(self, store, channel, source):
        store_readings(store, channel, *range(-60, -10, 2))
        before = look_at(store, channel)
        view, figure = view_of(channel, source), drawn(before)
        for offset_s in (-8, -6):
            cursor = look_at(store, channel).snapshot.cursor
            store_readings(store, channel, offset_s, value=7.0)
            change = view.change(since(store, channel, cursor))
            figure = patched(figure, props_of(change, part_id(Part.FIGURE, VIEW, channel.id))["figure"])
        assert figure["data"][1]["y"] == drawn(look_at(store, channel))["data"][1]["y"]

    def test_it_says_the_newest_values_and_leaves_the_age_for_afterwards(self, store, channel, source, feed_ids):
        store_readings(store, channel, -2, -1, value=0.0, word="closed")
        view = view_of(channel, source)
        change = view.change(since(store, channel, 0))
        assert props_of(change, part_id(Part.VALUE, VIEW, feed_ids["temperature"])) == {"children": "0"}
        assert props_of(change, part_id(Part.VALUE, VIEW, feed_ids["door"])) == {"children": "closed"}
        pulse = part_id(Part.PULSE, VIEW, channel.id)
        assert props_of(change, pulse) is None
        rest = view.rest()
        assert props_in(rest, pulse)
        assert view.rest() == []
        assert view.afterwards(channel.id) is None

    def test_the_ends_in_view_are_those_of_all_that_is_in_view(self, store, channel, source, feed_ids):
        store_readings(store, channel, -60, value=1.0)
        store_readings(store, channel, -2, value=9.0)
        view = view_of(channel, source)
        view.change(since(store, channel, 1))
        extent = part_id(Part.EXTENT, VIEW, feed_ids["temperature"])
        assert props_in(view.rest(), extent) == {"children": "1 to 9"}
        store_readings(store, channel, -1, value=0.0)
        view.change(since(store, channel, 2))
        assert props_in(view.rest(), extent) == {"children": "0 to 9"}

    def test_where_a_value_is_heading_and_the_chart_in_words_follow_what_comes(self, store, channel, source, feed_ids):
        store_readings(store, channel, -120, value=1.0)
        store_readings(store, channel, -60, value=2.0)
        view = view_of(channel, source)
        view.change(since(store, channel, 1))
        trend, caption = part_id(Part.TREND, VIEW, feed_ids["temperature"]), part_id(Part.CAPTION, VIEW, channel.id)
        assert props_in(view.rest(), trend)["children"] == "↑ 1 /min"
        store_readings(store, channel, 0, value=0.0)
        view.change(since(store, channel, 2))
        rest = view.rest()
        assert props_in(rest, trend)["aria-label"] == "falling by 0.5 °C per minute"
        wanted = "temperature 0 °C, down 1 in 2 minutes, range 0 to 2. door open."
        assert props_in(rest, caption) == {"children": wanted}

    def test_what_grew_says_the_same_as_what_is_read_afresh(self, store, channel, source, feed_ids):
        store_readings(store, channel, *range(-400, -100, 20), value=1.0)
        view = view_of(channel, source)
        view.change(since(store, channel, 0))
        view.rest()
        cursor = look_at(store, channel).snapshot.cursor
        store_readings(store, channel, -90, -30, 0, value=4.0, word="closed")
        view.change(since(store, channel, cursor))
        grown, afresh = view.rest(), view.redrawn().updates
        for part in (Part.TREND, Part.EXTENT):
            of = part_id(part, VIEW, feed_ids["temperature"])
            assert props_in(grown, of) == props_in(afresh, of)
        caption = part_id(Part.CAPTION, VIEW, channel.id)
        assert props_in(grown, caption) == props_in(afresh, caption)

    def test_the_first_reading_after_a_long_silence_takes_the_sentence_off_the_chart(self, store, channel, source):
        view = view_of(channel, source)
        store_readings(store, channel, -3600)
        late = view.change(since(store, channel, 0))
        store_readings(store, channel, -2)
        shown = view.change(since(store, channel, 1))
        store_readings(store, channel, -1)
        chart = part_id(Part.CHART, VIEW, channel.id)
        assert props_of(shown, chart) == {"className": "lf-chart"}
        assert props_of(view.change(since(store, channel, 2)), chart) is None
        assert props_of(late, chart) is None, "a reading that is older than what is in view"

    def test_a_late_reading_is_not_the_newest_value(self, store, channel, source, feed_ids):
        store_readings(store, channel, -5, value=5.0)
        view = view_of(channel, source)
        view.change(since(store, channel, 0))
        store_readings(store, channel, -50, value=99.0)
        change = view.change(since(store, channel, 1))
        assert props_of(change, part_id(Part.VALUE, VIEW, feed_ids["temperature"])) is None

    def test_the_cursor_travels_in_the_same_frame(self, store, channel, source):
        store_readings(store, channel, -1)
        pieces = view_of(channel, source).encode(channel.id, since(store, channel, 0))
        moved = json.loads(b"{" + pieces[-1] + b"}")["payload"]
        assert json.loads(moved["componentId"]) == memo_id(Memo.CURSOR, "channel")
        assert moved["props"]["data"]["operations"][0]["location"] == [cursor_key(VIEW, channel.id)]
        assert moved["props"]["data"]["operations"][0]["params"] == {"value": 1}

    def test_a_card_tells_that_the_channel_lives(self, store, channel, source):
        store_readings(store, channel, -1)
        change = view_of(channel, source, WallCard).change(since(store, channel, 0))
        assert "Live" in texts(as_json(props_of(change, part_id(Part.PULSE, VIEW, channel.id))["children"]))


class TestAChannelThatChanged:
    def test_a_new_feed_makes_the_page_draw_itself_again(self, store, channel, source):
        store_readings(store, channel, -1)
        stale = view_of(channel, source)
        older = replace(stale, version=channel.version - 1)
        assert [found for found, _ in older.change(since(store, channel, 0)).updates] == [
            memo_id(Memo.STALE, "channel")
        ]

    def test_the_first_reading_makes_a_waiting_page_draw_itself_again(self, store, channel, source):
        store_readings(store, channel, -1)
        change = view_of(channel, source, FirstReading).change(since(store, channel, 0))
        assert [found for found, _ in change.updates] == [memo_id(Memo.STALE, "channel")]


class TestRebase:
    @pytest.mark.parametrize("form", [ChannelChart, WallCard])
    def test_its_cursor_is_that_of_what_it_shows(self, store, channel, source, form):
        store_readings(store, channel, -3, -2, -1)
        _, cursor = view_of(channel, source, form).rebase(channel.id)
        assert cursor == 3

    def test_it_joins_up_what_came_late(self, store, channel, source):
        store_readings(store, channel, -4)
        before = drawn(look_at(store, channel))
        store_readings(store, channel, -6)
        change = view_of(channel, source).redrawn()
        after = patched(before, props_of(change, part_id(Part.FIGURE, VIEW, channel.id))["figure"])
        assert after["data"][1]["x"] == [(NOW - 6 * SECOND) / 1000, (NOW - 4 * SECOND) / 1000]

    def test_a_card_without_a_feed_has_nothing_to_redraw(self, store, source):
        empty = make_channel(store, feeds=())
        assert view_of(empty, source, WallCard).redrawn().updates == []


class TestSharing:
    def test_pages_that_show_the_same_share_one_view(self, channel, source, store):
        other = Source(store, lambda: NOW + 1)
        assert len({view_of(channel, source), view_of(channel, other)}) == 1

    def test_another_drawing_window_or_form_does_not(self, channel, source):
        hour = looks.Asked(Range("now-1h"))
        views = [
            ChannelChart(channel.id, VIEW, 1, True, source),
            ChannelChart(channel.id, "1-1", 1, True, source),
            ChannelChart(channel.id, VIEW, 1, True, source, asked=hour),
            ChannelChart(channel.id, VIEW, 1, True, source, shift_us=1),
            WallCard(channel.id, VIEW, 1, True, source),
            FirstReading(channel.id, VIEW, 1, True, source),
            Held(channel.id, VIEW, 1, True, source),
        ]
        assert len(set(views)) == 7

    def test_one_view_of_a_page_carries_its_heartbeat(self, channel, source):
        assert view_of(channel, source, beats=True).tick_every_s
        assert view_of(channel, source).tick_every_s is None
