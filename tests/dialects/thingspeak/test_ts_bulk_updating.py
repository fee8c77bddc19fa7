"""`/channels/<id>/bulk_update`: many entries at once, all of them or none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise

import pytest

import context
from dialects.thingspeak.bulk_updating import MOST_ROWS
from domain.readings import Position
from domain.roles import Right
from domain.timespan import SECOND
from tests.dialects.thingspeak.boards import FORM, ThingSpeakBoard, enrol
from tests.lab import Lab, opened_lab

NEW_YEAR = 1_704_067_200
"""2024-01-01T00:00:00Z in seconds."""

TAKEN = (202, "application/json; charset=utf-8", '{"success":true}')


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture
def board(lab) -> ThingSpeakBoard:
    return enrol(lab)


def told(response) -> tuple[int, str, str]:
    return response.status_code, response.content_type, response.text


def refused(response) -> tuple[int, str]:
    """The status, which must be that of the error object, and its word."""
    assert response.content_type == "application/json; charset=utf-8"
    assert response.json["status"] == str(response.status_code)
    assert set(response.json["error"]) == {"error_code", "message", "details"}
    return response.status_code, response.json["error"]["error_code"]


def at(seconds: float, **values: object) -> dict[str, object]:
    return {"created_at": NEW_YEAR + seconds, **values}


class TestAbsolute:
    def test_json_is_stored_in_order_of_time(self, board):
        assert told(board.bulk(at(60, field1="2"), at(0, field1="1", field2="open"), at(120, field1=3))) == TAKEN
        assert board.instants() == [
            ("temperature", NEW_YEAR * SECOND),
            ("door", NEW_YEAR * SECOND),
            ("temperature", (NEW_YEAR + 60) * SECOND),
            ("temperature", (NEW_YEAR + 120) * SECOND),
        ]
        assert [value for _, value in board.stored()] == [1, "open", 2, 3]
        assert board.board.channel.cursor == 3

    @pytest.mark.parametrize(
        ("written", "more"),
        [
            ("2024-01-01T00:00:00Z", {}),
            ("2024-01-01T01:00:00+0100", {}),
            ("2024-01-01 00:00:00", {}),
            ("2023-12-31 19:00:00 -0500", {}),
            ("2024-01-01 01:00:00", {"timezone": "Europe/Berlin"}),
            (NEW_YEAR, {}),
            (str(NEW_YEAR), {}),
            (float(NEW_YEAR), {}),
        ],
    )
    def test_times_are_read_as_they_are_written(self, board, written, more):
        assert told(board.bulk({"created_at": written, "field1": 1}, **more)) == TAKEN
        assert board.instants() == [("temperature", NEW_YEAR * SECOND)]

    def test_csv_is_stored(self, board):
        rows = "2024-01-01T00:00:00Z,21.5,open,,,,,,,47.5,19.25,120,a, b|2024-01-01 00:01:00 UTC,,shut|1704067320,3"
        assert told(board.bulk_csv("absolute", rows)) == TAKEN
        assert board.stored() == [("temperature", 21.5), ("door", "open"), ("door", "shut"), ("temperature", 3)]
        assert board.entries()[0] == (1, "a, b", Position(47.5, 19.25, 120))

    def test_csv_may_come_as_a_raw_form(self, lab, board):
        rows = "2024-01-01T01:00:00+0100,1|2024-01-01T01:00:01+0100,2|\r\n"
        body = f"write_api_key={board.key}&time_format=absolute&updates={rows}"
        response = lab.client.post(f"/channels/{board.channel_id}/bulk_update.csv", data=body, content_type=FORM)
        assert told(response) == TAKEN
        assert board.instants() == [(feed, (NEW_YEAR + n) * SECOND) for n, feed in enumerate(["temperature"] * 2)]

    def test_numbers_of_entries_go_on(self, board):
        board.update(field1="1")
        board.bulk(at(0, field1=1), at(1, field1=2))
        assert board.update(field1="1").text == "4"

    def test_a_status_and_a_place_go_with_each(self, board):
        board.bulk(at(0, status="well", latitude=1, longitude=2), at(1), at(2, elevation=3, field1=1))
        assert board.entries() == [(1, "well", Position(1, 2)), (2, None, None), (3, None, None)]


class TestRelative:
    def test_the_last_one_is_now(self, board):
        before = context.now()
        steps = [{"delta_t": 0, "field1": 1}, {"delta_t": 15, "field1": 2}, {"delta_t": "5", "field1": 3}]
        assert told(board.bulk(*steps)) == TAKEN
        (_, first), (_, second), (_, last) = board.instants()
        assert (second - first, last - second) == (15 * SECOND, 5 * SECOND)
        assert before <= last <= context.now()

    def test_csv_is_so_too(self, board):
        assert told(board.bulk_csv("relative", "0,1|15,2,open|5,3")) == TAKEN
        instants = [instant for feed, instant in board.instants() if feed == "temperature"]
        assert [later - earlier for earlier, later in pairwise(instants)] == [15 * SECOND, 5 * SECOND]


class TestKeys:
    @pytest.mark.parametrize("ending", ["json", "csv"])
    @pytest.mark.parametrize("whose", ["missing", "a typo", "a read key", "another channel's", "no channel's"])
    def test_a_bad_one_is_told_by_an_object(self, lab, board, ending, whose):
        written = {
            "missing": "",
            "a typo": "ABCDEFGHIJKLMNOP",
            "a read key": lab.make_key(board.channel_id, Right.READ),
            "another channel's": enrol(lab).key,
            "no channel's": board.key,
        }[whose]
        channel_id = 999_999 if whose == "no channel's" else board.channel_id
        rows = lab.count_rows()
        sent = {"json": {"write_api_key": written, "updates": [at(0, field1=1)]}} if ending == "json" else {}
        sent = sent or {"data": {"write_api_key": written, "time_format": "absolute", "updates": "1704067200,1"}}
        response = lab.client.post(f"/channels/{channel_id}/bulk_update.{ending}", **sent)
        assert refused(response) == (401, "error_auth_required")
        assert lab.count_rows() == rows

    @pytest.mark.parametrize("carrier", ["header", "api_key", "query"])
    def test_it_may_come_otherwise(self, lab, board, carrier):
        body = {"updates": [at(0, field1=1)]} | ({"api_key": board.key} if carrier == "api_key" else {})
        response = lab.client.post(
            f"/channels/{board.channel_id}/bulk_update.json",
            json=body,
            headers={"X-THINGSPEAKAPIKEY": board.key} if carrier == "header" else {},
            query_string={"write_api_key": board.key} if carrier == "query" else {},
        )
        assert told(response) == TAKEN


class TestPace:
    def test_a_second_call_too_soon_is_429(self, lab):
        board = enrol(lab, pace_ms=3_600_000)
        assert told(board.bulk(at(0, field1=1))) == TAKEN
        assert refused(board.bulk(at(1, field1=1))) == (429, "error_too_many_requests")
        assert refused(board.bulk_csv("absolute", "1704067202,1")) == (429, "error_too_many_requests")
        assert board.stored() == [("temperature", 1)]
        assert [code for code, _, _, _ in board.refusals()] == ["too-fast"]

    def test_its_clock_is_its_own(self, lab):
        board = enrol(lab, pace_ms=3_600_000)
        assert told(board.bulk(at(0, field1=1))) == TAKEN
        assert board.update(field1="1").text == "2"
        assert board.update(field1="1").text == "0"

    def test_what_was_refused_does_not_count(self, lab):
        board = enrol(lab, pace_ms=3_600_000)
        assert refused(board.bulk({"field1": 1}))[0] == 400
        assert told(board.bulk(at(0, field1=1))) == TAKEN


class TestRefused:
    """All or nothing."""

    @pytest.mark.parametrize(
        "updates",
        [
            [],
            [1],
            [at(0, field1=1), {"field1": 2}],
            [at(0, field1=1), {"delta_t": 1, "field1": 2}],
            [at(0, delta_t=1)],
            [at(0, field1=1), {"created_at": "yesterday"}],
            [at(0, field1=1), {"created_at": None}],
            [{"delta_t": 0}, {"delta_t": "soon"}],
            [{"delta_t": 0}, {"delta_t": -5}],
            [{"delta_t": 0}, {"delta_t": 0}],
            [at(0, field1=1), at(0, field2="open")],
            [at(0, field1=1), at(1, field1="x" * 256)],
            [at(0, field1=1), at(-NEW_YEAR + 5, field1=2)],
            [at(0, field1=1), at(10**9, field1=2)],
        ],
        ids=str,
    )
    def test_what_is_wrong_in_one_row_keeps_all_out(self, lab, board, updates):
        rows = lab.count_rows()
        assert refused(board.bulk(*updates)) == (400, "error_bad_request")
        assert lab.count_rows() == rows
        ((_, detail, hint, door),) = board.refusals()
        assert detail
        assert hint
        assert door == "ThingSpeak"

    @pytest.mark.parametrize("body", ["", "{", "[]", '{"updates": 5}', '{"updates": "2024"}', "write_api_key=1"])
    def test_what_is_no_list_is_malformed(self, lab, board, body):
        headers = {"X-THINGSPEAKAPIKEY": board.key}
        path = f"/channels/{board.channel_id}/bulk_update.json"
        response = lab.client.post(path, data=body, content_type="application/json", headers=headers)
        assert refused(response) == (400, "error_bad_request")

    @pytest.mark.parametrize("form", [{"time_format": "absolute"}, {"updates": "1704067200,1"}, {"time_format": "x"}])
    def test_what_is_no_row_is_malformed(self, lab, board, form):
        sent = {"write_api_key": board.key} | form
        response = lab.client.post(f"/channels/{board.channel_id}/bulk_update.csv", data=sent)
        assert refused(response) == (400, "error_bad_request")

    def test_bytes_that_are_not_utf_8_are_422(self, lab, board):
        body = json.dumps({"write_api_key": board.key, "updates": [at(0, field2="°")]}, ensure_ascii=False)
        path = f"/channels/{board.channel_id}/bulk_update.json"
        response = lab.client.post(path, data=body.encode("latin-1"), content_type="application/json")
        assert refused(response) == (422, "error_invalid_byte_sequence")

    def test_other_values_at_a_stored_instant_are_409(self, lab, board):
        assert told(board.bulk(at(0, field1=1))) == TAKEN
        rows = lab.count_rows()
        assert refused(board.bulk(at(0, field1=2), at(1, field1=2))) == (409, "error_conflict")
        assert lab.count_rows() == rows

    def test_the_same_call_again_stores_nothing_twice(self, lab, board):
        updates = [at(0, field1=1), at(1, field1=2)]
        assert told(board.bulk(*updates)) == TAKEN
        rows = lab.count_rows()
        assert told(board.bulk(*updates)) == TAKEN
        assert lab.count_rows() == rows

    def test_values_that_do_not_fit_are_left_out_and_told_with_their_row(self, board):
        assert told(board.bulk(at(0, field1=1), at(1, field1="high", field2="open"))) == TAKEN
        assert board.stored() == [("temperature", 1), ("door", "open")]
        assert [detail for _, detail, _, _ in board.refusals()] == [
            'Row 2, feed "temperature": "high" is not a number.'
        ]

    def test_other_names_are_entries_without_values(self, board):
        assert told(board.bulk(at(0, temperature=1), at(1, temperature=2))) == TAKEN
        assert (board.stored(), board.board.channel.cursor) == ([], 2)


class TestHowMany:
    def test_961_rows_are_taken(self, board):
        assert told(board.bulk(*[at(n, field1=n) for n in range(961)])) == TAKEN
        assert len(board.stored()) == 961

    def test_as_many_as_a_paid_licence_allows_are_taken(self, board):
        assert told(board.bulk_csv("absolute", "|".join(f"{NEW_YEAR + n},{n}" for n in range(MOST_ROWS)))) == TAKEN
        assert len(board.stored()) == MOST_ROWS

    def test_one_more_is_413(self, lab, board):
        rows = lab.count_rows()
        response = board.bulk_csv("absolute", "|".join(f"{NEW_YEAR + n},{n}" for n in range(MOST_ROWS + 1)))
        assert refused(response) == (413, "error_request_too_large")
        assert lab.count_rows() == rows

    def test_a_body_that_is_far_too_large_is_413(self, board):
        assert refused(board.bulk_csv("absolute", "1" * 1_100_000)) == (413, "error_request_too_large")


class TestMethods:
    @pytest.mark.parametrize("ending", ["json", "csv"])
    def test_options_is_answered_empty(self, lab, ending):
        response = lab.client.options(f"/channels/7/bulk_update.{ending}")
        assert (response.status_code, response.data) == (200, b"")
        assert response.headers["Access-Control-Allow-Origin"] == "*"
