"""Taking readings away as a file: a drawer that says what, in which shape and form, and holds the link to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash._utils import stringify_id
from dash.development.base_component import Component

from dashapp.components import notebooks
from dashapp.components.attributes import aria
from dashapp.components.copying import copy_button
from dashapp.components.forms import choice_field, field
from dashapp.components.icons import icon
from dashapp.components.lens_parts import counted
from dashapp.components.time_picker import place
from dashapp.export_choices import EACH, WIDTHS, Drawn, Manner, What
from domain import moments, zones
from domain.downloads import Aggregate, Form, Shape
from domain.readings import Feed
from models.progress import Progress

LOOK_EVERY_MS = 1_000
"""How often the page asks how far a download is."""

WHATS = {
    What.SHOWN: ("What is shown", "The feeds that are drawn, as closely as the chart draws them."),
    What.RANGE: ("Everything in range", "Every reading of the time that is shown."),
    What.CHANNEL: ("Whole channel", "Every reading, from the first on."),
}
FORMS = {
    Form.CSV: "CSV",
    Form.XLSX: "Excel (xlsx)",
    Form.PARQUET: "Parquet",
    Form.NDJSON: "NDJSON",
    Form.JSON: "JSON",
}
SHAPES = {
    Shape.WIDE: "Each time (wide)",
    Shape.TIDY: "Each reading (tidy)",
}
AGGREGATES = {
    Aggregate.MEAN: "Mean",
    Aggregate.MIN: "Smallest",
    Aggregate.MAX: "Largest",
    Aggregate.COUNT: "Count",
}
MANNERS = {
    Manner.COMMA: "Decimal comma (21,4), columns parted by semicolons",
    Manner.EXCEL: "Mark as UTF-8 for Excel",
    Manner.NEWEST: "Newest first",
}


class Ids(StrEnum):
    """Every id of the drawer that is a word."""

    DRAWER = "export-drawer"
    TITLE = "export-title"
    BODY = "export-body"
    DRAWN = "export-drawn"
    WHAT = "export-what"
    WHAT_NOTE = "export-what-note"
    FEEDS = "export-feeds"
    FORM = "export-form"
    SHAPE = "export-shape"
    BIN = "export-bin"
    OF_BIN = "export-of-bin"
    AGGREGATES = "export-aggregates"
    ZONE = "export-zone"
    MANNERS = "export-manners"
    SAID = "export-said"
    LINK = "export-link"
    ADDRESS = "export-address"
    COPY = "export-copy"
    BEGUN = "export-begun"
    PROGRESS = "export-progress"
    TIMER = "export-timer"


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be taken of a channel: its feeds; what the chart draws of them; the zones times may be written in."""

    feeds: tuple[Feed, ...]
    drawn: Drawn
    zones: tuple[str, ...]
    may_import_at: str = ""
    """Where a file can be brought in instead; empty for whoever may not."""


def drawer() -> html.Div:
    """The drawer, closed and empty: what it holds is made when somebody opens it. How far a download is stays."""
    return html.Div(
        [
            dbc.Offcanvas(
                [
                    html.Div(id=Ids.BODY, className="lf-take-body"),
                    html.Div(id=Ids.PROGRESS, className="lf-take-progress", role="status"),
                ],
                id=Ids.DRAWER,
                title=html.Span("Export", id=Ids.TITLE),
                labelledby=Ids.TITLE,
                placement="end",
                is_open=False,
                class_name="lf-drawer",
            ),
            dcc.Store(id=Ids.DRAWN),
            dcc.Store(id=Ids.BEGUN),
            dcc.Interval(id=Ids.TIMER, interval=LOOK_EVERY_MS, disabled=True),
        ]
    )


def sample() -> list[Component]:
    """The drawer's body, for a channel without feeds."""
    return body(Offer((), Drawn(), (zones.WORLD,)))


def body(offer: Offer) -> list[Component]:
    """What the drawer holds."""
    usual = preset(What.RANGE, offer.drawn, [feed.name for feed in offer.feeds])
    return [
        html.Div(
            [
                _what(),
                _feeds(offer.feeds),
                html.Div(
                    [
                        _kept(choice_field(Ids.FORM, "File", _words(FORMS), str(Form.CSV))),
                        _kept(choice_field(Ids.SHAPE, "A row for", _words(SHAPES), str(Shape.WIDE))),
                    ],
                    className="lf-fields",
                ),
                choice_field(Ids.BIN, "How closely", _bins(offer.drawn), usual.width),
                html.Div(_aggregates(), id=Ids.OF_BIN, hidden=True),
                choice_field(Ids.ZONE, "Times of", [(zone, place(zone)) for zone in offer.zones], offer.zones[0]),
                html.Details(
                    [html.Summary("More"), _checks(Ids.MANNERS, "How it is written", MANNERS, [])],
                    className="lf-take-more",
                ),
            ],
            className="lf-form",
        ),
        html.Div(
            [
                html.P(id=Ids.SAID, className="lf-take-said", **aria(live="polite")),
                html.A(
                    [icon("download"), html.Span("Download")],
                    id=Ids.LINK,
                    download="",
                    n_clicks=0,
                    className=LINK_OFF,
                ),
                _address(),
            ],
            className="lf-take-take",
        ),
        *notebooks.below_a_link("export"),
        *_way_in(offer.may_import_at),
    ]


LINK_ON = "btn btn-primary lf-button lf-take-link"
LINK_OFF = f"{LINK_ON} disabled"


@dataclass(frozen=True, slots=True)
class Preset:
    """What the choice of readings sets: names of feeds, and the width of bins with what is told of them."""

    feeds: list[str]
    width: str
    aggregates: list[str]


