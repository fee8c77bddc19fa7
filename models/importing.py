"""An import's transactions: what is checked and stored of a file, a chunk at a time, and what is taken back of it.

Each says in the same transaction how far the import is, so that another process can go on from there.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, and_, delete, exists, insert, select

from domain.audit import Actor, Deed
from domain.errors import Conflict, Forbidden, NotFound
from domain.imports import Chunk, Mapping, OnConflict, Outcome, Phase, mapping_from, outcome_from
from domain.incoming.surveying import Survey, completed
from domain.readings import Door, FreshReadings, Kind
from domain.roles import Act, Viewer
from domain.timespan import TimeSpan
from models import audit, bulk, channels, jobs, mappings, moved_channels, rights, rollups, uploads
from models.appending import Submission, Transaction, new_feed_row
from models.jobs import Job, State
from models.schema import channel, entry, feed, imported, reading, token
from models.sifting import Sifted, sift

AT_ONCE = 5_000
"""Readings that are looked through by one transaction that takes back."""


class Stopped(Exception):
    """Somebody cancelled the import, or another process goes on with it: there is nothing more to do here."""


def begin_storing(connection: Connection, job_id: int, mapping: Mapping, now: int) -> Outcome:
    """Make the feeds that are missing, and say that storing begins. Raises Stopped, Forbidden, Invalid."""
    held = _held(connection, job_id, now)
    into = channels.known(connection, held.channel_id or 0)
    mappings.check(into, mapping)
    known = {each.name for each in into.feeds}
    new = [source for source in mapping.wanted if source.feed not in known]
    rows = [
        new_feed_row(
            into.id, source.feed, source.kind or Kind.NUMBER, len(into.feeds) + place, unit=source.unit or None
        )
        for place, source in enumerate(new)
    ]
    made = list(connection.scalars(insert(feed).returning(feed.c.id), rows)) if rows else []
    if made:
        channels.touch(connection, into.id)
    begun = Outcome(phase=Phase.STORING, made=made)
    jobs.note(connection, job_id, now=now, found=begun.to_json())
    return begun


def complete(connection: Connection, job_id: int, survey: Survey, now: int) -> Mapping:
    """The mapping with all that the file was seen to name, from now on. Raises Stopped, Forbidden, Invalid."""
    held = _held(connection, job_id, now)
    into = channels.known(connection, held.channel_id or 0)
    mapping = completed(mapping_from(held.told["mapping"]), survey, into.feeds)
    mappings.check(into, mapping)
    jobs.note(connection, job_id, now=now, told=held.told | {"mapping": mapping.to_json()})
    return mapping


def check(connection: Connection, job_id: int, chunk: Chunk) -> Sifted:
    """Compare a chunk with what is stored."""
    found = jobs.find(connection, job_id)
    return sift(connection, chunk, _feed_ids(connection, found.channel_id or 0))


def store(
    connection: Connection, job_id: int, mapping: Mapping, chunk: Chunk, number: int, done: int, now: int
) -> tuple[Outcome, list[FreshReadings]]:
    """Store the chunk of that number, from 1 on; how far the import is then, and what is fresh.

    Raises Stopped; Conflict where an import that stores all or nothing finds a contradiction, or a bad row; Forbidden
    where whoever asked for it may no longer send to the channel.
    """
    held = _held(connection, job_id, now)
    outcome = outcome_from(held.found)
    if outcome.chunks == number:  # an attempt whose answer was lost has stored it
        return outcome, []
    if outcome.chunks != number - 1:
        raise Stopped
    feed_ids = _feed_ids(connection, held.channel_id or 0)
    sifted = sift(connection, chunk, {name: feed_ids[name] for name in _wanted(mapping) if name in feed_ids})
    outcome.count(chunk)
    outcome.clash(sifted.clashing)
    _refuse_unless_sound(mapping, chunk, sifted)
    fresh = _append(connection, held, sifted, feed_ids, now)
    outcome.chunks = number
    outcome.stored += sum(len(each.rows) for each in fresh)
    outcome.repeated += sifted.repeated
    jobs.note(connection, job_id, now=now, done=done, found=outcome.to_json())
    return outcome, fresh


def say(connection: Connection, job_id: int, outcome: Outcome, done: int, now: int) -> None:
    """Note how far it is. Raises Stopped, Forbidden."""
    _held(connection, job_id, now)
    jobs.note(connection, job_id, now=now, done=done, found=outcome.to_json())


def finish(connection: Connection, job_id: int, now: int) -> None:
    """The whole file is stored. Raises Stopped."""
    held = _held(connection, job_id, now)
    outcome = outcome_from(held.found)
    uploads.forget(connection, job_id)
    jobs.note(connection, job_id, now=now, state=State.DONE, done=held.total)
    audit.note(
        connection,
        Actor(Viewer(person_id=held.person_id), str(held.told.get("address", "")), now),
        Deed.DATA_IMPORTED,
        channel_id=held.channel_id,
        job=job_id,
        stored=outcome.stored,
        repeated=outcome.repeated,
        left_out=outcome.bad + outcome.clashes,
    )


def give_up(connection: Connection, job_id: int, outcome: Outcome, reason: str, *, is_whole: bool, now: int) -> None:
    """End an import that cannot be done: one of all or nothing is taken back, of another what is stored stays."""
    held = jobs.find(connection, job_id, is_to_change=True)
    if held.state is not State.RUNNING:
        return
    known = outcome_from(held.found)
    has_stored = bool(known.chunks or known.made)
    told = replace(outcome, chunks=known.chunks, stored=known.stored, made=known.made, reason=reason)
    if is_whole and has_stored:
        then = held.told | {"then": str(State.REFUSED)}
        jobs.note(connection, job_id, now=now, state=State.UNDOING, told=then, found=told.to_json())
        jobs.leave(connection, job_id)
        return
    uploads.forget(connection, job_id)
    state = State.FAILED if has_stored else State.REFUSED
    jobs.note(connection, job_id, now=now, state=state, found=told.to_json())
    moved_channels.undo(connection, held, state, now)


def spans_of(connection: Connection, job_id: int) -> list[TimeSpan]:
    """The spans in which an import's readings lie, ascending and apart from each other."""
    is_its = and_(
        imported.c.job_id == job_id,
        imported.c.first_entry_id <= entry.c.entry_id,
        imported.c.entry_id >= entry.c.entry_id,
    )
    of_channel = entry.c.channel_id == jobs.find(connection, job_id).channel_id
    rows = connection.execute(
        select(entry.c.at_min, entry.c.at_max).where(of_channel, exists().where(is_its)).order_by(entry.c.at_min)
    )
    spans: list[TimeSpan] = []
    for start, last in rows:
        if spans and start <= spans[-1].end:
            spans[-1] = TimeSpan(spans[-1].start, max(spans[-1].end, last + 1))
        else:
            spans.append(TimeSpan(start, last + 1))
    return spans


