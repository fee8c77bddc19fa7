"""What became of files: one that is on its way, and those that were imported before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.age import ago
from dashapp.components.attributes import aria
from dashapp.components.confirming import confirmed
from dashapp.components.forms import Tone, button, link_button, panel, table
from dashapp.components.icons import icon
from dashapp.components.import_ids import Ids, undo_id
from dashapp.components.lens_parts import counted
from domain.imports import Fault, Outcome, Phase
from domain.storage import count_in_words, size_in_words
from models.imports import Import
from models.jobs import State
from models.moving_in import Arrival

MOST_LISTED = 100

STATES = {
    State.OPEN: ("pencil", "Not started"),
    State.READY: ("hourglass", "Waiting"),
    State.RUNNING: ("arrow-repeat", "Running"),
    State.UNDOING: ("arrow-counterclockwise", "Taking back"),
    State.DONE: ("check-circle-fill", "Done"),
    State.REFUSED: ("x-circle-fill", "Nothing stored"),
    State.FAILED: ("exclamation-triangle-fill", "Broke off"),
    State.CANCELLED: ("slash-circle", "Cancelled"),
    State.UNDONE: ("arrow-counterclockwise", "Undone"),
}
PHASES = {
    Phase.CHECKING: "Every row is checked; nothing is stored yet.",
    Phase.STORING: "What is in the file is being stored.",
    Phase.TAKING_BACK: "What it stored is being taken away again.",
}
CURE = "Mend the file, or import it once more and leave out what is listed here."
"""What can be done where all or nothing was asked for."""
UNDER_WAY = frozenset({State.READY, State.RUNNING, State.UNDOING})


def under_way(found: Import) -> html.Section:
    """How far an import is, and the way to stop it."""
    is_stopping = found.state is State.UNDOING
    words = "It waits for its turn." if found.state is State.READY else PHASES[found.outcome.phase]
    if is_stopping:
        words = PHASES[Phase.TAKING_BACK]
    cancel = [] if is_stopping or not found.may_be_changed else [button(Ids.CANCEL, "Cancel and take back", "x-lg")]
    return panel(
        _title(found),
        html.P(words, className="lf-sub"),
        bar(found),
        counts(found.outcome),
        html.Div(cancel, className="lf-actions lf-import-acts"),
    )


def over(found: Import, address: str) -> html.Section:
    """What came of an import; `address`: of the page, for the next one."""
    picture, words = STATES[found.state]
    head = html.P([icon(picture), html.Strong(words)], className=f"lf-import-state lf-import-{found.state}")
    reason = [html.P(found.outcome.reason, className="lf-import-reason")] if found.outcome.reason else []
    if found.state is State.REFUSED and (found.outcome.bad or found.outcome.clashes):
        reason.append(html.P(CURE, className="lf-sub"))
    return panel(
        _title(found),
        head,
        *reason,
        counts(found.outcome),
        *_listed("Rows that could not be stored", found.outcome.faults, found.outcome.bad),
        *_listed("Conflicts: another value is stored for the same time", found.outcome.clashing, found.outcome.clashes),
        html.Div(
            [link_button("Import another file", address, "plus-lg", Tone.MAIN), *_undo(found)],
            className="lf-actions lf-import-acts",
        ),
    )


def history(found: Sequence[Import], now: int, address: str) -> list[Component]:
    """Every import into the channel that is remembered, newest first."""
    if not found:
        return [html.P("No file was imported yet.", className="lf-sub")]
    rows = [
        [
            dcc.Link(each.name or f"Import {each.id}", href=f"{address}?file={each.id}", className="lf-import-name"),
            _when(each, now),
            _state(each),
            _in_short(each),
            html.Div(_undo(each), className="lf-actions"),
        ]
        for each in found
    ]
    return [table("Imports", ("File", "When", "State", "Came to", ""), rows)]


def in_words(outcome: Outcome) -> list[str]:
    """`12 readings stored`, `3 repeated` …; what did not happen is not said."""
    counts = (
        (outcome.stored, "stored"),
        (outcome.repeated, "repeated"),
        (outcome.clashes, "in conflict"),
        (outcome.taken_back, "taken back"),
    )
    said = [f"{count_in_words(count)} {word}" for count, word in counts if count]
    return [*said, *([f"{counted(outcome.bad, 'bad row')}"] if outcome.bad else [])]


def _when(each: Import, now: int) -> html.Div:
    by = html.Span(each.by, className="lf-import-by")
    return html.Div([html.Span(ago(each.made_at, now)), by], className="lf-import-whose")


def _title(found: Import) -> str:
    return found.name or f"Import {found.id}"


def _state(found: Import) -> Component:
    picture, words = STATES[found.state]
    mark = html.Span([icon(picture), html.Span(words)], className=f"lf-import-state lf-import-{found.state}")
    if found.state in UNDER_WAY and found.total:
        return html.Div([mark, bar(found)], className="lf-import-short")
    return mark


def _in_short(found: Import) -> str:
    if found.state is State.OPEN:
        return size_in_words(found.received)
    return ", ".join(in_words(found.outcome)) or "—"


def bar(found: Import | Arrival) -> html.Progress:
    done, total = found.done, found.total
    if found.state is State.UNDOING:
        done, total = found.outcome.taken_back, found.outcome.stored
    if found.state is not State.READY and total:
        return html.Progress(value=str(done), max=str(total), **aria(label="How far it is"))
    return html.Progress(max="1", **aria(label="How far it is"))


def counts(outcome: Outcome) -> html.Ul:
    """What was read, and what became of it."""
    told = (
        (outcome.rows, "row read" if outcome.rows == 1 else "rows read"),
        (outcome.stored, "reading stored" if outcome.stored == 1 else "readings stored"),
        (outcome.repeated, "repeated"),
        (outcome.clashes, "in conflict"),
        (outcome.bad, "bad row" if outcome.bad == 1 else "bad rows"),
        (outcome.taken_back, "taken back"),
    )
    shown = [each for place, each in enumerate(told) if each[0] or place < 2]
    return html.Ul(
        [html.Li([html.Strong(count_in_words(count)), html.Span(f" {words}")]) for count, words in shown],
        className="lf-import-counts",
    )


def _listed(title: str, faults: Sequence[Fault], count: int) -> list[Component]:
    """The first of what is wrong, line by line."""
    if not faults:
        return []
    items = [html.Li(each.sentence) for each in faults[:MOST_LISTED]]
    more = count - len(items)
    left = [html.Li(f"and {count_in_words(more)} more")] if more > 0 else []
    summary = html.Summary(f"{title} ({count_in_words(count)})")
    return [html.Details([summary, html.Ul([*items, *left])], open=True, className="lf-import-faults")]


def _undo(found: Import) -> list[Any]:
    if not found.may_be_undone:
        return []
    stored = counted(found.outcome.stored, "reading")
    yes = button(undo_id(found.id), "Yes, undo", "arrow-counterclockwise", Tone.DANGER, is_small=True)
    sentence = f"The {stored} it stored, and nothing else, are taken away."
    return [confirmed("Undo", sentence, yes, "arrow-counterclockwise")]
