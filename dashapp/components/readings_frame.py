"""The skeleton of the table of readings: its head, what is not saved yet, the grid's frame, and ways between pages."""

from __future__ import annotations

from enum import StrEnum

import dash_bootstrap_components as dbc
from dash import dcc, html

from dashapp.components.attributes import aria
from dashapp.components.forms import Tone, button


class Ids(StrEnum):
    NOTE = "table-note"
    TOOLS = "table-tools"
    EDIT = "table-edit"
    DELETE = "table-delete"
    BAR = "table-bar"
    CHANGES = "table-changes"
    SAVE = "table-save"
    UNDO = "table-undo"
    FRAME = "table-frame"
    WAYS = "table-ways"
    NEWEST = "table-newest"
    NEWER = "table-newer"
    OLDER = "table-older"
    WHERE = "table-where"
    VIEW = "table-view"
    PLACE = "table-place"
    SEEN = "table-seen"
    DRAFTS = "table-drafts"


def readings_frame() -> html.Div:
    """The skeleton. VIEW is what the table is of, PLACE which page of it, SEEN what stands on that, DRAFTS what an
    editor wrote and has not saved."""
    head = [html.H2("Readings"), html.Span(id=Ids.NOTE, className="lf-panel-note"), _tools()]
    return html.Div(
        [
            html.Div(head, className="lf-panel-head lf-readings-head"),
            _bar(),
            html.Div(
                html.P("Fetching the readings …", className="lf-readings-none"),
                id=Ids.FRAME,
                className="lf-readings-frame",
            ),
            _ways(),
            *(dcc.Store(id=each, data={}) for each in (Ids.VIEW, Ids.PLACE, Ids.SEEN, Ids.DRAFTS)),
        ],
        className="lf-readings",
    )


def _tools() -> html.Div:
    parts = [
        dbc.Switch(id=Ids.EDIT, label="Correct readings", value=False, class_name="lf-toggle"),
        button(Ids.DELETE, "Delete selected rows", "trash3", Tone.DANGER, is_small=True),
    ]
    return html.Div(parts, id=Ids.TOOLS, className="lf-tools", hidden=True)


def _bar() -> html.Div:
    """What was written and is not saved yet."""
    ways = [
        button(Ids.SAVE, "Save", "check-lg", Tone.MAIN, is_small=True),
        button(Ids.UNDO, "Leave as it was", "arrow-counterclockwise", is_small=True),
    ]
    words = html.Div(id=Ids.CHANGES, className="lf-readings-changes", **aria(live="polite"))
    return html.Div(
        [words, html.Div(ways, className="lf-actions")], id=Ids.BAR, className="lf-readings-bar", hidden=True
    )


def _ways() -> html.Div:
    parts = [
        button(Ids.NEWEST, "Newest", "chevron-bar-left", is_small=True),
        button(Ids.NEWER, "Newer", "chevron-left", is_small=True),
        html.Span(id=Ids.WHERE, className="lf-readings-where", **aria(live="polite")),
        button(Ids.OLDER, "Older", "chevron-right", is_small=True),
    ]
    return html.Div(parts, id=Ids.WAYS, className="lf-readings-ways", hidden=True, role="group", **aria(label="Pages"))
