from __future__ import annotations

import pytest

from dashapp.showing import Showing, next_of
from domain.errors import Invalid
from domain.selection import MOST_OVERLAYS, Overlay, Range, Selection, Smooth, Smoothing
from domain.timespan import MINUTE
from tests.builders import NOW

PAST = Range("2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z")
CLOSER = Range("2026-11-20T09:10:00Z", "2026-11-20T09:20:00Z")


def showing(**more):
    values = {"channel_id": 7, "version": 3, "drawing": 0, "selection": Selection(), "own_zone": "UTC", "since": 41}
    return Showing(**(values | more))


def after(*ranges):
    """What is shown after these ranges were chosen one after the other."""
    found = None
    for order, range_ in enumerate(ranges):
        found = next_of(found, showing(selection=Selection(range_), since=41 + order))
    return found


class TestKept:
    def test_it_survives_the_browser(self):
        selection = Selection(
            PAST, "Europe/Berlin", frozenset({"door"}), Smoothing(Smooth.RATE, MINUTE), (Overlay(9, "t"),)
        )
        whole = showing(selection=selection, first_at=NOW, trail=("?from=now-1h",), overlays=((9, 4),), shift_us=3)
        assert Showing.read(whole.kept()) == whole

    @pytest.mark.parametrize("kept", [None, {}, {"page": "channel"}])
    def test_nothing_drawn_is_nothing(self, kept):
        assert Showing.read(kept) is None

    @pytest.mark.parametrize("wrong", [{"query": "?from=never"}, {"own_zone": "../etc/passwd"}])
    def test_what_was_tampered_with_is_refused(self, wrong):
        with pytest.raises(Invalid):
            Showing.read(showing().kept() | wrong)

    def test_more_overlays_than_a_page_has_are_not_followed(self):
        kept = showing().kept() | {"overlays": [[9, 4]] * 10_000}
        assert len(Showing.read(kept).overlays) == MOST_OVERLAYS


class TestLeavingLive:
    def test_what_came_since_is_counted_from_the_moment_it_stood_still(self):
        assert after(Range(), PAST).since == 42
        assert after(Range(), PAST, CLOSER).since == 42

    def test_resuming_looks_back_as_far_as_before(self):
        assert after(Range("now-6h"), PAST, CLOSER).resumed.range == Range("now-6h")

    def test_a_page_that_was_opened_on_the_past_resumes_with_the_usual_range(self):
        assert after(PAST).resumed.range == Range()

    def test_resuming_keeps_hidden_feeds(self):
        assert showing(selection=Selection(PAST, hidden=frozenset({"door"}))).resumed.hidden == {"door"}


class TestTrail:
    def test_each_zoom_can_be_taken_back(self):
        zoomed = after(Range(), PAST, CLOSER)
        assert zoomed.trail == ("", Selection(PAST).query)
        assert next_of(zoomed, showing(selection=Selection(PAST))).trail == ("",)

    def test_following_again_ends_it(self):
        assert after(Range(), PAST, Range()).trail == ()

    def test_another_lens_is_no_zoom(self):
        still = showing(selection=Selection(PAST))
        assert next_of(still, showing(selection=Selection(PAST, lens="statistics"))).trail == ()

    def test_another_channel_has_no_past(self):
        assert next_of(after(Range(), PAST), showing(channel_id=8, selection=Selection(CLOSER))).trail == ()


class TestFrame:
    def test_another_range_or_lens_is_changed_in_place(self):
        assert showing().frame == showing(selection=Selection(PAST, lens="xy"), shift_us=9, drawing=4).frame

    @pytest.mark.parametrize(
        "other",
        [
            {"version": 4},
            {"selection": Selection(hidden=frozenset({"door"}))},
            {"selection": Selection(smoothing=Smoothing(Smooth.MEAN, MINUTE))},
            {"overlays": ((9, 4),)},
            {"waits": True},
        ],
    )
    def test_other_traces_are_laid_out_anew(self, other):
        assert showing().frame != showing(**other).frame


class TestAsked:
    def test_everything_begins_at_an_instant_for_the_live_path(self):
        asked = showing(selection=Selection(Range("first")), first_at=NOW).asked
        assert asked.range == Range("2026-11-20T10:00:00Z")
        assert asked.range.is_live

    def test_so_does_what_begins_there_and_ends_in_the_past(self):
        asked = showing(selection=Selection(Range("first", "2026-11-21")), first_at=NOW).asked
        assert asked.range == Range("2026-11-20T10:00:00Z", "2026-11-21")
