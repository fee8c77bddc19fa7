"""What an editor wrote and has not saved: one change a reading, refused where the feed cannot hold it."""

from __future__ import annotations

import pytest

from dashapp.components.readings_grid import Clock
from dashapp.lenses.table_changes import Drafts, done, in_cells, said, without_rows, written
from domain.corrections import Change, PutRight
from domain.errors import Invalid
from domain.readings import Feed, Kind
from domain.timespan import HOUR, TimeSpan
from domain.zones import zone_named
from tests.builders import NOW
from tests.dashapp.shapes import as_json, texts

FEEDS = (
    Feed(1, 7, "temperature", "Temperature", Kind.NUMBER, "°C", None, None, 0),
    Feed(2, 7, "door", "Door", Kind.TEXT, None, None, None, 1),
)
CLOCK = Clock(zone_named("UTC"), TimeSpan(NOW - HOUR, NOW), NOW)
NONE = Drafts(7)


def write(drafts: Drafts, to: str | None, *, feed: int = 1, was: str | None = "20", **cells: str) -> Drafts:
    event = {"colId": f"f{feed}", "value": to, "oldValue": was, "data": {"at": str(NOW), **cells}}
    return written(drafts, FEEDS, event, CLOCK)


class TestWritten:
    def test_a_cell_that_was_written_into_is_a_correction(self):
        assert write(NONE, "21").changes == (Change(1, NOW, "20", "21"),)

    @pytest.mark.parametrize("emptied", [None, ""])
    def test_an_emptied_one_is_a_deletion(self, emptied):
        assert write(NONE, emptied).changes == (Change(1, NOW, "20", None),)

    def test_of_a_rounded_reading_every_digit_is_known(self):
        assert write(NONE, "21", x1="20.004").changes == (Change(1, NOW, "20.004", "21"),)

    def test_the_last_of_two_holds_and_what_is_stored_is_not_forgotten(self):
        drafts = write(NONE, "21")
        assert write(drafts, "22", was="21", x1="20").changes == (Change(1, NOW, "20", "22"),)

    def test_written_back_it_is_no_change(self):
        assert write(write(NONE, "21"), "20", was="21", x1="20").changes == ()

    def test_words_are_not_for_a_feed_of_numbers(self):
        with pytest.raises(Invalid, match="is not a number"):
            write(NONE, "warm")
        assert write(NONE, "warm", feed=2).changes == (Change(2, NOW, "20", "warm"),)

    def test_where_there_was_no_reading_none_is_made(self):
        with pytest.raises(Invalid, match="no reading"):
            write(NONE, "21", was=None)

    def test_a_column_that_is_no_feed_changes_nothing(self):
        assert write(NONE, "21", feed=9) is NONE


class TestDrafts:
    def test_they_are_kept_in_the_browser(self):
        drafts = write(write(NONE, "21"), None, feed=2)
        assert Drafts.read(drafts.data, 7) == drafts

    def test_those_of_another_channel_are_not_taken_over(self):
        assert Drafts.read(write(NONE, "21").data, 8) == Drafts(8)

    def test_selected_rows_are_deleted_with_all_their_readings(self):
        rows = [{"at": str(NOW), "f1": "20", "x1": "20.004", "f2": ""}, {"at": str(NOW + 1), "f1": "0"}]
        assert without_rows(NONE, FEEDS, rows).changes == (
            Change(1, NOW, "20.004", None),
            Change(2, NOW, "", None),
            Change(1, NOW + 1, "0", None),
        )

    def test_cells_show_them_and_keep_what_is_stored(self):
        drafts = write(write(NONE, "21"), None, feed=2, was="open")
        cells = in_cells(drafts, {"at": str(NOW), "f1": "20", "f2": "open"})
        assert cells == {"at": str(NOW), "f1": "21", "x1": "20", "f2": "", "x2": "open"}

    def test_cells_of_other_instants_stay(self):
        cells = {"at": str(NOW + 1), "f1": "20"}
        assert in_cells(write(NONE, "21"), cells) == cells


class TestSaid:
    def words(self, drafts: Drafts, refused: Invalid | None = None) -> str:
        return " ".join(" ".join(texts(as_json(said(drafts, FEEDS, CLOCK, refused)))).split())

    def test_a_correction_says_from_what_to_what(self):
        assert self.words(write(NONE, "21")) == ("1 change not saved yet Temperature, 20 Nov 10:00:00.00: 20 → 21")

    def test_of_many_the_last_are_said(self):
        rows = [{"at": str(NOW + each), "f1": "20"} for each in range(8)]
        assert "8 changes not saved yet" in self.words(without_rows(NONE, FEEDS, rows))
        assert "and 2 more" in self.words(without_rows(NONE, FEEDS, rows))

    def test_what_was_refused_is_said_with_its_cure(self):
        assert self.words(NONE, Invalid("No.", hint="Do this.")) == "No. Do this."

    def test_without_either_nothing_is_said(self):
        assert said(NONE, FEEDS, CLOCK, None) == []

    @pytest.mark.parametrize(
        ("result", "sentence"),
        [
            (PutRight(1, 0), "1 reading corrected."),
            (PutRight(0, 2), "2 readings deleted."),
            (PutRight(2, 1), "2 readings corrected, 1 reading deleted."),
        ],
    )
    def test_what_was_done(self, result, sentence):
        assert done(result) == sentence
