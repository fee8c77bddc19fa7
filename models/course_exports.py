"""What of a course its staff take away: which channels, in one look, and who is in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from domain.audit import Actor, Deed
from domain.course_exports import CourseExport, apart, archive_name
from domain.course_tables import Belonging
from domain.courses import CourseShown, Enrolment
from domain.errors import Forbidden, Invalid
from domain.moments import canonical
from domain.roles import Act, Part, Role, Viewer
from domain.timespan import TimeSpan
from models import audit, courses, exporting, rights
from models import enrolments as stored
from models.exporting import Plan
from models.schema import channel, membership, person


@dataclass(frozen=True, slots=True)
class Outline:
    """What an archive will hold: the channels by section, team and name, and the names of their files.

    `sections`: those the course has. `at`: the instant up to which the readings are.
    """

    shown: CourseShown
    export: CourseExport
    plans: tuple[Plan, ...]
    files: Mapping[int, str]
    sections: tuple[str, ...]
    at: int

    @property
    def readings(self) -> int:
        """How many lie in the ranges now."""
        return sum(plan.readings for plan in self.plans)

    @property
    def span(self) -> TimeSpan:
        """From the earliest beginning to the last end."""
        spans = [plan.span for plan in self.plans] or [TimeSpan(self.at, self.at)]
        return TimeSpan(min(span.start for span in spans), max(span.end for span in spans))

    @property
    def file_name(self) -> str:
        return archive_name(self.shown.course.naming.words, self.export.section, self.span, self.export.of_zone)


def taught(connection: Connection, viewer: Viewer, course_id: int) -> CourseShown:
    """The course, for its staff and admins, and for programs that hold a token of its staff which may read.

    Raises NotFound for who is not in it, Forbidden for its students.
    """
    shown = courses.find(connection, viewer, course_id)
    if not shown.is_taught or viewer.is_limited_from(Act.SEE_PEOPLE):
        raise Forbidden(courses.NOT_OF_STAFF, hint="Ask the staff of the course.")
    return shown


def choices(connection: Connection, viewer: Viewer, course_id: int) -> tuple[CourseShown, tuple[str, ...]]:
    """The course and its sections. Raises NotFound, Forbidden."""
    return taught(connection, viewer, course_id), _sections(connection, course_id)


def outline(connection: Connection, viewer: Viewer, export: CourseExport, now: int) -> Outline:
    """What is taken away, in one look. Raises NotFound, Forbidden; Invalid for a bad range or no such section."""
    shown = taught(connection, viewer, export.course_id)
    export.range.span(now, export.of_zone, now)  # a course without a channel refuses a bad range, too
    sections = _sections(connection, export.course_id)
    if export.section and export.section not in sections:
        known = ", ".join(sections) or "none"
        raise Invalid(f'The course has no section "{export.section[:64]}".', hint=f"Its sections: {known}.")
    ids = _channel_ids(connection, viewer, export)
    plans = tuple(exporting.plan(connection, viewer, export.of(each), now) for each in ids)
    files = apart({plan.channel.id: plan.file_name for plan in plans})
    return Outline(shown, export, plans, files, sections, now)


def people(
    connection: Connection, viewer: Viewer, export: CourseExport, channel_ids: Collection[int]
) -> list[Belonging]:
    """Who is on the roster and who belongs to these channels, as they stand now; a row a person and channel.

    Of a section: its students, and the staff. Without e-mail addresses for a token that may only read. Raises NotFound,
    Forbidden.
    """
    taught(connection, viewer, export.course_id)
    enrolled = [one for one in stored.of_course(connection, export.course_id) if _is_asked(one, export.section)]
    joined = _members(connection, viewer, channel_ids)
    known = {one.person_id for one in enrolled if one.person_id is not None}
    on_roster = [each for one in enrolled for each in _rows_of(one, joined)]
    others = [each for person_id, rows in joined.items() if person_id not in known for each in rows]
    found = [*sorted(on_roster, key=_order), *sorted(others, key=_order)]
    return found if viewer.takes_emails else [replace(one, email="") for one in found]


def note(connection: Connection, actor: Actor, outline: Outline) -> None:
    """Write down that it is taken away, before any of it is."""
    audit.note(
        connection,
        actor,
        Deed.DATA_TAKEN,
        course_id=outline.export.course_id,
        channels=len(outline.plans),
        readings=outline.readings,
        section=outline.export.section,
        start=canonical(outline.span.start),
        end=canonical(outline.span.end),
    )


def _sections(connection: Connection, course_id: int) -> tuple[str, ...]:
    rows = connection.scalars(select(channel.c.section).where(channel.c.course_id == course_id).distinct())
    enrolled = (one.row.section for one in stored.of_course(connection, course_id))
    return tuple(sorted({*rows, *enrolled} - {""}))


def _channel_ids(connection: Connection, viewer: Viewer, export: CourseExport) -> list[int]:
    """By section, team and name. Those in the bin are not there."""
    conditions = [channel.c.course_id == export.course_id, rights.may(viewer, Act.SEE_PEOPLE)]
    if export.section:
        conditions.append(channel.c.section == export.section)
    order = (channel.c.section, channel.c.team, channel.c.name, channel.c.id)
    return list(connection.scalars(select(channel.c.id).where(*conditions).order_by(*order)))


def _is_asked(one: Enrolment, section: str) -> bool:
    return not section or one.row.section == section or one.row.part is Part.STAFF


def _members(connection: Connection, viewer: Viewer, channel_ids: Collection[int]) -> dict[int, list[Belonging]]:
    """Person → the channels they belong to, of those whose people this viewer may see."""
    seen = select(channel.c.id).where(channel.c.id.in_(channel_ids), rights.may(viewer, Act.SEE_PEOPLE))
    rows = connection.execute(
        select(membership.c.person_id, membership.c.role, channel.c.id, channel.c.name, person.c.name, person.c.email)
        .join(channel, channel.c.id == membership.c.channel_id)
        .join(person, person.c.id == membership.c.person_id)
        .where(membership.c.channel_id.in_(seen))
        .order_by(channel.c.name, channel.c.id)
    )
    found: dict[int, list[Belonging]] = {}
    for person_id, role, channel_id, channel_name, name, email in rows:
        one = Belonging(name, email or "", channel_id=channel_id, channel=channel_name, role=Role(role))
        found.setdefault(person_id, []).append(one)
    return found


def _rows_of(one: Enrolment, joined: Mapping[int, Sequence[Belonging]]) -> list[Belonging]:
    row, channels = one.row, joined.get(one.person_id or 0, ())
    plain = Belonging(row.name, row.email, row.section, row.team, row.part)
    return [
        Belonging(
            row.name or each.name, row.email, row.section, row.team, row.part, each.channel_id, each.channel, each.role
        )
        for each in channels
    ] or [plain]


def _order(one: Belonging) -> tuple[str, ...]:
    return (one.part or "", one.section, one.team, one.name or one.email, one.email, one.channel)
