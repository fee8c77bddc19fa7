"""Keys of a channel: seen by its editors, made, rotated and revoked by its owners."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dash import ALL, Input, Output, State, ctx, dcc, html, no_update, set_props

import context
from dashapp import addresses, shell
from dashapp.components import notices
from dashapp.components.channel_tabs import channel_tabs
from dashapp.components.forms import Tone, button, choice_field, link_button, page_head, panel, text_field
from dashapp.components.key_list import Press, grace_id, key_list, key_used, press_id, revoked_list, used_id
from dashapp.wiring import Wiring
from domain.audit import Actor
from domain.channels import Channel
from domain.errors import Forbidden, NotFound
from domain.keys import Grace, new_key
from domain.roles import Act, Right, Viewer
from models import channels, keys
from models.keys import MOST_NAME_CHARS, SHOWN_AFTER, KeyShown
from models.vault import Vault

PATH = "/channels/<channel>/keys"
TITLE = "Keys · Labfeed"
TAIL = "/keys"
LOOKS_AGAIN_MS = 5000

RIGHTS = ((str(Right.WRITE), "Write: a board sends with it"), (str(Right.READ), "Read: a program reads with it"))


class Ids(StrEnum):
    HEAD = "keys-head"
    FRAME = "keys-frame"
    LIST = "keys-list"
    REVOKED = "keys-revoked"
    MAKING = "keys-making"
    NOTHING = "keys-nothing"
    NAME = "keys-name"
    RIGHT = "keys-right"
    MAKE = "keys-make"
    CHANGED = "keys-changed"
    SEEN = "keys-seen"
    LOOK_AGAIN = "keys-look-again"


wire = Wiring()


def exists(pathname: str) -> bool:
    """Whether the address names a channel whose keys this viewer may see or make."""
    return addresses.exists(pathname, TAIL, Act.CONTRIBUTE, Act.CONTROL)


def layout(**_address: str) -> html.Div:
    return html.Div(
        [
            html.Div(id=Ids.HEAD),
            html.Div(
                [
                    panel("Keys", html.Div(notices.skeleton_page(), id=Ids.LIST), html.Div(id=Ids.REVOKED)),
                    html.Div(_making(), id=Ids.MAKING, hidden=True),
                ],
                id=Ids.FRAME,
                className="lf-keys-frame",
            ),
            html.Div(id=Ids.NOTHING),
            dcc.Store(id=Ids.CHANGED, data={}),
            dcc.Store(id=Ids.SEEN, data=""),
            dcc.Interval(id=Ids.LOOK_AGAIN, interval=LOOKS_AGAIN_MS),
        ],
        className="lf-page",
    )


def sample() -> Any:
    """What is drawn later for an owner."""
    key = KeyShown(7, Right.WRITE, "Kiln board", "0123456789ABCDEF", 0, "Ada Finch", None, None, None, None, None)
    return key_list([key], frozenset(Act), 0)


@dataclass(frozen=True, slots=True)
class Found:
    """A channel's keys as one viewer may see them."""

    channel: Channel
    acts: frozenset[Act]
    keys: list[KeyShown]

    @property
    def mark(self) -> str:
        """Changes when what is drawn may be no longer true, but for the last uses."""
        return f"{self.channel.version} {sorted(self.acts)}"


@wire(
    Output(Ids.HEAD, "children"),
    Output(Ids.LIST, "children"),
    Output(Ids.REVOKED, "children"),
    Output(Ids.MAKING, "hidden"),
    Output(Ids.FRAME, "hidden"),
    Output(Ids.NOTHING, "children"),
    Output(Ids.SEEN, "data"),
    Input(shell.Ids.ADDRESS, "pathname"),
    Input(Ids.CHANGED, "data"),
)
def draw(pathname: str, changed: Mapping[str, Any]) -> tuple[Any, ...]:
    actor = context.actor()
    try:
        found = fetch(pathname, actor)
    except NotFound as absent:
        return _nothing(notices.not_found(absent.detail))
    except Forbidden as refused:
        return _nothing(_not_for_you(pathname, refused))
    return build(found, actor.at, changed.get("new"))


@wire(
    Output(Ids.CHANGED, "data"),
    Output(used_id(ALL), "children"),
    Input(Ids.LOOK_AGAIN, "n_intervals"),
    State(Ids.SEEN, "data"),
    State(Ids.CHANGED, "data"),
    State(shell.Ids.ADDRESS, "pathname"),
    prevent_initial_call=True,
)
def look_again(times: int, seen: str, changed: Mapping[str, Any], pathname: str) -> tuple[Any, ...]:
    """Bring the last uses up to date; draw anew when something was changed, or who looks may do something else."""
    actor, drawn = context.actor(), [each["id"]["used-of"] for each in ctx.outputs_list[1]]
    try:
        found = fetch(pathname, actor)
        is_same, used = found.mark == seen, {key.id: key_used(key, actor.at) for key in found.keys}
    except (NotFound, Forbidden):
        is_same, used = seen == "", {}
    return no_update if is_same else {**changed, "look": times}, [used.get(key_id, no_update) for key_id in drawn]


