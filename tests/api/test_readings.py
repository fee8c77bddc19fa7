"""Readings for programs: a range of a channel, the newest value of a feed."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from domain.channels import Visibility
from domain.roles import Right
from tests.builders import NOW
from tests.lab import Board, Lab, opened_lab

STAMPS = ("2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", "2026-01-01T00:00:02.5Z")


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        noise = lab.enrol()
        noise.post([{"at": at, "values": {"temperature": -999, "door": "noise"}} for at in STAMPS])
        yield lab


@pytest.fixture
def board(lab) -> Board:
    """A board that has sent 0, 1, 2 and, at first, a word."""
    board = lab.enrol()
    rows = [{"at": at, "values": {"temperature": number}} for number, at in enumerate(STAMPS)]
    rows[0]["values"]["door"] = "open"
    assert board.post(rows).status_code == 201
    return board


def asked(board: Board, **options) -> list:
    """(feed, at, value) of what the channel's readings are, asked for with these parameters."""
    said = board.get(f"/api/v1/channels/{board.channel_id}/readings", query_string=options)
    assert said.status_code == 200, said.text
    return [(each["feed"], each["at"], each["value"]) for each in said.json["readings"]]


@pytest.mark.parametrize("tail", ["readings", "feeds/temperature/last", "feeds/temperature/last.txt"])
@pytest.mark.parametrize(
    ("visibility", "kept"),
    [(Visibility.PUBLIC, "no-cache"), (Visibility.COLLEGE, "no-store"), (Visibility.MEMBERS, "no-store")],
)
def test_no_cache_keeps_what_may_be_for_one_alone(lab, tail, visibility, kept):
    board = lab.enrol(visibility=visibility)
    board.post({"temperature": 1})
    headers = {"X-API-Key": lab.make_key(board.channel_id, Right.READ)}
    said = board.get(f"/api/v1/channels/{board.channel_id}/{tail}", headers=headers)
    assert (said.status_code, said.headers["Cache-Control"]) == (200, kept)


class TestListReadings:
    def test_they_come_in_the_order_of_time(self, board):
        assert asked(board) == [
            ("temperature", STAMPS[0], 0.0),
            ("door", STAMPS[0], "open"),
            ("temperature", STAMPS[1], 1.0),
            ("temperature", STAMPS[2], 2.0),
        ]

    def test_a_feed_may_tell_numbers_and_words(self, lab):
        board = lab.enrol(feeds=("probe:mixed",))
        sent = zip(STAMPS, (0, "error", "2.50"), strict=True)
        assert board.post([{"at": at, "values": {"probe": said}} for at, said in sent]).status_code == 201
        assert [value for _, _, value in asked(board)] == [0.0, "error", 2.5]

    def test_of_the_named_feeds_alone(self, board):
        assert asked(board, feeds="door") == [("door", STAMPS[0], "open")]

    def test_of_a_feed_that_is_not_there_it_says_so(self, board):
        said = board.get(f"/api/v1/channels/{board.channel_id}/readings?feeds=door,doors")
        assert (said.status_code, '"doors"' in said.json["detail"]) == (404, True)

    def test_of_a_range_whose_end_is_not_included(self, board):
        found = asked(board, **{"from": STAMPS[1], "to": STAMPS[2]})
        assert found == [("temperature", STAMPS[1], 1.0)]

    def test_the_newest_of_them_where_they_are_too_many(self, board):
        assert asked(board, limit=2) == [("temperature", STAMPS[1], 1.0), ("temperature", STAMPS[2], 2.0)]

    def test_a_range_may_be_told_from_now(self, board):
        assert asked(board, **{"from": "now-1s"}) == []

    @pytest.mark.parametrize(
        "options",
        [
            {"from": "yesterday"},
            {"to": "2026-13-01"},
            {"from": "now-999999999w"},
            {"from": STAMPS[1], "to": STAMPS[0]},
            {"from": "99999999999"},
            {"limit": "0"},
            {"limit": "10001"},
            {"limit": "-1"},
            {"limit": "many"},
            {"limit": "9" * 5000},
        ],
    )
    def test_what_is_no_range_is_refused_by_name(self, board, options):
        said = board.get(f"/api/v1/channels/{board.channel_id}/readings", query_string=options)
        assert (said.status_code, said.json["type"]) == (422, "/problems/invalid")
        assert any(name in said.json["detail"] for name in options)


