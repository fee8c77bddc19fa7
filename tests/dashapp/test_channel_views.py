"""The channel page's encoders on a real database: what grows equals what is drawn afresh, in every form of the page."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashapp import looks
from dashapp.channel_views import ChannelChart, Held, views_of
from dashapp.figures import columns, timeseries
from dashapp.figures.timeseries import Drawing
from dashapp.live_views import Source
from dashapp.parts import Memo, Part, cursor_key, memo_id, part_id
from dashapp.showing import Showing
from domain.roles import Viewer
from domain.selection import Range, Selection, Smooth, Smoothing
from domain.timespan import MINUTE, SECOND
from models import channels, readings
from tests.builders import NOW, append, entry, make_channel, opened_store, reread
from tests.dashapp.shapes import UTC_CLOCK, patched

VIEW = "0-1"
smoothings = st.builds(Smoothing, st.sampled_from(list(Smooth)), st.sampled_from([2 * SECOND, 10 * SECOND, MINUTE]))


def source_of(store):
    return Source(store, lambda: NOW)


def look_at(store, channel, asked):
    return store.ask(looks.channel, Viewer.visitor(), channel.id, asked, NOW)


def drawn(look, asked):
    holds = {one.feed.id: columns.hold_us(one, look.overview.pulse.interval_s) for one in look.series}
    return timeseries.figure(Drawing(look.series, holds, look.span, UTC_CLOCK, asked.smoothing, look.smoothed.lines))


def send(store, channel, offset_s, **values):
    append(store, reread(store, channel), entry(NOW + round(offset_s * SECOND), **values), received_at=NOW)


def figure_of(updates, view, channel_id):
    wanted = part_id(Part.FIGURE, view, channel_id)
    return next(props["figure"] for found, props in updates if found == wanted)


def line(figure, uid):
    trace = next(trace for trace in figure["data"] if trace["uid"] == uid)
    pairs = zip(trace["x"], trace["y"], strict=True)
    return [(round(x, 3), None if y is None else round(y, 9)) for x, y in pairs]


@pytest.fixture(scope="module")
def lasting_store(tmp_path_factory):
    """One store for all examples of a property; each makes a channel of its own."""
    with opened_store(f"sqlite:///{tmp_path_factory.mktemp('smooth') / 'labfeed.db'}") as store:
        yield store


class TestSmoothedLines:
    @settings(max_examples=25)
    @given(
        offsets=st.lists(st.integers(-300, -1), min_size=2, max_size=25, unique=True).map(sorted),
        smoothing=smoothings,
        data=st.data(),
    )
    def test_one_that_grew_is_the_one_drawn_afresh(self, lasting_store, offsets, smoothing, data):
        store = lasting_store
        channel, asked = make_channel(store, feeds=("temperature",)), looks.Asked(smoothing=smoothing)
        view = ChannelChart(channel.id, VIEW, channel.version, True, source_of(store), asked=asked)
        figure, cursor = drawn(look_at(store, channel, asked), asked), 0
        for offset in offsets:
            send(store, channel, offset, temperature=float(data.draw(st.integers(-5, 5))))
            if data.draw(st.booleans()) or offset == offsets[-1]:
                change = view.change(store.ask(readings.fresh_since, channel.id, cursor))
                figure = patched(figure, figure_of(change.updates, VIEW, channel.id))
                cursor = change.cursor
        wanted = drawn(look_at(store, channel, asked), asked)
        uid = f"smooth-{channel.feeds[0].id}"
        values = [point for point in line(figure, uid) if point[1] is not None]
        assert values == [point for point in line(wanted, uid) if point[1] is not None]


class TestOnAClock:
    def test_what_comes_is_drawn_where_the_chart_has_it(self, store):
        channel = make_channel(store, feeds=("temperature", "door:text"))
        send(store, channel, -5, temperature=1.0, door="open")
        asked = looks.Asked(zone="Asia/Kathmandu")
        view = ChannelChart(channel.id, VIEW, channel.version, True, source_of(store), asked=asked, shift_us=7)
        before = drawn(look_at(store, channel, asked), asked)
        send(store, channel, -1, temperature=2.0, door="closed")
        change = view.change(store.ask(readings.fresh_since, channel.id, 1))
        after = patched(before, figure_of(change.updates, VIEW, channel.id))
        assert after["data"][1]["x"][-1] == (NOW - SECOND + 7) / 1000
        assert after["data"][-1]["base"][-1] == (NOW - SECOND + 7) / 1000


class TestHidden:
    def test_a_feed_that_is_left_out_takes_no_place(self, store):
        channel = make_channel(store, feeds=("temperature", "humidity", "door:text"))
        send(store, channel, -5, temperature=1.0, humidity=2.0, door="open")
        asked = looks.Asked(hidden=frozenset({"temperature"}))
        view = ChannelChart(channel.id, VIEW, channel.version, True, source_of(store), asked=asked)
        before = drawn(look_at(store, channel, asked), asked)
        send(store, channel, -1, temperature=9.0, humidity=3.0, door="shut")
        change = view.change(store.ask(readings.fresh_since, channel.id, 1))
        after = patched(before, figure_of(change.updates, VIEW, channel.id))
        assert after["data"][1]["y"] == [2.0, 3.0]
        assert after["data"][-1]["text"] == ["open", "shut"]


class TestOverlays:
    @pytest.fixture
    def two(self, store):
        own = make_channel(store, "Kiln", feeds=("temperature", "door:text"))
        other = make_channel(store, "Greenhouse", feeds=("humidity", "temperature"))
        send(store, own, -5, temperature=1.0, door="open")
        send(store, other, -4, humidity=50.0, temperature=30.0)
        return reread(store, own), reread(store, other)

    def views(self, store, own, other):
        feed_id = other.feeds[1].id
        showing = Showing(own.id, own.version, 0, Selection(), "UTC", overlays=((other.id, feed_id),))
        seen = store.ask(channels.overviews, Viewer.visitor(), now=NOW, limit=9, channel_ids=[own.id, other.id])
        return showing, views_of(showing, {each.channel.id: each for each in seen}, source_of(store))

    def test_each_has_its_own_place_and_its_own_cursor(self, store, two):
        own, other = two
        showing, (chart, over) = self.views(store, own, other)
        send(store, own, -2, temperature=2.0, door="shut")
        send(store, other, -1, humidity=51.0, temperature=31.0)
        mine = figure_of(chart.change(store.ask(readings.fresh_since, own.id, 1)).updates, showing.name, own.id)
        change = over.change(store.ask(readings.fresh_since, other.id, 1))
        blank = {"x": [], "y": [], "base": [], "text": [], "marker": {"color": []}}
        figure = {"data": [deepcopy(blank) for _ in range(9)], "layout": {"xaxis": {}}}
        figure["data"][8] = blank | {"x": [3.0], "base": [(NOW - 5 * SECOND) / 1000], "text": ["open"]}
        after = patched(patched(figure, mine), figure_of(change.updates, showing.name, own.id))
        assert after["data"][1]["y"] == [2.0]
        assert after["data"][5]["y"] == [31.0]
        assert after["data"][8]["text"][-1] == "shut"

    def test_its_cursor_is_no_other_s(self, store, two):
        own, other = two
        showing, (chart, over) = self.views(store, own, other)
        assert cursor_key(chart.view, own.id) != cursor_key(over.view, other.id)
        assert over.view == showing.overlay_name(other.feeds[1].id)

    def test_one_that_may_not_be_seen_any_more_is_not_watched(self, store, two):
        own, other = two
        showing = Showing(own.id, own.version, 0, Selection(), "UTC", overlays=((other.id, other.feeds[1].id),))
        seen = store.ask(channels.overviews, Viewer.visitor(), now=NOW, limit=9, channel_ids=[own.id])
        assert len(views_of(showing, {each.channel.id: each for each in seen}, source_of(store))) == 1
        assert views_of(showing, {}, source_of(store)) == []

    def test_put_in_order_again_it_stands_where_it_stood(self, store, two):
        own, other = two
        _, (_, over) = self.views(store, own, other)
        figure = figure_of(over.redrawn().updates, VIEW, own.id)
        after = patched({"data": [{} for _ in range(9)], "layout": {}}, figure)
        assert after["data"][5]["y"] == [30.0]
        assert after["data"][0] == {}


class TestHeld:
    def test_it_counts_what_came_and_draws_nothing(self, store):
        channel = make_channel(store, feeds=("temperature",))
        for offset in (-3, -2, -1):
            send(store, channel, offset, temperature=1.0)
        view = Held(channel.id, VIEW, channel.version, True, source_of(store), since=1)
        updates = view.change(store.ask(readings.fresh_since, channel.id, 1)).updates
        assert updates[0] == (part_id(Part.FRESH, VIEW, channel.id), {"children": "2 new"})
        assert {found["part"] for found, _ in updates} == {Part.FRESH, Part.PULSE}

    def test_put_in_order_again_it_counts_the_same(self, store):
        channel = make_channel(store, feeds=("temperature",))
        send(store, channel, -1, temperature=1.0)
        view = Held(channel.id, VIEW, channel.version, True, source_of(store), since=1)
        assert view.redrawn().updates[0][1] == {"children": "nothing new"}

    def test_a_channel_that_changed_is_drawn_anew(self, store):
        channel = make_channel(store, feeds=("temperature",))
        view = Held(channel.id, VIEW, channel.version - 1, True, source_of(store))
        assert [found for found, _ in view.redrawn().updates] == [memo_id(Memo.STALE, "channel")]

    def test_a_page_of_the_past_is_held(self, store):
        channel = make_channel(store, feeds=("temperature",))
        send(store, channel, -1, temperature=1.0)
        past = Showing(channel.id, channel.version, 0, Selection(Range("2026-11-20", "2026-11-20")), "UTC")
        seen = store.ask(channels.overviews, Viewer.visitor(), now=NOW, limit=9, channel_ids=[channel.id])
        views = views_of(past, {each.channel.id: each for each in seen}, source_of(store))
        assert [type(view) for view in views] == [Held]
        waiting = replace(past, waits=True)
        assert type(views_of(waiting, {each.channel.id: each for each in seen}, source_of(store))[0]).__name__ == (
            "FirstReading"
        )
