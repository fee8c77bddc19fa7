"""One entry or one value read in ThingSpeak's language: the last, one by its number, how old it is."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest

import context
from domain.timespan import MINUTE, SECOND
from tests.builders import NOW, append, entry
from tests.dialects.thingspeak.reads import TYPES, greenhouse, read
from tests.lab import Board, Lab, opened_lab

XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture(scope="module")
def board(lab) -> Board:
    return greenhouse(lab)


LAST = '{"created_at":"2026-11-20T10:02:00Z","entry_id":3,"field1":"3","field2":null}'
FIRST = '{"created_at":"2026-11-20T10:00:00Z","entry_id":1,"field1":"21.50","field2":"a \\"b\\", c"}'
DOOR = '{"created_at":"2026-11-20T10:00:00Z","entry_id":1,"field2":"a \\"b\\", c"}'

ANSWERS = {
    "feeds/last": LAST,
    "feeds/last.txt": LAST,
    "feeds/last.json": LAST,
    "feed/last.json": LAST,
    "feeds/last.csv": "created_at,entry_id,field1,field2\n2026-11-20 10:02:00 UTC,3,3,\n",
    "feeds/last.xml": f'{XML}<feed><created-at type="dateTime">2026-11-20T10:02:00Z</created-at>'
    '<entry-id type="integer">3</entry-id><field1>3</field1><field2 nil="true"/></feed>\n',
    "feeds/1": FIRST,
    "feeds/1.json": FIRST,
    "feeds/entry/1.json": FIRST,
    "feed/entry/1.txt": FIRST,
    "feeds/1.csv": 'created_at,entry_id,field1,field2\n2026-11-20 10:00:00 UTC,1,21.50,"a ""b"", c"\n',
    "feeds/last.json?status=true&location=true": LAST[:-1]
    + ',"latitude":null,"longitude":null,"elevation":null,"status":null}',
    "feeds/2.json?status=true&location=true": '{"created_at":"2026-11-20T10:01:00Z","entry_id":2,"field1":null,'
    '"field2":null,"latitude":"48.5","longitude":"9.25","elevation":"340","status":"resting"}',
    "feeds/last.json?timezone=Europe/Berlin": LAST.replace("10:02:00Z", "11:02:00+01:00"),
    "feeds/last.json?offset=-5": LAST.replace("10:02:00Z", "05:02:00-05:00"),
    "feeds/last.json?round=2": LAST.replace('"3"', '"3.00"'),
    "feeds/last.json?callback=show": f"show({LAST})",
    "fields/2/last": 'a "b", c',
    "fields/2/last.txt": 'a "b", c',
    "fields/field2/last.txt": 'a "b", c',
    "field/2/last.json": DOOR,
    "fields/2/last.json": DOOR,
    "fields/2/last.csv": 'created_at,entry_id,field2\n2026-11-20 10:00:00 UTC,1,"a ""b"", c"\n',
    "fields/2/last.xml": f'{XML}<feed><created-at type="dateTime">2026-11-20T10:00:00Z</created-at>'
    '<entry-id type="integer">1</entry-id><field2>a "b", c</field2></feed>\n',
    "fields/1/last": "3",
    "fields/1/last.txt?prepend=T:+&append=%20C": "T: 3 C",
    "fields/1/last.json?prepend=T:": '{"created_at":"2026-11-20T10:02:00Z","entry_id":3,"field1":"3"}',
    "fields/1/last.txt?round=1": "3.0",
    "fields/1/1": "21.50",
    "fields/1/1.txt?round=0": "22",
    "fields/1/1.json": '{"created_at":"2026-11-20T10:00:00Z","entry_id":1,"field1":"21.50"}',
    "fields/1/2.txt": "",
    "fields/1/2.json": '{"created_at":"2026-11-20T10:01:00Z","entry_id":2,"field1":null}',
    "feeds/last_average?average=60": '{"created_at":"2026-11-20T10:00:00Z","field1":"12.25","field2":null}',
    "feeds/last_average.json": '{"created_at":"2026-11-20T10:00:00Z","field1":"12.25","field2":null}',
    "feeds/last_median.json?median=2": '{"created_at":"2026-11-20T10:02:00Z","field1":"3.0","field2":null}',
    "feeds/last_sum.csv?sum=1000&round=1": "created_at,field1,field2\n2026-11-20 08:40:00 UTC,24.5,\n",
    "feeds/last_sum.txt?sum=x": '{"created_at":"2026-11-20T10:00:00Z","field1":"24.5","field2":null}',
    "feed/last_sum.xml": f'{XML}<feed><created-at type="dateTime">2026-11-20T10:00:00Z</created-at>'
    '<field1>24.5</field1><field2 nil="true"/></feed>\n',
}

ADDRESSES = [
    *("feeds", "feed", "fields/1", "field/1", "fields/field1"),
    *("feeds/last", "feed/last", "fields/1/last", "field/field1/last"),
    *("feeds/1", "feed/1", "feeds/entry/1", "feed/entry/1", "fields/1/1", "field/1/1"),
    *("feeds/last_data_age", "feed/last_data_age", "fields/1/last_data_age", "field/1/last_data_age"),
    *("feeds/last_average", "feeds/last_median", "feeds/last_sum", "feed/last_average"),
    *("status", "statuses", "status/last", "statuses/last"),
]
"""Every address below a channel that tells of its entries."""


class TestAnswers:
    @pytest.mark.parametrize("path", ANSWERS)
    def test_each_address_says_exactly_this(self, board, path):
        assert read(board, path).text == ANSWERS[path]

    @pytest.mark.parametrize("path", ADDRESSES)
    @pytest.mark.parametrize("ending", TYPES)
    def test_and_in_each_form(self, board, path, ending):
        answer = read(board, path + ending)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, f"{TYPES[ending]}; charset=utf-8")
        assert len(answer.data) == answer.content_length
        if ending == ".json":
            assert isinstance(answer.json, dict)
        if ending == ".xml":
            assert ElementTree.fromstring(answer.text).tag in ("feed", "channel", "hash")
        if ending == ".csv":
            heading, *rows = csv.reader(answer.text.splitlines())
            assert {len(row) for row in rows} <= {len(heading)}


class TestWhatIsNotThere:
    @pytest.mark.parametrize(
        "path",
        ["feeds/4", "feeds/0", f"feeds/{10**30}", "feeds/entry/4", "fields/1/4", "fields/3/last", "fields/3/1"],
    )
    @pytest.mark.parametrize("ending", TYPES)
    def test_it_is_answered_with_minus_one(self, board, path, ending):
        answer = read(board, path + ending)
        assert (answer.status_code, answer.text) == (404, "-1")

    @pytest.mark.parametrize(
        "path",
        [
            "feeds/last",
            "feeds/last_data_age",
            "feeds/last_sum",
            "fields/1/last",
            "fields/1/last_data_age",
            "status/last",
        ],
    )
    def test_so_is_the_last_of_a_channel_that_has_none(self, lab, path):
        answer = read(lab.enrol(feeds=("temperature",)), path)
        assert (answer.status_code, answer.text) == (404, "-1")


class TestTheLast:
    def test_it_is_the_one_with_the_highest_number_though_it_tells_of_earlier(self, lab):
        made = lab.enrol(feeds=("temperature",))
        append(lab.store, made.channel, entry(NOW, temperature=1))
        append(lab.store, made.channel, entry(NOW - MINUTE, temperature=2))
        assert read(made, "fields/1/last").text == "2"
        assert read(made, "feeds/last.json").json["entry_id"] == 2

    def test_one_that_brought_nothing_counts_for_the_channel_and_not_for_a_field(self, lab):
        made = lab.enrol(feeds=("temperature",))
        append(lab.store, made.channel, entry(NOW, temperature=1), entry(NOW + SECOND))
        assert read(made, "feeds/last.json").json["entry_id"] == 2
        assert read(made, "fields/1/last.json").json["entry_id"] == 1


class TestAge:
    @pytest.fixture
    def aged(self, lab, monkeypatch) -> Board:
        """Its last entry is 90 seconds old, its last temperature 150."""
        made = lab.enrol(feeds=("temperature", "door:text"))
        append(lab.store, made.channel, entry(NOW - 150 * SECOND, temperature=1), entry(NOW - 90 * SECOND, door="open"))
        monkeypatch.setattr(context, "now", lambda: NOW + SECOND // 2)
        return made

    @pytest.mark.parametrize(("path", "seconds"), [("feeds", 90), ("feed", 90), ("fields/1", 150), ("field/2", 90)])
    @pytest.mark.parametrize(
        ("ending", "told"),
        [
            ("", "{}"),
            (".txt", "{}"),
            (".txt?append=%20s", "{} s"),
            (".json", '{{"last_data_age":"{}"}}'),
            (".xml", XML + "<hash><last-data-age>{}</last-data-age></hash>\n"),
            (".csv", "last_data_age\n{}\n"),
        ],
    )
    def test_it_is_whole_seconds(self, aged, path, seconds, ending, told):
        assert read(aged, f"{path}/last_data_age{ending}").text == told.format(seconds)

    def test_what_is_dated_ahead_is_not_old(self, lab, monkeypatch):
        made = lab.enrol(feeds=("temperature",))
        append(lab.store, made.channel, entry(NOW, temperature=1))
        monkeypatch.setattr(context, "now", lambda: NOW - MINUTE)
        assert read(made, "feeds/last_data_age").text == "0"
