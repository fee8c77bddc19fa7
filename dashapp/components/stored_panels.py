"""What a channel holds, how long it keeps that, and ranges that are deleted and put back."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.age import ago
from dashapp.components.attributes import aria
from dashapp.components.faults import NONE, Faults, fault, with_fault
from dashapp.components.forms import Tone, button, field, panel, table, text_field
from dashapp.components.icons import icon
from dashapp.components.lens_parts import counted
from dashapp.components.time_picker import moment_words, place
from domain.channels import Channel
from domain.readings import Feed
from domain.removals import Preview, Removal, State
from domain.retention import kept_in_words
from domain.storage import FeedStored, Stored, count_in_words, size_in_words
from domain.timespan import MINUTE

MANY = 1_000
"""To delete more readings than this, the channel's name has to be typed."""

MOST_FEEDS_NAMED = 4


class Ids(StrEnum):
    """Every id of the page that is a word."""

    HEAD = "stored-head"
    PANELS = "stored-panels"
    HELD = "stored-held"
    KEPT = "stored-kept"
    DAYS = "stored-days"
    OLDER = "stored-older"
    KEEP = "stored-keep"
    FEEDS = "stored-feeds"
    START = "stored-from"
    END = "stored-to"
    LOOK = "stored-look"
    SHOWN = "stored-shown"
    RANGE = "stored-range"
    DECIDE = "stored-decide"
    CONFIRM = "stored-confirm"
    CONFIRMING = "stored-confirming"
    CONFIRM_FAULT = "stored-confirm-fault"
    DELETE = "stored-delete"
    HISTORY = "stored-history"
    CHANGED = "stored-changed"
    AGAIN = "stored-again"


def undo_id(removal_id: Any) -> dict[str, Any]:
    """The id of the button that puts back what a removal took."""
    return {"removal": "undo", "of": removal_id}


def held_words(stored: Stored) -> str:
    """`1 204 300 readings, about 110 MB`."""
    if not stored.readings and not stored.removed:
        return "No reading yet"
    return f"{counted(stored.readings, 'reading')}, about {size_in_words(stored.size_bytes)}"


def held_panel(stored: Stored, feeds: Sequence[FeedStored], zone: ZoneInfo) -> html.Section:
    return panel("What it holds", html.Div(held(stored, feeds, zone), id=Ids.HELD))


def held(stored: Stored, feeds: Sequence[FeedStored], zone: ZoneInfo) -> list[Component]:
    """A row a feed, and what it comes to."""
    rows = [_held_row(each, zone) for each in feeds]
    removed = f" {counted(stored.removed, 'deleted reading')} can still be put back." if stored.removed else ""
    return [
        html.P([html.Strong(held_words(stored)), f".{removed}"], className="lf-stored-sum"),
        *([table("Readings by feed", ("Feed", "Readings", "First", "Last", "About"), rows)] if rows else []),
    ]


def _held_row(each: FeedStored, zone: ZoneInfo) -> list[Any]:
    ends, size = _ends(each.first_at, each.last_at, zone), _unbroken(size_in_words(each.stored.size_bytes))
    return [html.Strong(each.feed.label), _unbroken(count_in_words(each.stored.readings)), *ends, size]


def keeping_panel(channel: Channel, now: int, zone: ZoneInfo) -> html.Section:
    save = html.Div(button(Ids.KEEP, "Save", "check-lg", Tone.MAIN), className="lf-actions")
    return panel("How long readings are kept", html.Div(keeping_form(channel, now, zone), id=Ids.KEPT), save)


def keeping_form(channel: Channel, now: int, zone: ZoneInfo, faults: Faults = NONE, written: Any = "") -> html.Div:
    """What holds now, and a number of days to set; `written` stays where it was refused."""
    days = written if faults else channel.keep_days
    shown = text_field(
        Ids.DAYS,
        "Keep readings for so many days",
        "" if days is None else str(days),
        placeholder="for ever",
        hint="Left empty, they are kept for ever. What is older goes for good, whole days of UTC at a time, with where "
        "it was taken.",
        debounce=True,
        inputmode="numeric",  # of a field for numbers what is refused arrives as nothing, which would mean for ever
        autocomplete="off",
    )
    return html.Div(
        [
            html.P(kept_words(channel, now, zone), className="lf-sub"),
            with_fault(shown, faults.get("/keep_days")),
            html.Div(id=Ids.OLDER, **aria(live="polite")),
        ],
        className="lf-form",
    )


def kept_words(channel: Channel, now: int, zone: ZoneInfo) -> str:
    """`Readings are kept for 30 days. From 21 Nov 2026, 10:00 on, what is older goes.`"""
    kept = f"Readings are kept {kept_in_words(channel.keep_days)}."
    if channel.keep_begins_at is None or channel.keep_begins_at <= now:
        return kept
    since = moment_words(channel.keep_begins_at - channel.keep_begins_at % MINUTE, zone)
    return f"{kept} From {since} on, what is older goes; until then this can be changed."


def older_words(count: int) -> list[Component]:
    """What a shorter time would take."""
    if not count:
        return [html.Small("No reading is older than that.", className="lf-hint")]
    words = f"{counted(count, 'reading')} {'is' if count == 1 else 'are'} older than that, and will go for good."
    return [html.Small([icon("exclamation-triangle"), html.Span(words)], className="lf-stored-warning")]


