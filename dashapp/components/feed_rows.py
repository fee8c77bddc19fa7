"""Rows in which feeds are written by hand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from dashapp.components.faults import NONE, Faults, with_fault
from dashapp.components.forms import choice_field, text_field
from dashapp.components.icons import icon
from dashapp.feed_drafts import AUTOMATIC, COLOURS, OWN, Cell, Draft, Form, Press
from domain.describing import MOST_DECIMALS, MOST_NAME_CHARS, MOST_UNIT_CHARS
from domain.names import MOST_NAME_CHARS as MOST_FEED_NAME_CHARS
from domain.readings import Kind

KINDS = ((str(Kind.NUMBER), "Numbers"), (str(Kind.TEXT), "Words"), (str(Kind.MIXED), "Both"))
PAINTS = ((AUTOMATIC, "Automatic"), *COLOURS.items(), (OWN, "Own …"))


def feed_rows(form: Form, drafts: Sequence[Draft], faults: Faults = NONE, fixed: Collection[int] = ()) -> html.Ol:
    """The rows, with what is wrong in them; `fixed` are the feeds that hold readings."""
    rows = [
        html.Li(
            [
                *([_moves(form, draft, place == 0, place == len(drafts) - 1)] if form.has_order else []),
                *(
                    _cell(form, cell, draft, faults.get(f"/{place}/{_FIELDS.get(cell, cell)}"))
                    for cell in form.cells
                    if cell in _CELLS
                ),
                _remove(form, draft, draft.of in fixed),
            ],
            className="lf-feed-row",
            key=f"feed {draft.of}",
        )
        for place, draft in enumerate(drafts)
    ]
    return html.Ol(rows, className=f"lf-feed-rows lf-feed-rows-{form.page}")


def _cell(form: Form, cell: Cell, draft: Draft, fault: str | None) -> html.Div:
    """One control with its label; what is for numbers alone, the style sheet hides for words."""
    drawn = with_fault(_CELLS[cell](form, draft), fault)
    return html.Div(drawn, className=f"lf-feed-cell{' lf-field-of-numbers' if cell in _OF_NUMBERS else ''}")


def _name(form: Form, draft: Draft) -> html.Div:
    return text_field(
        form.id_of(Cell.NAME, draft.of),
        "Name",
        draft.name or "",
        most_chars=MOST_FEED_NAME_CHARS,
        placeholder="temperature",
        autocomplete="off",
    )


def _title(form: Form, draft: Draft) -> html.Div:
    control = form.id_of(Cell.TITLE, draft.of)
    return text_field(control, "Shown as", draft.title or "", most_chars=MOST_NAME_CHARS, placeholder=draft.name or "")


def _unit(form: Form, draft: Draft) -> html.Div:
    control = form.id_of(Cell.UNIT, draft.of)
    return text_field(control, "Unit", draft.unit or "", most_chars=MOST_UNIT_CHARS, placeholder="°C")


def _kind(form: Form, draft: Draft) -> Component:
    return choice_field(form.id_of(Cell.KIND, draft.of), "Holds", KINDS, draft.kind)


def _decimals(form: Form, draft: Draft) -> html.Div:
    return text_field(
        form.id_of(Cell.DECIMALS, draft.of),
        "Decimals",
        "" if draft.decimals is None else str(draft.decimals),
        type="number",
        min=0,
        max=MOST_DECIMALS,
        step=1,
        placeholder="auto",
    )


def _colour(form: Form, draft: Draft) -> html.Div:
    """The palette's colours, or one's own: the style sheet shows where to write it when that is chosen."""
    choice = choice_field(form.id_of(Cell.COLOUR, draft.of), "Colour", PAINTS, draft.colour or AUTOMATIC)
    own = dbc.Input(
        id=form.id_of(Cell.OWN, draft.of),
        value=draft.own or "",
        maxlength=7,
        placeholder="#0072b2",
        class_name="lf-input lf-own-colour",
        name=f"The colour of {draft.name}",
    )
    return html.Div([*choice.children, own], className="lf-field lf-field-colour")


def _shown(form: Form, draft: Draft) -> html.Div:
    switch = dbc.Switch(id=form.id_of(Cell.SHOWN, draft.of), label="Shown", value=draft.shown, class_name="lf-toggle")
    return html.Div(switch, className="lf-field lf-field-shown")


_CELLS: dict[Cell, Callable[[Form, Draft], Any]] = {
    Cell.NAME: _name,
    Cell.TITLE: _title,
    Cell.UNIT: _unit,
    Cell.KIND: _kind,
    Cell.DECIMALS: _decimals,
    Cell.COLOUR: _colour,
    Cell.SHOWN: _shown,
}
_OF_NUMBERS = {Cell.UNIT, Cell.DECIMALS, Cell.COLOUR}
_FIELDS = {Cell.SHOWN: "hidden"}
"""Fields that a fault calls otherwise."""


def _moves(form: Form, draft: Draft, is_first: bool, is_last: bool) -> html.Div:
    called = draft.name or "the new feed"
    return html.Div(
        [
            _press(form, Press.UP, draft, "chevron-up", f"Move {called} up", is_first),
            _press(form, Press.DOWN, draft, "chevron-down", f"Move {called} down", is_last),
        ],
        className="lf-moves",
    )


def _remove(form: Form, draft: Draft, is_fixed: bool) -> html.Div:
    called = draft.name or "the new feed"
    words = f"{called} holds readings, so it stays" if is_fixed else f"Take {called} away"
    return html.Div(_press(form, Press.REMOVE, draft, "x-lg", words, is_fixed), className="lf-feed-remove")


def _press(form: Form, press: Press, draft: Draft, picture: str, words: str, is_idle: bool) -> dbc.Button:
    shown = [icon(picture), html.Span(words, className="visually-hidden")]
    return dbc.Button(
        shown,
        id=form.id_of(press, draft.of),
        n_clicks=0,
        color="",
        disabled=is_idle,
        title=words,
        class_name="lf-button lf-icon-button",
    )