class TestPages:
    @pytest.mark.parametrize("order", ["asc", "desc", ""])
    def test_the_next_one_leads_to_all_the_rest(self, board, order):
        whole = asked(board, **({"order": order} if order else {}))
        address, pages = (
            f"/api/v1/channels/{board.channel_id}/readings?limit=1&feeds=temperature,door&order={order}",
            [],
        )
        while address:
            said = board.get(address)
            pages.append([(each["feed"], each["at"], each["value"]) for each in said.json["readings"]])
            address = next_of(said)
        assert [row for page in (pages if order else pages[::-1]) for row in page] == whole

    def test_it_is_over_the_very_instants_of_the_first(self, board):
        said = board.get(f"/api/v1/channels/{board.channel_id}/readings?from=now-50w&limit=1")
        assert "now" not in next_of(said)
        assert "from=20" in next_of(said)

    def test_it_carries_the_key_that_was_in_the_address(self, lab):
        board = lab.enrol(visibility=Visibility.MEMBERS)
        board.post([{"at": at, "values": {"temperature": 1}} for at in STAMPS])
        key = lab.make_key(board.channel_id, Right.READ)
        first = board.get(f"/api/v1/channels/{board.channel_id}/readings?limit=2&api_key={key}")
        assert len(board.get(next_of(first)).json["readings"]) == 1

    @pytest.mark.parametrize("cursor", ["x", "1.2", "1.2.3.4", "-1.-1.1", "999999999999999999.1.1", "1.1." + "9" * 20])
    def test_a_cursor_that_is_none_of_ours_is_refused(self, board, cursor):
        said = board.get(f"/api/v1/channels/{board.channel_id}/readings?cursor={cursor}")
        assert (said.status_code, "cursor" in said.json["detail"]) == (422, True)


def next_of(said) -> str:
    return said.headers.get("Link", "").removeprefix("<").partition(">")[0]


class TestRange:
    @pytest.mark.parametrize(
        "start",
        [
            "2026-01-01T00:00:01Z",
            "2026-01-01T01:00:01+01:00",  # as an address says a plus
            "1767225601",
            "1767225601000",
            "1767225601000000",
            "1767225601000000000",
        ],
    )
    def test_an_instant_may_be_written_in_any_form(self, board, start):
        said = board.get(f"/api/v1/channels/{board.channel_id}/readings?from={start}")
        assert [each["at"] for each in said.json["readings"]] == list(STAMPS[1:])

    def test_a_date_is_one_of_the_zone_and_an_end_is_included(self, board):
        assert len(asked(board, **{"from": "2026-01-01", "to": "2026-01-01"})) == 4
        assert asked(board, **{"from": "2026-01-01", "zone": "America/New_York"}) == []
        assert len(asked(board, to="2025-12-31", zone="America/New_York")) == 4

    @pytest.mark.parametrize(
        ("options", "told"),
        [
            ({"zone": "Mars/Olympus"}, "Mars/Olympus"),
            ({"bin": "1x"}, "bin"),
            ({"bin": "500d"}, "bin"),
            ({"agg": "mean"}, "agg needs bin"),
            ({"fill": "null"}, "fill needs bin"),
            ({"feed": "door"}, "Did you mean feeds?"),
        ],
    )
    def test_what_cannot_be_meant_is_said(self, board, options, told):
        said = board.get(f"/api/v1/channels/{board.channel_id}/readings", query_string=options)
        assert (said.status_code, told in said.json["detail"]) == (422, True)


