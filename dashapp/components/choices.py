"""Controls that every page has: which theme."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import html

from dashapp.components.attributes import aria
from dashapp.components.icons import icon

THEMES = {"system": ("circle-half", "Like the system"), "light": ("sun", "Light"), "dark": ("moon-stars", "Dark")}


def theme_switch(switch_id: str, *, keeps: bool = True) -> html.Div:
    """Light, dark, or like the system. The choice is read by the style sheet and (`keeps`) remembered by the browser:
    no callback, no flash of the other theme when a page opens."""
    options = [
        {"label": [icon(name), html.Span(words, className="visually-hidden")], "value": theme}
        for theme, (name, words) in THEMES.items()
    ]
    return html.Div(
        dbc.RadioItems(
            id=switch_id,
            options=options,
            value="system",
            class_name="lf-segments",
            input_class_name="lf-segment-input",
            label_class_name="lf-segment",
            persistence=keeps,
            persistence_type="local",
        ),
        className="lf-theme",
        role="group",
        **aria(label="Theme"),
    )
