"""Questions of somebody who reads a channel, and ThingSpeak's answer where there is nothing for them: `-1`.

There a channel's number is no secret: one that is private is answered otherwise than one that is not there, and
sketches tell a wrong key from a wrong number by it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Response

import context
from dialects.thingspeak.answering import Form, said
from dialects.thingspeak.asking import Asked
from dialects.thingspeak.viewing import viewer
from domain.errors import NotFound
from models import channels

NOTHING = "-1"

MOST_NUMBER = 2**31 - 1
"""No channel, no queue and no command has a higher number."""

Found = TypeVar("Found")


class Withheld(Exception):
    """There is nothing to be told, with this status: 400 for a private channel without its key, else 404."""

    def __init__(self, status: int = 404) -> None:
        self.status = status
        super().__init__(str(status))


def looked_up(
    asked: Asked, channel_id: int, question: Callable[..., Found], *more: Any, is_long: bool = False
) -> Found:
    """What `question(connection, viewer, channel_id, *more)` finds, for whoever has the key that came.

    Raises Withheld.
    """
    if channel_id > MOST_NUMBER:
        raise Withheld
    store = context.store()
    try:
        return (store.ask_long if is_long else store.ask)(question, viewer(asked), channel_id, *more)
    except NotFound as error:
        raise Withheld(400 if store.ask(channels.exists, channel_id) else 404) from error


def or_nothing(view: Callable[..., Response]) -> Callable[..., Response]:
    """The view, answering `-1` where there is nothing to be told: as JSON, whatever was asked for."""

    @wraps(view)
    def answer(*asked: Any, **parts: Any) -> Response:
        try:
            return view(*asked, **parts)
        except Withheld as withheld:
            return said(NOTHING, Form.JSON, withheld.status)

    return answer
