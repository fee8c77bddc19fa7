from __future__ import annotations

import csv
import gzip
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.downloads import Shape
from domain.errors import Invalid
from domain.imports import Mapping, Source
from domain.incoming.files import opened
from domain.readings import Kind, NewEntry, NewReading, Position
from tests.builders import NOW

AT = "2026-03-01T10:00:00Z"
TEN = 1_772_359_200_000_000
KINDS = {"t": Kind.NUMBER, "door": Kind.TEXT, "probe": Kind.MIXED}
WIDE = Mapping(sources=(Source("t", "t", place=1), Source("door", "door", place=2), Source("probe", "probe", place=3)))
TIDY = Mapping(
    shape=Shape.TIDY, feed=1, value=2, text=3, sources=tuple(Source(name, name) for name in ("t", "door", "probe"))
)


def read(text: str | bytes, told: Mapping = WIDE, *, most: int = 5000, piece: int = 7):
    """(entries by line, sentences) of a whole file that comes in small pieces."""
    body = text if isinstance(text, bytes) else text.encode()
    file = opened(told, KINDS, (body[at : at + piece] for at in range(0, len(body), piece)), NOW, most)
    entries: list = []
    sentences: list = []
    while (chunk := file.next()) is not None:
        entries += zip(chunk.lines, chunk.entries, strict=True)
        sentences += [fault.sentence for fault in chunk.faults]
        assert chunk.bad == len(chunk.faults)
    return entries, sentences


def wide(*rows: str, **more):
    return read("time,t,door,probe\r\n" + "".join(f"{row}\r\n" for row in rows), **more)


def values(entries) -> list[list[tuple]]:
    return [[tuple(reading) for reading in entry.readings] for _, entry in entries]


class TestWide:
    def test_a_row_is_an_entry(self):
        found, faults = wide(f"{AT},21.5,open,3")
        assert found == [
            (
                2,
                NewEntry(
                    TEN, [NewReading("t", 21.5, None), NewReading("door", None, "open"), NewReading("probe", 3.0, None)]
                ),
            )
        ]
        assert faults == []

    def test_an_empty_cell_is_no_reading_and_two_quotes_are_an_empty_word(self):
        found, _ = wide(f'{AT},,"",', f"{AT},1,,", f'{AT},"",,""')
        assert values(found) == [[("door", None, "")], [("t", 1.0, None)], [("probe", None, "")]]

    def test_zero_is_a_reading(self):
        assert values(wide(f"{AT},0,0,-0")[0]) == [[("t", 0.0, None), ("door", None, "0"), ("probe", 0.0, None)]]

    @pytest.mark.parametrize("none", ["NaN", "NA", " ", "null", "-inf"])
    def test_no_number_is_no_reading(self, none):
        assert values(wide(f"{AT},{none},open,")[0]) == [[("door", None, "open")]]

    def test_guarded_words_are_as_they_were(self):
        assert values(wide(f"{AT},,'=1+1,''=x", f"{AT},,'plain,-5")[0]) == [
            [("door", None, "=1+1"), ("probe", None, "'=x")],
            [("door", None, "'plain"), ("probe", -5.0, None)],
        ]

    def test_words_keep_their_quotes_commas_and_lines(self):
        found, _ = wide(f'{AT},,"a ""b"", c\r\nd\ne\rf",', f"{AT},1,,")
        assert [line for line, _ in found] == [2, 6]
        assert values(found)[0] == [("door", None, 'a "b", c\r\nd\ne\rf')]

    def test_bad_rows_are_told_by_line_and_column_and_the_others_stay(self):
        found, faults = wide(f"{AT},21.4°,open,", "later,1,,", f"{AT},1", f"{AT},1,,,x", f"{AT},1e999,,", f"{AT},2,,")
        assert [line for line, _ in found] == [7]
        assert faults == [
            "Line 4: the row has 2 cells, the heading has 4.",
            "Line 5: the row has 5 cells, the heading has 4.",
            'Line 2, t: "21.4°" is not a number.',
            'Line 3: "later" is not a time.',
            "Line 6, t: the number is too great to be stored.",
        ]

    def test_empty_lines_and_empty_cells_too_many_are_nothing(self):
        found, faults = wide(f"{AT},1,,", "", ",,,", f"{AT},2,,,,")
        assert ([line for line, _ in found], faults) == ([2, 5], ["Line 4: there is no time."])

    def test_an_open_quote_is_told_where_it_is(self):
        found, faults = wide(f"{AT},1,,", f'{AT},2,"open', f"{AT},3,,")
        assert ([line for line, _ in found], faults) == (
            [2],
            ["Line 3: a quotation mark is opened here and never closed."],
        )

    def test_a_damaged_row_does_not_end_the_file(self):
        found, faults = wide(f'{AT},1,"a"b,', f"{AT},2,,")
        assert ([line for line, _ in found], len(faults)) == ([3], 1)

    def test_decimal_commas(self):
        told = WIDE.but(separator=";", decimal_comma=True)
        found, _ = read(f"time;t;door;probe\n{AT};21,5;1,5;1,5\n{AT};3;a,b;a,b\n", told)
        assert values(found) == [
            [("t", 21.5, None), ("door", None, "1,5"), ("probe", 1.5, None)],
            [("t", 3.0, None), ("door", None, "a,b"), ("probe", None, "a,b")],
        ]

    def test_status_and_position_belong_to_the_entry(self):
        told = Mapping(sources=(Source("t", "t", place=1),), status=2, position=(3, 4, 5))
        found, faults = read(f"time,t,s,la,lo,e\n{AT},1,on,48.1,11.5,\n{AT},,,,,\n{AT},2,,99,0,\n", told)
        assert [entry for _, entry in found] == [
            NewEntry(TEN, [NewReading("t", 1.0, None)], "on", Position(48.1, 11.5))
        ]
        assert faults == ["Line 4: the status or the position cannot be stored."]

    def test_what_is_not_in_the_encoding_is_a_bad_row(self):
        body = f"time,t,door,probe\n{AT},,caf\u00e9,\n".encode("cp1252")
        assert read(body)[1] == ["Line 2, door: the text is not in the encoding of the file."]
        assert values(read(body, WIDE.but(encoding="windows-1252"))[0]) == [[("door", None, "café")]]

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_line_ends_and_encodings(self, end, encoding):
        body = end.join(["time,t,door,probe", f"{AT},1,日本,", f"{AT},2,,", ""]).encode(encoding)
        told = WIDE.but(encoding="utf-16" if encoding == "utf-16" else "utf-8")
        assert len(read(body, told)[0]) == 2
        assert len(read(gzip.compress(body[:30]) + gzip.compress(body[30:]), told)[0]) == 2

    def test_an_endless_line_is_refused(self):
        with pytest.raises(Invalid, match="a million characters"):
            read("x" * (3 << 20), piece=1 << 18)


