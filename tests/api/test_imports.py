"""Files brought in by programs, through the real app."""

from __future__ import annotations

import gzip
import json

import pytest

import context
from domain.channels import Visibility
from domain.roles import Role
from domain.timespan import HOUR, SECOND, to_rfc3339
from domain.tokens import Scope
from models import jobs
from tests.lab import Board, opened_lab
from tests.people import make_member, make_person, sign_in
from tests.tokens import bearing, make_token, revoke_token


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with opened_lab(tmp_path_factory.mktemp("lab"), COLLEGE_ZONE="Europe/Berlin") as lab:
        yield lab


@pytest.fixture
def board(lab) -> Board:
    return lab.enrol(visibility=Visibility.MEMBERS)


@pytest.fixture
def ada(lab, board):
    """An editor of the board's channel."""
    found = make_person(lab.store, f"Ada {board.channel_id}")
    make_member(lab.store, board.channel_id, found, Role.EDITOR)
    return found


@pytest.fixture
def token(lab, ada) -> str:
    return make_token(lab, ada, [Scope.WRITE])


def rows(count: int = 3, value: float = 21.5) -> str:
    start = context.now() // HOUR * HOUR - 5 * HOUR
    lines = (f"{to_rfc3339(start + place * SECOND)},{value}" for place in range(count))
    return "time,temperature\n" + "".join(f"{line}\n" for line in lines)


def late() -> str:
    """A row a reading, of two feeds; the second is named further down than a file is looked at first."""
    start = context.now() // HOUR * HOUR - 5 * HOUR
    names = ["temperature"] * 600 + ["gate"] * 3
    lines = (f"{to_rfc3339(start + place * SECOND)},{name},7" for place, name in enumerate(names))
    return "time,feed,value\n" + "".join(f"{line}\n" for line in lines)


def ask(lab, method: str, path: str, token: str = "", **options):
    headers = (bearing(token) if token else {}) | options.pop("headers", {})
    return lab.client.open(path, method=method, headers=headers, **options)


def begin(lab, board, token: str, body: str | bytes, query: str = "", **options):
    path = f"/api/v1/channels/{board.channel_id}/imports{query}"
    return ask(lab, "POST", path, token, data=body, **options)


def ended(lab, answer, token: str) -> dict:
    """How the import stands when it is over."""
    lab.parts.importer.work()
    found = ask(lab, "GET", answer.headers["Location"], token)
    assert found.json["ended_at"], found.json
    return found.json