class TestForms:
    def test_a_line_a_reading(self, board):
        said = board.get(f"/api/v1/channels/{board.channel_id}/readings?format=ndjson&limit=2")
        assert said.content_type == "application/x-ndjson"
        assert [json.loads(line)["value"] for line in said.text.splitlines()] == [1.0, 2.0]

    def test_a_row_a_reading_in_which_nothing_runs(self, lab):
        board = lab.enrol(feeds=("temperature:°C", "note:text"), name="Kiln, old")
        board.post({"at": STAMPS[2], "values": {"temperature": -2.5, "note": '=1+"1"'}})
        said = board.get(f"/api/v1/channels/{board.channel_id}/readings?format=csv")
        assert said.content_type == "text/csv; charset=utf-8"
        assert said.text.split("\r\n") == [
            "time_utc,channel,feed,value,text,unit",
            '2026-01-01T00:00:02.5Z,"Kiln, old",temperature,-2.5,,°C',
            '2026-01-01T00:00:02.5Z,"Kiln, old",note,,"\'=1+""1""",',
            "",
        ]

    def test_it_is_what_a_tidy_file_holds(self, board):
        file = board.get(f"/api/v1/channels/{board.channel_id}/download.csv?shape=tidy", follow_redirects=True)
        assert board.get(f"/api/v1/channels/{board.channel_id}/readings?format=csv").text == file.text


class TestBins:
    def test_only_what_was_asked_for_is_told(self, board):
        said = board.get(f"/api/v1/channels/{board.channel_id}/readings?bin=1m&agg=max,count")
        assert said.json["bins"] == [
            {"at": STAMPS[0], "feed": "temperature", "max": 2.0, "count": 3},
            {"at": STAMPS[0], "feed": "door", "max": None, "count": 1},
        ]

    def test_empty_ones_are_null_or_nothing(self, board):
        board.post({"at": "2026-01-01T00:02:00Z", "values": {"temperature": 5}})
        address = f"/api/v1/channels/{board.channel_id}/readings?bin=1m&to=2026-01-01T00:03:00Z"
        means = [[each["mean"] for each in board.get(address + more).json["bins"]] for more in ("", "&fill=null")]
        assert means == [[1.0, 5.0], [1.0, None, 5.0]]

    def test_as_rows(self, board):
        said = board.get(
            f"/api/v1/channels/{board.channel_id}/readings?bin=1m&agg=mean,count&feeds=temperature&format=csv"
        )
        assert said.text == (
            "time_utc,channel,feed,mean,count,unit\r\n2026-01-01T00:00:00Z,Greenhouse,temperature,1,3,\r\n"
        )

    def test_page_by_page(self, board):
        first = board.get(f"/api/v1/channels/{board.channel_id}/readings?bin=1s&limit=2&order=asc")
        second = board.get(next_of(first))
        assert [each["at"] for each in first.json["bins"] + second.json["bins"]] == [
            *STAMPS[:2],
            "2026-01-01T00:00:02Z",
        ]


class TestUnchanged:
    @pytest.mark.parametrize(
        "tail", ["readings", "feeds/temperature/last", "feeds", "statistics", "feeds/door/last.txt", ""]
    )
    def test_what_is_still_the_same_is_not_sent_again(self, board, tail):
        address = f"/api/v1/channels/{board.channel_id}/{tail}".rstrip("/")
        tag = board.get(address).headers["ETag"]
        again = board.get(address, headers={"If-None-Match": tag})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
        board.post({"temperature": 9, "door": "closed"})
        assert board.get(address, headers={"If-None-Match": tag}).status_code == 200


