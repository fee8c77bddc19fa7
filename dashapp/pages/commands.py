"""Commands for a channel's boards: queues that its owners make and its editors fill, and that boards fetch from."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dash import ALL, Input, Output, State, ctx, dcc, html, no_update, set_props

import context
from dashapp import addresses, commanding, shell
from dashapp.components import notices
from dashapp.components.channel_tabs import channel_tabs
from dashapp.components.forms import Tone, link_button, page_head
from dashapp.components.queue_panels import (
    NEXT,
    Part,
    command_list,
    list_mark,
    making,
    no_queue,
    part_id,
    press_id,
    queue_panels,
    used,
)
from dashapp.wiring import Wiring
from domain.channels import Channel
from domain.errors import Forbidden, NotFound
from domain.keys import new_key
from domain.roles import Act, Viewer
from domain.talkbacks import Command
from models import channels, talkbacks
from models.talkbacks import QueueShown
from models.vault import Vault

PATH = "/channels/<channel>/commands"
TITLE = "Commands · Labfeed"
TAIL = "/commands"
LOOKS_AGAIN_MS = 5000


class Ids(StrEnum):
    HEAD = "commands-head"
    FRAME = "commands-frame"
    QUEUES = "commands-queues"
    MAKING = "commands-making"
    NOTHING = "commands-nothing"
    NAME = "commands-name"
    MAKE = "commands-make"
    CHANGED = "commands-changed"
    ADDED = "commands-added"
    MOVED = "commands-moved"
    DRAWN = "commands-drawn"
    LISTED = "commands-listed"
    LOOK_AGAIN = "commands-look-again"


wire = Wiring()


def exists(pathname: str) -> bool:
    """Whether the address names a channel whose queues this viewer may fill or make."""
    return addresses.exists(pathname, TAIL, Act.CONTRIBUTE, Act.CONTROL)


def layout(**_address: str) -> html.Div:
    return html.Div(
        [
            html.Div(id=Ids.HEAD),
            html.Div(
                [
                    html.Div(notices.skeleton_page(), id=Ids.QUEUES, className="lf-queues"),
                    html.Div(making(Ids.NAME, Ids.MAKE), id=Ids.MAKING, hidden=True),
                ],
                id=Ids.FRAME,
                className="lf-keys-frame lf-queues-frame",
            ),
            html.Div(id=Ids.NOTHING),
            dcc.Store(id=Ids.CHANGED, data=0),
            dcc.Store(id=Ids.ADDED, data=0),
            dcc.Store(id=Ids.MOVED, data=0),
            dcc.Store(id=Ids.DRAWN, data={}),
            dcc.Store(id=Ids.LISTED, data={}),
            dcc.Interval(id=Ids.LOOK_AGAIN, interval=LOOKS_AGAIN_MS),
        ],
        className="lf-page",
    )


def sample() -> Any:
    """What is drawn later for an owner."""
    waits, past = Command(3, "TURN_ON", 0, 1), Command(2, "TURN_OFF", 0, None, 0)
    queue = QueueShown(7, "Kiln board", "0123456789ABCDEF", False, 0, None, None, 1, (waits,), (past,))
    return queue_panels([queue], frozenset(Act), 0, "http://localhost:8000")


@dataclass(frozen=True, slots=True)
class Found:
    """A channel's queues as one viewer may see them."""

    channel: Channel
    acts: frozenset[Act]
    queues: list[QueueShown]

    @property
    def mark(self) -> str:
        """Changes when the panels must be drawn anew, and not only what waits in them."""
        return f"{self.channel.version} {sorted(self.acts)} {[queue.mark for queue in self.queues]}"


