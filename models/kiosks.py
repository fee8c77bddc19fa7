"""Kiosks: links for screens, made and ended by those who teach; found by digest, and shown again to those who may.

What a screen may see is decided where everything is, in `rights`: inside each query, by the link as it is then.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from domain.audit import Actor, Deed
from domain.courses import Course
from domain.errors import Forbidden, Invalid, NotFound, TooMany
from domain.kiosks import Kiosk, KioskShown, Lasting
from domain.people import College
from domain.roles import Act, Viewer
from domain.timespan import DAY, MINUTE
from models import audit, courses, people
from models.keys import name_from
from models.schema import course, kiosk, person
from models.vault import Vault

MOST_KIOSKS = 20
"""Links of one course, or of the whole wall, that work at the same time."""

SEEN_EVERY = 10 * MINUTE
"""How exact `seen_at` is: a link is written at most this often."""

KEPT = 30 * DAY
"""How long a link that ended is kept."""


def make(
    connection: Connection,
    actor: Actor,
    college: College,
    vault: Vault,
    course_id: int | None,
    name: str,
    lasting: Lasting,
    written: str,
) -> int:
    """Make a link to the wall of a course, or to all of it; `written` is its secret. Returns its number.

    Raises NotFound or Forbidden for who does not teach the course, or without a course for who is no teacher of the
    college; Invalid without a name; TooMany.
    """
    _let_teach(connection, actor.viewer, college, course_id)
    name = name_from(name)
    if not name:
        raise Invalid("A screen needs a name: the room it hangs in, for example.")
    people.touch(connection, actor.person_id or 0)  # two made at once wait here for each other
    alike = kiosk.c.course_id.is_(None) if course_id is None else kiosk.c.course_id == course_id
    if connection.execute(select(func.count()).where(alike, _holds(actor.at))).scalar_one() >= MOST_KIOSKS:
        raise TooMany(f"There are {MOST_KIOSKS} links already.", hint="End one that is no longer needed.")
    values = {
        "course_id": course_id,
        "name": name,
        "digest": vault.digest(written),
        "sealed": vault.seal(written),
        "made_by": actor.person_id,
        "made_at": actor.at,
        "ends_at": actor.at + lasting.length,
    }
    made = int(connection.execute(insert(kiosk).values(values).returning(kiosk.c.id)).scalar_one())
    audit.note(connection, actor, Deed.KIOSK_MADE, course_id=course_id, kiosk=made, name=name, lasts=lasting.label)
    return made


def scopes(connection: Connection, viewer: Viewer, college: College) -> list[tuple[int | None, str]]:
    """What a viewer may put on a screen: (course id, what it is called), and (None, "") for the whole wall."""
    running = [each for each in _taught(connection, viewer) if each.archived_at is None]
    found: list[tuple[int | None, str]] = [(each.id, each.naming.words) for each in running]
    return [*found, (None, "")] if _may_show_all(connection, viewer, college) else found


def list_all(connection: Connection, viewer: Viewer, college: College, vault: Vault, now: int) -> list[KioskShown]:
    """The links that work and that the viewer may end, the newest first."""
    alike: ColumnElement[bool] = kiosk.c.course_id.in_([each.id for each in _taught(connection, viewer)])
    if _may_show_all(connection, viewer, college):
        alike |= kiosk.c.course_id.is_(None)
    rows = connection.execute(
        select(kiosk, person.c.name.label("made_by_name"), course.c.code, course.c.term)
        .outerjoin(person, person.c.id == kiosk.c.made_by)
        .outerjoin(course, course.c.id == kiosk.c.course_id)
        .where(alike, _holds(now))
        .order_by(kiosk.c.id.desc())
    )
    return [_shown(row, vault) for row in rows]


def revoke(connection: Connection, actor: Actor, college: College, kiosk_id: int) -> None:
    """End a link: the screens that show it go dark at once. Raises NotFound, Forbidden."""
    row = connection.execute(select(kiosk).where(kiosk.c.id == kiosk_id, _holds(actor.at))).one_or_none()
    if row is None:
        raise NotFound("There is no such link, or it is over already.")
    _let_teach(connection, actor.viewer, college, row.course_id)
    connection.execute(update(kiosk).where(kiosk.c.id == kiosk_id).values(revoked_at=actor.at))
    audit.note(connection, actor, Deed.KIOSK_REVOKED, course_id=row.course_id, kiosk=kiosk_id, name=row.name)


def find(connection: Connection, digest: bytes, now: int) -> Row[Any] | None:
    """The link somebody carries; None for one that never was, was ended, or is over."""
    return connection.execute(select(kiosk).where(kiosk.c.digest == digest, _holds(now))).one_or_none()


def seen(connection: Connection, kiosk_id: int, now: int) -> None:
    """Note that a screen shows it."""
    connection.execute(update(kiosk).where(kiosk.c.id == kiosk_id).values(seen_at=now))


def title(connection: Connection, kiosk_id: int) -> str:
    """What the screen is called and shows: `ENGR114 2026 autumn`; empty for the whole wall."""
    row = connection.execute(
        select(course.c.code, course.c.term).join(kiosk, kiosk.c.course_id == course.c.id).where(kiosk.c.id == kiosk_id)
    ).one_or_none()
    return f"{row.code} {row.term}".strip() if row else ""


def holding(connection: Connection, kiosk_ids: Collection[int], now: int) -> set[int]:
    """Those of the links that work."""
    return set(connection.scalars(select(kiosk.c.id).where(kiosk.c.id.in_(kiosk_ids), _holds(now))))


def forget_old(connection: Connection, now: int) -> None:
    """Forget links that ended long ago."""
    gone = (kiosk.c.ends_at < now - KEPT) | (kiosk.c.revoked_at < now - KEPT)
    connection.execute(delete(kiosk).where(gone))


def _let_teach(connection: Connection, viewer: Viewer, college: College, course_id: int | None) -> None:
    """Raises NotFound or Forbidden for who does not teach there."""
    if not _may_at_all(viewer):
        raise Forbidden("Links for screens are made by those who teach.", hint="Sign in first.")
    if course_id is not None:
        courses.taught(connection, viewer, course_id)
    elif not _may_show_all(connection, viewer, college):
        raise Forbidden("Only teachers and admins may put the whole wall on a screen.")


def _may_at_all(viewer: Viewer) -> bool:
    return viewer.person_id is not None and not viewer.is_limited_from(Act.TEACH)


def _taught(connection: Connection, viewer: Viewer) -> list[Course]:
    found = courses.of_person(connection, viewer) if _may_at_all(viewer) else []
    return [each.course for each in found if each.is_taught]


def _may_show_all(connection: Connection, viewer: Viewer, college: College) -> bool:
    if not _may_at_all(viewer):
        return False
    return viewer.is_admin or college.may_teach(people.find(connection, viewer.person_id or 0))


def _holds(now: int) -> ColumnElement[bool]:
    return kiosk.c.revoked_at.is_(None) & (kiosk.c.ends_at > now)


def _shown(row: Row[Any], vault: Vault) -> KioskShown:
    return KioskShown(
        Kiosk(row.id, row.name, row.course_id),
        f"{row.code or ''} {row.term or ''}".strip(),
        vault.try_unseal(row.sealed),
        row.made_at,
        row.made_by_name or "",
        row.ends_at,
        row.seen_at,
    )
