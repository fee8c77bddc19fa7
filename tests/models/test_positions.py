"""Where entries were taken, compared with a naive look through everything that was sent."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.channels import Visibility
from domain.errors import NotFound
from domain.readings import Position
from domain.roles import Viewer
from domain.timespan import SECOND, TimeSpan
from domain.tracks import Place
from models import positions
from tests.builders import ALWAYS, NOW, append, entry, make_channel

VISITOR = Viewer.visitor()
ON_STORED = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

INSTANTS = st.integers(-90, 90).map(lambda half: NOW + half * SECOND // 2)
POSITIONS = st.none() | st.builds(Position, st.floats(-90, 90), st.floats(-180, 180))
VALUES = st.none() | st.floats(-100, 100) | st.just(0.0)
ROWS = st.dictionaries(INSTANTS, st.tuples(POSITIONS, VALUES), max_size=30)
SPANS = st.tuples(INSTANTS, INSTANTS).map(lambda ends: TimeSpan(min(ends), max(ends)))


def stored(store, rows: dict, **more):
    """A channel with these entries, by instant; each says at least a word."""
    made = make_channel(store, feeds=("temperature", "door:text"), **more)
    sent = [
        entry(at, position=position, door="open", **({} if value is None else {"temperature": value}))
        for at, (position, value) in rows.items()
    ]
    if sent:
        append(store, made, *sent)
    return made


def track(store, channel, span=ALWAYS, feed="", viewer=VISITOR):
    return store.ask(positions.track, viewer, channel.id, span, feed)


def came(store, channel, viewer=VISITOR) -> bool:
    return store.ask(positions.came, viewer, channel.id)


def naively(rows: dict, span: TimeSpan, with_value: bool = False) -> list[Place]:
    return [
        Place(at, rows[at][0][0], rows[at][0][1], rows[at][1] if with_value else None)
        for at in sorted(rows)
        if rows[at][0] is not None and span.start <= at < span.end
    ]


def apart(places: list[Place], step: int) -> list[Place]:
    """The first, then each the next that is at least a step later."""
    kept: list[Place] = []
    for place in places:
        if not kept or place.at >= kept[-1].at + step:
            kept.append(place)
    return kept


class TestTrack:
    @ON_STORED
    @given(ROWS, SPANS)
    def test_it_is_every_position_of_the_span(self, store, rows, span):
        assert list(track(store, stored(store, rows), span).places) == naively(rows, span)

    @ON_STORED
    @given(ROWS, SPANS)
    def test_each_carries_what_its_feed_said_then(self, store, rows, span):
        found = track(store, stored(store, rows), span, "temperature")
        assert found.feed.name == "temperature"
        assert list(found.places) == naively(rows, span, with_value=True)

    @ON_STORED
    @given(ROWS, SPANS)
    def test_of_very_many_those_are_told_that_are_a_step_apart(self, store, rows, span):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(positions, "MOST_READ", 5)
            patch.setattr(positions, "STEPS", 4)
            found = track(store, stored(store, rows), span)
        every = naively(rows, span)
        assert bool(found.every_us) is (len(every) > 5)
        assert list(found.places) == (apart(every, found.every_us) if found.every_us else every)
        assert len(found.places) <= 6

    def test_entries_without_a_reading_have_places_too(self, store, channel):
        append(store, channel, entry(NOW, position=Position(1.0, 2.0)))
        assert track(store, channel, feed="temperature").places == (Place(NOW, 1.0, 2.0),)

    def test_positions_of_other_channels_stay_there(self, store, channel):
        stored(store, {NOW: (Position(1.0, 2.0), 1.0)})
        assert track(store, channel).places == ()

    @pytest.mark.parametrize("name", ["door", "nosuch"])
    def test_there_must_be_a_feed_of_numbers_of_that_name(self, store, channel, name):
        with pytest.raises(NotFound):
            track(store, channel, feed=name)

    def test_what_one_may_not_see_does_not_exist(self, store, noise):
        hidden = stored(store, {NOW: (Position(1.0, 2.0), 1.0)}, visibility=Visibility.MEMBERS)
        with pytest.raises(NotFound):
            track(store, hidden)
        assert len(track(store, hidden, viewer=Viewer.with_key_of(hidden.id)).places) == 1


class TestCame:
    def test_one_position_ever_is_enough(self, store, channel):
        assert not came(store, channel)
        append(store, channel, entry(NOW, temperature=1, position=Position(0.0, 0.0)))
        assert came(store, channel)

    def test_what_one_may_not_see_has_none(self, store, noise):
        hidden = stored(store, {NOW: (Position(1.0, 2.0), 1.0)}, visibility=Visibility.MEMBERS)
        assert not came(store, hidden)
        assert came(store, hidden, Viewer.with_key_of(hidden.id))
