from __future__ import annotations

from contextlib import suppress
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.selection import LENSES, Overlay, Range, Selection, Smooth, Smoothing
from domain.timespan import DAY, HOUR, MINUTE, SECOND, TimeSpan
from tests.builders import NOW

UTC, LOS_ANGELES = ZoneInfo("UTC"), ZoneInfo("America/Los_Angeles")
names = st.from_regex(r"[a-z_][a-z0-9_.-]{0,20}", fullmatch=True)
starts = st.one_of(
    st.sampled_from(["now-15m", "now-1h", "first", "2026-03-08", "2026-03-08T14:05:00Z"]),
    st.integers(1, 10_000).map(lambda minutes: f"now-{minutes}m"),
)
selections = st.builds(
    Selection,
    range=st.builds(Range, start=starts, end=st.sampled_from(["now", "2026-03-09", "2026-11-20T10:00:00.25Z"])),
    zone=st.sampled_from([None, "UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"]),
    hidden=st.frozensets(names, max_size=4),
    smoothing=st.none()
    | st.builds(Smoothing, st.sampled_from(list(Smooth)), st.integers(1, 100_000).map(lambda s: s * SECOND)),
    overlays=st.lists(st.builds(Overlay, st.integers(1, 999_999_999), names), max_size=3, unique=True).map(tuple),
    lens=st.sampled_from(LENSES),
    x=names | st.just(""),
    y=names | st.just(""),
    bins=st.none() | st.integers(1, 80),
)


class TestQuery:
    @given(selections)
    def test_a_link_shows_the_same_everywhere(self, selection):
        assert Selection.parse(selection.query) == selection

    def test_the_usual_needs_no_words(self):
        assert Selection().query == ""
        assert Selection.parse(None) == Selection.parse("") == Selection.parse("?") == Selection()

    def test_it_reads_like_a_sentence(self):
        selection = Selection(
            Range("2026-03-08T14:05:00Z", "2026-03-08T15:00:00Z"),
            zone="America/Los_Angeles",
            smoothing=Smoothing(Smooth.MEAN, 10 * MINUTE),
            lens="histogram",
        )
        assert selection.query == (
            "?from=2026-03-08T14:05:00Z&to=2026-03-08T15:00:00Z&zone=America/Los_Angeles&smooth=mean&over=10m"
            "&lens=histogram"
        )

    def test_what_it_does_not_know_it_passes_over(self):
        assert Selection.parse("?utm_source=mail&lens=crystal-ball&from=now-1h") == Selection(Range("now-1h"))

    @pytest.mark.parametrize(
        "query",
        [
            "?from=yesterday",
            "?to=tomorrow",
            "?from=2026-03-09&to=2026-03-08",
            "?zone=Mars/Olympus",
            "?smooth=magic",
            "?smooth=mean&over=long",
            "?smooth=mean&over=60d",
            "?overlay=temperature",
            "?overlay=0.temperature",
        ],
    )
    def test_what_cannot_be_shown_is_refused_in_words(self, query):
        with pytest.raises(Invalid) as refused:
            Selection.parse(query)
        assert refused.value.hint

    @given(st.text(max_size=80))
    def test_whatever_is_written_it_is_understood_or_refused(self, written):
        with suppress(Invalid):
            Selection.parse(written)

    def test_too_many_fields_are_refused(self):
        with pytest.raises(Invalid):
            Selection.parse("?" + "&".join(["x=1"] * 51))


class TestSpan:
    def test_a_rolling_range_ends_with_the_present_microsecond(self):
        assert Range().span(NOW, UTC) == TimeSpan.last(15 * MINUTE, NOW)

    def test_a_date_is_a_day_of_the_zone(self):
        assert Range("2026-03-08", "2026-03-08").span(NOW, LOS_ANGELES).length == 23 * HOUR

    def test_today_begins_at_midnight_there_and_goes_on(self):
        today = Range("2026-11-20", "now")
        assert today.is_live
        assert not today.is_rolling
        assert today.span(NOW, LOS_ANGELES).start == NOW - 2 * HOUR

    def test_everything_begins_with_the_first_reading(self):
        assert Range("first").span(NOW, UTC, first_at=NOW - DAY).start == NOW - DAY

    def test_of_a_channel_without_a_reading_it_is_the_last_minute(self):
        assert Range("first").span(NOW, UTC).length == MINUTE

    @given(st.integers(0, NOW), st.integers(1000, 10**12))
    def test_a_span_survives_to_the_millisecond(self, start, length):
        found = Range.of(TimeSpan(start, start + length)).span(NOW, UTC)
        assert abs(found.start - start) <= 500
        assert abs(found.end - start - length) <= 1000
        assert found.length >= 1000


class TestOver:
    def test_dates_take_their_zone_with_them(self):
        assert Selection().over(Range("2026-03-08", "2026-03-08"), "Europe/Berlin").zone == "Europe/Berlin"

    def test_what_is_the_same_everywhere_does_not(self):
        assert Selection().over(Range("now-1h"), "Europe/Berlin").zone is None


def test_a_feed_is_left_out_and_taken_in_again():
    assert Selection().toggled("door").hidden == {"door"}
    assert Selection().toggled("door").toggled("door") == Selection()
