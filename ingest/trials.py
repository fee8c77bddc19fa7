"""Test readings: sent by a person from a channel's page, through the same way in as those of boards."""

from __future__ import annotations

from flask import request

import context
from domain.errors import KeyMissing
from domain.readings import Door, Receipt
from domain.roles import Act
from ingest import payload
from ingest.intake import Intake, Message
from models import board_keys, channels


def try_out(intake: Intake, channel_id: int, body: bytes) -> Receipt:
    """Take in a message in JSON with the key that the channel's boards are given, and say what became of it.

    So it is checked, counted against the key's rate, stored and shown like theirs. Raises NotFound or Forbidden for
    whoever may not contribute to the channel, and what a board would be refused with.
    """
    store, viewer, now = context.store(), context.viewer(), context.now()
    store.ask(channels.may, viewer, Act.CONTRIBUTE, channel_id)
    key = store.ask(board_keys.for_boards, context.vault(), viewer, channel_id, now=now)
    if key is None:
        raise KeyMissing("This channel has no write key.", hint="One of its owners makes one on the page Keys.")
    message = Message(
        key=key,
        read=lambda _: payload.parse_body(body, payload.JSON, now),
        received_at=now,
        door=Door.PAGE,
        channel=str(channel_id),
        address=request.remote_addr or "",
    )
    return intake.accept(message).receipt
