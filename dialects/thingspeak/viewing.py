"""Who looks: whoever has a channel's key, of either kind, sees that channel; a user key is a personal token."""

from __future__ import annotations

from flask import request

import context
from dialects.thingspeak.asking import Asked
from dialects.thingspeak.failing import Failed, Failure
from domain.audit import Actor
from domain.errors import KeyUnknown, TokenUnknown
from domain.keys import is_well_formed
from domain.readings import Door
from domain.roles import Viewer
from domain.tokens import is_token
from domain.tokens import is_well_formed as is_well_formed_token
from models import keys, tokens
from models.keys import LastUse


def viewer(asked: Asked) -> Viewer:
    """Who may see what the key is good for; a visitor without one, or with one that is not good: it hurts nobody."""
    if asked.key is None:
        return Viewer.visitor()
    if is_token(asked.key):
        return _owner(asked.key) or Viewer.visitor()
    if not is_well_formed(asked.key):
        return Viewer.visitor()
    try:
        holder = context.store().ask(keys.find, context.vault().digest(asked.key), context.now())
    except KeyUnknown:
        return Viewer.visitor()
    context.parts().uses.of_key(holder.key_id, _use())
    return Viewer.with_key_of(holder.channel.id)


def actor(asked: Asked) -> Actor:
    """Who does something with a user key. Raises Failed 401 without a good one."""
    owner = _owner(asked.key) if asked.key and is_token(asked.key) else None
    if owner is None:
        raise Failed(Failure.NO_KEY, "Send a personal token as api_key: it is made under your account.")
    return Actor(owner, request.remote_addr or "", context.now())


def _owner(token: str) -> Viewer | None:
    if not is_well_formed_token(token):
        return None
    try:
        holder = context.store().ask(tokens.find, context.vault().digest(token), context.now())
    except TokenUnknown:
        return None
    context.parts().uses.of_token(holder.token_id, _use())
    return holder.viewer


def _use() -> LastUse:
    return LastUse(context.now(), Door.THINGSPEAK, request.remote_addr or "")
