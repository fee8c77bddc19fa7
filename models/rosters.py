"""Rosters applied and undone: enrolments as the file has them, and a channel waiting for each team.

Everything of one roster is one transaction, of about as many statements for three hundred students as for three, but
for the channels that are new.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from sqlalchemy import Connection, insert, select, update

from domain import roster_files, rosters
from domain.audit import Actor, Deed
from domain.courses import Enrolment
from domain.errors import Invalid, Outdated
from domain.roles import Part, Viewer
from domain.rosters import Diff, RosterRow
from domain.timespan import DAY
from models import audit, course_channels, courses, enrolments, seats
from models.roster_memory import Memory
from models.schema import channel, course, person, roster
from models.seats import Left, Seat
from models.vault import Vault

UNDONE_WITHIN = 30 * DAY
"""How long a roster can be undone; what undoing needs, e-mails among it, is not kept longer."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What applying a roster would change, and the fingerprint of the roster that this was said of.

    `new_channels`: what the channels would be called that would be made.
    """

    diff: Diff
    fingerprint: str
    new_channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying, or undoing, came to. `kept`: (student, channel) where nobody else owns a channel with readings."""

    diff: Diff
    channels_made: int = 0
    channels_binned: int = 0
    kept: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Application:
    """A roster that was applied, for the history. `may_be_undone`: the newest that was not, within thirty days."""

    id: int
    applied_by_name: str
    applied_at: int
    added: int
    changed: int
    removed: int
    undone_at: int | None
    may_be_undone: bool


def preview(connection: Connection, actor: Actor, course_id: int, rows: Sequence[RosterRow]) -> Preview:
    """What this roster would change; changes nothing.

    Raises NotFound, Forbidden, and Invalid where the course would lose its last staff, or the actor their own part.
    """
    _open(connection, actor.viewer, course_id)
    before = enrolments.of_course(connection, course_id)
    diff = _planned(actor, before, rows)
    after = diff.applied_to(one.row for one in before)
    new = course_channels.new_teams(connection, course_id, after)
    return Preview(diff, _fingerprint(before), tuple(each.name for each in new))


def apply(
    connection: Connection,
    actor: Actor,
    vault: Vault,
    new_key: Callable[[], str],
    course_id: int,
    rows: Sequence[RosterRow],
    expected: str,
) -> Applied:
    """Make the roster so. `expected`: the fingerprint that the preview said.

    Students get the channel of their team, made with a write key from `new_key` where it is missing, and leave the one
    of the team they were in. Raises as `preview`, Outdated where the roster is another by now.
    """
    _hold(connection, course_id)
    _open(connection, actor.viewer, course_id)
    before = enrolments.of_course(connection, course_id)
    if _fingerprint(before) != expected:
        raise Outdated("The roster was changed since this was shown.", hint="Upload the file again.")
    diff = _planned(actor, before, rows)
    if diff.is_empty:
        raise Invalid("This is what the roster says already.")
    known = enrolments.known(connection, [*before, *(Enrolment(row, None) for row in diff.added)])
    enrolments.write(connection, course_id, diff, known)
    after = diff.applied_to(one.row for one in before)
    made = course_channels.make_for_teams(connection, actor, vault, new_key, course_id, after)
    channels = course_channels.of_teams(connection, course_id)
    leaving, taking = _moves(diff, after, [place for place, channel_id in channels.items() if channel_id in made])
    taken = seats.take(connection, _seats(actor, channels, taking, known))
    left = seats.leave(connection, _seats(actor, channels, leaving, known))
    binned = course_channels.bin_forsaken(connection, actor, {seat.channel_id for seat in left.ended})
    memory = Memory(before, taken.given, taken.raised, left.ended, made, binned)
    _touch(connection, diff, known, [*taken.given, *taken.raised, *left.ended])
    _remember(connection, actor, course_id, diff, memory)
    return _told(connection, actor, Deed.ROSTER_APPLIED, course_id, Applied(diff, len(made), len(binned)), left)


