"""Channels that move in: a file from ThingSpeak is looked through and kept, and becomes a channel with its history.

Making the channel and bringing its history in are one deed: what goes on with it is an import like others
(`models.importing`), and where that comes to nothing the channel goes again (`models.moved_channels`).
"""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, select

from domain.audit import Actor
from domain.channels import Channel
from domain.errors import Invalid, LabfeedError, NotFound, Outdated, SignInNeeded, TooLarge, TooMany
from domain.imports import Outcome, outcome_from
from domain.incoming.moving import Moving
from domain.moves import Move, move_from
from domain.roles import Viewer
from models import channel_settings, channels, course_channels, imports, jobs, managing, mappings, uploads
from models.jobs import Job, State
from models.moved_channels import MAKES
from models.ownership import NewChannel
from models.schema import job
from models.store import Store
from models.vault import Vault

MOST_UNFINISHED = 10
"""Files of one person that wait to become channels."""

CONTRADICTS = "The file gives a field two values for the same time, in rows that stand apart."


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that was brought in to become a channel. `name`: of the file. `move` None: it could not be read.

    `channel_id`: of the channel that was made of it, None where there is none. `done` of `total` is how far it is.
    """

    id: int
    name: str
    state: State
    received: int
    move: Move | None
    outcome: Outcome
    channel_id: int | None
    done: int
    total: int | None

    @property
    def reason(self) -> str:
        """Why it came to nothing; '' where it did not."""
        return CONTRADICTS if self.outcome.clashes and self.outcome.reason else self.outcome.reason


def take_in(store: Store, actor: Actor, name: str, pieces: Iterable[bytes]) -> int:
    """Look a file through, and keep what it holds; its number. Of what is no such file the reason is kept.

    Raises SignInNeeded, TooLarge, TooMany, Crowded, and Invalid for an empty one; then nothing of it is kept.
    """
    number = store.tell(_begin, actor, name)
    try:
        with tempfile.TemporaryFile() as waiting:
            try:
                given = _Counted(pieces)
                moving = store.ask_long(lambda _: Moving(given, waiting, actor.at))
                while store.ask_long(lambda _: moving.next()):
                    pass
            except Invalid as refused:
                store.tell(_refuse, actor, number, given.size, refused)
                return number
            _keep_lines(store, actor, number, moving)
        store.tell(_note_move, actor, number, given.size, moving.found)
    except BaseException:  # nobody was told its number, so nobody could go on with it
        with suppress(LabfeedError):
            store.tell(discard, actor, number)
        raise
    return number


def find(connection: Connection, viewer: Viewer, number: int) -> Arrival:
    """A file of this viewer's own. Raises NotFound."""
    return _arrival(_own(connection, viewer, number))


def create(
    connection: Connection,
    actor: Actor,
    vault: Vault,
    written_key: str,
    number: int,
    wanted: NewChannel,
    *,
    course_id: int | None = None,
) -> Channel:
    """Make the channel, and let its history come in as soon as it is its turn; rows that cannot be stored are left out.

    `wanted`: its name, its description and who sees it; its feeds are those of the file.
    Raises SignInNeeded, NotFound, Outdated where it was made, Invalid with a complaint a field, TooMany.
    """
    found = _own(connection, actor.viewer, number, is_to_change=True)
    move = _open_move(found)
    more = {"latitude": move.position.latitude, "longitude": move.position.longitude} if move.position else {}
    filled = replace(wanted, feeds=move.feeds())
    made = managing.make_channel(connection, actor, vault, written_key, filled, more)
    channel_settings.say_besides(connection, actor, made.id, move.besides)
    if course_id is not None:
        course_channels.place(connection, actor, made.id, course_id)
    mapping = move.mapping()
    mappings.check(channels.known(connection, made.id), mapping)
    size = uploads.size(connection, number)
    told = found.told | {"mapping": mapping.to_json(), "size": size, "sent": found.told["size"], MAKES: True}
    state = State.READY if move.taken else State.DONE
    if not move.taken:
        uploads.forget(connection, number)
    jobs.settle(connection, number, made.id)
    total = mappings.passes_of(mapping) * size
    jobs.note(connection, number, now=actor.at, state=state, done=0, total=total, told=told)
    return channels.known(connection, made.id)


def discard(connection: Connection, actor: Actor, number: int) -> State:
    """Forget a file, or stop what is being made of it: nothing is left, neither channel nor history; how it stands.

    Raises NotFound, Outdated where it has become a channel.
    """
    found = _own(connection, actor.viewer, number, is_to_change=True)
    if found.channel_id is not None and found.state in (State.READY, State.RUNNING, State.UNDOING):
        return imports.take_back(connection, actor, found.channel_id, number)
    if found.state is not State.OPEN:
        raise Outdated("This file waits for nothing any more.")
    uploads.forget(connection, number)
    jobs.note(connection, number, now=actor.at, state=State.CANCELLED)
    return State.CANCELLED


