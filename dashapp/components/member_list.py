"""The members of a channel as a list: who, what they are, since when, and what may be done about it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash._utils import stringify_id
from dash.development.base_component import Component

from dashapp.components.attributes import aria
from dashapp.components.confirming import confirmed
from dashapp.components.days import day_text
from dashapp.components.forms import Tone, button, table
from dashapp.components.icons import icon_class
from domain.people import initials_of
from domain.roles import Role
from models.memberships import Member

NAMES = {Role.OWNER: "Owner", Role.EDITOR: "Editor", Role.VIEWER: "Viewer"}
WITH_ARTICLE = {Role.OWNER: "an owner", Role.EDITOR: "an editor", Role.VIEWER: "a viewer"}


class Press(StrEnum):
    """What a button of the list does to a member, or to an invitation."""

    REMOVE = "remove"
    LEAVE = "leave"
    END = "end"


@dataclass(frozen=True, slots=True)
class Looker:
    """Who looks at the list: themselves, and the roles they may change and give."""

    person_id: int | None
    reach: Collection[Role] = ()


def press_id(press: Any, of: Any) -> dict[str, Any]:
    """The id of a button: what it does, and to whom or what; `ALL` stands for any."""
    return {"members": press, "of": of}


def role_id(person_id: Any, was: Any) -> dict[str, Any]:
    """The id of a member's role control. It carries the role that was drawn: only another one is a change."""
    return {"role-of": person_id, "was": was}


def table_of(members: Sequence[Member], looker: Looker) -> html.Div:
    """The list. Controls stand where the one who looks may use them; the last owner cannot be changed."""
    owners = [member.person_id for member in members if member.role is Role.OWNER]
    last_owner_id = owners[0] if len(owners) == 1 else None
    rows = [
        (
            _who(member, looker),
            _role(member, looker, last_owner_id),
            _since(member),
            _actions(member, looker, last_owner_id),
        )
        for member in members
    ]
    return table("Members", ("Member", "Role", "Since", ""), rows)


def role_options(reach: Collection[Role]) -> list[dict[str, str]]:
    """What a control offers to somebody who may give these roles."""
    return [{"value": str(role), "label": name} for role, name in NAMES.items() if role in reach]


def _who(member: Member, looker: Looker) -> html.Div:
    marks = [
        *([html.Span("You", className="lf-badge")] if member.person_id == looker.person_id else []),
        *([html.Span("Roster", className=f"lf-badge {icon_class('mortarboard')}")] if member.is_from_roster else []),
    ]
    picture = html.Span(initials_of(member.name or member.email), className="lf-initials", **aria(hidden="true"))
    name = [html.Strong(member.name or member.email), *marks]
    words = [html.Div(name, className="lf-member-name"), html.Div(member.email, className="lf-member-email")]
    return html.Div([picture, html.Div(words)], className="lf-member")


def _role(member: Member, looker: Looker, last_owner_id: int | None) -> Component:
    if member.person_id == last_owner_id or member.role not in looker.reach:
        return html.Span(NAMES[member.role])
    control_id = role_id(member.person_id, member.role)
    label = f"Role of {member.name or member.email}"
    return html.Div(
        [
            dbc.Label(label, html_for=stringify_id(control_id), class_name="visually-hidden"),
            dbc.Select(
                id=control_id, options=role_options(looker.reach), value=str(member.role), class_name="lf-select"
            ),
        ]
    )


def _since(member: Member) -> html.Span:
    by = f"by {member.added_by_name}" if member.added_by_name else ""
    return html.Span([html.Span(day_text(member.added_at)), html.Small(by)], className="lf-since")


def _actions(member: Member, looker: Looker, last_owner_id: int | None) -> Component | str:
    if member.person_id == last_owner_id:
        return html.Small("The only owner", className="lf-only-owner")
    if member.person_id == looker.person_id:
        sentence = "You will see this channel only as everybody else does. To come back, somebody must invite you."
        return _asked(member, Press.LEAVE, "Leave", sentence, "Yes, leave")
    if member.role not in looker.reach:
        return ""
    name = member.name or member.email
    sentence = f"{name} loses their role at once. Links to join end, too, for they may know them."
    return _asked(member, Press.REMOVE, "Remove", sentence, "Yes, remove")


def _asked(member: Member, press: Press, words: str, sentence: str, yes: str) -> html.Details:
    return confirmed(words, sentence, button(press_id(press, member.person_id), yes, tone=Tone.DANGER))
