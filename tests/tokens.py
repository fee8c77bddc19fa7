"""Personal tokens for tests."""

from __future__ import annotations

import random
from collections.abc import Collection

import context
from domain.people import Person
from domain.tokens import Life, Scope, new_token
from models import tokens
from tests.lab import Lab
from tests.people import acting


def make_token(
    lab: Lab,
    person: Person,
    scopes: Collection[Scope] = tuple(Scope),
    *,
    life: Life = Life.DAY_7,
    at: int | None = None,
    is_admin: bool = False,
) -> str:
    """A token of this person, made now or at that instant."""
    written = new_token(random.choice)
    actor = acting(person, at=at or context.now(), is_admin=is_admin)
    lab.store.tell(tokens.make, actor, lab.parts.vault, "Logger", scopes, life, written)
    return written


def revoke_token(lab: Lab, person: Person) -> None:
    """Revoke the newest of this person's tokens."""
    actor = acting(person, at=context.now())
    lab.store.tell(tokens.revoke, actor, lab.store.ask(tokens.list_of, actor)[0].id)


def bearing(token: str) -> dict[str, str]:
    """The header that carries it."""
    return {"Authorization": f"Bearer {token}"}
