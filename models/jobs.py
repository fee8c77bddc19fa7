"""Work that takes a while: what was asked, how far it is, what came of it; taken over when its process is gone."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, true, update

from domain.errors import NotFound
from domain.timespan import DAY, MINUTE, SECOND
from models.schema import job

LEFT_LYING_AFTER = 10 * SECOND
"""Work of which nothing was said for so long is taken over: its process is gone, or so slow that two of them, each of
which says in its transactions how far it is, do no harm."""

KEPT = 30 * DAY
"""How long it is known what came of it."""

UNFINISHED_KEPT = DAY
"""How long something that was begun and never gone on with is kept, and what a visitor took away."""

LOST_AFTER = 5 * MINUTE
"""A file of which nothing was said for so long does not come any more: who took it, or the process that sent it, is
gone."""


class Kind(StrEnum):
    """What is being done."""

    IMPORT = "import"
    DOWNLOAD = "download"
    CLEARING = "clearing"


class State(StrEnum):
    """How it stands."""

    OPEN = "open"
    """Whoever asked for it has not told everything yet."""
    READY = "ready"
    """It waits for its turn."""
    RUNNING = "running"
    UNDOING = "undoing"
    """What was done is being taken back."""
    DONE = "done"
    REFUSED = "refused"
    """It could not be done as told; nothing is left of it."""
    FAILED = "failed"
    """It ended in the middle; what had been done stays."""
    CANCELLED = "cancelled"
    UNDONE = "undone"


DUE = (State.RUNNING, State.UNDOING, State.READY)
"""What a worker is there for."""

ENDED = frozenset({State.DONE, State.REFUSED, State.FAILED, State.CANCELLED, State.UNDONE})


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work. `total` None: nobody knows how much there is to do."""

    id: int
    kind: Kind
    person_id: int | None
    channel_id: int | None
    course_id: int | None
    state: State
    done: int
    total: int | None
    told: dict[str, Any]
    found: dict[str, Any]
    made_at: int
    seen_at: int
    ended_at: int | None

    @property
    def is_over(self) -> bool:
        return self.state in ENDED


def make(
    connection: Connection,
    kind: Kind,
    *,
    now: int,
    person_id: int | None = None,
    channel_id: int | None = None,
    course_id: int | None = None,
    state: State = State.OPEN,
    total: int | None = None,
    told: dict[str, Any] | None = None,
) -> int:
    """Write down that something is to be done; its number."""
    values = {
        "kind": str(kind),
        "person_id": person_id,
        "channel_id": channel_id,
        "course_id": course_id,
        "state": str(state),
        "total": total,
        "told": _written(told or {}),
        "made_at": now,
        "seen_at": now,
    }
    return int(connection.execute(insert(job).values(values).returning(job.c.id)).scalar_one())


def find(connection: Connection, job_id: int, *, is_to_change: bool = False) -> Job:
    """One piece of work, for whoever was found to be allowed to see it; held until the commit where it is to change.

    Raises NotFound.
    """
    question = select(job).where(job.c.id == job_id)
    row = connection.execute(question.with_for_update() if is_to_change else question).one_or_none()
    if row is None:
        raise NotFound("There is no such piece of work.")
    return _job(row)


def of_channel(
    connection: Connection, channel_id: int, kind: Kind, limit: int = 50, *, person_id: int | None = None
) -> list[Job]:
    """What was done to a channel, the newest first; by this person alone, unless None."""
    whose = true() if person_id is None else job.c.person_id == person_id
    rows = connection.execute(
        select(job)
        .where(job.c.channel_id == channel_id, job.c.kind == str(kind), whose)
        .order_by(job.c.id.desc())
        .limit(limit)
    )
    return list(map(_job, rows))


def count_unfinished(connection: Connection, channel_id: int, kind: Kind) -> int:
    """How much was begun in a channel and is not over."""
    unfinished = (job.c.channel_id == channel_id) & (job.c.kind == str(kind)) & job.c.ended_at.is_(None)
    return int(connection.execute(select(func.count()).select_from(job).where(unfinished)).scalar_one())