def take_some_back(connection: Connection, job_id: int, feed_id: int, span: TimeSpan, now: int) -> int | None:
    """Take away the import's readings of a feed at the beginning of a span; where to go on, None at its end."""
    held = jobs.find(connection, job_id, is_to_change=True)
    bulk.lock_channels(connection, [held.channel_id or 0])
    within = and_(reading.c.feed_id == feed_id, reading.c.at >= span.start, reading.c.at < span.end)
    edge = connection.execute(
        select(reading.c.at).where(within).order_by(reading.c.at).offset(AT_ONCE).limit(1)
    ).scalar_one_or_none()
    part = TimeSpan(span.start, span.end if edge is None else edge)
    newest_run = (
        select(imported.c.entry_id)
        .where(imported.c.job_id == job_id, imported.c.first_entry_id <= reading.c.entry_id)
        .order_by(imported.c.first_entry_id.desc())
        .limit(1)
        .correlate(reading)
        .scalar_subquery()
    )
    in_part = and_(reading.c.feed_id == feed_id, reading.c.at >= part.start, reading.c.at < part.end)
    gone = connection.execute(delete(reading).where(in_part, newest_run >= reading.c.entry_id)).rowcount
    if gone:
        rollups.rebuild(connection, [feed_id], part)
    outcome = outcome_from(held.found)
    outcome.phase = Phase.TAKING_BACK
    outcome.taken_back += gone
    jobs.note(connection, job_id, now=now, found=outcome.to_json())
    return edge


