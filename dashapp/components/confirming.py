"""Something to press, which asks before it is done."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashapp.components.icons import icon


def confirmed(words: str, sentence: str, yes: Component, picture: str = "") -> html.Details:
    """A button that opens the question and the button `yes`. Without a callback: it works at once and by keyboard."""
    summary = html.Summary([*([icon(picture)] if picture else []), words], className="lf-button lf-button-small")
    return html.Details([summary, html.Div([html.P(sentence), yes])], className="lf-confirm")
