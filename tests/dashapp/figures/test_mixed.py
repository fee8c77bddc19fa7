"""The marks of the words that came to a feed of numbers."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dashapp.figures import mixed
from dashapp.figures.clock import clock_of
from dashapp.figures.palette import word_colour
from domain import zones
from domain.readings import Kind, Series, Word
from domain.timespan import HOUR, SECOND
from tests.dashapp.shapes import SPAN, feed, seconds

UTC = clock_of(SPAN, zones.zone_named("UTC"))


def marks(*words: Word, clock=UTC, panel: str = "y") -> dict:
    return mixed.marks(Series(feed(kind=Kind.MIXED), words=list(words)), SPAN, clock, panel)


def said(*words: tuple[float, str]) -> list[Word]:
    """Words so many seconds before the end of the span."""
    return [Word(at, text) for (ago, text) in words for at in seconds(ago)]


class TestMarks:
    def test_each_stands_where_its_word_came_in_the_colour_of_the_word(self):
        [word] = said((60, "calibrating"))
        trace = marks(word)
        assert trace["x"] == [word.at / 1000]
        assert trace["marker"]["color"] == [word_colour("calibrating")]
        assert trace["hovertext"] == ["calibrating"]

    def test_it_is_drawn_on_the_clock_of_the_zone(self):
        [word] = said((60, "calibrating"))
        there = clock_of(SPAN, zones.zone_named("Asia/Tokyo"))
        assert marks(word, clock=there)["x"] == [(word.at + 9 * HOUR) / 1000]

    def test_it_stands_on_an_axis_of_its_own_over_its_panel(self):
        assert marks(panel="y2")["yaxis"] == "y72"
        assert mixed.axis("y2")["overlaying"] == "y2"
        assert marks()["yaxis"] == "y71"

    def test_the_trace_is_there_without_a_word_as_well(self):
        assert marks()["x"] == []

    def test_what_one_mark_tells_besides_is_said(self):
        assert marks(Word(SPAN.start, "error", 12))["hovertext"] == ["error (and 12 more just before)"]

    def test_a_word_from_a_board_is_not_markup(self):
        trace = marks(*said((60, "<b>x</b>")))
        assert "<" not in trace["hovertext"][0] + trace["text"][0]

    def test_many_marks_have_no_uprights_that_hide_the_line(self):
        few, many = (said(*((ago, "x") for ago in range(count, 0, -1))) for count in (3, mixed.MOST_UPRIGHTS + 1))
        assert marks(*few)["error_y"]["visible"]
        assert not marks(*many)["error_y"]["visible"]

    def test_all_columns_are_equally_long(self):
        trace = marks(*said((60, "a"), (30, "b"), (1, "c")))
        columns = ("x", "y", "text", "textposition", "hovertext")
        assert {len(trace[name]) for name in columns} | {len(trace["marker"]["color"])} == {3}


class TestLabels:
    def test_a_word_alone_is_labelled(self):
        assert mixed.labels(said((60, "calibrating")), SPAN) == ["calibrating"]

    def test_a_neighbour_without_room_is_not(self):
        assert mixed.labels(said((800, "one"), (790, "two")), SPAN) == ["one", ""]

    def test_a_long_one_is_cut(self):
        [label] = mixed.labels(said((60, "x" * 500)), SPAN)
        assert len(label) == mixed.LONGEST_LABEL

    @given(st.lists(st.integers(SPAN.start, SPAN.end - 1), unique=True, max_size=30).map(sorted))
    def test_none_runs_into_another_or_out_of_the_chart(self, instants):
        words = [Word(at, "word") for at in instants]
        room = round(SPAN.length * mixed.ROOM_FOR_LABEL)
        taken = [
            (at, at + room) if 2 * at < SPAN.start + SPAN.end else (at - room, at)
            for at, label in zip(instants, mixed.labels(words, SPAN), strict=True)
            if label
        ]
        assert all(before[1] <= after[0] for before, after in pairwise(taken))
        assert all(SPAN.start <= start and end <= SPAN.end for start, end in taken)
        assert bool(taken) == bool(instants)

    def test_the_shortest_span_has_room_for_one(self):
        assert mixed.labels([Word(SPAN.end - SECOND, "word")], SPAN) == ["word"]
