"""A look that goes on live holds all up to its cursor: what it left out, the live path would never bring."""

from __future__ import annotations

import pytest

from dashapp import looks
from dashapp.looks import Asked
from domain.roles import Viewer
from domain.selection import Overlay, Range, Smooth, Smoothing
from domain.timespan import HOUR, MINUTE, SECOND, TimeSpan, Window
from tests.builders import NOW, append, entry, make_channel

VISITOR = Viewer.visitor()
LATER = NOW + 3 * SECOND
"""When a reading came that was stored after somebody read the clock and before they looked; or by a fast clock."""


@pytest.fixture
def channel(store):
    made = make_channel(store)
    append(store, made, entry(NOW - MINUTE, temperature=1.0), entry(LATER, temperature=2.0))
    return made


def values(look) -> list[float | None]:
    return look.series[0].value


class TestALiveLook:
    def test_a_channel_holds_what_came_after_the_clock_was_read(self, store, channel):
        look = store.ask(looks.channel, VISITOR, channel.id, looks.USUAL, NOW)
        assert values(look) == [1.0, 2.0]
        assert look.snapshot.cursor == 2

    def test_its_range_is_what_was_asked_for(self, store, channel):
        look = store.ask(looks.channel, VISITOR, channel.id, looks.USUAL, NOW)
        assert look.span == TimeSpan.last(15 * MINUTE, NOW)

    def test_so_does_a_smoothed_line(self, store, channel):
        asked = Asked(smoothing=Smoothing(Smooth.MEAN, SECOND))
        [line] = store.ask(looks.channel, VISITOR, channel.id, asked, NOW).smoothed.lines.values()
        assert line.value == [1.0, 2.0]

    def test_so_does_a_card(self, store, channel):
        assert values(store.ask(looks.card, VISITOR, channel.id, Window.MIN_15, NOW)) == [1.0, 2.0]

    def test_so_does_the_wall(self, store, channel):
        [look] = store.ask(looks.wall, VISITOR, NOW, [channel.id])
        assert values(look) == [1.0, 2.0]

    def test_so_does_what_is_laid_over_a_chart(self, store, channel):
        over, span = [Overlay(channel.id, "temperature")], TimeSpan.last(MINUTE, NOW)
        [look] = store.ask(looks.overlays, VISITOR, over, span, NOW, is_live=True)
        assert values(look)[-1] == 2.0

    def test_a_clock_far_ahead_costs_a_bounded_number_of_points(self, store):
        made = make_channel(store)
        rows = [entry(NOW + number * 10 * SECOND, temperature=number) for number in range(8000)]
        append(store, made, *rows, entry(NOW - MINUTE, temperature=-1.0))
        look = store.ask(looks.channel, VISITOR, made.id, looks.USUAL, NOW)
        assert len(look.series[0]) <= looks.CHART_POINTS * looks.MOST_AHEAD * 4
        assert look.series[0].high[-1] == 7999.0


class TestALookThatStandsStill:
    def test_it_ends_where_its_range_ends(self, store, channel):
        past = Asked(range=Range.of(TimeSpan(NOW - HOUR, NOW)))
        assert values(store.ask(looks.channel, VISITOR, channel.id, past, NOW)) == [1.0]

    def test_so_does_what_is_laid_over_it(self, store, channel):
        over, span = [Overlay(channel.id, "temperature")], TimeSpan.last(HOUR, NOW)
        [look] = store.ask(looks.overlays, VISITOR, over, span, NOW)
        assert values(look) == [1.0]
