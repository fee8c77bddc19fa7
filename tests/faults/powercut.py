"""The disk that a power cut would leave, rebuilt from a server's calls to the kernel, for any instant.

A file keeps what was written before its last completed sync. Of what was written after, the disk may hold nothing, the
first part, any part, or the first part with its last write torn between two sectors. `-shm` files are memory and are
never rebuilt; a removed file is gone; a new file is there for certain only after a sync of its folder.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from random import Random

import pysqlite3.dbapi2 as sqlite

from tests.faults.strace import Call

SECTOR_BYTES = 512
SYNCS = frozenset({"fsync", "fdatasync"})
CHANGES = frozenset({"pwrite64", "ftruncate"})
REMOVALS = frozenset({"unlink", "unlinkat"})
SAYS = frozenset({"sendto", "sendmsg"})
REBUILT = ("", "-wal", "-journal")
"""What a database's files end with, after its own name."""

ANSWERED_201 = b"HTTP/1.1 201"
RECEIPT = re.compile(rb'\{[^{}]*"entry_id":[^{}]*\}')


class Survives(StrEnum):
    """What of the writes since the last sync is on the disk."""

    NOTHING = "nothing"
    PREFIX = "prefix"
    SUBSET = "subset"
    TORN = "torn"


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The server told a board, from this line of the log on, that these entries are stored."""

    begin: int
    entry_ids: range


@dataclass(slots=True)
class File:
    """One file at some instant: what is certainly on the disk, and what may be."""

    durable: bytearray = field(default_factory=bytearray)
    pending: list[Call] = field(default_factory=list)
    exists: bool = False
    is_linked: bool = False
    born: int = 0

    def change(self, call: Call) -> None:
        if not self.exists:
            self.exists, self.born = True, call.begin
        self.pending.append(call)

    def sync(self, call: Call) -> None:
        """All that was written before the sync began is certain now."""
        certain = [change for change in self.pending if change.end < call.begin]
        self.pending = [change for change in self.pending if change.end >= call.begin]
        for change in certain:
            _apply(self.durable, change, len(change.data))

    def remove(self) -> None:
        self.durable, self.pending, self.exists, self.is_linked = bytearray(), [], False, False

    def image(self, survives: Survives, chance: Random) -> bytes | None:
        """The file's bytes after a cut, or None where it is not there."""
        if not self.exists or not (self.is_linked or (survives is not Survives.NOTHING and chance.random() < 0.5)):
            return None
        content = bytearray(self.durable)
        for change, kept_bytes in _surviving(self.pending, survives, chance):
            _apply(content, change, kept_bytes)
        return bytes(content)


@dataclass(slots=True)
class Disk:
    """The files of one database, followed through a log. `base` is what they held before it began."""

    database: Path
    files: dict[str, File]

    @classmethod
    def holding(cls, database: Path, base: Mapping[str, bytes]) -> Disk:
        files = {str(database) + ending: File() for ending in REBUILT}
        for ending, content in base.items():
            files[str(database) + ending] = File(bytearray(content), exists=True, is_linked=True)
        return cls(database, files)

    def follow(self, call: Call) -> None:
        """Take in the next call that has to do with these files."""
        if call.name in SYNCS and call.path == str(self.database.parent):
            self._link(call)
        elif (file := self.files.get(call.path)) is None:
            return
        elif call.name in SYNCS:
            file.sync(call)
        elif call.name in REMOVALS:
            file.remove()
        elif call.name in CHANGES:
            file.change(call)
        else:
            raise ValueError(f"the replay does not know what {call.name} does to {call.path}")

    def images(self, survives: Survives, chance: Random) -> dict[str, bytes]:
        """The files that a cut now leaves: ending → bytes."""
        found = {ending: self.files[str(self.database) + ending].image(survives, chance) for ending in REBUILT}
        return {ending: content for ending, content in found.items() if content is not None}

    def now(self) -> dict[str, bytes]:
        """The files as the server sees them: all that was written, synced or not."""
        whole: dict[str, bytes] = {}
        for ending in REBUILT:
            file = self.files[str(self.database) + ending]
            if file.exists:
                content = bytearray(file.durable)
                for change in file.pending:
                    _apply(content, change, len(change.data))
                whole[ending] = bytes(content)
        return whole

    def _link(self, call: Call) -> None:
        for file in self.files.values():
            if file.exists and file.born < call.begin:
                file.is_linked = True


