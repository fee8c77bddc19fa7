"""One board's performance: enrol, send the past once, then everything at its time, until told to stop."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from threading import Event

from rehearsal.boards import Sender, sender_for
from rehearsal.cast import Board, Measured
from rehearsal.delivery import Courier, KeyRefused
from rehearsal.enrolment import Credentials, Enrolment, EnrolmentFailed
from rehearsal.history import send_past
from rehearsal.noise import Scene

LOOKAHEAD_MS = 5_000
HANG_UP_AFTER_MS = 20_000
MOST_KEPT_MS = 3_600_000
"""A board keeps what it could not send for so long; older readings are let go."""

SETTLED_AFTER_MS = 60_000
FIRST_REFUSAL_PAUSE_S, LONGEST_REFUSAL_PAUSE_S = 30.0, 3_600.0

log = logging.getLogger("rehearsal")


@dataclass(frozen=True, slots=True)
class Stage:
    """What all boards of one play share: where they send, what clock they read, and the sign to stop."""

    url: str
    scene: Scene
    enrolment: Enrolment
    history_ms: int
    now_ms: Callable[[], int]
    stop: Event


def perform(board: Board, stage: Stage) -> None:
    """Play the board until the sign to stop.

    A key that worked and works no more is answered with a new channel at once (the database was replaced). Keys
    refused again and again are answered more and more slowly: the command line then writes to another database.
    """
    courier = Courier(board.name, Random(f"{stage.scene.seed} {board.name}"), stage.stop)
    pause_s = 0.0
    while credentials := enrol(board, stage, courier):
        began_ms = stage.now_ms()
        try:
            play(board, stage, credentials, courier)
            return
        except KeyRefused as refused:
            log.warning("%s: its key was refused (%s); a new channel is made.", board.name, str(refused).rstrip("."))
            stage.enrolment.forget(board)
        pause_s = 0.0 if stage.now_ms() - began_ms > SETTLED_AFTER_MS else pause_s
        stage.stop.wait(pause_s)
        pause_s = min(LONGEST_REFUSAL_PAUSE_S, max(FIRST_REFUSAL_PAUSE_S, 2 * pause_s))


def enrol(board: Board, stage: Stage, courier: Courier) -> Credentials | None:
    """The board's channel, however long it takes; None when told to stop first."""
    for pause_s in courier.pauses():
        if stage.stop.is_set():
            return None
        try:
            return stage.enrolment.credentials(board)
        except EnrolmentFailed as failed:
            log.warning("%s: the command line made no channel: %s", board.name, failed)
            stage.stop.wait(pause_s)
    return None


def play(board: Board, stage: Stage, credentials: Credentials, courier: Courier) -> None:
    """Send the past where the channel is new, then live. Raises KeyRefused."""
    curtain_ms = stage.now_ms()
    if not credentials.has_history:
        began_ms = curtain_ms - stage.history_ms
        send_past(board, stage.scene, began_ms, curtain_ms, stage.url, credentials, courier)
        if not stage.stop.is_set():
            stage.enrolment.history_sent(board)
    sender = sender_for(board, stage.url, credentials, stage.now_ms)
    try:
        send_live(board, stage, sender, curtain_ms, courier)
    finally:
        sender.close()


def send_live(board: Board, stage: Stage, sender: Sender, after_ms: int, courier: Courier) -> None:
    """Send what the board measures as it measures it, hanging up while it is away. Raises KeyRefused."""
    saved: list[Measured] = []
    for fresh in as_they_come(board, stage, after_ms):
        saved += fresh
        if saved and len(saved) >= board.per_message:
            courier.deliver(sender, saved)
            saved = []
        elif not board.script(stage.scene, stage.now_ms() - HANG_UP_AFTER_MS, stage.now_ms() + LOOKAHEAD_MS):
            sender.close()


def as_they_come(board: Board, stage: Stage, after_ms: int) -> Iterator[list[Measured]]:
    """What was measured since the last time, whenever something is due; now and then an empty list while nothing is.

    What came due while the listener was busy comes in one list.
    """
    told_ms = after_ms
    while not stage.stop.is_set():
        now_ms = stage.now_ms()
        yield board.script(stage.scene, max(told_ms, now_ms - MOST_KEPT_MS), now_ms)
        told_ms = max(told_ms, now_ms)
        stage.stop.wait(_until_next_ms(board, stage, told_ms) / 1000)


def _until_next_ms(board: Board, stage: Stage, told_ms: int) -> int:
    """How long until the board measures again, at most LOOKAHEAD_MS."""
    coming = board.script(stage.scene, told_ms, told_ms + LOOKAHEAD_MS)
    due_ms = coming[0].at_ms if coming else told_ms + LOOKAHEAD_MS
    return max(0, due_ms - stage.now_ms())
