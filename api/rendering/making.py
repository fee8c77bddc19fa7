"""Where files that are no text are made: on disk, by a process of their own, and no more than two at a time."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, BinaryIO, cast

from api.rendering import tables
from api.rendering.tables import DISK_FULL, Figure, Of, Table
from domain.downloads import Form, Shape
from domain.errors import Crowded, StorageFull
from domain.readings import Kind
from models.exporting import Plan

FORMS = (Form.XLSX, Form.PARQUET)

AT_ONCE = 2
PATIENCE_S = 20
"""How long a file waits for its turn."""

CHUNK = 1 << 16
COMMAND = (sys.executable, "-m", "api.rendering")
ROOT = Path(__file__).resolve().parents[2]

_room = threading.BoundedSemaphore(AT_ONCE)  # of this server process: it is its machine's cores that are shared
_waited_for: set[Hashable] = set()
_ended = threading.Condition()


@dataclass(frozen=True, slots=True)
class Made:
    """A file that is whole. It has no name, and is gone when it is closed or when the server ends."""

    content: BinaryIO
    size: int

    def chunks(self) -> Iterator[bytes]:
        while chunk := self.content.read(CHUNK):
            yield chunk


def lines_of(plan: Plan) -> Plan:
    """What the process is to be handed: the same readings as tidy lines."""
    return replace(
        plan,
        download=plan.download.but(form=Form.CSV, shape=Shape.TIDY, decimal_comma=False, for_excel=False),
    )


def table_of(plan: Plan) -> Table:
    """How the file of a plan looks."""
    download = plan.download
    columns = tuple(
        Of(
            column.feed.name,
            str(column.aggregate or (Figure.TEXT if column.feed.kind is Kind.TEXT else Figure.VALUE)),
            column.heading,
            column.unit,
            Kind.NUMBER if column.aggregate else column.feed.kind,
        )
        for column in plan.columns
    )
    return Table(
        download.form,
        download.shape,
        plan.zone.key,
        plan.channel.name,
        {feed.name: feed.unit or "" for feed in plan.feeds},
        tuple(map(str, download.binned.aggregates if download.binned else Figure)),
        columns,
    )


@contextmanager
def made(plan: Plan, lines: Iterable[bytes], whose: Hashable = None) -> Iterator[Made]:
    """The file of a plan, made of the lines of `lines_of`; `whose`: theirs are made one after the other.

    Raises Crowded where too many others are being made, StorageFull, and what the lines raise.
    """
    with tempfile.TemporaryFile(prefix="labfeed-") as content:
        with _after_their_others(whose):
            if not _room.acquire(timeout=PATIENCE_S):
                raise Crowded("Too many files are being made.", retry_after_s=10)
            try:
                _make(table_of(plan), lines, content)
            finally:
                _room.release()
        size = content.seek(0, 2)
        content.seek(0)
        yield Made(content, size)


@contextmanager
def _after_their_others(whose: Hashable) -> Iterator[None]:
    """Nobody takes all places; None is everybody."""
    if whose is None:
        yield
        return
    with _ended:
        if not _ended.wait_for(lambda: whose not in _waited_for, PATIENCE_S):
            raise Crowded("Another file of yours is being made.", retry_after_s=10)
        _waited_for.add(whose)
    try:
        yield
    finally:
        with _ended:
            _waited_for.remove(whose)
            _ended.notify_all()


def _make(table: Table, lines: Iterable[bytes], content: IO[bytes]) -> None:
    process = subprocess.Popen(COMMAND, cwd=ROOT, stdin=subprocess.PIPE, stdout=content)
    try:
        with suppress(BrokenPipeError):  # it has ended; how, it says itself
            tables.send(table, lines, cast(BinaryIO, process.stdin))
        with suppress(BrokenPipeError):
            cast(BinaryIO, process.stdin).close()
        ended = process.wait()
    finally:
        _end(process)
    if ended == DISK_FULL:
        raise StorageFull("The server's disk is full: the file cannot be made.", hint="Take less at once, or CSV.")
    if ended:
        raise RuntimeError(f"The process that makes files ended with {ended}.")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Leave no process behind."""
    if process.poll() is None:
        process.terminate()
        process.wait()
    if process.stdin:
        with suppress(BrokenPipeError):
            process.stdin.close()