def undo(connection: Connection, actor: Actor, course_id: int, roster_id: int) -> Applied:
    """Bring back the enrolments, and what they gave on channels, as they were before the newest roster.

    What people changed by hand since then stays. A channel that it made goes into the bin where it is empty.
    Raises NotFound, Forbidden, Invalid; Outdated where it is not the newest, or older than thirty days.
    """
    _hold(connection, course_id)
    _open(connection, actor.viewer, course_id)
    memory = _memory(connection, actor, course_id, roster_id)
    before = enrolments.of_course(connection, course_id)
    diff = rosters.diff([one.row for one in before], [one.row for one in memory.enrolments])
    _refuse_unstaffing(actor, before, diff)
    known = enrolments.known(connection, [*before, *memory.enrolments])
    enrolments.write(connection, course_id, diff, known)
    course_channels.take_from_bin(connection, memory.binned)
    taken = seats.take(connection, seats.still_there(connection, course_id, memory.ended, known))
    left = seats.leave(connection, seats.still_there(connection, course_id, memory.given, known))
    seats.lower(connection, memory.raised)
    binned = course_channels.bin_forsaken(connection, actor, memory.made)
    _touch(connection, diff, known, [*taken.given, *left.ended, *memory.raised])
    connection.execute(update(roster).where(roster.c.id == roster_id).values(undone_at=actor.at, before=""))
    return _told(connection, actor, Deed.ROSTER_UNDONE, course_id, Applied(diff, 0, len(binned)), left)


def export(connection: Connection, actor: Actor, course_id: int) -> bytes:
    """The roster as a CSV file that can be changed and uploaded again. Raises NotFound, Forbidden."""
    rows = [one.row for one in courses.enrolments(connection, actor.viewer, course_id)]
    audit.note(connection, actor, Deed.DATA_TAKEN, course_id=course_id, roster=len(rows))
    return roster_files.write(rows)


def history(connection: Connection, viewer: Viewer, course_id: int, now: int) -> list[Application]:
    """The rosters that were applied, the newest first. Raises NotFound, Forbidden."""
    courses.taught(connection, viewer, course_id)
    rows = connection.execute(
        select(roster, person.c.name)
        .outerjoin(person, person.c.id == roster.c.applied_by)
        .where(roster.c.course_id == course_id)
        .order_by(roster.c.id.desc())
    ).all()
    newest = next((row.id for row in rows if row.undone_at is None and now - row.applied_at <= UNDONE_WITHIN), None)
    return [
        Application(
            row.id, row.name or "", row.applied_at, row.added, row.changed, row.removed, row.undone_at, row.id == newest
        )
        for row in rows
    ]


def forget_old(connection: Connection, now: int) -> None:
    """Forget what undoing would need of rosters that can no longer be undone."""
    is_over = (roster.c.applied_at < now - UNDONE_WITHIN) & (roster.c.before != "")
    connection.execute(update(roster).where(is_over).values(before=""))


def _hold(connection: Connection, course_id: int) -> None:
    """Let nobody else change this course's roster before the commit."""
    connection.execute(select(course.c.id).where(course.c.id == course_id).with_for_update())


def _open(connection: Connection, viewer: Viewer, course_id: int) -> None:
    if courses.taught(connection, viewer, course_id).course.archived_at is not None:
        raise Invalid("This course is archived.", hint="Take it out of the archive first.")


def _fingerprint(before: Iterable[Enrolment]) -> str:
    return rosters.fingerprint(one.row for one in before)


def _planned(actor: Actor, before: Sequence[Enrolment], rows: Sequence[RosterRow]) -> Diff:
    """The change to a roster; a file that names no staff says nothing of the staff."""
    known = [one.row for one in before]
    diff = rosters.diff(known, rosters.with_staff_kept(rows, known))
    _refuse_unstaffing(actor, before, diff)
    return diff