def preset(what: What, drawn: Drawn, every: Sequence[str]) -> Preset:
    """Feeds and bins as they follow from what is wanted; somebody may then change them."""
    if what is not What.SHOWN or drawn.width is None:
        feeds = [name for name in every if name in drawn.feeds] if what is What.SHOWN else list(every)
        return Preset(feeds, EACH, [str(Aggregate.MEAN)])
    shown = [name for name in every if name in drawn.feeds]
    return Preset(shown, moments.length_written(drawn.width), ["mean", "min", "max"])


def what_note(what: What, drawn: Drawn) -> str:
    """What a choice comes to."""
    if what is What.SHOWN:
        words = "every reading" if drawn.width is None else f"means of {moments.length_in_words(drawn.width)}"
        return f"{WHATS[what][1][:-1]}: {words}{', not smoothed' if drawn.is_smoothed else ''}."
    return WHATS[what][1]


def said(readings: int, name: str, left_out: Sequence[str], *, is_binned: bool) -> list[Component | str]:
    """How much the file holds, what it is called, and which feeds (their labels) have nothing in it."""
    held = counted(readings, "reading")
    words: list[Component | str] = [f"{held}, summed up, as " if is_binned else f"{held} as "]
    words.append(html.Strong(name, className="lf-take-name"))
    if left_out:
        words.append(f". Words can only be counted, so {', '.join(left_out)} {LEFT_OUT[len(left_out) > 1]} left out.")
    return words


LEFT_OUT = ("is", "are")


def progress(found: Progress | None, *, is_late: bool, is_made_first: bool = False) -> list[Component]:
    """How far a download is; None before it began. `is_made_first`: the server sends it once it has made all of it."""
    if found is None and is_late:
        return _noted("exclamation-triangle", "Nothing has come of it. Press Download again.", "lf-take-broken")
    if found is None:
        return _noted("hourglass", "The download begins …")
    if found.is_over and found.is_whole:
        return _noted("check-circle-fill", f"Complete: {counted(found.done, 'reading')}.", "lf-take-whole")
    if found.is_over:
        cure = "Press Download again." if is_made_first else "Resume it in the browser's list of downloads."
        return _noted(
            "exclamation-triangle", f"It broke off after {counted(found.done, 'reading')}. {cure}", "lf-take-broken"
        )
    where, then = ("in the file", ". It comes when it is whole.") if is_made_first else ("sent", "")
    bar = html.Progress(value=str(found.done), max=str(max(1, found.total)), **aria(label=f"How much is {where}"))
    return [html.P(f"{counted(found.done, 'reading')} of {counted(found.total, 'reading')} are {where}{then}"), bar]


def _noted(picture: str, words: str, kind: str = "") -> list[Component]:
    return [html.P([icon(picture), html.Span(words)], className=kind)]


def _what() -> html.Div:
    options = [{"value": str(each), "label": words} for each, (words, _) in WHATS.items()]
    choice = dbc.RadioItems(
        id=Ids.WHAT,
        options=options,
        value=str(What.RANGE),
        class_name="lf-segments lf-take-what",
        input_class_name="lf-segment-input",
        label_class_name="lf-segment",
    )
    note = html.Small(what_note(What.RANGE, Drawn()), id=Ids.WHAT_NOTE, className="lf-hint")
    group = html.Div(choice, role="group", **aria(label="Which readings"))
    return html.Div([group, note], className="lf-field")


def _feeds(feeds: Sequence[Feed]) -> html.Div:
    options = {feed.name: f"{feed.label} [{feed.unit}]" if feed.unit else feed.label for feed in feeds}
    return _checks(Ids.FEEDS, "Feeds", options, list(options))


def _aggregates() -> html.Div:
    return _checks(Ids.AGGREGATES, "Of each", AGGREGATES, [str(Aggregate.MEAN)])


def _checks(control_id: str, label: str, options: Any, value: list[str]) -> html.Div:
    given = [{"value": str(each), "label": words} for each, words in options.items()]
    return field(label, dbc.Checklist(id=control_id, options=given, value=value, inline=True, class_name="lf-checks"))


def _bins(drawn: Drawn) -> list[tuple[str, str]]:
    widths = sorted({*WIDTHS, *([drawn.width] if drawn.width else [])})
    return [
        (EACH, "Every reading"),
        *((moments.length_written(each), f"Bins of {moments.length_in_words(each)}") for each in widths),
    ]


def _kept(made: Any) -> Any:
    """A choice that the browser remembers."""
    made.children[1].persistence, made.children[1].persistence_type = True, "local"
    return made


def _address() -> html.Div:
    """The same address to copy: whoever may see the channel gets the same with it."""
    shown: Any = dbc.Input(id=Ids.ADDRESS, value="", readonly=True, class_name="lf-input lf-mono")
    named = dbc.Label("Address of this file", html_for=stringify_id(Ids.ADDRESS), class_name="visually-hidden")
    return html.Div([named, shown, copy_button("the address", id=Ids.COPY, content="")], className="lf-share-field")


def _way_in(address: str) -> list[Component]:
    if not address:
        return []
    way = dcc.Link("Import a file", href=address)
    return [html.P(["To bring readings in: ", way, "."], className="lf-sub lf-take-in")]


def _words(named: Any) -> list[tuple[str, str]]:
    return [(str(each), words) for each, words in named.items()]


def zones_offered(own: str, college: str) -> tuple[str, ...]:
    """The reader's zone, the college's, and UTC, each once."""
    return tuple(dict.fromkeys((own, college, zones.WORLD)))
