"""Sign-ins that were begun and not finished: kept here, so that the browser carries nothing but its own name."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import Connection, delete, func, insert, select

from domain.timespan import MINUTE
from models.schema import sign_in
from models.sessions import digest_of

LASTS = 10 * MINUTE
MOST = 10_000
"""How many are kept; beyond that the oldest go, so that nobody fills the disk by clicking."""


def begin(
    connection: Connection, *, state: str, browser: str, provider: str, memory: Mapping[str, str], now: int
) -> None:
    """Keep what is needed when this browser comes back from the provider with this state."""
    connection.execute(
        insert(sign_in).values(
            state_digest=digest_of(state),
            browser_digest=digest_of(browser),
            provider=provider,
            memory=json.dumps(dict(memory)),
            made_at=now,
        )
    )
    _keep_the_newest(connection)


def take(connection: Connection, *, state: str, browser: str, provider: str, now: int) -> dict[str, str] | None:
    """What was kept, taken out. None for a state that is unknown, used, old, or of another browser or provider."""
    taken = connection.execute(
        delete(sign_in)
        .where(
            sign_in.c.state_digest == digest_of(state),
            sign_in.c.browser_digest == digest_of(browser),
            sign_in.c.provider == provider,
            sign_in.c.made_at > now - LASTS,
        )
        .returning(sign_in.c.memory)
    ).scalar_one_or_none()
    return None if taken is None else json.loads(taken)


def forget_old(connection: Connection, now: int) -> None:
    """Forget those that can never be finished."""
    connection.execute(delete(sign_in).where(sign_in.c.made_at <= now - LASTS))


def _keep_the_newest(connection: Connection) -> None:
    if connection.execute(select(func.count()).select_from(sign_in)).scalar_one() <= MOST:
        return
    newest_to_go = select(sign_in.c.made_at).order_by(sign_in.c.made_at.desc()).offset(MOST).limit(1).scalar_subquery()
    connection.execute(delete(sign_in).where(sign_in.c.made_at <= newest_to_go))
