"""Courses as cards: what one is in each, and the way to one's team."""

from __future__ import annotations

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.forms import link_button
from dashapp.components.icons import icon, icon_class
from dashapp.components.notices import empty_state
from domain.courses import CourseShown
from domain.roles import Part

PARTS = {
    Part.STUDENT: ("Student", "mortarboard"),
    Part.STAFF: ("Staff", "person-workspace"),
    None: ("Admin", "shield-check"),
}
"""What one is in a course, and its picture."""


def course_cards(found: Sequence[CourseShown], *, may_make: bool) -> list[Component]:
    """The courses; those that are over come last, under a heading of their own."""
    if not found:
        return [_empty(may_make)]
    over = [one for one in found if one.course.archived_at is not None]
    current = [one for one in found if one.course.archived_at is None]
    shown: list[Component] = [html.Div([_card(one) for one in current], className="lf-courses")] if current else []
    if over:
        cards = html.Div([_card(one) for one in over], className="lf-courses lf-courses-over")
        shown += [html.H2("Archived", className="lf-courses-heading"), cards]
    return shown


def heading(shown: CourseShown) -> html.Div:
    """What the course is called, and what one is in it."""
    naming = shown.course.naming
    back = dcc.Link([icon("arrow-left"), "Courses"], href="/courses", className="lf-back")
    marks = [part_mark(shown)]
    if shown.course.archived_at is not None:
        marks.append(html.Span("Archived", className="lf-badge bi-archive lf-part"))
    counts = [naming.title, counted(shown.students, "student"), counted(shown.channels, "channel")]
    title = html.Div([html.H1(naming.words), *marks], className="lf-title-line")
    words = [back, title, html.P("\N{NO-BREAK SPACE}· ".join(filter(None, counts)), className="lf-sub")]
    tools = [link_button("Export", f"/courses/{shown.course.id}/export", "download")] if shown.is_taught else []
    return html.Div(
        [html.Div(words, className="lf-head-words"), html.Div(tools, className="lf-tools")], className="lf-head"
    )


def part_mark(shown: CourseShown) -> html.Span:
    """What one is in the course."""
    words, picture = PARTS[shown.part]
    return html.Span(words, className=f"lf-badge {icon_class(picture)} lf-part")


def counted(number: int, one: str, many: str = "") -> str:
    """`1 student`, `3 students`."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def place_words(section: str, team: str) -> str:
    """`Section A · Otter`."""
    return " · ".join(words for words in (f"Section {section}" if section else "", team) if words)


def _card(shown: CourseShown) -> html.Article:
    course = shown.course
    counts = [counted(shown.students, "student"), counted(shown.channels, "channel")]
    return html.Article(
        [
            html.Div(
                [html.Span(course.naming.term or "No term", className="lf-sub"), part_mark(shown)],
                className="lf-course-top",
            ),
            html.H2(dcc.Link(course.naming.code, href=f"/courses/{course.id}", className="lf-course-link")),
            html.P(course.naming.title, className="lf-course-title"),
            _team(shown),
            html.P(" · ".join(counts), className="lf-course-counts"),
        ],
        className="lf-course-card",
    )


def _team(shown: CourseShown) -> html.Div:
    """Where one belongs, and the way to the team's channel."""
    place = place_words(shown.section, shown.team)
    if shown.team_channel_id is None:
        return html.Div(place, className="lf-course-team")
    way = dcc.Link(
        [icon("broadcast"), html.Span(place)], href=f"/channels/{shown.team_channel_id}", className="lf-course-way"
    )
    return html.Div(way, className="lf-course-team")


def _empty(may_make: bool) -> Component:
    sentence = "Your courses appear here as soon as a teacher puts you on their roster, with the channel of your team."
    if may_make:
        sentence = (
            "Start a course and upload its roster: each team finds its own channel waiting, and you see them all."
        )
    return empty_state("mortarboard", "No course yet", sentence)
