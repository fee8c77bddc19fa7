"""Files that are made before they are sent: Parquet and Excel, had over HTTP."""

from __future__ import annotations

import io

import pyarrow.parquet as pq
import pytest
from sqlalchemy import update

from api.rendering import making
from domain.downloads import Form
from domain.roles import Viewer
from domain.timespan import SECOND, to_rfc3339
from models import exporting, progress, windows
from models.schema import channel as channel_table
from tests.api.rendering.workbooks import sheets_of
from tests.builders import NOW
from tests.lab import opened_lab

MINUTES = 50
WORD = "a-word-of-the-page-alone"
BEGIN = NOW - 365 * 86_400 * SECOND
FIXED = f"from={to_rfc3339(BEGIN)}&to={to_rfc3339(BEGIN + MINUTES * 60 * SECOND)}"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture
def board(lab):
    board = lab.enrol(name="Otter Kiln")
    items = [
        {"at": to_rfc3339(BEGIN + minute * 60 * SECOND), "values": {"temperature": minute / 4, "door": f"=ö{minute}"}}
        for minute in range(MINUTES)
    ]
    assert board.post(items).status_code == 201
    return board


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    monkeypatch.setattr(windows, "FEWEST", 3)
    monkeypatch.setattr(windows, "READINGS", 6)


def take(board, form: Form, query: str = FIXED, **more):
    return board.get(f"/api/v1/channels/{board.channel_id}/download.{form}?{query}", **more)


class TestWhole:
    def test_parquet_holds_all(self, board):
        answer = take(board, Form.PARQUET)
        table = pq.read_table(io.BytesIO(answer.data))
        assert table["temperature"].to_pylist() == [minute / 4 for minute in range(MINUTES)]
        assert table["door"].to_pylist() == [f"=ö{minute}" for minute in range(MINUTES)]

    def test_so_does_excel(self, board):
        (sheet,) = sheets_of(take(board, Form.XLSX).data).values()
        assert [(row["C"], row["D"]) for row in sheet.rows[1:]] == [
            (minute / 4, f"=ö{minute}") for minute in range(MINUTES)
        ]

    def test_what_is_asked_for_besides_is_heeded(self, board):
        query = f"{FIXED}&bin=10m&agg=max,count&order=desc&zone=Europe/Berlin&feeds=temperature"
        rows = pq.read_table(io.BytesIO(take(board, Form.PARQUET, query).data)).to_pylist()
        assert [row["temperature max"] for row in rows] == [12.25, 9.75, 7.25, 4.75, 2.25]
        assert {row["temperature count"] for row in rows} == {10}
        assert f"{rows[0]['time_local']:%H:%M}" == "11:40"

    @pytest.mark.parametrize("form", making.FORMS)
    def test_it_has_a_name_and_a_length(self, board, form):
        answer = take(board, form)
        assert (
            answer.headers["Content-Disposition"] == f'attachment; filename="otter-kiln_2025-11-20_2025-11-20.{form}"'
        )
        assert answer.headers["Content-Type"] == form.content_type
        assert int(answer.headers["Content-Length"]) == len(answer.data)

    @pytest.mark.parametrize("form", making.FORMS)
    def test_a_range_that_moves_is_led_to_its_instants(self, board, form):
        answer = take(board, form, "")
        assert answer.status_code == 307
        assert board.get(answer.headers["Location"]).status_code == 200

    def test_it_cannot_be_had_in_part(self, board):
        answer = take(board, Form.PARQUET, headers={"Range": "bytes=10-"})
        assert (answer.status_code, answer.headers["Accept-Ranges"]) == (200, "none")
        assert answer.data.startswith(b"PAR1")

    def test_asked_for_its_head_it_makes_nothing(self, board, monkeypatch):
        monkeypatch.setattr(making, "made", None)
        answer = board.lab.client.head(f"/api/v1/channels/{board.channel_id}/download.xlsx?{FIXED}")
        assert (answer.status_code, answer.data) == (200, b"")

    def test_who_has_it_already_is_told_so(self, board, monkeypatch):
        tag = take(board, Form.PARQUET).headers["ETag"]
        monkeypatch.setattr(making, "made", None)
        assert take(board, Form.PARQUET, headers={"If-None-Match": tag}).status_code == 304


class TestRefused:
    @pytest.mark.parametrize("form", making.FORMS)
    def test_once_the_right_ends_there_is_no_file(self, lab, board, form, monkeypatch):
        hide = update(channel_table).where(channel_table.c.id == board.channel_id).values(visibility="members")
        piece = exporting.piece

        def hidden_after(connection, viewer, plan, after):
            found = piece(connection, viewer, plan, after)
            if after is None:
                lab.store.tell(lambda connection: connection.execute(hide))
            return found

        monkeypatch.setattr(exporting, "piece", hidden_after)
        answer = take(board, form)
        assert answer.status_code == 404
        assert answer.headers["Content-Type"] == "application/problem+json"

    def test_where_too_many_are_made_one_comes_again(self, board, monkeypatch):
        monkeypatch.setattr(making, "PATIENCE_S", 0)
        for _ in range(making.AT_ONCE):
            making._room.acquire()
        try:
            answer = take(board, Form.PARQUET)
        finally:
            for _ in range(making.AT_ONCE):
                making._room.release()
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")


class TestProgress:
    @pytest.mark.parametrize("form", making.FORMS)
    def test_all_readings_are_in_the_file_before_it_is_sent(self, board, form):
        answer = board.lab.client.get(
            f"/api/v1/channels/{board.channel_id}/download.{form}?{FIXED}&progress={WORD}", buffered=False
        )
        assert not progress_of(board).is_over
        assert answer.data
        assert progress_of(board) == progress.Progress(2 * MINUTES, 2 * MINUTES, is_over=True, is_whole=True)

    def test_one_that_is_given_up_is_not_whole(self, board):
        path = f"/api/v1/channels/{board.channel_id}/download.parquet?{FIXED}&progress={WORD}"
        answer = board.lab.client.get(path, buffered=False)
        next(iter(answer.response))
        answer.response.close()
        found = progress_of(board)
        assert (found.is_over, found.is_whole) == (True, False)


def progress_of(board):
    return board.lab.store.ask(progress.of, Viewer.visitor(), board.channel_id, WORD)
