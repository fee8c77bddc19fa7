"""A card on a real database: what comes at once, what a moment later, and that a page is shown the newest of each."""

from __future__ import annotations

import pytest

from dashapp.live_views import Source
from dashapp.parts import Part, part_id
from dashapp.wall_views import TURNS, WallCard
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
