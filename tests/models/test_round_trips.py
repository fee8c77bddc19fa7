"""A file taken away, brought back, and taken away again is the same to the byte, in both shapes."""

from __future__ import annotations

import gzip
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.downloads import Download, Form, Shape
from domain.readings import NewEntry, NewReading
from domain.roles import Role
from domain.timespan import DAY, HOUR, SECOND, from_datetime
from models import exporting
from models.jobs import State
from tests.builders import NOW, append, make_channel
from tests.models.importing import Desk
from tests.people import acting, make_member, make_person

FEEDS = ("temperature:°C", "door:text", "probe:mixed", "=cmd [x]", "'température", "ß:text")
NUMBERS, WORDS, BOTH = ("temperature", "=cmd [x]", "'température"), ("door", "ß"), ("probe",)
CHANGES = [from_datetime(datetime.fromisoformat(f"2026-{day}T01:00:00+00:00")) for day in ("03-29", "10-25")]
"""When the clocks of Europe are put forward and back."""

numbers = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.0, -0.0, 5e-324, 1.7976931348623157e308, 1e15, 1e16, 1e17, 999999999999999.9, 1e-4, 1e-5, 0.1]),
    st.integers(-(10**17), 10**17).map(float),
)
words = st.one_of(
    st.text(alphabet=st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=20),
    st.text(alphabet=st.sampled_from("'\"=+-@\t\r\n,; a1.é漢\U0001f600"), max_size=12),
    st.sampled_from(
        ["", "'", "''=", '"', '""', "\r\n", "=1+1", "-5", "nan", "NaN", "21.50", "1e5", " ", "ع", "\u2028"]
    ),
)
instants = st.one_of(
    st.integers(NOW - 300 * DAY, NOW - 1),
    st.builds(lambda change, off: change + off, st.sampled_from(CHANGES[:1]), st.integers(-2 * HOUR, 2 * HOUR)),
    st.builds(lambda change, off: change + off * SECOND, st.sampled_from(CHANGES), st.integers(-7200, 7200)),
)


def readings_of(name: str):
    if name in NUMBERS:
        written_otherwise = st.sampled_from(["21.50", "+1", "1e3", "-0.0", "007"])
        return st.one_of(
            numbers.map(lambda value: NewReading(name, value, None)),
            written_otherwise.map(lambda written: NewReading(name, float(written), written)),
        )
    if name in WORDS:
        return st.builds(lambda word: NewReading(name, None, word), words)
    # No board can send a feed of numbers and words a word that spells a number.
    lettered = words.filter(lambda word: word.strip().lower() not in ("nan", "21.50", "1e5", "-5"))
    no_numbers = lettered.filter(lambda word: not any(mark.isdigit() for mark in word))
    return st.one_of(
        numbers.map(lambda value: NewReading(name, value, None)), no_numbers.map(lambda w: NewReading(name, None, w))
    )


entries = st.dictionaries(
    instants,
    st.lists(st.sampled_from([*NUMBERS, *WORDS, *BOTH]), min_size=1, max_size=6, unique=True).flatmap(
        lambda names: st.tuples(*map(readings_of, names))
    ),
    min_size=1,
    max_size=12,
)


@pytest.fixture
def desks(store):
    """Makes a channel of the same name and feeds each time, with a desk at which to import into it."""
    person = make_person(store)

    def make() -> Desk:
        channel = make_channel(store, "Kiln, =the 'big' one", feeds=FEEDS)
        make_member(store, channel.id, person, Role.OWNER)
        return Desk(store, channel, acting(person))

    return make


def taken_away(desk: Desk, **asked) -> str:
    viewer = desk.actor.viewer
    plan = desk.store.ask(exporting.plan, viewer, Download(desk.channel.id, **asked), NOW)
    return "".join(piece.text for piece in exporting.pieces(desk.store, viewer, plan))


@pytest.mark.parametrize("shape", list(Shape))
class TestRoundTrips:
    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(
        told=entries,
        zone=st.sampled_from([None, "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu"]),
        commas=st.booleans(),
        excel=st.booleans(),
        is_whole=st.booleans(),
    )
    def test_the_file_is_the_same_to_the_byte(self, desks, shape, told, zone, commas, excel, is_whole):
        first, second = desks(), desks()
        append(first.store, first.channel, *(NewEntry(at, list(readings)) for at, readings in sorted(told.items())))
        asked = {"shape": shape, "zone": zone, "decimal_comma": commas, "for_excel": excel}
        before = taken_away(first, **asked)
        found = second.bring(before.encode(), is_whole=is_whole)
        assert (found.state, found.outcome.faults) == (State.DONE, [])
        assert taken_away(second, **asked).encode() == before.encode()

    def test_brought_back_where_it_came_from_all_of_it_repeats(self, desks, shape):
        desk = desks()
        append(
            desk.store,
            desk.channel,
            *(NewEntry(NOW - at, [NewReading("temperature", at / 7, None)]) for at in range(50, 0, -1)),
        )
        found = desk.bring(taken_away(desk, shape=shape))
        assert (found.state, found.outcome.stored, found.outcome.repeated) == (State.DONE, 0, 50)

    def test_newest_first_and_packed(self, desks, shape):
        first, second = desks(), desks()
        append(
            first.store,
            first.channel,
            *(NewEntry(NOW - at, [NewReading("door", None, f"w{at}")]) for at in range(50, 0, -1)),
        )
        found = second.bring(gzip.compress(taken_away(first, shape=shape, newest_first=True).encode()))
        assert found.state is State.DONE
        assert taken_away(second, shape=shape) == taken_away(first, shape=shape)


@pytest.mark.parametrize("shape", list(Shape))
def test_objects_come_back_as_well(desks, shape):
    first, second = desks(), desks()
    readings = [
        NewReading("temperature", 1e22, None),
        NewReading("door", None, '"\n'),
        NewReading("probe", None, "off"),
    ]
    append(first.store, first.channel, NewEntry(NOW - 5, readings), NewEntry(NOW - 4, readings[:1]))
    found = second.bring(taken_away(first, shape=shape, form=Form.NDJSON))
    assert (found.state, found.outcome.stored) == (State.DONE, 4)
    assert taken_away(second) == taken_away(first)
