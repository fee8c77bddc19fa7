"""Keys on the page: masked until somebody wants to see them, copied with one press."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashapp.components.attributes import aria
from dashapp.components.copying import copy_button

MASK = "•" * 16


def hidden_secret(written: str, called: str, *, is_open: bool = False) -> list[Component]:
    """Shown and hidden by HTML alone; what is called `called` is read out so."""
    mask = html.Code(MASK, className="lf-mono lf-secret-mask", **aria(hidden="true"))
    words = [html.Span("Show", className="lf-secret-show"), html.Span("Hide", className="lf-secret-hide")]
    summary = html.Summary([mask, *words], title=f"Show or hide {called}", **aria(label=f"Show or hide {called}"))
    return [
        html.Details(summary, open=is_open, className="lf-secret"),
        html.Code(written, className="lf-mono lf-secret-written"),
        copy_button(called, content=written),
    ]
