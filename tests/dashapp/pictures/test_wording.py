from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from dashapp.pictures.wording import detail_words, source_words, span_words
from domain import zones
from domain.selection import Smooth, Smoothing
from domain.timespan import DAY, HOUR, MINUTE, TimeSpan, from_datetime
from tests.dashapp.shapes import feed, numbers, seconds, summed

PACIFIC = ZoneInfo("America/Los_Angeles")
NOON = from_datetime(datetime(2026, 11, 20, 20, tzinfo=UTC))


class TestSpanWords:
    def test_within_a_day_the_day_is_said_once(self):
        assert span_words(TimeSpan(NOON, NOON + HOUR), PACIFIC) == "20 Nov 2026, 12:00:00 – 13:00:00 PST"

    def test_over_midnight_both_days_are(self):
        assert span_words(TimeSpan(NOON, NOON + DAY), PACIFIC) == "20 Nov 2026, 12:00 – 21 Nov 2026, 12:00 PST"

    def test_where_the_clocks_change_both_ends_say_what_holds(self):
        day = zones.day(date(2026, 3, 8), PACIFIC)
        assert span_words(day, PACIFIC) == "8 Mar 2026, 00:00 PST – 9 Mar 2026, 00:00 PDT"


class TestDetailWords:
    def test_readings_need_no_words(self):
        assert detail_words([numbers(feed(), seconds(2, 1), [1.0, 2.0])], None) == ""

    def test_summaries_say_of_how_long(self):
        said = detail_words([summed(feed(), seconds(20, 10), [1, 1], [2, 2], [3, 3])], None)
        assert said == "means of 10 seconds, shaded from smallest to largest"

    def test_a_smoothed_line_says_how(self):
        assert detail_words([], Smoothing(Smooth.MEAN, 10 * MINUTE)) == "Mean over 10 minutes"


class TestSourceWords:
    def test_a_long_address_is_cut_and_the_instant_is_not(self):
        said = source_words("https://labfeed.example.edu/channels/7?" + "x" * 300, NOON, PACIFIC, 80)
        assert len(said) == 80
        assert said.endswith("…  ·  drawn 20 Nov 2026, 12:00:00 PST")
