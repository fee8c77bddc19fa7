"""What is not taken back at once: a channel handed over, cleared or deleted. Each asks for the channel's name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashapp.components.faults import fault
from dashapp.components.forms import Tone, button, choice_field, link_button, text_field
from dashapp.components.icons import icon
from dashapp.components.settings_panels import Ids


def danger_panel(channel_id: int, name: str, heirs: Sequence[tuple[str, str]]) -> html.Section:
    """`heirs`: the members a channel of this name may be handed over to, as (number, words)."""
    return html.Section(
        [
            html.Div(html.H2("Think twice"), className="lf-panel-head"),
            _hand_over(channel_id, name, heirs),
            _step(
                "eraser",
                "Clear all readings",
                "Every reading is taken away for good. Feeds, keys and members stay, and the board goes on sending.",
                _confirm(Ids.CLEAR_NAME, name),
                html.Div(id=Ids.CLEAR_FAULT),
                button(Ids.CLEAR, "Clear all readings", "eraser", Tone.DANGER),
            ),
            _step(
                "trash3",
                "Delete the channel",
                "It disappears for everybody, and its keys stop working at once. For 30 days an owner can restore it "
                "from the bin under My channels; then it is gone for good.",
                _confirm(Ids.DELETE_NAME, name),
                html.Div(id=Ids.DELETE_FAULT),
                button(Ids.DELETE, "Delete the channel", "trash3", Tone.DANGER),
            ),
        ],
        className="lf-panel lf-panel-danger",
    )


def mistyped(name: str) -> Component:
    """Said where the name was not typed as it is."""
    return fault(f"Type the channel's name to confirm: {name}")


def _hand_over(channel_id: int, name: str, heirs: Sequence[tuple[str, str]]) -> html.Details:
    picture, words = "arrow-left-right", "Hand it over"
    if not heirs:
        way = link_button("Add a member", f"/channels/{channel_id}/members", "person-plus")
        return _step(picture, words, "Only a member can become the owner, and there is no other yet.", way)
    return _step(
        picture,
        words,
        "Somebody else becomes the owner; who owned it stays an editor.",
        choice_field(Ids.HEIR, "New owner", heirs, heirs[0][0]),
        _confirm(Ids.TRANSFER_NAME, name),
        html.Div(id=Ids.TRANSFER_FAULT),
        button(Ids.TRANSFER, "Hand the channel over", picture, Tone.DANGER),
    )


def _step(picture: str, words: str, sentence: str, *parts: Any) -> html.Details:
    return html.Details(
        [
            html.Summary([icon(picture), html.Span(words), icon("chevron-down")]),
            html.Div([html.P(sentence, className="lf-sub"), *parts], className="lf-form"),
        ],
        className="lf-step",
    )


def _confirm(control_id: str, name: str) -> html.Div:
    return text_field(control_id, f"Type “{name}” to confirm", autocomplete="off")
