"""The live stream as Server-Sent Events."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from live.event_stream import BEAT, MOST_BYTES, EventPeer, event
from live.frames import CloseCode
from live.peer import SLOW_FOR_S
from tests.event_source import EventSource


class TestEvent:
    def test_it_has_the_number_of_its_entry(self):
        assert event(b'{"a":1}', entry_id=41) == b'id: 41\ndata: {"a":1}\n\n'

    def test_one_with_a_name(self):
        assert event(b"{}", name="end") == b"event: end\ndata: {}\n\n"


class FakeSocket:
    """Notes that it was shut."""

    is_shut = False

    def setsockopt(self, *_: object) -> None: ...

    def shutdown(self, _how: int) -> None:
        self.is_shut = True


class TestPeer:
    def test_what_waits_is_taken_together_and_in_order(self):
        peer = EventPeer({})
        assert peer.send(b"a")
        assert peer.send(b"b")
        assert peer.take(0) == b"ab"

    def test_where_nothing_comes_it_beats(self):
        assert EventPeer({}).take(0) == BEAT

    def test_who_waits_is_woken(self):
        peer, taken = EventPeer({}), []
        waiting = threading.Thread(target=lambda: taken.append(peer.take(10)))
        waiting.start()
        peer.send(b"a")
        waiting.join(5)
        assert taken == [b"a"]

    def test_what_waits_is_bounded_and_room_is_told_of(self):
        peer, drained = EventPeer({}), []
        peer.on_drained(lambda: drained.append(True))
        assert peer.send(b"a" * MOST_BYTES)
        assert not peer.send(b"b")
        assert (len(peer.take(0) or b""), drained) == (MOST_BYTES, [True])
        assert peer.send(b"b")

    def test_one_batch_may_be_larger_than_what_may_wait(self):
        assert EventPeer({}).send(b"a" * (MOST_BYTES + 1))

    def test_it_ends_with_the_reason_after_what_waits(self):
        peer = EventPeer({})
        peer.send(b"a")
        peer.close(CloseCode.RIGHT_ENDED, "No more.")
        peer.close(CloseCode.GOING_AWAY, "Too late.")
        assert not peer.send(b"b")
        assert peer.take(10) == b'aevent: end\ndata: {"code":1008,"reason":"No more."}\n\n'
        assert peer.take(10) is None

    def test_who_takes_nothing_for_too_long_is_given_up(self):
        sock = FakeSocket()
        peer = EventPeer({"gunicorn.socket": sock})
        peer.take(0)
        handed_at = peer._handed_at
        peer.tick(handed_at + SLOW_FOR_S - 1)
        assert not sock.is_shut
        peer.tick(handed_at + SLOW_FOR_S + 1)
        assert sock.is_shut
        assert not peer.send(b"a")


@pytest.fixture
def listen(served) -> Iterator[Callable[..., EventSource]]:
    """A function that asks for the stream, and takes its greeting."""
    with ExitStack() as stack:

        def listen(query: str = "", last_id: str | None = None) -> EventSource:
            headers = {} if last_id is None else {"Last-Event-ID": last_id}
            source = stack.enter_context(EventSource(served.port, f"/events/1{query}", headers))
            assert source.next().name == "hello"
            return source

        yield listen


class TestStream:
    def test_the_greeting_says_where_it_starts(self, served):
        newest = served.store()
        with EventSource(served.port, "/events/1") as source:
            hello = source.next()
        assert (source.answer.status, hello.id, hello.data) == (
            200,
            str(newest),
            {"type": "hello", "channel_id": 1, "entry_id": newest, "feeds": ["temperature"]},
        )

    def test_readings_come_as_they_are_stored(self, served, listen):
        source = listen()
        start = int(source.id)
        newest = served.store(times=5)
        assert source.values(newest) == [*range(start + 1, newest + 1)]

    def test_a_lost_message_is_made_up_for(self, served, listen):
        source = listen()
        start = int(source.id)
        served.store(lost=1, times=3)
        newest = served.store()
        assert source.values(newest) == [*range(start + 1, newest + 1)]

    @pytest.mark.parametrize("by", ["header", "address", "both"])
    def test_who_comes_back_misses_nothing_and_gets_nothing_twice(self, served, listen, by):
        source = listen()
        start = int(source.id)
        seen = source.values(served.store(times=3))
        source.close()
        served.store(times=700)
        newest = served.store()
        query = {"header": "", "address": f"?after={source.id}", "both": "?after=0"}[by]
        again = listen(query, None if by == "address" else source.id)
        assert seen + again.values(newest) == [*range(start + 1, newest + 1)]

    def test_it_is_joined_in_the_middle_of_a_burst_without_gap_or_repeat(self, served, listen):
        start = served.store()
        burst = threading.Thread(target=lambda: [served.store(times=3) for _ in range(40)])
        burst.start()
        sources = [listen(f"?after={start}") for _ in range(4)]
        burst.join()
        newest = served.store()
        for source in sources:
            assert source.values(newest) == [*range(start + 1, newest + 1)]

    @pytest.mark.parametrize(
        ("path", "status"), [("/events/2", 404), ("/events/1?after=x", 400), ("/events/1?after=999999999", 422)]
    )
    def test_what_cannot_be_is_refused_with_a_problem(self, served, path, status):
        with EventSource(served.port, path) as source:
            told = json.loads(source.answer.read())
        assert (source.answer.status, told["status"]) == (status, status)

    def test_it_ends_when_the_right_ends_and_is_not_there_any_more(self, served, listen):
        source = listen()
        served.ask("/may-read?is=no", "POST")
        try:
            assert [(each.name, each.data["code"]) for each in source] == [("end", 1008)]
            with EventSource(served.port, "/events/1", {"Last-Event-ID": source.id}) as again:
                assert again.answer.status == 404
        finally:
            served.ask("/may-read?is=yes", "POST")

    def test_it_ends_when_its_time_is_over(self, listen):
        assert [each.data["code"] for each in listen("?lasts=0")] == [1012]

    def test_who_hangs_up_is_forgotten_with_the_next_reading(self, served, listen, eventually):
        def count_after_a_reading() -> int:
            served.store()
            return served.ask("/counts")["hub"]["watchers"]

        source = listen()
        assert served.ask("/counts")["hub"]["watchers"] == 1
        source.close()
        eventually(lambda: count_after_a_reading() == 0)

    def test_while_many_listen_others_are_answered(self, served, listen):
        sources = [listen() for _ in range(60)]
        newest = served.store()
        assert {source.values(newest)[-1] for source in sources} == {newest}
        assert served.ask("/counts")["sockets"]["open_now"] >= 60

    def test_one_who_does_not_read_holds_up_nobody(self, served, listen):
        slow, other = listen(), listen()
        start = int(slow.id)
        newest = served.store(entries=1000, times=30)  # far more than may wait
        assert other.values(newest)[-1] == newest
        assert slow.values(newest) == [*range(start + 1, newest + 1)]

    def test_it_ends_when_the_server_stops(self, own_served):
        with EventSource(own_served.port, "/events/1") as source:
            assert source.next().name == "hello"
            stopping = threading.Thread(target=own_served.daemon.stop)
            stopping.start()
            assert [each.data["code"] for each in source] == [1001]
            stopping.join()
