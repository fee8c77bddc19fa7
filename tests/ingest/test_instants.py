"""`at` and `age_ms` → µs."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.timespan import DAY, SECOND, to_rfc3339
from ingest.instants import EARLIEST, instant_from, instant_of_age

NOW = 1_795_168_800 * SECOND  # 2026-11-20T10:00:00Z

plausible = st.integers(min_value=EARLIEST, max_value=NOW + DAY)

SAME_INSTANT = [
    "2026-11-20T10:00:00Z",
    "2026-11-20t10:00:00z",
    "2026-11-20 10:00:00Z",
    " 2026-11-20T10:00:00Z ",
    "2026-11-20T11:00:00+01:00",
    "2026-11-20T11:00:00 01:00",
    "2026-11-20T11:00:00+0100",
    "2026-11-20T04:30:00-05:30",
    "2026-11-21T00:00:00+14:00",
    "2026-11-20T10:00:00+00:00",
    "2026-11-20T10:00:00-00:00",
    "2026-11-20T10:00:00.0Z",
    "2026-11-20T10:00:00.000000999Z",
    1795168800,
    1795168800.0,
    1795168800_000,
    1795168800_000_000,
    1795168800_000_000_999,
    1795168800_000.0,
    "1795168800",
    "1795168800.0",
    "1795168800000",
    "1795168800000000000",
]

FRACTIONS = [
    ("2026-11-20T10:00:00.5Z", 500_000),
    ("2026-11-20T10:00:00.123456Z", 123_456),
    ("2026-11-20T10:00:00.123456789Z", 123_456),
    ("2026-11-20T11:00:00.000001+01:00", 1),
    (1795168800.25, 250_000),
    ("1795168800.123456", 123_456),
    (1795168800_123, 123_000),
    (1795168800_123.5, 123_500),
]

REFUSED = [
    ("2026-11-20T10:00:00", "does not say its time zone", "+01:00"),
    ("2026-11-20 10:00:00.5", "does not say its time zone", "+01:00"),
    ("2026-11-20", "is a day without a time", "2026-11-20T10:00:00Z"),
    ("2026-02-30T10:00:00Z", "is not in the calendar", "Write"),
    ("2026-11-20T24:00:00Z", "is not in the calendar", "Write"),
    ("2026-11-20T10:61:00Z", "is not in the calendar", "Write"),
    ("0000-11-20T10:61:00Z", "is not in the calendar", "Write"),
    ("2026-11-20T10:00:00+24:00", "no such time zone", "zone"),
    ("2026-11-20T10:00:60Z", "a second 60 exists only", "Write"),
    ("2026-11-20T10:00:00.1234567890Z", "is not a time", "Write"),
    ("2026-W47-5T10:00:00Z", "is not a time", "Write"),
    ("20261120T100000Z", "is not a time", "Write"),
    ("٢٠٢٦-11-20T10:00:00Z", "is not a time", "Write"),
    ("now", "is not a time", "Write"),
    ("", "is not a time", "Write"),
    pytest.param("9" * 5000, "is not a time", "Write", id="5000 digits"),
    ("nan", "is not a time", "Write"),
    ("-5", "is not a time", "Write"),
    (float("nan"), "is not a time", "Write"),
    (float("inf"), "is not a time", "Write"),
    (-5, "is not a time", "Write"),
    (10**400, "is not a time", "Write"),
    (None, "null is not a time", "Write"),
    (True, "true is not a time", "Write"),
    ([1], "a list is not a time", "Write"),
    ({}, "an object is not a time", "Write"),
    ("2014-12-31T23:59:59Z", "is before 2015", "Write"),
    ("0001-01-01T00:00:00+14:00", "is before 2015", "Write"),
    (0, "0 (1970-01-01T00:00:00Z) is before 2015", "clock is not set"),
    (312, "312 (1970-01-01T00:05:12Z) is before 2015", "clock is not set"),
    ("1970-01-01T00:05:12Z", "is before 2015", "clock is not set"),
    ("2000-01-01T00:01:00Z", "is before 2015", "clock is not set"),
    (946_684_860, "is before 2015", "clock is not set"),
    (1795168800 - 946_684_800, "is before 2015", "MicroPython"),
    ("1996-11-20T10:00:00Z", "is before 2015", "MicroPython"),
    ("2026-11-21T10:00:01Z", "is more than a day ahead", "clock"),
    ("9999-12-31T23:59:59-23:59", "is more than a day ahead", "clock"),
    (1795168800 + 86_401, "is more than a day ahead", "clock"),
    (99_999_999_999, "is more than a day ahead", "clock"),
]


class TestAt:
    @pytest.mark.parametrize("raw", SAME_INSTANT)
    def test_all_forms_name_the_same_instant(self, raw):
        assert instant_from(raw, NOW) == NOW

    @pytest.mark.parametrize(("raw", "fraction_us"), FRACTIONS)
    def test_fractions_are_kept_to_the_microsecond(self, raw, fraction_us):
        assert instant_from(raw, NOW) == NOW + fraction_us

    @pytest.mark.parametrize(("raw", "detail", "hint"), REFUSED)
    def test_what_cannot_be_is_refused_with_the_reason(self, raw, detail, hint):
        with pytest.raises(Invalid) as caught:
            instant_from(raw, NOW)
        assert detail in caught.value.detail
        assert hint in caught.value.hint

    def test_a_leap_second_counts_as_the_second_after_it(self):
        assert instant_from("2016-12-31T23:59:60.5Z", NOW) == instant_from("2017-01-01T00:00:00.5Z", NOW)

    def test_a_leap_second_is_one_in_every_zone(self):
        assert instant_from("2017-01-01T00:59:60+01:00", NOW) == instant_from("2017-01-01T00:00:00Z", NOW)

    def test_the_first_and_the_last_plausible_instant_are_taken(self):
        assert instant_from("2015-01-01T00:00:00Z", NOW) == EARLIEST
        assert instant_from("2026-11-21T10:00:00Z", NOW) == NOW + DAY

    @given(plausible)
    def test_what_the_server_writes_it_reads_back(self, at):
        assert instant_from(to_rfc3339(at), NOW) == at

    @given(plausible)
    def test_each_epoch_unit_is_told_by_its_size(self, at):
        assert instant_from(at, NOW) == at
        assert instant_from(at * 1000, NOW) == at
        assert instant_from(at // 1000, NOW) == at // 1000 * 1000
        assert instant_from(at // SECOND, NOW) == at // SECOND * SECOND
        assert instant_from(at / SECOND, NOW) == at

    @given(st.text(max_size=30) | st.from_regex(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?"))
    def test_any_text_is_an_instant_or_refused(self, text):
        with suppress(Invalid):
            assert EARLIEST <= instant_from(text, NOW) <= NOW + DAY


class TestAge:
    @pytest.mark.parametrize(
        ("raw", "earlier_us"),
        [(0, 0), (1500, 1_500_000), (0.5, 500), ("1500", 1_500_000), (30 * 86_400_000, 30 * DAY)],
    )
    def test_it_is_counted_back_from_now(self, raw, earlier_us):
        assert instant_of_age(raw, NOW) == NOW - earlier_us

    @pytest.mark.parametrize(
        "raw",
        [-1, 30 * 86_400_000 + 1, float("nan"), float("inf"), 10**400, "1e999", "soon", "", None, True, [], {}],
    )
    def test_what_is_no_plausible_age_is_refused(self, raw):
        with pytest.raises(Invalid) as caught:
            instant_of_age(raw, NOW)
        assert caught.value.hint
