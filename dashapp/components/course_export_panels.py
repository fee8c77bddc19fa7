"""The panels of a course's export: what is taken, how it is written, what comes of it, and how far it is."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.attributes import aria
from dashapp.components.faults import fault
from dashapp.components.forms import Tone, choice_field, panel, switch_field, text_field
from dashapp.components.icons import icon
from dashapp.components.lens_parts import counted
from dashapp.components.notices import skeleton_page
from dashapp.components.time_picker import COLLEGE, moment_words, place
from domain import zones
from domain.course_exports import Preset
from domain.courses import CourseShown
from domain.downloads import Shape
from domain.errors import LabfeedError
from domain.moments import FIRST, length_written
from domain.storage import count_in_words
from models.course_exports import Outline
from models.progress import Progress

BEAT_MS = 1_000
TAKE_LOOKS = f"btn lf-button {Tone.MAIN}"
OWN = "own"
"""A range that is written by hand, among the presets."""
ALL = "all"
"""Every section, in the list of them; one of them stands there behind this sign."""
ONE = "="

SHAPES = ((Shape.WIDE, "Wide: a row an instant"), (Shape.TIDY, "Tidy: a row a reading"))
EACH = "each"
"""Readings as they came, in the list of what they may be summed up to."""
BINS = (
    (EACH, "Every reading"),
    ("1m", "Means of minutes"),
    ("10m", "Means of 10 minutes"),
    ("1h", "Means of hours"),
    ("1d", "Means of days"),
)

CONTENTS = (
    ("channels/", "a CSV file for each channel"),
    ("channels.csv", "the channels with section, team and place"),
    ("dictionary.csv", "the feeds: what they hold, in which unit"),
    ("members.csv", "who is in the course: names and e-mail addresses"),
    ("README.txt", "what is what"),
)


class Ids(StrEnum):
    HEAD = "course-export-head"
    FRAME = "course-export-frame"
    NOTHING = "course-export-nothing"
    PRESET = "course-export-preset"
    FROM = "course-export-from"
    TO = "course-export-to"
    FAULT = "course-export-fault"
    SECTION = "course-export-section"
    SECTIONS = "course-export-sections"
    SHAPE = "course-export-shape"
    BIN = "course-export-bin"
    ZONE = "course-export-zone"
    COMMA = "course-export-comma"
    EXCEL = "course-export-excel"
    SUMMARY = "course-export-summary"
    TAKE = "course-export-take"
    WORD = "course-export-word"
    BEAT = "course-export-beat"
    PROGRESS = "course-export-progress"
    COMMANDS = "course-export-commands"


def skeleton() -> html.Div:
    """Every panel there is, before anything is known of the course."""
    frame = html.Div([html.Div([_what(), _how()]), _archive()], className="lf-export-parts")
    return html.Div(
        [
            html.Div(skeleton_page(), id=Ids.HEAD),
            html.Div(frame, id=Ids.FRAME, hidden=True),
            html.Div(id=Ids.NOTHING),
            dcc.Store(id=Ids.WORD),
            dcc.Interval(id=Ids.BEAT, interval=BEAT_MS, disabled=True),
        ],
        className="lf-page lf-export-page",
    )


def heading(shown: CourseShown) -> html.Div:
    """Of which course."""
    naming = shown.course.naming
    back = dcc.Link([icon("arrow-left"), naming.words], href=f"/courses/{shown.course.id}", className="lf-back")
    sentence = f"All channels of {naming.words} as one zip archive of CSV files."
    return html.Div([back, html.H1("Export"), html.P(sentence, className="lf-sub")], className="lf-head-words lf-head")


def section_options(sections: tuple[str, ...]) -> list[dict[str, str]]:
    """All of the course, or one section."""
    every = {"value": ALL, "label": "All sections"}
    return [every, *({"value": ONE + each, "label": f"Section {each}"} for each in sections)]


def summary(outline: Outline) -> list[Component]:
    """What the archive will hold."""
    zone, span = outline.export.of_zone, outline.span
    figures = [
        (count_in_words(len(outline.plans)), "channel" if len(outline.plans) == 1 else "channels"),
        (count_in_words(outline.readings), "reading" if outline.readings == 1 else "readings"),
    ]
    shown: list[Component] = [
        html.Ul(
            [html.Li([html.Strong(number), html.Span(words)]) for number, words in figures],
            className="lf-export-counts",
        )
    ]
    if outline.plans:
        words = f"{moment_words(span.start, zone)} to {moment_words(span.end, zone)}, {place(zone.key)}"
        shown.append(html.P(words, className="lf-sub"))
    if outline.export.binned is not None:
        shown.append(html.P("Summed up, it holds fewer rows than that.", className="lf-sub"))
    return shown


def refusal(refused: LabfeedError) -> list[Component]:
    """Why there is nothing to take, where the range is written."""
    return [fault(f"{refused.detail} {refused.hint or ''}".strip())]


def nothing() -> list[Component]:
    """The archive meanwhile."""
    return [html.P("There is nothing to take until the range is mended.", className="lf-sub")]


def commands(origin: str, outline: Outline) -> str:
    """The same for a terminal and for whoever runs the server."""
    export = outline.export
    words = [f"flask --app wsgi:server course export {export.course_id}"]
    words += [f"--section {_quoted(export.section)}"] if export.section else []
    words += [f"--from {_quoted(export.range.start)}"] if export.range.start != FIRST else []
    words += [f"--to {_quoted(export.range.end)}"] if not export.range.is_live else []
    words += [f"--zone {export.zone}"] if export.zone else []
    words += [f"--shape {export.shape}"] if export.shape is not Shape.WIDE else []
    words += [f"--bin {length_written(export.binned.width)}"] if export.binned else []
    words += ["--decimal-comma"] if export.decimal_comma else []
    words += ["--excel"] if export.for_excel else []
    header = "-H 'Authorization: Bearer YOUR-TOKEN'"
    return f"curl -OJ {header} {_quoted(origin + export.address)}\n\n{' '.join(words)}"


def starting() -> html.Div:
    """It was asked for, and nothing came yet."""
    return _bar("Beginning …", None)


def progress_bar(found: Progress) -> html.Div:
    """How far it is, and what came of it."""
    if found.is_whole:
        return _said("check-circle-fill", "lf-export-whole", f"Sent: {counted(found.done, 'reading')}.")
    if found.is_over:
        sentence = "It broke off, and what was saved cannot be opened. Take it again."
        return _said("exclamation-triangle-fill", "lf-export-broken", sentence)
    share = found.done / found.total if found.total else 0.0
    return _bar(f"{count_in_words(found.done)} of {counted(found.total, 'reading')}", min(1.0, share))


def _what() -> html.Section:
    presets = [{"label": each.words, "value": str(each)} for each in Preset] + [{"label": "From … to", "value": OWN}]
    choice = dbc.RadioItems(
        id=Ids.PRESET,
        options=presets,
        value=str(Preset.DAYS),
        class_name="lf-export-presets",
        input_class_name="lf-segment-input",
        label_class_name="lf-export-preset",
    )
    ends = html.Div(
        [
            text_field(Ids.FROM, "From", most_chars=40, placeholder="2026-03-01 or now-2d", debounce=True),
            text_field(Ids.TO, "To", most_chars=40, placeholder="now, or a date: all of it", debounce=True),
        ],
        className="lf-fields lf-export-ends",
    )
    section = html.Div(choice_field(Ids.SECTION, "Section", [(ALL, "All sections")], ALL), id=Ids.SECTIONS)
    group = html.Div(choice, role="group", **aria(label="Range"))
    refused = html.Div(id=Ids.FAULT, className="lf-export-fault")
    return panel("What", html.Div([group, ends, refused, section], className="lf-form"))


def _how() -> html.Section:
    zone_options = [(COLLEGE, "The college's"), (zones.WORLD, "UTC")]
    zone_options += [(name, place(name)) for name in sorted(zones.names()) if name != zones.WORLD]
    fields = [
        choice_field(
            Ids.SHAPE,
            "Shape",
            [(str(shape), words) for shape, words in SHAPES],
            str(Shape.WIDE),
            "Wide for spreadsheets, tidy for pandas and R.",
        ),
        choice_field(Ids.BIN, "Readings", BINS, EACH),
        choice_field(Ids.ZONE, "Zone of days and local times", zone_options, COLLEGE),
    ]
    switches = [
        switch_field(Ids.COMMA, "Decimal comma", False, hint="21,4 and semicolons between the columns."),
        switch_field(Ids.EXCEL, "For Excel", False, hint="A mark by which Excel knows °, µ and accents."),
    ]
    return panel(
        "How", html.Div([html.Div(each, className="lf-fields") for each in (fields, switches)], className="lf-form")
    )


def _archive() -> html.Section:
    contents = [html.Li([html.Code(name), html.Span(words)]) for name, words in CONTENTS]
    take = html.A(
        [icon("download"), html.Span("Download the archive")],
        id=Ids.TAKE,
        n_clicks=0,
        className=TAKE_LOOKS,
    )
    inside = [
        html.Div(id=Ids.SUMMARY, **aria(live="polite")),
        html.Ul(contents, className="lf-export-contents"),
        html.Div(take, className="lf-actions"),
        html.Div(id=Ids.PROGRESS, role="status"),
        html.Details(
            [
                html.Summary("From a program, or from the command line"),
                html.P(
                    ["The token is a personal one that may read: ", dcc.Link("make one", href="/account/tokens"), "."],
                    className="lf-sub",
                ),
                html.Div(html.Pre(html.Code(id=Ids.COMMANDS), tabIndex="0"), className="lf-code"),
            ],
            className="lf-export-commands",
        ),
    ]
    return panel("The archive", *inside)


def _bar(words: str, share: float | None) -> html.Div:
    value: dict[str, Any] = {} if share is None else {"value": f"{share:.4f}", "max": "1"}
    return html.Div([html.Progress(**value, **aria(label="Sent")), html.Span(words)], className="lf-export-bar")


def _said(picture: str, looks: str, sentence: str) -> html.Div:
    return html.Div([icon(picture), html.Span(sentence)], className=f"lf-export-said {looks}")


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "'\\''") + "'"
