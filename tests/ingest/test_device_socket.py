"""The WebSocket door for boards: the key once, then one frame a message, each answered in turn."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from sqlalchemy import select

from domain.rates import Rate
from domain.roles import Right
from domain.timespan import to_rfc3339
from ingest.device_socket import KEY_WITHIN_S, converse
from ingest.intake import Intake
from ingest.keys import KeyRing
from ingest.rate import Buckets
from live.peer import Closed
from models import keys
from models.schema import key as key_table
from models.writer import Writer
from tests.builders import NOW, VAULT
from tests.lab import Board, Lab, opened_lab


class FakePeer:
    """The board's side of a socket, written down beforehand: it says its frames, then hangs up."""

    def __init__(self, *frames: str | bytes | dict | list | Callable[[], None]) -> None:
        self._frames = list(frames)
        self.environ: dict = {}
        self.waited_for: list[float | None] = []
        self.heard: list[dict] = []
        self.closed_with: tuple[int, str] | None = None

    def receive(self, within_s: float | None = None) -> str | bytes:
        self.waited_for.append(within_s)
        while self._frames and callable(self._frames[0]):
            self._frames.pop(0)()
        if self.closed_with is not None or not self._frames:
            raise Closed(1000)
        frame = self._frames.pop(0)
        return frame if isinstance(frame, str | bytes) else json.dumps(frame)

    def say(self, frame) -> bool:
        self.heard.append(json.loads(frame[frame.index(b"{") :]))
        return True

    def close(self, code: int = 1000, reason: str = "") -> None:
        self.closed_with = (code, reason)


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        lab.enrol().post({"temperature": -999, "door": "noise"})
        yield lab


@pytest.fixture
def board(lab) -> Board:
    return lab.enrol()


@pytest.fixture
def talk(lab, board):
    """A function: what a peer hears that says these frames; the board's key is in its handshake unless `key` is."""

    def talk(*frames, key: str | None = "", rate: Rate | None = None) -> FakePeer:
        peer = FakePeer(*frames)
        ring = KeyRing(lab.store, lab.parts.vault, lab.parts.uses, lambda: NOW)
        intake = Intake(
            lab.store, Writer(lab.store, lambda _: None), ring, Buckets(rate) if rate else None, lambda: 0.0
        )
        with suppress(Closed):
            converse(peer, intake, lambda: NOW, board.key if key == "" else key, "10.0.0.1")
        lab.parts.uses.write_down()
        return peer

    return talk


class TestGreeting:
    def test_the_first_frame_may_bring_the_key(self, board, talk):
        peer = talk({"api_key": f" {board.key}\n"}, {"temperature": 1}, key=None)
        assert peer.heard[0] == {"channel_id": board.channel_id, "server_time": to_rfc3339(NOW)}
        assert peer.heard[1]["stored"] == 1

    def test_it_may_come_with_the_handshake(self, board, talk):
        peer = talk({"temperature": 1})
        assert peer.heard[0]["channel_id"] == board.channel_id
        assert board.stored() == [("temperature", 1.0)]

    def test_the_key_is_not_waited_for_for_ever(self, talk):
        assert talk(key=None).waited_for == [KEY_WITHIN_S]

    def test_messages_are(self, talk):
        assert talk().waited_for == [None]

    @pytest.mark.parametrize(
        ("first", "code"),
        [
            ({}, "key-missing"),
            ([], "key-missing"),
            ("21.4", "key-missing"),
            ({"api_key": ""}, "key-missing"),
            ({"api_key": 7}, "key-missing"),
            ({"temperature": 1}, "key-missing"),
            ({"api_key": "TYPO"}, "key-unknown"),
            ("{", "malformed"),
            (b"\xff\xfe", "malformed"),
            ("", "malformed"),
            ("[" * 100_000, "malformed"),
        ],
    )
    def test_without_a_valid_key_the_socket_is_closed_with_the_reason(self, talk, first, code):
        peer = talk(first, {"temperature": 1}, key=None)
        assert [said["type"] for said in peer.heard] == [f"/problems/{code}"]
        assert peer.heard[0]["detail"].endswith(".")
        assert peer.closed_with[0] == 1008
        assert peer.closed_with[1] == peer.heard[0]["title"]

    def test_a_read_key_may_not_send(self, lab, board, talk):
        peer = talk({"temperature": 1}, key=lab.make_key(board.channel_id, Right.READ))
        assert peer.heard[0]["type"] == "/problems/forbidden"
        assert peer.closed_with[0] == 1008
        assert board.stored() == []


