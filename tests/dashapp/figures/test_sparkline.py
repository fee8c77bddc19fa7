"""A card's chart as style: what it shows, that it grows to what is drawn afresh, and that it stays small."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashapp.figures.palette import word_colour
from dashapp.figures.sparkline import IN_VIEW, ON_WALL, WIDTH, Strip, on_screen
from domain.readings import Point
from domain.timespan import SECOND
from tests.builders import NOW
from tests.dashapp.shapes import SPAN, feed, numbers, seconds, summed, word_feed, words

DEGREES = [feed(number, unit="°") for number in (1, 2)]
LINE, DOOR = feed(1), word_feed(2)
HOLDS = {1: 3 * SECOND, 2: 3 * SECOND}

instants = st.lists(st.integers(-800, 0), unique=True, max_size=40).map(sorted)


def drawn(*series):
    return Strip.of(series, {one.feed.id: 3 * SECOND for one in series}, {}).style(SPAN.end)


def heights(outline):
    return [float(y) for y in re.findall(r"% ([\d.-]+)%", outline)]


def stops(style):
    """(colour, up to how many percent) of a band."""
    return re.findall(r"(#\w+) 0 ([\d.]+)%", style["--lf-band"])


class TestFigure:
    def test_three_lines_and_one_band_are_all_it_shows(self):
        series = [numbers(feed(number), seconds(1), [1.0]) for number in range(1, 6)]
        series += [words(word_feed(number), seconds(1), ["open"]) for number in (8, 9)]
        shown = drawn(*series)
        outlines = {name for name in shown if not name.endswith("-ink")}
        assert outlines == {"--lf-a", "--lf-b", "--lf-c", "--lf-heads", "--lf-band"}
        assert shown["--lf-heads"].count("circle") == 3

    def test_feeds_of_one_unit_share_a_scale_and_others_do_not(self):
        of = [*DEGREES, feed(3, unit="hPa")]
        shown = drawn(*(numbers(one, seconds(30, 20, 10), [9.0 * place, 1.0, 5.0]) for place, one in enumerate(of)))
        first, second, third = (heights(shown[f"--lf-{name}"]) for name in "abc")
        assert max(first) > max(second), "its smallest is smaller than that of the other"
        assert (min(third), max(third)) == (min(second), max(first))

    def test_an_empty_window_draws_nothing(self):
        assert drawn(numbers(LINE, [], []), words(DOOR, [], [])) == {}

    def test_the_colours_are_the_themes_unless_somebody_picked_one(self):
        shown = drawn(numbers(feed(1), seconds(1), [1.0]), numbers(feed(2, colour="#123456"), seconds(1), [1.0]))
        assert (shown["--lf-a-ink"], shown["--lf-b-ink"]) == ("var(--lf-series-0)", "#123456")

    def test_the_dot_stands_on_the_newest_reading(self):
        shown = drawn(numbers(LINE, seconds(2, 1), [0.5, 0.0]))
        x, y = re.search(r"circle at ([\d.]+)% ([\d.]+)%", shown["--lf-heads"]).groups()
        start = (SPAN.end // (10 * SECOND) - IN_VIEW + 1) * 10 * SECOND
        assert abs(float(x) - (seconds(1)[0] - start) / (WIDTH * 10 * SECOND) * 100) < 0.02
        assert float(y) == max(heights(shown["--lf-a"]), default=0) - 1, "zero is the smallest"

    def test_what_a_line_varies_by_is_an_area_of_its_own(self):
        shown = drawn(numbers(feed(1), seconds(33, 31, 3, 1), [0, 9, 4, 4]), numbers(feed(2), seconds(30), [1]))
        assert {name for name in shown if name.endswith("-area")} == {"--lf-a-area"}
        assert (min(heights(shown["--lf-a-area"])), max(heights(shown["--lf-a-area"]))) == (5, 95)

    def test_of_means_the_newest_reading_is_told_as_well(self):
        means = summed(LINE, seconds(20, 10), [1, 1], [2, 2], [3, 3])
        style = Strip.of([means], HOLDS, {1: Point(NOW, 3.0, None), 99: Point(NOW, 9.0, None)}).style(SPAN.end)
        assert re.search(r"circle at [\d.]+% 5%", style["--lf-heads"])

    def test_on_a_screen_its_lines_are_as_thin_as_on_the_wall(self):
        strip = Strip.of([numbers(LINE, seconds(60, 30, 1), [1.0, 1.0, 1.0])], {1: 60 * SECOND}, {})
        for size in {ON_WALL, *(on_screen(place, count) for count in range(1, 7) for place in range(count))}:
            ys = heights(strip.style(SPAN.end, size)["--lf-a"])
            assert round((max(ys) - min(ys)) * size.height_px / 100, 1) == pytest.approx(size.line_px, abs=0.2)

    def test_a_line_is_small_whatever_came(self):
        at = [NOW - offset * SECOND // 20 for offset in range(18_000, 0, -1)]
        shown = drawn(numbers(LINE, at, [float(place % 7) for place in range(len(at))]))
        assert len(shown["--lf-a"]) < 2500
        assert len(shown["--lf-a-area"]) < 1500


class TestBand:
    def test_each_word_has_its_colour_for_as_long_as_it_held(self):
        start = (SPAN.end // (10 * SECOND) - IN_VIEW + 1) * 10 * SECOND
        shown = drawn(words(DOOR, [start + at * SECOND for at in (455, 458, 464)], ["open", "open", "closed"]))
        opened, closed = word_colour("open"), word_colour("closed")
        assert stops(shown) == [("#0000", "50"), (opened, "50.75"), ("#0000", "51"), (closed, "51.25")]

    def test_nothing_is_said_across_a_pause(self):
        colours = [colour for colour, _ in stops(drawn(words(DOOR, seconds(600, 300), ["open", "open"])))]
        assert colours == ["#0000", word_colour("open"), "#0000", word_colour("open")]

    def test_of_very_many_words_it_tells_only_that_they_came(self):
        shown = drawn(words(DOOR, seconds(*range(300, 0, -10)), [str(number) for number in range(30)]))
        assert {colour for colour, _ in stops(shown)} == {"#0000", "#737373"}

    def test_it_is_small_however_often_the_word_changes(self):
        at = [NOW - offset * SECOND // 10 for offset in range(9000, 0, -1)]
        shown = drawn(words(DOOR, at, [str(place % 2) for place in range(len(at))]))
        assert len(stops(shown)) <= 401


class TestStrip:
    @given(st.data())
    def test_one_that_grew_is_the_one_drawn_afresh(self, data):
        at = [NOW + offset * SECOND for offset in data.draw(instants)]
        values = [float(data.draw(st.integers(-3, 3))) for _ in at]
        said = [data.draw(st.sampled_from(["open", "closed"])) for _ in at]
        cut = data.draw(st.integers(0, len(at)))
        grown = Strip.of([numbers(LINE, at[:cut], values[:cut]), words(DOOR, at[:cut], said[:cut])], HOLDS, {})
        grown.grow(
            {
                1: [Point(*each, None) for each in zip(at[cut:], values[cut:], strict=True)],
                2: [Point(instant, None, word) for instant, word in zip(at[cut:], said[cut:], strict=True)],
                99: [Point(NOW, 1.0, None)],
            }
        )
        afresh = Strip.of([numbers(LINE, at, values), words(DOOR, at, said)], HOLDS, {})
        assert grown.style(SPAN.end) == afresh.style(SPAN.end)

    def test_it_moves_on_while_nothing_comes(self):
        strip = Strip.of([numbers(LINE, seconds(600, 300), [1.0, 2.0])], HOLDS, {})
        later = strip.style(SPAN.end + 500 * SECOND)
        assert strip.style(SPAN.end + 1200 * SECOND) == {}
        assert later.keys() == {"--lf-a", "--lf-a-ink", "--lf-heads"}
