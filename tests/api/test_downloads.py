"""Files to take away: who gets them, how they are named, and how one that was cut is gone on with."""

from __future__ import annotations

import csv
import io
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from domain.channels import Visibility
from domain.downloads import Form, Shape
from domain.roles import Right, Viewer
from domain.timespan import SECOND, to_rfc3339
from models import progress, windows
from models.schema import channel as channel_table
from tests.builders import NOW
from tests.lab import opened_lab

ON_STORED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
MINUTES = 50
WORD = "a-word-of-the-page-alone"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture(scope="module")
def board(lab):
    """A board with fifty minutes of readings."""
    board = lab.enrol(name="Otter Kiln")
    send(board, range(MINUTES))
    return board


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    monkeypatch.setattr(windows, "FEWEST", 3)
    monkeypatch.setattr(windows, "READINGS", 6)


def send(board, minutes) -> None:
    items = [{"at": at(minute), "values": {"temperature": minute / 4, "door": f"ö{minute}"}} for minute in minutes]
    assert board.post(items).status_code == 201


def at(minute: int) -> str:
    return to_rfc3339(NOW + minute * 60 * SECOND - 365 * 86_400 * SECOND)


FIXED = f"from={at(0)}&to={at(MINUTES)}"


def path_of(board, form: Form = Form.CSV, query: str = FIXED) -> str:
    return f"/api/v1/channels/{board.channel_id}/download.{form}?{query}"


def take(board, query: str = FIXED, form: Form = Form.CSV, **headers: str):
    return board.get(
        path_of(board, form, query), headers={name.replace("_", "-"): each for name, each in headers.items()}
    )


class TestWhole:
    def test_it_is_a_file_with_a_name(self, board):
        answer = take(board)
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"] == 'attachment; filename="otter-kiln_2025-11-20_2025-11-20.csv"'
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        rows = list(csv.reader(io.StringIO(answer.text, newline="")))
        assert rows[0] == ["time_utc", "time_local", "temperature", "door"]
        assert [row[2] for row in rows[1:4]] == ["0", "0.25", "0.5"]
        assert len(rows) == MINUTES + 1

    @pytest.mark.parametrize("form", [Form.CSV, Form.NDJSON, Form.JSON])
    @pytest.mark.parametrize("shape", Shape)
    def test_in_every_form_all_readings_are_there(self, board, form, shape):
        answer = take(board, f"{FIXED}&shape={shape}", form)
        assert answer.headers["Content-Type"] == form.content_type
        assert all(f"ö{minute}" in answer.text for minute in range(MINUTES))

    def test_what_is_asked_for_besides_is_heeded(self, board):
        query = f"{FIXED}&bin=10m&agg=max&decimal=comma&excel=1&order=desc&zone=Europe/Berlin&feeds=temperature"
        lines = take(board, query).text.splitlines()
        assert lines[:2] == [
            "\ufefftime_utc;time_local;temperature max",
            f"{at(40)};2025-11-20 11:40:00;12,25",
        ]

    def test_asked_for_its_head_it_says_how_it_would_be(self, board):
        answer = board.lab.client.head(path_of(board))
        assert (answer.status_code, answer.data) == (200, b"")
        assert answer.headers["Accept-Ranges"] == "bytes"
        assert "Content-Length" not in answer.headers

    def test_who_has_it_already_is_told_so(self, board):
        tag = take(board).headers["ETag"]
        assert take(board, If_None_Match=tag).status_code == 304

    def test_a_program_of_old_is_told_the_length(self, board):
        answer = board.get(path_of(board), environ_overrides={"SERVER_PROTOCOL": "HTTP/1.0"})
        assert int(answer.headers["Content-Length"]) == len(answer.data)


class TestRefused:
    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ("form=", "form"),
            ("sahpe=tidy", "Did you mean shape?"),
            ("shape=long", "shape"),
            ("bin=x", "length of time"),
            ("agg=mean", "needs bin"),
            ("zone=Mars", "time zone"),
            ("from=yesterdayish", "not a time"),
            (f"from={at(5)}&to={at(1)}", "ends before it begins"),
            ("progress=short", "progress"),
        ],
    )
    def test_what_cannot_be_is_said_before_anything_is_sent(self, board, query, said):
        answer = take(board, query)
        assert answer.status_code == 422, answer.text
        assert said in answer.text

    def test_a_form_or_a_feed_that_is_none_is_not_there(self, board):
        assert board.get(f"/api/v1/channels/{board.channel_id}/download.pdf").status_code == 404
        assert take(board, f"{FIXED}&feeds=humidity").status_code == 404

    def test_what_one_may_not_see_is_not_there(self, lab):
        board = lab.enrol(visibility=Visibility.MEMBERS)
        assert take(board).status_code == 404
        assert take(board, X_API_Key=board.key).status_code == 404  # it may send, and no more
        assert take(board, X_API_Key=lab.make_key(board.channel_id, Right.READ)).status_code == 200


