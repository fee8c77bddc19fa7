"""Icons from Bootstrap's icon font: decoration beside a word, silent for screen readers."""

from __future__ import annotations

from dash import html

from dashapp.components.attributes import aria


def icon_class(name: str) -> str:
    """The class that puts the icon before an element's own words, without an element of its own."""
    return f"bi-{name}"


def icon(name: str) -> html.I:
    """The icon of that name, https://icons.getbootstrap.com."""
    return html.I(className=f"bi bi-{name}", **aria(hidden="true"))