class TestTidy:
    def tidy(self, *rows: str):
        return read("time,feed,value,text\r\n" + "".join(f"{row}\r\n" for row in rows), TIDY)

    def test_neighbours_of_one_instant_are_one_entry(self):
        found, _ = self.tidy(f"{AT},t,1,", f"{AT},door,,open", f"{AT},t,2,")
        assert values(found) == [[("t", 1.0, None), ("door", None, "open")], [("t", 2.0, None)]]

    def test_a_number_keeps_its_spelling_and_a_word_need_have_no_characters(self):
        found, faults = self.tidy(f"{AT},t,21.5,21.50", f'{AT},door,,""', f"{AT},probe,,", f"{AT},t,21.5,22")
        assert values(found) == [[("t", 21.5, "21.50"), ("door", None, ""), ("probe", None, "")]]
        assert faults == ['Line 5: "22" is not how "21.5" is written.']

    def test_a_word_in_the_column_of_values_is_read_where_words_may_be(self):
        found, faults = self.tidy(f"{AT},door,open,", f"{AT},probe,off,", f"{AT},t,off,")
        assert values(found) == [[("door", None, "open"), ("probe", None, "off")]]
        assert faults == ['Line 4: "off" is not a number.']

    def test_feeds_that_are_left_out_are_passed_over(self):
        told = TIDY.but(text=-1, sources=(Source("t", "t"), Source("other", "")))
        found, faults = read(f"time,feed,value\n{AT},other,1\n{AT},t,2\n", told)
        assert (values(found), faults) == ([[("t", 2.0, None)]], [])

    def test_a_feed_that_is_not_imported_is_a_bad_row(self):
        assert self.tidy(f"{AT},other,1,")[1] == ["Line 2: the feed is not one of those that are imported."]


CELLS = st.text(alphabet=st.sampled_from("ab,\"\r\n '=;é\U0001f600"), max_size=12)


class TestAnyWords:
    @given(words=st.lists(CELLS, min_size=1, max_size=40), piece=st.integers(1, 60), most=st.integers(1, 9))
    def test_what_is_written_is_read_however_it_comes(self, words, piece, most):
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerows([["time", "t", "door", "probe"], *([AT, 1, "'" + word, ""] for word in words)])
        found, faults = read(text.getvalue(), piece=piece, most=most)
        assert faults == []
        read_back = [entry.readings[1].text for _, entry in found]
        assert read_back == [word if word.lstrip("'")[:1] in tuple("=+-@\t\r") else "'" + word for word in words]