@wire(
    Output(Ids.HEAD, "children"),
    Output(Ids.QUEUES, "children"),
    Output(Ids.MAKING, "hidden"),
    Output(Ids.FRAME, "hidden"),
    Output(Ids.NOTHING, "children"),
    Output(Ids.DRAWN, "data"),
    Input(shell.Ids.ADDRESS, "pathname"),
    Input(Ids.CHANGED, "data"),
)
def draw(pathname: str, _changed: int) -> tuple[Any, ...]:
    actor = context.actor()
    try:
        found = fetch(pathname)
    except NotFound as absent:
        return _nothing(notices.not_found(absent.detail))
    except Forbidden as refused:
        return _nothing(_not_for_you(pathname, refused))
    return build(found, actor.at, context.origin())


@wire(
    Output(part_id(Part.LIST, ALL), "children"),
    Output(part_id(Part.USED, ALL), "children"),
    Output(Ids.LISTED, "data"),
    Output(Ids.CHANGED, "data"),
    Input(Ids.LOOK_AGAIN, "n_intervals"),
    Input(Ids.ADDED, "data"),
    Input(Ids.MOVED, "data"),
    State(Ids.DRAWN, "data"),
    State(Ids.LISTED, "data"),
    State(shell.Ids.ADDRESS, "pathname"),
    prevent_initial_call=True,
)
def look_again(
    _times: int | None, _added: int, _moved: int, drawn: Mapping[str, Any], listed: Mapping[str, Any], pathname: str
) -> tuple[Any, ...]:
    """Bring what waits up to date; draw anew when something else was changed, or who looks may do something else.

    `listed`: what the lists show by now, by queue, since the page was drawn as `drawn` says.
    """
    numbers = [each["id"]["of"] for each in ctx.outputs_list[0]]
    try:
        found = fetch(pathname)
    except (NotFound, Forbidden):
        found = None
    if (found.mark if found else "") != drawn.get("mark", ""):
        return [no_update] * len(numbers), [no_update] * len(numbers), no_update, context.now()
    shown = listed.get("lists", {}) if listed.get("drawn") == drawn.get("at") else {}
    return *_brought_up_to_date(found, numbers, shown, drawn), no_update


@wire(
    Output(Ids.NAME, "value"),
    Input(Ids.MAKE, "n_clicks"),
    State(Ids.NAME, "value"),
    State(shell.Ids.ADDRESS, "pathname"),
    running=[(Output(Ids.MAKE, "disabled"), True, False)],
    prevent_initial_call=True,
)
def make(_clicks: int, name: str | None, pathname: str) -> str:
    channel_id, written = addresses.channel_id_in(pathname, TAIL), new_key(secrets.choice)
    context.store().tell(talkbacks.make, context.actor(), context.vault(), channel_id, written, name or "")
    _draw_again("The queue is there. Its key goes into the board.")
    return ""


@wire(
    Output(Ids.ADDED, "data"),
    Input(part_id(Part.ADD, ALL), "n_clicks"),
    Input(part_id(Part.TEXT, ALL), "n_submit"),
    State(part_id(Part.TEXT, ALL), "value"),
    State(part_id(Part.TEXT, ALL), "id"),
    State(part_id(Part.WHERE, ALL), "value"),
    State(shell.Ids.ADDRESS, "pathname"),
    prevent_initial_call=True,
)
def add(
    _clicks: list[int],
    _submits: list[int],
    texts: list[str | None],
    asked: list[Mapping[str, Any]],
    places: list[str],
    pathname: str,
) -> Any:
    """Put the text that stands in a queue's field into that queue, and empty the field."""
    if ctx.triggered_id is None or not ctx.triggered[0]["value"]:  # it was just drawn; nobody pressed anything
        return no_update
    channel_id, queue_id = addresses.channel_id_in(pathname, TAIL), int(ctx.triggered_id["of"])
    text, place = _by_queue(asked, texts).get(queue_id), _by_queue(asked, places).get(queue_id)
    commanding.put(channel_id, queue_id, text, is_next=place == NEXT)
    set_props(part_id(Part.TEXT, queue_id), {"value": ""})
    return context.now()


