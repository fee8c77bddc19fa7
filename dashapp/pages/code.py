"""Code for a channel's boards and for who reads it, with address and key; a test reading; what reaches it, live."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import dash_bootstrap_components as dbc
from dash import ALL, Input, Output, State, ctx, dcc, html, no_update, set_props
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

import context
from dashapp import addresses, first_run, notebook_views, shell
from dashapp.components import notices, trial_form, waiting_panel
from dashapp.components.attributes import aria
from dashapp.components.boards import BOARDS, Board, Place, board_of, fitting
from dashapp.components.boards.samples import left_out
from dashapp.components.channel_tabs import channel_tabs
from dashapp.components.code_blocks import code_blocks
from dashapp.components.copying import may_copy
from dashapp.components.forms import Tone, button, link_button, page_head, panel
from dashapp.components.icons import icon
from dashapp.components.notebooks import choice_panel, part_id
from dashapp.components.trial_form import value_id
from dashapp.components.waiting_panel import ADVICE_AFTER_S
from dashapp.first_run import Heard
from dashapp.first_run import State as Stage
from dashapp.notebook_views import CODE
from dashapp.wiring import Wiring
from domain.channels import Channel
from domain.errors import Forbidden, LabfeedError, NotFound
from domain.roles import Act, Role
from models import board_keys, channels, memberships

PATH = "/channels/<channel>/code"
TITLE = "Code · Labfeed"
TAIL = "/code"

TICK_MS = 600
SLOW_TICK_MS = 4000
"""How often the page looks when a board's reading has come, or when nobody has tried anything for long."""

PATIENCE_S = 900
KEY_PLACEHOLDER = "YOUR-WRITE-KEY"


class Ids(StrEnum):
    HEAD = "code-head"
    BODY = "code-body"
    BOARD = "code-board"
    CODE = "code-code"
    PANEL = "code-panel"
    STAGE = "code-stage"
    CLOCK = "code-clock"
    HEARD = "code-heard"
    VALUES = "code-values"
    SEND = "code-send"
    SAID = "code-said"
    VISIT = "code-visit"
    SHOWN = "code-shown"
    TICK = "code-tick"


wire = Wiring()


def exists(pathname: str) -> bool:
    """Whether the address names a channel that this viewer may see."""
    return addresses.exists(pathname, TAIL)


def layout(**_address: str) -> html.Div:
    """The skeleton; its parts are filled for a channel to which the viewer may contribute."""
    return html.Div(
        [
            html.Div(notices.skeleton_page(), id=Ids.HEAD),
            html.Div(
                [_waiting(), _choosing(), _trying(), choice_panel(CODE)],
                id=Ids.BODY,
                className="lf-first-run",
                hidden=True,
            ),
            dcc.Store(id=Ids.VISIT, data={}),
            dcc.Store(id=Ids.SHOWN, data=""),
            dcc.Interval(id=Ids.TICK, interval=TICK_MS),
        ],
        className="lf-page",
    )


def sample() -> html.Div:
    """What is drawn later: the controls of a test reading."""
    return html.Div(dbc.Input(id=value_id(trial_form.UNNAMED)))


def _waiting() -> html.Section:
    stage = html.Div(waiting_panel.title(Stage.WAITING), id=Ids.STAGE, className="lf-waiting-title", role="status")
    clock = html.Span("0:00", id=Ids.CLOCK, className="lf-clock", role="timer", **aria(label="Waited"))
    head = html.Div([stage, clock], className="lf-waiting-head")
    return html.Section(
        [head, html.Div(id=Ids.HEARD, **aria(live="polite"))],
        id=Ids.PANEL,
        className=waiting_panel.panel_class(Stage.WAITING),
    )


def _choosing() -> html.Section:
    tiles = dbc.RadioItems(
        id=Ids.BOARD,
        options=_options(BOARDS),
        value=BOARDS[0].slug,
        class_name="lf-boards",
        input_class_name="lf-board-input",
        label_class_name="lf-board",
        persistence=True,
        persistence_type="local",
    )
    chooser = html.Div(tiles, role="group", **aria(label="Your board"))
    chosen = panel("Choose your board", chooser, html.Div(id=Ids.CODE, className="lf-code-of-board"))
    return html.Section(chosen.children, className="lf-panel lf-choosing")


