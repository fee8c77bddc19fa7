"""Members of a channel: who they are, and for those who may: inviting, changing, removing."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from dash import ALL, Input, Output, State, ctx, dcc, html, no_update, set_props

import context
from dashapp import addresses, shell
from dashapp.components import invitation_list, inviting, member_list, notices
from dashapp.components.channel_tabs import channel_tabs
from dashapp.components.forms import Tone, link_button, page_head, panel
from dashapp.components.invitation_list import Refused
from dashapp.components.member_list import WITH_ARTICLE, Looker, Press, press_id, role_id
from dashapp.wiring import Wiring
from domain.channels import Channel
from domain.errors import Forbidden, LabfeedError, NotFound
from domain.roles import Act, Role, Viewer
from domain.timespan import DAY, to_datetime
from models import channels, invitations, memberships
from models.invitations import Invited, Waiting
from models.memberships import Member
from models.vault import Vault

PATH = "/channels/<channel>/members"
TITLE = "Members · Labfeed"
TAIL = "/members"

LOOKS_AGAIN_MS = 5000
SECRET_BYTES = 24
"""192 random bits in the address of a link: 32 characters."""


class Ids(StrEnum):
    HEAD = "members-head"
    FRAME = "members-frame"
    LIST = "members-list"
    FORMS = "members-forms"
    NOTHING = "members-nothing"
    EMAILS = "members-emails"
    ROLE = "members-role"
    INVITE = "members-invite"
    ANSWERS = "members-answers"
    LINK_ROLE = "members-link-role"
    LINK_END = "members-link-end"
    LINK_DAY = "members-link-day"
    LINK_DAY_FIELD = "members-link-day-field"
    MAKE_LINK = "members-make-link"
    LINKS = "members-links"
    WAITED_FOR = "members-waited-for"
    CHANGED = "members-changed"
    SEEN = "members-seen"
    LOOK_AGAIN = "members-look-again"


wire = Wiring()


def exists(pathname: str) -> bool:
    """Whether the address names a channel whose people this viewer may see."""
    return addresses.exists(pathname, TAIL, Act.SEE_PEOPLE)


def layout(**_address: str) -> html.Div:
    """The skeleton: forms whose choices come with the channel."""
    people = [panel("Members", html.Div(id=Ids.LIST)), html.Div(id=Ids.WAITED_FOR), html.Div(id=Ids.LINKS)]
    by_email = inviting.by_email(Ids.EMAILS, Ids.ROLE, Ids.INVITE, Ids.ANSWERS)
    by_link = inviting.by_link(Ids.LINK_ROLE, Ids.LINK_END, Ids.LINK_DAY, Ids.LINK_DAY_FIELD, Ids.MAKE_LINK)
    return html.Div(
        [
            html.Div(id=Ids.HEAD),
            html.Div(
                [html.Div(people), html.Div([by_email, by_link], id=Ids.FORMS, hidden=True)],
                id=Ids.FRAME,
                className="lf-members",
            ),
            html.Div(id=Ids.NOTHING),
            dcc.Store(id=Ids.CHANGED, data=0),
            dcc.Store(id=Ids.SEEN, data=""),
            dcc.Interval(id=Ids.LOOK_AGAIN, interval=LOOKS_AGAIN_MS),
        ],
        className="lf-page",
    )


def sample() -> html.Div:
    """What is drawn later: a member who may be changed, and the buttons of each kind."""
    ada = Member(1, "Ada Finch", "ada@example.edu", Role.OWNER, False, 0, "")
    bob = Member(2, "Bob Heron", "bob@example.edu", Role.EDITOR, True, 0, "Ada Finch")
    waits = Waiting(7, Role.VIEWER, "cleo@example.edu", None, False, 0, "Ada Finch", DAY)
    link = Waiting(8, Role.VIEWER, None, "secret", False, 0, "Ada Finch", DAY)
    return html.Div(
        [
            member_list.table_of([ada, bob], Looker(1, frozenset(Role))),
            invitation_list.waited_for([waits]),
            invitation_list.links([link], "https://labfeed.example.edu"),
        ]
    )


@dataclass(frozen=True, slots=True)
class Found:
    """A channel's people as one viewer may see them. `mark` changes when what is drawn may be true no longer."""

    channel: Channel
    acts: frozenset[Act]
    members: list[Member]
    reach: frozenset[Role]
    waiting: list[Waiting]
    mark: str


