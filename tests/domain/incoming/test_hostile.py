"""Files made to keep the server busy, or to fill its memory: refused, or read a little at a time."""

from __future__ import annotations

import gzip
import time

import pytest

from domain.errors import Invalid
from domain.imports import Mapping, Source
from domain.incoming import guessing, naming, texts
from domain.incoming.files import opened
from domain.readings import Kind
from tests.builders import NOW

AT = "2026-03-01T10:00:00Z"
QUICK_S = 5
"""Each of these took minutes once."""
T = Mapping(sources=(Source("t", "t", place=1),))


@pytest.fixture(autouse=True)
def quick():
    begun_at = time.monotonic()
    yield
    assert time.monotonic() - begun_at < QUICK_S


@pytest.mark.parametrize("heading", ["a" + " " * 120_000 + "b", "a " * 60_000, "[" * 120_000, "(x" * 60_000])
def test_a_long_heading_is_parted_at_once(heading):
    assert naming.parted(heading) == (heading.strip(), "")


@pytest.mark.parametrize("heading", ["t [°C]", "t[°C]", "t (°C)", "  t   [ °C ] ", "t [°C)"])
def test_a_unit_is_found_as_ever(heading):
    assert naming.parted(heading) == ("t", "°C")


def test_a_quotation_mark_that_is_never_closed():
    body = "time,t\n" + f'{AT},"x\n' + '""\n' * 300_000
    file = opened(T, {"t": Kind.TEXT}, [body.encode()[: 1 << 20]], NOW, 500)
    while file.next() is not None:
        pass


@pytest.mark.parametrize(
    "head",
    [
        "time," + ",".join(f"c{place}" for place in range(2_000)) + "\n" + AT + ",1" * 2_000 + "\n",
        f"time,t{',' * 500_000}\n",
        '{"at":"' + AT + '",' + ",".join(f'"c{place}":1' for place in range(2_000)) + "}\n",
    ],
)
def test_too_many_columns_are_refused(head):
    with pytest.raises(Invalid, match=r"columns|more than 1000 feeds"):
        guessing.guess(head.encode(), [], "UTC", NOW)


def test_long_lines_come_a_few_at_a_time():
    line = f"{AT},1" + "," * 900_000 + "\n"
    body = b"".join(gzip.compress(each.encode()) for each in ["time,t\n", *[line] * 40])
    file = opened(T, {"t": Kind.NUMBER}, [body], NOW, 5_000)
    chunks = []
    while (chunk := file.next()) is not None:
        chunks.append(chunk.rows)
    assert sum(chunks) == 40
    assert max(chunks) <= 2 * texts.MOST_OF_CHUNK


def test_long_lines_of_objects_too():
    line = '{"at":"' + AT + '","t":1,"x":"' + "y" * 900_000 + '"}\n'
    body = b"".join(gzip.compress(line.encode()) for _ in range(40))
    told = T.but(form="ndjson", sources=(Source("t", "t"), Source("x", "")))
    file = opened(told, {"t": Kind.NUMBER}, [body], NOW, 5_000)
    chunks = []
    while (chunk := file.next()) is not None:
        chunks.append(chunk.rows)
    assert sum(chunks) == 40
    assert max(chunks) <= 2 * texts.MOST_OF_CHUNK


def test_what_unpacks_to_far_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(texts, "MOST_UNPACKED", 1 << 20)
    with pytest.raises(Invalid, match="unpacked"):
        list(texts.unpacked([gzip.compress(b"\n" * (1 << 21))]))


@pytest.mark.parametrize("kind", Kind)
def test_a_whole_number_beyond_all_numbers_is_a_bad_row(kind):
    told = T.but(form="ndjson", sources=(Source("t", "t"),))
    line = '{"at":"' + AT + '","t":1' + "0" * 400 + "}\n"
    chunk = opened(told, {"t": kind}, [line.encode()], NOW, 5_000).next()
    assert chunk is not None
    assert [fault.what for fault in chunk.faults] == ["the number is too great to be stored"]
