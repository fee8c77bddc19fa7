"""All that is kept of somebody, for themselves: what “download my data” hands out. No secret is in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, or_, select

from domain.audit import Actor, Deed
from domain.roles import Act, Role, Viewer
from domain.timespan import to_rfc3339
from models import audit, people, rights, schema

READ_ME = (
    "All that Labfeed keeps of you; times are UTC. Sessions, tokens and keys stand here without their secrets. The "
    "readings of your channels are not in this file: `readings_at` says where each channel's are downloaded, as CSV, "
    "by a browser in which you are signed in or with a read key. What you wrote into names and descriptions stands "
    "with your channels."
)

Row = dict[str, Any]


def everything_about(connection: Connection, actor: Actor) -> Row:
    """All that is kept of this person, as plain values for JSON; that it was taken is noted. Raises NotFound."""
    found = people.behind(connection, actor)
    audit.note(connection, actor, Deed.DATA_TAKEN, about_person_id=found.id)
    return {
        "about_this_file": READ_ME,
        "taken_at": to_rfc3339(actor.at),
        "person": {
            "number": found.id,
            "name": found.name,
            "email": found.email,
            "provider": found.issuer,
            "number_at_provider": found.subject,
            "since": to_rfc3339(found.created_at),
        },
        **{name: _rows(connection, question(found.id, found.email)) for name, question in QUESTIONS.items()},
    }


def _sessions(person_id: int, _email: str) -> Select[Any]:
    own = schema.session
    columns = (own.c.made_at, own.c.seen_at, own.c.revoked_at, own.c.agent.label("browser"), own.c.address)
    return select(*columns).where(own.c.person_id == person_id).order_by(own.c.id)


def _tokens(person_id: int, _email: str) -> Select[Any]:
    own = schema.token
    hidden = {"id", "person_id", "digest"}
    return select(*[column for column in own.c if column.name not in hidden]).where(own.c.person_id == person_id)


def _memberships(person_id: int, _email: str) -> Select[Any]:
    own, channel = schema.membership, schema.channel
    columns = (channel.c.id.label("channel"), channel.c.name, own.c.role, own.c.added_at, own.c.is_from_roster)
    deleted = channel.c.deleted_at.label("in_bin_since_at")
    mine = select(*columns, deleted).join(channel, channel.c.id == own.c.channel_id)
    return mine.where(own.c.person_id == person_id).order_by(channel.c.id)


def _owned(person_id: int, _email: str) -> Select[Any]:
    channel, own = schema.channel, schema.membership
    hidden = {"version", "last_entry_id", "is_rehearsal", "course_id"}
    columns = [column for column in channel.c if column.name not in hidden]
    owned: ColumnElement[bool] = (own.c.person_id == person_id) & (own.c.role == str(Role.OWNER))
    return select(*columns).join(own, own.c.channel_id == channel.c.id).where(owned).order_by(channel.c.id)


def _stars(person_id: int, _email: str) -> Select[Any]:
    own, channel = schema.star, schema.channel
    named = select(_name_if_seen(person_id), own.c.at).join(channel, channel.c.id == own.c.channel_id)
    return named.where(own.c.person_id == person_id).order_by(own.c.channel_id)


def _kiosks(person_id: int, _email: str) -> Select[Any]:
    made, course = schema.kiosk, schema.course
    columns = (made.c.name, course.c.code.label("course"), made.c.made_at, made.c.ends_at, made.c.revoked_at)
    named = select(*columns).outerjoin(course, course.c.id == made.c.course_id)
    return named.where(made.c.made_by == person_id).order_by(made.c.id)


def _keys(person_id: int, _email: str) -> Select[Any]:
    made, channel = schema.key, schema.channel
    columns = (_name_if_seen(person_id), made.c.name, made.c.right, made.c.created_at, made.c.revoked_at)
    named = select(*columns).join(channel, channel.c.id == made.c.channel_id)
    return named.where(made.c.made_by == person_id).order_by(made.c.id)


def _queues(person_id: int, _email: str) -> Select[Any]:
    made, channel = schema.talkback, schema.channel
    named = select(_name_if_seen(person_id), made.c.name, made.c.made_at).join(
        channel, channel.c.id == made.c.channel_id
    )
    return named.where(made.c.made_by == person_id).order_by(made.c.id)


def _commands(person_id: int, _email: str) -> Select[Any]:
    added, queue, channel = schema.command, schema.talkback, schema.channel
    columns = (_name_if_seen(person_id), added.c.text, added.c.added_at, added.c.executed_at)
    named = select(*columns).join(queue, queue.c.id == added.c.talkback_id)
    named = named.join(channel, channel.c.id == queue.c.channel_id)
    return named.where(added.c.added_by == person_id).order_by(added.c.id)


def _removals(person_id: int, _email: str) -> Select[Any]:
    made, channel = schema.removal, schema.channel
    columns = (_name_if_seen(person_id), made.c.made_at, made.c.undone_at, made.c.readings)
    named = select(*columns).join(channel, channel.c.id == made.c.channel_id)
    return named.where(made.c.made_by == person_id).order_by(made.c.id)


def _work(person_id: int, _email: str) -> Select[Any]:
    asked, channel, course = schema.job, schema.channel, schema.course
    columns = (asked.c.kind, _name_if_seen(person_id), course.c.code.label("course"), asked.c.state, asked.c.told)
    named = select(*columns, asked.c.made_at, asked.c.ended_at)
    named = named.outerjoin(channel, channel.c.id == asked.c.channel_id)
    named = named.outerjoin(course, course.c.id == asked.c.course_id)
    return named.where(asked.c.person_id == person_id).order_by(asked.c.id)


def _enrolments(person_id: int, email: str) -> Select[Any]:
    own, course = schema.enrolment, schema.course
    columns = (course.c.code.label("course"), course.c.term, own.c.email, own.c.name, own.c.section, own.c.team)
    listed = select(*columns, own.c.part).join(course, course.c.id == own.c.course_id)
    return listed.where((own.c.person_id == person_id) | (own.c.email == email)).order_by(course.c.id)


def _received(_person_id: int, email: str) -> Select[Any]:
    return _invitations(schema.channel.c.name.label("channel")).where(schema.invitation.c.email == email)


def _made(person_id: int, _email: str) -> Select[Any]:
    return _invitations(_name_if_seen(person_id)).where(schema.invitation.c.made_by == person_id)


def _name_if_seen(person_id: int) -> ColumnElement[str | None]:
    """What the channel is called; None where this person may not see it any more."""
    viewer = Viewer.person(person_id)
    is_seen = or_(rights.may(viewer, Act.SEE), rights.in_bin(viewer))
    return case((is_seen, schema.channel.c.name), else_=None).label("channel")


def _invitations(name: ColumnElement[Any]) -> Select[Any]:
    own, channel = schema.invitation, schema.channel
    columns = (name, own.c.email, own.c.role, own.c.made_at, own.c.ends_at)
    return select(*columns).join(channel, channel.c.id == own.c.channel_id).order_by(own.c.id)


def _deeds(person_id: int, _email: str) -> Select[Any]:
    own = schema.audit
    columns = (own.c.at, own.c.act, own.c.channel_id.label("channel"), own.c.course_id.label("course"), own.c.detail)
    return select(*columns, own.c.address).where(own.c.person_id == person_id).order_by(own.c.id)


QUESTIONS: Mapping[str, Callable[[int, str], Select[Any]]] = {
    "sessions": _sessions,
    "tokens": _tokens,
    "memberships": _memberships,
    "channels_owned": _owned,
    "stars": _stars,
    "keys_made": _keys,
    "queues_made": _queues,
    "commands_added": _commands,
    "screens_made": _kiosks,
    "deletions_made": _removals,
    "imports_and_downloads": _work,
    "enrolments": _enrolments,
    "invitations_received": _received,
    "invitations_made": _made,
    "deeds": _deeds,
}
"""Part of the file → what is asked for it."""

TOLD = ("name", "size", "address")
"""What is handed out of how an import was asked for: the file, and from where. Who undid it is somebody else's."""


def _rows(connection: Connection, question: Select[Any]) -> list[Row]:
    return [_readable(dict(row._mapping)) for row in connection.execute(question)]


def _readable(row: Row) -> Row:
    """Instants as people write them, details as objects, and where a channel's readings are."""
    read = {name: _value(name, value) for name, value in row.items()}
    return read | {"readings_at": f"/api/v1/channels/{row['id']}/download.csv"} if "visibility" in row else read


def _value(name: str, value: Any) -> Any:
    if name == "at" or name.endswith("_at"):
        return None if value is None else to_rfc3339(value)
    if name == "detail":
        return json.loads(value) if value else {}
    if name == "told":
        return {key: told for key, told in json.loads(value).items() if key in TOLD}
    return value
