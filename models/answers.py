"""Answers kept for messages with an Idempotency-Key."""

from __future__ import annotations

from sqlalchemy import Connection, delete

from domain.timespan import DAY
from models.schema import answer

KEPT = 2 * DAY


def forget_old(connection: Connection, now: int) -> int:
    """Forget answers that nobody will ask for again, and say how many there were."""
    return connection.execute(delete(answer).where(answer.c.created_at < now - KEPT)).rowcount
