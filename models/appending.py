"""Inside the writing transaction: what is new, what repeats, what contradicts; which entry gets which number."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import repeat
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Connection, insert, select

from domain.errors import Complaint, Conflict, Invalid
from domain.imports import Plain
from domain.readings import Door, FreshReadings, Kind, NewEntry, NewReading, Position, Receipt
from domain.spelling import spelled
from domain.timespan import SECOND, to_rfc3339
from domain.units import usual_unit
from models import bulk, rollups
from models.schema import answer, feed

MOST_FEEDS = 64
"""Feeds a channel may have."""

NOTHING = ""
"""The status of an entry that brought nothing to find it by: no reading, no status."""


class Stale(Exception):
    """The channel was changed (a key revoked, a feed added) after the message was checked: check it again."""


@dataclass(frozen=True, slots=True)
class Submission:
    """One message, checked and ready to store.

    `version` is the channel's version the check relied on: when the channel has changed since, `take` raises Stale
    and the message is to be checked again. `feed_ids` covers every feed named, except those in `new_feeds`.
    `idempotency` is (key id, token, fingerprint of the body). With `free_instant` an entry with a time of its own is
    stored only where the channel has none at that instant; `feed_ids` are then all of the channel's.
    """

    channel_id: int
    version: int
    entries: Sequence[NewEntry]
    feed_ids: Mapping[str, int]
    received_at: int
    door: Door = Door.HTTP
    new_feeds: Mapping[str, Kind] = field(default_factory=dict)
    idempotency: tuple[int, str, bytes] | None = None
    free_instant: bool = False


Row: TypeAlias = tuple[int, int, int, float | None, str | None]
"""A row of the reading table: (feed id, at, entry id, value, text)."""

Stored: TypeAlias = tuple[int, float | None, str | None]
"""A reading that is there already: (entry id, value, text)."""


@dataclass(slots=True)
class _Channel:
    """What the transaction knows of one channel it has locked."""

    last_entry_id: int
    version: int
    first_new: int = 0
    received_at: int = 0
    new_feeds: bool = False
    rows: list[Row] = field(default_factory=list)
    runs: list[tuple[Any, ...]] = field(default_factory=list)

    def has_entry_at(self, at: int) -> bool:
        """Whether this transaction has taken an entry of that instant."""
        return any(row[1] == at for row in self.rows) or any(run[4] == run[5] == at for run in self.runs)

    def advance(self, entry_id: int, runs: _Runs, received_at: int) -> None:
        """Count the entries of one message, the last of which got this number."""
        self.runs += map(tuple, runs.rows)
        self.first_new = self.first_new or self.last_entry_id + 1
        self.last_entry_id = entry_id
        self.received_at = max(self.received_at, received_at)


class _Verdict(NamedTuple):
    """What one entry comes to: its instant, its new readings, and how many were stored already."""

    at: int
    fresh: list[tuple[int, float | None, str | None]]
    repeated: int
    stored_as: int | None


class Transaction:
    """Takes messages one after the other, then writes everything at once."""

    def __init__(self, connection: Connection, submissions: Sequence[Submission]) -> None:
        self._connection = connection
        wanted = sorted({submission.channel_id for submission in submissions})
        self._channels = {
            channel_id: _Channel(last_entry_id, version)
            for channel_id, last_entry_id, version in bulk.lock_channels(connection, wanted)
        }
        named = {feed_id for submission in submissions for feed_id in _feeds_named(submission)}
        standing = bulk.standing_of(connection, sorted(named)) if named else []
        self._newest = {feed_id: newest for feed_id, _, newest in standing if newest is not None}
        self._mixed = {feed_id for feed_id, kind, _ in standing if kind == Kind.MIXED}
        self._answers: dict[tuple[int, str], tuple[bytes, Receipt]] = {}
        self._seen: dict[tuple[int, int], Stored] | None = None
        self._pending: dict[tuple[int, int], Stored] = {}
        self._stamped: dict[int, int] = {}
        self._found: dict[tuple[int, int], Stored] = {}
        self._looked_up: set[tuple[int, int]] = set()

    def trust_all_is_new(self) -> None:
        """Take what comes without looking: whoever brings it looked in this transaction, and it ascends by instant."""
        self._newest.clear()

    def take(self, submission: Submission) -> Receipt:
        """Decide what becomes of one message. Raises Stale, Conflict or Invalid; then it leaves no trace."""
        known = self._channels.get(submission.channel_id)
        if known is None or known.version != submission.version:
            raise Stale
        if submission.idempotency and (given := self._given_before(submission.idempotency)):
            return given
        if submission.free_instant:
            self._refuse_taken_instants(submission, known)
        if submission.new_feeds:
            with self._connection.begin_nested():  # so that a refused message leaves no feed behind
                feed_ids = {**submission.feed_ids, **self._create_feeds(submission, known)}
                receipt = self._take_entries(submission, feed_ids, known)
            known.new_feeds = True
        else:
            receipt = self._take_entries(submission, submission.feed_ids, known)
        if submission.idempotency:
            self._remember_answer(submission, receipt)
        return receipt

    def take_columns(self, submission: Submission, rows: Plain) -> None:
        """Take rows of numbers, an entry each, that are known to be new and ascend; the message has no other entries.

        Raises Stale.
        """
        known = self._channels.get(submission.channel_id)
        if known is None or known.version != submission.version:
            raise Stale
        first, last = known.last_entry_id + 1, known.last_entry_id + len(rows.instants)
        for name, numbers in rows.series():
            feed_id = repeat(submission.feed_ids[name])
            known.rows += zip(feed_id, rows.instants, range(first, last + 1), numbers, repeat(None))
        runs = _Runs(submission)
        runs.add(last, rows.instants[0], None, None)
        runs.rows[-1][2], runs.rows[-1][5] = first, rows.instants[-1]
        known.advance(last, runs, submission.received_at)

    def write(self) -> list[FreshReadings]:
        """Write all that was taken; what is fresh comes back, one piece a channel."""
        rows = [row for known in self._channels.values() for row in known.rows]
        bulk.insert_readings(self._connection, rows)
        bulk.insert_entries(self._connection, [run for known in self._channels.values() for run in known.runs])
        rollups.add(self._connection, rows, self._mixed)
        self._advance_channels()
        return [
            FreshReadings(
                channel_id=channel_id,
                first=known.first_new,
                last=known.last_entry_id,
                received_at=known.received_at,
                rows=tuple((feed_id, at, value, text) for feed_id, at, _, value, text in known.rows),
                new_feeds=known.new_feeds,
            )
            for channel_id, known in self._channels.items()
            if known.first_new
        ]

    def _refuse_taken_instants(self, submission: Submission, known: _Channel) -> None:
        """Raises Conflict."""
        for at in (entry.at for entry in submission.entries if entry.at is not None):
            if known.has_entry_at(at) or bulk.has_entry_at(
                self._connection, submission.channel_id, [*submission.feed_ids.values()], at
            ):
                raise Conflict(f"The channel has an entry at {to_rfc3339(at)} already.")

    def _take_entries(self, submission: Submission, feed_ids: Mapping[str, int], known: _Channel) -> Receipt:
        taken = self._take_in_order(submission, feed_ids, known)
        return taken or self._take_with_doubts(submission, feed_ids, known)

    def _take_in_order(self, submission: Submission, feed_ids: Mapping[str, int], known: _Channel) -> Receipt | None:
        """The usual case, made quick: every reading is newer than all its feed has. None at the first that is not."""
        newest = self._newest
        overlay: dict[int, int] = {}
        rows: list[Row] = []
        runs = _Runs(submission)
        entry_id = known.last_entry_id
        for entry in submission.entries:
            at, readings, status, position = entry
            if at is None:
                at = submission.received_at
            entry_id += 1
            for name, value, text in readings:
                feed_id = feed_ids[name]
                if at <= (overlay.get(feed_id) or newest.get(feed_id, -1)):
                    return None
                overlay[feed_id] = at
                rows.append((feed_id, at, entry_id, value, text))
            runs.add(entry_id, at, status if readings else status or NOTHING, position)
        newest |= overlay
        if self._seen is not None:
            self._seen |= {(row[0], row[1]): row[2:] for row in rows}
        known.rows += rows
        known.advance(entry_id, runs, submission.received_at)
        return Receipt(entry_id, len(submission.entries), len(rows), 0, tuple(submission.new_feeds))

    def _take_with_doubts(self, submission: Submission, feed_ids: Mapping[str, int], known: _Channel) -> Receipt:
        """Late, repeated or contradicting readings may be among them: each is compared with what is stored."""
        self._look_up(submission, feed_ids)
        verdicts, complaints = [], []
        overlay: dict[int, int] = {}
        self._pending = {}
        for number, entry in enumerate(submission.entries):
            verdict = self._judge(entry, feed_ids, submission.received_at, overlay)
            if isinstance(verdict, Complaint):
                complaints.append(_at_row(verdict, number, len(submission.entries)))
            else:
                verdicts.append(verdict)
        if complaints:
            raise Conflict(complaints[0].detail, complaints=complaints)
        self._newest |= overlay
        return self._number(submission, verdicts, known)

    def _judge(
        self, entry: NewEntry, feed_ids: Mapping[str, int], received_at: int, overlay: dict[int, int]
    ) -> _Verdict | Complaint:
        """New, repeated or contradicting: decided against what is stored and what this transaction already took."""
        at = entry.at
        if at is None:
            at = self._free_instant([feed_ids[reading.feed] for reading in entry.readings], received_at, overlay)
        fresh: list[tuple[int, float | None, str | None]] = []
        repeated, stored_as = 0, None
        for reading in entry.readings:
            feed_id = feed_ids[reading.feed]
            newest = overlay.get(feed_id) or self._newest.get(feed_id)
            if newest is None or at > newest:
                overlay[feed_id] = at
            elif stored := self._stored(feed_id, at):
                if stored[1:] != (reading.value, reading.text):
                    return _contradiction(reading, at, stored)
                repeated += 1
                stored_as = stored[0]
                continue
            fresh.append((feed_id, reading.value, reading.text))
            self._pending[(feed_id, at)] = (0, reading.value, reading.text)
        return _Verdict(at, fresh, repeated, stored_as)

    def _number(self, submission: Submission, verdicts: list[_Verdict], known: _Channel) -> Receipt:
        """Give entry ids to what is new; entries that only repeat keep the number they were first stored with."""
        first, entry_id = known.last_entry_id + 1, known.last_entry_id
        runs = _Runs(submission)
        stored = repeated = 0
        answered = None
        for entry, verdict in zip(submission.entries, verdicts, strict=True):
            repeated += verdict.repeated
            if not verdict.fresh and (verdict.repeated or entry.readings):
                answered = verdict.stored_as or answered
                continue
            entry_id += 1
            stored += len(verdict.fresh)
            for feed_id, value, text in verdict.fresh:
                known.rows.append((feed_id, verdict.at, entry_id, value, text))
                if self._seen is not None:
                    self._seen[(feed_id, verdict.at)] = (entry_id, value, text)
            status = entry.status if entry.readings else entry.status or NOTHING
            runs.add(entry_id, verdict.at, status, entry.position)
        if entry_id >= first:
            known.advance(entry_id, runs, submission.received_at)
            answered = entry_id
        return Receipt(answered, entry_id - first + 1, stored, repeated, tuple(submission.new_feeds))

    def _free_instant(self, feed_ids: Iterable[int], received_at: int, overlay: dict[int, int]) -> int:
        """The arrival, moved on by microseconds until no reading of these feeds has it."""
        at, feed_ids = received_at, list(feed_ids)
        while (later := max((self._free_from(feed_id, at, overlay) for feed_id in feed_ids), default=at)) > at:
            at = later
        self._stamped |= dict.fromkeys(feed_ids, at)
        return at

    def _free_from(self, feed_id: int, at: int, overlay: dict[int, int]) -> int:
        """The first instant from `at` on that this feed has no reading for; what was stamped before is passed over."""
        stamped = self._stamped.get(feed_id, -1)
        if at <= stamped < at + SECOND:
            at = stamped + 1
        newest = overlay.get(feed_id) or self._newest.get(feed_id, -1)
        if at <= newest < at + SECOND:
            return newest + 1
        while at <= newest and self._stored(feed_id, at):
            at += 1
        return at

    def _stored(self, feed_id: int, at: int) -> Stored | None:
        """(entry id, value, text) of the reading at that instant, stored before or taken in this transaction."""
        if self._seen is None:
            self._seen = {
                (feed_id, at): (entry_id, value, text)
                for known in self._channels.values()
                for feed_id, at, entry_id, value, text in known.rows
            }
        found = self._pending.get((feed_id, at)) or self._seen.get((feed_id, at)) or self._found.get((feed_id, at))
        if found or (feed_id, at) in self._looked_up:
            return found
        return bulk.stored_at(self._connection, feed_id, [at]).get(at)

    def _look_up(self, submission: Submission, feed_ids: Mapping[str, int]) -> None:
        """Fetch, one question a feed, what is stored at the instants the message names."""
        wanted: dict[int, list[int]] = {}
        for entry in submission.entries:
            for reading in entry.readings:
                if entry.at is not None and entry.at <= self._newest.get(feed_ids[reading.feed], -1):
                    wanted.setdefault(feed_ids[reading.feed], []).append(entry.at)
        for feed_id, instants in wanted.items():
            self._looked_up |= {(feed_id, at) for at in instants}
            found = bulk.stored_at(self._connection, feed_id, instants)
            self._found |= {(feed_id, at): stored for at, stored in found.items()}

    def _create_feeds(self, submission: Submission, known: _Channel) -> dict[str, int]:
        """Feeds that a board uses for the first time; the channel's version was checked, so they are new."""
        present = self._connection.execute(
            select(feed.c.name, feed.c.id).where(feed.c.channel_id == submission.channel_id)
        ).all()
        if len(present) + len(submission.new_feeds) > MOST_FEEDS:
            raise Invalid(f"A channel has at most {MOST_FEEDS} feeds; this message would make more.")
        if taken := {row.name for row in present} & submission.new_feeds.keys():
            raise Stale(f"made meanwhile: {taken}")
        rows = [
            new_feed_row(submission.channel_id, name, kind, len(present) + place, unit=usual_unit(name))
            for place, (name, kind) in enumerate(submission.new_feeds.items())
        ]
        made = self._connection.execute(insert(feed).returning(feed.c.name, feed.c.id), rows)
        return {row.name: row.id for row in made}

    def _given_before(self, idempotency: tuple[int, str, bytes]) -> Receipt | None:
        """The receipt this key gave for the same token before. Raises Invalid when the message was another one."""
        key_id, token, fingerprint = idempotency
        known = self._answers.get((key_id, token))
        if known is None:
            row = self._connection.execute(
                select(answer.c.fingerprint, answer.c.receipt).where(answer.c.key_id == key_id, answer.c.token == token)
            ).one_or_none()
            if row is None:
                return None
            known = (bytes(row.fingerprint), _receipt_from(row.receipt))
        if known[0] != fingerprint:
            raise Invalid(
                "This Idempotency-Key was used before with another message.",
                hint="Use a new Idempotency-Key for every message; repeat it only when sending the same one again.",
            )
        return known[1]

    def _remember_answer(self, submission: Submission, receipt: Receipt) -> None:
        assert submission.idempotency is not None
        key_id, token, fingerprint = submission.idempotency
        self._answers[(key_id, token)] = (fingerprint, receipt)
        self._connection.execute(
            insert(answer).values(
                key_id=key_id,
                token=token,
                fingerprint=fingerprint,
                receipt=json.dumps(asdict(receipt)),
                created_at=submission.received_at,
            )
        )

    def _advance_channels(self) -> None:
        moved = [
            (known.last_entry_id, int(known.new_feeds), channel_id)
            for channel_id, known in self._channels.items()
            if known.first_new or known.new_feeds
        ]
        if moved:
            bulk.advance_channels(self._connection, moved)


