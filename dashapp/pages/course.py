"""One course: its channels for all who are in it; for its staff the roster, its history, and what it is called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dash import Input, Output, State, ctx, html, no_update, set_props
from dash.dependencies import ALL
from dash.development.base_component import Component

import context
from dashapp import addresses, shell
from dashapp import roster_uploads as uploads
from dashapp.components import course_cards, course_list, course_panels, notices, roster_panels, stored_summary
from dashapp.components.course_panels import Ids
from dashapp.components.faults import fault, said
from dashapp.components.icons import icon
from dashapp.wiring import Wiring
from domain.channels import Channel, Overview
from domain.courses import CourseShown, Enrolment, naming_of
from domain.errors import Conflict, Forbidden, Invalid, NotFound, TooLarge
from domain.roster_files import parse
from models import course_channels, courses, rosters, storage
from models.rosters import Application
from models.storage import Held

PATH = "/courses/<course>"
TITLE = "Course · Labfeed"

NO_PREVIEW: tuple[Any, ...] = ([], True, None)

wire = Wiring()


def exists(pathname: str) -> bool:
    """Whether the address names a course that this viewer is in."""
    try:
        context.store().ask(courses.find, context.viewer(), course_id_in(pathname))
    except NotFound:
        return False
    return True


def course_id_in(pathname: str) -> int:
    """7 of `/courses/7`. Raises NotFound for any other address."""
    return addresses.number_in(PATH, pathname)


def layout(**_address: str) -> html.Div:
    """The skeleton: three views, of which students have the first alone."""
    return course_panels.skeleton()


def sample() -> list[Component]:
    """The buttons that callbacks draw, one in each row."""
    applied = Application(7, "Ada Finch", 0, 1, 0, 0, None, may_be_undone=True)
    taken_out = html.Div(id=course_list.out_id(7))
    return [roster_panels.history_table([applied], 0), taken_out]


@dataclass(frozen=True, slots=True)
class Found:
    """A course's channels as one viewer may see them, and those of their own that they could add."""

    shown: CourseShown
    channels: list[Overview]
    owners: dict[int, list[str]]
    placeable: list[Channel]


@dataclass(frozen=True, slots=True)
class Book:
    """What the staff of a course see besides."""

    shown: CourseShown
    enrolments: list[Enrolment]
    history: list[Application]
    held: list[Held]


@wire(
    Output(Ids.HEAD, "children"),
    Output(Ids.TEAM, "children"),
    Output(Ids.CHANNELS, "children"),
    Output(Ids.PLACING, "hidden"),
    Output(Ids.PLACE_WHICH, "options"),
    Output(Ids.PLACE_WHICH, "value"),
    Output(Ids.VIEWS, "hidden"),
    Output(Ids.FRAME, "hidden"),
    Output(Ids.NOTHING, "children"),
    Input(shell.Ids.ADDRESS, "pathname"),
    Input(Ids.CHANGED, "data"),
    Input(Ids.AGAIN, "n_intervals"),
)
def draw(pathname: str, _changed: Any, _passed: int | None) -> tuple[Any, ...]:
    try:
        found = fetch(course_id_in(pathname))
    except NotFound as absent:
        return "", [], [], True, [], None, True, True, notices.not_found(absent.detail)
    return build(found, is_again=ctx.triggered_id == Ids.AGAIN)


@wire(
    Output(Ids.ROSTER, "children"),
    Output(Ids.SUMMARY, "children"),
    Output(Ids.HISTORY, "children"),
    Output(Ids.EXAMPLE, "children"),
    Output(Ids.CODE, "value"),
    Output(Ids.NAME, "value"),
    Output(Ids.TERM, "value"),
    Output(Ids.ARCHIVE, "children"),
    Output(Ids.STORED, "children"),
    Input(shell.Ids.ADDRESS, "pathname"),
    Input(Ids.CHANGED, "data"),
)
def draw_book(pathname: str, _changed: Any) -> tuple[Any, ...]:
    try:
        book = fetch_book(course_id_in(pathname))
    except (NotFound, Forbidden):
        return [], "", [], "", "", "", "", [], []
    return build_book(book)