@wire(
    Output(Ids.NAME, "value"),
    Input(Ids.MAKE, "n_clicks"),
    State(Ids.NAME, "value"),
    State(Ids.RIGHT, "value"),
    State(shell.Ids.ADDRESS, "pathname"),
    running=[(Output(Ids.MAKE, "disabled"), True, False)],
    prevent_initial_call=True,
)
def make(_clicks: int, name: str | None, right: str, pathname: str) -> str:
    channel_id, written = addresses.channel_id_in(pathname, TAIL), new_key(secrets.choice)
    made = context.store().tell(
        keys.make, context.actor(), context.vault(), channel_id, Right(right), written, name or ""
    )
    _draw_again(made)
    shell.say("The key works. Copy it to where it is used.")
    return ""


@wire(
    Input(press_id(ALL, ALL), "n_clicks"),
    State(grace_id(ALL), "value"),
    State(grace_id(ALL), "id"),
    State(shell.Ids.ADDRESS, "pathname"),
    prevent_initial_call=True,
)
def press(_clicks: list[int], graces: list[str], asked: list[Mapping[str, Any]], pathname: str) -> None:
    pressed = ctx.triggered_id
    if pressed is None or not ctx.triggered[0]["value"]:  # it was just drawn; nobody pressed anything
        return
    channel_id, key_id = addresses.channel_id_in(pathname, TAIL), int(pressed["of"])
    if pressed["keys"] == Press.REVOKE:
        context.store().tell(keys.revoke_one, context.actor(), channel_id, key_id)
        _draw_again()
        shell.say("The key is revoked.")
        return
    chosen = {each["grace-of"]: word for each, word in zip(asked, graces, strict=True)}
    _rotate(channel_id, key_id, Grace.from_word(chosen.get(key_id)))


def fetch(pathname: str, actor: Actor) -> Found:
    """The channel's keys. Raises NotFound, Forbidden."""
    channel_id = addresses.channel_id_in(pathname, TAIL)
    return context.store().ask(look, actor.viewer, context.vault(), channel_id, actor.at)


def look(connection: Any, viewer: Viewer, vault: Vault, channel_id: int, now: int) -> Found:
    """One consistent look. Raises NotFound, Forbidden."""
    return Found(
        channels.find(connection, viewer, channel_id),
        channels.acts(connection, viewer, channel_id),
        keys.list_of(connection, vault, viewer, channel_id, revoked_since=now - SHOWN_AFTER),
    )


def build(found: Found, now: int, new_id: int | None) -> tuple[Any, ...]:
    """Heading, list, revoked ones, whether the form and the frame are hidden, nothing, and the mark."""
    code = [link_button("Code with the key filled in", f"/channels/{found.channel.id}/code", "code-slash")]
    head = [
        page_head(
            found.channel.name,
            "A key lets a board send, or a program read, without anybody signing in.",
            *(code if Act.CONTRIBUTE in found.acts else []),
        ),
        channel_tabs(found.channel.id, found.acts),
    ]
    return (
        head,
        key_list(found.keys, found.acts, now, new_id),
        revoked_list(found.keys),
        Act.CONTROL not in found.acts,
        False,
        None,
        found.mark,
    )


def _rotate(channel_id: int, key_id: int, grace: Grace) -> None:
    written = new_key(secrets.choice)
    made = context.store().tell(keys.rotate, context.actor(), context.vault(), channel_id, key_id, written, grace)
    _draw_again(made)
    shell.say(f"The new key works. The old one ends {grace.label.lower()}.")


def _draw_again(new_id: int | None = None) -> None:
    set_props(Ids.CHANGED, {"data": {"at": context.now(), "new": new_id}})


def _nothing(drawn: Any) -> tuple[Any, ...]:
    return None, None, None, True, True, drawn, ""


def _not_for_you(pathname: str, refused: Forbidden) -> html.Section:
    channel = pathname.removesuffix("/").removesuffix(TAIL)
    return notices.empty_state(
        "key", refused.detail, refused.hint or "", link_button("To the channel", channel, "activity", Tone.MAIN)
    )


def _making() -> html.Section:
    name = text_field(
        Ids.NAME,
        "Name",
        most_chars=MOST_NAME_CHARS,
        placeholder="Kiln board",
        hint="What will use it, so that you know later which one to revoke.",
    )
    return panel(
        "Make a key",
        html.Div(
            [
                name,
                choice_field(Ids.RIGHT, "Right", RIGHTS, str(Right.WRITE)),
                html.Div(button(Ids.MAKE, "Make a key", "plus-lg", Tone.MAIN), className="lf-actions"),
                html.P("One for each board: then losing one board costs one key.", className="lf-hint"),
            ],
            className="lf-form",
        ),
    )
