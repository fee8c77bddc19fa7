"""The code of a board: what to do, the pieces to copy, and what is seen when it works."""

from __future__ import annotations

from typing import Any

from dash import html

from dashapp.components.attributes import aria
from dashapp.components.boards import Code, File
from dashapp.components.copying import copy_button


def block_id(place: int) -> dict[str, Any]:
    return {"code": "block", "of": place}


def code_blocks(code: Code, *, may_copy: bool, first: int = 0) -> list[html.Div | html.Ol | html.P]:
    """All of a board's code. Browsers let a page copy only where it came by HTTPS, or from this very machine.

    The blocks are numbered from `first` on: a number stands once on a page.
    """
    return [
        html.Ol([html.Li(step) for step in code.steps], className="lf-steps"),
        *(_piece(file, place, may_copy) for place, file in enumerate(code.files, first)),
        html.P([html.Strong("What you should see: "), code.sees], className="lf-sees"),
    ]


def _piece(file: File, place: int, may_copy: bool) -> html.Div:
    tool = (
        copy_button(file.name, target_id=block_id(place))
        if may_copy
        else html.Span("Click the code to select all of it, then Ctrl+C", className="lf-panel-note")
    )
    looks = ("" if may_copy else "lf-code-whole", "lf-code-wraps" if file.wraps else "")
    text = html.Pre(
        html.Code(file.text),
        id=block_id(place),
        tabIndex="0",
        className=" ".join(filter(None, looks)),
        **aria(label=file.name),
        role="region",
    )
    head = html.Div([html.H3(file.name), tool], className="lf-piece-head")
    note = [html.P(file.note, className="lf-panel-note")] if file.note else []
    return html.Div([head, *note, html.Div(text, className="lf-code")], className="lf-piece")
