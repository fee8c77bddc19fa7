from __future__ import annotations

import json

import pytest

from domain.imports import FileForm, Mapping, Source
from domain.incoming.files import opened
from domain.readings import Kind, Position
from tests.builders import NOW

TEN = 1_772_359_200_000_000
AT = "2026-03-01T10:00:00Z"
KINDS = {"t": Kind.NUMBER, "door": Kind.TEXT}
TOLD = Mapping(FileForm.NDJSON, sources=(Source("t", "t"), Source("door", "door"), Source("other", "")))


def read(*lines: object):
    body = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines).encode()
    chunk = opened(TOLD, KINDS, [body], NOW, 1000).next()
    assert chunk is not None
    return [(entry.at, entry.readings) for entry in chunk.entries], [fault.sentence for fault in chunk.faults]


@pytest.mark.parametrize(
    "line",
    [
        {"at": AT, "t": 21.5},
        {"at": AT, "values": {"t": 21.5}},
        {"entry_id": 4, "at": AT, "feed": "t", "value": 21.5},
        {"at": TEN // 10**6, "t": "21.5", "other": 1, "door": None},
    ],
)
def test_one_reading_is_told_in_many_ways(line):
    assert read(line) == ([(TEN, [("t", 21.5, None)])], [])


def test_a_number_for_words_is_a_word():
    assert read({"at": AT, "door": 1.0})[0] == [(TEN, [("door", None, "1")])]


def test_empty_lines_are_nothing():
    assert read("", {"at": AT, "t": 1}, "")[0] == [(TEN, [("t", 1.0, None)])]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "Line 1: the line is not JSON."),
        ("[1]", "Line 1: the line is not an object."),
        ('{"t": NaN}', "Line 1: the line is not JSON."),
        ({"t": 1}, "Line 1: there is no time."),
        ({"at": "?", "t": 1}, 'Line 1: "?" is not a time.'),
        ({"at": AT, "t": "open"}, 'Line 1, t: "open" is not a number.'),
        ({"at": AT, "t": True}, "Line 1, t: a reading is a number or a text."),
        ({"at": AT, "t": 10**400}, "Line 1, t: the number is too great to be stored."),
        ({"at": AT, "humidity": 1}, "Line 1, humidity: the feed is not one of those that are imported."),
        ({"at": AT, "t": 1, "latitude": 91, "longitude": 0}, "Line 1: the position cannot be stored."),
    ],
)
def test_a_bad_line_is_told(line, says):
    assert read(line) == ([], [says])


def test_status_and_position_belong_to_the_entry():
    body = json.dumps({"at": AT, "values": {}, "status": "on", "latitude": 1, "longitude": 2}).encode()
    chunk = opened(TOLD, KINDS, [body], NOW, 10).next()
    assert chunk is not None
    (entry,) = chunk.entries
    assert (entry.status, entry.position) == ("on", Position(1.0, 2.0, None))
