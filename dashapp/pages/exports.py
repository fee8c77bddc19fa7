"""Courses that somebody teaches, each with the way to its export."""

from __future__ import annotations

from enum import StrEnum

from dash import Input, Output, dcc, html
from dash.development.base_component import Component

import context
from dashapp import shell
from dashapp.components.forms import link_button, page_head, panel, table
from dashapp.components.notices import empty_state, skeleton_page
from dashapp.wiring import Wiring
from domain.courses import CourseShown
from models import courses

PATH = "/exports"
TITLE = "Exports · Labfeed"

HEAD = ("Course", "Channels", "Students", "")

wire = Wiring()


class Ids(StrEnum):
    LIST = "exports-list"


def layout(**_address: str) -> html.Div:
    head = page_head("Exports", "All channels of a course as one archive, for those who teach it.")
    return html.Div([head, html.Div(skeleton_page(), id=Ids.LIST)], className="lf-page")


@wire(Output(Ids.LIST, "children"), Input(shell.Ids.ADDRESS, "pathname"))
def draw(_pathname: str) -> Component:
    return build([one for one in context.store().ask(courses.of_person, context.viewer()) if one.is_taught])


def build(found: list[CourseShown]) -> Component:
    """The list; archived courses come last."""
    if not found:
        sentence = "What you teach can be taken away here. Of a channel of yours, use Export on its own page."
        return empty_state("download", "You teach no course", sentence)
    classes = ["lf-list-quiet" if one.course.archived_at is not None else "" for one in found]
    return panel("Courses", table("Courses you teach", HEAD, map(_row, found), row_classes=classes))


def _row(one: CourseShown) -> list[Component | str]:
    course = one.course
    way = link_button("Export", f"/courses/{course.id}/export", "download")
    return [
        dcc.Link(course.naming.words, href=f"/courses/{course.id}", className="lf-course-channel"),
        str(one.channels),
        str(one.students),
        html.Div(way, className="lf-actions"),
    ]