class _Runs:
    """The rows of the entry table for one message: neighbours without status or position share one."""

    def __init__(self, submission: Submission) -> None:
        self._submission = submission
        self._open = False
        self.rows: list[list[Any]] = []

    def add(self, entry_id: int, at: int, status: str | None, position: Position | None) -> None:
        plain = status is None and position is None
        if plain and self._open:
            run = self.rows[-1]
            run[1] = entry_id
            if at > run[5]:
                run[5] = at
            elif at < run[4]:
                run[4] = at
        else:
            head = [self._submission.channel_id, entry_id, entry_id, self._submission.received_at, at, at]
            self.rows.append([*head, self._submission.door.value, status, *(position or (None, None, None))])
        self._open = plain


def new_feed_row(
    channel_id: int, name: str, kind: Kind, position: int, *, unit: str | None = None, title: str = ""
) -> dict[str, object]:
    """The values of a new row of the feed table."""
    return {
        "channel_id": channel_id,
        "name": name,
        "title": title,
        "kind": str(kind),
        "unit": unit if kind is not Kind.TEXT else None,
        "position": position,
    }


def _feeds_named(submission: Submission) -> set[int]:
    names = {name for entry in submission.entries for name, _, _ in entry.readings}
    return {submission.feed_ids[name] for name in names - submission.new_feeds.keys()}


def _contradiction(reading: NewReading, at: int, stored: Stored) -> Complaint:
    there = stored[2] if stored[1] is None else spelled(stored[1])
    return Complaint(
        reading.feed,
        f'feed "{reading.feed}" already has {there} at {to_rfc3339(at)}',
        code="conflict",
    )


def _at_row(complaint: Complaint, number: int, of: int) -> Complaint:
    where = f"Row {number + 1}, " if of > 1 else ""
    detail = f"{where}{complaint.detail}; a stored reading is not changed by sending another."
    pointer = f"/{number}/{complaint.pointer}" if of > 1 else f"/{complaint.pointer}"
    return Complaint(pointer, detail[0].upper() + detail[1:], complaint.hint, complaint.code)


def _receipt_from(text: str) -> Receipt:
    told = json.loads(text)
    return Receipt(**told | {"new_feeds": tuple(told["new_feeds"])})
