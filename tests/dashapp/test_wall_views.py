"""A card on a real database: what comes at once, what a moment later, and that a page is shown the newest of each."""

from __future__ import annotations

import pytest

from dashapp import cards, looks
from dashapp.components.card import wall_card
from dashapp.live_views import Source
from dashapp.parts import Part, part_id
from dashapp.wall_views import TURNS, WallCard
from domain.roles import Viewer
from domain.timespan import SECOND
from live.gathering import Newest
from models import readings
from tests.builders import NOW, append, entry, make_channel, reread
from tests.dashapp.shapes import as_json, texts

VIEW = "wall-0-1"


@pytest.fixture
def channel(store):
    return make_channel(store, feeds=("temperature:°C", "door:text"))


@pytest.fixture
def source(store):
    return Source(store, lambda: NOW)


@pytest.fixture
def card(channel, source):
    return WallCard(channel.id, VIEW, channel.version, False, source)


def store_readings(store, channel, *offsets_s, value=1.0):
    for offset_s in offsets_s:
        at = NOW + offset_s * SECOND
        append(store, reread(store, channel), entry(at, temperature=value, door="open"), received_at=at)


def since(store, channel, after):
    return store.ask(readings.fresh_since, channel.id, after)


class TestChange:
    def test_the_values_come_at_once_and_the_chart_a_moment_later(self, store, channel, card):
        store_readings(store, channel, -2, -1, value=0.0)
        ((said, props),) = card.change(since(store, channel, 0)).updates
        assert said == part_id(Part.PULSE, VIEW, channel.id)
        assert {"0", "open", "Live"} <= set(texts(as_json(props["children"])))
        (chart,) = card.afterwards(channel.id)
        assert b"--lf-a" in chart
        assert b"--lf-band" in chart
        assert card.afterwards(channel.id) is None, "nothing came since"

    def test_the_chart_is_told_in_words_as_well(self, store, channel, card):
        store_readings(store, channel, -1, value=0.0)
        card.change(since(store, channel, 0))
        (chart,) = card.afterwards(channel.id)
        assert "Greenhouse, last 15 minutes: temperature 0 °C, door open".encode() in chart

    def test_a_chart_that_grew_is_the_chart_read_afresh(self, store, channel, card, source):
        store_readings(store, channel, *range(-60, -10, 2))
        card.redrawn()
        store_readings(store, channel, -8, -6, -31, value=7.0)
        card.change(since(store, channel, 25))
        afresh = WallCard(channel.id, VIEW, channel.version, False, source)
        assert card.rest() == [afresh.redrawn().updates[0]]

    def test_of_several_changes_a_page_needs_the_last(self, store, channel, card):
        store_readings(store, channel, -2)
        first = card.encode(channel.id, since(store, channel, 0))
        store_readings(store, channel, -1)
        second = card.encode(channel.id, since(store, channel, 1))
        assert all(isinstance(piece, Newest) for piece in (*first, *second))
        assert [(piece.whole, piece.part) for piece in first] == [(piece.whole, piece.part) for piece in second]
        assert len({piece.part for piece in first}) == 2, "what it says, and its cursor"


def tile(props):
    """What stands in the first tile of a card."""
    (values,) = (part for part in as_json(props["children"]) if "lf-values" in part["props"].get("className", ""))
    return texts(values["props"]["children"][0])


def changed(view, store, channel, after):
    ((_, props),) = view.change(since(store, channel, after)).updates
    return tile(props)


