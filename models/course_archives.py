"""A course's archive, written while it is sent: channel after channel, piece after piece, in constant memory.

Each piece is a question of its own, and whether the viewer may still take the course away is looked at before any of it
is let out. What fails in the middle is raised: an archive that breaks off has no directory, so nothing opens it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from itertools import chain

from domain import zones
from domain.course_exports import FOLDER
from domain.course_tables import Taken, channels_table, dictionary_table, members_table, readme
from domain.errors import NotFound
from domain.roles import Viewer
from domain.zips import ZipStream
from models import course_exports, exporting
from models.course_exports import Outline
from models.exporting import Piece, Plan
from models.offload import Offload
from models.store import Store

LARGE_ABOVE = 200_000
"""Readings from which on a file may pass 2 GiB: a word has up to a thousand characters."""


def written(
    store: Store, viewer: Viewer, outline: Outline, told: Callable[[int], object] = lambda done: None
) -> Generator[bytes]:
    """The bytes of the archive; `told` is called with how many readings were written so far.

    A channel that goes away before its turn is left out, and the page in the archive says how many. Raises NotFound or
    Forbidden once the viewer may not take the course away, or a channel of which some was sent already.
    """
    writing = _Writing(store, viewer, outline, told)
    try:
        yield from writing.channels()
        yield from writing.tables()
    finally:
        writing.close()


@dataclass(slots=True)
class _Writing:
    """One archive on its way. Packing takes longer than asking: it has a native thread, so that sockets breathe."""

    store: Store
    viewer: Viewer
    outline: Outline
    told: Callable[[int], object]
    done: int = 0
    left_out: int = 0
    taken: list[Taken] = field(default_factory=list)
    archive: ZipStream = field(init=False)
    pack: Offload = field(default_factory=lambda: Offload(1))

    def __post_init__(self) -> None:
        self.archive = ZipStream(zones.local(self.outline.at, self.outline.export.of_zone))

    def channels(self) -> Iterator[bytes]:
        """A file for each channel that is still there."""
        for plan in self.outline.plans:
            pieces = exporting.pieces(self.store, self.viewer, plan)
            try:
                first = next(pieces)
            except NotFound:
                self.left_out += 1
            else:
                yield from self._channel(plan, first, pieces)

    def tables(self) -> Iterator[bytes]:
        """What lies beside the channels, said of what was written, and the end."""
        outline, export = self.outline, self.outline.export
        ids = [one.channel.id for one in self.taken]
        people = self.store.ask(course_exports.people, self.viewer, export, ids)
        self.archive.add("channels.csv", channels_table(export, self.taken))
        self.archive.add("dictionary.csv", dictionary_table(export, self.taken))
        self.archive.add("members.csv", members_table(export, people))
        said = readme(outline.shown, export, self.taken, self.left_out, outline.at, has_emails=self.viewer.takes_emails)
        self.archive.add("README.txt", said)
        self.archive.finish()
        yield from self.archive.take()

    def close(self) -> None:
        self.archive.abandon()
        self.pack.close()

    def _channel(self, plan: Plan, first: Piece, rest: Iterator[Piece]) -> Iterator[bytes]:
        file = FOLDER + self.outline.files[plan.channel.id]
        readings = 0
        self.archive.begin(file, may_be_large=plan.readings > LARGE_ABOVE)
        for piece in chain([first], rest):
            self.store.ask(course_exports.taught, self.viewer, self.outline.export.course_id)
            self.pack(self.archive.write, piece.content)
            readings += piece.rows
            self.done += piece.rows
            yield from self.archive.take()
            self.told(self.done)
        self.archive.end()
        self.taken.append(Taken(plan.channel, plan.feeds, plan.span, file, readings))