@wire(
    Output(Ids.MOVED, "data"),
    Input(press_id(ALL, ALL, ALL), "n_clicks"),
    State(part_id(Part.NAME, ALL), "value"),
    State(part_id(Part.NAME, ALL), "id"),
    State(part_id(Part.LOGGED, ALL), "value"),
    State(shell.Ids.ADDRESS, "pathname"),
    prevent_initial_call=True,
)
def press(
    _clicks: list[int], names: list[str | None], asked: list[Mapping[str, Any]], logged: list[bool], pathname: str
) -> Any:
    pressed = ctx.triggered_id
    if pressed is None or not ctx.triggered[0]["value"]:  # it was just drawn; nobody pressed anything
        return no_update
    channel_id, queue_id = addresses.channel_id_in(pathname, TAIL), int(pressed["of"])
    if commanding.moves(pressed["queue-press"]):
        commanding.move(channel_id, queue_id, pressed["queue-press"], int(pressed["command"]))
        return context.now()
    name, is_logged = _by_queue(asked, names).get(queue_id), _by_queue(asked, logged).get(queue_id)
    _draw_again(commanding.change(channel_id, queue_id, pressed["queue-press"], name or "", is_logged=bool(is_logged)))
    return no_update


def fetch(pathname: str) -> Found:
    """The channel's queues. Raises NotFound, Forbidden."""
    channel_id = addresses.channel_id_in(pathname, TAIL)
    return context.store().ask(look, context.viewer(), context.vault(), channel_id)


def look(connection: Any, viewer: Viewer, vault: Vault, channel_id: int) -> Found:
    """One consistent look. Raises NotFound, Forbidden."""
    return Found(
        channels.find(connection, viewer, channel_id),
        channels.acts(connection, viewer, channel_id),
        talkbacks.list_of(connection, vault, viewer, channel_id),
    )


def build(found: Found, now: int, origin: str) -> tuple[Any, ...]:
    """Heading, queues, whether the form and the frame are hidden, nothing, and what was drawn when."""
    head = [
        page_head(found.channel.name, "Commands wait here until a board asks. Each is handed out once, in order."),
        channel_tabs(found.channel.id, found.acts),
    ]
    panels = queue_panels(found.queues, found.acts, now, origin) or no_queue(found.acts)
    return head, panels, Act.CONTROL not in found.acts, False, None, {"mark": found.mark, "at": now}


def _brought_up_to_date(
    found: Found | None, numbers: list[int], shown: Mapping[str, str], drawn: Mapping[str, Any]
) -> tuple[Any, Any, Any]:
    """The lists that show something else by now, when boards asked, and what the lists show then."""
    queues, now = {queue.id: queue for queue in found.queues} if found else {}, context.now()
    acts = found.acts if found else frozenset()
    marks = {str(each.id): list_mark(each, acts) for each in queues.values()}
    lists = [
        command_list(queues[number], acts, now)
        if number in queues and marks[str(number)] != shown.get(str(number))
        else no_update
        for number in numbers
    ]
    asked = [used(queues[number], now) if number in queues else no_update for number in numbers]
    return lists, asked, {"drawn": drawn.get("at"), "lists": marks}


def _draw_again(sentence: str) -> None:
    set_props(Ids.CHANGED, {"data": context.now()})
    shell.say(sentence)


def _by_queue(asked: list[Mapping[str, Any]], values: list[Any]) -> dict[int, Any]:
    """What stands in the fields, by the number of the queue they belong to."""
    return {each["of"]: value for each, value in zip(asked, values, strict=False)}


def _nothing(drawn: Any) -> tuple[Any, ...]:
    return None, None, True, True, drawn, {}


def _not_for_you(pathname: str, refused: Forbidden) -> html.Section:
    channel = pathname.removesuffix("/").removesuffix(TAIL)
    return notices.empty_state(
        "chat-left-text",
        refused.detail,
        refused.hint or "",
        link_button("To the channel", channel, "activity", Tone.MAIN),
    )
