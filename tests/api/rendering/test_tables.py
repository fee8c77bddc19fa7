"""What the process that makes a file is told."""

from __future__ import annotations

import io

import pytest

from api.rendering import tables
from api.rendering.tables import Table
from domain.downloads import Form, Shape

TABLE = Table(Form.PARQUET, Shape.TIDY, "UTC", "Kiln", {"door": ""}, ("value", "text"), ())


def told(*pieces: bytes) -> bytes:
    stream = io.BytesIO()
    tables.send(TABLE, pieces, stream)
    return stream.getvalue()


def read(stream: bytes) -> tuple[Table, list[bytes]]:
    source = io.BytesIO(stream)
    return tables.read_table(source), list(tables.read_lines(source))


class TestTold:
    def test_it_arrives_without_what_stands_above_the_lines(self):
        assert read(told(b"a,b\r\n1,2\r\n", b"3,4\r\n5,6\r\n", b"7,8\r\n")) == (
            TABLE,
            [b"1,2\r\n", b"3,4\r\n5,6\r\n", b"7,8\r\n"],
        )

    def test_a_piece_of_nothing_does_not_end_it(self):
        assert read(told(b"a,b\r\n", b"", b"1,2\r\n"))[1] == [b"1,2\r\n"]

    def test_a_part_is_never_taken_for_the_whole(self):
        whole = told(b"a,b\r\n1,2\r\n", b"3,4\r\n")
        begins = whole.index(b"\n") + 1
        for end in range(begins, len(whole)):
            with pytest.raises(EOFError):
                read(whole[:end])

    def test_what_the_pieces_raise_leaves_it_without_an_end(self):
        def pieces():
            yield b"a,b\r\n1,2\r\n"
            raise LookupError

        stream = io.BytesIO()
        with pytest.raises(LookupError):
            tables.send(TABLE, pieces(), stream)
        with pytest.raises(EOFError):
            read(stream.getvalue())


class TestDistinct:
    def test_a_name_that_was_there_before_has_a_number(self):
        assert tables.distinct(["a", "b", "a", "a 2", "a", "time_utc"]) == [
            "a",
            "b",
            "a 2",
            "a 2 2",
            "a 3",
            "time_utc 2",
        ]
