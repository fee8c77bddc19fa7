"""The grid of readings: what stands in its cells, exactly, and its times in the zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from dashapp.components.readings_grid import Clock, cells_of, columns, exact_in, options
from domain.readings import Feed, Kind, Point
from domain.timespan import DAY, HOUR, SECOND, TimeSpan, from_datetime
from models.table import Row
from tests.builders import NOW

BERLIN = ZoneInfo("Europe/Berlin")
UTC = ZoneInfo("UTC")


def feed(feed_id: int = 1, kind: Kind = Kind.NUMBER, *, decimals: int | None = None, unit: str | None = "°C") -> Feed:
    return Feed(feed_id, 7, f"feed{feed_id}", "", kind, unit, None, decimals, 0)


def cell(point: Point, of: Feed) -> dict[str, str]:
    """What a row has of one reading."""
    cells = cells_of(Row(point.at, {of.id: point}), [of], "now")
    return {name: text for name, text in cells.items() if name not in ("at", "time", "utc")}


class TestCells:
    @pytest.mark.parametrize(
        ("value", "text", "shown"),
        [(0.0, None, "0"), (0.1 + 0.2, None, "0.30000000000000004"), (21.5, "21.50", "21.50"), (None, "", "")],
    )
    def test_a_reading_is_shown_with_every_digit(self, value, text, shown):
        kind = Kind.TEXT if value is None else Kind.NUMBER
        assert cell(Point(NOW, value, text), feed(kind=kind)) == {"f1": shown}

    def test_with_decimals_it_is_rounded_and_kept_in_full_beside(self):
        assert cell(Point(NOW, 22.479999542236328, None), feed(decimals=1)) == {
            "f1": "22.5",
            "x1": "22.479999542236328",
        }

    def test_what_a_feed_did_not_say_is_absent(self):
        cells = cells_of(Row(NOW, {1: Point(NOW, 0.0, None)}), [feed(1), feed(2)], "now")
        assert [exact_in(cells, each) for each in (1, 2)] == ["0", None]

    def test_its_instant_is_exact(self):
        cells = cells_of(Row(NOW + 1, {}), [], "now")
        assert (cells["at"], cells["utc"]) == (str(NOW + 1), "2026-11-20T10:00:00.000001Z")


class TestColumns:
    def test_a_heading_names_the_unit(self):
        found = columns([feed(), feed(2, Kind.TEXT, unit=None)], BERLIN, edits=False)
        assert [each["headerName"] for each in found] == ["Time (Europe/Berlin)", "feed1 [°C]", "feed2"]

    @pytest.mark.parametrize("edits", [True, False])
    def test_readings_are_written_into_by_editors_alone_and_times_by_nobody(self, edits):
        time, of_feed = columns([feed()], UTC, edits=edits)
        assert (time.get("editable", False), of_feed["editable"]) == (False, edits)
        assert options(edits=edits)["rowSelection"]["checkboxes"] == edits


class TestClock:
    def test_times_are_those_of_the_zone(self):
        clock = Clock(BERLIN, TimeSpan(NOW - HOUR, NOW), NOW)
        assert clock.text(NOW + SECOND // 4) == "20 Nov 11:00:00.25"

    def test_the_year_stands_there_where_there_are_two(self):
        clock = Clock(UTC, TimeSpan(NOW - 400 * DAY, NOW), NOW)
        assert clock.text(NOW) == "20 Nov 2026 10:00:00.00"

    def test_an_hour_that_comes_twice_is_told_apart(self):
        back = from_datetime(datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN))
        clock = Clock(BERLIN, TimeSpan(back - HOUR, back + 3 * HOUR), back)
        assert [clock.text(back), clock.text(back + HOUR)] == ["25 Oct 02:30:00.00 CEST", "25 Oct 02:30:00.00 CET"]

    def test_a_range_without_beginning_has_times_too(self):
        assert Clock(UTC, TimeSpan(0, NOW), NOW).text(NOW) == "20 Nov 2026 10:00:00.00"
