"""Readings for programs: a range of a channel, the newest value of a feed."""

from __future__ import annotations

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
def test_no_cache_keeps_what_may_be_for_one_alone(board, tail):
    assert board.get(f"/api/v1/channels/{board.channel_id}/{tail}").headers["Cache-Control"] == "no-store"


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
            {"to": "2026-01-01"},
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
