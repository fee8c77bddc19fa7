"""The one who imports: takes the files that wait, one after the other, in the background of one process.

Reading a file takes the processor, so it is done where questions are answered, away from the loop that keeps every
socket breathing, and a chunk at a time: whoever sends or looks meanwhile waits for one chunk at most.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection

from domain.errors import Busy, LabfeedError, NotFound
from domain.imports import Chunk, Mapping, OnConflict, Outcome, Phase, mapping_from, outcome_from
from domain.incoming.files import File, opened
from domain.incoming.surveying import Surveyor
from domain.readings import FreshReadings
from domain.timespan import SECOND, TimeSpan
from models import channels, importing, jobs, mappings
from models.importing import Stopped
from models.jobs import Job, State
from models.sifting import Sifted
from models.store import Store
from models.uploads import Pieces

CHUNK = 5_000
"""Readings stored by one transaction."""

SAID_EVERY = SECOND // 2
"""How often it is noted how far a check is."""

TRIES = 5
"""How often it is tried to store a chunk that finds the database busy."""
TRIED_AGAIN_AFTER_S = 0.2

NOTHING = "The file holds no readings."
OUR_FAULT = "Something went wrong on the server."

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Reading:
    """A file being read: its chunks in order, with what is known of the import."""

    job: Job
    mapping: Mapping
    outcome: Outcome
    pieces: Pieces
    file: File | None = None
    said_at: int = 0
    is_at_end: bool = False
    is_broken: bool = False

    @contextmanager
    def through(self, connection: Connection) -> Iterator[None]:
        """Read on. A reader that failed in the middle would seem to be at the end: it is left. Raises Busy."""
        if self.is_broken:
            raise Busy("The file could not be read on.", retry_after_s=1)
        self.is_broken = True
        self.pieces.connection = connection
        yield
        self.is_broken = self.is_at_end and self.pieces.taken != self.size
        if self.is_broken:
            raise Busy("The file ends too early.", retry_after_s=1)

    @property
    def size(self) -> int:
        return int(self.job.told["size"])

    @property
    def done(self) -> int:
        """Bytes gone through, counted once for each time."""
        still = 1 if self.outcome.phase is Phase.STORING else mappings.passes_of(self.mapping)
        return (self.job.total or 0) - still * self.size + self.pieces.taken


@dataclass(eq=False)
class Importer:
    """Imports what is due. `publish` is called with what is fresh, after it is on disk; `clock` tells µs since 1970;
    `wait` is in seconds.
    """

    store: Store
    publish: Callable[[FreshReadings], None]
    clock: Callable[[], int]
    wait: Callable[[float], object] = time.sleep
    _busy: threading.Lock = field(default_factory=threading.Lock)
    _is_closed: bool = False

    def look(self) -> None:
        """Begin with what is due, in the background, unless something is under way here."""
        if self._is_closed or self._busy.locked() or not self.store.ask(jobs.is_any_due, jobs.Kind.IMPORT):
            return
        threading.Thread(target=self.work, name="labfeed-importer", daemon=True).start()

    def work(self) -> int:
        """Do what is due, one after the other, until nothing is; how many that were."""
        count = 0
        with self._busy:
            try:
                while not self._is_closed and (job := self.store.tell(jobs.take, jobs.Kind.IMPORT, self.clock())):
                    self._do(job)
                    count += 1
            except LabfeedError as refused:
                log.warning("imports were put off: %s", refused.detail)
        return count

    def close(self) -> None:
        """Leave what is under way after its chunk; another process, or this one's next life, goes on with it."""
        self._is_closed = True
        with self._busy:
            pass

    def _do(self, job: Job) -> None:
        outcome = outcome_from(job.found)
        try:
            if job.state is State.UNDOING:
                self._take_back(job)
            else:
                self._import(job, outcome)
        except Stopped:
            if self._is_closed:
                self.store.tell(jobs.leave, job.id)
        except LabfeedError as refused:
            if refused.status >= 500:  # the database is away, or full: it is gone on with after a while
                raise
            self._give_up(job, outcome, refused.detail)
        except Exception:  # one import must not stop the others
            log.exception("import %s failed", job.id)
            self._give_up(job, outcome, OUR_FAULT)

    def _give_up(self, job: Job, outcome: Outcome, reason: str) -> None:
        is_whole = mapping_from(job.told["mapping"]).is_whole
        try:
            self.store.tell(importing.give_up, job.id, outcome, reason, is_whole=is_whole, now=self.clock())
        except NotFound:  # it went with its channel
            return

    def _import(self, job: Job, outcome: Outcome) -> None:
        mapping = mapping_from(job.told["mapping"])
        if mapping.is_to_be_surveyed:
            mapping = self._look_through(job, mapping, outcome)
        if mapping.is_whole and outcome.phase is Phase.CHECKING:
            reason = self._check(job, mapping, outcome)
            if reason:
                self._give_up(job, outcome, reason)
                return
        if outcome.phase is not Phase.STORING:
            outcome = self.store.tell(importing.begin_storing, job.id, mapping, self.clock())
        self._store(_Reading(job, mapping, outcome, Pieces(job.id)))

    def _look_through(self, job: Job, mapping: Mapping, outcome: Outcome) -> Mapping:
        """See which feeds the whole file names, and what it has for them; the mapping with all of them."""
        reading = _Reading(job, mapping, outcome, Pieces(job.id))
        surveyor = Surveyor(mapping, reading.pieces)
        while self.store.ask(self._look_further, reading, surveyor):
            self._say(reading)
        surveyor.survey.is_whole = True
        return self.store.tell(importing.complete, job.id, surveyor.survey, self.clock())

    def _check(self, job: Job, mapping: Mapping, outcome: Outcome) -> str:
        """Read the whole file and note what is wrong in `outcome`; the reason why it is not stored, or nothing."""
        fresh = Outcome()
        for name in Outcome.__dataclass_fields__:  # what an earlier check found does not count
            setattr(outcome, name, getattr(fresh, name))
        reading = _Reading(job, mapping, outcome, Pieces(job.id))
        good = 0
        while (found := self.store.ask(self._checked, reading)) is not None:
            chunk, sifted = found
            outcome.count(chunk)
            outcome.clash(sifted.clashing)
            outcome.repeated += sifted.repeated
            good += len(chunk.instants)
            self._say(reading)
        if outcome.bad:
            return f"{_counted(outcome.bad, 'row')} cannot be stored."
        if outcome.clashes and mapping.on_conflict is OnConflict.REFUSE:
            return f"{_counted(outcome.clashes, 'reading')} would contradict what is stored."
        return "" if good else NOTHING

    def _store(self, reading: _Reading) -> None:
        number = 0
        while (chunk := self.store.ask(self._next, reading)) is not None:
            number += 1
            if number > reading.outcome.chunks:
                self._store_chunk(reading, chunk, number)
            if self._is_closed:
                raise Stopped
        self.store.tell(importing.finish, reading.job.id, self.clock())

    def _store_chunk(self, reading: _Reading, chunk: Chunk, number: int) -> None:
        for left in range(TRIES - 1, -1, -1):
            try:
                reading.outcome, fresh = self.store.tell(
                    importing.store, reading.job.id, reading.mapping, chunk, number, reading.done, self.clock()
                )
            except Busy:  # whether it was stored shows in how far the import is: then it is not stored twice
                if not left:
                    raise
                self.wait(TRIED_AGAIN_AFTER_S)
            else:
                for each in fresh:
                    self.publish(each)
                return

    def _take_back(self, job: Job) -> None:
        for span in self.store.ask_long(importing.spans_of, job.id):
            for feed_id in self.store.ask(importing.feeds_of, job.id):
                start: int | None = span.start
                while start is not None:
                    part = TimeSpan(start, span.end)
                    start = self.store.tell(importing.take_some_back, job.id, feed_id, part, self.clock())
                    if self._is_closed:
                        raise Stopped
        self.store.tell(importing.finish_taking_back, job.id, self.clock())

    def _checked(self, connection: Connection, reading: _Reading) -> tuple[Chunk, Sifted] | None:
        chunk = self._next(connection, reading)
        return None if chunk is None else (chunk, importing.check(connection, reading.job.id, chunk))

    def _look_further(self, connection: Connection, reading: _Reading, surveyor: Surveyor) -> bool:
        with reading.through(connection):
            is_more = surveyor.next()
            reading.is_at_end = not is_more
        return is_more

    def _next(self, connection: Connection, reading: _Reading) -> Chunk | None:
        """The next chunk of the file."""
        with reading.through(connection):
            if reading.file is None:
                into = channels.known(connection, reading.job.channel_id or 0)
                kinds = mappings.kinds_of(into, reading.mapping)
                reading.file = opened(reading.mapping, kinds, reading.pieces, self.clock(), CHUNK)
            found = reading.file.next()
            reading.is_at_end = found is None
        return found

    def _say(self, reading: _Reading) -> None:
        now = self.clock()
        if self._is_closed:
            raise Stopped
        if now - reading.said_at >= SAID_EVERY:
            reading.said_at = now
            self.store.tell(importing.say, reading.job.id, reading.outcome, reading.done, now)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
