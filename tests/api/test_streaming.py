"""The live stream for programs, in the whole app: rights, where it starts, what is stored meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from werkzeug.test import TestResponse

from domain.channels import Visibility
from domain.describing import WantedFeed
from domain.roles import Right, Role
from domain.tokens import Scope
from models import feeds, memberships
from tests.lab import Board, Lab, opened_lab
from tests.people import acting, make_new_member
from tests.tokens import bearing, make_token, revoke_token


@pytest.fixture
def lab(tmp_path) -> Iterator[Lab]:
    with opened_lab(tmp_path) as lab:
        yield lab


@pytest.fixture
def board(lab) -> Board:
    return lab.enrol(visibility=Visibility.MEMBERS)


@pytest.fixture
def key(lab, board) -> dict[str, str]:
    return {"X-API-Key": lab.make_key(board.channel_id, Right.READ)}


class Listening:
    """A program that listens, within this process."""

    def __init__(self, board: Board, headers: dict[str, str], query: str = "") -> None:
        path = f"/api/v1/channels/{board.channel_id}/stream{query}"
        self.answer: TestResponse = board.lab.client.get(path, headers=headers)
        self._pieces = self.answer.iter_encoded()
        self._events: list[dict[str, str]] = []

    def __enter__(self) -> Listening:
        return self

    def __exit__(self, *_: object) -> None:
        self.answer.close()

    def events(self) -> Iterator[dict[str, str]]:
        """What is told until the end, comments left out."""
        for piece in self._pieces:
            for written in piece.decode().split("\n\n"):
                told = dict(line.split(": ", 1) for line in written.splitlines() if not line.startswith(":"))
                if told:
                    yield told

    def next(self) -> dict[str, str]:
        """The next event."""
        return next(self.events())


def data(event: dict[str, str]) -> Any:
    return json.loads(event["data"])


def values(event: dict[str, str]) -> list[Any]:
    return [value for each in data(event)["readings"] for value in each["values"].values()]


class TestStarting:
    def test_it_greets_with_the_newest_entry_and_goes_on_from_there(self, board, key):
        board.post({"temperature": 20})
        with Listening(board, key) as listening:
            hello = listening.next()
            assert (hello["event"], hello["id"], data(hello)["feeds"]) == ("hello", "1", ["temperature", "door"])
            board.post({"temperature": 0, "door": "open"})
            event = listening.next()
        assert (event["id"], values(event)) == ("2", [0.0, "open"])

    def test_what_was_missed_is_read_from_storage(self, board, key):
        for number in range(5):
            board.post({"temperature": number})
        with Listening(board, key | {"Last-Event-ID": "2"}) as listening:
            assert listening.next()["id"] == "2"
            event = listening.next()
        assert (event["id"], values(event)) == ("5", [2.0, 3.0, 4.0])

    @pytest.mark.parametrize(("last", "status"), [("x", 400), ("-1", 400), ("7", 422)])
    def test_a_number_that_is_no_entry_is_refused(self, board, key, last, status):
        with Listening(board, key | {"Last-Event-ID": last}) as listening:
            assert listening.answer.status_code == status

    def test_it_says_what_it_is_and_that_nobody_keeps_it(self, board, key):
        with Listening(board, key) as listening:
            headers = listening.answer.headers
        assert headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert (headers["Cache-Control"], headers["X-Accel-Buffering"]) == ("no-store", "no")
        assert headers["Access-Control-Allow-Origin"] == "*"

    def test_a_head_holds_nothing(self, lab, board, key):
        told = lab.client.head(f"/api/v1/channels/{board.channel_id}/stream", headers=key)
        assert (told.status_code, told.data) == (200, b"")
        assert lab.parts.hub.counts().watchers == 0

    def test_who_hangs_up_is_forgotten(self, lab, board, key):
        with Listening(board, key) as listening:
            listening.next()
            board.post({"temperature": 20})
            listening.next()
            assert lab.parts.hub.counts().watchers == 1
        assert lab.parts.hub.counts().watchers == 0

    def test_a_feed_with_a_new_name_is_told_by_it(self, lab, board):
        ada = make_new_member(lab.store, board.channel_id, "Ada Finch", Role.OWNER)
        with Listening(board, bearing(make_token(lab, ada, [Scope.READ]))) as listening:
            listening.next()
            board.post({"temperature": 20})
            listening.next()
            wanted = [feeds.as_wanted(feed) for feed in board.channel.feeds]
            renamed = [each if each.name != "door" else _named(each, "gate") for each in wanted]
            lab.store.tell(feeds.save, acting(ada), board.channel_id, renamed)
            lab.do_chores()
            board.post({"gate": "open"})
            assert data(listening.next())["readings"][0]["values"] == {"gate": "open"}


def _named(wanted: WantedFeed, name: str) -> WantedFeed:
    return replace(wanted, name=name)


class TestRights:
    def test_who_may_not_see_the_channel_does_not_find_it(self, lab, board):
        stranger = lab.make_key(lab.enrol().channel_id, Right.READ)
        for headers in ({}, {"X-API-Key": stranger}, {"X-API-Key": board.key}):
            with Listening(board, headers) as listening:
                assert listening.answer.status_code == 404

    def test_anybody_listens_to_a_public_channel(self, lab):
        with Listening(lab.enrol(visibility=Visibility.PUBLIC), {}) as listening:
            assert listening.answer.status_code == 200

    def test_it_ends_when_the_key_is_revoked(self, lab, board, key):
        with Listening(board, key) as listening:
            self.begin(board, listening)
            lab.revoke(key["X-API-Key"])
            self.expect_end(lab, listening)

    def test_it_ends_when_the_token_is_revoked(self, lab, board):
        ada = make_new_member(lab.store, board.channel_id, "Ada Finch", Role.VIEWER)
        with Listening(board, bearing(make_token(lab, ada, [Scope.READ]))) as listening:
            self.begin(board, listening)
            revoke_token(lab, ada)
            self.expect_end(lab, listening)

    def test_it_ends_when_its_reader_is_a_member_no_longer(self, lab, board):
        ada = make_new_member(lab.store, board.channel_id, "Ada Finch", Role.VIEWER)
        owner = make_new_member(lab.store, board.channel_id, "Bo Lark", Role.OWNER)
        with Listening(board, bearing(make_token(lab, ada, [Scope.READ]))) as listening:
            self.begin(board, listening)
            lab.store.tell(memberships.remove, acting(owner), board.channel_id, ada.id)
            self.expect_end(lab, listening)

    def begin(self, board, listening):
        listening.next()
        board.post({"temperature": 20})
        assert values(listening.next()) == [20.0]

    def expect_end(self, lab, listening):
        lab.do_chores()
        assert [(each["event"], data(each)["code"]) for each in listening.events()] == [("end", 1008)]
