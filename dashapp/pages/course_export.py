"""A course taken away: its staff choose a range and a form, and are sent one archive, with how far it is."""

from __future__ import annotations

import secrets
from typing import Any

from dash import Input, Output, State, ctx, html, no_update
from dash.development.base_component import Component

import context
from dashapp import addresses, shell
from dashapp.components import course_export_panels as panels
from dashapp.components import notices
from dashapp.components.course_export_panels import ALL, EACH, ONE, OWN, Ids
from dashapp.components.time_picker import COLLEGE
from dashapp.export_choices import with_progress
from dashapp.wiring import Wiring
from domain import zones
from domain.course_exports import CourseExport, Preset
from domain.downloads import EVERYTHING, Shape, binned_from
from domain.errors import Forbidden, Invalid, NotFound
from domain.selection import Range
from models import course_exports, progress
from models.course_exports import Outline

PATH = "/courses/<course>/export"
TITLE = "Export · Labfeed"

GIVEN_UP_AFTER = 30
"""Looks after which what never began is waited for no longer."""

wire = Wiring()


def exists(pathname: str) -> bool:
    """Whether the address names a course whose staff this viewer is of."""
    try:
        context.store().ask(course_exports.taught, context.viewer(), course_id_in(pathname))
    except (NotFound, Forbidden):
        return False
    return True


def course_id_in(pathname: str) -> int:
    """7 of `/courses/7/export`. Raises NotFound for any other address."""
    return addresses.number_in(PATH, pathname)


def layout(**_address: str) -> html.Div:
    return panels.skeleton()


@wire(
    Output(Ids.HEAD, "children"),
    Output(Ids.SECTION, "options"),
    Output(Ids.SECTION, "value"),
    Output(Ids.SECTIONS, "hidden"),
    Output(Ids.FRAME, "hidden"),
    Output(Ids.NOTHING, "children"),
    Input(shell.Ids.ADDRESS, "pathname"),
)
def draw(pathname: str) -> tuple[Any, ...]:
    try:
        shown, sections = context.store().ask(course_exports.choices, context.viewer(), course_id_in(pathname))
    except (NotFound, Forbidden) as absent:
        return "", [], ALL, True, True, notices.not_found(absent.detail)
    return panels.heading(shown), panels.section_options(sections), ALL, not sections, False, []


@wire(
    Output(Ids.FAULT, "children"),
    Output(Ids.SUMMARY, "children"),
    Output(Ids.COMMANDS, "children"),
    Output(Ids.TAKE, "href"),
    Output(Ids.TAKE, "className"),
    Output(Ids.WORD, "data"),
    Input(shell.Ids.ADDRESS, "pathname"),
    Input(Ids.PRESET, "value"),
    Input(Ids.FROM, "value"),
    Input(Ids.TO, "value"),
    Input(Ids.SECTION, "value"),
    Input(Ids.SHAPE, "value"),
    Input(Ids.BIN, "value"),
    Input(Ids.ZONE, "value"),
    Input(Ids.COMMA, "value"),
    Input(Ids.EXCEL, "value"),
)
def say(pathname: str, *chosen: Any) -> tuple[Any, ...]:
    try:
        outline = fetch(course_id_in(pathname), *chosen)
    except Invalid as refused:
        return panels.refusal(refused), panels.nothing(), "", None, panels.TAKE_LOOKS + " disabled", None
    word = secrets.token_urlsafe(18)
    return build(outline, word)


@wire(
    Output(Ids.PROGRESS, "children"),
    Output(Ids.BEAT, "disabled"),
    Output(Ids.BEAT, "n_intervals"),
    Input(Ids.TAKE, "n_clicks"),
    Input(Ids.BEAT, "n_intervals"),
    State(Ids.WORD, "data"),
    State(shell.Ids.ADDRESS, "pathname"),
    prevent_initial_call=True,
)
def follow(clicks: int | None, beats: int | None, word: str | None, pathname: str) -> tuple[Any, ...]:
    course_id = course_id_in(pathname)
    context.store().ask(course_exports.taught, context.viewer(), course_id)
    if not clicks or not word:
        return no_update, True, no_update
    if ctx.triggered_id == Ids.TAKE:
        return panels.starting(), False, 0
    found = context.store().ask(progress.of_course, context.viewer(), course_id, word)
    if found is None:
        has_given_up = (beats or 0) > GIVEN_UP_AFTER
        return [] if has_given_up else no_update, has_given_up, no_update
    return panels.progress_bar(found), found.is_over, no_update


def fetch(course_id: int, *chosen: Any) -> Outline:
    """What would be taken. Raises NotFound, Forbidden, Invalid."""
    store, viewer, now = context.store(), context.viewer(), context.now()
    shown = store.ask(course_exports.taught, viewer, course_id)
    export = chosen_export(course_id, now, shown.course.created_at, context.college_zone(), *chosen)
    return store.ask_long(course_exports.outline, viewer, export, now)


def chosen_export(
    course_id: int,
    now: int,
    began_at: int,
    own_zone: str,
    preset: str,
    start: str | None,
    end: str | None,
    section: str,
    shape: str,
    width: str,
    zone: str,
    has_comma: bool | None,
    is_for_excel: bool | None,
) -> CourseExport:
    """What the form says. Raises Invalid."""
    of_zone = zones.zone_named(own_zone if zone == COLLEGE else zone)
    if preset == OWN:
        range_ = Range((start or "").strip() or EVERYTHING.start, (end or "").strip() or EVERYTHING.end)
    else:
        range_ = (Preset(preset) if preset in set(Preset) else Preset.DAYS).range(now, of_zone, began_at)
    return CourseExport(
        course_id,
        "" if section == ALL else section.removeprefix(ONE),
        range_,
        None if of_zone.key == zones.WORLD else of_zone.key,
        Shape.TIDY if shape == Shape.TIDY else Shape.WIDE,
        binned_from("" if width == EACH else width, ""),
        decimal_comma=bool(has_comma),
        for_excel=bool(is_for_excel),
    )


def build(outline: Outline, word: str) -> tuple[list[Component], list[Component], str, str, str, str]:
    """What is said of it, and where it is had."""
    href = with_progress(outline.export.address, word)
    return [], panels.summary(outline), panels.commands(context.origin(), outline), href, panels.TAKE_LOOKS, word
