"""The clock of a time axis: where instants are drawn, and that what stands below them is what the clocks said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashapp.figures.clock import MOST_TICKS, clock_of
from domain import zones
from domain.timespan import DAY, HOUR, MINUTE, SECOND, TimeSpan, from_datetime, to_datetime

LOS_ANGELES = zones.zone_named("America/Los_Angeles")
PUT_FORWARD = from_datetime(datetime(2026, 3, 8, 10, tzinfo=UTC))
PUT_BACK = from_datetime(datetime(2026, 11, 1, 9, tzinfo=UTC))

ZONES = st.sampled_from(
    [
        "America/Los_Angeles",
        "Europe/Berlin",
        "Australia/Lord_Howe",  # half an hour
        "America/St_Johns",  # once at a minute past midnight
        "America/Santiago",  # at midnight
        "America/Havana",
        "Africa/Casablanca",
        "Africa/Cairo",
        "Pacific/Apia",  # once left out a day
        "Asia/Kathmandu",
        "Pacific/Chatham",
    ]
).map(zones.zone_named) | st.sampled_from(sorted(zones.names())).map(zones.zone_named)
INSTANTS = st.integers(*(from_datetime(datetime(year, 1, 1, tzinfo=UTC)) for year in (1990, 2037)))
LENGTHS = st.sampled_from([SECOND, MINUTE, HOUR, 6 * HOUR, DAY, 7 * DAY, 30 * DAY, 400 * DAY]).flatmap(
    lambda length: st.integers(length // 20, length * 2)
)


@st.composite
def spans(draw) -> tuple[TimeSpan, object]:
    """A span in a zone, as often as not with a change of its clocks inside."""
    zone, around, length = draw(ZONES), draw(INSTANTS), draw(LENGTHS)
    changes = zones.changes(zone, TimeSpan(around, around + 366 * DAY)) if draw(st.booleans()) else []
    start = (changes[0] if changes else around) - draw(st.integers(0, length))
    return TimeSpan(start, start + length), zone


def at_home(at: int, zone) -> datetime:
    """What the clocks said, from UTC and the offset alone."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)
    return moment.astimezone(zone)


