"""Files that wait to be imported, in pieces, as they came."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, delete, func, insert, select

from domain.errors import Outdated, TooLarge, TooMany
from models.schema import job, upload

MOST_BYTES = 1 << 30
"""Of one file, as it is sent."""

MOST_WAITING_BYTES = 4 << 30
"""Of all files of one person that are not imported yet."""

COUNTED_EVERY = 1 << 24
"""After so many bytes of a file it is looked at again how much waits."""

PIECE_BYTES = 1 << 18
"""What is stored as one piece: a transaction that boards do not notice."""


def size(connection: Connection, job_id: int) -> int:
    """How many bytes have come: where the next piece begins."""
    end = upload.c.start + func.length(upload.c.body)
    of_it = select(end).where(upload.c.job_id == job_id).order_by(upload.c.start.desc()).limit(1)
    return int(connection.execute(of_it).scalar_one_or_none() or 0)


def add(connection: Connection, job_id: int, start: int, body: bytes) -> int:
    """Store the bytes that follow what has come; how many there are now.

    What came already is passed over, so that a piece may be sent again. Raises Outdated where bytes would be missing.
    """
    there = size(connection, job_id)
    if start > there:
        raise Outdated(f"The next byte is number {there}, not {start}.", hint="Ask how far the upload is, and go on.")
    if start + len(body) > MOST_BYTES:
        raise TooLarge(f"A file has at most {MOST_BYTES >> 20} MiB.", hint="Pack it with gzip, or split it.")
    fresh = body[there - start :]
    if fresh:
        connection.execute(insert(upload).values(job_id=job_id, start=there, body=fresh))
    return there + len(fresh)


def refuse_hoard(connection: Connection, person_id: int | None) -> None:
    """Raise TooMany where the files of this person that wait are as large as they may be."""
    theirs = (job.c.person_id == person_id) & job.c.ended_at.is_(None)
    if sum(size(connection, each) for each in connection.scalars(select(job.c.id).where(theirs)).all()) >= (
        MOST_WAITING_BYTES
    ):
        raise TooMany(
            f"Your files that wait to be imported have {MOST_WAITING_BYTES >> 30} GiB.", hint="Wait, or cancel one."
        )


def beginning(connection: Connection, job_id: int, most: int) -> bytes:
    """The first bytes of a file."""
    pieces = Pieces(job_id)
    pieces.connection = connection
    found = b""
    for piece in pieces:
        found += piece
        if len(found) >= most:
            break
    return found[:most]


def forget(connection: Connection, job_id: int) -> None:
    """Take the file away."""
    connection.execute(delete(upload).where(upload.c.job_id == job_id))


class Pieces:
    """The pieces of a file in order. Each is fetched through `connection` when it is wanted, so a reader that outlives
    a transaction is handed the next one's connection first. `taken`: bytes that were given out."""

    def __init__(self, job_id: int) -> None:
        self.connection: Connection | None = None
        self.taken = 0
        self._job_id = job_id

    def __iter__(self) -> Iterator[bytes]:
        while (piece := self._next()) is not None:
            self.taken += len(piece)
            yield piece

    def _next(self) -> bytes | None:
        assert self.connection is not None
        wanted = (upload.c.job_id == self._job_id) & (upload.c.start == self.taken)
        found = self.connection.execute(select(upload.c.body).where(wanted)).scalar_one_or_none()
        return None if found is None else bytes(found)
