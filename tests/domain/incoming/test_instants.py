from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.imports import DateOrder
from domain.incoming.instants import EARLIEST, Clock
from domain.timespan import DAY, HOUR, MINUTE, SECOND, from_datetime, to_rfc3339
from domain.zones import local
from tests.builders import NOW

BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
TEN = from_datetime(datetime.fromisoformat("2026-03-01T10:00:00+00:00"))


def clock(dates: DateOrder = DateOrder.ISO, zone: ZoneInfo = BERLIN) -> Clock:
    return Clock(dates, zone, NOW)


class TestForms:
    @pytest.mark.parametrize(
        "written",
        [
            "2026-03-01T10:00:00Z",
            " 2026-03-01T10:00:00.000Z ",
            "2026-03-01 10:00:00 UTC",
            "2026-03-01T11:00:00+01:00",
            "2026-03-01 11:00",
            "2026-03-01T11:00:00",
            "1772359200",
            "1772359200.0",
            "1772359200000",
            "1772359200000000",
            "1772359200000000000",
        ],
    )
    def test_one_instant_is_written_in_many_ways(self, written):
        assert clock().column([written]) == [TEN]

    @pytest.mark.parametrize("written", ["1.3.2026 11:00", "01/03/2026 11:00:00", "1-3-26 11:00", "1.3.2026, 11:00 AM"])
    def test_the_day_may_come_first(self, written):
        assert clock(DateOrder.DAY_FIRST).column([written]) == [TEN]

    @pytest.mark.parametrize(
        ("written", "hour"), [("3/1/2026 11:00", 10), ("3/1/2026 11:00 PM", 22), ("3/1/2026 12:30 am", -0.5)]
    )
    def test_the_month_may_come_first(self, written, hour):
        assert clock(DateOrder.MONTH_FIRST).column([written]) == [TEN + int((hour - 10) * HOUR)]

    def test_a_day_alone_is_its_midnight_in_the_zone(self):
        assert clock().column(["2026-03-01"]) == [TEN - 11 * HOUR]

    def test_fractions_are_kept_to_the_microsecond(self):
        assert clock().column(["2026-03-01T10:00:00.1234567Z", "2026-03-01 11:00:00.5"]) == [TEN + 123456, TEN + 500000]

    @pytest.mark.parametrize(
        ("written", "says"),
        [
            ("", "there is no time"),
            ("yesterday", '"yesterday" is not a time'),
            ("2026-02-30 10:00", '"2026-02-30 10:00" is not a time'),
            ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z is before 1970"),
            (to_rfc3339(NOW + DAY + 1), "is more than a day ahead of the server's clock"),
            ("a\x00b", "this is not a time"),
        ],
    )
    def test_what_is_no_instant_is_said(self, written, says):
        (found,) = clock().column([written])
        assert isinstance(found, str)
        assert found.endswith(says)

    def test_a_bad_cell_among_good_ones_is_the_only_bad_one(self):
        found = clock().column(["2026-03-01T10:00:00Z", "?", "2026-03-01T10:00:01Z"])
        assert found[::2] == [TEN, TEN + SECOND]
        assert isinstance(found[1], str)


class TestClocksPutBack:
    """In Berlin the hour from two to three comes twice on 25 October 2026."""

    FIRST = from_datetime(datetime.fromisoformat("2026-10-25T02:00:00+02:00"))

    def test_rows_in_order_pass_through_both_hours(self):
        written = ["2026-10-25 02:00", "2026-10-25 02:30", "2026-10-25 02:00", "2026-10-25 02:30", "2026-10-25 03:00"]
        steps = [0, 30 * MINUTE, HOUR, HOUR + 30 * MINUTE, 2 * HOUR]
        assert clock().column(written) == [self.FIRST + step for step in steps]

    def test_a_bad_row_does_not_lead_into_the_second_hour(self):
        written = ["2026-10-25 02:00", "2026-10-25 02:30", "?"]
        assert clock().column(written)[:2] == [self.FIRST, self.FIRST + 30 * MINUTE]

    def test_the_memory_goes_on_from_one_piece_of_the_file_to_the_next(self):
        reading = clock()
        reading.column(["2026-10-25 02:59"])
        assert reading.column(["2026-10-25 02:00"]) == [self.FIRST + HOUR]

    def test_a_time_that_is_leapt_over_is_as_far_after_the_leap(self):
        leap = from_datetime(datetime.fromisoformat("2026-03-29T02:00:00+01:00"))
        assert clock().column(["2026-03-29 02:30"]) == [leap + 30 * MINUTE]

    @pytest.mark.parametrize("zone", [BERLIN, LORD_HOWE, ZoneInfo("America/St_Johns"), ZoneInfo("Asia/Kathmandu")])
    @given(start=st.integers(NOW - 400 * DAY, NOW), step=st.integers(1 * SECOND, 50 * MINUTE))
    def test_what_the_clocks_said_row_by_row_is_read_as_it_was(self, zone, start, step):
        assume(
            local(start, zone).fold == 0
        )  # a file that begins in the second hour cannot be told from one of the first
        at = [start + step * each for each in range(200) if start + step * each <= NOW]
        written = [local(each, zone).replace(tzinfo=None).isoformat(" ") for each in at]
        assert clock(zone=zone).column(written) == at


class TestRange:
    def test_1970_is_the_first_that_is_taken(self):
        assert clock().column(["1970-01-01T00:00:00Z"]) == [EARLIEST]
