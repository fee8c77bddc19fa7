"""The ways to look at what is in view, below a channel's chart."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashapp.components.attributes import aria
from dashapp.components.icons import icon
from dashapp.components.ways import way_here, way_id, way_props
from dashapp.lenses.registry import LENSES, Lens
from domain.channels import Channel
from domain.selection import Selection

KIND = "lf-tab nav-link"


def tabs() -> html.Div:
    """A tab for each lens, before it is known which have something to say about the channel."""
    buttons = [_tab(lens, place) for place, lens in enumerate(LENSES)]
    return html.Div(buttons, className="nav lf-tabs lf-lens-tabs", role="group", **aria(label="What is in view"))


def all_parts() -> list[Component]:
    """Tabs and panels, before anything is drawn."""
    return [tabs(), *panels()]


def panel_id(lens: Lens) -> dict[str, str]:
    return {"lens": lens.NAME, "part": "frame"}


def panels() -> list[html.Section]:
    """The skeletons of all lenses; the page shows one."""
    return [
        html.Section(
            lens.layout(), id=panel_id(lens), hidden=True, className="lf-panel lf-lens", **aria(label=lens.LABEL)
        )
        for lens in LENSES
    ]


def openings(channel: Channel, selection: Selection) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Which tabs are offered and which panel is seen, as changes of the page."""
    seen: list[Any] = [(panel_id(lens), {"hidden": selection.lens != lens.NAME}) for lens in LENSES]
    offered = [(way_id(("lens", place)), _tab_props(lens, channel, selection)) for place, lens in enumerate(LENSES)]
    return [*seen, *offered]


def _tab(lens: Lens, place: int) -> html.Button:
    parts: list[Component | str] = [icon(lens.PICTURE), html.Span(lens.LABEL)]
    return way_here(parts, "", KIND, ("lens", place), is_on=False)


def _tab_props(lens: Lens, channel: Channel, selection: Selection) -> dict[str, Any]:
    is_on = selection.lens == lens.NAME
    return {"hidden": not lens.applies(channel), **way_props(selection.but(lens=lens.NAME).query, KIND, is_on=is_on)}
