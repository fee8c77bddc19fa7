"""The button that opens the export drawer: it stands beside whatever shows readings."""

from __future__ import annotations

from typing import Any

from dash import html

from dashapp.components.icons import icon


def open_id(where: Any) -> dict[str, Any]:
    """The id of a button that opens the drawer; `where` it stands."""
    return {"export": "open", "from": where}


def open_button(where: str, words: str = "Export", kind: str = "btn lf-button") -> html.Button:
    """A button that opens the drawer."""
    shown = [icon("download"), html.Span(words)]
    return html.Button(shown, id=open_id(where), type="button", n_clicks=0, className=f"{kind} lf-take-button")
