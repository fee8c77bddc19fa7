"""The wording and the place of a complaint."""

from __future__ import annotations

import pytest

from domain.errors import Complaint
from ingest.faults import Fault, member_pointer, pointer_to, quoted, refusal

FAULT = Fault("a null is not a reading", "Leave the feed out.", "null")


class TestFault:
    @pytest.mark.parametrize(
        ("subject", "row", "detail"),
        [
            ('feed "door"', 2, 'Row 3, feed "door": a null is not a reading.'),
            ('feed "door"', None, 'Feed "door": a null is not a reading.'),
            ("", 0, "Row 1: a null is not a reading."),
            ("", None, "A null is not a reading."),
        ],
    )
    def test_it_is_a_sentence_that_says_where(self, subject, row, detail):
        assert FAULT.at(subject, row=row, pointer="/x") == Complaint("/x", detail, "Leave the feed out.", "null")


class TestRefusal:
    def test_one_complaint_speaks_for_itself(self):
        complaint = FAULT.at('"at"', row=None, pointer="/at")
        error = refusal([complaint])
        assert (error.detail, error.hint, error.pointer) == (complaint.detail, complaint.hint, "/at")

    def test_the_first_of_several_says_how_many_there_are(self):
        assert refusal([FAULT.at("", row=row, pointer="") for row in range(4)]).detail.endswith("And 3 more.")


class TestPointers:
    def test_row_and_name_are_filled_in_and_escaped(self):
        assert pointer_to("/{row}/values/{feed}", 2, "a/b~c") == "/2/values/a~1b~0c"

    def test_members_are_below_their_row(self):
        assert member_pointer(3, "at") == "/3/at"
        assert member_pointer(None, "at") == "/at"
        assert member_pointer(None) == ""


class TestQuoted:
    @pytest.mark.parametrize(
        ("text", "shown"), [("warm", '"warm"'), ("a\n", '"a\\x0a"'), ("\u202e", '"\\u202e"'), ("\ud800", '"\\ud800"')]
    )
    def test_invisible_characters_are_escaped(self, text, shown):
        assert quoted(text) == shown

    def test_long_texts_are_cut(self):
        assert len(quoted("x" * 10_000)) == 42