def _options(boards: tuple[Board, ...]) -> list[dict[str, Any]]:
    return [{"value": board.slug, "label": [icon(board.picture), html.Span(board.name)]} for board in boards]


def _trying() -> html.Section:
    sentence = "No board at hand? This goes the same way as a board's message, with the same checks."
    send = button(Ids.SEND, "Send one test reading from here", "send")
    form = panel(
        "Try it without a board",
        html.P(sentence, className="lf-sub"),
        html.Div(id=Ids.VALUES),
        send,
        html.P(id=Ids.SAID, className="lf-said", role="status"),
    )
    return html.Section(form.children, className="lf-panel lf-trying")


@dataclass(frozen=True, slots=True)
class Found:
    """A channel to which the viewer may contribute, and the key for its boards; None where it has none."""

    channel: Channel
    acts: frozenset[Act]
    key: str | None

    @property
    def place(self) -> Place:
        channel = self.channel
        key, mqtt_port = self.key or KEY_PLACEHOLDER, context.parts().mqtt_port
        return Place(context.origin(), key, channel.feeds, channel.accepts_new_feeds, channel.id, mqtt_port)


@wire(
    Output(Ids.HEAD, "children"),
    Output(Ids.BODY, "hidden"),
    Output(Ids.BOARD, "options"),
    Output(Ids.VALUES, "children"),
    Output(Ids.VISIT, "data"),
    Input(shell.Ids.ADDRESS, "pathname"),
)
def draw(pathname: str) -> tuple[Any, ...]:
    try:
        found = fetch(addresses.channel_id_in(pathname, TAIL))
    except NotFound as absent:
        return notices.not_found(absent.detail), True, no_update, no_update, {}
    except Forbidden:
        return _for_contributors(addresses.channel_id_in(pathname, TAIL)), True, no_update, no_update, {}
    visit = {"channel": found.channel.id, "opened": context.now()}
    values = trial_form.fields(found.channel, found.place)
    return _head(found), False, _options(fitting(found.place)), values, visit


@wire(Output(Ids.CODE, "children"), Input(Ids.BOARD, "value"), Input(Ids.VISIT, "data"))
def show_code(slug: str | None, visit: dict[str, Any]) -> list[Component]:
    found = fetch(_channel_of(visit))
    board = board_of(slug)
    if board not in fitting(found.place):
        board = BOARDS[0]
    return [*_warnings(found, board), *code_blocks(board.code(found.place), may_copy=may_copy(context.origin()))]


@wire(
    Output(part_id("code", CODE), "children"),
    Input(part_id("language", CODE), "value"),
    Input(part_id("range", CODE), "value"),
    Input(Ids.VISIT, "data"),
)
def show_reading(slug: str | None, since: str | None, visit: dict[str, Any]) -> list[Component]:
    channel = fetch(_channel_of(visit)).channel
    return notebook_views.build(channel, notebook_views.of_channel(channel, since), slug)


@wire(
    Output(Ids.PANEL, "className"),
    Output(Ids.STAGE, "children"),
    Output(Ids.CLOCK, "children"),
    Output(Ids.HEARD, "children"),
    Output(Ids.SHOWN, "data"),
    Output(Ids.TICK, "interval"),
    Input(Ids.TICK, "n_intervals"),
    Input(Ids.VISIT, "data"),
    State(Ids.SHOWN, "data"),
    State(Ids.TICK, "interval"),
    # One at a time, however slow the line is.
    running=[(Output(Ids.TICK, "disabled"), True, False)],
)
def listen(_ticks: int | None, visit: dict[str, Any], shown: str, pace_ms: int) -> tuple[Any, ...]:
    now, channel_id = context.now(), _channel_of(visit)
    try:
        heard = context.store().ask(first_run.heard, context.viewer(), channel_id, now)
    except (NotFound, Forbidden):
        set_props(Ids.VISIT, {"data": {}})  # the right was withdrawn: it is said once, and the page asks no more
        raise
    waited_s = (now - int(visit["opened"])) / 1e6
    return build(heard, waited_s, shown if ctx.triggered_id == Ids.TICK else "", pace_ms)