class TestClockOf:
    @given(spans())
    def test_the_end_is_drawn_at_what_the_clocks_say_there(self, chosen):
        span, zone = chosen
        drawn = to_datetime(span.end - 1 + clock_of(span, zone).shift_us)
        assert drawn.replace(tzinfo=None) == at_home(span.end - 1, zone).replace(tzinfo=None)

    @given(spans())
    def test_plotlys_own_ticks_are_kept_where_all_of_the_span_is_drawn_right(self, chosen):
        span, zone = chosen
        clock = clock_of(span, zone)
        if clock.ticks is None:
            assert zones.offset_us(zone, span.start) == zones.offset_us(zone, (span.start + span.end) // 2)
            assert zones.offset_us(zone, span.start) == clock.shift_us
        else:
            assert zones.changes(zone, span)

    @pytest.mark.parametrize(
        ("zone", "at", "label"),
        [
            ("America/Los_Angeles", PUT_FORWARD - DAY, "PST"),
            ("America/Los_Angeles", PUT_FORWARD + DAY, "PDT"),
            ("America/Los_Angeles", PUT_FORWARD, "UTC-07:00"),
            ("America/Los_Angeles", PUT_BACK, "UTC-08:00"),
            ("Asia/Kathmandu", PUT_FORWARD, "UTC+05:45"),
            ("UTC", PUT_FORWARD, "UTC"),
        ],
    )
    def test_it_names_what_the_whole_drawing_follows(self, zone, at, label):
        clock = clock_of(TimeSpan(at - HOUR, at + HOUR), zones.zone_named(zone))
        assert clock.label == label
        assert clock.hover == f"%-d %b %Y, %H:%M:%S {label}"

    def test_a_change_at_the_very_start_changes_nothing_inside(self):
        assert clock_of(TimeSpan(PUT_FORWARD, PUT_FORWARD + HOUR), LOS_ANGELES).ticks is None

    def test_a_change_at_the_very_end_is_not_inside(self):
        clock = clock_of(TimeSpan(PUT_FORWARD - HOUR, PUT_FORWARD), LOS_ANGELES)
        assert (clock.ticks, clock.label) == (None, "PST")

    def test_close_by_the_hover_tells_milliseconds(self):
        assert "%S.%L" in clock_of(TimeSpan(0, MINUTE), LOS_ANGELES).hover


class TestTicks:
    @given(spans())
    def test_each_label_says_what_the_clocks_said(self, chosen):
        span, zone = chosen
        for at, label in clock_of(span, zone).ticks or ():
            said, first = at_home(at, zone), label.split("<br>")[0]
            written = (f"{said:%H:%M:%S}.{said.microsecond // 1000:03d}", f"{said:%H:%M:%S}", f"{said:%H:%M}")
            assert first in (*written, f"{said.day} {said:%b}", f"{said:%b}", f"{said.year}")

    @given(spans())
    def test_each_labelled_midnight_is_one(self, chosen):
        span, zone = chosen
        for at, label in clock_of(span, zone).ticks or ():
            if label.split("<br>")[0] in ("00:00", "00:00:00", "00:00:00.000"):
                assert at_home(at, zone).time() == datetime.min.time()

    @given(spans())
    def test_each_labelled_day_begins_there(self, chosen):
        span, zone = chosen
        for at, label in clock_of(span, zone).ticks or ():
            if ":" not in label:
                assert at_home(at - 1, zone).date() < at_home(at, zone).date()

    @given(spans())
    def test_they_are_few_in_order_and_inside_the_span(self, chosen):
        span, zone = chosen
        ticks = clock_of(span, zone).ticks or ()
        assert len(ticks) <= MOST_TICKS
        assert all(earlier < later for (earlier, _), (later, _) in pairwise(ticks))
        assert all(span.start <= at < span.end for at, _ in ticks)

    @given(spans())
    def test_there_are_enough_to_read_the_time_from(self, chosen):
        span, zone = chosen
        ticks = clock_of(span, zone).ticks
        assert ticks is None or len(ticks) >= 2 or span.length < 3 * SECOND

    @given(spans())
    def test_none_runs_into_its_neighbour(self, chosen):
        span, zone = chosen
        ticks = clock_of(span, zone).ticks or ()
        gaps = [later - earlier for (earlier, _), (later, _) in pairwise(ticks)]
        assert not gaps or min(gaps) >= span.length / (2 * MOST_TICKS)

    def test_an_hour_that_comes_twice_is_told_apart(self):
        clock = clock_of(TimeSpan(PUT_BACK - 3 * HOUR, PUT_BACK + 3 * HOUR), LOS_ANGELES)
        assert [label for _, label in clock.ticks or ()] == [
            "23:00",
            "00:00<br>1 Nov 2026",
            "01:00",
            "01:00<br>PST",
            "02:00",
            "03:00",
        ]

    def test_over_weeks_they_are_mondays(self):
        clock = clock_of(TimeSpan(PUT_FORWARD - 15 * DAY, PUT_FORWARD + 15 * DAY), LOS_ANGELES)
        assert {at_home(at, LOS_ANGELES).weekday() for at, _ in clock.ticks or ()} == {0}

    def test_over_years_they_are_years(self):
        clock = clock_of(TimeSpan(PUT_FORWARD - 1500 * DAY, PUT_FORWARD + 600 * DAY), LOS_ANGELES)
        assert [label for _, label in clock.ticks or ()] == ["2023", "2024", "2025", "2026", "2027"]


class TestInstant:
    @given(spans(), st.floats(0, 1))
    def test_a_drawn_place_leads_back_to_its_instant(self, chosen, share):
        span, zone = chosen
        clock, at = clock_of(span, zone), span.start + int(span.length * share)
        assert clock.instant(clock.milliseconds(at)) == at
        assert clock.instant(to_datetime(at + clock.shift_us).isoformat(" ").removesuffix("+00:00")) == at

    def test_a_day_alone_is_its_midnight(self):
        clock = clock_of(TimeSpan(PUT_FORWARD, PUT_FORWARD + HOUR), LOS_ANGELES)
        assert to_datetime(clock.instant("2026-03-09")).isoformat() == "2026-03-09T07:00:00+00:00"

    def test_anything_else_is_refused(self):
        with pytest.raises(ValueError):
            clock_of(TimeSpan(0, HOUR), LOS_ANGELES).instant("yesterday")


class TestAxis:
    def test_the_ticks_stand_where_their_instants_are_drawn(self):
        clock = clock_of(TimeSpan(PUT_FORWARD - 3 * HOUR, PUT_FORWARD + 3 * HOUR), LOS_ANGELES)
        axis = clock.axis()
        assert axis["tickvals"] == [clock.milliseconds(at) for at, _ in clock.ticks or ()]
        assert len(axis["ticktext"]) == len(axis["tickvals"])

    def test_plotlys_own_are_written_in_the_same_way(self):
        axis = clock_of(TimeSpan(PUT_FORWARD, PUT_FORWARD + HOUR), LOS_ANGELES).axis()
        assert axis["tickmode"] == "auto"
        assert {stop["value"].split("\n")[0] for stop in axis["tickformatstops"]} >= {"%H:%M", "%-d %b", "%b", "%Y"}
