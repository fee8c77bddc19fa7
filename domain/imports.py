"""What an import is told and what it finds: how a file's columns become feeds, and what became of its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from domain.downloads import Shape
from domain.readings import Kind, NewEntry, NewReading
from domain.zones import WORLD

MOST_LISTED = 100
"""Bad rows and conflicts that are listed; all of them are counted."""

# A NamedTuple's own constructor costs twice as much, and this is paid for every reading.
_tuple = tuple.__new__

NOWHERE = -1
"""The place of a column that the file does not have."""


class FileForm(StrEnum):
    """The kind of file."""

    CSV = "csv"
    NDJSON = "ndjson"


class DateOrder(StrEnum):
    """How dates are written."""

    ISO = "iso"
    """`2026-03-08T14:05:00Z`, `2026-03-08 14:05`, or seconds, ms, µs or ns since 1970."""
    DAY_FIRST = "dmy"
    """`8.3.2026 14:05`, `08/03/2026`."""
    MONTH_FIRST = "mdy"
    """`3/8/2026 2:05 PM`."""


class OnConflict(StrEnum):
    """What becomes of a reading where its feed already has another for that instant. What is stored always stays."""

    REFUSE = "refuse"
    """It is a fault: of an import that stores all or nothing, nothing is stored."""
    KEEP = "keep"
    """It is left out and listed, and no fault."""


class Rest(StrEnum):
    """What becomes of the feeds that a file names further down than its beginning, which alone was looked at."""

    BY_NAME = "by name"
    """Each goes to the feed that is called so; one that is missing is made."""
    LEFT_OUT = "left out"
    NONE = "none"
    """There are no others: all of the file was looked at."""


class Phase(StrEnum):
    """What is being done."""

    CHECKING = "checking"
    STORING = "storing"
    TAKING_BACK = "taking back"


@dataclass(frozen=True, slots=True)
class Source:
    """A column of a wide file, or a name among the feeds of a tidy one, and the feed it goes to; '' for none.

    `kind`, `unit`: of a feed that is to be made; kind None where the channel has it. `place`: of the column, from 0.
    `line`: where a name stands for the first time, from 1; 0 where that is not known.
    """

    name: str
    feed: str
    kind: Kind | None = None
    unit: str = ""
    place: int = NOWHERE
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Mapping:
    """How a file is read. Columns are told by their place, from 0, or NOWHERE.

    `time`: of the instant; `clock`: of its time of day where that stands apart from the date. `zone`: of times that
    name none. `feed`, `value`, `text`, `unit`: of a tidy file. `status`, `position` (latitude, longitude, elevation):
    of the entry. `is_whole`: all rows are stored or none. In NDJSON no places are needed: members have names.

    `rest`: what becomes of names beyond `sources`; unless NONE, the kinds of `sources` are those of the file's
    beginning. `kinds_said`: feeds, and what they are to hold where they are made, whatever the file has for them.

    `is_exact`, of NDJSON: numbers keep their spelling (`21.50`), what is no number is none in a feed of numbers, and a
    row that brought nothing is an entry all the same.
    """

    form: FileForm = FileForm.CSV
    shape: Shape = Shape.WIDE
    sources: tuple[Source, ...] = ()
    separator: str = ","
    encoding: str = "utf-8"
    has_heading: bool = True
    decimal_comma: bool = False
    time: int = 0
    clock: int = NOWHERE
    dates: DateOrder = DateOrder.ISO
    zone: str = WORLD
    feed: int = NOWHERE
    value: int = NOWHERE
    text: int = NOWHERE
    unit: int = NOWHERE
    status: int = NOWHERE
    position: tuple[int, int, int] = (NOWHERE, NOWHERE, NOWHERE)
    is_whole: bool = True
    on_conflict: OnConflict = OnConflict.REFUSE
    rest: Rest = Rest.NONE
    kinds_said: tuple[tuple[str, Kind], ...] = ()
    is_exact: bool = False

    def but(self, **changes: Any) -> Mapping:
        """The same with something else."""
        return replace(self, **changes)

    @property
    def wanted(self) -> tuple[Source, ...]:
        """The sources that go to a feed."""
        return tuple(source for source in self.sources if source.feed)

    @property
    def has_names(self) -> bool:
        """Whether feeds are told by names that rows bring, so that one may come in the last of them; not by columns."""
        return self.form is FileForm.NDJSON or self.feed != NOWHERE

    @property
    def is_to_be_surveyed(self) -> bool:
        """Whether all of the file must be looked at before it is known which feeds it fills, and what they hold."""
        return self.rest is not Rest.NONE and (self.has_names or any(source.kind for source in self.wanted))

    def to_json(self) -> dict[str, Any]:
        """As plain values, for `mapping_from`."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Hints:
    """What whoever imports a file says of it themselves; None, or nothing, where that is to be seen from the file.

    `columns`: heading, or number from 1 on, → feed, '' for none; `kinds`: of feeds to be made. `only_named`: columns
    that are not among them are left out.
    """

    separator: str | None = None
    encoding: str | None = None
    time: str | None = None
    dates: DateOrder | None = None
    decimal_comma: bool | None = None
    columns: Dictionary[str, str] = field(default_factory=dict)
    kinds: Dictionary[str, Kind] = field(default_factory=dict)
    only_named: bool = False


