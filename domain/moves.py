"""What a file that was taken away from ThingSpeak holds, and the channel that comes of it."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from dataclasses import asdict, dataclass, field
from typing import Any

from domain.channels import Besides
from domain.describing import WantedFeed
from domain.imports import MOST_LISTED, Fault, FileForm, Mapping, Source
from domain.incoming.naming import MOST_UNIT_CHARS, parted
from domain.readings import Kind, Position
from domain.storage import count_in_words
from domain.units import usual_unit

FIRST_OF_FIELD = 3
LONGEST_SHOWN = 60


def name_of(number: int) -> str:
    """What field 3 is called there, and its feed here: programs find it by that name."""
    return f"field{number}"


@dataclass(slots=True)
class FieldSeen:
    """What a file has in one field: how many values are numbers, words, and neither: `nan` and its like, and texts
    without characters. `first`: the first of them, cut. `label`: as it is called there; '' where nobody says.
    """

    label: str = ""
    numbers: int = 0
    words: int = 0
    no_numbers: int = 0
    empty: int = 0
    first: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return self.numbers + self.words + self.no_numbers + self.empty

    @property
    def kind(self) -> Kind:
        """Of a feed that holds all of it. One in which nothing stands may get either."""
        if self.words:
            return Kind.MIXED if self.numbers else Kind.TEXT
        if self.numbers:
            return Kind.NUMBER
        return Kind.TEXT if self.count else Kind.MIXED

    @property
    def unit(self) -> str:
        """What stands in brackets after its label, or what is usual for a quantity of that name; words have none."""
        if self.kind is Kind.TEXT:
            return ""
        bare, unit = parted(self.label)
        return (unit or _usual(bare) or "")[:MOST_UNIT_CHARS]

    @property
    def left_out(self) -> int:
        """Values that its feed does not take."""
        return {Kind.NUMBER: self.no_numbers + self.empty, Kind.MIXED: self.empty, Kind.TEXT: 0}[self.kind]

    def show(self, value: str) -> None:
        if len(self.first) < FIRST_OF_FIELD and value.strip():
            self.first.append(value[:LONGEST_SHOWN])


@dataclass(slots=True)
class Move:
    """All of a file that was looked at. `fields` by number, ascending; a field in which nothing stands is there where
    it has a label.

    `rows`: in the file; `taken`: those that become entries; `repeated`: those that say the same again. `zoneless`:
    times that name no zone and were read as UTC. `elevations`, `places`: rows whose elevation or place is not taken.
    `left_out`: sentences about what else is not.
    """

    name: str = ""
    description: str = ""
    position: Position | None = None
    elevation: float | None = None
    metadata: str = ""
    fields: dict[int, FieldSeen] = field(default_factory=dict)
    rows: int = 0
    taken: int = 0
    repeated: int = 0
    bad: int = 0
    faults: list[Fault] = field(default_factory=list)
    first_at: int | None = None
    last_at: int | None = None
    statuses: int = 0
    positions: int = 0
    zoneless: int = 0
    elevations: int = 0
    places: int = 0
    left_out: list[str] = field(default_factory=list)

    @property
    def besides(self) -> Besides:
        return Besides(self.elevation, "", self.metadata)

    def complain(self, fault: Fault) -> None:
        """Count a row that cannot be stored."""
        self.bad += 1
        if len(self.faults) < MOST_LISTED:
            self.faults.append(fault)

    def feeds(self) -> list[WantedFeed]:
        """The feeds to be made, in the order of their fields."""
        return [
            WantedFeed(None, name_of(number), each.kind, each.unit or None, each.label)
            for number, each in self.fields.items()
        ]

    def mapping(self) -> Mapping:
        """How the entries are read that are kept of the file: see `incoming.moving`."""
        sources = tuple(Source(name_of(number), name_of(number)) for number in self.fields)
        return Mapping(FileForm.NDJSON, sources=sources, is_exact=True)

    def not_taken(self) -> list[str]:
        """What the file has and the channel will not, and why, a sentence each."""
        fields = [(number, each) for number, each in self.fields.items() if each.left_out]
        said = [sentence for number, each in fields for sentence in _of_field(number, each)]
        counts = (
            (self.repeated, "is in the file twice and stored once", "are in the file twice and stored once"),
            (self.places, "names a place that is not on Earth", "name a place that is not on Earth"),
            (
                self.elevations,
                "has an elevation that is no number, or one without a place",
                "have an elevation that is no number, or one without a place",
            ),
        )
        said += [f"{_counted(count, 'row')} {one if count == 1 else many}." for count, one, many in counts if count]
        return [*said, *self.left_out]

    def to_json(self) -> dict[str, Any]:
        """As plain values, for `move_from`."""
        return asdict(self)


def move_from(told: Dictionary[str, Any]) -> Move:
    """What `to_json` told of."""
    where = told["position"]
    return Move(
        **dict(told)
        | {
            "position": Position(*where) if where else None,
            "fields": {int(number): FieldSeen(**each) for number, each in told["fields"].items()},
            "faults": [Fault(**each) for each in told["faults"]],
        }
    )


def bad_rows(move: Move, most: int) -> list[str]:
    """The first rows that cannot be stored, a sentence each, and how many others there are."""
    listed = [each.sentence for each in move.faults[:most]]
    return [*listed, *([f"And {move.bad - most} more."] if move.bad > most else [])]


def _of_field(number: int, seen: FieldSeen) -> list[str]:
    name, said = name_of(number), []
    if seen.kind is Kind.NUMBER and seen.no_numbers:
        verb = "is" if seen.no_numbers == 1 else "are"
        said.append(f"{_counted(seen.no_numbers, 'value')} of {name} {verb} no number, such as nan.")
    if seen.empty:
        verb = "is" if seen.empty == 1 else "are"
        said.append(f"{_counted(seen.empty, 'text')} of {name} {verb} empty.")
    return said


def _usual(label: str) -> str | None:
    """The unit that a quantity called so usually has: by all of the label, or by the last word that is known."""
    words = label.lower().split()
    return next(filter(None, map(usual_unit, ("_".join(words), *reversed(words)))), None)


def _counted(count: int, noun: str) -> str:
    return f"{count_in_words(count)} {noun}{'' if count == 1 else 's'}"
