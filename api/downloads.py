"""A channel's readings as a file to take away: any range, streamed, and gone on with where it was cut.

Who may see the channel may take it. Rights and every parameter are looked at before the first byte; what fails after
it breaks the connection, so that half a file never looks like a whole one.
"""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import chain
from typing import Annotated
from urllib.parse import quote

from flask import Blueprint, Response, request
from msgspec import Meta
from werkzeug.datastructures import Headers

import context
from api import asking, resuming
from api.described import ENTITY_TAG, IF_NONE_MATCH, Answer, Group, Header, Operation, Place
from api.file_parameters import Decimal, Followed, InBins, InShape, Told, WithDecimals
from api.following import followed
from api.ranges import Order, Ranged
from api.rendering import making
from api.taking import taken
from domain import zones
from domain.channels import Visibility, channel_id_from
from domain.downloads import EVERYTHING, Download, Form, Shape, binned_from
from domain.errors import BeyondTheEnd, Crowded, LabfeedError, NotFound, Outdated, TooManyOpen
from domain.moments import FIRST, NOW
from domain.roles import Viewer
from domain.selection import Range
from models import exporting
from models.exporting import Piece, Plan
from models.store import Store

FORMS = (Form.CSV, Form.NDJSON, Form.JSON, *making.FORMS)

SENT_AT_ONCE = 1 << 18
"""The server copies what it sends, and keeps the copy while the reader is slow."""

log = logging.getLogger(__name__)

routes = Blueprint("downloads", __name__)


class Taken(Ranged):
    """What is in the file, and how it is written."""

    shape: InShape = Shape.WIDE
    bin: InBins = ""
    agg: Told = ()
    order: Annotated[Order, Meta(description="asc: the oldest first. desc: the newest first.")] = Order.ASC
    decimal: WithDecimals = Decimal.POINT
    excel: Annotated[bool, Meta(description="Begin with a byte-order mark, by which Excel knows UTF-8.")] = False
    progress: Followed = ""
    state: Annotated[
        str,
        Meta(
            max_length=64,
            description="What the stored readings were when the download began: where that has changed, Range does not "
            "count. Added by the redirect.",
        ),
    ] = ""

    def download(self, channel_id: int, form: Form) -> Download:
        """Raises Invalid."""
        return Download(
            channel_id,
            form,
            self.shape,
            Range(self.start or EVERYTHING.start, self.end or EVERYTHING.end),
            None if self.of_zone.key == zones.WORLD else self.zone,
            self.feeds,
            binned_from(self.bin, ",".join(self.agg)),
            decimal_comma=self.decimal is Decimal.COMMA,
            for_excel=self.excel,
            newest_first=self.order is Order.DESC,
        )

    @property
    def moves(self) -> bool:
        """Whether the same address is of other instants a moment later."""
        start, end = self.start.strip() or FIRST, self.end.strip() or NOW
        return start == FIRST or start.startswith(NOW) or end.startswith(NOW)


DOWNLOAD = Operation(
    "download",
    "GET",
    "/api/v1/channels/{channel}/download.{form}",
    Group.TAKING,
    "Readings of a channel as a file",
    "However many they are. A range that moves, such as the last hour or everything, is first led to the address of "
    "exactly these instants (307, follow it: curl -L). That one can be resumed with Range, as curl -C - does: the file "
    "is made anew, to the same bytes. A file that breaks off was not complete.",
    query=Taken,
    example="from=now-1d&shape=tidy",
    headers=(IF_NONE_MATCH, Header("Range", "The bytes that are still missing.", "bytes=1048576-")),
    answers=(
        Answer(
            200,
            "The file.",
            {
                form.content_type.partition(";")[0]: {"type": "object" if form is Form.JSON else "string"}
                for form in FORMS
            },
            (ENTITY_TAG, Header("Content-Disposition", "Its name.", 'attachment; filename="kiln_2026-03-01.csv"')),
        ),
        Answer(
            206, "The bytes asked for.", headers=(ENTITY_TAG, Header("Content-Range", "Which ones.", "bytes 5-9/10"))
        ),
        Answer(304, "The same as the file with the ETag in If-None-Match.", headers=(ENTITY_TAG,)),
        Answer(307, "The address of the same over instants that stand still."),
    ),
    refusals=(BeyondTheEnd, Crowded, TooManyOpen),
    places={"form": Place({"type": "string", "enum": list(map(str, FORMS))}, "The kind of file.", "csv")},
)


@DOWNLOAD.on(routes)
def download(channel: str, form: str) -> Response:
    kind = _form_from(form)
    asked, viewer = asking.query(Taken), context.viewer()
    wanted = asked.download(channel_id_from(channel), kind)
    with context.store().turns_of_files:
        plan = context.store().ask_long(exporting.plan, viewer, wanted, context.now())
    is_asked_in_part = "Range" in request.headers
    if asked.moves and not is_asked_in_part:
        return _led_to(plan)
    headers = _headers(plan)
    if request.if_none_match.contains(plan.state):
        return Response(status=304, headers=headers)
    if kind in making.FORMS:
        return _made(plan, viewer, asked.progress, headers)
    return _written(plan, viewer, asked, headers)


def file_of(viewer: Viewer, wanted: Download) -> Response:
    """A file that is made first, for a door where it is asked for in another way. Raises NotFound, Crowded or Busy."""
    with context.store().turns_of_files:
        plan = context.store().ask_long(exporting.plan, viewer, wanted, context.now())
    return _made(plan, viewer, "", _headers(plan))


def _form_from(written: str) -> Form:
    if written not in FORMS:
        raise NotFound("There is no such kind of file.", hint=f"Take one of {', '.join(FORMS)}.")
    return Form(written)


