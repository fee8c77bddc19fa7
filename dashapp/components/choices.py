"""Controls: which window of time, which theme, and whether the page follows."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import html

from dashapp.components.attributes import aria
from dashapp.components.icons import icon
from domain.timespan import Window

THEMES = {"system": ("circle-half", "Like the system"), "light": ("sun", "Light"), "dark": ("moon-stars", "Dark")}


def window_select(select_id: str) -> html.Div:
    """How far back a page looks."""
    return html.Div(
        [
            dbc.Label("Time shown", html_for=select_id, class_name="visually-hidden"),
            dbc.Select(
                id=select_id,
                options=[{"label": window.label, "value": window.word} for window in Window],
                value=Window.MIN_15.word,
                class_name="lf-select",
            ),
        ]
    )


def theme_switch(switch_id: str) -> html.Div:
    """Light, dark, or like the system. The choice is read by the style sheet and remembered by the browser: no
    callback, no flash of the other theme when a page opens."""
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
            persistence=True,
            persistence_type="local",
        ),
        className="lf-theme",
        role="group",
        **aria(label="Theme"),
    )


def follow_label(follows: bool) -> list[html.I | html.Span]:
    """The words on the Pause button."""
    return [icon("pause-fill"), html.Span("Pause")] if follows else [icon("play-fill"), html.Span("Resume")]


def follow_button(button_id: str) -> dbc.Button:
    """Stops the page from moving while readings keep arriving on the server, and takes it up again."""
    return dbc.Button(follow_label(True), id=button_id, n_clicks=0, class_name="lf-button lf-follow", color="")
