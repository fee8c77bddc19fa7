"""Steps from reading to reading, compared with a naive look through everything that is stored."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.channels import Visibility
from domain.errors import NotFound
from domain.readings import Point
from domain.roles import Viewer
from domain.selection import Overlay
from domain.timespan import SECOND, TimeSpan
from models import neighbours
from models.neighbours import Among
from tests.builders import ALWAYS, NOW, append, entry, make_channel

VISITOR = Viewer.visitor()
ON_STORED = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

INSTANTS = st.integers(-12, 12).map(lambda tick: NOW + tick * SECOND // 4)
READ = st.dictionaries(INSTANTS, st.sampled_from(["x", "y", "xy", "door"]), max_size=15)
SPANS = st.just(ALWAYS) | st.tuples(INSTANTS, INSTANTS).map(lambda ends: TimeSpan(min(ends), max(ends)))
HIDDEN = st.sets(st.sampled_from(["x", "y", "door"]))
PLACES = st.none() | INSTANTS


def stored(store, said: dict):
    """A channel whose feeds spoke at these instants."""
    made = make_channel(store, feeds=("x", "y", "door:text"))
    entries = [
        entry(at, **{name: ("open" if name == "door" else 0.0) for name in ([who] if who == "door" else who)})
        for at, who in said.items()
    ]
    if entries:
        append(store, made, *entries)
    return made


def step(store, among: Among, at: int | None, count: int, viewer: Viewer = VISITOR) -> neighbours.Step:
    return store.ask(neighbours.step, viewer, among, at, count)


def shown(said: dict, span: TimeSpan, hidden) -> list[int]:
    """Every instant at which one of the feeds that are not hidden spoke."""
    feeds = {at: {"door"} if who == "door" else set(who) for at, who in said.items()}
    return sorted(at for at, who in feeds.items() if span.start <= at < span.end and who - set(hidden))


def walked(instants: list[int], at: int | None, count: int) -> int | None:
    """Where so many steps lead, one at a time."""
    for _ in range(abs(count)):
        way = [each for each in instants if at is None or (each < at if count < 0 else each > at)]
        if not way:
            break
        at = way[-1] if count < 0 else way[0]
    return at if at in instants else None


class TestStep:
    @ON_STORED
    @given(READ, SPANS, HIDDEN, PLACES, st.integers(-4, 4))
    def test_it_is_what_a_naive_walk_finds(self, store, said, span, hidden, at, count):
        channel = stored(store, said)
        instants = shown(said, span, hidden)
        found = step(store, Among(channel.id, span, hidden), at, count)
        assert found.at == walked(instants, at, count)
        if found.at is not None:
            assert (found.is_first, found.is_last) == (found.at == instants[0], found.at == instants[-1])

    @ON_STORED
    @given(READ)
    def test_from_end_to_end_it_stands_at_each_instant_once(self, store, said):
        among = Among(stored(store, said).id, ALWAYS)
        forth, back = ([], [])
        for stops, count in ((forth, 1), (back, -1)):
            found = step(store, among, None, count)
            while found.at is not None:
                stops.append(found.at)
                if found.is_last if count > 0 else found.is_first:
                    break
                found = step(store, among, found.at, count)
        assert forth == sorted(said)
        assert back == forth[::-1]

    def test_it_says_what_each_feed_said_at_that_very_instant(self, store, noise):
        channel = make_channel(store, feeds=("x", "y", "door:text"))
        append(store, channel, entry(NOW, x=0, door="open"), entry(NOW - SECOND, y=7))
        found = step(store, Among(channel.id, ALWAYS), None, -1)
        ids = {feed.name: feed.id for feed in found.feeds}
        assert found.points == {ids["x"]: Point(NOW, 0.0, None), ids["door"]: Point(NOW, None, "open")}

    def test_a_feed_that_is_laid_over_is_stepped_through_too(self, store, channel):
        other = make_channel(store, "Other", feeds=("temperature", "light"))
        append(store, channel, entry(NOW, temperature=1))
        append(store, other, entry(NOW - SECOND, temperature=2), entry(NOW - 2 * SECOND, light=3))
        among = Among(channel.id, ALWAYS, overlays=[Overlay(other.id, "temperature")])
        found = step(store, among, NOW, -5)
        assert [point.value for point in found.points.values()] == [2.0]
        assert found.at == NOW - SECOND

    def test_an_overlay_that_may_not_be_seen_is_left_out(self, store, channel):
        secret = make_channel(store, "Secret", feeds=("temperature",), visibility=Visibility.MEMBERS)
        append(store, secret, entry(NOW - SECOND, temperature=2))
        append(store, channel, entry(NOW, temperature=1))
        among = Among(channel.id, ALWAYS, overlays=[Overlay(secret.id, "temperature")])
        found = step(store, among, NOW, -1)
        assert (found.at, [feed.channel_id for feed in found.feeds]) == (NOW, [channel.id] * 2)

    def test_what_may_not_be_seen_is_not_there(self, store):
        secret = make_channel(store, feeds=("x",), visibility=Visibility.MEMBERS)
        append(store, secret, entry(NOW, x=1))
        with pytest.raises(NotFound):
            step(store, Among(secret.id, ALWAYS), None, -1)