@wire(
    Output(Ids.SAID, "children"),
    Output(Ids.SAID, "className"),
    Input(Ids.SEND, "n_clicks"),
    State(value_id(ALL), "id"),
    State(value_id(ALL), "value"),
    State(Ids.VISIT, "data"),
    running=[(Output(Ids.SEND, "disabled"), True, False)],
    prevent_initial_call=True,
)
def send(clicks: int, ids: list[dict[str, Any]], values: list[str | None], visit: dict[str, Any]) -> tuple[Any, ...]:
    if not clicks:
        raise PreventUpdate
    found = fetch(_channel_of(visit))
    body = trial_form.message(found.channel, found.place, [each["of"] for each in ids], values)
    try:
        receipt = context.try_out(found.channel.id, body)
    except LabfeedError as refused:
        return trial_form.refused(refused), "lf-said lf-said-refused"
    return trial_form.stored(receipt.stored), "lf-said lf-said-stored"


def fetch(channel_id: int) -> Found:
    """The channel with its key. Raises NotFound or Forbidden for whoever may not contribute to it."""
    store, viewer = context.store(), context.viewer()
    channel = store.ask(channels.may, viewer, Act.CONTRIBUTE, channel_id)
    acts = store.ask(channels.acts, viewer, channel_id)
    key = store.ask(board_keys.for_boards, context.vault(), viewer, channel_id, now=context.now())
    return Found(channel, acts, key)


def build(heard: Heard, waited_s: float, shown: str, pace_ms: int) -> tuple[Any, ...]:
    """What changes on the page: everything when something came since `shown`, else the clock alone."""
    is_late = waited_s >= ADVICE_AFTER_S
    mark = f"{heard.state} {is_late} {heard.channel.version} {[each.at for each in heard.attempts]}"
    pace = SLOW_TICK_MS if heard.state is Stage.WORKS or waited_s > PATIENCE_S else TICK_MS
    clock, new_pace = waiting_panel.clock(heard.state, waited_s), no_update if pace == pace_ms else pace
    if mark == shown:
        return no_update, no_update, clock, no_update, no_update, new_pace
    return (
        waiting_panel.panel_class(heard.state),
        waiting_panel.title(heard.state),
        clock,
        waiting_panel.content(heard, is_late=is_late),
        mark,
        new_pace,
    )


def _channel_of(visit: dict[str, Any]) -> int:
    """The channel of this visit. Prevents the update where there is none yet, or no longer."""
    if "channel" not in visit:
        raise PreventUpdate
    return int(visit["channel"])


def _head(found: Found) -> list[Component]:
    channel = found.channel
    return [
        page_head(channel.name, "From here to the first point takes a few minutes."),
        channel_tabs(channel.id, found.acts),
    ]


def _warnings(found: Found, board: Board) -> list[Component]:
    """What stands in the way of this code, said before it."""
    said: list[list[Any]] = []
    if found.key is None:
        keys = dcc.Link("Keys", href=f"/channels/{found.channel.slug}/keys")
        said.append(["This channel has no write key. One of its owners makes one on the page ", keys, "."])
    if board.is_apart and found.place.is_loopback:
        said.append(
            [
                f"This page was opened at {found.place.host}, which on a board means the board itself. Open it at the "
                "server's name or number in your network: then the code carries an address your board can reach."
            ]
        )
    if more := left_out(found.place):
        said.append([f"{more} more feed{'' if more == 1 else 's'} can be sent the same way."])
    return [html.P([icon("info-circle"), html.Span(words)], className="lf-before-code") for words in said]


def _for_contributors(channel_id: int) -> list[Component]:
    """For whoever may see the channel and no more: who can invite them."""
    store, viewer = context.store(), context.viewer()
    channel, acts = store.ask(channels.find, viewer, channel_id), store.ask(channels.acts, viewer, channel_id)
    owners: list[str] = []
    if Act.SEE_PEOPLE in acts:
        members = store.ask(memberships.of_channel, viewer, channel_id)
        owners = [member.name or member.email for member in members if member.role is Role.OWNER]
    who = " or ".join(owners) or "one of its owners"
    drawn = notices.empty_state(
        "lock",
        "Its code and keys are for those who work on it",
        f"Ask {who} to add you as an editor.",
        link_button("To the live page", f"/channels/{channel_id}", "activity", Tone.MAIN),
    )
    return [page_head(channel.name), channel_tabs(channel_id, acts), drawn]