class TestWholeFiles:
    def test_it_is_taken_and_stored(self, lab, board, token):
        answer = begin(lab, board, token, rows(3), "?name=kiln.csv", content_type="text/csv")
        assert (answer.status_code, answer.json["name"]) == (202, "kiln.csv")
        found = ended(lab, answer, token)
        assert (found["state"], found["stored"], found["progress"]) == ("done", 3, 1.0)
        assert board.stored() == [("temperature", 21.5)] * 3

    @pytest.mark.parametrize("pack", [str.encode, lambda text: gzip.compress(text.encode())])
    def test_packed_or_plain(self, lab, board, token, pack):
        assert ended(lab, begin(lab, board, token, pack(rows(3))), token)["stored"] == 3

    def test_files_larger_than_a_message_may_be(self, lab, board, token):
        body = rows(50_000)
        assert len(body) > lab.app.config["MAX_CONTENT_LENGTH"]
        assert ended(lab, begin(lab, board, token, body), token)["stored"] == 50_000

    def test_objects_a_line(self, lab, board, token):
        body = json.dumps({"at": to_rfc3339(context.now()), "values": {"temperature": 1, "door": "open"}})
        assert ended(lab, begin(lab, board, token, body), token)["stored"] == 2

    def test_columns_are_led_where_the_address_says(self, lab, board, token):
        body = rows(2).replace("temperature", "Temp. (C)")
        query = "?columns=Temp.%20(C)%3Dtemperature&only=true"
        assert ended(lab, begin(lab, board, token, body, query), token)["stored"] == 2
        assert {name for name, _ in board.stored()} == {"temperature"}

    def test_feeds_that_a_long_file_names_late_are_led_where_the_address_says(self, lab, board, token):
        body = late()
        found = ended(lab, begin(lab, board, token, body, "?columns=gate%3Ddoor&kinds=door%3Dtext"), token)
        assert (found["state"], found["stored"]) == ("done", 603)
        assert board.stored()[-1] == ("door", "7")

    def test_one_that_the_file_does_not_name_is_told(self, lab, board, token):
        found = ended(lab, begin(lab, board, token, late(), "?columns=Gate%3Ddoor"), token)
        assert (found["state"], found["reason"]) == ("refused", 'The file names no feed "Gate".')
        assert board.stored() == []

    def test_times_without_a_zone_are_of_the_college_or_of_the_one_that_is_named(self, lab, board, token):
        body = "time,temperature\n2026-03-01 11:00:00,1\n"
        ended(lab, begin(lab, board, token, body), token)
        ended(lab, begin(lab, board, token, body, "?zone=Asia/Tokyo"), token)
        assert [to_rfc3339(at) for _, at, _ in board.rows()] == ["2026-03-01T02:00:00Z", "2026-03-01T10:00:00Z"]

    def test_bad_rows_are_told_and_nothing_is_stored(self, lab, board, token):
        found = ended(lab, begin(lab, board, token, rows(2) + "?,1\n"), token)
        assert (found["state"], found["bad_rows"], found["reason"]) == ("refused", 1, "1 row cannot be stored.")
        assert found["errors"] == [{"line": 4, "column": "", "detail": '"?" is not a time'}]
        assert board.stored() == []

    def test_the_good_ones_are_stored_where_that_is_asked_for(self, lab, board, token):
        found = ended(lab, begin(lab, board, token, rows(2) + "?,1\n", "?rows=good"), token)
        assert (found["state"], found["stored"]) == ("done", 2)

    def test_conflicts_are_told(self, lab, board, token):
        ended(lab, begin(lab, board, token, rows(2)), token)
        found = ended(lab, begin(lab, board, token, rows(2, value=3), "?conflicts=keep"), token)
        assert (found["state"], found["conflicts"], found["conflicting"][0]["line"]) == ("done", 2, 2)


class TestUndoing:
    def test_its_readings_are_taken_away(self, lab, board, token):
        answer = begin(lab, board, token, rows(3))
        assert ended(lab, answer, token)["may_be_undone"]
        gone = ask(lab, "DELETE", answer.headers["Location"], token)
        assert gone.status_code == 202
        assert ended(lab, answer, token)["state"] == "undone"
        assert board.stored() == []
        assert ask(lab, "DELETE", answer.headers["Location"], token).status_code == 409


class TestPieces:
    def test_a_file_comes_in_pieces_and_goes_on_where_it_broke_off(self, lab, board, token):
        body = rows(3).encode()
        first = begin(lab, board, token, body[:20], headers={"Upload-Complete": "?0"})
        assert (first.status_code, first.headers["Upload-Offset"]) == (201, "20")
        where = first.headers["Location"]
        assert ask(lab, "HEAD", where, token).headers["Upload-Offset"] == "20"
        early = ask(lab, "PATCH", where, token, data=body[30:], headers={"Upload-Offset": "30"})
        assert (early.status_code, early.json["detail"]) == (409, "The next byte is number 20, not 30.")
        more = {"Upload-Offset": "15", "Upload-Complete": "?0"}
        assert ask(lab, "PATCH", where, token, data=body[15:40], headers=more).headers["Upload-Offset"] == "40"
        last = ask(lab, "PATCH", where, token, data=body[40:], headers={"Upload-Offset": "40"})
        assert last.status_code == 202
        assert ended(lab, last, token)["stored"] == 3

    def test_what_the_address_said_at_first_counts_at_the_end(self, lab, board, token):
        first = begin(lab, board, token, rows(2) + "?,1\n", "?rows=good", headers={"Upload-Complete": "?0"})
        size = first.headers["Upload-Offset"]
        last = ask(lab, "PATCH", first.headers["Location"], token, data=b"", headers={"Upload-Offset": size})
        assert ended(lab, last, token)["stored"] == 2


