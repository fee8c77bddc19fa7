"""What an import is told and what it finds, as plain values and in sentences."""

from __future__ import annotations

import json

import pytest

from domain.downloads import Shape
from domain.imports import (
    MOST_LISTED,
    Chunk,
    DateOrder,
    Fault,
    FileForm,
    Mapping,
    OnConflict,
    Outcome,
    Phase,
    Plain,
    Rest,
    Source,
    mapping_from,
    outcome_from,
)
from domain.readings import Kind, NewEntry, NewReading

TIDY = Mapping(
    shape=Shape.TIDY,
    sources=(Source("t", "temperature", Kind.NUMBER, "°C", line=7), Source("u", "")),
    separator=";",
    dates=DateOrder.DAY_FIRST,
    feed=1,
    value=2,
    position=(3, 4, 5),
    on_conflict=OnConflict.KEEP,
    rest=Rest.LEFT_OUT,
    kinds_said=(("mode", Kind.TEXT),),
)


def stored(told) -> dict:
    """As it comes back from the database."""
    return json.loads(json.dumps(told.to_json()))


class TestMapping:
    def test_it_is_remembered(self):
        assert mapping_from(stored(TIDY)) == TIDY
        assert mapping_from(stored(TIDY)).sources[0].line == 7

    def test_one_remembered_by_an_earlier_version_names_all_there_is(self):
        told = stored(TIDY)
        del told["rest"], told["kinds_said"], told["unit"]
        assert mapping_from(told).rest is Rest.NONE

    def test_what_goes_nowhere_is_not_wanted(self):
        assert [source.name for source in TIDY.wanted] == ["t"]

    @pytest.mark.parametrize(
        ("told", "is_to_be"),
        [
            (TIDY, True),
            (TIDY.but(rest=Rest.NONE), False),
            (Mapping(FileForm.NDJSON, rest=Rest.BY_NAME), True),
            (Mapping(sources=(Source("t", "t", Kind.NUMBER, place=1),), rest=Rest.BY_NAME), True),
            (Mapping(sources=(Source("t", "t", place=1),), rest=Rest.BY_NAME), False),
        ],
    )
    def test_it_is_looked_through_where_names_or_kinds_may_come_later(self, told, is_to_be):
        assert told.is_to_be_surveyed is is_to_be


class TestOutcome:
    def test_it_is_remembered(self):
        found = Outcome(Phase.STORING, 3, faults=[Fault(4, "?", "t")], clashing=[Fault(5, "!")], made=[1])
        assert outcome_from(stored(found)) == found
        assert outcome_from({}) == Outcome()

    def test_all_is_counted_and_the_first_listed(self):
        found = Outcome()
        many = [Fault(line, "bad") for line in range(60)]
        for _ in range(2):
            found.count(Chunk(rows=100, bad=60, faults=list(many)))
            found.clash(many)
        assert (found.rows, found.bad, found.clashes) == (200, 120, 120)
        assert len(found.faults) == len(found.clashing) == MOST_LISTED


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Fault(17, '"abc" is not a number', "temperature"), 'Line 17, temperature: "abc" is not a number.'),
        (Fault(17, "there is no time"), "Line 17: there is no time."),
        (Fault(0, "nothing is there"), "Nothing is there."),
    ],
)
def test_a_fault_is_a_sentence(fault, sentence):
    assert fault.sentence == sentence


class TestChunk:
    def test_columns_of_numbers_are_entries_when_they_are_wanted(self):
        chunk = Chunk(plain=Plain([5, 6], ["a", "b"], [[1.0, 2.0], [3.0, 4.0]]))
        assert list(chunk.instants) == [5, 6]
        assert chunk.entries == [
            NewEntry(5, [NewReading("a", 1.0, None), NewReading("b", 3.0, None)]),
            NewEntry(6, [NewReading("a", 2.0, None), NewReading("b", 4.0, None)]),
        ]
        assert (chunk.plain, chunk.instants) == (None, [5, 6])
