"""Rows of feeds as they are being written."""

from __future__ import annotations

import pytest

from dashapp.feed_drafts import AUTOMATIC, BRIEF, FULL, OWN, Cell, Draft, Press, after_press, of_feed, with_one_more
from domain.describing import WantedFeed
from domain.readings import Kind

ROWS = [Draft(4, "a"), Draft(7, "b"), Draft(-1, "c")]


def order(drafts) -> list[int]:
    return [draft.of for draft in drafts]


class TestAfterPress:
    @pytest.mark.parametrize(
        ("press", "of", "expected"),
        [
            (Press.UP, 7, [7, 4, -1]),
            (Press.UP, 4, [4, 7, -1]),
            (Press.DOWN, 4, [7, 4, -1]),
            (Press.DOWN, -1, [4, 7, -1]),
            (Press.REMOVE, 7, [4, -1]),
            (Press.REMOVE, 99, [4, 7, -1]),
        ],
    )
    def test_the_rows_stand_in_the_new_order(self, press, of, expected):
        assert order(after_press(ROWS, press, of)) == expected


class TestWithOneMore:
    @pytest.mark.parametrize(("rows", "added"), [([], -1), (ROWS, -2), (ROWS[:2], -1)])
    def test_a_new_row_has_a_number_of_its_own(self, rows, added):
        assert order(with_one_more(rows)) == [*order(rows), added]


class TestADraft:
    @pytest.mark.parametrize(
        "feed",
        [
            WantedFeed(7, "temperature", Kind.NUMBER, "°C", "Kiln", "#0072b2", 2, True),
            WantedFeed(7, "temperature", colour="#123456", decimals=0),
            WantedFeed(7, "door", Kind.TEXT),
        ],
    )
    def test_a_feed_left_as_it_is_is_wanted_as_it_is(self, feed):
        assert of_feed(feed).wanted() == feed

    def test_an_own_colour_counts_only_where_it_is_chosen(self):
        assert Draft(7, colour=AUTOMATIC, own="#123456").wanted().colour is None
        assert Draft(7, colour=OWN, own="#123456").wanted().colour == "#123456"

    @pytest.mark.parametrize(("written", "meant"), [("", None), (None, None), (0, 0), ("3", 3), (2.5, -1), ("x", -1)])
    def test_decimals_are_a_whole_number_or_a_fault(self, written, meant):
        assert Draft(7, decimals=written).wanted().decimals == meant

    def test_a_row_nothing_was_written_in_is_blank(self):
        assert Draft(-1, " ", unit=None).is_blank
        assert not Draft(-1, unit="K").is_blank
        assert not Draft(7).is_blank


class TestForm:
    @pytest.mark.parametrize("form", [BRIEF, FULL], ids=lambda form: form.page)
    def test_it_reads_the_rows_as_the_browser_has_them(self, form):
        ids = [form.id_of(form.cells[0], of) for of in (7, -1)]
        named = {Cell.NAME: ["a", "b"], Cell.KIND: ["text", "number"], Cell.SHOWN: [True, False]}
        columns = [named.get(cell, ["", ""]) for cell in form.cells]
        found = form.drafts([ids, *columns])
        assert [(draft.of, draft.name, draft.kind) for draft in found] == [(7, "a", "text"), (-1, "b", "number")]

    def test_no_row_is_no_draft(self):
        assert FULL.drafts([[] for _ in FULL.states()]) == []