def take(connection: Connection, kind: Kind, now: int) -> Job | None:
    """The next that is to be done, for a worker that has nothing to do; None while another worker is at one.

    What a process left lying comes first, then what was asked for first, of whoever waited longest for a turn.
    """
    lying = job.c.seen_at <= now - LEFT_LYING_AFTER
    is_due = or_(job.c.state == str(State.READY), job.c.state.in_([str(State.RUNNING), str(State.UNDOING)]) & lying)
    of_kind = job.c.kind == str(kind)
    busy = select(job.c.id).where(of_kind, job.c.state.in_([str(State.RUNNING), str(State.UNDOING)]), ~lying).limit(1)
    if connection.execute(busy).first() is not None:
        return None
    before = job.alias()
    had_a_turn = select(func.max(before.c.ended_at)).where(
        before.c.kind == str(kind), before.c.person_id == job.c.person_id, before.c.id != job.c.id
    )
    order = (job.c.state == str(State.READY), func.coalesce(had_a_turn.scalar_subquery(), 0), job.c.id)
    row = connection.execute(select(job).where(of_kind, is_due).order_by(*order).limit(1)).one_or_none()
    if row is None:
        return None
    state = State.RUNNING if row.state == State.READY else State(row.state)
    mine = (job.c.id == row.id) & (job.c.state == row.state) & (job.c.seen_at == row.seen_at)
    taken = connection.execute(update(job).where(mine).values(state=str(state), seen_at=now)).rowcount
    return find(connection, row.id) if taken else None


def is_any_due(connection: Connection, kind: Kind) -> bool:
    """Whether a worker has anything to look for."""
    waits = (job.c.kind == str(kind)) & job.c.state.in_(list(map(str, DUE)))
    return connection.execute(select(job.c.id).where(waits).limit(1)).first() is not None


def note(
    connection: Connection,
    job_id: int,
    *,
    now: int,
    state: State | None = None,
    done: int | None = None,
    total: int | None = None,
    told: dict[str, Any] | None = None,
    found: dict[str, Any] | None = None,
) -> None:
    """Say how it stands; what is None stays as it was. An end is noted with its instant."""
    values: dict[str, Any] = {"seen_at": now}
    values |= {name: each for name, each in (("done", done), ("total", total)) if each is not None}
    values |= {name: _written(each) for name, each in (("told", told), ("found", found)) if each is not None}
    if state is not None:
        values |= {"state": str(state), "ended_at": now if state in ENDED else None}
    connection.execute(update(job).where(job.c.id == job_id).values(values))


def settle(connection: Connection, job_id: int, channel_id: int) -> None:
    """Say for which channel it is, where that was made for it."""
    connection.execute(update(job).where(job.c.id == job_id).values(channel_id=channel_id))


def leave(connection: Connection, job_id: int) -> None:
    """Let another worker take it over at once: this process stops."""
    connection.execute(update(job).where(job.c.id == job_id).values(seen_at=0))


def give_up_lost(connection: Connection, now: int) -> None:
    """Say of files that do not come any more that they broke off. Imports are taken over instead: see `take`."""
    is_lost = (
        (job.c.kind == str(Kind.DOWNLOAD)) & (job.c.state == str(State.RUNNING)) & (job.c.seen_at <= now - LOST_AFTER)
    )
    connection.execute(update(job).where(is_lost).values(state=str(State.FAILED), ended_at=now))


def forget_old(connection: Connection, now: int, kinds: Collection[Kind] = tuple(Kind)) -> None:
    """Forget what ended long ago, what was begun and never gone on with, and what visitors took away.

    Those are many, and nobody in particular wants to know of it again.
    """
    of_kinds = job.c.kind.in_(list(map(str, kinds)))
    ended = job.c.ended_at <= now - KEPT
    is_nobodys = or_(job.c.state == str(State.OPEN), job.c.kind == str(Kind.DOWNLOAD))  # which no process takes over
    given_up = is_nobodys & job.c.ended_at.is_(None) & (job.c.seen_at <= now - UNFINISHED_KEPT)
    visitors = (job.c.kind == str(Kind.DOWNLOAD)) & job.c.person_id.is_(None)
    taken_away = visitors & (job.c.seen_at <= now - UNFINISHED_KEPT)
    connection.execute(delete(job).where(of_kinds, or_(ended, given_up, taken_away)))


def _written(told: dict[str, Any]) -> str:
    return json.dumps(told)


def _job(row: Row[Any]) -> Job:
    return Job(
        **dict(row._mapping)
        | {
            "kind": Kind(row.kind),
            "state": State(row.state),
            "told": json.loads(row.told),
            "found": json.loads(row.found),
        }
    )
