"""All channels of a course as one file, for its staff: a zip archive, sent while it is written.

Who may take it and every parameter are looked at before the first byte; what fails after it breaks the connection, and
an archive without its end opens nowhere.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import Annotated

from flask import Blueprint, Response, request
from msgspec import Meta
from msgspec import field as parameter

import context
from api import asking
from api.described import Access, Answer, Group, Header, Operation, Query, numbered
from api.file_parameters import Decimal, Followed, InBins, InShape, Told, WithDecimals
from api.ranges import AN_INSTANT
from api.taking import taken
from domain import zones
from domain.audit import Actor
from domain.course_exports import CourseExport
from domain.downloads import EVERYTHING, Shape, binned_from
from domain.errors import Crowded, NotFound, TooManyOpen
from domain.roles import Viewer
from domain.selection import Range
from models import course_archives, course_exports, progress
from models.course_exports import Outline
from models.store import Store

NOTED_EVERY_S = 0.5

routes = Blueprint("course_exports", __name__)

_number = re.compile(r"[1-9][0-9]{0,8}", re.ASCII).fullmatch


class Exported(Query):
    """Which channels over which range, and how their files are written."""

    section: Annotated[str, Meta(max_length=64, description="The channels of this section alone.")] = ""
    start: Annotated[
        str,
        Meta(
            max_length=40,
            description=f"The first instant. {AN_INSTANT} Without: each channel's first reading's.",
            examples=["now-7d"],
        ),
    ] = parameter(name="from", default="")
    end: Annotated[
        str,
        Meta(
            max_length=40,
            description="The first instant after the range, written as from is; a date is meant to its end. Without: "
            "now.",
        ),
    ] = parameter(name="to", default="")
    zone: Annotated[
        str, Meta(max_length=64, description="The zone of dates and of time_local.", examples=["Europe/Berlin"])
    ] = zones.WORLD
    shape: InShape = Shape.WIDE
    bin: InBins = ""
    agg: Told = ()
    decimal: WithDecimals = Decimal.POINT
    excel: Annotated[bool, Meta(description="Begin tables with a byte-order mark, by which Excel knows UTF-8.")] = False
    progress: Followed = ""

    def export(self, course_id: int) -> CourseExport:
        """Raises Invalid."""
        zone = zones.zone_named(self.zone)
        return CourseExport(
            course_id,
            self.section.strip(),
            Range(self.start.strip() or EVERYTHING.start, self.end.strip() or EVERYTHING.end),
            None if zone.key == zones.WORLD else zone.key,
            self.shape,
            binned_from(self.bin, ",".join(self.agg)),
            decimal_comma=self.decimal is Decimal.COMMA,
            for_excel=self.excel,
        )


EXPORT = Operation(
    "exportCourse",
    "GET",
    "/api/v1/courses/{course}/export.zip",
    Group.COURSES,
    "All channels of a course as one archive",
    "For the staff of the course. A zip archive with a CSV file for each channel, channels.csv, members.csv, "
    "dictionary.csv and README.txt, however many readings there are. members.csv holds e-mail addresses only where the "
    "token may manage, too. An archive that breaks off was not complete, and opens nowhere.",
    access=Access.READ_TOKEN,
    query=Exported,
    example="from=now-7d&shape=tidy",
    answers=(
        Answer(
            200,
            "The archive.",
            {"application/zip": {"type": "string", "contentMediaType": "application/zip"}},
            (Header("Content-Disposition", "Its name.", 'attachment; filename="engr114_2026-03-01_2026-03-07.zip"'),),
        ),
    ),
    refusals=(Crowded, TooManyOpen),
    places={"course": numbered("The course's number, as in the address of its page.", 3)},
)


@EXPORT.on(routes)
def export_course(course: str) -> Response:
    asked, viewer, store = asking.query(Exported), context.viewer(), context.store()
    actor = Actor(viewer, request.remote_addr or "", context.now())
    outline = store.ask_long(course_exports.outline, viewer, asked.export(_course_id_from(course)), actor.at)
    if request.method == "HEAD":
        return Response(iter(()), headers=_headers(outline))

    def answer() -> Response:
        store.tell(course_exports.note, actor, outline)
        sending = _Sending(store, viewer, outline, asked.progress, context.now)
        return Response(sending.all(), headers=_headers(outline))

    return taken(answer)


def _course_id_from(written: str) -> int:
    if not _number(written):
        raise NotFound("There is no such course that you are in.")
    return int(written)


def _headers(outline: Outline) -> dict[str, str]:
    return {
        "Content-Type": "application/zip",
        "Content-Disposition": f'attachment; filename="{outline.file_name}"',
        "Cache-Control": "no-store",
        "Accept-Ranges": "none",
    }


@dataclass(slots=True)
class _Sending:
    """One archive on its way, and how far it is for the page that asked for it."""

    store: Store
    viewer: Viewer
    outline: Outline
    word: str
    now: Callable[[], int]
    done: int = 0
    noted_at: float = field(default_factory=time.monotonic)
    job_id: int | None = None

    def all(self) -> Iterator[bytes]:
        """The bytes. What would be refused is refused now, and not when it is half sent."""
        written = course_archives.written(self.store, self.viewer, self.outline, self._note)
        first = next(written)
        if self.word:
            course_id, total = self.outline.export.course_id, self.outline.readings
            self.job_id = self.store.tell(
                progress.begin_of_course, self.viewer, course_id, self.word, total, self.now()
            )
        return self._noted(first, written)

    def _noted(self, first: bytes, rest: Generator[bytes]) -> Iterator[bytes]:
        is_whole = False
        try:
            yield first
            yield from rest
            is_whole = True
        finally:
            rest.close()
            if self.job_id is not None:
                self.store.tell(progress.note, self.job_id, self.done, self.now(), is_whole=is_whole)

    def _note(self, done: int) -> None:
        self.done = done
        if self.job_id is not None and time.monotonic() - self.noted_at >= NOTED_EVERY_S:
            self.store.tell(progress.note, self.job_id, done, self.now())
            self.noted_at = time.monotonic()


OPERATIONS = (EXPORT,)
