"""The panels in which a channel is set by hand, each drawn only for those who may use it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.attributes import aria
from dashapp.components.faults import NONE, Faults, fault, with_fault
from dashapp.components.feed_rows import feed_rows
from dashapp.components.forms import Tone, button, choice_field, field, panel, switch_field, text_field
from dashapp.components.who_sees import who_sees
from dashapp.feed_drafts import FULL, Draft
from domain.channels import USUAL_PACE_MS, Channel, Visibility
from domain.describing import MOST_DESCRIPTION_CHARS, MOST_NAME_CHARS, MOST_PLACE_CHARS, About, tags_in
from domain.errors import Complaint, Invalid
from domain.readings import Position

UNITS = (("s", "seconds", 1.0), ("min", "minutes", 60.0), ("h", "hours", 3600.0))
"""Units an interval is written in: the word in the browser, the word people read, seconds."""


class Ids(StrEnum):
    """Every id of the page that is a word."""

    HEAD = "settings-head"
    PANELS = "settings-panels"
    GO = "settings-go"
    ABOUT = "settings-about"
    NAME = "settings-name"
    DESCRIPTION = "settings-description"
    TAGS = "settings-tags"
    PLACE = "settings-place"
    LATITUDE = "settings-latitude"
    LONGITUDE = "settings-longitude"
    SAVE_ABOUT = "settings-save-about"
    WHO_SEES = "settings-who-sees"
    SAVE_WHO_SEES = "settings-save-who-sees"
    READINGS = "settings-readings"
    INTERVAL = "settings-interval"
    INTERVAL_UNIT = "settings-interval-unit"
    NEW_FEEDS = "settings-new-feeds"
    PACE = "settings-pace"
    SAVE_READINGS = "settings-save-readings"
    FEEDS = "settings-feeds"
    DRAWN = "settings-feeds-drawn"
    FEED_FAULTS = "settings-feed-faults"
    ADD_FEED = "settings-add-feed"
    SAVE_FEEDS = "settings-save-feeds"
    ARCHIVE = "settings-archive"
    HEIR = "settings-heir"
    TRANSFER_NAME = "settings-transfer-name"
    TRANSFER_FAULT = "settings-transfer-fault"
    TRANSFER = "settings-transfer"
    CLEAR_NAME = "settings-clear-name"
    CLEAR_FAULT = "settings-clear-fault"
    CLEAR = "settings-clear"
    DELETE_NAME = "settings-delete-name"
    DELETE_FAULT = "settings-delete-fault"
    DELETE = "settings-delete"


@dataclass(frozen=True, slots=True)
class AboutDraft:
    """What a channel says of itself, as it stands in the form."""

    name: str = ""
    description: str = ""
    tags: str = ""
    place: str = ""
    latitude: Any = None
    longitude: Any = None


@dataclass(frozen=True, slots=True)
class ReadingsDraft:
    """How often readings are expected, as it stands in the form, whether a board may make feeds, and the least seconds
    between two updates in ThingSpeak's language."""

    interval: Any
    unit: str
    accepts_new_feeds: bool
    pace: Any = None

    @property
    def interval_s(self) -> float | None:
        """In seconds; None: as they come."""
        if self.interval in (None, ""):
            return None
        return float(self.interval) * next(length for word, _, length in UNITS if word == self.unit)

    @property
    def pace_ms(self) -> int | None:
        """None: the usual one."""
        return None if self.pace in (None, "") else round(float(self.pace) * 1000)


def about_draft(channel: Channel) -> AboutDraft:
    """What it says now."""
    latitude, longitude = channel.position[:2] if channel.position else (None, None)
    return AboutDraft(channel.name, channel.description, " ".join(channel.tags), channel.place, latitude, longitude)


def about_of(draft: AboutDraft) -> About:
    """What the channel shall say of itself. Raises Invalid for half a position."""
    position = (draft.latitude, draft.longitude)
    is_empty = [each in (None, "") for each in position]
    if any(is_empty) and not all(is_empty):
        fault = "Give both the latitude and the longitude, or neither."
        raise Invalid(fault, complaints=[Complaint("/position", fault)])
    return About(
        name=draft.name or "",
        description=draft.description or "",
        tags=tags_in(draft.tags or ""),
        place=draft.place or "",
        position=None if all(is_empty) else Position(float(position[0]), float(position[1])),
    )


def readings_draft(channel: Channel) -> ReadingsDraft:
    """What is expected now, in the largest unit that writes it whole."""
    interval_s, pace = channel.expected_interval_s, f"{channel.least_pace_s:g}"
    if interval_s is None:
        return ReadingsDraft("", "s", channel.accepts_new_feeds, pace)
    word, length = next(
        (word, length) for word, _, length in reversed(UNITS) if interval_s % length == 0 or length == 1
    )
    return ReadingsDraft(f"{interval_s / length:g}", word, channel.accepts_new_feeds, pace)


def about_panel(draft: AboutDraft) -> html.Section:
    save = html.Div(button(Ids.SAVE_ABOUT, "Save", "check-lg", Tone.MAIN), className="lf-actions")
    return panel("About", html.Div(about_form(draft), id=Ids.ABOUT), save)


