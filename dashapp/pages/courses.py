"""My courses: those somebody learns or teaches in, and for teachers the way to start one."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from dash import Input, Output, State, dcc, html, no_update, set_props

import context
from dashapp import shell
from dashapp.components.course_cards import counted, course_cards
from dashapp.components.faults import fault, said
from dashapp.components.forms import Tone, button, panel, text_field
from dashapp.components.notices import skeleton_page
from dashapp.wiring import Wiring
from domain.courses import MOST_CODE_CHARS, MOST_TERM_CHARS, Course, CourseShown, naming_of
from domain.errors import Conflict, Invalid
from models import courses

PATH = "/courses"
TITLE = "Courses · Labfeed"


class Ids(StrEnum):
    LIST = "courses-list"
    SUMMARY = "courses-summary"
    TOOLS = "courses-tools"
    NEW = "courses-new"
    FORM = "courses-form"
    CODE = "courses-code"
    NAME = "courses-title"
    TERM = "courses-term"
    MAKE = "courses-make"
    CANCEL = "courses-cancel"
    FAULT = "courses-fault"
    GO = "courses-go"


wire = Wiring()


def layout(**_address: str) -> html.Div:
    return html.Div(
        [
            html.Div(
                [
                    html.Div(
                        [html.H1("Courses"), html.P("", id=Ids.SUMMARY, className="lf-sub")], className="lf-head-words"
                    ),
                    html.Div(
                        button(Ids.NEW, "New course", "plus-lg", Tone.MAIN),
                        id=Ids.TOOLS,
                        className="lf-tools",
                        hidden=True,
                    ),
                ],
                className="lf-head",
            ),
            html.Div(_form(), id=Ids.FORM, hidden=True),
            html.Div(skeleton_page(), id=Ids.LIST),
            dcc.Location(id=Ids.GO, refresh="callback-nav"),
        ],
        className="lf-page lf-courses-page",
    )


@wire(
    Output(Ids.LIST, "children"),
    Output(Ids.SUMMARY, "children"),
    Output(Ids.TOOLS, "hidden"),
    Input(shell.Ids.ADDRESS, "pathname"),
)
def draw(_pathname: str) -> tuple[Any, ...]:
    found, may_make = fetch()
    return course_cards(found, may_make=may_make), _summary(found), not may_make


@wire(
    Output(Ids.FORM, "hidden"),
    Input(Ids.NEW, "n_clicks"),
    Input(Ids.CANCEL, "n_clicks"),
    State(Ids.FORM, "hidden"),
    prevent_initial_call=True,
)
def open_form(_news: int | None, _cancels: int | None, is_hidden: bool) -> bool:
    return not is_hidden


@wire(
    Output(Ids.GO, "pathname"),
    Input(Ids.MAKE, "n_clicks"),
    Input(Ids.TERM, "n_submit"),
    State(Ids.CODE, "value"),
    State(Ids.NAME, "value"),
    State(Ids.TERM, "value"),
    prevent_initial_call=True,
)
def make(clicks: int | None, submits: int | None, *written: str | None) -> Any:
    if not clicks and not submits:
        return no_update
    try:
        made = start(*written)
    except (Invalid, Conflict) as refused:
        faults = said(refused)
        set_props(Ids.FAULT, {"children": [fault(sentence) for sentence in faults.values()]})
        return no_update
    return f"/courses/{made.id}"


def start(*written: str | None) -> Course:
    """The course, made of code, title and term. Raises Invalid, Conflict, Forbidden."""
    naming = naming_of(*(words or "" for words in written))
    return context.store().tell(courses.make, context.actor(), context.college(), naming)


def fetch() -> tuple[list[CourseShown], bool]:
    """The viewer's courses, and whether they may start one."""
    found = context.store().ask(courses.of_person, context.viewer())
    return found, context.college().may_teach(context.person())


def _summary(found: list[CourseShown]) -> str:
    over = sum(one.course.archived_at is not None for one in found)
    return counted(len(found) - over, "course") if found else ""


def _form() -> html.Section:
    fields = [
        text_field(Ids.CODE, "Code", hint="As people call it.", placeholder="ENGR114", most_chars=MOST_CODE_CHARS),
        text_field(Ids.NAME, "Title", placeholder="Measuring and control"),
        text_field(Ids.TERM, "Term", placeholder="2026 autumn", most_chars=MOST_TERM_CHARS),
    ]
    actions = [button(Ids.MAKE, "Make the course", "check-lg", Tone.MAIN), button(Ids.CANCEL, "Cancel")]
    return panel(
        "New course",
        html.Div(fields, className="lf-fields lf-course-fields"),
        html.Div(id=Ids.FAULT),
        html.Div(actions, className="lf-actions"),
        note="You become its first staff. The roster comes next.",
    )
