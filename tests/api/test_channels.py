"""Channels and feeds for programs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from domain.channels import Visibility
from domain.roles import Right
from domain.tokens import Scope
from tests.builders import make_channel
from tests.lab import Board, Lab, opened_lab
from tests.people import make_member, make_person
from tests.tokens import bearing, make_token


@pytest.fixture
def lab(tmp_path) -> Iterator[Lab]:
    with opened_lab(tmp_path) as lab:
        yield lab


@pytest.fixture
def board(lab) -> Board:
    board = lab.enrol(feeds=("temperature:°C", "door:text", "spare"), name="Kiln", visibility=Visibility.MEMBERS)
    assert board.post({"at": "2026-01-01T00:00:00Z", "values": {"temperature": 0, "door": "open"}}).status_code == 201
    return board


@pytest.fixture
def key(lab, board) -> dict[str, str]:
    return {"X-API-Key": lab.make_key(board.channel_id, Right.READ)}


class TestAChannel:
    def test_it_says_what_it_is_and_what_came_last(self, board, key):
        told = board.get(f"/api/v1/channels/{board.channel_id}", headers=key).json
        assert (told["id"], told["name"], told["visibility"], told["entry_id"]) == (
            board.channel_id, "Kiln", "members", 1
        )  # fmt: skip
        assert [(feed["name"], feed["kind"], feed["unit"]) for feed in told["feeds"]] == [
            ("temperature", "number", "°C"),
            ("door", "text", None),
            ("spare", "number", None),
        ]
        assert [feed["last"] and feed["last"]["value"] for feed in told["feeds"]] == [0.0, "open", None]

    def test_its_feeds_alone(self, board, key):
        told = board.get(f"/api/v1/channels/{board.channel_id}/feeds", headers=key).json
        assert told["feeds"] == board.get(f"/api/v1/channels/{board.channel_id}", headers=key).json["feeds"]

    def test_one_of_them(self, board, key):
        told = board.get(f"/api/v1/channels/{board.channel_id}/feeds/door", headers=key).json
        assert (told["name"], told["last"]) == ("door", {"at": "2026-01-01T00:00:00Z", "value": "open"})
        assert board.get(f"/api/v1/channels/{board.channel_id}/feeds/doors", headers=key).status_code == 404

    @pytest.mark.parametrize("tail", ["", "/feeds", "/feeds/door", "/statistics"])
    def test_where_one_may_not_see_it_it_is_not_there(self, lab, board, tail):
        stranger = lab.make_key(lab.enrol().channel_id, Right.READ)
        for headers in ({}, {"X-API-Key": stranger}, {"X-API-Key": board.key}):
            assert board.get(f"/api/v1/channels/{board.channel_id}{tail}", headers=headers).status_code == 404

    @pytest.mark.parametrize("tail", ["", "/feeds", "/feeds/door", "/feeds/door/last", "/feeds/door/last.txt"])
    def test_a_parameter_that_is_not_known_is_refused(self, board, key, tail):
        assert board.get(f"/api/v1/channels/{board.channel_id}{tail}?form=csv", headers=key).status_code == 422


class TestList:
    def test_each_is_told_of_what_they_may_see(self, lab, board, key):
        make_channel(lab.store, "Open")
        make_channel(lab.store, "Inside", visibility=Visibility.COLLEGE)
        person = make_person(lab.store)
        make_member(lab.store, board.channel_id, person)
        token = bearing(make_token(lab, person, [Scope.READ]))
        assert self.names(lab) == ["Open"]
        assert self.names(lab, key) == ["Kiln", "Open"]
        assert self.names(lab, token) == ["Kiln", "Open", "Inside"]
        assert self.names(lab, token, mine="true") == ["Kiln"]
        assert self.names(lab, bearing(make_token(lab, person, [Scope.WRITE]))) == ["Open"]

    def test_page_by_page(self, lab):
        for number in range(5):
            make_channel(lab.store, f"Channel {number}")
        address, found = "/api/v1/channels?limit=2", []
        while address:
            said = lab.client.get(address)
            found += [channel["name"] for channel in said.json["channels"]]
            address = said.headers.get("Link", "").removeprefix("<").partition(">")[0]
        assert found == [f"Channel {number}" for number in range(5)]

    def test_without_newest_readings(self, lab):
        make_channel(lab.store, "Open")
        assert "last" not in lab.client.get("/api/v1/channels").json["channels"][0]["feeds"][0]

    def names(self, lab, headers=None, **options) -> list[str]:
        said = lab.client.get("/api/v1/channels", headers=headers, query_string=options)
        return [channel["name"] for channel in said.json["channels"]]


class TestStatistics:
    def test_they_are_of_the_range_alone(self, board, key):
        board.post([{"at": f"2026-01-01T00:00:{at:02}Z", "values": {"temperature": at}} for at in (10, 20, 30)])
        address = f"/api/v1/channels/{board.channel_id}/statistics?from=2026-01-01T00:00:05Z&feeds=temperature"
        (told,) = board.get(address, headers=key).json["feeds"]
        assert (told["feed"], told["n"], told["unit"], told["longest_gap_s"]) == ("temperature", 3, "°C", 10.0)
        assert told["numbers"] == {
            "n": 3, "mean": 20.0, "deviation": 10.0, "min": 10.0, "max": 30.0, "rate_per_minute": 60.0
        }  # fmt: skip
        assert told["last"] == {"at": "2026-01-01T00:00:30Z", "value": 30.0}

    def test_words_have_shares_and_empty_feeds_nothing(self, board, key):
        told = {each["feed"]: each for each in self.of(board, key)}
        assert (told["door"]["numbers"], told["door"]["words"]["shares"][0]["word"]) == (None, "open")
        assert (told["spare"]["n"], told["spare"]["last"], told["spare"]["numbers"]) == (0, None, None)

    def test_a_feed_that_is_not_there_is_named(self, board, key):
        said = board.get(f"/api/v1/channels/{board.channel_id}/statistics?feeds=doors", headers=key)
        assert (said.status_code, '"doors"' in said.json["detail"]) == (404, True)

    def of(self, board, key) -> list:
        return board.get(f"/api/v1/channels/{board.channel_id}/statistics", headers=key).json["feeds"]