def range_panel(feeds: Sequence[Feed], name: str, zone: ZoneInfo) -> html.Section:
    """Which feeds and which time; what that is, is shown before it can be deleted."""
    return panel(
        "Delete a range",
        html.Div(
            [
                _feeds_field(feeds),
                html.Div(
                    [
                        text_field(Ids.START, "From", placeholder="the first reading", autocomplete="off"),
                        text_field(Ids.END, "To", placeholder="now", autocomplete="off"),
                    ],
                    className="lf-fields",
                ),
                html.Small(
                    "A date, 2026-03-08 14:05, or now-2h; a date as To means to its end. "
                    f"Times are those of {place(zone.key)}.",
                    className="lf-hint",
                ),
                html.Div(button(Ids.LOOK, "Show what this is", "search"), className="lf-actions"),
            ],
            className="lf-form",
        ),
        html.Div(id=Ids.SHOWN, **aria(live="polite")),
        html.Div(_decide(name), id=Ids.DECIDE, hidden=True, className="lf-form lf-stored-decide"),
        dcc.Store(id=Ids.RANGE),
        note="For 30 days it can be put back.",
    )


def _feeds_field(feeds: Sequence[Feed]) -> html.Div:
    options = [{"value": feed.name, "label": feed.label} for feed in feeds]
    every = [feed.name for feed in feeds]
    choice = dbc.Checklist(id=Ids.FEEDS, options=options, value=every, inline=True, class_name="lf-checks")
    return field("Feeds", choice)


def _decide(name: str) -> list[Component]:
    typed = text_field(Ids.CONFIRM, f"These are many. Type “{name}” to confirm", autocomplete="off")
    return [
        html.Div([typed, html.Div(id=Ids.CONFIRM_FAULT)], id=Ids.CONFIRMING, hidden=True, className="lf-form"),
        html.Div(button(Ids.DELETE, "Delete these readings", "trash3", Tone.DANGER), className="lf-actions"),
    ]


def shown_range(found: Preview, zone: ZoneInfo) -> list[Component]:
    """What would be deleted, a row a feed."""
    if not found.readings:
        return [html.P("There is no reading in this range.", className="lf-sub")]
    rows = [
        [
            html.Strong(each.feed.label),
            _unbroken(count_in_words(each.readings)),
            *_ends(each.first_at, each.last_at, zone),
        ]
        for each in found.feeds
        if each.readings
    ]
    return [
        html.P(html.Strong(f"{counted(found.readings, 'reading')} would be deleted:"), className="lf-stored-sum"),
        table("What would be deleted", ("Feed", "Readings", "First", "Last"), rows),
    ]


def refused_range(sentence: str) -> list[Component]:
    """Why a range cannot be understood."""
    return [fault(sentence)]


def history_panel(found: Sequence[Removal], now: int, zone: ZoneInfo) -> html.Section:
    note = "What is deleted can be put back for 30 days; it takes room until then."
    return panel("Deleted lately", html.Div(history(found, now, zone), id=Ids.HISTORY), note=note)


def history(found: Sequence[Removal], now: int, zone: ZoneInfo) -> list[Component]:
    """What was deleted in the last 30 days, and how far it is."""
    if not found:
        return [html.P("Nothing was deleted in the last 30 days.", className="lf-sub")]
    rows = [
        [
            html.Div(
                [html.Span(ago(each.made_at, now)), html.Span(each.made_by, className="lf-mine-course")],
                className="lf-stored-when",
            ),
            _what(each, zone),
            _unbroken(count_in_words(each.total)),
            _how_far(each, now),
        ]
        for each in found
    ]
    return [table("Deleted lately", ("When", "What", "Readings", ""), rows)]


def _what(each: Removal, zone: ZoneInfo) -> html.Div:
    named = ", ".join(feed.label for feed in each.feeds[:MOST_FEEDS_NAMED])
    more = len(each.feeds) - MOST_FEEDS_NAMED
    first, last = (moment_words(at, zone) for at in (each.span.start, each.span.end))
    feeds = html.Span(f"{named} +{more}" if more > 0 else named)
    return html.Div([feeds, html.Span(f"{first} to {last}", className="lf-mine-course")])


def _how_far(each: Removal, now: int) -> html.Div:
    if each.is_under_way:
        words = "Deleting" if each.state is State.REMOVING else "Putting back"
        bar = html.Progress(value=str(each.done), max=str(max(1, each.total)), **aria(label=words))
        return html.Div([html.Span(f"{words} …"), bar], className="lf-stored-progress")
    if each.state is State.RESTORED:
        stayed = f"; {counted(each.superseded, 'reading')} sent since stayed" if each.superseded else ""
        return html.Div(html.Span(f"Was put back{stayed}", className="lf-sub"), className="lf-actions")
    left = each.days_left(now)
    gone = html.Span(f"for {left} day{'' if left == 1 else 's'} more", className="lf-sub")
    back = button(undo_id(each.id), "Put back", "arrow-counterclockwise", is_small=True)
    return html.Div([gone, back], className="lf-actions")


def _ends(first_at: int | None, last_at: int | None, zone: ZoneInfo) -> list[html.Span]:
    """To the minute."""
    written = ("—" if at is None else moment_words(at - at % MINUTE, zone) for at in (first_at, last_at))
    return [_unbroken(words) for words in written]


def _unbroken(words: str) -> html.Span:
    return html.Span(words, className="lf-stored-cell")