@dataclass(frozen=True, slots=True)
class Recording:
    """A server's run: its database's files before it, its calls, the numbers its boards were told are stored.

    `numbers` is entry id → the number in it, from the boards' own notes.
    """

    database: Path
    base: Mapping[str, bytes]
    events: Sequence[Call | Acknowledged]
    numbers: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one cut left: whether SQLite finds its file sound, and which acknowledged entries are not in it."""

    at: int
    survives: Survives
    acknowledged: int
    integrity: str
    lost: tuple[int, ...]

    @property
    def is_corrupt(self) -> bool:
        return self.integrity != "ok"


def events_of(calls: Iterable[Call], database: Path) -> list[Call | Acknowledged]:
    """What matters of a log, each at its moment, the one that spares the server least.

    A write may be on disk from its beginning, a sync and a removal count when they are over, and an answer counts from
    its first byte.
    """
    calls = list(calls)
    ours = {str(database.parent), *(str(database) + ending for ending in REBUILT)}
    found: list[tuple[int, Call | Acknowledged]] = [
        (call.begin if call.name in CHANGES else call.end, call)
        for call in calls
        if call.path in ours and call.result >= 0
    ]
    found += [(said.begin, said) for said in acknowledgements(calls)]
    return [event for _, event in sorted(found, key=lambda pair: pair[0])]


def acknowledgements(calls: Iterable[Call]) -> Iterator[Acknowledged]:
    """The receipts that left through sockets; one over HTTP counts from the first byte of its head."""
    heads: dict[int, int] = {}
    for call in sorted(calls, key=lambda call: call.begin):
        if call.name not in SAYS or call.result < 0:
            continue
        if call.data.startswith(ANSWERED_201):
            heads[call.fd] = call.begin
        if found := RECEIPT.search(call.data):
            receipt = json.loads(found[0])
            last, entries = receipt["entry_id"], receipt.get("entries", 1)
            yield Acknowledged(heads.pop(call.fd, call.begin), range(last - entries + 1, last + 1))


def cut(recording: Recording, instants: Iterable[int], seed: int) -> Iterator[Verdict]:
    """Cut the power at these places in the list of events (ascending) and look at what is left each time."""
    disk = Disk.holding(recording.database, recording.base)
    acknowledged: set[int] = set()
    done = 0
    with tempfile.TemporaryDirectory(dir=_memory()) as folder:
        for instant in instants:
            for event in recording.events[done:instant]:
                if isinstance(event, Acknowledged):
                    acknowledged.update(event.entry_ids)
                else:
                    disk.follow(event)
            done = instant
            chance = Random(f"{seed} {instant}")
            survives = chance.choice(list(Survives))
            integrity, stored = _look_into(Path(folder), disk.images(survives, chance))
            lost = tuple(sorted(entry for entry in acknowledged if stored.get(entry) != recording.numbers[entry]))
            yield Verdict(instant, survives, len(acknowledged), integrity, lost)


def _look_into(folder: Path, images: Mapping[str, bytes]) -> tuple[str, dict[int, float]]:
    """SQLite's opinion of the files, and the numbers it finds in them: entry id → number."""
    database = folder / "cut.db"
    for ending in (*REBUILT, "-shm"):
        Path(f"{database}{ending}").unlink(missing_ok=True)
    for ending, content in images.items():
        Path(f"{database}{ending}").write_bytes(content)
    connection = sqlite.connect(str(database))
    try:
        integrity = connection.execute("PRAGMA integrity_check").fetchone()[0]
        rows = connection.execute("SELECT entry_id, value FROM reading WHERE value IS NOT NULL").fetchall()
    except sqlite.DatabaseError as error:
        return str(error), {}
    finally:
        connection.close()
    return integrity, dict(rows)


def _surviving(pending: Sequence[Call], survives: Survives, chance: Random) -> Iterator[tuple[Call, int]]:
    """The changes that reached the disk, each with how many of its bytes did."""
    if survives is Survives.NOTHING or not pending:
        return
    if survives is Survives.SUBSET:
        yield from ((change, len(change.data)) for change in pending if chance.random() < 0.5)
        return
    kept = chance.randrange(len(pending) + 1)
    for change in pending[:kept]:
        yield change, len(change.data)
    if survives is Survives.TORN and kept < len(pending):
        yield pending[kept], _torn(pending[kept], chance)


def _torn(change: Call, chance: Random) -> int:
    """How many bytes of a write arrive when it stops between two sectors of the disk."""
    first_edge = SECTOR_BYTES - change.number % SECTOR_BYTES
    return chance.choice([0, *range(first_edge, len(change.data), SECTOR_BYTES)])


def _apply(content: bytearray, change: Call, kept_bytes: int) -> None:
    if change.name == "ftruncate":
        _resize(content, change.number)
        return
    data = change.data[: min(kept_bytes, change.result)]
    if not data:
        return
    if len(content) < change.number:
        _resize(content, change.number)
    content[change.number : change.number + len(data)] = data


def _resize(content: bytearray, size_bytes: int) -> None:
    del content[size_bytes:]
    content.extend(bytes(size_bytes - len(content)))


def _memory() -> str | None:
    """A folder in memory, where there is one: a thousand databases need not reach a disk."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None
