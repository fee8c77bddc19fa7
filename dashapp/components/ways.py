"""Links to other views of the same page: what is chosen becomes the address."""

from __future__ import annotations

from typing import Any

from dash import ctx, dcc, html
from dash.development.base_component import Component
from dash.exceptions import MissingCallbackContextException

from dashapp.components.attributes import aria

ON = "lf-way-on"


def way(parts: list[Component | str], query: str, kind: str, *, is_on: bool = False, **more: Any) -> dcc.Link:
    """A link to the same page with another query string; one that leads to what is shown already says so."""
    said: list[Component | str] = [html.Span(" (chosen)", className="visually-hidden")] if is_on else []
    return dcc.Link([*parts, *said], href=query or "?", className=f"{kind} {ON}" if is_on else kind, **more)


def way_here(
    parts: list[Component | str],
    query: str,
    kind: str,
    place: tuple[str, int],
    *,
    is_on: bool,
    follows: tuple[str, int] | None = None,
    **more: Any,
) -> html.Button:
    """The same as a button: whoever presses it stays where they have scrolled to.

    `place`: the group it stands in, and its place there. What is drawn anew loses the focus: the button that was
    pressed for it takes it up again, or the one that `follows` it, where it goes when it is pressed. Better still it
    is drawn once and then changed by `way_props`.
    """
    return html.Button(
        parts,
        id=way_id(place),
        type="button",
        n_clicks=0,
        autoFocus=was_pressed(follows or place),
        **way_props(query, kind, is_on=is_on),
        **more,
    )


def was_pressed(place: tuple[str, int]) -> bool:
    """Whether it is this button that was pressed for what is now being drawn."""
    try:
        return bool(ctx.triggered_id == way_id(place))
    except (LookupError, MissingCallbackContextException):  # drawn outside of callbacks, by the live path
        return False


def way_id(place: tuple[str, Any]) -> dict[str, Any]:
    return {"way": place[0], "to": place[1]}


def way_props(query: str, kind: str, *, is_on: bool) -> dict[str, Any]:
    """Where such a button leads, and whether that is what is shown."""
    pressed = aria(pressed="true" if is_on else "false")
    return {"value": query, "className": f"{kind} {ON}" if is_on else kind, **pressed}
