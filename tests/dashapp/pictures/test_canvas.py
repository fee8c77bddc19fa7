"""Pictures of charts: what is in them, and that no name or reading is too odd to be drawn."""

from __future__ import annotations

import struct
from dataclasses import replace
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from dashapp.figures.palette import DARK, LIGHT, word_colour
from dashapp.pictures.canvas import MOST_DOTS, SHARPNESS, render, sharpness
from domain.snapshots import Form, Theme
from domain.timespan import HOUR, SECOND, TimeSpan
from tests.dashapp.pictures.shown import picture, strokes_of, words_in
from tests.dashapp.shapes import feed, numbers, seconds, summed, word_feed, words

TEMPERATURE, PITCH = feed(1, unit="°C"), feed(3, "pitch", unit="°")
DOOR = word_feed(2)
STEADY = numbers(TEMPERATURE, seconds(*range(600, 0, -10)), [20.0 + each for each in range(60)])


def broken():
    """A line with a gap in its middle."""
    return numbers(
        TEMPERATURE, seconds(*range(600, 400, -10), *range(200, 0, -10)), [20.0 + each for each in range(40)]
    )


class TestAPicture:
    def test_it_has_its_title_its_panels_and_its_source(self):
        shown = words_in(render(picture(STEADY, numbers(PITCH, seconds(2, 1), [1.0, 2.0]))))
        for words_expected in ("Otter kiln", "Last 15 minutes", "temperature  ·  °C", "pitch  ·  °"):
            assert words_expected in shown
        assert "https://labfeed.example.edu/channels/7" in shown

    def test_a_line_is_one_stroke_and_a_gap_parts_it(self):
        assert strokes_of(render(picture(STEADY)), "feed-1") == 1
        assert strokes_of(render(picture(broken())), "feed-1") == 2

    def test_a_word_stands_in_its_band_in_its_colour(self):
        svg = render(picture(words(DOOR, seconds(*range(800, 0, -10)), ["open"] * 80)))
        assert "open" in words_in(svg)
        assert word_colour("open") in svg.decode()

    def test_a_word_that_does_not_fit_is_left_out(self):
        short = words(DOOR, seconds(*range(800, 1, -10), 1), ["open"] * 80 + ["a word much wider than its place"])
        assert not any("wider" in each for each in words_in(render(picture(short))))

    def test_of_summaries_the_area_between_the_extremes_is_drawn(self):
        svg = render(picture(summed(TEMPERATURE, seconds(30, 20, 10), [1, 2, 3], [2, 3, 4], [9, 9, 9]))).decode()
        assert f"fill: {LIGHT[0].lower()}; opacity: 0.16" in svg

    def test_a_very_large_one_is_coarser(self):
        many = picture(*(numbers(feed(order, unit=f"u{order}"), [], []) for order in range(64)))
        large = replace(many, width_px=2000)
        assert sharpness(picture(STEADY)) == SHARPNESS
        assert large.width_px * large.height_px * sharpness(large) ** 2 == pytest.approx(MOST_DOTS)

    def test_dark_is_dark(self):
        svg = render(picture(STEADY, theme=Theme.DARK)).decode()
        assert DARK[0].lower() in svg
        assert LIGHT[0].lower() not in svg

    def test_of_nothing_it_says_so(self):
        assert "Nothing in this range." in words_in(render(picture(numbers(TEMPERATURE, [], []))))
        assert "Nothing in this range." in words_in(render(picture()))

    def test_zero_is_a_value(self):
        shown = words_in(render(picture(numbers(TEMPERATURE, seconds(2, 1), [0.0, 0.0]))))
        assert "Nothing in this range." not in shown

    @pytest.mark.parametrize("value", [1e300, -1e-300, 5e-324, 1e9, 123456.789])
    def test_any_number_can_be_drawn(self, value):
        assert render(picture(numbers(TEMPERATURE, seconds(2, 1), [value, 0.0])))

    @pytest.mark.parametrize("name", ["$x^{2", 'a & <b> "c"', "温度", "--> <!--", "\\frac", "x" * 200, "\u202e", "🌡"])
    def test_any_name_can_be_drawn(self, name):
        svg = render(picture(numbers(feed(1, name, title=name), seconds(2, 1), [1.0, 2.0]), title=name, subtitle=name))
        ElementTree.fromstring(svg)

    def test_a_clock_that_is_put_forward_is_told(self):
        changed = TimeSpan(1_772_956_800 * SECOND, 1_772_956_800 * SECOND + 12 * HOUR)  # 2026-03-08 08:00 UTC
        shown = words_in(
            render(picture(numbers(TEMPERATURE, [], []), span=changed, zone=ZoneInfo("America/Los_Angeles")))
        )
        assert any("PDT" in each for each in shown)


class TestTheFile:
    @pytest.mark.parametrize("width", [320, 800])
    def test_an_svg_is_as_wide_as_asked(self, width):
        root = ElementTree.fromstring(render(picture(STEADY, width_px=width)))
        assert root.get("width") == str(width)

    def test_a_png_has_two_dots_for_each_pixel(self):
        wanted = picture(STEADY, form=Form.PNG)
        png = render(wanted)
        assert png[:8] == b"\x89PNG\r\n\x1a\n"
        size = (wanted.width_px * SHARPNESS, wanted.height_px * SHARPNESS)
        assert struct.unpack(">II", png[16:24]) == size

    def test_the_same_is_drawn_the_same(self):
        assert render(picture(STEADY)) == render(picture(STEADY))

    def test_a_long_subtitle_takes_more_lines_and_the_chart_stays_as_tall(self):
        short, long = picture(STEADY), picture(STEADY, subtitle="so many words " * 20)
        assert long.height_px > short.height_px
        assert words_in(render(long))

    def test_what_was_drawn_before_changes_nothing(self):
        before = render(picture(STEADY))
        render(replace(picture(STEADY), theme=Theme.DARK))
        assert render(picture(STEADY)) == before