def about_form(draft: AboutDraft, faults: Faults = NONE) -> html.Div:
    """Name, description, tags and place, with what is wrong in them."""
    description = dbc.Textarea(
        id=Ids.DESCRIPTION, value=draft.description, maxlength=MOST_DESCRIPTION_CHARS, rows=3, class_name="lf-input"
    )
    tags_hint = "Words to find it by, with blanks between them; at most 20."
    return html.Div(
        [
            with_fault(text_field(Ids.NAME, "Name", draft.name, most_chars=MOST_NAME_CHARS), faults.get("/name")),
            with_fault(field("Description", description), faults.get("/description")),
            with_fault(
                text_field(Ids.TAGS, "Tags", draft.tags, most_chars=700, placeholder="kiln glaze", hint=tags_hint),
                faults.get("/tags"),
            ),
            with_fault(
                text_field(Ids.PLACE, "Place", draft.place, most_chars=MOST_PLACE_CHARS, placeholder="Room 12"),
                faults.get("/place"),
            ),
            with_fault(_position(draft), faults.get("/position")),
        ],
        className="lf-form",
    )


def _position(draft: AboutDraft) -> html.Div:
    numbers: dict[str, Any] = {"type": "number", "step": "any"}
    fields = [
        text_field(Ids.LATITUDE, "Latitude", _plain(draft.latitude), placeholder="47.4979", **numbers),
        text_field(Ids.LONGITUDE, "Longitude", _plain(draft.longitude), placeholder="19.0402", **numbers),
    ]
    return html.Div([html.Div(fields, className="lf-fields")], className="lf-field")


def who_sees_panel(visibility: Visibility) -> html.Section:
    save = html.Div(button(Ids.SAVE_WHO_SEES, "Save", "check-lg", Tone.MAIN), className="lf-actions")
    return panel("Who sees it", who_sees(Ids.WHO_SEES, visibility), save)


def readings_panel(draft: ReadingsDraft) -> html.Section:
    save = html.Div(button(Ids.SAVE_READINGS, "Save", "check-lg", Tone.MAIN), className="lf-actions")
    return panel("Readings", html.Div(readings_form(draft), id=Ids.READINGS), save)


def readings_form(draft: ReadingsDraft, faults: Faults = NONE) -> html.Div:
    """How often readings are expected, whether a board may make feeds, and how fast updates may come in ThingSpeak's
    language, with what is wrong in it."""
    number: dict[str, Any] = {"type": "number", "step": "any", "min": 0, "placeholder": "auto"}
    interval = html.Div(
        [
            text_field(Ids.INTERVAL, "Expected every", _plain(draft.interval), **number),
            choice_field(Ids.INTERVAL_UNIT, "Unit of time", [(word, words) for word, words, _ in UNITS], draft.unit),
        ],
        className="lf-interval",
    )
    hint = html.Small(
        "Late and Silent are counted by it. Left empty, it is learnt from what comes.", className="lf-hint"
    )
    return html.Div(
        [
            with_fault(html.Div([interval, hint], className="lf-field"), faults.get("/interval")),
            switch_field(
                Ids.NEW_FEEDS,
                "The board may create feeds",
                draft.accepts_new_feeds,
                hint="Otherwise a reading of an unknown name is refused, and the board is told why.",
            ),
            with_fault(_pace(draft), faults.get("/pace")),
        ],
        className="lf-form",
    )


def _pace(draft: ReadingsDraft) -> html.Div:
    number: dict[str, Any] = {"type": "number", "step": "any", "min": 0, "placeholder": f"{USUAL_PACE_MS / 1000:g}"}
    hint = "In seconds; 0: as fast as they come. One that comes sooner is answered with 0, and told under Code."
    return text_field(Ids.PACE, "Least time between ThingSpeak updates", _plain(draft.pace), hint=hint, **number)


def feeds_panel(drafts: Sequence[Draft], fixed: Collection[int]) -> html.Section:
    return panel(
        "Feeds",
        html.Div(feeds_form(drafts, fixed), id=Ids.FEEDS, role="group", **aria(label="Feeds")),
        html.Div(id=Ids.FEED_FAULTS),
        dcc.Store(id=Ids.DRAWN, data=[draft.of for draft in drafts]),
        html.Div(
            [
                button(Ids.SAVE_FEEDS, "Save feeds", "check-lg", Tone.MAIN),
                button(Ids.ADD_FEED, "Add a feed", "plus-lg"),
            ],
            className="lf-actions",
        ),
        note="The name is the word your board sends: after renaming a feed, change it on the board, too.",
    )


def feeds_form(drafts: Sequence[Draft], fixed: Collection[int], faults: Faults = NONE) -> Component:
    """A row for each feed, with what is wrong in it."""
    if not drafts:
        return html.P("None yet. Your board creates them with its first reading, or add one here.", className="lf-sub")
    return feed_rows(FULL, drafts, faults, fixed)


def feed_faults(faults: Faults) -> list[Component]:
    """What is wrong with the feeds taken together."""
    return [fault(faults[""])] if "" in faults else []


def archive_panel(is_archived: bool) -> html.Section:
    said, words, picture = (
        (
            "This channel is archived: it takes no more readings and does not stand on the wall.",
            "Take it out of the archive",
            "box-arrow-up",
        )
        if is_archived
        else (
            "An archived channel takes no more readings and leaves the wall. All it holds stays to be read.",
            "Archive the channel",
            "archive",
        )
    )
    act = html.Div(button(Ids.ARCHIVE, words, picture), className="lf-actions")
    return panel("Archive", html.P(said, className="lf-sub"), act)


def _plain(number: Any) -> str:
    return "" if number is None else str(number)
