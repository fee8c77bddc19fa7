"""The live stream for programs."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

import pytest
from websockets.exceptions import ConnectionClosed

from domain.errors import Invalid, LabfeedError, Malformed
from domain.readings import FreshReadings
from live.stream import after_from, line

NOON = 1_795_176_000_000_000
SECOND = 1_000_000


def readings(*rows: tuple[int, int, float | None, str | None]) -> FreshReadings:
    return FreshReadings(7, 40, 41, NOON, rows)


class TestLine:
    def test_it_says_up_to_which_entry_and_names_the_feeds(self):
        said = line(readings((1, NOON, 21.4, None), (2, NOON, None, "open")), {1: "temperature", 2: "door"})
        assert json.loads(said) == {
            "entry_id": 41,
            "received_at": "2026-11-20T12:00:00Z",
            "readings": [{"at": "2026-11-20T12:00:00Z", "values": {"temperature": 21.4, "door": "open"}}],
        }

    def test_instants_stand_apart_in_the_order_stored(self):
        said = line(readings((1, NOON + SECOND, 1.0, None), (1, NOON, 0.0, None)), {1: "t"})
        assert [each["values"]["t"] for each in json.loads(said)["readings"]] == [1.0, 0.0]

    def test_zero_is_a_value(self):
        assert b'"values":{"t":0.0}' in line(readings((1, NOON, 0.0, None)), {1: "t"})

    def test_a_number_with_a_spelling_is_a_number(self):
        assert b'"values":{"t":21.5}' in line(readings((1, NOON, 21.5, "21.50")), {1: "t"})

    def test_an_entry_without_readings_moves_the_cursor_all_the_same(self):
        assert json.loads(line(readings(), {}))["entry_id"] == 41


class TestAfterFrom:
    def test_without_it_the_stream_starts_at_the_newest_entry(self):
        assert after_from(None, 41) == 41

    def test_it_names_the_last_entry_seen(self):
        assert after_from("0", 41) == 0
        assert after_from("41", 41) == 41

    @pytest.mark.parametrize(
        ("written", "error"),
        [
            ("", Malformed),
            ("-1", Malformed),
            ("1.5", Malformed),
            ("٣", Malformed),
            ("9" * 30, Malformed),
            ("42", Invalid),
        ],
    )
    def test_what_is_no_entry_of_the_channel_is_refused(self, written, error: type[LabfeedError]):
        with pytest.raises(error):
            after_from(written, 41)


@pytest.fixture
def listen(dial) -> Callable:
    """A function that connects to the stream and returns the client and what the hello said."""

    def listen(query: str = ""):
        client = dial(f"/ws/channels/1{query}", max_size=None)
        return client, json.loads(client.recv(timeout=10))

    return listen


def values(client, up_to: int) -> list[float]:
    """What the client is sent until entry `up_to`, which must come last."""
    seen, entry_id = [], 0
    while entry_id < up_to:
        said = json.loads(client.recv(timeout=10))
        entry_id = said["entry_id"]
        seen += [value for each in said["readings"] for value in each["values"].values()]
    assert entry_id == up_to
    return seen


class TestStream:
    def test_the_first_frame_says_where_it_starts(self, served, listen):
        newest = served.store()
        _, hello = listen()
        assert hello == {"type": "hello", "channel_id": 1, "entry_id": newest, "feeds": ["temperature"]}

    def test_readings_come_as_they_are_stored(self, served, listen):
        client, hello = listen()
        newest = served.store(times=5)
        assert values(client, newest) == [*range(hello["entry_id"] + 1, newest + 1)]

    def test_a_lost_message_is_made_up_for(self, served, listen):
        client, hello = listen()
        served.store(lost=1, times=3)
        newest = served.store()
        assert values(client, newest) == [*range(hello["entry_id"] + 1, newest + 1)]

    def test_who_comes_back_with_its_cursor_misses_nothing_and_gets_nothing_twice(self, served, listen):
        client, hello = listen()
        seen = values(client, served.store(times=3))
        client.close()
        served.store(times=700)
        newest = served.store()
        again, greeting = listen(f"?after={int(seen[-1])}")
        assert greeting["entry_id"] == seen[-1]
        assert seen + values(again, newest) == [*range(hello["entry_id"] + 1, newest + 1)]

    def test_it_is_joined_in_the_middle_of_a_burst_without_gap_or_repeat(self, served, listen):
        start = served.store()
        burst = threading.Thread(target=lambda: [served.store(times=3) for _ in range(60)])
        burst.start()
        clients = [listen(f"?after={start}")[0] for _ in range(5)]
        burst.join()
        newest = served.store()
        for client in clients:
            assert values(client, newest) == [*range(start + 1, newest + 1)]

    @pytest.mark.parametrize(
        ("path", "status"),
        [("/ws/channels/2", 404), ("/ws/channels/1?after=x", 400), ("/ws/channels/1?after=999999999", 422)],
    )
    def test_what_cannot_be_is_refused_with_a_problem(self, served, path, status):
        sock, told, headers, body = served.handshake(path)
        sock.close()
        assert (told, headers["Content-Type"], json.loads(body)["status"]) == (
            status,
            "application/problem+json",
            status,
        )

    def test_frames_from_the_program_are_ignored(self, served, listen):
        client, _ = listen()
        client.send('{"temperature": 21.4}')
        newest = served.store()
        assert values(client, newest) == [newest]

    def test_it_closes_with_1008_when_the_right_ends(self, served, listen):
        client, _ = listen()
        served.ask("/may-read?is=no", "POST")
        try:
            with pytest.raises(ConnectionClosed) as closed:
                client.recv(timeout=10)
            assert closed.value.rcvd.code == 1008
            sock, status, *_ = served.handshake("/ws/channels/1")
            sock.close()
            assert status == 404
        finally:
            served.ask("/may-read?is=yes", "POST")