class TestOtherSites:
    def test_a_page_may_read_without_cookies(self, board):
        said = board.get(f"/api/v1/channels/{board.channel_id}/readings", headers={"Origin": "https://example.org"})
        assert said.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in said.headers

    def test_a_refusal_may_be_read_too(self, board):
        assert board.get("/api/v1/channels/999999/readings").headers["Access-Control-Allow-Origin"] == "*"

    def test_what_a_browser_asks_first_is_answered(self, board):
        said = board.lab.client.options(f"/api/v1/channels/{board.channel_id}/readings")
        assert said.status_code == 200
        assert said.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
        assert "X-API-Key" in said.headers["Access-Control-Allow-Headers"]

    @pytest.mark.parametrize("path", ["/", "/healthz", "/mine"])
    def test_no_page_of_ours_is_open_to_them(self, lab, path):
        assert "Access-Control-Allow-Origin" not in lab.client.get(path).headers

    def test_sending_is_not(self, board):
        assert "Access-Control-Allow-Origin" not in board.post({"temperature": 1}).headers


class TestLast:
    def test_it_is_the_newest(self, board):
        said = board.get(f"/api/v1/channels/{board.channel_id}/feeds/temperature/last").json
        assert (said["at"], said["value"], said["feed"], said["entry_id"]) == (STAMPS[2], 2.0, "temperature", 3)

    @pytest.mark.parametrize(("feed", "text"), [("temperature", "2\n"), ("door", "open\n")])
    def test_as_text_it_is_the_value_alone(self, board, feed, text):
        said = board.get(f"/api/v1/channels/{board.channel_id}/feeds/{feed}/last.txt")
        assert (said.text, said.content_type) == (text, "text/plain; charset=utf-8")

    def test_a_number_is_spelled_as_it_was_sent(self, board):
        board.post({"temperature": "21.50"})
        assert board.get(f"/api/v1/channels/{board.channel_id}/feeds/temperature/last.txt").text == "21.50\n"

    @pytest.mark.parametrize("feed", ["nothing", "humidity"])
    def test_without_a_reading_there_is_none(self, lab, feed):
        board = lab.enrol(feeds=("humidity",))
        assert board.get(f"/api/v1/channels/{board.channel_id}/feeds/{feed}/last").status_code == 404


PATHS = ("readings", "feeds/temperature/last", "feeds/temperature/last.txt")


class TestWhoMaySee:
    @pytest.mark.parametrize("path", PATHS)
    @pytest.mark.parametrize("visibility", [Visibility.COLLEGE, Visibility.MEMBERS])
    def test_a_hidden_channel_does_not_exist_but_for_its_read_key(self, lab, path, visibility):
        board = lab.enrol(visibility=visibility)
        board.post({"temperature": 1})
        own = lab.make_key(board.channel_id, Right.READ)
        strangers = lab.make_key(lab.enrol().channel_id, Right.READ)
        address = f"/api/v1/channels/{board.channel_id}/{path}"
        statuses = [
            lab.client.get(address, headers={"X-API-Key": key} if key else {}).status_code
            for key in (None, own, strangers, board.key)
        ]
        assert statuses == [404, 200, 404, 404]

    @pytest.mark.parametrize("path", PATHS)
    @pytest.mark.parametrize("channel", ["0", "-1", "x", "7.5", "1e3", "²", "9999999999", "999999999", "1%00"])
    def test_what_names_no_channel_is_not_found(self, lab, path, channel):
        assert lab.client.get(f"/api/v1/channels/{channel}/{path}").status_code == 404

    @pytest.mark.parametrize("key", ["WRONG", "0AAAAAAAAAAAAAAA"])
    def test_a_key_that_is_not_valid_is_said(self, lab, board, key):
        said = lab.client.get(f"/api/v1/channels/{board.channel_id}/readings", headers={"X-API-Key": key})
        assert (said.status_code, said.json["type"]) == (401, "/problems/key-unknown")

    def test_a_revoked_key_shows_nothing(self, lab):
        board = lab.enrol(visibility=Visibility.MEMBERS, now=NOW)
        key = lab.make_key(board.channel_id, Right.READ)
        lab.revoke(key)
        said = lab.client.get(f"/api/v1/channels/{board.channel_id}/readings", headers={"X-API-Key": key})
        assert said.status_code == 401
