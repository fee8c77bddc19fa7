"""A file on its way in: chosen, looked at and put right, before anything of it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import html
from dash._utils import stringify_id
from dash.development.base_component import Component

from dashapp import import_choices as choices
from dashapp.components.attributes import aria
from dashapp.components.faults import fault
from dashapp.components.file_form import file_form, reads
from dashapp.components.forms import Tone, button, choice_field, panel, switch_field, table
from dashapp.components.icons import icon
from dashapp.components.import_ids import Ids, column_id
from dashapp.components.lens_parts import counted
from dashapp.components.stepper import instant_text
from dashapp.components.time_picker import place
from dashapp.import_choices import FOUND
from domain import zones
from domain.corrections import spelling
from domain.downloads import Shape
from domain.imports import DateOrder, FileForm, Mapping, OnConflict, Preview, Rest, Source
from domain.incoming.guessing import SEPARATED_BY
from domain.incoming.texts import ENCODINGS
from domain.names import MOST_NAME_CHARS
from domain.readings import Feed, Kind, NewEntry, NewReading
from domain.storage import size_in_words
from models.imports import LOOKED_AT, Import

MOST_FAULTS = 20
"""Bad rows that a preview lists."""
MOST_SHOWN = 12
"""Rows of a preview that are drawn."""
LONGEST_CELL = 40
STATUS, POSITION = "Status", "Position"

SEPARATORS = dict(zip(SEPARATED_BY, ("Commas", "Semicolons", "Tabs"), strict=True))
ENCODED = dict(zip(ENCODINGS, ("UTF-8", "Windows-1252", "UTF-16"), strict=True))
DATES = {
    DateOrder.ISO: "2026-03-08, or seconds since 1970",
    DateOrder.DAY_FIRST: "8.3.2026, the day first",
    DateOrder.MONTH_FIRST: "3/8/2026, the month first",
}
DECIMALS = {"point": "21.4", "comma": "21,4"}
CONFLICTS = {
    OnConflict.REFUSE: "It is an error",
    OnConflict.KEEP: "Leave it out and list it; what is stored stays",
}
FURTHER_DOWN = (
    "The file is very long. A feed that it names only far below goes to the one that is called so; "
    "one that is missing is made."
)
KINDS = {Kind.NUMBER: "numbers", Kind.TEXT: "words", Kind.MIXED: "numbers and words"}


def choose_panel(address: str, token: str, refused: str = "") -> html.Section:
    """A file to choose, or to drop; `token`: what the form must carry to be taken for ours."""
    form = file_form(Ids.FILE, address, token, label="A file of readings", takes="CSV or NDJSON", refused=refused)
    return panel("Choose a file", form, _what_is_read())


def _what_is_read() -> html.Ul:
    said = (
        ("filetype-csv", "This server's own files, wide and tidy, and ThingSpeak's export."),
        ("table", "Any table with a column of times: from a spreadsheet save it as CSV (UTF-8)."),
        ("braces", "NDJSON: an object in each line, with its time as “at”."),
        ("clock", "Times with or without a zone; decimal points or commas."),
    )
    return reads(said)


def unreadable_panel(found: Import, sentence: str) -> html.Section:
    """A file that is none of readings."""
    discard = html.Div(button(Ids.CANCEL, "Discard the file", "x-lg"), className="lf-actions")
    return panel(found.name or "The file", fault(sentence), discard, note=size_in_words(found.received))


def look_panels(found: Import, seen: Preview, feeds: Sequence[Feed], zone: str) -> list[Component]:
    """Everything about a file that is here: how it is read, where its columns go, what it comes to."""
    table_at = html.Div(columns(seen, feeds), id=Ids.COLUMNS)
    comes_to_at = html.Div(id=Ids.ROWS, className="lf-import-rows", **aria(live="polite"))
    first = [
        panel("Where the columns go", table_at, note=facts(found, seen.mapping)),
        panel("What it comes to", comes_to_at),
    ]
    beside = [
        panel("How it is read", html.Div(_reading(seen, zone), className="lf-form")),
        panel("Import", html.Div(_deciding(), className="lf-form")),
    ]
    return [html.Div([html.Div(first), html.Div(beside)], className="lf-import-parts")]


def facts(found: Import, told: Mapping) -> str:
    """`kiln.csv · 2.1 MB · a column for each feed`."""
    shape = "NDJSON" if told.form is FileForm.NDJSON else "CSV"
    rows = "a row for each reading" if told.shape is Shape.TIDY else "a column for each feed"
    return " · ".join(part for part in (found.name, size_in_words(found.received), shape, rows) if part)


def columns(seen: Preview, feeds: Sequence[Feed]) -> list[Component]:
    """A row for each column (or each feed of a tidy file), with what stands in it and where it goes."""
    told = seen.mapping
    if not told.sources:
        return [html.P("Besides the times there is no column that could go to a feed.", className="lf-sub")]
    head = ("Feed in the file" if told.shape is Shape.TIDY else "Column", "First values", "Goes to")
    if told.form is FileForm.NDJSON:
        head = ("Member", "First values", "Goes to")
    rows = [_column(source, seen, feeds) for source in told.sources]
    further = [html.P(FURTHER_DOWN, className="lf-sub")] if told.has_names and told.rest is Rest.BY_NAME else []
    return [table("Where the columns go", head, rows), *further]


def _column(source: Source, seen: Preview, feeds: Sequence[Feed]) -> list[Any]:
    key = choices.key_of(source, seen.mapping.sources)
    name = source.name.strip()[:MOST_NAME_CHARS] or f"Column {source.place + 1}"
    control_id = column_id(key)
    options = [{"value": value, "label": words} for value, words in choices.targets(source, feeds)]
    select = dbc.Select(id=control_id, options=options, value=choices.target_of(source), class_name="lf-select")
    label = dbc.Label(f"Where {name} goes", html_for=stringify_id(control_id), class_name="visually-hidden")
    cells = (
        choices.samples(seen.mapping, source, seen.rows)
        or _samples_read(seen.entries, source.feed)
        or seen.cells.get(source.name, ())
    )
    shown = ", ".join(map(_cut, cells))
    return [
        html.Strong(name, className="lf-import-name"),
        html.Span(shown, className="lf-import-cells"),
        [label, select],
    ]


def _samples_read(entries: Sequence[NewEntry], feed: str) -> list[str]:
    return [_said(reading) for entry in entries for reading in entry.readings if reading.feed == feed][:3]


def _reading(seen: Preview, zone: str) -> list[Component]:
    told = seen.mapping
    zones_known = [zones.WORLD, *sorted(name for name in zones.names() if name != zones.WORLD)]
    in_zone = choice_field(
        Ids.ZONE,
        "Zone of times that name none",
        [(name, place(name)) for name in zones_known],
        zone,
        hint="Times that end in Z, or in +02:00, keep their own.",
    )
    is_table = told.form is FileForm.CSV
    of_tables = html.Div(_of_tables(seen), className="lf-fields", hidden=not is_table)
    return [of_tables, in_zone]


def _of_tables(seen: Preview) -> list[Component]:
    told, headings = seen.mapping, seen.headings
    times = [
        (choices.column_key(each, headings), name.strip() or f"Column {each + 1}") for each, name in enumerate(headings)
    ]
    is_time = headings[told.time].strip() if told.time < len(headings) else ""
    return [
        choice_field(Ids.TIME, "Column of times", [(FOUND, f"Found: {is_time}"), *times], FOUND),
        choice_field(Ids.DATES, "Dates", _options(DATES, told.dates), FOUND),
        choice_field(Ids.SEPARATOR, "Columns parted by", _options(SEPARATORS, told.separator), FOUND),
        choice_field(Ids.DECIMAL, "Decimals", _options(DECIMALS, "comma" if told.decimal_comma else "point"), FOUND),
        choice_field(Ids.ENCODING, "Written in", _options(ENCODED, told.encoding), FOUND),
    ]


def _options(words: Any, found: str) -> list[tuple[str, str]]:
    return [(FOUND, f"Found: {words[found]}"), *((str(each), said) for each, said in words.items())]


def _deciding() -> list[Component]:
    return [
        switch_field(
            Ids.WHOLE,
            "All or nothing",
            True,
            hint="Everything is checked first, and stored only if every row can be. "
            "Off: good rows are stored, bad ones are listed.",
        ),
        choice_field(
            Ids.CONFLICTS,
            "Where a feed has another value for the same time",
            [(str(each), words) for each, words in CONFLICTS.items()],
            str(OnConflict.REFUSE),
            hint="The same value again is no conflict: it is counted as repeated.",
        ),
        html.Div(
            [
                button(Ids.START, "Import", "box-arrow-in-down", Tone.MAIN),
                button(Ids.CANCEL, "Discard the file", "x-lg"),
            ],
            className="lf-actions",
        ),
    ]


def comes_to(seen: Preview, feeds: Sequence[Feed], zone: ZoneInfo, refused: str = "") -> list[Component]:
    """The first rows as they would be stored, and what is wrong with them; `refused`: why nothing can be."""
    labels = {feed.name: f"{feed.label} [{feed.unit}]" if feed.unit else feed.label for feed in feeds}
    wanted = [source.feed for source in seen.mapping.wanted]
    parts: list[Component] = [fault(refused)] if refused else []
    if made := choices.kinds_made(seen.mapping):
        named = ", ".join(f"{name} ({KINDS[kind]})" for name, kind in made.items())
        new = f"{counted(len(made), 'new feed')}: {named}."
        parts.append(html.P([icon("plus-circle"), html.Span(new)], className="lf-import-note"))
    parts += _faults(seen)
    if not seen.entries:
        return [*parts, html.P("None of the first rows can be stored.", className="lf-sub")]
    besides = _besides(seen.entries)
    heads = [f"Time, {place(zone.key)}", *(labels.get(name, name) for name in wanted), *besides]
    rows = [_row(entry, wanted, besides, zone) for entry in seen.entries[:MOST_SHOWN]]
    return [*parts, _as_stored(heads, rows)]


def _as_stored(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> html.Div:
    """A table that stays one on a phone, where it is moved sideways: rows are compared here."""
    body = [html.Tr([html.Td(cell) for cell in row]) for row in rows]
    shown = html.Table(
        [html.Thead(html.Tr([html.Th(head, scope="col") for head in heads])), html.Tbody(body)],
        className="lf-import-table",
    )
    name = "The first rows as they would be stored"
    return html.Div(shown, className="lf-import-sideways", tabIndex="0", role="region", **aria(label=name))


def _besides(entries: Sequence[NewEntry]) -> list[str]:
    """What entries have besides readings."""
    found = {STATUS: any(entry.status for entry in entries), POSITION: any(entry.position for entry in entries)}
    return [name for name, is_there in found.items() if is_there]


def _row(entry: NewEntry, wanted: Sequence[str], besides: Sequence[str], zone: ZoneInfo) -> list[Any]:
    when = instant_text(entry.at, zone).removesuffix(f" {zones.WORLD}") if entry.at is not None else ""
    found = {reading.feed: _cut(_said(reading)) for reading in entry.readings}
    where = f"{entry.position.latitude}, {entry.position.longitude}" if entry.position else ""
    more = {STATUS: _cut(entry.status or ""), POSITION: where}
    values = [*(found.get(name, "") for name in wanted), *(more[name] for name in besides)]
    return [html.Span(when, className="lf-import-when"), *values]


def _said(reading: NewReading) -> str:
    return spelling(reading.value, reading.text)


def _cut(cell: str) -> str:
    return cell if len(cell) <= LONGEST_CELL else f"{cell[: LONGEST_CELL - 1]}…"


def _faults(seen: Preview) -> list[Component]:
    if not seen.faults:
        return []
    count = len(seen.faults)
    words = f"Among the first {LOOKED_AT} readings, {counted(count, 'row')} cannot be stored"
    listed = [html.Li(each.sentence) for each in seen.faults[:MOST_FAULTS]]
    more = [html.Li(f"and {count - MOST_FAULTS} more")] if count > MOST_FAULTS else []
    head = html.P([icon("exclamation-triangle"), html.Span(words)], className="lf-import-bad")
    return [head, html.Ul([*listed, *more], className="lf-import-faults")]
