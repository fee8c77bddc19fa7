"""Instants written and read, spans, and the width of summaries."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.timespan import (
    DAY,
    HOUR,
    MINUTE,
    ROLLUP_WIDTHS,
    SECOND,
    TimeSpan,
    Window,
    from_datetime,
    moment_from,
    rollup_width,
    to_datetime,
    to_rfc3339,
)
from tests.builders import NOW

ANY_INSTANT = st.integers(
    from_datetime(datetime(1970, 1, 1, tzinfo=UTC)), from_datetime(datetime(9999, 1, 1, tzinfo=UTC))
)


class TestToRfc3339:
    @pytest.mark.parametrize(
        ("at", "written"),
        [
            (0, "1970-01-01T00:00:00Z"),
            (NOW, "2026-11-20T10:00:00Z"),
            (NOW + 250_000, "2026-11-20T10:00:00.25Z"),
            (NOW + 1, "2026-11-20T10:00:00.000001Z"),
            (NOW + 100_000, "2026-11-20T10:00:00.1Z"),
        ],
    )
    def test_it_shows_the_digits_that_say_something(self, at, written):
        assert to_rfc3339(at) == written

    @given(ANY_INSTANT)
    def test_what_is_written_reads_back_exactly(self, at):
        assert moment_from(to_rfc3339(at), NOW) == at

    @given(ANY_INSTANT)
    def test_a_datetime_and_back_is_exact(self, at):
        assert from_datetime(to_datetime(at)) == at


class TestMomentFrom:
    @pytest.mark.parametrize(
        ("written", "at"),
        [
            ("now", NOW),
            (" now ", NOW),
            ("now-90s", NOW - 90 * SECOND),
            ("now-15m", NOW - 15 * MINUTE),
            ("now-2h", NOW - 2 * HOUR),
            ("now-0d", NOW),
            ("now-7d", NOW - 7 * DAY),
            ("now-2w", NOW - 14 * DAY),
            ("2026-11-20T10:00:00Z", NOW),
            ("2026-11-20 10:00:00Z", NOW),
            ("2026-11-20T11:00:00+01:00", NOW),
            ("2026-11-20T11:00:00 01:00", NOW),
            ("2026-11-20T05:00:00-05:00", NOW),
            ("2026-11-20T10:00:00.25Z", NOW + 250_000),
            (str(NOW // SECOND), NOW),
            (f"{NOW // SECOND}.000001", NOW + 1),
            ("0", 0),
        ],
    )
    def test_it_reads_every_form(self, written, at):
        assert moment_from(written, NOW) == at

    @pytest.mark.parametrize(
        "written",
        [
            "",
            "yesterday",
            "now-",
            "now-2",
            "now-2y",
            "now+2h",
            "now-2h30m",
            "now-999999999w",
            "-5",
            "1e9",
            "nan",
            "999999999999",
            "2026-11-20",
            "2026-11-20T10:00:00",
            "2026-13-01T00:00:00Z",
            "2026-02-30T00:00:00Z",
            "10:00Z",
            "٢٠٢٦",
            "\ud800",
            "9" * 5000,
        ],
    )
    def test_anything_else_is_a_value_error(self, written):
        with pytest.raises(ValueError):
            moment_from(written, NOW)

    @given(st.text() | st.from_regex(r"now-[0-9]{1,12}[smhdwy]") | st.from_regex(r"[-0-9:TZ+. ]{1,30}"))
    def test_it_never_fails_otherwise_nor_leaves_the_calendar(self, written):
        try:
            at = moment_from(written, NOW)
        except ValueError:
            return
        to_rfc3339(at)


class TestTimeSpan:
    def test_it_does_not_end_before_it_starts(self):
        with pytest.raises(ValueError):
            TimeSpan(2, 1)

    def test_an_empty_one_has_no_length(self):
        assert TimeSpan(5, 5).length == 0

    def test_the_last_minute_includes_the_present_microsecond(self):
        span = TimeSpan.last(MINUTE, NOW)
        assert (span.length, span.end) == (MINUTE, NOW + 1)


class TestWindow:
    def test_every_word_leads_back_to_its_window(self):
        assert [Window.from_word(window.word) for window in Window] == list(Window)

    @pytest.mark.parametrize("word", [None, "", "2m", "forever"])
    def test_an_unknown_word_is_a_quarter_of_an_hour(self, word):
        assert Window.from_word(word) is Window.MIN_15

    def test_each_is_longer_than_the_one_before(self):
        lengths = [window.length for window in Window]
        assert lengths == sorted(set(lengths))


class TestRollupWidth:
    def test_each_width_is_a_multiple_of_the_one_before(self):
        assert all(wide % narrow == 0 for narrow, wide in pairwise(ROLLUP_WIDTHS))

    @pytest.mark.parametrize(
        ("length", "points", "width"),
        [
            (DAY, 1000, MINUTE),
            (30 * DAY, 1000, 10 * MINUTE),
            (HOUR, 360, 10 * SECOND),
            (HOUR, 361, 10 * SECOND),
            (HOUR, 60, MINUTE),
            (HOUR, 61, 10 * SECOND),
            (0, 1000, 10 * SECOND),
            (1000 * DAY, 0, DAY),
        ],
    )
    def test_it_is_the_widest_that_gives_enough_points(self, length, points, width):
        assert rollup_width(TimeSpan(NOW, NOW + length), points) == width

    @given(st.integers(0, 3650 * DAY), st.integers(1, 5000))
    def test_it_gives_enough_points_or_is_the_finest(self, length, points):
        width = rollup_width(TimeSpan(0, length), points)
        assert width == ROLLUP_WIDTHS[0] or length // width >= points
