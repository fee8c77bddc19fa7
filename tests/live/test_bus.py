"""The bus tells everyone once; what Redis loses is announced."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial

import pytest
import redis

from live.bus import Bus, LocalBus
from live.hub import Hub
from live.redis_bus import LONGEST_BACKOFF_S, RedisBus, backoff_s
from tests.live.ledger import Ledger, Plain, Watcher, run


@pytest.fixture
def buses(redis_server) -> Iterator[list[RedisBus]]:
    """Two processes' buses on one Redis, both listening."""
    buses = [RedisBus(redis_server.url, chance=lambda: 0.9) for _ in range(2)]
    listening = [threading.Event() for _ in buses]
    for bus, event in zip(buses, listening, strict=True):
        bus.subscribe(lambda fresh: None, partial(set_event, event))
        bus.start()
    assert all(event.wait(10) for event in listening)
    yield buses
    for bus in buses:
        bus.close()


def set_event(event: threading.Event, _channels: frozenset[int] | None) -> None:
    event.set()


def collect(bus: Bus) -> list:
    heard: list = []
    bus.subscribe(heard.append, lambda channels: heard.append(("gap", channels)))
    return heard


class TestLocalBus:
    def test_it_calls_every_subscriber(self):
        bus = LocalBus()
        one, two = collect(bus), collect(bus)
        bus.publish(run(1, 1, 1))
        assert one == two == [run(1, 1, 1)]

    def test_a_subscriber_that_fails_hurts_neither_publisher_nor_others(self, caplog):
        bus = LocalBus()
        bus.subscribe(lambda fresh: {}["missing"])
        heard = collect(bus)
        bus.publish(run(1, 1, 1))
        assert heard == [run(1, 1, 1)]
        assert "A subscriber of the live bus failed" in caplog.text

    def test_who_unsubscribes_is_not_called_any_more(self):
        bus = LocalBus()
        heard: list = []
        unsubscribe = bus.subscribe(heard.append)
        unsubscribe()
        bus.publish(run(1, 1, 1))
        assert heard == []

    def test_a_notice_reaches_those_who_asked_for_its_kind(self):
        bus = LocalBus()
        keys, rights = [], []
        bus.on_notice("key revoked", keys.append)
        bus.on_notice("right changed", rights.append)
        bus.notice("key revoked", {"channel_id": 7})
        assert (keys, rights) == ([{"channel_id": 7}], [])


class TestRedisBus:
    def test_the_own_process_hears_at_once_and_once_and_the_others_hear_too(self, buses, eventually):
        own, other = collect(buses[0]), collect(buses[1])
        buses[0].publish(run(1, 1, 3))
        assert own == [run(1, 1, 3)]
        eventually(lambda: other == [run(1, 1, 3)])
        buses[1].publish(run(1, 4, 4))
        eventually(lambda: own == [run(1, 1, 3), run(1, 4, 4)])

    def test_words_and_new_feeds_travel(self, buses, eventually):
        fresh = run(1, 1, 1)
        fresh = type(fresh)(1, 1, 1, 5, ((2, 9, None, "öffen"), (3, 9, 21.5, "21.50")), new_feeds=True)
        other = collect(buses[1])
        buses[0].publish(fresh)
        eventually(lambda: other == [fresh])

    def test_a_notice_reaches_every_process(self, buses, eventually):
        own, other = [], []
        buses[0].on_notice("key revoked", own.append)
        buses[1].on_notice("key revoked", other.append)
        buses[0].notice("key revoked", {"channel_id": 7})
        assert own == [{"channel_id": 7}]
        eventually(lambda: other == [{"channel_id": 7}])

    def test_publishing_needs_no_redis(self, redis_server):
        bus = RedisBus(redis_server.url)
        heard = collect(bus)
        redis_server.kill9()
        bus.start()
        for number in range(1, 200):
            bus.publish(run(1, number, number))
        assert len(heard) == 199
        bus.close()

    def test_a_lost_notice_is_announced_as_a_gap(self, buses, redis_server, eventually):
        redis_server.kill9()
        buses[0].notice("key revoked", {"channel_id": 7})
        other = collect(buses[1])
        redis_server.start()
        eventually(lambda: ("gap", None) in other, within_s=20)

    def test_what_could_not_be_sent_is_announced_although_nothing_follows(self, buses, redis_server, eventually):
        other = collect(buses[1])
        redis_server.kill9()
        buses[0].publish(run(7, 1, 1))
        redis_server.start()
        eventually(lambda: ("gap", None) in other or ("gap", frozenset({7})) in other, within_s=20)

    def test_what_only_the_sender_noticed_is_announced_to_the_others(self, buses, redis_server, eventually):
        other = collect(buses[1])
        with redis.Redis.from_url(redis_server.url) as admin:
            admin.execute_command("ACL", "SETUSER", "default", "-publish")
            buses[0].publish(run(7, 1, 1))
            eventually(lambda: buses[0]._lost)
            admin.execute_command("ACL", "SETUSER", "default", "+publish")
        eventually(lambda: other == [("gap", frozenset({7}))], within_s=20)

    def test_a_stranger_s_message_is_passed_over(self, buses, redis_server, eventually, caplog):
        other = collect(buses[1])
        with redis.Redis.from_url(redis_server.url) as stranger:
            stranger.publish("labfeed:live", b"\xc1 not ours")
        buses[0].publish(run(1, 1, 1))
        eventually(lambda: other == [run(1, 1, 1)])
        assert "could not be read" in caplog.text


class TestRedisRestart:
    def test_nothing_a_viewer_sees_is_lost_or_repeated(self, buses, redis_server, eventually):
        ledger, watchers = Ledger(), [Watcher(), Watcher()]
        hubs = [Hub(bus, ledger.fill) for bus in buses]
        for hub, watcher in zip(hubs, watchers, strict=True):
            hub.start()
            hub.watch(1, 0, Plain(), watcher)
        for restart in range(3):
            for _ in range(20):
                buses[0].publish(ledger.append(1))
            redis_server.kill9()
            for _ in range(20):
                buses[restart % 2].publish(ledger.append(1))
            redis_server.start()
        newest = ledger.newest(1)
        for watcher in watchers:
            eventually(lambda watcher=watcher: watcher.entries == [*range(1, newest + 1)], within_s=30)
        for hub in hubs:
            hub.close()


class TestBackoff:
    def test_it_starts_short_doubles_and_has_an_end(self):
        assert [backoff_s(failures, 0.0) for failures in (1, 2, 3)] == [0.1, 0.2, 0.4]
        assert backoff_s(10**6, 0.0) == LONGEST_BACKOFF_S

    def test_chance_takes_off_up_to_half_so_that_not_all_come_at_once(self):
        assert backoff_s(1, 1.0) == 0.05
