"""Imports as people and programs ask for them: a file comes in pieces, is looked at, started, watched, taken back.

What goes on with one that was started is in `models.importing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from domain.audit import Actor
from domain.channels import Channel
from domain.errors import Forbidden, Invalid, NotFound, Outdated, TooLarge, TooMany
from domain.imports import Hints, Mapping, Outcome, Preview, mapping_from, outcome_from
from domain.incoming import beginnings, guessing
from domain.incoming.files import opened
from domain.incoming.surveying import Survey, survey_from
from domain.roles import Act, Viewer
from domain.timespan import DAY
from models import channels, jobs, mappings, moved_channels, rights, uploads
from models.jobs import Job, State
from models.schema import channel as channel_table
from models.schema import job, person

MOST_UNFINISHED = 20
"""Imports of a channel that are not over."""

UNDONE_WITHIN = 30 * DAY

PREVIEWED = 20
"""Rows that a preview shows."""
LOOKED_AT = 500
"""Readings of which a preview says what is wrong."""


@dataclass(frozen=True, slots=True)
class Import:
    """A file that was, is, or will be imported. `received` of `size` bytes are here (size None: nobody said).

    `done` of `total` is how far the work is. `by`: whose it is; empty where they have no name. `mapping` None: it was
    not started. `may_be_changed`: it is the viewer's own, or they control the channel. `may_be_undone`: that, and it
    stored something, within thirty days.
    """

    id: int
    channel_id: int
    name: str
    person_id: int | None
    by: str
    state: State
    received: int
    size: int | None
    done: int
    total: int | None
    mapping: Mapping | None
    outcome: Outcome
    made_at: int
    ended_at: int | None
    may_be_undone: bool
    asked: dict[str, Any]
    may_be_changed: bool = True


def begin(
    connection: Connection,
    actor: Actor,
    channel_id: int,
    name: str,
    *,
    size: int | None = None,
    token_id: int | None = None,
    asked: dict[str, Any] | None = None,
) -> int:
    """Make room for a file of that name; the number of the import. With a token, the import ends when the token does.

    `asked`: what is to be remembered until the file is whole.

    Raises NotFound, Forbidden, TooLarge, TooMany.
    """
    contributable(connection, actor.viewer, channel_id)
    if size is not None and size > uploads.MOST_BYTES:
        raise TooLarge(f"A file has at most {uploads.MOST_BYTES >> 20} MiB.", hint="Pack it with gzip, or split it.")
    if jobs.count_unfinished(connection, channel_id, jobs.Kind.IMPORT) >= MOST_UNFINISHED:
        raise TooMany(f"{MOST_UNFINISHED} imports of this channel are not over.", hint="Wait, or cancel one.")
    uploads.refuse_hoard(connection, actor.person_id)
    told: dict[str, Any] = {"name": bare_name(name), "size": size, "token_id": token_id, "address": actor.address}
    told["asked"] = asked or {}
    return jobs.make(
        connection, jobs.Kind.IMPORT, now=actor.at, person_id=actor.person_id, channel_id=channel_id, told=told
    )


def add(connection: Connection, actor: Actor, channel_id: int, import_id: int, start: int, body: bytes) -> int:
    """Store the bytes of the file from `start` on; how many there are now.

    Bytes that are here already are passed over; nobody but who began it and who controls the channel adds.
    Raises NotFound, Forbidden, Outdated, TooLarge, TooMany.
    """
    found = _asked_for(connection, actor.viewer, channel_id, import_id, is_to_change=True)
    _refuse_unless_open(found)
    if start // uploads.COUNTED_EVERY != (start + len(body)) // uploads.COUNTED_EVERY:
        uploads.refuse_hoard(connection, found.person_id)
    received = uploads.add(connection, found.id, start, body)
    jobs.note(connection, found.id, now=actor.at)
    return received


def preview(
    connection: Connection,
    viewer: Viewer,
    channel_id: int,
    import_id: int,
    zone: str,
    now: int,
    mapping: Mapping | None = None,
    hints: Hints = guessing.NO_HINTS,
) -> Preview:
    """The first rows of a file, read so, or as it seems to be meant; `zone`, `hints`: for a guess.

    Raises NotFound, Forbidden, and Invalid for what is no file of readings.
    """
    found = _asked_for(connection, viewer, channel_id, import_id)
    _refuse_unless_open(found)
    into = contributable(connection, viewer, channel_id)
    head = uploads.beginning(connection, import_id, beginnings.HEAD_BYTES)
    survey = survey_from(found.told.get("survey"))
    told = mapping or guessing.guess(head, into.feeds, zone, now, hints, survey)
    headings, rows = guessing.headings_and_rows(head, told, PREVIEWED)
    chunk = opened(told, mappings.kinds_of(into, told), [head], now, LOOKED_AT).next()
    entries, faults = (chunk.entries, chunk.faults) if chunk else ([], [])
    cells = {name: seen.first for name, seen in survey.sightings.items()} if survey and told.has_names else {}
    return Preview(told, headings, tuple(map(tuple, rows)), tuple(entries[:PREVIEWED]), tuple(faults), cells)


def keep_survey(connection: Connection, actor: Actor, channel_id: int, import_id: int, survey: Survey) -> None:
    """Remember what was seen when all of the file was looked at, until it is started.

    Raises NotFound, Forbidden, Outdated where it was.
    """
    found = _asked_for(connection, actor.viewer, channel_id, import_id, is_to_change=True)
    _refuse_unless_open(found)
    jobs.note(connection, import_id, now=actor.at, told=found.told | {"survey": survey.to_json()})


def start(connection: Connection, actor: Actor, channel_id: int, import_id: int, mapping: Mapping) -> None:
    """Let the file be imported so, as soon as it is its turn.

    Raises NotFound, Forbidden, Outdated where it was started before, Invalid for a mapping that cannot be.
    """
    found = _asked_for(connection, actor.viewer, channel_id, import_id, is_to_change=True)
    _refuse_unless_open(found)
    mappings.check(contributable(connection, actor.viewer, channel_id), mapping)
    received = uploads.size(connection, import_id)
    size = found.told.get("size")
    if not received or (size is not None and received != size):
        raise Invalid(f"The file is not whole: {received} bytes of it are here.", hint="Send the rest of it first.")
    told = found.told | {"mapping": mapping.to_json(), "size": received, "survey": None}
    passes = mappings.passes_of(mapping)
    jobs.note(connection, import_id, now=actor.at, state=State.READY, done=0, total=passes * received, told=told)


def find(connection: Connection, viewer: Viewer, channel_id: int, import_id: int, now: int) -> Import:
    """One import, for those who may contribute to the channel. Raises NotFound, Forbidden.

    A token that may only send is told of its owner's imports alone; so it is by `list_of` and `preview`.
    """
    found = _asked_for(connection, viewer, channel_id, import_id)
    return _shown(connection, viewer, [found], now)[0]


def list_of(connection: Connection, viewer: Viewer, channel_id: int, now: int) -> list[Import]:
    """The imports into a channel, newest first, for those who may contribute to it. Raises NotFound, Forbidden."""
    contributable(connection, viewer, channel_id)
    whose = viewer.person_id if viewer.is_limited_from(Act.SEE) else None
    found = jobs.of_channel(connection, channel_id, jobs.Kind.IMPORT, person_id=whose)
    return _shown(connection, viewer, found, now)


def take_back(connection: Connection, actor: Actor, channel_id: int, import_id: int) -> State:
    """Cancel an import, or undo it: exactly the readings it stored are taken away, in the background; how it stands.

    For whoever brought it in, and for those who control the channel. Raises NotFound, Forbidden, Outdated where
    there is nothing to take back, or it was too long ago.
    """
    found = _asked_for(connection, actor.viewer, channel_id, import_id, is_to_change=True)
    if found.state in (State.OPEN, State.READY):
        uploads.forget(connection, import_id)
        jobs.note(connection, import_id, now=actor.at, state=State.CANCELLED)
        moved_channels.undo(connection, found, State.CANCELLED, actor.at)
        return State.CANCELLED
    if found.state is State.UNDOING:
        return found.state
    if found.state is not State.RUNNING and not _may_be_undone(found, actor.at):
        raise Outdated("Nothing of this import can be taken back.", hint="An import can be undone for thirty days.")
    then = State.CANCELLED if found.state is State.RUNNING else State.UNDONE
    told = found.told | {"then": str(then), "undone_by": actor.person_id, "undone_from": actor.address}
    jobs.note(connection, import_id, now=actor.at, state=State.UNDOING, told=told)
    jobs.leave(connection, import_id)
    return State.UNDOING


def contributable(connection: Connection, viewer: Viewer, channel_id: int) -> Channel:
    """The channel, for somebody who may send to it. Raises NotFound, Forbidden; Forbidden for an archived one.

    A token that may only send need not see.
    """
    if not _may(connection, viewer, Act.CONTRIBUTE, channel_id):
        channels.may(connection, viewer, Act.CONTRIBUTE, channel_id)
    found = channels.known(connection, channel_id)
    if found.archived_at is not None:
        raise Forbidden(
            "This channel is archived and takes no more readings.",
            hint="Staff of its course, or an admin, can take it out of the archive.",
        )
    return found


def _asked_for(
    connection: Connection, viewer: Viewer, channel_id: int, import_id: int, *, is_to_change: bool = False
) -> Job:
    contributable(connection, viewer, channel_id)
    found = jobs.find(connection, import_id, is_to_change=is_to_change)
    if found.channel_id != channel_id or found.kind is not jobs.Kind.IMPORT:
        raise NotFound("There is no such import.")
    if not _is_own(found, viewer):
        if viewer.is_limited_from(Act.SEE):
            raise NotFound("There is no such import.")
        if is_to_change and not _may(connection, viewer, Act.CONTROL, channel_id):
            raise Forbidden("Somebody else brought this file in.", hint="They can change that, and the owners can.")
    return found


def _is_own(found: Job, viewer: Viewer) -> bool:
    return found.person_id is not None and found.person_id == viewer.person_id


def _may(connection: Connection, viewer: Viewer, act: Act, channel_id: int) -> bool:
    allowed = select(channel_table.c.id).where(channel_table.c.id == channel_id, rights.may(viewer, act))
    return connection.execute(allowed).first() is not None


def _refuse_unless_open(found: Job) -> None:
    if found.state is not State.OPEN:
        raise Outdated("This import was started already.", hint="Begin another one.")


def bare_name(written: str) -> str:
    """The name of a file, without the folders it was in."""
    bare = written.replace("\\", "/").rpartition("/")[2]
    return "".join(mark for mark in bare if mark.isprintable()).strip()[:200]


def _may_be_undone(found: Job, now: int) -> bool:
    is_over = found.state in (State.DONE, State.FAILED)
    stored = outcome_from(found.found).stored
    return bool(is_over and stored and found.ended_at is not None and now - found.ended_at < UNDONE_WITHIN)


def _shown(connection: Connection, viewer: Viewer, found: Sequence[Job], now: int) -> list[Import]:
    """These imports, all of one channel."""
    controls = any(_may(connection, viewer, Act.CONTROL, each.channel_id or 0) for each in found[:1])
    rows = connection.execute(
        select(job.c.id, person.c.name)
        .join(person, person.c.id == job.c.person_id)
        .where(job.c.id.in_([each.id for each in found]))
    )
    names = {row.id: row.name for row in rows}
    return [
        Import(
            id=each.id,
            channel_id=each.channel_id or 0,
            name=each.told.get("name", ""),
            person_id=each.person_id,
            by=names.get(each.id, ""),
            state=each.state,
            received=uploads.size(connection, each.id) if each.state is State.OPEN else each.told.get("size") or 0,
            size=each.told.get("size"),
            done=each.done,
            total=each.total,
            mapping=mapping_from(each.told["mapping"]) if each.told.get("mapping") else None,
            outcome=outcome_from(each.found),
            made_at=each.made_at,
            ended_at=each.ended_at,
            may_be_undone=_may_be_undone(each, now) and (controls or _is_own(each, viewer)),
            asked=each.told.get("asked", {}),
            may_be_changed=controls or _is_own(each, viewer),
        )
        for each in found
    ]
