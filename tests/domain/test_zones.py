from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import zones
from domain.errors import Invalid
from domain.timespan import DAY, HOUR, MINUTE, TimeSpan, from_datetime

PLACES = ("America/Los_Angeles", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo", "UTC")
LOS_ANGELES = ZoneInfo("America/Los_Angeles")
each_place = pytest.mark.parametrize("place", PLACES)
days = st.dates(date(1995, 1, 1), date(2035, 12, 31))
instants = st.integers(from_datetime(datetime(1995, 1, 1, tzinfo=UTC)), from_datetime(datetime(2035, 1, 1, tzinfo=UTC)))


class TestZoneNamed:
    @pytest.mark.parametrize(
        "name", ["", "PST", "Mars/Olympus", "../etc/passwd", "/usr", "Etc/GMT+5", "utc", "Europe/"]
    )
    def test_what_is_no_place_is_refused(self, name):
        with pytest.raises(Invalid, match="no time zone"):
            zones.zone_named(name)

    @each_place
    def test_a_place_is_one(self, place):
        assert zones.zone_named(place).key == place


class TestDay:
    @pytest.mark.parametrize(
        ("on", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 11, 2), 24)]
    )
    def test_it_is_as_long_as_the_clocks_make_it(self, on, hours):
        assert zones.day(on, LOS_ANGELES).length == hours * HOUR

    @each_place
    @given(on=days)
    def test_days_follow_each_other_without_a_gap(self, place, on):
        zone = ZoneInfo(place)
        assert zones.day(on, zone).end == zones.day(on + timedelta(days=1), zone).start

    @each_place
    @given(at=instants)
    def test_every_instant_is_in_the_day_that_the_calendar_there_shows(self, place, at):
        zone = ZoneInfo(place)
        day = zones.day(zones.local(at, zone).date(), zone)
        assert day.start <= at < day.end

    def test_where_clocks_leap_over_midnight_the_day_begins_after_it(self):
        start = zones.start_of_day(date(2018, 11, 4), ZoneInfo("America/Sao_Paulo"))
        assert zones.local(start, ZoneInfo("America/Sao_Paulo")).hour == 1


class TestInstant:
    @each_place
    @given(at=instants)
    def test_it_is_the_first_instant_at_which_the_clocks_say_so(self, place, at):
        zone = ZoneInfo(place)
        said = zones.local(at, zone).replace(tzinfo=None)
        found = zones.instant(said, zone)
        assert found <= at
        assert zones.local(found, zone).replace(tzinfo=None) == said


class TestChanges:
    @each_place
    @given(start=instants, length=st.integers(1, 800 * DAY))
    def test_they_are_where_the_offset_is_another_a_microsecond_before(self, place, start, length):
        zone, span = ZoneInfo(place), TimeSpan(start, start + length)
        for at in zones.changes(zone, span):
            assert zones.offset_us(zone, at - 1) != zones.offset_us(zone, at)

    def test_a_year_there_has_two_and_one_in_utc_none(self):
        year = TimeSpan(
            from_datetime(datetime(2026, 1, 1, tzinfo=UTC)), from_datetime(datetime(2027, 1, 1, tzinfo=UTC))
        )
        assert [zones.local(at, LOS_ANGELES).strftime("%m-%d") for at in zones.changes(LOS_ANGELES, year)] == [
            "03-08",
            "11-01",
        ]
        assert zones.changes(ZoneInfo("UTC"), year) == []


class TestNames:
    @pytest.mark.parametrize(
        ("place", "name"),
        [("America/Los_Angeles", "PST"), ("Asia/Kathmandu", "UTC+05:45"), ("UTC", "UTC"), ("Europe/Berlin", "CET")],
    )
    def test_letters_where_a_zone_has_them_else_its_offset(self, place, name):
        winter = from_datetime(datetime(2026, 1, 15, tzinfo=UTC))
        assert zones.abbreviation(ZoneInfo(place), winter) == name

    def test_an_offset_has_its_sign(self):
        assert zones.offset_name(LOS_ANGELES, 0) == "UTC-08:00"
        assert zones.offset_us(ZoneInfo("Asia/Kathmandu"), 10**15) == 5 * HOUR + 45 * MINUTE


class TestTimes:
    noon = from_datetime(datetime(2026, 11, 20, 11, tzinfo=UTC))

    def test_they_are_what_the_clocks_there_say(self):
        assert zones.times([self.noon], ZoneInfo("Europe/Berlin")) == ["12:00:00"]

    def test_over_several_days_the_day_stands_before(self):
        assert zones.times([self.noon, self.noon + DAY], ZoneInfo("Europe/Berlin")) == [
            "20 Nov 12:00:00",
            "21 Nov 12:00:00",
        ]
