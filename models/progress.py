"""How far a download is, for the page that began it: found by a word that only this page knows."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, select

from domain.roles import Viewer
from models import channels, jobs
from models.jobs import Kind, State
from models.schema import job


@dataclass(frozen=True, slots=True)
class Progress:
    """So many readings of so many are sent off. `is_over`: nothing more comes, `is_whole`: because it is complete."""

    done: int
    total: int
    is_over: bool
    is_whole: bool


def begin(connection: Connection, viewer: Viewer, channel_id: int, word: str, total: int, now: int) -> int:
    """Remember a download under this word, in the place of one that was; the number under which it is noted."""
    whose = {"person_id": viewer.person_id, "channel_id": channel_id}
    return _begun(connection, job.c.channel_id == channel_id, whose, word, total, now)


def begin_of_course(connection: Connection, viewer: Viewer, course_id: int, word: str, total: int, now: int) -> int:
    """The same for what somebody takes away of a whole course."""
    is_theirs = (job.c.course_id == course_id) & (job.c.person_id == viewer.person_id)
    whose = {"person_id": viewer.person_id, "course_id": course_id}
    return _begun(connection, is_theirs, whose, word, total, now)


def note(connection: Connection, job_id: int, done: int, now: int, *, is_whole: bool | None = None) -> None:
    """Say how far it is; `is_whole` says that it is over, and whether nothing is missing."""
    state = State.RUNNING if is_whole is None else State.DONE if is_whole else State.FAILED
    jobs.note(connection, job_id, now=now, state=state, done=done)


def of(connection: Connection, viewer: Viewer, channel_id: int, word: str) -> Progress | None:
    """How far the download under this word is; None before it began. Raises NotFound."""
    channels.find(connection, viewer, channel_id)
    return _found(connection, job.c.channel_id == channel_id, word)


def of_course(connection: Connection, viewer: Viewer, course_id: int, word: str) -> Progress | None:
    """The same of what this person takes away of a course."""
    return _found(connection, (job.c.course_id == course_id) & (job.c.person_id == viewer.person_id), word)


def _begun(
    connection: Connection,
    is_theirs: ColumnElement[bool],
    whose: dict[str, int | None],
    word: str,
    total: int,
    now: int,
) -> int:
    found = connection.execute(select(job.c.id).where(_is(is_theirs, word))).scalar()
    if found is None:
        found = jobs.make(connection, Kind.DOWNLOAD, now=now, told={"word": word}, **whose)  # type: ignore[arg-type]
    jobs.note(connection, found, now=now, state=State.RUNNING, done=0, total=total)
    return int(found)


def _found(connection: Connection, whose: ColumnElement[bool], word: str) -> Progress | None:
    row = connection.execute(select(job.c.done, job.c.total, job.c.state).where(_is(whose, word))).first()
    if row is None:
        return None
    return Progress(row.done, row.total or 0, row.state != State.RUNNING, row.state == State.DONE)


def _is(whose: ColumnElement[bool], word: str) -> ColumnElement[bool]:
    return whose & (job.c.kind == str(Kind.DOWNLOAD)) & (job.c.told == json.dumps({"word": word}))
