"""The channels of a course as a list, live as far as words go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.age import ago
from dashapp.components.course_cards import place_words
from dashapp.components.forms import button, table
from dashapp.components.icons import icon
from dashapp.components.notices import empty_state
from dashapp.components.status import status_chip
from domain.channels import Channel, Overview
from domain.courses import CourseShown

HEAD = ("Channel", "Section and team", "Status", "Last heard")
STAFF_HEAD = (*HEAD, "Owners", "")


def out_id(channel_id: Any) -> dict[str, Any]:
    """The id of the button that takes a channel out of its course."""
    return {"course-channel": "out", "of": channel_id}


def course_channels(
    shown: CourseShown, found: Sequence[Overview], owners: Mapping[int, Sequence[str]], now: int
) -> Component:
    """The channels; staff see besides who owns each, and may take out what people placed by hand."""
    if not found:
        return _empty(shown)
    rows = [_row(one, now) + (_for_staff(one.channel, owners) if shown.is_taught else []) for one in found]
    classes = ["lf-list-quiet" if one.channel.archived_at else "" for one in found]
    return table("Channels of the course", STAFF_HEAD if shown.is_taught else HEAD, rows, row_classes=classes)


def own_team(shown: CourseShown) -> list[Component]:
    """The way to the channel of one's own team."""
    if not (shown.section or shown.team):
        return []
    place = html.Span(place_words(shown.section, shown.team))
    if shown.team_channel_id is None:
        return [html.Div([icon("people"), place], className="lf-own-team")]
    href = f"/channels/{shown.team_channel_id}"
    words = html.Span([html.Span("Your team", className="lf-sub"), place], className="lf-own-team-words")
    return [dcc.Link([icon("broadcast"), words, icon("arrow-right")], href=href, className="lf-own-team")]


def _row(one: Overview, now: int) -> list[Any]:
    heard = one.pulse.last_received_at
    return [
        dcc.Link(one.channel.name, href=f"/channels/{one.channel.slug}", className="lf-course-channel"),
        place_words(one.channel.section, one.channel.team),
        status_chip(one.pulse, now),
        "never" if heard is None else ago(heard, now),
    ]


def _for_staff(channel: Channel, owners: Mapping[int, Sequence[str]]) -> list[Any]:
    names = owners.get(channel.id, ())
    out = button(out_id(channel.id), "Take out", "box-arrow-up", is_small=True)
    return [
        ", ".join(names) if names else html.Span("nobody yet", className="lf-sub"),
        html.Div([] if channel.team else out, className="lf-actions"),
    ]


def _empty(shown: CourseShown) -> Component:
    sentence = "The channels of your course appear here once your teacher has uploaded the teams."
    if shown.is_taught:
        sentence = "Upload a roster that names teams: each team gets a channel of its own, and they all stand here."
    return empty_state("broadcast", "No channel in this course yet", sentence)