def mapping_from(told: Dictionary[str, Any]) -> Mapping:
    """The mapping that `to_json` told of."""
    sources = tuple(
        Source(**source | {"kind": Kind(source["kind"]) if source["kind"] else None}) for source in told["sources"]
    )
    return Mapping(
        **dict(told)
        | {
            "sources": sources,
            "form": FileForm(told["form"]),
            "shape": Shape(told["shape"]),
            "dates": DateOrder(told["dates"]),
            "on_conflict": OnConflict(told["on_conflict"]),
            "position": tuple(told["position"]),
            "rest": Rest(told.get("rest", Rest.NONE)),
            "kinds_said": tuple((feed, Kind(kind)) for feed, kind in told.get("kinds_said", ())),
        }
    )


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row. `line`: as an editor counts, from 1; 0 where none is to blame. `column`: its name."""

    line: int
    what: str
    column: str = ""

    @property
    def sentence(self) -> str:
        """`Line 17, temperature: "abc" is not a number.`"""
        where = ", ".join(part for part in (f"line {self.line}" if self.line else "", self.column) if part)
        said = f"{where}: {self.what}." if where else f"{self.what}."
        return said[0].upper() + said[1:]


@dataclass(frozen=True, slots=True)
class Plain:
    """Rows of numbers alone, none of them missing, as columns: quicker to check than entries are to make."""

    instants: Sequence[int]
    feeds: Sequence[str]
    numbers: Sequence[Sequence[float]]

    def entries(self) -> list[NewEntry]:
        """A row is an entry."""
        series = [[_tuple(NewReading, (feed, each, None)) for each in of_it] for feed, of_it in self.series()]
        groups = map(list, zip(*series, strict=True))
        return [_tuple(NewEntry, (at, group, None, None)) for at, group in zip(self.instants, groups, strict=True)]

    def series(self) -> Iterator[tuple[str, Sequence[float]]]:
        """Each feed with its numbers."""
        return zip(self.feeds, self.numbers, strict=True)


@dataclass(slots=True)
class Chunk:
    """Some rows of a file. `lines[i]`: where `entries[i]` stands. `rows`: how many were read, bad ones too."""

    found: list[NewEntry] = field(default_factory=list)
    lines: Sequence[int] = ()
    rows: int = 0
    bad: int = 0
    faults: list[Fault] = field(default_factory=list)
    plain: Plain | None = None

    @property
    def entries(self) -> list[NewEntry]:
        """What the good rows come to, in their order."""
        if self.plain is not None:
            self.found, self.plain = self.plain.entries(), None
        return self.found

    @property
    def instants(self) -> Sequence[int]:
        """Those of the entries, in their order."""
        return self.plain.instants if self.plain is not None else [entry.at or 0 for entry in self.found]


@dataclass(slots=True)
class Outcome:
    """How far an import is and what it has found. `stored`, `repeated`, `clashes` count readings; `bad`, `rows` rows.

    `chunks`: how many pieces of the file are stored. `made`: the numbers of the feeds it made. `reason`: why it came to
    nothing. `taken_back`: readings taken away again.
    """

    phase: Phase = Phase.CHECKING
    chunks: int = 0
    rows: int = 0
    bad: int = 0
    stored: int = 0
    repeated: int = 0
    clashes: int = 0
    faults: list[Fault] = field(default_factory=list)
    clashing: list[Fault] = field(default_factory=list)
    made: list[int] = field(default_factory=list)
    reason: str = ""
    taken_back: int = 0

    def count(self, chunk: Chunk) -> None:
        """Take the rows of a chunk into account."""
        self.rows += chunk.rows
        self.bad += chunk.bad
        self.faults += chunk.faults[: MOST_LISTED - len(self.faults)]

    def clash(self, found: Sequence[Fault]) -> None:
        """Take readings into account that contradict what is stored."""
        self.clashes += len(found)
        self.clashing += found[: MOST_LISTED - len(self.clashing)]

    def to_json(self) -> dict[str, Any]:
        """As plain values, for `outcome_from`."""
        return asdict(self)


def outcome_from(told: Dictionary[str, Any]) -> Outcome:
    """The outcome that `to_json` told of; a fresh one where nothing was told."""
    if not told:
        return Outcome()
    listed = {name: [Fault(**each) for each in told[name]] for name in ("faults", "clashing")}
    return Outcome(**dict(told) | listed | {"phase": Phase(told["phase"])})


@dataclass(frozen=True, slots=True)
class Preview:
    """What the first rows of a file look like, read in a certain way.

    `headings` and `rows` are its cells as they stand there; `entries` what they come to; `faults` what is wrong.
    `cells`: by name, the first of feeds that may come further down.
    """

    mapping: Mapping
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    entries: tuple[NewEntry, ...]
    faults: tuple[Fault, ...]
    cells: Dictionary[str, Sequence[str]] = field(default_factory=dict)
