"""Channels as ThingSpeak's lists show them: with the login of who owns them and, for who works on them, their keys."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, case, exists, false, func, literal, select

from domain.channels import Channel, Visibility
from domain.distances import degrees_around, kilometres
from domain.errors import NotFound
from domain.readings import Position
from domain.roles import Act, Right, Role, Viewer
from models import channels, rights
from models.schema import channel, entry, key, membership
from models.vault import Vault

MOST_LISTED = 500
"""More than anybody owns."""

WORKING = (str(Role.OWNER), str(Role.EDITOR))
"""Whose channels they are, as far as programs are concerned."""


@dataclass(frozen=True, slots=True)
class ShownKey:
    """A key and what it allows."""

    written: str
    right: Right


@dataclass(frozen=True, slots=True)
class Shown:
    """A channel, and what is told with it.

    `last_entry_id` is None where it holds no entry. `ranking`: how much is said about it, up to 85. `owner_id`: who has
    owned it longest; None where nobody does. `is_own`: who asks is one of its owners or editors. `keys`: those that
    work and are not ending, write keys first; none for who may not see them.
    """

    channel: Channel
    last_entry_id: int | None
    ranking: int
    owner_id: int | None
    is_own: bool = False
    keys: tuple[ShownKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Near:
    """Not farther from a place than this."""

    position: Position
    kilometres: float


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of the public channels: one of these is said, or nothing: then those on the wall."""

    channel_ids: Collection[int] | None = None
    owner_id: int | None = None
    tag: str | None = None
    near: Near | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the channels found, and how many there are in all."""

    shown: tuple[Shown, ...]
    total: int


def own(connection: Connection, viewer: Viewer, vault: Vault, tag: str = "") -> list[Shown]:
    """The channels the viewer owns or edits, by their number; only those with the tag, if one is named."""
    asked = _asked().where(rights.may(viewer, Act.SEE), _is_own(viewer)).order_by(channel.c.id).limit(MOST_LISTED)
    rows = connection.execute(asked.where(_has_tag(tag)) if tag else asked).all()
    return _shown(connection, rows, viewer, vault)


def own_one(connection: Connection, viewer: Viewer, vault: Vault, channel_id: int) -> Shown:
    """One of these. Raises NotFound for any other channel, whoever may see that."""
    theirs = _asked().where(channel.c.id == channel_id, rights.may(viewer, Act.SEE), _is_own(viewer))
    return _one(_shown(connection, connection.execute(theirs).all(), viewer, vault), channel_id)


def one(connection: Connection, viewer: Viewer, channel_id: int, vault: Vault) -> Shown:
    """A channel that the viewer may see. Raises NotFound."""
    seen = _asked().where(channel.c.id == channel_id, rights.may(viewer, Act.SEE))
    return _one(_shown(connection, connection.execute(seen).all(), viewer, vault), channel_id)


def owned_by(connection: Connection, viewer: Viewer, person_id: int) -> list[Shown]:
    """The channels of a person that are public, by their number; for themselves all of theirs."""
    theirs = _is_own(viewer) if viewer.person_id == person_id else _is_owned_by(person_id) & _is_public()
    asked = _asked().where(rights.may(viewer, Act.SEE), theirs).order_by(channel.c.id).limit(MOST_LISTED)
    return _shown(connection, connection.execute(asked).all())


def public(connection: Connection, wanted: Wanted, offset: int, limit: int) -> Page:
    """Public channels from the `offset`-th on: what is said most about first, then what spoke last; or the nearest."""
    if wanted.near is not None:
        return _nearest(connection, wanted.near, offset, limit)
    found = _narrowed(wanted)
    total = connection.execute(select(func.count()).select_from(channel).where(found)).scalar_one()
    order = (_ranking().desc(), channels.last_heard_at().desc(), channel.c.id.desc())
    rows = connection.execute(_asked().where(found).order_by(*order).offset(offset).limit(limit)).all()
    return Page(tuple(_shown(connection, rows)), total)


def is_empty(connection: Connection, channel_id: int) -> bool:
    """Whether a channel holds no entry. For a channel that the viewer was shown."""
    newest = select(_last_entry_id()).where(channel.c.id == channel_id)
    return connection.execute(newest).scalar_one_or_none() is None


def _asked() -> Select[Any]:
    return select(channel, _ranking().label("ranking"), _last_entry_id().label("newest"))


def _ranking() -> ColumnElement[int]:
    """How much a channel says of itself, its name included."""
    points = (
        (channel.c.description != "", 20),
        (channel.c.tags != "", 20),
        (channel.c.latitude.is_not(None), 15),
        (channel.c.web_address != "", 15),
    )
    ranking: Any = literal(15)
    for is_said, worth in points:
        ranking = ranking + case((is_said, worth), else_=0)
    found: ColumnElement[int] = ranking
    return found


def _last_entry_id() -> Any:
    """The newest entry's number, as long as it is there: numbers go on when a channel was cleared."""
    here = (entry.c.channel_id == channel.c.id) & (entry.c.entry_id == channel.c.last_entry_id)
    return select(entry.c.entry_id).where(here).scalar_subquery()