class TestRangeThatMoves:
    @pytest.mark.parametrize(
        "query", ["", "from=now-1h", f"from={at(0)}", f"to={at(MINUTES)}", "from=now-2d&to=now-1d"]
    )
    def test_it_is_led_to_its_instants(self, board, query):
        answer = take(board, query)
        assert answer.status_code == 307
        again = board.get(answer.headers["Location"])
        assert again.status_code == 200
        assert again.headers["Accept-Ranges"] == "bytes"

    def test_what_else_stood_there_goes_along(self, lab):
        board = lab.enrol(visibility=Visibility.MEMBERS)
        key = lab.make_key(board.channel_id, Right.READ)
        answer = take(board, f"shape=tidy&progress={WORD}&api_key={key}")
        given_on = parse_qs(urlsplit(answer.headers["Location"]).query)
        assert (given_on["shape"], given_on["progress"], given_on["api_key"]) == (["tidy"], [WORD], [key])
        assert board.get(answer.headers["Location"]).status_code == 200

    def test_asked_for_a_part_it_is_given_whole(self, board):
        """The part would be one of other readings."""
        answer = take(board, "", Range="bytes=10-")
        assert (answer.status_code, answer.headers["Accept-Ranges"]) == (200, "none")
        assert answer.text.startswith("time_utc")


class TestPart:
    @ON_STORED
    @given(st.data())
    def test_cut_anywhere_the_rest_is_the_same_bytes(self, board, data):
        query = FIXED + data.draw(st.sampled_from(["", "&shape=tidy", "&order=desc", "&bin=7m&agg=mean,count"]))
        whole = take(board, query)
        cut = data.draw(st.integers(0, len(whole.data) - 1))
        rest = take(board, query, Range=f"bytes={cut}-", If_Range=whole.headers["ETag"])
        assert rest.status_code == 206
        assert whole.data[:cut] + rest.data == whole.data
        size = len(whole.data)
        assert rest.headers["Content-Range"] == f"bytes {cut}-{size - 1}/{size}"
        assert int(rest.headers["Content-Length"]) == size - cut

    @ON_STORED
    @given(st.integers(0, 3000), st.integers(0, 3000))
    def test_any_part_can_be_had(self, board, one, other):
        first, last = sorted((one, other))
        whole = take(board).data
        part = take(board, Range=f"bytes={first}-{last}")
        if first >= len(whole):
            assert (part.status_code, part.headers["Content-Range"]) == (416, f"bytes */{len(whole)}")
        else:
            assert (part.status_code, part.data) == (206, whole[first : last + 1])

    def test_the_end_can_be_had(self, board):
        whole = take(board).data
        assert take(board, Range="bytes=-7").data == whole[-7:]
        assert take(board, Range="bytes=-999999").data == whole

    @pytest.mark.parametrize("said", ["bytes=-", "bytes=5-2", "bytes=0-1,4-5", "lines=1-", "bytes=x-"])
    def test_what_is_no_part_is_answered_by_the_whole(self, board, said):
        assert take(board, Range=said).status_code == 200

    def test_of_what_has_changed_since_the_whole_comes(self, lab):
        board = lab.enrol()
        send(board, range(5))
        location = take(board, "").headers["Location"]
        tag = board.get(location).headers["ETag"]
        send(board, [7])
        for headers in ({"Range": "bytes=50-", "If-Range": tag}, {"Range": "bytes=50-"}):
            answer = board.get(location, headers=headers)
            assert answer.status_code == 200
            assert answer.text.startswith("time_utc")

    def test_of_what_goes_on_elsewhere_the_rest_comes(self, lab):
        board = lab.enrol()
        send(board, range(5))
        tag = take(board).headers["ETag"]
        send(board, [MINUTES + 5])
        assert take(board, Range="bytes=50-", If_Range=tag).status_code == 206


class TestProgress:
    def test_it_is_known_how_far_it_is(self, lab, board):
        answer = board.lab.client.get(path_of(board, query=f"{FIXED}&progress={WORD}"), buffered=False)
        chunks = iter(answer.response)
        next(chunks)
        begun = progress_of(lab, board)
        assert (begun.total, begun.is_over) == (2 * MINUTES, False)
        list(chunks)
        answer.close()
        assert progress_of(lab, board) == progress.Progress(2 * MINUTES, 2 * MINUTES, is_over=True, is_whole=True)

    def test_one_that_is_given_up_is_not_whole(self, lab, board):
        answer = board.lab.client.get(path_of(board, query=f"{FIXED}&progress={WORD}"), buffered=False)
        next(iter(answer.response))
        answer.response.close()
        found = progress_of(lab, board)
        assert (found.is_over, found.is_whole) == (True, False)


def progress_of(lab, board):
    return lab.store.ask(progress.of, Viewer.visitor(), board.channel_id, WORD)


class TestBrokenOff:
    def test_once_the_right_ends_nothing_more_is_sent(self, lab):
        board = lab.enrol()
        send(board, range(20))
        answer = board.lab.client.get(path_of(board), buffered=False)
        chunks = iter(answer.response)
        next(chunks)
        hide = update(channel_table).where(channel_table.c.id == board.channel_id).values(visibility="members")
        lab.store.tell(lambda connection: connection.execute(hide))
        with pytest.raises(ConnectionResetError, match="no channel"):
            list(chunks)
