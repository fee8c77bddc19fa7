"""What leads to channels from every page, in the top bar: the course switch and the search; both lead to the wall."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import dash_bootstrap_components as dbc
from dash import html

from dashapp.components.attributes import aria
from dashapp.components.icons import icon
from domain.courses import Course, CourseShown
from domain.wall_selection import MOST_SEARCH_CHARS, WallSelection

EVERY_COURSE = "All courses"


def course_place(place_id: str) -> html.Div:
    """Where the switch stands for those who are in a course."""
    return html.Div(id=place_id, className="lf-courses-place")


def running(shown: Iterable[CourseShown]) -> list[Course]:
    """The courses that are not archived."""
    return [each.course for each in shown if each.course.archived_at is None]


def course_switch(courses: Sequence[Course], selection: WallSelection) -> dbc.DropdownMenu | None:
    """All courses of somebody, each a way to the wall; None where they are in none."""
    if not courses:
        return None
    chosen = next((course.naming.code for course in courses if course.id == selection.course_id), None)
    label = [icon("mortarboard"), html.Span(chosen or EVERY_COURSE, className="lf-cut" if chosen else "lf-any-course")]
    items = [_item(EVERY_COURSE, selection.but(course_id=None), chosen is None)]
    items += [
        _item(course.naming.words, selection.but(course_id=course.id), course.id == selection.course_id)
        for course in courses
    ]
    return dbc.DropdownMenu(
        items,
        label=label,
        color="light",
        class_name="lf-menu lf-finder",
        toggle_class_name="lf-button lf-finder-button",
    )


def _item(words: str, selection: WallSelection, is_chosen: bool) -> dbc.DropdownMenuItem:
    return dbc.DropdownMenuItem(words, href=selection.address, active=is_chosen, class_name="lf-menu-item")


def search_field(field_id: str) -> html.Div:
    """One line to search with; Enter searches."""
    return html.Div(
        [
            icon("search"),
            dbc.Label("Search channels", html_for=field_id, class_name="visually-hidden"),
            dbc.Input(
                id=field_id,
                type="search",
                value="",
                placeholder="Search channels",
                maxlength=MOST_SEARCH_CHARS,
                autocomplete="off",
                class_name="lf-input lf-search-input",
            ),
        ],
        className="lf-search",
        role="search",
        **aria(label="Channels"),
    )