@wire(
    Output(Ids.PREVIEW, "children"),
    Output(Ids.DECIDE, "hidden"),
    Output(Ids.KEPT, "data"),
    Output(Ids.UPLOAD, "contents"),
    Input(Ids.UPLOAD, "contents"),
    Input(Ids.CANCEL, "n_clicks"),
    Input(shell.Ids.ADDRESS, "pathname"),
    State(Ids.UPLOAD, "filename"),
    prevent_initial_call=True,
)
def preview(contents: str | None, _cancels: int | None, pathname: str, filename: str | None) -> tuple[Any, ...]:
    """What was uploaded is shown; it is kept as rows, and taken from the control, so that it can be chosen again."""
    if ctx.triggered_id != Ids.UPLOAD:
        return *NO_PREVIEW, no_update
    if not contents:
        return (no_update,) * 4
    name, course_id = filename or "The file", course_id_in(pathname)
    try:
        read = parse(uploads.content_of(contents), context.college())
        if read.faults:
            return roster_panels.faults_list(name, read), True, None, None
        shown = context.store().ask(rosters.preview, context.actor(), course_id, read.rows)
    except (Invalid, TooLarge) as refused:
        return roster_panels.refusal(name, refused), True, None, None
    drawn = roster_panels.preview_panel(name, read, shown)
    return drawn, shown.diff.is_empty, uploads.kept(course_id, read, shown), None


@wire(
    Input(Ids.APPLY, "n_clicks"),
    State(Ids.KEPT, "data"),
    State(shell.Ids.ADDRESS, "pathname"),
    prevent_initial_call=True,
)
def apply(clicks: int | None, kept: dict[str, Any] | None, pathname: str) -> None:
    if not clicks or not kept:
        return
    applied = uploads.apply_kept(course_id_in(pathname), kept)
    for part, value in zip((Ids.PREVIEW, Ids.DECIDE, Ids.KEPT), NO_PREVIEW, strict=True):
        set_props(part, {"hidden" if part == Ids.DECIDE else "data" if part == Ids.KEPT else "children": value})
    _done(roster_panels.told(applied))


@wire(
    Input(roster_panels.undo_id(ALL), "n_clicks"),
    State(shell.Ids.ADDRESS, "pathname"),
    prevent_initial_call=True,
)
def undo(clicks: list[int | None], pathname: str) -> None:
    if any(clicks):
        roster_id = int(ctx.triggered_id["of"])
        undone = context.store().tell(rosters.undo, context.actor(), course_id_in(pathname), roster_id)
        _done(roster_panels.told(undone, is_undone=True))


@wire(Input(course_list.out_id(ALL), "n_clicks"), prevent_initial_call=True)
def take_out(clicks: list[int | None]) -> None:
    if any(clicks):
        context.store().tell(course_channels.take_out, context.actor(), int(ctx.triggered_id["of"]))
        _done("The channel belongs to no course any more; it stays its owners'.")


@wire(
    Input(Ids.PLACE, "n_clicks"),
    State(Ids.PLACE_WHICH, "value"),
    State(shell.Ids.ADDRESS, "pathname"),
    prevent_initial_call=True,
)
def place(clicks: int | None, which: str | None, pathname: str) -> None:
    if clicks and which and which.isdecimal():
        context.store().tell(course_channels.place, context.actor(), int(which), course_id_in(pathname))
        _done("Your channel belongs to this course now.")


@wire(
    Output(Ids.FAULT, "children"),
    Input(Ids.RENAME, "n_clicks"),
    State(Ids.CODE, "value"),
    State(Ids.NAME, "value"),
    State(Ids.TERM, "value"),
    State(shell.Ids.ADDRESS, "pathname"),
    prevent_initial_call=True,
)
def rename(clicks: int | None, code: str | None, title: str | None, term: str | None, pathname: str) -> Any:
    if not clicks:
        return no_update
    try:
        naming = naming_of(code or "", title or "", term or "")
        context.store().tell(courses.change, context.actor(), course_id_in(pathname), naming)
    except (Invalid, Conflict) as refused:
        return [fault(sentence) for sentence in said(refused).values()]
    _done("Saved.")
    return []


