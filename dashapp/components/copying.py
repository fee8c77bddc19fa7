"""Putting a text into the clipboard, by mouse and by keyboard alike."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.attributes import aria
from dashapp.components.boards.place import LOOPBACK
from dashapp.components.icons import icon


def may_copy(origin: str) -> bool:
    """Whether browsers let pages of this server copy: where they come by HTTPS, or from the same machine."""
    came_from = urlsplit(origin)
    return came_from.scheme == "https" or (came_from.hostname or "") in LOOPBACK


def copy_button(name: str, **what: Any) -> dcc.Clipboard:
    """A button that copies and says so; `what`: `content` (the text) or `target_id` (of the component that holds it).

    `name` says what it copies, for those who do not see where it stands.
    """
    return dcc.Clipboard(
        _face("Copy", "clipboard", name), copied_children=_face("Copied", "check-lg", name), className="lf-copy", **what
    )


def copy_corner(name: str, **what: Any) -> dcc.Clipboard:
    """The same as a picture alone, in the upper corner of what holds it."""
    return dcc.Clipboard(
        html.Button(icon("clipboard"), type="button", title=f"Copy {name}", **aria(label=f"Copy {name}")),
        copied_children=html.Button(icon("check-lg"), type="button", **aria(label="Copied")),
        className="lf-copy-corner",
        **what,
    )


def _face(words: str, picture: str, name: str) -> Component:
    """Dash's control is no button, so it holds one: what is pressed there reaches the control."""
    shown = [icon(picture), html.Span(words)]
    return html.Button(shown, className="btn lf-button lf-button-small", type="button", **aria(label=f"{words} {name}"))