class TestMessages:
    @pytest.mark.parametrize(
        "frame",
        [
            {"temperature": 1},
            {"values": {"temperature": 1}, "status": "well"},
            [{"temperature": 1}],
            '{"temperature": 1}',
            b'{"temperature": 1}',
            {"age_ms": 1500, "temperature": 1},
        ],
    )
    def test_they_are_the_bodies_of_a_post(self, board, talk, frame):
        peer = talk(frame)
        assert peer.heard[1] == {"entry_id": 1, "stored": 1, "repeated": 0, "server_time": to_rfc3339(NOW)}
        assert board.stored() == [("temperature", 1.0)]

    def test_each_is_answered_in_turn(self, board, talk):
        peer = talk({"temperature": 1}, {"temperature": None}, {"temperature": 3})
        assert [said.get("stored") for said in peer.heard[1:]] == [1, None, 1]
        assert peer.heard[2]["type"] == "/problems/invalid"
        assert [value for _, value in board.stored()] == [1, 3]

    def test_its_use_is_noted(self, lab, board, talk):
        talk({"temperature": 1})
        question = select(key_table.c.last_used_door, key_table.c.last_used_from).where(
            key_table.c.channel_id == board.channel_id
        )
        assert lab.store.ask(lambda connection: tuple(connection.execute(question).one())) == ("websocket", "10.0.0.1")

    @pytest.mark.parametrize(
        ("frame", "code", "says"),
        [
            ("{", "malformed", "ends before"),
            ("", "malformed", "empty"),
            (b'{"door": "\xff"}', "malformed", "UTF-8"),
            ('{"temperature": NaN}', "malformed", "NaN"),
            ({"temperature": "warm"}, "invalid", "temperature"),
            ({}, "invalid", "nothing to store"),
            ("21.4", "invalid", "a number"),
            ({"at": "2014-01-01T00:00:00Z", "temperature": 1}, "invalid", "2015"),
            ([{"temperature": 1}] * 5001, "too-large", "5000"),
        ],
    )
    def test_a_refused_one_is_answered_with_its_problem_and_the_talk_goes_on(self, board, talk, frame, code, says):
        peer = talk(frame, {"temperature": 2})
        assert (peer.heard[1]["type"], says in peer.heard[1]["detail"]) == (f"/problems/{code}", True)
        assert peer.heard[2]["stored"] == 1
        assert peer.closed_with is None

    def test_too_fast_is_told_when_to_go_on(self, talk):
        peer = talk({"temperature": 1}, {"temperature": 2}, rate=Rate(per_s=0.5, burst=1))
        assert (peer.heard[2]["type"], peer.heard[2]["retry_after"]) == ("/problems/too-fast", 2)


class TestIds:
    @pytest.mark.parametrize("number", [7, 0, "a-1", 1.5])
    def test_an_answer_bears_the_id_of_its_message(self, talk, number):
        peer = talk({"id": number, "temperature": 1}, {"id": number, "temperature": None})
        assert [said["id"] for said in peer.heard[1:]] == [number, number]
        assert next(iter(peer.heard[1])) == "id"

    def test_the_id_is_no_feed(self, board, talk):
        talk({"id": 7, "temperature": 1})
        assert board.stored() == [("temperature", 1.0)]

    def test_a_batch_has_one_id(self, board, talk):
        peer = talk({"id": 7, "readings": [{"temperature": 1}, {"temperature": 2}]})
        assert (peer.heard[1]["id"], peer.heard[1]["stored"]) == (7, 2)

    def test_a_batch_is_complained_of_by_row(self, talk):
        peer = talk({"id": 7, "readings": [{"temperature": 1}, {"temperature": None}]})
        assert (peer.heard[1]["id"], peer.heard[1]["pointer"]) == (7, "/1/temperature")

    def test_it_stands_beside_values_too(self, talk):
        peer = talk({"id": 7, "values": {"temperature": 1}, "status": "well"})
        assert (peer.heard[1]["id"], peer.heard[1]["stored"]) == (7, 1)

    def test_a_feed_twice_is_noticed_beside_it(self, board, talk):
        peer = talk('{"id": 7, "temperature": 1, "temperature": 2}')
        assert "twice" in peer.heard[1]["detail"]
        assert board.stored() == []

    def test_without_one_the_answer_has_none(self, talk):
        assert "id" not in talk({"temperature": 1}).heard[1]


class TestTheEnd:
    def test_a_key_revoked_meanwhile_ends_it(self, lab, board, talk):
        peer = talk({"temperature": 1}, lambda: lab.revoke(board.key), {"id": 7, "temperature": 2}, {"temperature": 3})
        assert [said.get("type") for said in peer.heard[1:]] == [None, "/problems/key-unknown"]
        assert peer.heard[2]["id"] == 7
        assert peer.closed_with[0] == 1008
        assert [value for _, value in board.stored()] == [1]

    def test_another_key_made_meanwhile_does_not(self, lab, board, talk):
        peer = talk(
            {"temperature": 1},
            lambda: lab.store.tell(keys.create, VAULT, board.channel_id, Right.WRITE, "AAAABBBBCCCCDDDD", now=NOW),
            {"temperature": 2},
        )
        assert [said["stored"] for said in peer.heard[1:]] == [1, 1]

    def test_a_board_that_hangs_up_ends_it(self, talk):
        assert talk().closed_with is None


class TestRegister:
    def test_plain_http_is_refused(self, lab):
        refused = lab.client.get("/ws/sensor")
        assert (refused.status_code, refused.content_type) == (404, "application/problem+json")
        assert "WebSocket" in refused.json["hint"]
