"""What a feed may be called. The refused names are a table in tests/ingest/test_checking.py."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from domain.names import MOST_NAME_CHARS, fault_in, normal


class TestNormal:
    def test_both_spellings_of_a_letter_are_one_name(self):
        assert normal("Gro\u0308ße") == "Größe"

    def test_a_plain_name_stays_as_it_is(self):
        assert normal("temperature") == "temperature"


class TestFaultIn:
    def test_a_usual_name_has_none(self):
        assert fault_in("soil moisture") is None

    def test_a_decomposed_name_is_told_so(self):
        assert fault_in("Gro\u0308ße") == "is not in Unicode's composed form (NFC)"

    @given(st.text(max_size=70))
    def test_what_passes_can_be_shown_and_stored(self, name):
        if fault_in(name) is None:
            assert name.isprintable()
            assert 0 < len(name.strip()) == len(name) <= MOST_NAME_CHARS
            assert name.encode()
            assert normal(name) == name