@wire(
    Output(Ids.HEAD, "children"),
    Output(Ids.LIST, "children"),
    Output(Ids.LINKS, "children"),
    Output(Ids.WAITED_FOR, "children"),
    Output(Ids.FORMS, "hidden"),
    Output(Ids.FRAME, "hidden"),
    Output(Ids.NOTHING, "children"),
    Output(Ids.SEEN, "data"),
    Input(shell.Ids.ADDRESS, "pathname"),
    Input(Ids.CHANGED, "data"),
)
def draw(pathname: str, _changed: int) -> tuple[Any, ...]:
    try:
        found = fetch(pathname)
    except NotFound as absent:
        return _nothing(notices.not_found(absent.detail))
    except Forbidden:
        return _nothing(_for_members_only(pathname))
    return build(found, context.viewer(), context.origin())


@wire(
    Output(Ids.ROLE, "options"),
    Output(Ids.LINK_ROLE, "options"),
    Output(Ids.LINK_DAY, "min"),
    Output(Ids.LINK_DAY, "max"),
    Output(Ids.LINK_DAY, "value"),
    Input(shell.Ids.ADDRESS, "pathname"),
    Input(Ids.SEEN, "data"),
)
def offer(pathname: str, _seen: str) -> tuple[Any, ...]:
    try:
        reach = context.store().ask(memberships.reach, context.viewer(), addresses.channel_id_in(pathname, TAIL))
    except NotFound:
        reach = frozenset()
    options, today = member_list.role_options(reach), to_datetime(context.now()).date()
    longest = timedelta(microseconds=invitations.LONGEST_LINK - DAY)
    return options, options, *(day.isoformat() for day in (today, today + longest, today + timedelta(days=30)))


@wire(
    Output(Ids.CHANGED, "data"),
    Input(Ids.LOOK_AGAIN, "n_intervals"),
    State(Ids.SEEN, "data"),
    State(shell.Ids.ADDRESS, "pathname"),
    prevent_initial_call=True,
)
def look_again(times: int, seen: str, pathname: str) -> Any:
    """Draw anew when somebody else changed something, or when the one who looks may do something else."""
    try:
        mark = context.store().ask(mark_of, context.viewer(), addresses.channel_id_in(pathname, TAIL))
    except NotFound:
        mark = ""
    return no_update if mark == seen else times


@wire(
    Output(Ids.ANSWERS, "children"),
    Output(Ids.EMAILS, "value"),
    Input(Ids.INVITE, "n_clicks"),
    State(Ids.EMAILS, "value"),
    State(Ids.ROLE, "value"),
    State(shell.Ids.ADDRESS, "pathname"),
    running=[(Output(Ids.INVITE, "disabled"), True, False)],
    prevent_initial_call=True,
)
def invite(_clicks: int, written: str | None, role: str, pathname: str) -> tuple[Any, ...]:
    channel_id, emails = addresses.channel_id_in(pathname, TAIL), inviting.emails_in(written)
    given = [_invite_one(channel_id, email, Role(role)) for email in emails]
    _draw_again()
    refused = [each.written for each in given if isinstance(each, Refused)]
    return invitation_list.answers(given), "\n".join(refused)


@wire(
    Output(Ids.LINK_DAY_FIELD, "hidden"),
    Input(Ids.LINK_END, "value"),
)
def ask_for_day(end: str) -> bool:
    return end != inviting.End.AFTER


@wire(
    Input(Ids.MAKE_LINK, "n_clicks"),
    State(Ids.LINK_ROLE, "value"),
    State(Ids.LINK_END, "value"),
    State(Ids.LINK_DAY, "value"),
    State(shell.Ids.ADDRESS, "pathname"),
    prevent_initial_call=True,
)
def make_link(_clicks: int, role: str, end: str, day: str | None, pathname: str) -> None:
    channel_id, actor = addresses.channel_id_in(pathname, TAIL), context.actor()
    ends_at = inviting.end_of(end, day, actor.at)
    written = secrets.token_urlsafe(SECRET_BYTES)
    context.store().tell(invitations.make_link, actor, context.vault(), channel_id, Role(role), ends_at, written)
    _draw_again()


