"""The chart of one field on a ground of its own."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from dashapp.figures import field_chart
from dashapp.figures.clock import clock_of
from dashapp.figures.field_chart import DARK_INK, LIGHT_INK, ink_on, series_of
from domain.channels import Channel, Visibility
from domain.frames import RED, Form, FramedField, Wishes
from domain.readings import Feed, Kind
from domain.timespan import MINUTE
from tests.builders import NOW

FEED = Feed(3, 1, "temperature", "Heat", Kind.NUMBER, "°C", None, None, 0)
CHANNEL = Channel(1, "Kiln", "", Visibility.PUBLIC, True, False, None, 3, 1, NOW, (FEED,))
UTC = ZoneInfo("UTC")


def field(*texts: str | None, kind: Kind = Kind.NUMBER) -> FramedField:
    """A minute apart."""
    rows = tuple((NOW + place * MINUTE, text) for place, text in enumerate(texts))
    return FramedField(CHANNEL, replace(FEED, kind=kind), rows)


def drawn(*texts: str | None, kind: Kind = Kind.NUMBER, title: str = "Kiln", zone: ZoneInfo = UTC, **wished) -> dict:
    series = series_of(field(*texts, kind=kind))
    return field_chart.figure(series, Wishes(**wished), title, clock_of(field_chart.span_of(series), zone))


def times(count: int) -> list[float]:
    return [(NOW + place * MINUTE) / 1000 for place in range(count)]


class TestWhatIsDrawn:
    def test_of_a_feed_of_numbers_what_are_numbers(self):
        found = series_of(field("1", None, "x", "2,5", "-.5", "1e400", "nan", "0"))
        assert found.value == [1.0, 2.5, -0.5, 0.0]

    def test_of_a_feed_of_words_every_text(self):
        assert series_of(field("open", None, "7", kind=Kind.TEXT)).text == ["open", "7"]

    def test_of_both_numbers_and_words_between_them(self):
        found = series_of(field("1", "hot", "2", kind=Kind.MIXED))
        assert (found.value, [word.text for word in found.words]) == ([1.0, 2.0], ["hot"])

    def test_a_line_breaks_where_the_board_was_silent(self):
        rows = tuple((NOW + minute * MINUTE, "1") for minute in (0, 1, 2, 60, 61))
        series = series_of(FramedField(CHANNEL, FEED, rows))
        clock = clock_of(field_chart.span_of(series), UTC)
        assert field_chart.figure(series, Wishes(), "", clock)["data"][0]["y"] == [1, 1, 1, None, 1, 1]


class TestForms:
    @pytest.mark.parametrize(("form", "shape"), [(Form.LINE, "linear"), (Form.SPLINE, "spline"), (Form.STEP, "hv")])
    def test_lines(self, form, shape):
        [trace] = drawn("1", "2", form=form)["data"]
        assert (trace["type"], trace["line"]["shape"], trace["x"], trace["y"]) == ("scatter", shape, times(2), [1, 2])

    def test_columns_stand_over_their_times(self):
        figure = drawn("1", "2", form=Form.COLUMN)
        [trace] = figure["data"]
        assert (trace["type"], trace["orientation"], trace["x"], trace["y"]) == ("bar", "v", times(2), [1, 2])
        assert figure["layout"]["xaxis"]["type"] == "date"

    def test_bars_lie_beside_their_times_the_oldest_at_the_top(self):
        figure = drawn("1", "2", form=Form.BAR)
        [trace] = figure["data"]
        assert (trace["type"], trace["orientation"], trace["x"], trace["y"]) == ("bar", "h", [1, 2], times(2))
        assert figure["layout"]["yaxis"]["autorange"] == "reversed"

    def test_a_bar_is_seen_though_two_entries_came_at_almost_once(self):
        assert field_chart.bar_width_us([0, 1, MINUTE, 2 * MINUTE]) > MINUTE / 2

    def test_words_are_a_band_with_a_key(self):
        band, *key = drawn("open", "closed", "open", kind=Kind.TEXT, form=Form.COLUMN)["data"]
        assert (band["orientation"], band["text"]) == ("h", ["open", "closed", "open"])
        assert [each["name"] for each in key] == ["open", "closed"]
        assert [each["marker"]["color"] for each in key] == band["marker"]["color"][:2]

    @pytest.mark.parametrize("form", Form)
    def test_a_lone_reading_is_in_the_middle_of_a_minute(self, form):
        layout = drawn("1", form=form)["layout"]
        low, high = sorted(layout["yaxis" if form is Form.BAR else "xaxis"]["range"])
        assert (low + high) / 2 == times(1)[0]


class TestHowItLooks:
    def test_the_colour_is_red_unless_another_is_wished(self):
        assert drawn("1")["data"][0]["line"]["color"] == RED
        assert drawn("1", colour="#0000ff")["data"][0]["line"]["color"] == "#0000ff"
        assert drawn("1", colour="#0000ff", form=Form.BAR)["data"][0]["marker"]["color"] == "#0000ff"

    @pytest.mark.parametrize(
        ("ground", "ink"),
        [("#ffffff", DARK_INK), ("#ffffdd", DARK_INK), ("#000000", LIGHT_INK), ("#222244", LIGHT_INK)],
    )
    def test_the_ink_is_read_on_its_ground(self, ground, ink):
        layout = drawn("1", ground=ground)["layout"]
        assert (layout["paper_bgcolor"], layout["font"]["color"], ink_on(ground)) == (ground, ink, ink)

    def test_labels_are_the_feeds_and_the_wished_ones_go_before(self):
        layout = drawn("1")["layout"]
        assert [layout[axis]["title"]["text"] for axis in ("xaxis", "yaxis")] == ["Date", "Heat · °C"]
        layout = drawn("1", x_label="Zeit", y_label="Wärme")["layout"]
        assert [layout[axis]["title"]["text"] for axis in ("xaxis", "yaxis")] == ["Zeit", "Wärme"]

    @pytest.mark.parametrize(
        ("low", "high", "axis"),
        [(0.0, 40.0, {"range": [0.0, 40.0]}), (0.0, None, {"range": [0.0, None]}), (None, None, {"autorange": True})],
    )
    def test_limits(self, low, high, axis):
        assert drawn("1", low=low, high=high)["layout"]["yaxis"].items() >= axis.items()

    def test_names_are_words_and_no_markup(self):
        markup = "<b onclick=x>&"
        figure = drawn("1", title=markup, x_label=markup, y_label=markup)
        assert "<b" not in str(figure)
        assert figure["layout"]["title"]["text"] == "&lt;b onclick=x&gt;&amp;"
        assert "<b" not in str(drawn(markup, kind=Kind.TEXT)["data"][0]["text"])
        assert "<b" not in str([each["name"] for each in drawn(markup, kind=Kind.TEXT)["data"]])

    def test_times_are_those_of_the_zone(self):
        assert drawn("1", zone=ZoneInfo("Etc/GMT-2"))["data"][0]["x"] == [times(1)[0] + 120 * 60_000]
