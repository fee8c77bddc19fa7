"""Lists of channels: one's own, those that are public, those of a user; and users."""

from __future__ import annotations

from typing import Any

from flask import Response

import context
from dialects.thingspeak.answering import Form, document, failed, said
from dialects.thingspeak.asking import Asked
from dialects.thingspeak.channel_objects import private_form, public_form, user
from dialects.thingspeak.door import Door
from dialects.thingspeak.failing import Failed, Failure
from dialects.thingspeak.instants import zone_of
from dialects.thingspeak.tables import as_object
from dialects.thingspeak.viewing import actor, viewer
from dialects.thingspeak.withheld import MOST_NUMBER
from domain.logins import person_id_in
from domain.readings import Position
from domain.roles import Act
from domain.spelling import number_from
from models import shown_channels, users
from models.shown_channels import Near, Wanted

PER_PAGE = 15
LAST_PAGE = 10**6
MOST_IDS = 1000
NOBODY = 0
"""No person has this number."""

FORMS = (Form.JSON, Form.XML)


def open_on(door: Door) -> None:
    door.on("GET", "/channels", forms=FORMS)(list_channels)
    door.on("GET", "/channels/public", forms=FORMS)(list_public_channels)
    for method in ("GET", "POST"):
        door.on(method, "/users/api_login", forms=(Form.NONE, Form.TXT, *FORMS))(refuse_login)
    door.on("GET", "/users/<login>", forms=FORMS)(tell_user)
    door.on("GET", "/users/<login>/channels", forms=FORMS)(list_channels_of_user)


def list_channels(asked: Asked, form: Form) -> Response:
    """One's own, with their keys as far as the user key may see them."""
    who = actor(asked).viewer
    if who.is_limited_from(Act.SEE):
        raise Failed(Failure.NO_KEY, "This token is for sending alone: make one that may read, under your account.")
    found = context.store().ask(shown_channels.own, who, context.vault(), _tag(asked) or "")
    channels = [private_form(each, zone_of(asked)) for each in found]
    return said(document("channels", channels), form) if form is Form.XML else as_object(asked, form, channels)


def list_public_channels(asked: Asked, form: Form) -> Response:
    page = _page(asked)
    offset = (page - 1) * PER_PAGE
    found = context.store().ask(shown_channels.public, _wanted(asked), offset, PER_PAGE)
    pagination = {"current_page": page, "per_page": PER_PAGE, "total_entries": found.total}
    channels = [public_form(each, zone_of(asked)) for each in found.shown]
    return _answer(asked, form, "hash", {"pagination": pagination, "channels": channels})


def list_channels_of_user(asked: Asked, form: Form, login: str) -> Response:
    """The public ones; all of theirs for who has their key."""
    who = viewer(asked)
    owner = context.store().ask(users.find, who, login)
    found = context.store().ask(shown_channels.owned_by, who, owner.id)
    return _answer(asked, form, "hash", {"channels": [public_form(each, zone_of(asked)) for each in found]})


def tell_user(asked: Asked, form: Form, login: str) -> Response:
    found = context.store().ask(users.find, viewer(asked), login)
    return _answer(asked, form, "user", user(found, zone_of(asked)))


def refuse_login(_asked: Asked, form: Form) -> Response:
    """Nobody has a password here that could be sent. That is said in a sentence to whoever wants a bare text, too."""
    told = Failed(
        Failure.NO_KEY, "There are no passwords here: send a personal token as api_key, made under your account."
    )
    return failed(told, Form.XML if form is Form.XML else Form.JSON)


def _answer(asked: Asked, form: Form, root: str, members: dict[str, Any]) -> Response:
    return said(document(root, members), form) if form is Form.XML else as_object(asked, form, members)


def _page(asked: Asked) -> int:
    written = asked.text("page")
    page = 1 if not written else int(written) if written.isascii() and written.isdecimal() and len(written) < 8 else 0
    if not 1 <= page <= LAST_PAGE:
        raise Failed(Failure.NOT_FOUND, "Pages are counted from 1.")
    return page


def _wanted(asked: Asked) -> Wanted:
    """The first of the filters that is there."""
    if ids := asked.text("channel_ids"):
        return Wanted(channel_ids=_numbers(ids))
    if login := asked.text("username"):
        return Wanted(owner_id=person_id_in(login) or NOBODY)
    if tag := _tag(asked):
        return Wanted(tag=tag)
    return Wanted(near=_near(asked))


def _numbers(written: str) -> frozenset[int]:
    """Those that channels can have; what is none is passed over."""
    words = (word.strip() for word in written.split(",")[:MOST_IDS])
    found = (int(word) for word in words if word.isascii() and word.isdecimal() and len(word) <= 10)
    return frozenset(number for number in found if number <= MOST_NUMBER)


def _tag(asked: Asked) -> str | None:
    written = "-".join((asked.text("tag") or "").split()).lower()
    return written.lstrip("#") or None


def _near(asked: Asked) -> Near | None:
    """Where all three are numbers that can be."""
    latitude, longitude, distance = (
        number_from(asked.text(name) or "") for name in ("latitude", "longitude", "distance")
    )
    if latitude is None or longitude is None or distance is None:
        return None
    if abs(latitude) > 90 or abs(longitude) > 360 or not 0 <= distance < 1e6:
        return None
    return Near(Position(latitude, longitude), distance)