@wire(
    Input(role_id(ALL, ALL), "value"),
    State(shell.Ids.ADDRESS, "pathname"),
    prevent_initial_call=True,
)
def change_role(_values: list[str], pathname: str) -> None:
    drawn, role = ctx.triggered_id, ctx.triggered[0]["value"]
    if drawn is None or role == drawn["was"]:  # it was just drawn; nobody chose anything
        return
    channel_id = addresses.channel_id_in(pathname, TAIL)
    try:
        context.store().tell(memberships.change_role, context.actor(), channel_id, int(drawn["role-of"]), Role(role))
    finally:
        _draw_again()  # where it was refused, the control shows the true role again
    shell.say(f"Saved: {WITH_ARTICLE[Role(role)]} from now on.")


@wire(
    Input(press_id(ALL, ALL), "n_clicks"),
    State(shell.Ids.ADDRESS, "pathname"),
    prevent_initial_call=True,
)
def press(_clicks: list[int], pathname: str) -> None:
    pressed = ctx.triggered_id
    if pressed is None or not ctx.triggered[0]["value"]:  # it was just drawn; nobody pressed anything
        return
    channel_id, of = addresses.channel_id_in(pathname, TAIL), int(pressed["of"])
    try:
        said = _do(Press(pressed["members"]), channel_id, of)
    finally:
        _draw_again()
    shell.say(said)


def fetch(pathname: str) -> Found:
    """The channel's people. Raises NotFound, Forbidden."""
    channel_id = addresses.channel_id_in(pathname, TAIL)
    return context.store().ask(look, context.viewer(), context.vault(), channel_id, context.now())


def look(connection: Any, viewer: Viewer, vault: Vault, channel_id: int, now: int) -> Found:
    """One consistent look. Raises NotFound, Forbidden."""
    return Found(
        channels.find(connection, viewer, channel_id),
        channels.acts(connection, viewer, channel_id),
        memberships.of_channel(connection, viewer, channel_id),
        memberships.reach(connection, viewer, channel_id),
        invitations.waiting(connection, viewer, vault, channel_id, now),
        mark_of(connection, viewer, channel_id),
    )


def mark_of(connection: Any, viewer: Viewer, channel_id: int) -> str:
    """Another one when feeds, people or settings of the channel, or the viewer's rights have changed.

    Empty where the viewer may not see its people. Raises NotFound.
    """
    acts = channels.acts(connection, viewer, channel_id)
    version = channels.versions(connection, [channel_id])[channel_id]
    return f"{version} {sorted(acts)}" if Act.SEE_PEOPLE in acts else ""


def build(found: Found, viewer: Viewer, origin: str) -> tuple[Any, ...]:
    """Heading, list, links, who is waited for, what is hidden, nothing, and the mark."""
    head = [
        page_head(found.channel.name, "Who takes part, and what each may do."),
        channel_tabs(found.channel.id, found.acts),
    ]
    members = member_list.table_of(found.members, Looker(viewer.person_id, found.reach))
    by_link = [each for each in found.waiting if each.email is None]
    by_email = [each for each in found.waiting if each.email is not None]
    return (
        head,
        members,
        invitation_list.links(by_link, origin),
        invitation_list.waited_for(by_email),
        Act.CONTRIBUTE not in found.acts,
        False,
        None,
        found.mark,
    )


def _nothing(drawn: Any) -> tuple[Any, ...]:
    return None, None, None, None, True, True, drawn, ""


def _for_members_only(pathname: str) -> html.Section:
    channel = pathname.removesuffix("/").removesuffix(TAIL)
    return notices.empty_state(
        "people",
        "Its members alone see who they are",
        "Ask somebody who takes part in this channel to invite you.",
        link_button("To the channel", channel, "activity", Tone.MAIN),
    )


def _invite_one(channel_id: int, email: str, role: Role) -> Invited | Refused:
    try:
        return context.store().tell(invitations.invite, context.actor(), context.college(), channel_id, email, role)
    except LabfeedError as error:
        return Refused(email, error)


def _do(press: Press, channel_id: int, of: int) -> str:
    """Do it, and say what was done."""
    store, actor = context.store(), context.actor()
    if press is Press.REMOVE:
        store.tell(memberships.remove, actor, channel_id, of)
        return "They are no member any more."
    if press is Press.LEAVE:
        store.tell(memberships.leave, actor, channel_id)
        return "You have left the channel."
    store.tell(invitations.end, actor, channel_id, of)
    return "It works no longer."


def _draw_again() -> None:
    set_props(Ids.CHANGED, {"data": f"at {context.now()}"})
