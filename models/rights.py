"""Who may do what with a channel, as a condition inside the query that uses it.

The table of PRODUCT is `domain.roles.ALLOWED`; here it becomes SQL. A channel in the bin exists for nobody, except
where it is asked for by `in_bin`.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, false, or_, true

from domain.channels import Visibility
from domain.roles import ALLOWED, Act, Part, Role, Standing, Viewer
from models.schema import channel, enrolment, kiosk, membership

ROLES = {Standing.VIEWER: Role.VIEWER, Standing.EDITOR: Role.EDITOR, Standing.OWNER: Role.OWNER}


def may(viewer: Viewer, act: Act) -> ColumnElement[bool]:
    """The condition on a row of `channel` under which this viewer may do this with it."""
    return and_(channel.c.deleted_at.is_(None), _may(viewer, act))


def in_bin(viewer: Viewer) -> ColumnElement[bool]:
    """The condition under which a channel lies in the bin and this viewer may take it out again."""
    return and_(channel.c.deleted_at.is_not(None), _may(viewer, Act.CONTROL))


def _may(viewer: Viewer, act: Act) -> ColumnElement[bool]:
    if viewer.kiosk_id is not None:
        return _is_on_screen(viewer.kiosk_id) if act is Act.SEE else false()
    ways = [_by_standing(viewer, act)]
    if act is Act.SEE:
        ways.append(channel.c.visibility == str(Visibility.PUBLIC))
        if viewer.reads_channel_id is not None:
            ways.append(channel.c.id == viewer.reads_channel_id)
        if viewer.person_id is not None and not viewer.is_limited_from(act):
            ways.append(channel.c.visibility == str(Visibility.COLLEGE))
    return or_(*ways)


def _by_standing(viewer: Viewer, act: Act) -> ColumnElement[bool]:
    if viewer.person_id is None or viewer.is_limited_from(act):
        return false()
    if viewer.is_admin and Standing.ADMIN in ALLOWED[act]:
        return true()
    roles = [str(role) for standing, role in ROLES.items() if standing in ALLOWED[act]]
    ways = [_is_member(viewer.person_id, roles)]
    if Standing.STAFF in ALLOWED[act]:
        ways.append(is_staff(viewer.person_id))
    return or_(*ways)


def _is_on_screen(kiosk_id: int) -> ColumnElement[bool]:
    """What the college sees of the course of a kiosk's link, or of all; nothing once the link is ended."""
    reaches = exists().where(
        kiosk.c.id == kiosk_id,
        kiosk.c.revoked_at.is_(None),
        or_(kiosk.c.course_id.is_(None), kiosk.c.course_id == channel.c.course_id),
    )
    return and_(channel.c.visibility.in_([str(Visibility.PUBLIC), str(Visibility.COLLEGE)]), reaches)


def _is_member(person_id: int, roles: list[str]) -> ColumnElement[bool]:
    return exists().where(
        membership.c.channel_id == channel.c.id, membership.c.person_id == person_id, membership.c.role.in_(roles)
    )


def is_staff(person_id: int) -> ColumnElement[bool]:
    """The condition under which this person is staff of the channel's course."""
    return exists().where(
        enrolment.c.course_id == channel.c.course_id,
        enrolment.c.person_id == person_id,
        enrolment.c.part == str(Part.STAFF),
    )
