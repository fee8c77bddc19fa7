from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import moments
from domain.errors import Invalid
from domain.timespan import DAY, HOUR, MINUTE, SECOND
from tests.builders import NOW

BERLIN, UTC = ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")


class TestInstantFrom:
    @pytest.mark.parametrize(
        ("written", "at"),
        [
            ("now", NOW),
            (" now-2h ", NOW - 2 * HOUR),
            ("now-90s", NOW - 90 * SECOND),
            ("2026-11-20T10:00:00Z", NOW),
            ("2026-11-20T11:00:00+01:00", NOW),
            ("2026-11-20 11:00", NOW),
            ("2026-11-20T11:00:00.25", NOW + SECOND // 4),
            ("2026-11-20", NOW - 11 * HOUR),
            (str(NOW // SECOND), NOW),
        ],
    )
    def test_times_are_understood_those_without_a_zone_by_the_clocks_there(self, written, at):
        assert moments.instant_from(written, NOW, BERLIN) == at

    def test_a_date_as_an_end_is_the_end_of_that_day(self):
        assert moments.instant_from("2026-11-20", NOW, BERLIN, is_end=True) == NOW - 11 * HOUR + DAY

    @pytest.mark.parametrize(
        "written",
        ["", "yesterday", "now-", "now-2y", "now+1h", "now-٣h", "2026-13-01", "2026-02-30", "12", "1e9", "NaN", "-5",
         "9999-12-31T23:59:59-23:00", "now-99999999w", "2026-11-20T25:00", "<b>"],
    )  # fmt: skip
    def test_anything_else_is_refused(self, written):
        with pytest.raises(Invalid):
            moments.instant_from(written, NOW, BERLIN)


class TestLengths:
    @pytest.mark.parametrize(
        ("written", "length"), [("90s", 90 * SECOND), ("10m", 10 * MINUTE), ("2h", 2 * HOUR), ("1w", 7 * DAY)]
    )
    def test_they_are_read(self, written, length):
        assert moments.length_from(written) == length

    @pytest.mark.parametrize("written", ["", "0s", "10", "-1m", "1.5h", "9999999w", "1 h", "1mo"])
    def test_what_is_none_is_refused(self, written):
        with pytest.raises(Invalid, match="length of time"):
            moments.length_from(written)

    @given(st.integers(1, 10_000_000))
    def test_whole_seconds_survive_writing(self, seconds):
        assert moments.length_from(moments.length_written(seconds * SECOND)) == seconds * SECOND

    @pytest.mark.parametrize(
        ("length", "words"),
        [(15 * MINUTE, "15 minutes"), (HOUR, "1 hour"), (7 * DAY, "1 week"), (SECOND // 2, "0.5 seconds")],
    )
    def test_they_are_told_in_words(self, length, words):
        assert moments.length_in_words(length) == words


class TestSettled:
    @pytest.mark.parametrize("written", ["now", "now-2h", "first", "2026-11-20"])
    def test_what_means_the_same_to_everybody_or_goes_with_its_zone_stays(self, written):
        assert moments.settled(written, BERLIN) == written

    def test_a_time_becomes_the_instant_it_means(self):
        assert moments.settled("2026-11-20 11:00", BERLIN) == "2026-11-20T10:00:00Z"
