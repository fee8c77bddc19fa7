"""The wall's address: what it says, what it passes over, and that nothing gets lost on the way there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.wall_selection import MOST_PAGES, MOST_SEARCH_CHARS, Show, WallSelection, folded

words = st.text(max_size=MOST_SEARCH_CHARS).map(lambda text: " ".join(text.split())).filter(str.isprintable)
selections = st.builds(
    WallSelection,
    show=st.sampled_from(Show),
    course_id=st.none() | st.integers(1, 999_999_999),
    tag=words,
    search=words,
    page=st.integers(1, MOST_PAGES),
)


class TestQuery:
    @given(selections)
    def test_what_was_written_is_read_again(self, selection):
        assert WallSelection.parse(selection.query) == selection

    def test_the_usual_leaves_no_trace(self):
        assert WallSelection().query == ""
        assert WallSelection().address == "/"

    def test_it_is_readable(self):
        selection = WallSelection(Show.STARRED, 3, "kiln", "otter & co", 2)
        assert selection.address == "/?show=starred&course=3&tag=kiln&q=otter%20%26%20co&page=2"


class TestParse:
    @pytest.mark.parametrize(
        "query",
        [
            *(None, "", "?", "?show=everything", "?course=x", "?course=-1", "?course=0", "?course=٣", "?page=0"),
            *("?page=1e9", "?page=99999999999", "?q=%20", "?other=1", "?kiosk=1&rotate=20", "?show=&tag=&q="),
        ],
    )
    def test_what_it_does_not_know_it_passes_over(self, query):
        assert WallSelection.parse(query) == WallSelection()

    @given(st.text())
    def test_nothing_makes_it_fail(self, query):
        found = WallSelection.parse(query)
        assert WallSelection.parse(found.query) == found

    def test_of_a_long_search_the_beginning_counts(self):
        assert len(WallSelection.parse(f"?q={'a' * 500}").search) == MOST_SEARCH_CHARS


class TestBut:
    def test_another_filter_begins_with_its_first_page(self):
        assert WallSelection(page=4, tag="kiln").but(search="otter") == WallSelection(tag="kiln", search="otter")

    def test_another_page_keeps_the_rest(self):
        assert WallSelection(Show.MINE).but(page=2) == WallSelection(Show.MINE, page=2)

    @pytest.mark.parametrize(
        ("selection", "is_whole"),
        [
            (WallSelection(), True),
            (WallSelection(page=3), True),
            (WallSelection(Show.MINE), False),
            (WallSelection(search="a"), False),
        ],
    )
    def test_the_whole_wall_has_no_filter_on_any_page(self, selection, is_whole):
        assert selection.is_whole is is_whole


class TestFolded:
    @pytest.mark.parametrize(
        ("text", "as_found"), [("Zürich", "zurich"), ("STRASSE", "strasse"), ("Straße", "strasse"), ("Ærø", "ærø")]
    )
    def test_case_and_accents_do_not_count(self, text, as_found):
        assert folded(text) == as_found

    def test_a_search_is_words_that_must_all_be_found(self):
        assert WallSelection(search="Otter  KILN").words == ("otter", "kiln")