class _Counted:
    """The pieces of a file, as many as are taken. Raises TooLarge, and Invalid where there are none."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.size = 0
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.size += len(piece)
            if self.size > uploads.MOST_BYTES:
                raise TooLarge(f"A file has at most {uploads.MOST_BYTES >> 20} MiB.", hint="Pack it with gzip.")
            yield piece


def _keep_lines(store: Store, actor: Actor, number: int, moving: Moving) -> None:
    """Keep the entries, packed, a piece at a time."""
    pieces = _packed(moving.lines())
    start = 0
    while (piece := store.ask_long(lambda _: next(pieces, None))) is not None:
        start = store.tell(_add, actor, number, start, piece)


def _packed(lines: Iterable[bytes]) -> Iterator[bytes]:
    packer, held = zlib.compressobj(1, zlib.DEFLATED, 16 + zlib.MAX_WBITS), b""
    for line in lines:
        held += packer.compress(line)
        if len(held) >= uploads.PIECE_BYTES:
            yield held
            held = b""
    yield held + packer.flush()


def _begin(connection: Connection, actor: Actor, name: str) -> int:
    if actor.person_id is None:
        raise SignInNeeded
    theirs = (job.c.person_id == actor.person_id) & job.c.channel_id.is_(None) & job.c.ended_at.is_(None)
    waiting = select(job.c.id).where(theirs, job.c.kind == str(jobs.Kind.IMPORT))
    if len(connection.execute(waiting).all()) >= MOST_UNFINISHED:
        raise TooMany(f"{MOST_UNFINISHED} of your files wait to become channels.", hint="Discard one.")
    uploads.refuse_hoard(connection, actor.person_id)
    told: dict[str, Any] = {"name": imports.bare_name(name), "size": None, "address": actor.address, "asked": {}}
    return jobs.make(connection, jobs.Kind.IMPORT, now=actor.at, person_id=actor.person_id, told=told)


def _add(connection: Connection, actor: Actor, number: int, start: int, body: bytes) -> int:
    found = _own(connection, actor.viewer, number, is_to_change=True)
    if start // uploads.COUNTED_EVERY != (start + len(body)) // uploads.COUNTED_EVERY:
        uploads.refuse_hoard(connection, found.person_id)
    jobs.note(connection, number, now=actor.at)
    return uploads.add(connection, number, start, body)


def _note_move(connection: Connection, actor: Actor, number: int, size: int, move: Move) -> None:
    found = _own(connection, actor.viewer, number, is_to_change=True)
    jobs.note(connection, number, now=actor.at, told=found.told | {"size": size, "move": move.to_json()})


def _refuse(connection: Connection, actor: Actor, number: int, size: int, refused: Invalid) -> None:
    """Remember why a file could not be read."""
    if not size:
        raise Invalid("The file is empty.")
    found = _own(connection, actor.viewer, number, is_to_change=True)
    outcome = Outcome(reason=" ".join(filter(None, (refused.detail, refused.hint))))
    told = found.told | {"size": size}
    jobs.note(connection, number, now=actor.at, state=State.REFUSED, told=told, found=outcome.to_json())


def _own(connection: Connection, viewer: Viewer, number: int, *, is_to_change: bool = False) -> Job:
    """The file with this number, where it is this person's and is, or was, to become a channel. Raises NotFound."""
    theirs = (job.c.id == number) & (job.c.person_id == viewer.person_id) & (job.c.kind == str(jobs.Kind.IMPORT))
    if viewer.acts is not None or connection.execute(select(job.c.id).where(theirs)).first() is None:
        raise NotFound("There is no such file of yours.")
    found = jobs.find(connection, number, is_to_change=is_to_change)
    if found.channel_id is not None and not found.told.get(MAKES):
        raise NotFound("There is no such file of yours.")
    return found


def _open_move(found: Job) -> Move:
    """Raises Outdated, and Invalid for a file of which not all was looked at."""
    if found.state is not State.OPEN:
        raise Outdated("This file has become a channel already, or was discarded.", hint="Choose the file again.")
    if not found.told.get("move"):
        raise Invalid("The file is not whole.", hint="Choose it again.")
    return move_from(found.told["move"])


def _arrival(found: Job) -> Arrival:
    told = found.told
    return Arrival(
        id=found.id,
        name=told.get("name", ""),
        state=found.state,
        received=told.get("sent") or told.get("size") or 0,
        move=move_from(told["move"]) if told.get("move") else None,
        outcome=outcome_from(found.found),
        channel_id=found.channel_id,
        done=found.done,
        total=found.total,
    )