def _refuse_unstaffing(actor: Actor, before: Sequence[Enrolment], diff: Diff) -> None:
    """Nobody ends their own part by a slip, or leaves a course without staff. Raises Invalid."""
    was = {one.row.email for one in before if one.row.part is Part.STAFF}
    now = {row.email for row in diff.applied_to(one.row for one in before) if row.part is Part.STAFF}
    own = {one.row.email for one in before if one.person_id is not None and one.person_id == actor.person_id}
    if was & own and not now & own:
        raise Invalid(
            "This would take you from the staff of the course.", hint="Give yourself a row with the role staff."
        )
    if was and not now:
        raise Invalid("This would leave the course without staff.", hint="Give somebody the role staff.")


def _moves(
    diff: Diff, after: Iterable[RosterRow], made: Collection[tuple[str, str]]
) -> tuple[list[RosterRow], list[RosterRow]]:
    """(who leaves a team, as they were; who comes to one, as they are). To a channel just made all of its team come."""
    moved = [change for change in diff.changed if change.before.place != change.after.place]
    leaving = [*diff.removed, *(change.before for change in moved)]
    coming = {row.email: row for row in after if row.place in made}
    coming |= {row.email: row for row in chain(diff.added, (change.after for change in moved))}
    return leaving, list(coming.values())


def _seats(
    actor: Actor, channels: Mapping[tuple[str, str], int], rows: Iterable[RosterRow], known: Mapping[str, int]
) -> list[Seat]:
    return [
        Seat(channels[row.place], row.email, known.get(row.email), added_by=actor.person_id, added_at=actor.at)
        for row in rows
        if row.place is not None and row.place in channels
    ]


def _touch(connection: Connection, diff: Diff, known: Mapping[str, int], moved: Sequence[Seat]) -> None:
    """All whose rights may have changed, and the channels on which they did."""
    emails = [row.email for row in chain(diff.added, diff.removed, (change.after for change in diff.changed))]
    people = {known[email] for email in emails if email in known}
    people |= {seat.person_id for seat in moved if seat.person_id is not None}
    seats.touch(connection, {seat.channel_id for seat in moved}, people)


def _remember(connection: Connection, actor: Actor, course_id: int, diff: Diff, memory: Memory) -> None:
    forget_old(connection, actor.at)
    counts = {"added": len(diff.added), "changed": len(diff.changed), "removed": len(diff.removed)}
    values = {"course_id": course_id, "applied_by": actor.person_id, "applied_at": actor.at, "before": memory.to_json()}
    connection.execute(insert(roster).values(values | counts))


def _memory(connection: Connection, actor: Actor, course_id: int, roster_id: int) -> Memory:
    """What was kept of the roster that can be undone now. Raises Outdated where it is not this one."""
    newest = (
        select(roster)
        .where(roster.c.course_id == course_id, roster.c.undone_at.is_(None))
        .order_by(roster.c.id.desc())
        .limit(1)
    )
    row = connection.execute(newest).one_or_none()
    if row is None or row.id != roster_id or not row.before or actor.at - row.applied_at > UNDONE_WITHIN:
        raise Outdated("Only the newest roster can be undone, for thirty days.", hint="Upload the roster you want.")
    return Memory.from_json(row.before)


def _told(connection: Connection, actor: Actor, deed: Deed, course_id: int, applied: Applied, left: Left) -> Applied:
    """The outcome with the names of those who had to stay; the audit log gets the counts."""
    ids = {seat.channel_id for seat in left.kept}
    rows = connection.execute(select(channel.c.id, channel.c.name).where(channel.c.id.in_(ids)))
    names = {row.id: row.name for row in rows}
    counts = {
        "added": len(applied.diff.added),
        "changed": len(applied.diff.changed),
        "removed": len(applied.diff.removed),
        "channels_made": applied.channels_made,
        "channels_binned": applied.channels_binned,
    }
    audit.note(connection, actor, deed, channel_id=None, course_id=course_id, **counts)
    return replace(applied, kept=tuple((seat.email, names[seat.channel_id]) for seat in left.kept))