def finish_taking_back(connection: Connection, job_id: int, now: int) -> None:
    """Everything is taken back: the feeds it made and nobody used since go too."""
    held = jobs.find(connection, job_id, is_to_change=True)
    outcome = outcome_from(held.found)
    is_empty = ~exists().where(reading.c.feed_id == feed.c.id)
    connection.execute(delete(feed).where(feed.c.id.in_(outcome.made), is_empty))
    connection.execute(delete(imported).where(imported.c.job_id == job_id))
    uploads.forget(connection, job_id)
    channels.touch(connection, held.channel_id or 0)
    then = State(held.told.get("then", State.UNDONE))
    jobs.note(connection, job_id, now=now, state=then)
    audit.note(
        connection,
        Actor(Viewer(person_id=held.told.get("undone_by")), str(held.told.get("undone_from", "")), now),
        Deed.IMPORT_UNDONE,
        channel_id=held.channel_id,
        job=job_id,
        readings=outcome.taken_back,
    )
    moved_channels.undo(connection, held, then, now)


def feeds_of(connection: Connection, job_id: int) -> list[int]:
    """The feeds of the channel into which it goes."""
    return sorted(_feed_ids(connection, jobs.find(connection, job_id).channel_id or 0).values())


def _append(
    connection: Connection, held: Job, sifted: Sifted, feed_ids: dict[str, int], now: int
) -> list[FreshReadings]:
    """Store what is new, in the way all readings go, and remember the entries it made."""
    if not sifted.entries and sifted.plain is None:
        return []
    (_, _, version), *_ = bulk.lock_channels(connection, [held.channel_id or 0])
    message = Submission(held.channel_id or 0, version, sifted.entries, feed_ids, now, Door.IMPORT)
    transaction = Transaction(connection, [message])
    if sifted.plain is not None:
        transaction.take_columns(message, sifted.plain)
    else:
        transaction.trust_all_is_new()
        transaction.take(message)
    fresh = transaction.write()
    runs = [{"job_id": held.id, "first_entry_id": each.first, "entry_id": each.last} for each in fresh]
    connection.execute(insert(imported), runs)
    return fresh


def _refuse_unless_sound(mapping: Mapping, chunk: Chunk, sifted: Sifted) -> None:
    if not mapping.is_whole:
        return
    if chunk.faults:
        raise Conflict(chunk.faults[0].sentence)
    if sifted.clashing and mapping.on_conflict is OnConflict.REFUSE:
        raise Conflict(sifted.clashing[0].sentence)


def _held(connection: Connection, job_id: int, now: int) -> Job:
    """The running import with its channel, held until the commit. Raises Stopped; Forbidden where a right has ended."""
    try:
        found = jobs.find(connection, job_id)
        bulk.lock_channels(connection, [found.channel_id or 0])
        found = jobs.find(connection, job_id, is_to_change=True)
    except NotFound as gone:
        raise Stopped from gone
    if found.state is not State.RUNNING:
        raise Stopped
    _refuse_ended(connection, found, now)
    return found


def _refuse_ended(connection: Connection, found: Job, now: int) -> None:
    viewer = Viewer.person(found.person_id) if found.person_id is not None else Viewer.visitor()
    still = and_(channel.c.id == found.channel_id, channel.c.archived_at.is_(None), rights.may(viewer, Act.CONTRIBUTE))
    is_good = connection.execute(select(channel.c.id).where(still)).first() is not None
    token_id = found.told.get("token_id")
    if is_good and token_id is not None:
        lasts = and_(token.c.id == token_id, token.c.revoked_at.is_(None), token.c.ends_at > now)
        is_good = connection.execute(select(token.c.id).where(lasts)).first() is not None
    if not is_good:
        raise Forbidden("Whoever began this import may no longer send to the channel.")


def _feed_ids(connection: Connection, channel_id: int) -> dict[str, int]:
    rows = connection.execute(select(feed.c.name, feed.c.id).where(feed.c.channel_id == channel_id))
    return {row.name: row.id for row in rows}


def _wanted(mapping: Mapping) -> set[str]:
    return {source.feed for source in mapping.wanted}
