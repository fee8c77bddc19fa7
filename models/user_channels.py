"""A person's channels made, changed and deleted by programs that speak of users, in one transaction each.

What may be done is decided by the functions that the pages call; a channel that is not one's own does not exist here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from domain.audit import Actor
from domain.channels import Channel, Visibility
from domain.describing import WantedFeed
from domain.roles import Right
from models import bulk, channel_settings, deleting, feeds, keys, managing, shown_channels
from models.ownership import NewChannel
from models.shown_channels import Shown
from models.vault import Vault

UNNAMED = "Channel"


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be otherwise with a channel: `about` as `managing.change_channel` takes it, `besides` by member.

    `feeds` tells from the channel as it is which feeds are wanted, in their order; None: they stay.
    """

    about: Mapping[str, Any] = field(default_factory=dict)
    besides: Mapping[str, Any] = field(default_factory=dict)
    feeds: Callable[[Channel], Sequence[WantedFeed]] | None = None


def make(
    connection: Connection, actor: Actor, vault: Vault, written: Mapping[Right, str], wanted: NewChannel, more: Changes
) -> Shown:
    """Make a channel with a write key and a read key; who makes it owns it. One without a name is called by its number.

    Raises as `ownership.own_new`, and Invalid for what `more` says.
    """
    named = wanted if wanted.name.strip() else replace(wanted, name=UNNAMED)
    made = managing.make_channel(connection, actor, vault, written[Right.WRITE], named, more.about)
    keys.make(connection, actor, vault, made.id, Right.READ, written[Right.READ], "")
    if named is not wanted:
        managing.change_channel(connection, actor, made.id, {"name": f"{UNNAMED} {made.id}"})
    _say_besides(connection, actor, made, more.besides)
    return shown_channels.own_one(connection, actor.viewer, vault, made.id)


def change(connection: Connection, actor: Actor, vault: Vault, channel_id: int, changes: Changes) -> Shown:
    """Change one of the actor's channels; all of it or nothing. Raises NotFound, Forbidden, Invalid, TooMany."""
    bulk.lock_channels(connection, [channel_id])
    found = shown_channels.own_one(connection, actor.viewer, vault, channel_id).channel
    about = _new_about(found, changes.about)
    if about:
        managing.change_channel(connection, actor, channel_id, about)
    if changes.feeds is not None:
        feeds.save(connection, actor, channel_id, changes.feeds(found))
    _say_besides(connection, actor, found, changes.besides)
    return shown_channels.own_one(connection, actor.viewer, vault, channel_id)


def delete(connection: Connection, actor: Actor, vault: Vault, channel_id: int) -> Shown:
    """Put one of the actor's channels into the bin; as it was. Raises NotFound, Forbidden."""
    bulk.lock_channels(connection, [channel_id])
    found = shown_channels.own_one(connection, actor.viewer, vault, channel_id)
    deleting.put_into_bin(connection, actor, channel_id)
    return found


def _new_about(found: Channel, about: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without who sees it, where that is no change between public and not: there are two ways not to be public."""
    seen = about.get("visibility")
    is_change = seen is not None and (seen is Visibility.PUBLIC) != (found.visibility is Visibility.PUBLIC)
    return about if is_change else {name: value for name, value in about.items() if name != "visibility"}


def _say_besides(connection: Connection, actor: Actor, found: Channel, besides: Mapping[str, Any]) -> None:
    if besides:
        channel_settings.say_besides(connection, actor, found.id, replace(found.besides, **besides))