def _is_public() -> ColumnElement[bool]:
    return (channel.c.visibility == str(Visibility.PUBLIC)) & channel.c.deleted_at.is_(None)


def _is_own(viewer: Viewer) -> ColumnElement[bool]:
    if viewer.person_id is None:
        return false()
    theirs = (membership.c.channel_id == channel.c.id) & (membership.c.person_id == viewer.person_id)
    return exists().where(theirs, membership.c.role.in_(WORKING))


def _is_owned_by(person_id: int) -> ColumnElement[bool]:
    theirs = (membership.c.channel_id == channel.c.id) & (membership.c.person_id == person_id)
    return exists().where(theirs, membership.c.role == str(Role.OWNER))


def _has_tag(tag: str) -> ColumnElement[bool]:
    return channel.c.tags.contains(f" {tag} ", autoescape=True)


def _narrowed(wanted: Wanted) -> ColumnElement[bool]:
    if wanted.channel_ids is not None:
        return _is_public() & channel.c.id.in_(sorted(wanted.channel_ids))
    if wanted.owner_id is not None:
        return _is_public() & _is_owned_by(wanted.owner_id)
    if wanted.tag is not None:
        return _is_public() & _has_tag(wanted.tag)
    return _is_public() & channel.c.archived_at.is_(None)


def _nearest(connection: Connection, near: Near, offset: int, limit: int) -> Page:
    around = degrees_around(near.kilometres)
    latitude = channel.c.latitude
    band = latitude.between(near.position.latitude - around, near.position.latitude + around)
    placed = connection.execute(select(channel.c.id, latitude, channel.c.longitude).where(_is_public(), band)).all()
    far = {row.id: kilometres(near.position, Position(row.latitude, row.longitude)) for row in placed}
    ids = sorted((each for each in far if far[each] <= near.kilometres), key=lambda each: (far[each], each))
    rows = connection.execute(_asked().where(channel.c.id.in_(ids[offset : offset + limit]), _is_public())).all()
    shown = sorted(_shown(connection, rows), key=lambda each: (far[each.channel.id], each.channel.id))
    return Page(tuple(shown), len(ids))


def _one(found: Sequence[Shown], channel_id: int) -> Shown:
    if not found:
        raise NotFound(f"There is no channel {channel_id} that you may see.")
    return found[0]


def _shown(
    connection: Connection, rows: Sequence[Row[Any]], viewer: Viewer | None = None, vault: Vault | None = None
) -> list[Shown]:
    """What was asked for; as their own and with keys where a viewer and a vault are given."""
    ids = [row.id for row in rows]
    owners = _owners(connection, ids)
    own_ids = _own_ids(connection, viewer, ids) if viewer is not None else set()
    keys = _keys(connection, viewer, vault, ids) if viewer is not None and vault is not None else {}
    return [
        Shown(each, row.newest, row.ranking, owners.get(each.id), each.id in own_ids, tuple(keys.get(each.id, ())))
        for row, each in zip(rows, channels.with_feeds(connection, rows), strict=True)
    ]


def _owners(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    """By channel: who has owned it longest."""
    owns = membership.c.channel_id.in_(ids) & (membership.c.role == str(Role.OWNER))
    order = (membership.c.added_at.desc(), membership.c.person_id.desc())
    rows = connection.execute(select(membership.c.channel_id, membership.c.person_id).where(owns).order_by(*order))
    return {row.channel_id: row.person_id for row in rows}


def _own_ids(connection: Connection, viewer: Viewer, ids: Sequence[int]) -> set[int]:
    return set(connection.scalars(select(channel.c.id).where(channel.c.id.in_(ids), _is_own(viewer))))


def _keys(connection: Connection, viewer: Viewer, vault: Vault, ids: Sequence[int]) -> dict[int, list[ShownKey]]:
    """For whoever sees them on the channel's page, too; of tokens for those alone that may make and revoke keys."""
    if viewer.is_limited_from(Act.CONTROL):
        return {}
    works = key.c.revoked_at.is_(None) & key.c.ends_at.is_(None)
    rows = connection.execute(
        select(key.c.channel_id, key.c.right, key.c.sealed)
        .join(channel, channel.c.id == key.c.channel_id)
        .where(key.c.channel_id.in_(ids), works, rights.may(viewer, Act.CONTRIBUTE))
        .order_by(key.c.right != str(Right.WRITE), key.c.id)
    )
    found: dict[int, list[ShownKey]] = {}
    for row in rows:
        written = vault.try_unseal(bytes(row.sealed))
        if written is not None:
            found.setdefault(row.channel_id, []).append(ShownKey(written, Right(row.right)))
    return found
