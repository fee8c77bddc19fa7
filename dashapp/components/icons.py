"""Icons from Bootstrap's icon font: decoration beside a word, silent for screen readers."""

from __future__ import annotations

from dash import html

from dashapp.components.attributes import aria


def icon(name: str) -> html.I:
    """The icon of that name, https://icons.getbootstrap.com."""
    return html.I(className=f"bi bi-{name}", **aria(hidden="true"))
