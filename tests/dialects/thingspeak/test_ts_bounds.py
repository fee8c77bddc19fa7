"""What somebody who means ill, or a broken board, can make the server do: little, and nothing of it stays."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from werkzeug.test import TestResponse

import context
from dialects.thingspeak import feeds
from dialects.thingspeak.asking import MOST_FIELDS
from domain.readings import NewEntry, NewReading
from domain.timespan import HOUR
from live.seats import Seats
from tests.builders import NOW, append, entry
from tests.dialects.thingspeak.boards import ThingSpeakBoard, enrol
from tests.dialects.thingspeak.reads import read
from tests.lab import Lab, opened_lab


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture
def board(lab) -> ThingSpeakBoard:
    return enrol(lab)


def post(board: ThingSpeakBoard, body: bytes | str, content_type: str) -> TestResponse:
    headers = {"X-THINGSPEAKAPIKEY": board.key}
    return board.lab.client.post("/update", data=body, content_type=content_type, headers=headers)


def parts(many: int, more: str = "") -> bytes:
    """A form of so many parts."""
    heads = (f'--X\r\nContent-Disposition: form-data; name="f{each}"{more}\r\n\r\n1\r\n' for each in range(many))
    return "".join(heads).encode() + b"--X--\r\n"


class TestWhatIsSent:
    @pytest.mark.parametrize("more", ["", '; filename="a"'])
    def test_a_form_of_very_many_parts_is_not_read_to_its_end(self, board, more):
        answer = post(board, parts(MOST_FIELDS + 1, more), "multipart/form-data; boundary=X")
        assert (answer.status_code, answer.text) == (413, "0")
        assert [detail for _, detail, _, _ in board.refusals()] == [f"There are more than {MOST_FIELDS} parameters."]

    @pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary="])
    def test_a_form_in_parts_without_a_boundary_is_none(self, board, kind):
        answer = post(board, parts(1), kind)
        assert (answer.status_code, answer.text) == (400, "0")
        assert [detail for _, detail, _, _ in board.refusals()] == ["The body is no form in parts."]

    def test_an_object_of_very_many_members_is_refused(self, board):
        members = ",".join(f'"f{each}":1' for each in range(MOST_FIELDS + 1))
        assert post(board, f"{{{members}}}", "application/json").status_code == 413

    @pytest.mark.parametrize("sign", ["-", "+"])
    def test_a_time_beyond_the_calendar_is_no_time(self, board, sign):
        """In UTC it lies in a year that cannot be written."""
        at = "9999-12-31T23:59:59-14:00" if sign == "-" else "0001-01-01T00:00:00+14:00"
        assert board.update(field1="1", created_at=at).text == "1"
        assert board.bulk({"created_at": at, "field1": 1}).status_code == 400
        assert board.lab.client.get(f"/channels/{board.channel_id}/feeds.json?start={at}").status_code == 200

    @pytest.mark.parametrize(
        "body", ['{"field1":%s}' % ("1" * 5000), '{"field1":1e400}', '{"field2":"\\ud800"}', '{"field1":NaN}']
    )
    def test_what_no_json_may_hold_is_refused(self, board, body):
        answer = post(board, body, "application/json")
        assert (answer.status_code, answer.text) == (400, "0")
        assert board.stored() == []


class TestWhatIsRead:
    def test_no_word_breaks_xml(self, lab):
        made = lab.enrol(feeds=("note:text",))
        append(lab.store, made.channel, NewEntry(NOW, [NewReading("note", None, "a\ufffe\uffff\x0b<b>\u2028é")]))
        for path, place in (("feeds.xml", "feeds/feed/field1"), ("fields/1/last.xml", "field1")):
            assert ElementTree.fromstring(read(made, path).text).findtext(place) == "a<b>\u2028é"

    @pytest.mark.parametrize(
        ("word", "cell"),
        [
            ("=1+2", "'=1+2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-x", "'-x"),
            ("+x", "'+x"),
            ("'=1", "''=1"),
            ("-21.5", "-21.5"),
            ("+1e3", "+1e3"),
            ("-1,5", "-1,5"),
            ("open", "open"),
        ],
    )
    def test_no_spreadsheet_runs_a_word(self, lab, word, cell):
        made = lab.enrol(feeds=("note:text",))
        append(lab.store, made.channel, NewEntry(NOW, [NewReading("note", None, word)], word))
        paths = [f"/channels/{made.channel_id}/{path}.csv" for path in ("feeds", "feeds/last", "fields/1/last")]
        for path in (*paths, f"/stream/channels/{made.channel_id}/feeds"):
            [_, row] = csv.reader(made.get(f"{path}?status=true").text.splitlines())
            assert row[2:] == [cell, cell]
        assert read(made, "fields/1/last.txt").text == word
        assert read(made, "feeds.json").json["feeds"][0]["field1"] == word

    @pytest.mark.parametrize(
        ("query", "is_much"),
        [("results=8000&average=10", True), ("results=8000", True), ("average=60", False), ("", False)],
    )
    def test_much_is_written_where_nobody_else_waits(self, lab, monkeypatch, query, is_much):
        made = lab.enrol(feeds=("a",))
        append(lab.store, made.channel, *[entry(NOW + each * HOUR, a=each) for each in range(1001)])
        asked, aside = [], lab.store.aside
        monkeypatch.setattr(lab.store, "aside", lambda work, *args: asked.append(work) or aside(work, *args))
        assert read(made, f"feeds.json?{query}").status_code == 200
        assert any(getattr(work, "func", None) is not None for work in asked) == is_much


class TestWhoTakesMuch:
    """Large answers, and whole channels, are taken as files are."""

    @pytest.fixture
    def made(self, lab, monkeypatch):
        """A channel of which everything is much, and of which one answer at a time is taken."""
        monkeypatch.setattr(feeds, "MUCH_BYTES", 1)
        monkeypatch.setattr(lab.parts.takers, "_seats", Seats({context.ADDRESS: 1}, "downloads"))
        made = lab.enrol(feeds=("a",))
        append(lab.store, made.channel, *[entry(NOW + each, a=each) for each in range(3)])
        return made

    @pytest.mark.parametrize("path", ["/channels/{}/feeds.json", "/stream/channels/{}/feeds"])
    def test_only_so_many_at_once(self, made, path):
        address = path.format(made.channel_id)
        first = made.get(address, buffered=False)
        assert made.get(address).status_code == 429
        assert first.text
        first.close()
        assert made.get(address).status_code == 200

    def test_the_length_is_told_all_the_same(self, made):
        answer = made.get(f"/channels/{made.channel_id}/feeds.json")
        assert int(answer.headers["Content-Length"]) == len(answer.data)
