"""A course's roster on the page: who is on it, what an uploaded file would change, what was applied before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashapp.components.age import ago
from dashapp.components.course_cards import counted, place_words
from dashapp.components.forms import button, table
from dashapp.components.icons import icon, icon_class
from dashapp.components.notices import empty_state
from domain.courses import Enrolment
from domain.errors import LabfeedError
from domain.roles import Part
from domain.roster_files import Fault, Parsed
from domain.rosters import Change, Diff, RosterRow
from models.rosters import Application, Applied, Preview

MOST_LINES = 200
"""Rows of a change, or of faults, that are shown; the counts are always whole."""

MOST_NAMED = 8
"""New channels that are named."""

KINDS = {
    "added": ("plus-circle-fill", "Added"),
    "changed": ("arrow-left-right", "Changed"),
    "removed": ("dash-circle-fill", "Removed"),
    "same": ("check-lg", "Unchanged"),
}


def undo_id(roster_id: Any) -> dict[str, Any]:
    """The id of the button that takes a roster back."""
    return {"roster": "undo", "of": roster_id}


def roster_table(found: Sequence[Enrolment]) -> Component:
    """Everybody on the roster."""
    if not found:
        return empty_state("people", "Nobody is on the roster", "Upload a file with one person in each row.")
    rows = [
        [
            one.row.name or html.Span("no name", className="lf-sub"),
            html.Span(one.row.email, className="lf-roster-email"),
            str(one.row.part).capitalize(),
            one.row.section,
            one.row.team,
            _presence(one),
        ]
        for one in found
    ]
    return table("Roster", ("Name", "E-mail", "Role", "Section", "Team", "Signed in"), rows)


def roster_summary(found: Sequence[Enrolment]) -> str:
    """`24 students, 2 staff · 18 have signed in`."""
    staff = sum(one.row.part is Part.STAFF for one in found)
    present = sum(one.person_id is not None for one in found)
    return f"{counted(len(found) - staff, 'student')}, {staff} staff · {present} of {len(found)} have signed in"


def faults_list(name: str, read: Parsed) -> list[Component]:
    """What is wrong with a file, row by row."""
    count = counted(len(read.faults), "row")
    return [
        _headline("exclamation-triangle-fill", "bad", f"{name}: {count} cannot be read"),
        html.P(
            "Nothing is applied until every row can be read. Mend the file and upload it again.", className="lf-sub"
        ),
        html.Ul([_fault(fault) for fault in read.faults[:MOST_LINES]], className="lf-faults"),
        *_left_out(len(read.faults)),
        *_notes(read),
    ]


def refusal(name: str, error: LabfeedError) -> list[Component]:
    """A file that is no roster, or one that may not be applied."""
    return [
        _headline("exclamation-triangle-fill", "bad", f"{name}: {error.detail}"),
        html.P(error.hint or "", className="lf-sub"),
    ]


def preview_panel(name: str, read: Parsed, preview: Preview) -> list[Component]:
    """What applying the file would change."""
    diff = preview.diff
    if diff.is_empty:
        return [_headline("check-circle-fill", "ok", f"{name} says what the roster says already"), *_notes(read)]
    return [
        _headline("file-earmark-diff", "accent", f"{name} would change this"),
        _counts(diff),
        *_notes(read),
        *_new_channels(preview.new_channels),
        _changes(diff),
        *_left_out(len(diff.added) + len(diff.changed) + len(diff.removed)),
    ]


def history_table(found: Sequence[Application], now: int) -> Component:
    """The rosters that were applied, the newest first."""
    if not found:
        return html.P("No roster was applied yet.", className="lf-sub")
    rows = [
        [
            html.Span(ago(each.applied_at, now), className="lf-when"),
            each.applied_by_name or "somebody",
            _counted(each),
            _outcome(each),
        ]
        for each in found
    ]
    return table("Rosters applied", ("When", "By", "Changes", ""), rows)


def told(applied: Applied, *, is_undone: bool = False) -> str:
    """What applying, or undoing, came to, as a sentence or two."""
    diff = applied.diff
    counts = ", ".join(
        f"{count} {word}"
        for word, count in (("added", len(diff.added)), ("changed", len(diff.changed)), ("removed", len(diff.removed)))
        if count
    )
    said = [f"The roster was {'put back' if is_undone else 'applied'}: {counts or 'nothing changed'}."]
    if applied.channels_made:
        said.append(f"{counted(applied.channels_made, 'channel was', 'channels were')} made.")
    if applied.channels_binned:
        said.append(f"{counted(applied.channels_binned, 'empty channel', 'empty channels')} went into the bin.")
    said += [f"{email} stays an owner of {channel}, which has no other." for email, channel in applied.kept[:5]]
    return " ".join(said)


def _presence(one: Enrolment) -> html.Span:
    if one.person_id is None:
        return html.Span("Not yet", className=f"lf-mark lf-sub {icon_class('hourglass')}")
    return html.Span("Yes", className=f"lf-mark lf-present {icon_class('check-lg')}")


def _headline(picture: str, tone: str, words: str) -> html.H2:
    return html.H2([icon(picture), html.Span(words)], className=f"lf-headline lf-headline-{tone}")


def _fault(fault: Fault) -> html.Li:
    return html.Li([html.Strong(f"Row {fault.row}"), html.Span(fault.sentence)])


def _notes(read: Parsed) -> list[Component]:
    return [html.P([icon("info-circle"), html.Span(note)], className="lf-roster-note") for note in read.notes]


def _new_channels(names: Sequence[str]) -> list[Component]:
    if not names:
        return []
    named = ", ".join(names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    words = f"{counted(len(names), 'channel')} will be made: {named}{f' and {more} more' if more > 0 else ''}."
    return [html.P([icon("broadcast"), html.Span(words)], className="lf-roster-note")]


def _counts(diff: Diff) -> html.Ul:
    counts = {"added": len(diff.added), "changed": len(diff.changed), "removed": len(diff.removed), "same": diff.same}
    return html.Ul(
        [
            html.Li(
                [icon(picture), html.Strong(str(counts[kind])), html.Span(words.lower())],
                className=f"lf-count lf-{kind}",
            )
            for kind, (picture, words) in KINDS.items()
        ],
        className="lf-counts",
    )


def _changes(diff: Diff) -> Component:
    lines: list[tuple[str, RosterRow, Any]] = [("added", row, _stands(row)) for row in diff.added]
    lines += [("changed", change.after, _differs(change)) for change in diff.changed]
    lines += [("removed", row, _stands(row)) for row in diff.removed]
    rows = [
        [
            _kind(kind),
            row.name or html.Span("no name", className="lf-sub"),
            html.Span(row.email, className="lf-roster-email"),
            what,
        ]
        for kind, row, what in lines[:MOST_LINES]
    ]
    return table("What would change", ("Change", "Name", "E-mail", "Where"), rows)


def _kind(kind: str) -> html.Span:
    picture, words = KINDS[kind]
    return html.Span(words, className=f"lf-mark lf-{kind} {icon_class(picture)}")


def _stands(row: RosterRow) -> str:
    return (
        " · ".join(filter(None, ("staff" if row.part is Part.STAFF else "", place_words(row.section, row.team))))
        or "no team"
    )


def _differs(change: Change) -> html.Span:
    said: list[Any] = []
    for word, before, after in change.words:
        said += [html.Span(f"{word} "), html.Del(before or "none"), " → ", html.Ins(after or "none"), "; "]
    return html.Span(said[:-1], className="lf-differs")


def _left_out(count: int) -> list[Component]:
    return [html.P(f"and {count - MOST_LINES} more", className="lf-sub")] if count > MOST_LINES else []


def _counted(each: Application) -> str:
    counts = ((each.added, "added"), (each.changed, "changed"), (each.removed, "removed"))
    return ", ".join(f"{count} {word}" for count, word in counts if count)


def _outcome(each: Application) -> Any:
    if each.undone_at is not None:
        return html.Span("Undone", className=f"lf-mark lf-sub {icon_class('arrow-counterclockwise')}")
    undo = button(undo_id(each.id), "Undo", "arrow-counterclockwise", is_small=True)
    return html.Div(undo if each.may_be_undone else [], className="lf-actions")