class TestRefusals:
    @pytest.mark.parametrize(
        ("query", "body", "status", "says"),
        [
            ("", "", 422, "The file is empty."),
            ("", "a,b\n1,2\n", 422, "No column of the file holds times."),
            ("?row=good", "", 422, "Did you mean rows?"),
            ("?rows=some", "", 422, "one of all, good"),
            ("?kinds=a=b", "", 422, "no kind of feed"),
            ("?columns=a", "", 422, "The parameter columns"),
            ("?time=when", "t,b\n1772359200,1\n", 422, 'no column "when"'),
            ("?zone=Nowhere", "t,b\n1772359200,1\n", 422, "no time zone"),
        ],
    )
    def test_what_cannot_be_is_said_and_nothing_is_left(self, lab, board, token, query, body, status, says):
        answer = begin(lab, board, token, body, query)
        assert answer.status_code == status
        assert says in answer.json["detail"]
        left = ask(lab, "GET", f"/api/v1/channels/{board.channel_id}/imports", token).json["imports"]
        assert {each["state"] for each in left} <= {"cancelled"}

    def test_a_token_that_may_send_is_needed(self, lab, board, ada):
        reading = make_token(lab, ada, [Scope.READ])
        stranger = make_token(lab, make_person(lab.store, f"Sam {board.channel_id}"))
        assert [begin(lab, board, each, rows(1)).status_code for each in ("", reading, stranger, "lfp_x")] == [
            401,
            403,
            404,
            401,
        ]
        with_key = begin(lab, board, "", rows(1), headers={"X-API-Key": board.key})
        assert (with_key.status_code, "personal token" in with_key.json["detail"]) == (403, True)

    def test_a_cookie_is_no_token(self, lab, board, ada):
        client = sign_in(lab.app.test_client(), lab.store, ada, context.now())
        assert client.post(f"/api/v1/channels/{board.channel_id}/imports", data=rows(1)).status_code == 401

    def test_another_channel_s_import_does_not_exist(self, lab, board, ada, token):
        number = begin(lab, board, token, rows(1)).json["id"]
        other = lab.enrol()
        make_member(lab.store, other.channel_id, ada, Role.OWNER)
        assert ask(lab, "GET", f"/api/v1/channels/{other.channel_id}/imports/{number}", token).status_code == 404
        assert ask(lab, "GET", f"/api/v1/channels/{board.channel_id}/imports/x", token).status_code == 404

    def test_an_import_ends_when_its_token_does(self, lab, board, ada, token):
        first = begin(lab, board, token, rows(2)[:-1], headers={"Upload-Complete": "?0"})
        where, number = first.headers["Location"], first.json["id"]
        lab.parts.importer.work()
        other = make_token(lab, ada)
        revoke_token(lab, ada)  # the newest
        revoke_token(lab, ada)
        assert ask(lab, "PATCH", where, token, headers={"Upload-Offset": "9"}).status_code == 401
        assert ask(lab, "GET", where, other).status_code == 401
        fresh = make_token(lab, ada)
        size = ask(lab, "HEAD", where, fresh).headers["Upload-Offset"]
        assert ask(lab, "PATCH", where, fresh, headers={"Upload-Offset": size}).status_code == 202
        lab.parts.importer.work()
        found = lab.store.ask(jobs.find, number)
        assert (found.state, board.stored()) == (jobs.State.REFUSED, [])
