"""All of a file looked at, before it is read: which feeds it names, and whether it has numbers or words for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from typing import Any

from domain.errors import Invalid
from domain.imports import NOWHERE, FileForm, Rest, Source
from domain.imports import Mapping as Told
from domain.incoming.naming import source_for, unit_for
from domain.incoming.objects import object_or_none, values_of
from domain.incoming.records import Records
from domain.incoming.sightings import Sighting, Sightings, key_of, note_columns, note_object, note_rows
from domain.incoming.texts import Lines
from domain.names import normal
from domain.readings import Feed

AT_ONCE = 5_000
"""Rows looked at by one step."""
MOST_LISTED = 20


@dataclass(slots=True)
class Survey:
    """What a file holds. `frame`: how it was cut into cells. `is_whole`: all of it was looked at.

    `refused`: why it cannot be imported, as far as can be said before it is read.
    """

    frame: list[Any]
    sightings: Sightings = field(default_factory=dict)
    is_whole: bool = False
    refused: str = ""

    def fits(self, told: Told) -> bool:
        """Whether a file that is read so is cut into the same cells."""
        return self.frame == frame_of(told)

    def to_json(self) -> dict[str, Any]:
        """As plain values, for `survey_from`."""
        return asdict(self)


def survey_from(told: Mapping[str, Any] | None) -> Survey | None:
    """The survey that `to_json` told of."""
    if not told:
        return None
    sightings = {key: Sighting(**each) for key, each in told["sightings"].items()}
    return Survey(**dict(told) | {"sightings": sightings})


def frame_of(told: Told) -> list[Any]:
    """How a file is cut into names and cells."""
    places = [told.time, told.clock, told.feed, told.value, told.text, told.unit]
    return [str(told.form), str(told.shape), told.separator, told.encoding, told.has_heading, *places]


class Surveyor:
    """Looks through a file, some rows at a time. `survey`: what was found so far."""

    def __init__(self, told: Told, pieces: Iterable[bytes]) -> None:
        self.survey = Survey(frame_of(told))
        self._told = told
        self._line = 0
        self._source: Records | Lines
        if told.form is FileForm.CSV:
            self._source = Records(pieces, told.encoding, told.separator)
        else:
            self._source = Lines(pieces, told.encoding)

    def next(self) -> bool:
        """Look at some more; False at the end. Raises Invalid where the file cannot be read on or names too much."""
        if isinstance(self._source, Records):
            return self._next_rows(self._source)
        return self._next_objects(self._source)

    def _next_rows(self, records: Records) -> bool:
        if not self._line and self._told.has_heading:
            records.next(1)
        rows, lines, faults = records.next(AT_ONCE)
        if self._told.has_names:
            note_rows(self.survey.sightings, self._told, rows, lines)
        else:
            places = [source.place for source in self._told.sources]
            note_columns(self.survey.sightings, places, rows, lines)
        self._line += len(rows) + len(faults)
        return bool(rows or faults)

    def _next_objects(self, lines: Lines) -> bool:
        begun_at = self._line
        lines.begin()
        for line in islice(lines, AT_ONCE):
            self._line += 1
            found = object_or_none(line)
            if found is not None:
                note_object(self.survey.sightings, values_of(found), self._line)
            if lines.is_enough:
                break
        return self._line > begun_at


def completed(told: Told, survey: Survey, feeds: Sequence[Feed]) -> Told:
    """The mapping with all that the file names. What is to be made holds what the file has for it, unless that is said.

    Raises Invalid where the mapping names what the file does not.
    """
    listed = {_key(source, told) for source in told.sources}
    sources = [_seen(source, told, survey) for source in told.sources]
    for name, sighting in survey.sightings.items():
        if told.has_names and name not in listed:
            further = source_for(name, feeds, sighting, is_all=survey.is_whole, has_unit=told.unit != NOWHERE)
            sources.append(further if told.rest is not Rest.LEFT_OUT else Source(name, "", line=sighting.line))
    rest = Rest.NONE if survey.is_whole else told.rest
    return told.but(sources=tuple(_as_said(source, told) for source in sources), rest=rest)


def _key(source: Source, told: Told) -> str:
    """The one under which it is seen: members of objects in Unicode's composed form."""
    return normal(source.name) if told.form is FileForm.NDJSON else key_of(source)


def _seen(source: Source, told: Told, survey: Survey) -> Source:
    """A source as all of the file has it."""
    sighting = survey.sightings.get(_key(source, told))
    if sighting is None and source.feed and survey.is_whole:
        names = ", ".join(name.strip() for name in list(survey.sightings)[:MOST_LISTED])
        raise Invalid(f'The file names no feed "{source.name[:60]}".', hint=f"It names {names}.")
    if sighting is None or source.kind is None or not source.feed:
        return source
    if sighting.kind is None:
        return Source(source.name, "", place=source.place) if survey.is_whole else source
    return replace(source, kind=sighting.kind, unit=unit_for(source.name, sighting, told.unit != NOWHERE))


def _as_said(source: Source, told: Told) -> Source:
    said = dict(told.kinds_said).get(source.feed)
    return replace(source, kind=said) if said and source.kind else source