class TestTrend:
    def test_a_card_that_grew_says_what_one_drawn_afresh_does(self, store, channel, card, source):
        for offset_s in (-400, -299, -200, -60):
            store_readings(store, channel, offset_s, value=20 + offset_s / 100)
        card.redrawn()
        store_readings(store, channel, -1, value=21.99)
        afresh = WallCard(channel.id, VIEW, channel.version, False, source)
        grown = changed(card, store, channel, 4)
        assert grown == tile(afresh.redrawn().updates[1][1]) == ["temperature\n", "21.99", "°C", "↑ 1 /min"]

    def test_the_page_draws_what_the_live_path_then_says(self, store, channel, card):
        for offset_s in range(-200, -80, 7):
            store_readings(store, channel, offset_s, value=offset_s % 13)
        look = store.ask(looks.card, Viewer.visitor(), channel.id, looks.WALL_WINDOW, NOW)
        trends = store.ask(cards.trends, [look])
        drawn = wall_card(cards.drawn(look, VIEW, trends[channel.id]), looks.WALL_WINDOW, NOW)
        chart, said = card.redrawn().updates
        assert as_json(drawn.children[0].children) == as_json(said[1]["children"])
        assert drawn.children[2].style == chart[1]["style"]

    def test_a_page_that_begins_in_the_middle_knows_what_came_before(self, store, channel, card):
        store_readings(store, channel, -240, value=0.0)
        store_readings(store, channel, -120, value=4.0)
        assert changed(card, store, channel, 1)[-1] == "↑ 2 /min"

    def test_it_looks_back_no_further_than_five_minutes(self, store, channel, card):
        store_readings(store, channel, -301, value=100.0)
        store_readings(store, channel, -60, value=1.0)
        store_readings(store, channel, 0, value=2.0)
        assert changed(card, store, channel, 2)[-1] == "↑ 1 /min"

    def test_of_one_number_there_is_none(self, store, channel, card):
        store_readings(store, channel, -1)
        assert changed(card, store, channel, 0) == ["temperature\n", "1", "°C"]

    def test_a_reading_of_long_ago_says_nothing_of_now(self, store, channel, card):
        for offset_s in (-400, -301):
            append(store, reread(store, channel), entry(NOW + offset_s * SECOND, temperature=1), received_at=NOW)
        assert changed(card, store, channel, 1) == ["temperature\n", "1", "°C"]
        look = store.ask(looks.card, Viewer.visitor(), channel.id, looks.WALL_WINDOW, NOW)
        assert store.ask(cards.trends, [look]) == {}

    def test_after_a_word_there_is_none_until_the_next_number(self, store, source):
        channel = make_channel(store, feeds=("level:mixed",))
        card = WallCard(channel.id, VIEW, channel.version, False, source)
        told = []
        for after, (offset_s, level) in enumerate([(-61, 1.0), (-31, 2.0), (-2, "broken"), (-1, 3.0)]):
            at = NOW + offset_s * SECOND
            append(store, reread(store, channel), entry(at, level=level), received_at=at)
            told.append(changed(card, store, channel, after)[-1])
        assert told == ["", "↑ 2 /min", "", "↑ 2 /min"]

    def test_other_channels_are_none_of_its_business(self, store, channel, card):
        other = make_channel(store, "Noise")
        append(store, other, entry(NOW - 100 * SECOND, temperature=90), received_at=NOW - 100 * SECOND)
        store_readings(store, channel, -60, value=1.0)
        store_readings(store, channel, 0, value=2.0)
        look = store.ask(looks.card, Viewer.visitor(), channel.id, looks.WALL_WINDOW, NOW)
        assert store.ask(cards.trends, [look])[channel.id].per_minute == 1.0


class TestAPageThatPolls:
    def test_it_asks_in_turns_for_the_charts_of_cards_that_speak_often(self, store, channel, source):
        store_readings(store, channel, *range(-40, 0))
        drawn = 0
        for passed in range(TURNS):
            now = NOW + passed * SECOND
            view = WallCard(channel.id, VIEW, channel.version, False, Source(store, lambda now=now: now))
            view.change(since(store, channel, 39))
            drawn += len(view.rest())
        assert drawn == 1

    def test_the_chart_of_a_slow_card_comes_with_its_reading(self, store, channel, source, card):
        store_readings(store, channel, -1)
        card.change(since(store, channel, 0))
        assert len(card.rest()) == 1
