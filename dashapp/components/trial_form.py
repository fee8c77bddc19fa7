"""The form that sends one test reading from a page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.boards.place import Place
from dashapp.components.boards.samples import samples
from dashapp.components.forms import field
from dashapp.components.icons import icon
from domain.channels import Channel
from domain.errors import LabfeedError
from domain.readings import Kind

UNNAMED = 0
"""Stands in an id for the feed that the first reading makes."""


def value_id(feed: int | Any) -> dict[str, Any]:
    return {"code": "value", "of": feed}


def fields(channel: Channel, place: Place) -> list[Component]:
    """A control for each feed that the code shows, with a value to begin with."""
    known = {feed.name: feed for feed in channel.feeds}
    if not known and not channel.accepts_new_feeds:
        way = dcc.Link("Add one in the settings", href=f"/channels/{channel.slug}/settings")
        return [html.P(["This channel has no feeds and takes none from boards. ", way, "."], className="lf-sub")]
    controls = []
    for sample in samples(place):
        feed = known.get(sample.name)
        label = f"{feed.label}, {feed.unit}" if feed and feed.unit else sample.name
        control = dbc.Input(
            id=value_id(feed.id if feed else UNNAMED),
            value=str(sample.example),
            maxlength=200,
            inputmode="decimal" if feed is None or feed.kind is Kind.NUMBER else "text",
            class_name="lf-input",
        )
        controls.append(field(label, control))
    return [html.Div(controls, className="lf-trial-fields")]


def message(channel: Channel, place: Place, ids: Sequence[int], values: Sequence[str | None]) -> bytes:
    """What was written into the form as a board would send it; what was left empty is left out."""
    names = {feed.id: feed.name for feed in channel.feeds} | {UNNAMED: samples(place)[0].name}
    written = {names[feed_id]: value for feed_id, value in zip(ids, values, strict=True) if value and feed_id in names}
    return json.dumps(written).encode()


def stored(count: int) -> list[Component]:
    return [icon("check-circle-fill"), html.Span(f"Stored: {count} value{'' if count == 1 else 's'}.")]


def refused(error: LabfeedError) -> list[Component]:
    """Why it was refused, and the cure."""
    return [icon("x-circle-fill"), html.Span([error.detail, *([" ", error.hint] if error.hint else [])])]
