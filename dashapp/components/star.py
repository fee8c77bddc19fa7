"""The star: a channel one wants to find again, on its card and on its page."""

from __future__ import annotations

from typing import Any

from dash import html

from dashapp.components.attributes import aria
from dashapp.components.icons import icon_class


def star_id(channel_id: Any) -> dict[str, Any]:
    """The id of a channel's star; there is one on a page."""
    return {"star": "channel", "of": channel_id}


def star_button(channel_id: int, name: str, is_starred: bool) -> html.Button:
    """A button that gives and takes away, for those who are signed in; `dashapp.starring` hears it."""
    label = {"aria-label": f"Star {name}"}
    return html.Button(id=star_id(channel_id), type="button", n_clicks=0, **star_looks(is_starred), **label)  # type: ignore[arg-type]


def star_looks(is_starred: bool) -> dict[str, Any]:
    """What on the button tells whether the channel has a star."""
    picture = icon_class("star-fill" if is_starred else "star")
    said = {"className": f"lf-star {picture} {'lf-starred' if is_starred else ''}".strip()}
    return said | aria(pressed="true" if is_starred else "false")
