"""Keys and tokens whose time is over. A look every few seconds; something is written only when there is one."""

from __future__ import annotations

from sqlalchemy import Connection, exists, or_, select

from models import keys, tokens
from models.schema import key, token
from models.store import Store


def end_due(store: Store, now: int) -> None:
    """End what is due."""
    if store.ask(is_any_due, now):
        store.tell(_end_due, now)


def is_any_due(connection: Connection, now: int) -> bool:
    """Whether a key's or a token's time is over and nothing has come of it yet."""
    of_keys = exists().where(key.c.ends_at <= now, key.c.revoked_at.is_(None))
    of_tokens = exists().where(token.c.ends_at <= now, token.c.revoked_at.is_(None))
    return bool(connection.execute(select(or_(of_keys, of_tokens))).scalar_one())


def _end_due(connection: Connection, now: int) -> None:
    keys.end_due(connection, now)
    tokens.end_due(connection, now)
