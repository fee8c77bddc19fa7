"""The one way in: every door and dialect hands its messages to `Intake.accept`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from domain.errors import Busy, Complaint, Invalid, KeyMissing, LabfeedError
from domain.readings import Door, Item, Receipt
from domain.roles import Right
from ingest import keys
from ingest.checking import Checked, check
from ingest.keys import KeyRing, Speaker
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

    `read` is called once the key is known to be good, so that what cannot be understood is noted with its channel.
    `channel` is the one named in the address, if any. `token` and `fingerprint` come with an Idempotency-Key.
    """

    key: str | None
    read: Callable[[], list[Item]]
    received_at: int
    door: Door
    channel: str | None = None
    address: str = ""
    is_lenient: bool = False
    token: str | None = None
    fingerprint: bytes = b""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The receipt, what was left out of a lenient message, and where the key stands with its rate."""

    receipt: Receipt
    refused: tuple[Complaint, ...]
    rate: Verdict | None


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
            items = message.read()
            rate = self._within_rate(speaker, items)
            accepted = self._keep(message, items, speaker, rate)
        except LabfeedError as refused:
            self._note_refusal(speaker, message, refused)
            raise
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

    def _known(self, key: str | None, channel: str | None) -> Speaker:
        if not key:
            raise KeyMissing
        return self.keys.speaker(key, channel)

    def _note_refusal(self, speaker: Speaker, message: Message, refused: LabfeedError) -> None:
        """Collect a refusal for whoever owns the channel; `write_down_refusals` stores what was collected."""
        if refused.status < 500 and len(self._refused) < REFUSALS_KEPT:
            self._refused.append(
                Refused(
                    speaker.channel.id,
                    message.received_at,
                    refused.code,
                    refused.detail,
                    refused.hint or "",
                    str(message.door),
                    message.address,
                )
            )

    def _within_rate(self, speaker: Speaker, items: list[Item]) -> Verdict | None:
        if self._buckets is None or speaker.channel.is_rehearsal:
            return None
        readings = sum(len(item.values) for item in items)
        verdict = self._buckets.take(speaker.sender, max(1, readings), self._monotonic())
        if not verdict.allowed:
            raise too_fast(self._buckets.rate, verdict)
        return verdict

    def _keep(self, message: Message, items: list[Item], speaker: Speaker, rate: Verdict | None) -> Accepted:
        for _ in range(CHANGED_AT_MOST):
            checked = _checked(items, speaker, message.is_lenient)
            try:
                return Accepted(self._writer.append(_submission(message, speaker, checked)), checked.complaints, rate)
            except Stale:
                speaker = self.keys.look_up(message.key or "", message.channel)
                keys.require(speaker, Right.WRITE, message.channel)
        raise Busy("The channel is being changed just now.", retry_after_s=1)


def _checked(items: list[Item], speaker: Speaker, is_lenient: bool) -> Checked:
    checked = check(items, speaker.feeds, accepts_new=speaker.channel.accepts_new_feeds, feed_limit=MOST_FEEDS)
    if checked.complaints and not (is_lenient and checked.entries):
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
    )


def _idempotency(message: Message, speaker: Speaker) -> tuple[int, str, bytes] | None:
    if message.token is None:
        return None
    if speaker.key_id is None:
        raise Invalid("An Idempotency-Key goes with a channel's key, not with a personal token.", hint=DATE_IT)
    return speaker.key_id, message.token, message.fingerprint
