from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from dashapp.components import time_picker
from domain.moments import NOW as AT_PRESENT
from domain.selection import Range, Selection
from tests.builders import NOW
from tests.dashapp.shapes import as_json, texts

LOS_ANGELES = ZoneInfo("America/Los_Angeles")


class TestRangeWords:
    @pytest.mark.parametrize(
        ("range_", "words"),
        [
            (Range(), "Last 15 minutes"),
            (Range("now-1d"), "Last 1 day"),
            (Range("first"), "Everything"),
            (Range("2026-11-20"), "Since 20 Nov 2026, 00:00"),
            (Range("2026-03-08", "2026-03-08"), "Sunday, 8 Mar 2026"),
            (Range("2026-03-08", "2026-03-14"), "8 Mar 2026 to 14 Mar 2026"),
            (Range("2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z"), "20 Nov 2026, 01:00 to 02:00"),
            (Range("2026-11-20T07:00:00Z", "2026-11-20T10:00:30Z"), "19 Nov 2026, 23:00:00 to 20 Nov 2026, 02:00:30"),
            (Range("2026-11-20T09:00:00Z", "2026-11-20T09:00:01.5Z"), "20 Nov 2026, 01:00:00.000 to 01:00:01.500"),
        ],
    )
    def test_a_range_is_told_by_the_clocks_of_the_zone(self, range_, words):
        assert time_picker.range_words(range_, range_.span(NOW, LOS_ANGELES, NOW - 1), LOS_ANGELES) == words


class TestFields:
    @pytest.mark.parametrize(
        ("written", "shown"),
        [
            ("now-2h", "now-2h"),
            (AT_PRESENT, "now"),
            ("2026-03-08", "2026-03-08"),
            ("2026-11-20T10:00:00Z", "2026-11-20 02:00:00"),
            ("2026-11-20T10:00:00.25Z", "2026-11-20 02:00:00.250"),
        ],
    )
    def test_an_instant_stands_there_as_the_clocks_say_it(self, written, shown):
        assert time_picker.field_words(written, LOS_ANGELES) == shown


class TestChoices:
    def test_the_one_that_is_shown_says_so(self):
        assert self.chosen(Selection()) == [["Last 15 minutes"]]
        assert self.chosen(Selection(Range("now-3h"))) == []

    def chosen(self, selection: Selection) -> list[list[str]]:
        """The words of the buttons that are pressed."""
        buttons = [each["props"] for each in as_json(time_picker.quick_list(selection))["props"]["children"]]
        return [props["children"] for props in buttons if props["aria-pressed"] == "true"]

    def test_yesterday_is_the_day_before_of_the_zone(self):
        buttons = as_json(time_picker.days_list(Selection(), NOW, LOS_ANGELES))["props"]["children"]
        assert buttons[1]["props"]["value"] == "?from=2026-11-19&to=2026-11-19&zone=America/Los_Angeles"


class TestZoneNote:
    def test_it_names_the_zone(self):
        assert time_picker.zone_note(Selection(), LOS_ANGELES.key, LOS_ANGELES) == [
            "Times are those of America/Los Angeles."
        ]

    def test_a_link_that_speaks_of_another_zone_offers_ones_own(self):
        note = as_json(time_picker.zone_note(Selection(zone="UTC"), LOS_ANGELES.key, ZoneInfo("UTC")))
        assert "Show America/Los Angeles instead" in texts(note)
