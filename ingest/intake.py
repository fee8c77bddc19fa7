"""The one way in: every door and dialect hands its messages to `Intake.accept`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from domain.channels import Channel
from domain.errors import Busy, Complaint, Invalid, KeyMissing, LabfeedError
from domain.readings import Door, Item, NewEntry, Receipt
from domain.roles import Right
from ingest import keys
from ingest.checking import Checked, check
from ingest.faults import refusal
from ingest.keys import KeyRing, Speaker
from ingest.pace import Pace
from ingest.rate import Buckets, Verdict, headers, too_fast
from models import refusals
from models.appending import MOST_FEEDS, Stale, Submission
from models.refusals import Refused
from models.store import Store
from models.writer import Writer

CHANGED_AT_MOST = 8
"""How often a channel may change under one message before it is told to come back."""

DATE_IT = "Give each reading its time with at: then the same message sent again stores nothing twice."

REFUSALS_KEPT = 2_000
"""Refusals collected between two writings; a flood beyond that is only counted by the limiter."""


@dataclass(frozen=True, slots=True)
class Message:
    """What came through a door: who speaks, to which channel, and how to read what was said.

    `read` is called with the channel once the key is known to be good, so that what cannot be understood is noted
    there. `channel` is the one named in the address, if any. `token` and `fingerprint` come with an Idempotency-Key.
    A message of which `each_value_alone` is taken brings what is good in it; the rest is noted as refused. One that is
    `paced` keeps the channel's distance from the one before; those that are `in_bulk` have a clock of their own. One
    that wants a `free_instant` is refused where its time is that of an entry the channel has. `left_out`: asked once it
    is stored, which of what was said is in none of its items, to be noted as refused.
    """

    key: str | None
    read: Callable[[Channel], list[Item]]
    received_at: int
    door: Door
    channel: str | None = None
    address: str = ""
    is_lenient: bool = False
    each_value_alone: bool = False
    paced: bool = False
    in_bulk: bool = False
    free_instant: bool = False
    token: str | None = None
    fingerprint: bytes = b""
    left_out: Callable[[], Sequence[Complaint]] = tuple


@dataclass(frozen=True, slots=True)
class Accepted:
    """The receipt, what was left out of a lenient message, where the key stands with its rate, and what was taken."""

    receipt: Receipt
    refused: tuple[Complaint, ...]
    rate: Verdict | None
    entries: Sequence[NewEntry] = ()


class Intake:
    """Checks a message against its channel and stores it."""

    def __init__(
        self, store: Store, writer: Writer, key_ring: KeyRing, buckets: Buckets | None, monotonic: Callable[[], float]
    ) -> None:
        self._store = store
        self._writer = writer
        self.keys = key_ring
        self._buckets = buckets
        self._monotonic = monotonic
        self._pace = Pace(monotonic)
        self._refused: list[Refused] = []
        self._mutex = threading.Lock()

    def speaker(self, key: str | None, channel: str | None = None) -> Speaker:
        """Who may write with this key, or with this token to the channel named.

        Raises KeyMissing, KeyUnknown, TokenUnknown, Forbidden or NotFound.
        """
        found = self._known(key, channel)
        keys.require(found, Right.WRITE, channel)
        return found

    def accept(self, message: Message) -> Accepted:
        """Store a message and answer when it is on disk. Raises a member of LabfeedError; then nothing is stored."""
        speaker = self._known(message.key, message.channel)
        try:
            keys.require(speaker, Right.WRITE, message.channel)
            items = message.read(speaker.channel)
            rate = self._within_rate(speaker, items)
            accepted = self._keep_paced(message, items, speaker, rate)
        except LabfeedError as refused:
            self.note_refusal(speaker.channel, message, refused)
            raise
        if message.each_value_alone and (left_out := (*accepted.refused, *message.left_out())):
            self.note_refusal(speaker.channel, message, refusal(left_out))
        self.keys.note_use(speaker, message.door, message.address)
        return accepted

    def rate_headers(self, rate: Verdict) -> dict[str, str]:
        """Where a key stands with its rate, in headers."""
        return headers(self._buckets.rate, rate) if self._buckets else {}

    def write_down_refusals(self) -> None:
        """Store what was refused since the last time."""
        with self._mutex:
            refused, self._refused = self._refused, []
        if refused:
            self._store.tell(refusals.note, refused)

    def note_refusal(self, channel: Channel, message: Message, refused: LabfeedError) -> None:
        """Collect a refusal for whoever owns the channel; `write_down_refusals` stores what was collected."""
        if refused.status < 500 and len(self._refused) < REFUSALS_KEPT:
            self._refused.append(
                Refused(
                    channel.id,
                    message.received_at,
                    refused.code,
                    refused.detail,
                    refused.hint or "",
                    str(message.door),
                    message.address,
                )
            )

    def _known(self, key: str | None, channel: str | None) -> Speaker:
        if not key:
            raise KeyMissing
        return self.keys.speaker(key, channel)

    def _within_rate(self, speaker: Speaker, items: list[Item]) -> Verdict | None:
        if self._buckets is None or speaker.channel.is_rehearsal:
            return None
        readings = sum(len(item.values) for item in items)
        verdict = self._buckets.take(speaker.sender, max(1, readings), self._monotonic())
        if not verdict.allowed:
            raise too_fast(self._buckets.rate, verdict)
        return verdict

    def _keep_paced(self, message: Message, items: list[Item], speaker: Speaker, rate: Verdict | None) -> Accepted:
        if not message.paced:
            return self._keep(message, items, speaker, rate)
        whose = (speaker.channel.id, message.in_bulk)
        before = self._pace.take(whose, speaker.channel.least_pace_s)
        try:
            return self._keep(message, items, speaker, rate)
        except BaseException:
            self._pace.give_back(whose, before)
            raise

    def _keep(self, message: Message, items: list[Item], speaker: Speaker, rate: Verdict | None) -> Accepted:
        for _ in range(CHANGED_AT_MOST):
            checked = _checked(items, speaker, message)
            try:
                receipt = self._writer.append(_submission(message, speaker, checked))
                return Accepted(receipt, checked.complaints, rate, checked.entries)
            except Stale:
                speaker = self.keys.look_up(message.key or "", message.channel)
                keys.require(speaker, Right.WRITE, message.channel)
        raise Busy("The channel is being changed just now.", retry_after_s=1)


def _checked(items: list[Item], speaker: Speaker, message: Message) -> Checked:
    checked = check(
        items,
        speaker.feeds,
        accepts_new=speaker.channel.accepts_new_feeds,
        feed_limit=MOST_FEEDS,
        keeps_the_rest=message.each_value_alone,
    )
    if checked.complaints and not ((message.is_lenient or message.each_value_alone) and checked.entries):
        checked.refuse()
    return checked


def _submission(message: Message, speaker: Speaker, checked: Checked) -> Submission:
    return Submission(
        channel_id=speaker.channel.id,
        version=speaker.channel.version,
        entries=checked.entries,
        feed_ids=speaker.feed_ids,
        received_at=message.received_at,
        door=message.door,
        new_feeds=checked.new_feeds,
        idempotency=_idempotency(message, speaker),
        free_instant=message.free_instant,
    )


def _idempotency(message: Message, speaker: Speaker) -> tuple[int, str, bytes] | None:
    if message.token is None:
        return None
    if speaker.key_id is None:
        raise Invalid("An Idempotency-Key goes with a channel's key, not with a personal token.", hint=DATE_IT)
    return speaker.key_id, message.token, message.fingerprint
