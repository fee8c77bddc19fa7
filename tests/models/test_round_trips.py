"""A file taken away, brought back, and taken away again is the same to the byte, in both shapes."""

from __future__ import annotations

import gzip
import re
from collections.abc import Sequence
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.downloads import Download, Form, Shape
from domain.incoming import beginnings
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


lettered = st.text(alphabet=st.sampled_from("abxyé漢 ='"), min_size=1, max_size=8).map(lambda word: f"w{word}")
values_of = {
    "temperature": numbers.map(lambda value: NewReading("temperature", value, None)),
    "door": lettered.map(lambda word: NewReading("door", None, word)),
    "probe": st.one_of(
        numbers.map(lambda value: NewReading("probe", value, None)),
        lettered.map(lambda word: NewReading("probe", None, word)),
    ),
}


@st.composite
def begun_one_after_the_other(draw) -> list[NewEntry]:
    """Entries of feeds each of which begins only when the one before has had some; from then on all come at times."""
    names, found = draw(st.permutations(list(values_of))), []
    for begun in range(1, len(names) + 1):
        found.append([names[begun - 1]])
        found += draw(st.lists(st.lists(st.sampled_from(names[:begun]), min_size=1, unique=True), max_size=9))
    return [
        NewEntry(NOW - DAY + place * SECOND, [draw(values_of[name]) for name in sorted(feeds, key=names.index)])
        for place, feeds in enumerate(found)
    ]


@pytest.fixture
def desk_of(store):
    """Makes a channel with these feeds each time, with a desk at which to import into it."""
    person = make_person(store)

    def make(*feeds: str) -> Desk:
        channel = make_channel(store, "Kiln", feeds=feeds)
        make_member(store, channel.id, person, Role.OWNER)
        return Desk(store, channel, acting(person))

    return make


def declared(told: Sequence[NewEntry]) -> list[str]:
    """The feeds in the order in which they come, each of the kind that holds what it is told."""
    of_feeds: dict[str, set[bool]] = {}
    for entry in told:
        for reading in entry.readings:
            of_feeds.setdefault(reading.feed, set()).add(reading.value is None)
    kinds = {(False,): "number", (True,): "text", (False, True): "mixed"}
    return [f"{name}:{kinds[tuple(sorted(found))]}" for name, found in of_feeds.items()]


def without_entries(lines: str) -> str:
    """Objects without the numbers of their entries: a channel gives its own, and a line is an entry."""
    return re.sub(r'^\{"entry_id":\d+,', "{", lines, flags=re.MULTILINE)


@pytest.mark.parametrize("shape", list(Shape))
@pytest.mark.parametrize("form", [Form.CSV, Form.NDJSON])
class TestFeedsThatBeginLate:
    @settings(
        max_examples=20,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(told=begun_one_after_the_other(), sample=st.integers(2, 6), is_whole=st.booleans(), has_feeds=st.booleans())
    def test_the_file_is_the_same_to_the_byte(self, desk_of, shape, form, told, sample, is_whole, has_feeds):
        first = desk_of(*declared(told))
        append(first.store, first.channel, *told)
        before = taken_away(first, shape=shape, form=form)
        second = desk_of(*(declared(told) if has_feeds else ()))
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(beginnings, "SAMPLE", sample)
            found = second.bring(before, is_whole=is_whole)
        assert (found.state, found.outcome.faults, found.done) == (State.DONE, [], found.total)
        after = taken_away(second, shape=shape, form=form)
        assert without_entries(after).encode() == without_entries(before).encode()

    def test_beyond_as_many_rows_as_are_ever_looked_at_first(self, desk_of, shape, form):
        first, second = desk_of("temperature", "door:text", "probe:mixed"), desk_of()
        many = beginnings.SAMPLE + 10
        told = [NewEntry(NOW - DAY + place, [NewReading("temperature", 1.5, None)]) for place in range(many)]
        told += [NewEntry(NOW - DAY + many, [NewReading("door", None, "5"), NewReading("probe", 5.0, None)])]
        told += [NewEntry(NOW - HOUR, [NewReading("door", None, "open"), NewReading("probe", None, "off")])]
        append(first.store, first.channel, *told)
        before = taken_away(first, shape=shape, form=form)
        assert second.bring(before).state is State.DONE
        assert [name for name, *_ in second.stored()[-4:]] == ["door", "probe"] * 2
        if form is Form.NDJSON or shape is Shape.TIDY:  # in a wide table a word may look like a number
            assert without_entries(taken_away(second, shape=shape, form=form)) == without_entries(before)