def _led_to(plan: Plan) -> Response:
    """To the address of exactly these instants, with what else stood in the address asked for."""
    more = [(name, request.args[name]) for name in ("progress", asking.KEY) if request.args.get(name)]
    if plan.download.form not in making.FORMS:
        more.append(("state", plan.state))
    address = plan.download.address + "".join(f"&{name}={quote(value)}" for name, value in more)
    return Response(status=307, headers={"Location": address, "Cache-Control": "no-store"})


def _headers(plan: Plan) -> Headers:
    is_public = plan.channel.visibility is Visibility.PUBLIC
    return Headers(
        {
            "Content-Type": plan.download.form.content_type,
            "Content-Disposition": f'attachment; filename="{plan.file_name}"',
            "Cache-Control": "no-cache" if is_public else "no-store",
            "ETag": f'"{plan.state}"',
        }
    )


def _written(plan: Plan, viewer: Viewer, asked: Taken, headers: Headers) -> Response:
    """A form that is text: sent as it is written."""
    is_still = not asked.moves and asked.state in ("", plan.state)
    part = resuming.wanted(request, plan.state) if is_still else None
    headers["Accept-Ranges"] = "none" if asked.moves else "bytes"
    if request.method == "HEAD":
        return Response(iter(()), headers=headers)
    return taken(lambda: _sent(plan, viewer, asked, headers, part))


def _sent(plan: Plan, viewer: Viewer, asked: Taken, headers: Headers, part: resuming.Wanted | None) -> Response:
    sending = _Sending(context.store(), viewer, plan, asked.progress)
    if part is None and request.environ.get("SERVER_PROTOCOL") != "HTTP/1.0":
        return Response(sending.all(), headers=headers)
    measure = sending.measured()  # HTTP/1.0 tells a whole answer from a broken one by its length alone
    first, end = part.within(measure.size) if part else (0, measure.size)
    headers.extend(resuming.headers_of(first, end, measure.size) if part else {"Content-Length": str(end)})
    return Response(sending.part(measure, first, end), 206 if part else 200, headers)


@dataclass(frozen=True, slots=True)
class _Measure:
    """How many bytes a file has, and where its pieces begin: (bytes before it, what it is asked for after)."""

    size: int
    marks: tuple[tuple[int, int | None], ...]


@dataclass(slots=True)
class _Sending:
    """One file on its way."""

    store: Store
    viewer: Viewer
    plan: Plan
    word: str

    def all(self) -> Iterator[bytes]:
        """The whole. What would be refused is refused now, and not when it is half sent."""
        pieces = exporting.pieces(self.store, self.viewer, self.plan)
        return _broken_off(self._noted(chain([next(pieces)], pieces)))

    def measured(self) -> _Measure:
        size = 0
        after: int | None = None
        marks = []
        for piece in exporting.pieces(self.store, self.viewer, self.plan):
            marks.append((size, after))
            size, after = size + len(piece.content), piece.upto
        return _Measure(size, tuple(marks))

    def part(self, measure: _Measure, first: int, end: int) -> Iterator[bytes]:
        """The bytes from `first` to before `end`. Where they are not there any more, it breaks off."""
        return _broken_off(self._cut(measure, first, end))

    def _cut(self, measure: _Measure, first: int, end: int) -> Iterator[bytes]:
        begins, after = next(mark for mark in reversed(measure.marks) if mark[0] <= first)
        skipped, left = first - begins, end - first
        for text in self._noted(exporting.pieces(self.store, self.viewer, self.plan, after)):
            yield text[skipped : skipped + left]
            left -= len(text[skipped : skipped + left])
            skipped = max(0, skipped - len(text))
            if not left:
                return
        raise Outdated("What was being sent has changed.")

    def made(self, headers: Headers) -> Iterator[bytes]:
        """A file that is made first: when it is whole its length is told in the headers, then it comes."""
        lines = exporting.pieces(self.store, self.viewer, making.lines_of(self.plan))
        whose = (self.viewer.person_id, self.viewer.kiosk_id)  # visitors are nobody in particular, all together
        with self._followed() as done, making.made(self.plan, _counted(lines, done), whose) as file:
            headers["Content-Length"] = str(file.size)
            yield b""
            yield from file.chunks()

    def _noted(self, pieces: Iterator[Piece]) -> Iterator[bytes]:
        """The bytes of the pieces; how far they are is written down for whoever asked for that."""
        with self._followed() as done:
            yield from _counted(pieces, done)

    def _followed(self) -> AbstractContextManager[Callable[[int], None]]:
        return followed(self.store, self.viewer, self.plan, self.word)


def _counted(pieces: Iterator[Piece], done: Callable[[int], None]) -> Iterator[bytes]:
    for piece in pieces:
        yield piece.content
        done(piece.rows)


def _broken_off(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The chunks; a refusal in the middle of them breaks the connection, for the answer has long begun."""
    try:
        for chunk in chunks:
            for start in range(0, len(chunk), SENT_AT_ONCE):
                yield chunk[start : start + SENT_AT_ONCE]
    except LabfeedError as refused:
        log.warning("a file broke off: %s", refused.detail)
        raise ConnectionResetError(errno.ECONNRESET, refused.detail) from refused


def _made(plan: Plan, viewer: Viewer, progress: str, headers: Headers) -> Response:
    """A form that is no text: made first, then sent."""
    headers["Accept-Ranges"] = "none"
    if request.method == "HEAD":
        return Response(iter(()), headers=headers)

    def answer() -> Response:
        chunks = _Sending(context.store(), viewer, plan, progress).made(headers)
        next(chunks)  # what would be refused is refused now
        return Response(chunks, headers=headers)

    return taken(answer)


OPERATIONS = (DOWNLOAD,)
