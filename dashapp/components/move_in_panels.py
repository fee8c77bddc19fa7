"""A channel on its way here from ThingSpeak: its file chosen and looked at, the channel made, what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from dashapp.components import import_history
from dashapp.components.faults import NONE, Faults, fault
from dashapp.components.file_form import file_form, reads
from dashapp.components.forms import Tone, button, link_button, panel, switch_field, table
from dashapp.components.icons import icon
from dashapp.components.lens_parts import counted
from dashapp.components.new_channel_form import MOVE_IN, Written, about
from dashapp.components.stepper import instant_text
from dashapp.components.who_sees import who_sees
from domain.channels import Visibility
from domain.imports import Phase
from domain.moves import FieldSeen, Move, bad_rows, name_of
from domain.readings import Kind
from domain.storage import count_in_words, size_in_words
from models.jobs import State
from models.moving_in import Arrival

MOST_BAD = 20
"""Bad rows that are listed."""

HOLDS = {Kind.NUMBER: "Numbers", Kind.TEXT: "Words", Kind.MIXED: "Numbers and words"}
UNNAMED = "Channel from ThingSpeak"


class Ids(StrEnum):
    """Every id of the page that is a word."""

    STAGE = "move-in-stage"
    FILE = "move-in-file"
    NAME = "move-in-name"
    DESCRIPTION = "move-in-description"
    ABOUT = "move-in-about"
    WHO_SEES = "move-in-who-sees"
    WITHOUT_BAD = "move-in-without-bad"
    CREATE = "move-in-create"
    CANCEL = "move-in-cancel"
    FAULT = "move-in-fault"
    CHANGED = "move-in-changed"
    AGAIN = "move-in-again"


def choose_panel(token: str, refused: str = "") -> html.Section:
    """A file to choose; `token`: what the form must carry to be taken for ours."""
    said = (
        ("filetype-csv", "The export: at ThingSpeak on the channel's page, Data Import / Export, Download."),
        ("braces", "The feed: a channel's /feeds.json, saved as it is. It has the labels and the place as well."),
        ("list-ol", "Entries keep their times, values, statuses and places; they are numbered anew, from 1."),
        ("key", "The channel has new keys: a board is told the new one, and this server's address."),
    )
    form = file_form(Ids.FILE, MOVE_IN, token, label="A file from ThingSpeak", takes="CSV or JSON", refused=refused)
    return panel("Choose a file", form, reads(said))


def look_panels(found: Arrival, move: Move, zone: ZoneInfo) -> list[Component]:
    """Everything about a file that is here: the channel it becomes, what it holds, what will not be taken."""
    named = Written(move.name or UNNAMED, move.description)
    first = [
        panel("What it is", html.Div(about_fields(named), id=Ids.ABOUT)),
        panel("What is in it", *_holds(move, zone), note=f"{found.name} · {size_in_words(found.received)}"),
        *_left_out(move),
        *_bad(move),
    ]
    beside = [
        panel("Who sees it", who_sees(Ids.WHO_SEES, Visibility.COLLEGE)),
        panel("Move in", html.Div(_deciding(move), className="lf-form")),
    ]
    return [html.Div([html.Div(first), html.Div(beside)], className="lf-import-parts")]


def about_fields(written: Written, faults: Faults = NONE) -> html.Div:
    """Name and description, with what is wrong in them."""
    return about(written, faults, name_id=Ids.NAME, description_id=Ids.DESCRIPTION)


def refused_panel(found: Arrival) -> html.Section:
    """A file of which nothing was made, and why."""
    outcome = found.outcome
    listed = [each.sentence for each in (*outcome.faults, *outcome.clashing)][:MOST_BAD]
    return panel(
        found.name or "The file",
        html.P(
            [icon("x-circle-fill"), html.Strong("Nothing was moved in")],
            className="lf-import-state lf-import-refused",
        ),
        fault(found.reason),
        *([_sentences(listed)] if listed else []),
        html.Div(link_button("Choose another file", MOVE_IN, "arrow-left", Tone.MAIN), className="lf-actions"),
        note=size_in_words(found.received),
    )


def under_way_panel(found: Arrival) -> html.Section:
    """How far the history is."""
    is_stopping = found.state is State.UNDOING
    words = "It waits for its turn." if found.state is State.READY else import_history.PHASES[found.outcome.phase]
    stop = [] if is_stopping else [button(Ids.CANCEL, "Cancel and take back", "x-lg")]
    return panel(
        found.name,
        html.P(import_history.PHASES[Phase.TAKING_BACK] if is_stopping else words, className="lf-sub"),
        import_history.bar(found),
        import_history.counts(found.outcome),
        html.Div(stop, className="lf-actions lf-import-acts"),
    )


def done_panel(found: Arrival) -> html.Section:
    """The channel is here, and what comes next."""
    address = f"/channels/{found.channel_id}"
    there = [
        link_button("Open the channel", address, "graph-up", Tone.MAIN),
        link_button("Code for the board", f"{address}/code", "code-slash"),
    ]
    words = "Moved in" if found.state is State.DONE else "Undone: the channel is here, its history is not"
    return panel(
        found.name,
        html.P([icon("check-circle-fill"), html.Strong(words)], className="lf-import-state lf-import-done"),
        import_history.counts(found.outcome),
        html.Div(there, className="lf-actions lf-import-acts"),
    )


def _holds(move: Move, zone: ZoneInfo) -> list[Component]:
    said: list[Component] = [html.P(_facts(move, zone), className="lf-sub")]
    rows = [_field(number, seen) for number, seen in move.fields.items()]
    head = ("Field", "Label", "Holds", "Unit", "First values")
    return [*said, table("What the fields hold", head, rows)] if rows else said


def _field(number: int, seen: FieldSeen) -> Sequence[Any]:
    return (
        html.Strong(name_of(number)),
        seen.label or "—",
        HOLDS[seen.kind],
        seen.unit or "—",
        html.Span(", ".join(seen.first) or "—", className="lf-import-cells"),
    )


def _facts(move: Move, zone: ZoneInfo) -> str:
    """How many entries there are, from when to when, and what they have besides values."""
    entries = "1 entry" if move.taken == 1 else f"{count_in_words(move.taken)} entries"
    said = (
        f"{entries}, from {instant_text(move.first_at, zone)} to {instant_text(move.last_at or 0, zone)}"
        if move.first_at is not None
        else "No entry yet"
    )
    besides = [
        f"{count_in_words(count)} with {what}"
        for count, what in ((move.statuses, "a status"), (move.positions, "a place"))
        if count
    ]
    where = f" The channel's place: {move.position.latitude}, {move.position.longitude}." if move.position else ""
    return f"{'; '.join([said, *besides])}.{where}"


def _left_out(move: Move) -> list[Component]:
    said = move.not_taken()
    if move.zoneless:
        said.append(f"{counted(move.zoneless, 'time')} without a zone: read as UTC.")
    return [panel("What is not taken as it stands", _sentences(said))] if said else []


def _bad(move: Move) -> list[Component]:
    if not move.bad:
        return []
    words = f"{counted(move.bad, 'row')} cannot be stored"
    head = html.P([icon("exclamation-triangle"), html.Span(words)], className="lf-import-bad")
    return [panel("Bad rows", head, _sentences(bad_rows(move, MOST_BAD)))]


def _deciding(move: Move) -> list[Component]:
    """What is pressed; where rows are bad, first said to be left out."""
    hint = "Off: mend the file, and choose it again."
    leave = switch_field(Ids.WITHOUT_BAD, "Leave the bad rows out", False, hint=hint)
    buttons = [
        button(Ids.CREATE, "Create the channel", "box-arrow-in-down", Tone.MAIN),
        button(Ids.CANCEL, "Discard the file", "x-lg"),
    ]
    return [
        html.P("The channel and its history are made together, or not at all.", className="lf-sub"),
        html.Div(leave, hidden=not move.bad),
        html.Div(id=Ids.FAULT),
        html.Div(buttons, className="lf-actions"),
    ]


def _sentences(said: Sequence[str]) -> html.Ul:
    return html.Ul([html.Li(each) for each in said], className="lf-import-faults")
