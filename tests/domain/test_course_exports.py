"""What is taken away of a course: its address, its ranges, and the names of what is in it."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest

from domain import zones
from domain.course_exports import CourseExport, Preset, apart, archive_name
from domain.downloads import Aggregate, Binned, Shape
from domain.selection import Range
from domain.timespan import DAY, MINUTE, TimeSpan, from_datetime

FRIDAY = from_datetime(datetime(2026, 11, 20, 10, tzinfo=UTC))
PACIFIC = zones.zone_named("America/Los_Angeles")


class TestItsAddress:
    def test_everything_of_a_course_has_a_plain_one(self):
        assert CourseExport(7).address == "/api/v1/courses/7/export.zip"

    def test_it_says_all_that_is_not_as_usual(self):
        export = CourseExport(
            7, "A & B", Range("2026-03-01", "2026-03-07"), "Europe/Berlin", Shape.TIDY,
            Binned(10 * MINUTE, (Aggregate.MEAN, Aggregate.MAX)), decimal_comma=True, for_excel=True,
        )  # fmt: skip
        assert parse_qs(export.query.removeprefix("?")) == {
            "section": ["A & B"],
            "from": ["2026-03-01"],
            "to": ["2026-03-07"],
            "zone": ["Europe/Berlin"],
            "shape": ["tidy"],
            "bin": ["10m"],
            "agg": ["mean,max"],
            "decimal": ["comma"],
            "excel": ["1"],
        }


class TestPresets:
    @pytest.mark.parametrize(
        ("preset", "expected"),
        [
            (Preset.WEEK, Range("2026-11-16")),
            (Preset.DAYS, Range("now-7d")),
            (Preset.TERM, Range("2026-08-31")),
            (Preset.EVERYTHING, Range("first")),
        ],
    )
    def test_each_is_a_range_of_whole_days_there(self, preset, expected):
        began_at = from_datetime(datetime(2026, 9, 1, 5, tzinfo=UTC))  # the evening before in California
        assert preset.range(FRIDAY, PACIFIC, began_at) == expected

    def test_a_week_begins_on_its_monday(self):
        monday = from_datetime(datetime(2026, 11, 16, 8, 30, tzinfo=UTC))
        assert Preset.WEEK.range(monday, PACIFIC, 0) == Range("2026-11-16")
        assert Preset.WEEK.range(monday - DAY, PACIFIC, 0) == Range("2026-11-09")


class TestNames:
    def test_an_archive_says_course_section_and_days(self):
        name = archive_name("ENGR 114 2026 autumn", "A", TimeSpan(FRIDAY, FRIDAY + DAY), zones.zone_named("UTC"))
        assert name == "engr-114-2026-autumn_section-a_2026-11-20_2026-11-21.zip"

    def test_files_of_the_same_name_are_told_apart_by_the_channels_number(self):
        same, other = "engr114_kiln_2026-03-01_2026-03-07.csv", "engr114_pond_2026-03-01_2026-03-07.csv"
        assert apart({7: same, 8: other, 9: same}) == {
            7: "engr114_kiln_2026-03-01_2026-03-07_7.csv",
            8: other,
            9: "engr114_kiln_2026-03-01_2026-03-07_9.csv",
        }
