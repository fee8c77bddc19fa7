"""Channels made, changed, cleared and deleted with a user key, and told one at a time."""

from __future__ import annotations

import secrets

from flask import Response

import context
from dialects.thingspeak import wanted_channels
from dialects.thingspeak.answering import Form, document, led_to, said
from dialects.thingspeak.asking import Asked
from dialects.thingspeak.channel_objects import told
from dialects.thingspeak.door import Door
from dialects.thingspeak.failing import Failed, Failure
from dialects.thingspeak.instants import zone_of
from dialects.thingspeak.tables import as_object
from dialects.thingspeak.viewing import actor
from dialects.thingspeak.withheld import MOST_NUMBER, looked_up, or_nothing
from domain.audit import Actor
from domain.keys import new_key
from domain.roles import Act, Right
from models import shown_channels, user_channels
from models.shown_channels import Shown

ONE = "/channels/<int:channel>"
FORMS = (Form.NONE, Form.JSON, Form.XML)
"""Without an ending it is a form in a browser that asks: it goes on to one of our pages."""
SEE_OTHER = 303


def open_on(door: Door) -> None:
    door.on("POST", "/channels", forms=FORMS)(make_channel)
    door.on("GET", ONE, forms=(Form.JSON, Form.XML))(or_nothing(tell_channel))
    door.on("PUT", ONE, forms=FORMS)(change_channel)
    door.on("DELETE", ONE, forms=FORMS)(delete_channel)
    door.on("DELETE", f"{ONE}/feeds", f"{ONE}/feed", forms=FORMS)(clear_channel)


def tell_channel(asked: Asked, form: Form, channel: int) -> Response:
    """For everybody who may see it; with its keys for whose own it is."""
    return _answer(asked, form, looked_up(asked, channel, shown_channels.one, context.vault()))


def make_channel(asked: Asked, form: Form) -> Response:
    who = managing(asked)
    written = {right: new_key(secrets.choice) for right in Right}
    wanted, more = wanted_channels.new_channel(asked), wanted_channels.more_of_new(asked)
    return _answer(asked, form, context.store().tell(user_channels.make, who, context.vault(), written, wanted, more))


def change_channel(asked: Asked, form: Form, channel: int) -> Response:
    who, changes = managing(asked), wanted_channels.changes(asked)
    found = context.store().tell(user_channels.change, who, context.vault(), _known(channel), changes)
    return _answer(asked, form, found)


def delete_channel(asked: Asked, form: Form, channel: int) -> Response:
    """It lies in its owner's bin for a while; told is how it was."""
    who = managing(asked)
    found = context.store().tell(user_channels.delete, who, context.vault(), _known(channel))
    return led_to("/mine", SEE_OTHER) if form is Form.NONE else _answer(asked, form, found)


def clear_channel(asked: Asked, form: Form, channel: int) -> Response:
    """All entries are taken away. Numbers go on: no number ever means two entries."""
    who = managing(asked)
    context.store().ask(shown_channels.own_one, who.viewer, context.vault(), _known(channel))
    context.sweeper().clear(who, channel)
    if form is Form.NONE:
        return led_to(f"/channels/{channel}", SEE_OTHER)
    return said("[]" if form is Form.JSON else document("nil-classes", []), form)


def managing(asked: Asked) -> Actor:
    """Who holds a user key that may make and change channels. Raises Failed."""
    found = actor(asked)
    if found.viewer.is_limited_from(Act.CONTROL):
        raise Failed(Failure.NO_KEY, "This token may not manage channels: make one that may, under your account.")
    return found


def _answer(asked: Asked, form: Form, shown: Shown) -> Response:
    if form is Form.NONE:
        return led_to(f"/channels/{shown.channel.slug}", SEE_OTHER)
    channel = told(shown, zone_of(asked))
    return said(document("channel", channel), form) if form is Form.XML else as_object(asked, form, channel)


def _known(channel_id: int) -> int:
    """The number, where a channel can have it. Raises Failed."""
    if channel_id > MOST_NUMBER:
        raise Failed(Failure.NOT_FOUND, "There is no such channel of yours.")
    return channel_id
