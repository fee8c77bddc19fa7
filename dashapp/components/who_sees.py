"""Who sees a channel without being its member: a choice of three, each said in a plain sentence."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from dashapp.components.attributes import aria
from dashapp.components.icons import icon
from domain.channels import Visibility

CHOICES = {
    Visibility.MEMBERS: ("people", "Members", "Only the people you add, and the staff of its course."),
    Visibility.COLLEGE: ("building", "College", "Everybody who is signed in with an account of this college."),
    Visibility.PUBLIC: ("globe2", "Public", "Everybody who has the address, signed in or not."),
}


def who_sees(control_id: Any, value: Visibility) -> html.Div:
    """The choice."""
    return choice_cards(
        control_id,
        "Who sees the channel",
        [(str(each), picture, words, sentence) for each, (picture, words, sentence) in CHOICES.items()],
        str(value),
    )


def choice_cards(
    control_id: Any, label: str, choices: list[tuple[str, str, str, str]], value: str, class_name: str = ""
) -> html.Div:
    """One of a few, given as (value, picture, words, sentence)."""
    options = [
        {"value": each, "label": [icon(picture), html.Strong(words), html.Span(sentence)]}
        for each, picture, words, sentence in choices
    ]
    control = dbc.RadioItems(
        id=control_id,
        options=options,
        value=value,
        class_name="lf-choices",
        input_class_name="lf-choice-input",
        label_class_name="lf-choice",
    )
    return html.Div(control, className=class_name, role="group", **aria(label=label))
