"""A file to choose, or to drop: a form of plain HTML, so that the browser sends the file as it reads it."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from dashapp.components.faults import fault
from dashapp.components.icons import icon
from dashapp.components.people import TOKEN_FIELD
from models.uploads import MOST_BYTES

FILE = "file"
"""The form's field."""


def file_form(control_id: str, address: str, token: str, *, label: str, takes: str, refused: str = "") -> html.Form:
    """The form; `takes`: which files. `token`: what it must carry to be taken for ours. `refused`: what was wrong."""
    control: Any = {"type": "file"}  # the browser's own, which takes what is dropped on it, too
    words = [
        html.Div(icon("cloud-arrow-up"), className="lf-drop-picture"),
        html.Strong("Drop a file here, or choose one", className="lf-import-before"),
        html.Strong("Ready to be looked at", className="lf-import-after"),
        html.Span(f"{takes}, plain or packed with gzip, up to {MOST_BYTES >> 30} GiB"),
    ]
    drop = html.Div(
        [
            html.Div(words, className="lf-import-words"),
            dbc.Label(label, html_for=control_id, class_name="visually-hidden"),
            dbc.Input(id=control_id, name=FILE, required=True, class_name="lf-import-file", **control),
        ],
        className="lf-import-drop",
    )
    send = html.Button(
        [icon("search"), html.Span("Look at it")],
        type="submit",
        name=TOKEN_FIELD,
        value=token,
        className="btn btn-primary lf-button",
    )
    return html.Form(
        [drop, *([fault(refused)] if refused else []), html.Div(send, className="lf-actions")],
        action=address,
        method="post",
        encType="multipart/form-data",
        className="lf-import-form",
    )


def reads(said: tuple[tuple[str, str], ...]) -> html.Ul:
    """What is read, as (picture, sentence)."""
    return html.Ul([html.Li([icon(picture), html.Span(words)]) for picture, words in said], className="lf-import-reads")
