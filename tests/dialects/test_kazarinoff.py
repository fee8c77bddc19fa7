"""The addresses of Kazarinoff's two servers, against the whole app."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from sqlalchemy import select

from domain.channels import Visibility
from domain.roles import Right
from models.schema import refusal
from tests.builders import NOW
from tests.lab import opened_lab

MAC = "6c:rf:7f:2b:0e:g8"


@pytest.fixture
def lab(tmp_path):
    with opened_lab(tmp_path) as lab:
        yield lab


@pytest.fixture
def board(lab):
    return lab.enrol(feeds=("temperature", "humidity", "door:text"))


@pytest.fixture
def closed(lab):
    """A board whose channel not everybody may see, with a reading in it."""
    board = lab.enrol(feeds=("temperature",), visibility=Visibility.MEMBERS)
    board.post({"temperature": 4})
    return board


def by_path(key: str, field: object = 1, data: object = "72.3", name: str = "API_key") -> str:
    return f"/update/{name}={key}/mac={MAC}/field={field}/data={data}"


def by_query(board, **more) -> str:
    asked = {"api_key": board.key, "channel": board.channel_id, "field": 3, "data": "open"} | more
    return "/api/?" + "&".join(f"{name}={value}" for name, value in asked.items() if value is not None)


class TestWritingByPath:
    @pytest.mark.parametrize("method", ["GET", "POST"])
    @pytest.mark.parametrize("name", ["API_key", "api_key"])
    def test_it_stores_one_value(self, board, method, name):
        answer = board.lab.client.open(by_path(board.key, name=name), method=method)
        assert answer.status_code == 200
        assert "<h1>72.3</h1>" in answer.text
        assert board.stored() == [("temperature", 72.3)]

    def test_the_number_of_the_field_is_that_of_the_feed(self, board):
        board.get(by_path(board.key, 2, "41"))
        board.get(by_path(board.key, 3, "open"))
        assert board.stored() == [("humidity", 41), ("door", "open")]

    def test_two_values_at_once_are_both_kept(self, board):
        assert [board.get(by_path(board.key, field)).status_code for field in (1, 2)] == [200, 200]
        assert len(board.stored()) == 2

    def test_a_field_without_a_feed_makes_one(self, board):
        board.get(by_path(board.key, 5, "7"))
        assert board.stored() == [("field5", 7)]

    def test_a_slash_belongs_to_the_word(self, board):
        board.get(by_path(board.key, 3, "n/a"))
        assert board.stored() == [("door", "n/a")]

    def test_what_was_sent_is_shown_and_not_run(self, board):
        answer = board.get(by_path(board.key, 3, "%3Cb%3E"))
        assert "&lt;b&gt;" in answer.text
        assert "<b>" not in answer.text

    def test_asking_for_the_head_stores_nothing(self, board):
        assert board.lab.client.head(by_path(board.key)).status_code == 405
        assert board.stored() == []


class TestWritingByQuery:
    @pytest.mark.parametrize("path", ["/api/", "/api"])
    def test_it_stores_one_value_and_says_it_again_without_the_key(self, board, path):
        answer = board.get(by_query(board).replace("/api/", path, 1))
        assert (answer.status_code, answer.json) == (
            200,
            {"channel": str(board.channel_id), "field": "3", "data": "open"},
        )
        assert board.stored() == [("door", "open")]

    def test_a_form_is_as_good(self, board):
        form = {"api_key": board.key, "channel": str(board.channel_id), "field": "1", "data": "20.4"}
        assert board.lab.client.post("/api/", data=form).status_code == 200
        assert board.stored() == [("temperature", 20.4)]

    def test_so_are_parts_of_the_path(self, board):
        path = f"/api/write/api_key={board.key}/channel={board.channel_id}/field=1/data=20.4"
        assert board.get(path).json == {"channel": str(board.channel_id), "field": "1", "data": "20.4"}
        assert board.stored() == [("temperature", 20.4)]

    def test_the_key_alone_names_the_channel_too(self, board):
        assert board.get(by_query(board, channel=None)).status_code == 200
        assert board.stored() == [("door", "open")]


REFUSED = {
    "no key": (by_query, {"api_key": None}, 401),
    "a wrong key": (by_query, {"api_key": "WRONGWRONGWRONG1"}, 401),
    "another channel": (by_query, {"channel": 4711}, 403),
    "no data": (by_query, {"data": ""}, 422),
    "no field": (by_query, {"field": None}, 422),
    "a ninth field": (by_query, {"field": 9}, 422),
    "a word for numbers": (by_query, {"field": 1, "data": "warm"}, 422),
    "a long word": (by_query, {"data": "a" * 256}, 422),
    "Latin-1": (by_query, {"data": "%B0C"}, 400),
}


class TestRefusals:
    @pytest.mark.parametrize("case", REFUSED)
    def test_it_says_why_and_stores_nothing(self, board, case):
        address, more, status = REFUSED[case]
        answer = board.get(address(board, **more))
        assert answer.status_code == status
        assert answer.json["detail"]
        assert board.stored() == []

    def test_a_read_key_writes_nothing(self, board):
        key = board.lab.make_key(board.channel_id, Right.READ)
        assert board.get(by_path(key)).status_code == 403
        assert board.stored() == []

    def test_bytes_in_a_path_that_are_no_text_are_not_stored_as_question_marks(self, board):
        path = by_path(board.key, 3, "\xb0C")  # as a server hands it on: a character a byte
        assert board.get("/update", environ_overrides={"PATH_INFO": path}).status_code == 400
        assert board.stored() == []

    @pytest.mark.parametrize(
        ("field", "data", "detail"),
        [(9, "1", 'The field is "9".'), (1, "warm", 'Feed "temperature": "warm" is not a number.')],
    )
    def test_the_owner_sees_it_with_its_cure(self, board, field, data, detail):
        board.get(by_path(board.key, field, data))
        board.lab.do_chores()
        [noted] = board.lab.store.ask(lambda connection: connection.execute(select(refusal)).all())
        assert (noted.channel_id, noted.detail, noted.door) == (board.channel_id, detail, "http")
        assert noted.hint


@pytest.fixture
def filled(board):
    """A board that sent 20, 21 and 22 °C a second apart and, with the last, a word."""
    for step, value in enumerate(("20", "21.50", "22")):
        board.post({"at": (NOW // 1_000_000) + step, "values": {"temperature": value}})
    board.post({"at": (NOW // 1_000_000) + 2, "values": {"door": "=open"}})
    return board


class TestReading:
    def test_the_newest_come_first_as_they_were_sent(self, filled):
        rows = filled.get(f"/api/?channel={filled.channel_id}&field=1&format=json").json
        assert [row["data"] for row in rows] == ["22", "21.50", "20"]
        assert list(rows[0]) == ["timestamp", "channel_num", "field_num", "data", "user"]
        assert rows[0]["timestamp"].endswith("Z")
        assert (rows[0]["channel_num"], rows[0]["field_num"], rows[0]["user"]) == (filled.channel_id, 1, None)

    def test_no_more_than_asked_for(self, filled):
        rows = filled.get(f"/api/?channel={filled.channel_id}&field=1&limit=2").json
        assert [row["data"] for row in rows] == ["22", "21.50"]

    def test_without_a_field_all_of_them(self, filled):
        rows = filled.get(f"/api/?channel={filled.channel_id}").json
        assert sorted((row["field_num"], row["data"]) for row in rows) == [
            (1, "20"),
            (1, "21.50"),
            (1, "22"),
            (3, "=open"),
        ]

    def test_as_csv_no_word_is_run(self, filled):
        answer = filled.get(f"/api/?channel={filled.channel_id}&format=csv")
        lines = list(csv.DictReader(io.StringIO(answer.text)))
        assert answer.content_type == "text/csv; charset=utf-8"
        assert {(line["field_num"], line["data"]) for line in lines} == {
            ("1", "22"),
            ("1", "21.50"),
            ("1", "20"),
            ("3", "'=open"),
        }

    def test_as_a_workbook(self, filled):
        answer = filled.get(f"/api/?channel={filled.channel_id}&field=1&limit=2&format=xlsx")
        assert answer.status_code == 200
        with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
            sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert sheet.count("<row ") == 3
        assert "<v>22.0</v>" in sheet
        assert "<v>20.0</v>" not in sheet

    def test_a_channel_without_readings_has_none(self, board):
        assert board.get(f"/api/?channel={board.channel_id}").json == []
        assert board.get(f"/api/?channel={board.channel_id}&format=csv").text.count("\n") == 1
        assert board.get(f"/api/?channel={board.channel_id}&format=xlsx").status_code == 200

    @pytest.mark.parametrize("form", ["json", "csv", "xlsx"])
    def test_a_closed_channel_takes_its_key(self, closed, form):
        asked = f"/api/?channel={closed.channel_id}&format={form}"
        assert closed.get(asked).status_code == 404
        assert closed.get(f"{asked}&api_key=WRONGWRONGWRONG1").status_code == 404
        assert closed.get(f"{asked}&api_key={closed.lab.make_key(closed.channel_id, Right.READ)}").status_code == 200
        assert closed.get(f"{asked}&api_key={closed.key}").status_code == 200

    @pytest.mark.parametrize(
        ("asked", "status"),
        [
            ("", 422),
            ("channel=x", 404),
            ("channel=4711", 404),
            ("channel=1&field=9", 422),
            ("channel=1&field=7", 404),
            ("channel=1&limit=0", 422),
            ("channel=1&limit=-1", 422),
            ("channel=1&limit=%C2%B2", 422),
            ("channel=1&format=pdf", 422),
        ],
    )
    def test_what_cannot_be_told_is_refused_with_a_reason(self, board, asked, status):
        answer = board.get(f"/api/?{asked}")
        assert (answer.status_code, answer.json["status"]) == (status, status)
