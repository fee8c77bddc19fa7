"""The form in which a channel is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from dashapp.components.attributes import aria
from dashapp.components.faults import NONE, Faults, fault, with_fault
from dashapp.components.feed_rows import feed_rows
from dashapp.components.forms import Tone, button, field, link_button, panel, text_field
from dashapp.components.who_sees import choice_cards, who_sees
from dashapp.feed_drafts import BRIEF, Draft
from domain.channels import Visibility
from domain.describing import MOST_DESCRIPTION_CHARS, MOST_NAME_CHARS

BY_BOARD, BY_HAND = "board", "hand"
MOVE_IN = "/mine/move-in"

STEPS = (
    ("Name it", "Here. Everything can be changed later."),
    ("Copy the code", "Complete for your board, with the address and the key filled in."),
    ("See it draw", "The first reading is on the page a moment after it was sent."),
)


class Ids(StrEnum):
    """Every id of the page that is a word."""

    NAME = "new-channel-name"
    DESCRIPTION = "new-channel-description"
    WHO_SEES = "new-channel-who-sees"
    FEEDS = "new-channel-feeds"
    ROWS = "new-channel-rows"
    ADD = "new-channel-add"
    CREATE = "new-channel-create"
    ABOUT = "new-channel-about"
    FAULT = "new-channel-fault"
    GO = "new-channel-go"


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody has written in the form."""

    name: str = ""
    description: str = ""


def form() -> html.Div:
    """The form as it stands when the page opens."""
    return html.Div(
        [
            html.Div(
                [
                    panel("What it is", html.Div(about(Written()), id=Ids.ABOUT)),
                    panel("Who sees it", who_sees(Ids.WHO_SEES, Visibility.COLLEGE)),
                    panel("Feeds", _feeds(), note="A feed is one quantity over time: numbers, words, or both."),
                    html.Div(id=Ids.FAULT),
                    html.Div(
                        [
                            button(Ids.CREATE, "Create channel", "plus-lg", Tone.MAIN),
                            link_button("Cancel", "/mine"),
                        ],
                        className="lf-actions",
                    ),
                ]
            ),
            _steps(),
        ],
        className="lf-beside",
    )


def about(
    written: Written, faults: Faults = NONE, *, name_id: str = Ids.NAME, description_id: str = Ids.DESCRIPTION
) -> html.Div:
    """Name and description, with what is wrong in them."""
    description = dbc.Textarea(
        id=description_id,
        value=written.description,
        maxlength=MOST_DESCRIPTION_CHARS,
        rows=3,
        class_name="lf-input",
        placeholder="What is measured, where, and by whom",
    )
    name = text_field(
        name_id, "Name", written.name, most_chars=MOST_NAME_CHARS, placeholder="Otter kiln", autocomplete="off"
    )
    return html.Div(
        [
            with_fault(name, faults.get("/name")),
            with_fault(field("Description", description, hint="Optional."), faults.get("/description")),
        ],
        className="lf-form",
    )


def rows(drafts: Sequence[Draft], faults: Faults = NONE) -> html.Ol:
    """The rows of feeds, with what is wrong in them."""
    of_feeds = {
        pointer.removeprefix("/feeds"): said for pointer, said in faults.items() if pointer.startswith("/feeds")
    }
    return feed_rows(BRIEF, drafts, of_feeds)


def general(faults: Faults) -> list[Component]:
    """What is wrong with none of the fields in particular."""
    return [fault(said) for pointer, said in faults.items() if pointer in ("", "/feeds")]


def _feeds() -> html.Div:
    """Both ways in one; the style sheet shows the rows where feeds are named by hand."""
    choice = choice_cards(
        Ids.FEEDS,
        "How the feeds come about",
        [
            (BY_BOARD, "broadcast", "Let my board create them", "Each name it sends becomes a feed."),
            (BY_HAND, "pencil", "I name them", "Readings of other names are refused, and the board is told why."),
        ],
        BY_BOARD,
    )
    by_hand: list[Any] = [
        html.Div(rows([Draft(-1)]), id=Ids.ROWS, role="group", **aria(label="Feeds")),
        html.Div(button(Ids.ADD, "Another feed", "plus-lg"), className="lf-actions"),
    ]
    return html.Div([choice, html.Div(by_hand, className="lf-by-hand")], className="lf-feeds-choice")


def _steps() -> html.Aside:
    items = [html.Li([html.Strong(words), html.Span(sentence)]) for words, sentence in STEPS]
    return html.Aside([html.H2("From here to the first reading"), html.Ol(items, className="lf-next-steps")])