@wire(Input(Ids.ARCHIVE, "n_clicks"), State(shell.Ids.ADDRESS, "pathname"), prevent_initial_call=True)
def archive(clicks: int | None, pathname: str) -> None:
    if clicks:
        course_id = course_id_in(pathname)
        shown = context.store().ask(courses.find, context.viewer(), course_id)
        is_archived = shown.course.archived_at is None
        context.store().tell(courses.archive, context.actor(), course_id, is_archived)
        _done("The course is in the archive." if is_archived else "The course is back among the current ones.")


@wire(
    Output(Ids.FILE, "data"),
    Input(Ids.TAKE, "n_clicks"),
    Input(Ids.TAKE_SAMPLE, "n_clicks"),
    State(shell.Ids.ADDRESS, "pathname"),
    prevent_initial_call=True,
)
def take(takes: int | None, samples: int | None, pathname: str) -> Any:
    if not takes and not samples:
        return no_update
    if ctx.triggered_id == Ids.TAKE_SAMPLE:
        return _as_file("roster-example.csv", uploads.example().encode())
    course_id = course_id_in(pathname)
    shown = context.store().ask(courses.find, context.viewer(), course_id)
    content = context.store().tell(rosters.export, context.actor(), course_id)
    name = "".join(char if char.isalnum() else "-" for char in shown.course.naming.words)
    return _as_file(f"{name}-roster.csv", content)


def fetch(course_id: int) -> Found:
    """Raises NotFound."""
    store, viewer, now = context.store(), context.viewer(), context.now()
    shown = store.ask(courses.find, viewer, course_id)
    found = store.ask(course_channels.of_course, viewer, course_id, now=now)
    owners = store.ask(course_channels.owners, viewer, [one.channel.id for one in found])
    own = [] if shown.course.archived_at else store.ask(course_channels.placeable, viewer)
    return Found(shown, found, owners, own)


def fetch_book(course_id: int) -> Book:
    """Raises NotFound, Forbidden."""
    store, viewer = context.store(), context.viewer()
    shown = store.ask(courses.taught, viewer, course_id)
    enrolled = store.ask(courses.enrolments, viewer, course_id)
    history = store.ask(rosters.history, viewer, course_id, context.now())
    return Book(shown, enrolled, history, store.ask(storage.of_course, viewer, course_id))


def build(found: Found, *, is_again: bool = False) -> tuple[Any, ...]:
    """The page; drawn again, only what changes by itself."""
    options = [{"value": str(each.id), "label": each.name} for each in found.placeable]
    listed = course_list.course_channels(found.shown, found.channels, found.owners, context.now())
    if is_again:
        return no_update, no_update, listed, *[no_update] * 5, []
    first = options[0]["value"] if options else None
    team = course_list.own_team(found.shown)
    return (
        course_cards.heading(found.shown),
        team,
        listed,
        not options,
        options,
        first,
        not found.shown.is_taught,
        False,
        [],
    )


def build_book(book: Book) -> tuple[Any, ...]:
    """What the staff's views hold."""
    naming, is_over = book.shown.course.naming, book.shown.course.archived_at is not None
    words = [icon("archive"), html.Span("Take it out of the archive" if is_over else "Archive the course")]
    return (
        roster_panels.roster_table(book.enrolments),
        roster_panels.roster_summary(book.enrolments),
        roster_panels.history_table(book.history, context.now()),
        uploads.example(),
        naming.code,
        naming.title,
        naming.term,
        words,
        stored_summary.course_storage(book.held),
    )


def _done(sentence: str) -> None:
    shell.say(sentence)
    set_props(Ids.CHANGED, {"data": context.now()})


def _as_file(name: str, content: bytes) -> dict[str, str]:
    return {"filename": name, "content": content.decode(), "type": "text/csv;charset=utf-8"}
