"""ThingSpeak's arithmetic, against its worked example and a naive reading of its rules."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.thingspeak.aggregation import (
    MOST_BUCKETS,
    How,
    Row,
    aggregated,
    minutes_from,
    number_in,
    rounded,
    sifted,
)
from domain.readings import Position
from domain.timespan import DAY, HOUR, MINUTE, SECOND

TEN = 1_795_168_800 * SECOND  # 2026-11-20T10:00:00Z, a whole hour


def rows(*said: tuple[int, str | None]) -> list[Row]:
    """Rows of one field, so many minutes after ten o'clock."""
    return [Row(TEN + minute * MINUTE, (text,), number) for number, (minute, text) in enumerate(said, 1)]


def told(found: list[Row]) -> list[tuple[int, str | None]]:
    """(minutes after ten, value)."""
    return [((row.at - TEN) // MINUTE, row.values[0]) for row in found]


EXAMPLE = rows((58, "1"), (65, "2"), (85, None), (160, "x"), (170, "6"))


class TestTheWorkedExample:
    """One value a minute at 10:58, 11:05, 11:25, 12:40 and 12:50, put together by the hour."""

    @pytest.mark.parametrize(
        ("how", "by_rows", "values"),
        [
            (How.TIMESCALE, True, ["1", "2", "x"]),
            (How.SUM, True, ["1.0", "2.0", "6.0"]),
            (How.AVERAGE, True, ["1.0", "1.0", "3.0"]),
            (How.AVERAGE, False, ["1.0", "2.0", "6.0"]),
            (How.MEDIAN, True, ["1.0", "2.0", "6.0"]),
        ],
    )
    def test_it_holds(self, how, by_rows, values):
        assert told(aggregated(EXAMPLE, how, 60, by_rows=by_rows)) == list(zip((0, 60, 120), values, strict=True))


def naive(found: list[Row], how: How, minutes: int, by_rows: bool) -> list[tuple[int, list, bool]]:
    """(start, values, whether they are written with commas): exact numbers, or the texts of a timescale."""
    width = minutes * 60
    seconds = [row.at // 1_000_000 for row in found]
    told, has_comma = [], False
    for start in range(seconds[0] // width * width, seconds[-1] + 1, width):
        inside = [row for row, at in zip(found, seconds, strict=True) if start <= at < start + width]
        values: list = []
        for column in range(2):
            texts = [row.values[column] for row in inside]
            spelled = [text for text in texts if text is not None and re.fullmatch(r"[+-]?[0-9]+([.,][0-9]+)?", text)]
            if how is not How.TIMESCALE:
                has_comma = has_comma or any("," in text for text in spelled)
            numbers = sorted(Fraction(text.replace(",", ".")) for text in spelled)
            if how is How.TIMESCALE:
                values.append(texts[0] if texts else None)
            elif not numbers:
                values.append(None)
            elif how is How.SUM:
                values.append(sum(numbers))
            elif how is How.AVERAGE:
                values.append(sum(numbers) / (len(texts) if by_rows else len(numbers)))
            else:
                middle = len(numbers) // 2
                values.append(numbers[middle] if len(numbers) % 2 else (numbers[middle - 1] + numbers[middle]) / 2)
        told.append((start, values, has_comma))
    return told


TEXTS = st.one_of(
    st.none(),
    st.integers(-1000, 1000).map(str),
    st.decimals(-100, 100, places=2).map(str),
    st.decimals(-9, 9, places=1).map(lambda number: str(number).replace(".", ",")),
    st.sampled_from(["", "x", "1e3", ".5", "5.", "nan", "inf", "-0", "+7", " 3", "٣"]),
)
ROWS = st.lists(
    st.tuples(st.integers(-(10**7), 2 * 10**6), TEXTS, TEXTS), min_size=1, max_size=30, unique_by=lambda row: row[0]
).map(lambda made: [Row(TEN + at * SECOND // 100, (one, two)) for at, one, two in sorted(made, key=lambda row: row[0])])
WIDTHS = st.sampled_from([10, 15, 20, 30, 60, 240, 720, 1440])


class TestAgainstANaiveReading:
    @given(ROWS, st.sampled_from(How), WIDTHS, st.booleans())
    def test_every_bucket_is_as_the_rules_say(self, found, how, minutes, by_rows):
        got = aggregated(found, how, minutes, by_rows=by_rows)
        expected = naive(found, how, minutes, by_rows)
        assert [row.at // SECOND for row in got] == [start for start, _, _ in expected]
        for row, (_, values, has_comma) in zip(got, expected, strict=True):
            for text, value in zip(row.values, values, strict=True):
                if value is None or how is How.TIMESCALE:
                    assert text == value
                else:
                    assert ("," in text) == has_comma
                    assert float(text.replace(",", ".")) == pytest.approx(float(value), rel=1e-12, abs=1e-9)

    @given(ROWS, st.floats(-50, 50), st.floats(-50, 50))
    def test_sifting_drops_a_row_for_any_of_its_numbers(self, found, least, most):
        def is_out(text: str | None) -> bool:
            try:
                number = float(text or "")
            except ValueError:
                return False
            return text not in ("nan", "inf", "٣") and not least <= number <= most

        assert sifted(found, least, most) == [row for row in found if not any(map(is_out, row.values))]


class TestBuckets:
    def test_empty_ones_between_have_no_value(self):
        assert told(aggregated(rows((5, "1"), (35, "2")), How.SUM, 10)) == [
            (0, "1.0"),
            (10, None),
            (20, None),
            (30, "2.0"),
        ]

    def test_a_day_is_one_of_utc(self):
        found = aggregated([Row(TEN - 11 * HOUR, ("1",)), Row(TEN, ("2",))], How.SUM, minutes_from("daily") or 0)
        assert [(row.at % DAY, row.values) for row in found] == [(0, ("1.0",)), (0, ("2.0",))]

    def test_instants_before_1970_have_their_buckets_too(self):
        assert [row.at for row in aggregated([Row(-1, ("1",))], How.SUM, 60)] == [-HOUR]

    def test_they_have_no_number_no_status_and_no_place(self):
        full = [Row(TEN, ("1",), 7, "fine", Position(1, 2))]
        assert aggregated(full, How.MEDIAN, 60) == [Row(TEN, ("1.0",))]

    def test_a_timescale_keeps_what_its_first_row_said(self):
        full = [Row(TEN + MINUTE, ("1",), 7, "fine", Position(1, 2)), Row(TEN + 2 * MINUTE, ("2",), 8)]
        assert aggregated(full, How.TIMESCALE, 60) == [Row(TEN, ("1",), None, "fine", Position(1, 2))]

    def test_nothing_has_none(self):
        assert aggregated([], How.SUM, 60) == []

    def test_of_very_many_the_newest_are_told(self):
        found = aggregated([Row(0, ("1",)), Row(TEN, ("2",))], How.SUM, 10)
        assert (len(found), found[-1]) == (MOST_BUCKETS, Row(TEN, ("2.0",)))


class TestWidths:
    @pytest.mark.parametrize(
        ("written", "minutes"),
        [
            ("10", 10),
            ("720", 720),
            ("daily", 1440),
            ("7", None),
            ("", None),
            (None, None),
            ("60.0", None),
            ("-60", None),
        ],
    )
    def test_only_those_on_offer_count(self, written, minutes):
        assert minutes_from(written) == minutes


class TestNumbers:
    @pytest.mark.parametrize(("text", "number"), [("51", 51), ("-7.25", -7.25), ("+1,5", 1.5), ("007", 7)])
    def test_these_are(self, text, number):
        assert number_in(text) == number

    @pytest.mark.parametrize("text", [None, "", ".5", "5.", "1e3", "nan", "inf", " 1", "1.2.3", "٣", "9" * 256])
    def test_these_are_none(self, text):
        assert number_in(text) is None


class TestRounding:
    @pytest.mark.parametrize(
        ("text", "decimals", "written"),
        [
            ("7.285714285714286", 2, "7.29"),
            ("7.285714285714286", 0, "7"),
            ("7", 1, "7.0"),
            ("7,25", 1, "7,2"),
            ("x", 2, "x"),
            ("1e3", 2, "1e3"),
            (None, 2, None),
        ],
    )
    def test_a_number_is_written_with_so_many_decimals(self, text, decimals, written):
        assert told(rounded(rows((0, text)), decimals)) == [(0, written)]

    def test_what_stands_beside_it_stays(self):
        assert rounded([Row(TEN, ("1.26",), 7, "fine")], 1) == [Row(TEN, ("1.3",), 7, "fine")]


class TestSifting:
    @pytest.mark.parametrize("text", ["101", "1.01e2", "-1"])
    def test_what_lies_outside_is_dropped(self, text):
        assert sifted(rows((0, "50"), (1, text)), 0, 100) == rows((0, "50"))

    @pytest.mark.parametrize("text", ["0", "100", "x", None, "nan", "500,5"])
    def test_what_lies_inside_or_is_no_number_stays(self, text):
        assert sifted(rows((0, text)), 0, 100) == rows((0, text))
