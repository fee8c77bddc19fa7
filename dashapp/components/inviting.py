"""The two forms by which members bring in others, by e-mail address and by link: drawn, and read."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from enum import StrEnum

import dash_bootstrap_components as dbc
from dash import html

from dashapp.components.forms import Tone, button, choice_field, field, panel, text_field
from domain.errors import Invalid
from domain.roles import Role
from domain.timespan import DAY, from_datetime

MOST_CHARS = 20_000
MOST_AT_ONCE = 100
"""Addresses invited by one press."""

ROLES_EXPLAINED = "Viewers look and download. Editors also see keys, send, and invite. Owners may do everything."


class End(StrEnum):
    """When a link ends."""

    IN_A_DAY = "day"
    IN_A_WEEK = "week"
    AFTER = "after"


ENDS = ((End.IN_A_DAY, "In one day"), (End.IN_A_WEEK, "In one week"), (End.AFTER, "At the end of a day …"))


def by_email(emails_id: str, role_id: str, button_id: str, answers_id: str) -> html.Section:
    """Addresses, a role, and room for an answer to each. The roles on offer come with the channel."""
    examples = "ada@example.edu\nbob@example.edu"
    emails = dbc.Textarea(id=emails_id, rows=3, placeholder=examples, class_name="lf-input", maxlength=MOST_CHARS)
    parts = [
        field("E-mail addresses", emails, hint="Several are separated by blanks, commas or new lines."),
        choice_field(role_id, "Role", [], str(Role.EDITOR), ROLES_EXPLAINED),
        html.Div(button(button_id, "Invite", "person-plus", Tone.MAIN), className="lf-actions"),
        html.Div(id=answers_id),
        html.P("No e-mail is sent: tell them to sign in here, and the channel is theirs.", className="lf-hint"),
    ]
    return panel("Invite by e-mail", html.Div(parts, className="lf-form"))


def by_link(role_id: str, end_id: str, day_id: str, day_field_id: str, button_id: str) -> html.Section:
    """A role, and when the link ends; the day is asked for only where it is one."""
    day = text_field(day_id, "Last day", type="date", hint="Until midnight UTC.")
    fields = [
        choice_field(role_id, "Role", [], str(Role.VIEWER)),
        choice_field(end_id, "Ends", ENDS, End.IN_A_WEEK),
        html.Div(day, id=day_field_id, hidden=True),
    ]
    parts = [
        html.P("Whoever of the college opens it can join, until it ends.", className="lf-hint"),
        html.Div(fields, className="lf-fields"),
        html.Div(button(button_id, "Make a link", "qr-code", Tone.MAIN), className="lf-actions"),
    ]
    return panel("Invite by link", html.Div(parts, className="lf-form"))


def emails_in(written: str | None) -> list[str]:
    """The addresses in a text, each once, in order. Raises Invalid for none and for too many."""
    emails = list(dict.fromkeys(part for part in re.split(r"[\s,;]+", written or "") if part))
    if not emails:
        raise Invalid("No address was written.", hint="Write one or several, such as ada@example.edu.")
    if len(emails) > MOST_AT_ONCE:
        raise Invalid(f"{len(emails)} addresses are too many at once.", hint=f"Invite up to {MOST_AT_ONCE} at a time.")
    return emails


def end_of(end: str, day: str | None, now: int) -> int:
    """When a link ends; a day ends at midnight UTC. Raises Invalid for what is no day."""
    if end in (End.IN_A_DAY, End.IN_A_WEEK):
        return now + (DAY if end == End.IN_A_DAY else 7 * DAY)
    try:
        chosen = date.fromisoformat(day or "")
    except ValueError:
        raise Invalid("No day was chosen.", hint="Choose the last day on which the link shall work.") from None
    return from_datetime(datetime.combine(chosen, time(), UTC)) + DAY
