from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.incoming.texts import EMPTY_WORD, LONGEST_LINE, MOST_AT_ONCE, Lines, lines_of, unpacked


def lines(*pieces: bytes, encoding: str = "utf-8", separator: str = "") -> list[str]:
    return [line for some in lines_of(pieces, encoding, separator) for line in some]


class TestUnpacking:
    def test_what_is_not_packed_is_as_it_came(self):
        assert list(unpacked([b"ab", b"c"])) == [b"ab", b"c"]

    @pytest.mark.parametrize("size", [1, 7, 1000])
    def test_several_members_are_one_file_however_they_come(self, size):
        packed = gzip.compress(b"first ") + gzip.compress(b"second")
        pieces = (packed[at : at + size] for at in range(0, len(packed), size))
        assert b"".join(unpacked(pieces)) == b"first second"

    def test_a_little_at_a_time(self):
        assert max(map(len, unpacked([gzip.compress(b"x" * (MOST_AT_ONCE * 3))]))) <= MOST_AT_ONCE

    @pytest.mark.parametrize(("cut", "says"), [(slice(0, -4), "ends too early"), (slice(12, None), None)])
    def test_what_is_missing_is_told(self, cut, says):
        body = gzip.compress(b"x" * 100)[cut]
        if says is None:
            assert list(unpacked([body])) == [body]  # without its beginning it is no gzip
        else:
            with pytest.raises(Invalid, match=says):
                list(unpacked([body]))

    def test_damage_is_told(self):
        with pytest.raises(Invalid, match="damaged"):
            list(unpacked([b"\x1f\x8b\x08\x00" + b"\xff" * 40]))


class TestLines:
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_they_are_cut_where_they_end(self, end):
        assert lines(f"a{end}b{end}c".encode()) == [f"a{end}", f"b{end}", "c"]

    @given(st.lists(st.text(alphabet="aé漢\U0001f600", max_size=5)), st.integers(1, 9))
    def test_characters_may_be_cut_in_two(self, words, size):
        body = "".join(f"{word}\n" for word in words).encode()
        pieces = (body[at : at + size] for at in range(0, len(body), size))
        assert lines(*pieces) == [f"{word}\n" for word in words]

    @pytest.mark.parametrize("encoding", ["utf-8", "windows-1252"])
    def test_what_cannot_be_decoded_becomes_half_a_character(self, encoding):
        (line,) = lines(b"\x81", encoding=encoding)
        assert line == "\udc81"

    def test_a_row_of_a_table_is_not_cut_within_quotes(self):
        assert ["".join(some) for some in lines_of([b'1,"a\n', b'b"\n2,c\n'], "utf-8", ",")] == ['1,"a\nb"\n2,c\n']

    def test_two_quotes_are_a_word_without_characters(self):
        assert lines(b'"",a,"","x""y"\n', separator=",") == [f'{EMPTY_WORD},a,{EMPTY_WORD},"x""y"\n']
        assert lines(b'""\n') == ['""\n']

    def test_an_endless_one_is_refused(self):
        with pytest.raises(Invalid, match="a million characters"):
            lines(b"x" * LONGEST_LINE, b"x")


def test_a_chunk_ends_where_enough_was_gone_through():
    found = Lines((b"x\n" for _ in range(100)), "utf-8")
    found.begin()
    taken = 0
    for _ in found:
        taken += 1
        if found.is_enough:
            break
    assert 1 < taken < 100
    found.begin()
    assert not found.is_enough
