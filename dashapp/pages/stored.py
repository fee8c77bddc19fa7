"""What a channel holds: how much, for how long, and ranges of it that are deleted, and put back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from dash import Input, Output, State, ctx, dcc, html, no_update, set_props
from dash.dependencies import ALL
from dash.development.base_component import Component

import context
from dashapp import addresses, shell
from dashapp.components import notices, stored_panels
from dashapp.components.channel_tabs import channel_tabs
from dashapp.components.danger_panel import mistyped
from dashapp.components.faults import faults_of
from dashapp.components.forms import page_head
from dashapp.components.icons import icon
from dashapp.components.lens_parts import counted
from dashapp.components.stored_panels import MANY, Ids, undo_id
from dashapp.wiring import Wiring
from domain import zones
from domain.channels import Channel, Visibility
from domain.errors import Complaint, Forbidden, Invalid, NotFound
from domain.moments import FIRST, NOW
from domain.readings import Feed, Kind
from domain.removals import Preview, Removal
from domain.removals import State as Stage
from domain.retention import keeping_fault
from domain.roles import Act, Viewer
from domain.selection import Range
from domain.storage import Stored
from domain.timespan import TimeSpan
from models import channels, readings, removals, retention, storage
from models.storage import ChannelStored

PATH = "/channels/<channel>/settings/stored"
TITLE = "Stored readings · Labfeed"
TAIL = "/settings/stored"

AGAIN_MS = 1_000
"""How often the page looks how far a deletion is, while one is going on."""

PATIENCE_S = 1.0
"""What takes longer goes on by itself, and the page shows how far it is."""

wire = Wiring()


def layout(**_address: str) -> html.Div:
    return html.Div(
        [
            html.Div(id=Ids.HEAD),
            html.Div(notices.skeleton_page(), id=Ids.PANELS),
            dcc.Store(id=Ids.CHANGED),
            dcc.Interval(id=Ids.AGAIN, interval=AGAIN_MS, disabled=True),
        ],
        className="lf-page lf-settings-page lf-stored-page",
    )


def sample() -> list[Component]:
    """Every panel, with something that was deleted."""
    feed = Feed(1, 7, "temperature", "", Kind.NUMBER, "°C", None, None, 0)
    channel = Channel(7, "Otter kiln", "", Visibility.COLLEGE, True, False, None, 0, 1, 0, (feed,))
    gone = Removal(1, 7, 0, "Ada Finch", TimeSpan(0, 1), (feed,), Stage.REMOVED, 2, 2)
    found = Found(ChannelStored(channel, Stored(), ()), frozenset(Act), (gone,))
    return panels(found, 0, zones.zone_named(zones.WORLD))


def exists(pathname: str) -> bool:
    """Whether the address names a channel whose readings this viewer may take away."""
    return addresses.exists(pathname, TAIL, Act.CONTROL)


@dataclass(frozen=True, slots=True)
class Found:
    """What a channel holds, what this viewer may do with it, and what was deleted lately."""

    held: ChannelStored
    acts: frozenset[Act]
    removed: tuple[Removal, ...]

    @property
    def channel(self) -> Channel:
        return self.held.channel

    @property
    def is_under_way(self) -> bool:
        return any(each.is_under_way for each in self.removed)


@wire(Output(Ids.HEAD, "children"), Output(Ids.PANELS, "children"), Input(shell.Ids.ADDRESS, "pathname"))
def draw(pathname: str) -> tuple[Any, ...]:
    try:
        found = fetch(context.viewer(), channel_id_in(pathname))
    except (NotFound, Forbidden) as refused:
        return "", notices.not_found(refused.detail)
    set_props(Ids.AGAIN, {"disabled": not found.is_under_way})
    return heading(found), panels(found, context.now(), zone())


@wire(
    Output(Ids.HELD, "children"),
    Output(Ids.HISTORY, "children"),
    Output(Ids.AGAIN, "disabled"),
    Input(Ids.AGAIN, "n_intervals"),
    Input(Ids.CHANGED, "data"),
    State(shell.Ids.ADDRESS, "pathname"),
    prevent_initial_call=True,
)
def look_again(_passed: int | None, _changed: Any, pathname: str) -> tuple[Any, ...]:
    """What is there now; the forms stay as they are."""
    found = fetch(context.viewer(), channel_id_in(pathname))
    drawn = stored_panels.held(found.held.stored, found.held.feeds, zone())
    return drawn, stored_panels.history(found.removed, context.now(), zone()), not found.is_under_way


@wire(
    Output(Ids.OLDER, "children"),
    Input(Ids.DAYS, "value"),
    State(shell.Ids.ADDRESS, "pathname"),
    prevent_initial_call=True,
)
def weigh(written: Any, pathname: str) -> Any:
    """How much is older than what was just written."""
    store, viewer, channel_id = context.store(), context.viewer(), channel_id_in(pathname)
    before = store.ask(channels.may, viewer, Act.CONTROL, channel_id).keep_days
    try:
        days = days_in(written)
    except Invalid:
        return []
    if days is None or keeping_fault(days) or (before is not None and days >= before):
        return []
    return stored_panels.older_words(store.ask(retention.older, viewer, channel_id, days, context.now()))


@wire(
    Input(Ids.KEEP, "n_clicks"),
    State(Ids.DAYS, "value"),
    State(shell.Ids.ADDRESS, "pathname"),
    prevent_initial_call=True,
)
def keep(clicks: int | None, written: Any, pathname: str) -> None:
    if not clicks:
        return
    channel_id = channel_id_in(pathname)
    faults = faults_of(lambda: context.store().tell(retention.keep, context.actor(), channel_id, days_in(written)))
    found = context.store().ask(channels.may, context.viewer(), Act.CONTROL, channel_id)
    set_props(Ids.KEPT, {"children": stored_panels.keeping_form(found, context.now(), zone(), faults, written)})
    if not faults:
        shell.say(stored_panels.kept_words(found, context.now(), zone()))


@wire(
    Output(Ids.SHOWN, "children"),
    Output(Ids.RANGE, "data"),
    Output(Ids.DECIDE, "hidden"),
    Output(Ids.CONFIRMING, "hidden"),
    Input(Ids.LOOK, "n_clicks"),
    State(Ids.FEEDS, "value"),
    State(Ids.START, "value"),
    State(Ids.END, "value"),
    State(shell.Ids.ADDRESS, "pathname"),
    prevent_initial_call=True,
)
def look(clicks: int | None, names: list[str] | None, start: str, end: str, pathname: str) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 4
    try:
        found = preview(channel_id_in(pathname), names or [], start, end)
    except Invalid as refused:
        sentence = " ".join(filter(None, (refused.detail, refused.hint)))
        return stored_panels.refused_range(sentence), None, True, True
    kept = {"feeds": names, "span": [str(found.span.start), str(found.span.end)]}
    return stored_panels.shown_range(found, zone()), kept, not found.readings, found.readings <= MANY


@wire(
    Output(Ids.CHANGED, "data"),
    Input(Ids.DELETE, "n_clicks"),
    Input(undo_id(ALL), "n_clicks"),
    State(Ids.RANGE, "data"),
    State(Ids.CONFIRM, "value"),
    State(shell.Ids.ADDRESS, "pathname"),
    prevent_initial_call=True,
)
def change(
    deletes: int | None, undos: Sequence[int | None], kept: dict[str, Any] | None, typed: str | None, pathname: str
) -> Any:
    """Delete the range that was shown, or put one back."""
    channel_id = channel_id_in(pathname)
    if isinstance(ctx.triggered_id, dict):
        return put_back(channel_id, int(ctx.triggered_id["of"])) if any(undos) else no_update
    if not deletes or not kept:
        return no_update
    return delete(channel_id, kept["feeds"], TimeSpan(*map(int, kept["span"])), typed)


def delete(channel_id: int, names: list[str], span: TimeSpan, typed: str | None) -> Any:
    """Delete what was shown, once it is confirmed where it is much."""
    found = context.store().ask(removals.preview, context.viewer(), channel_id, names, span)
    name = context.store().ask(channels.find, context.viewer(), channel_id).name
    is_confirmed = found.readings <= MANY or (typed or "").strip() == name
    set_props(Ids.CONFIRM_FAULT, {"children": None if is_confirmed else mistyped(name)})
    if not is_confirmed:
        return no_update
    begun = context.store().tell(removals.begin, context.actor(), channel_id, names, span)
    is_done = context.sweeper().finish(begun.id, PATIENCE_S)
    said = f"{counted(begun.total, 'reading')} {'deleted' if is_done else 'are being deleted'}."
    shell.say(f"{said} For 30 days they can be put back.")
    for part, props in ((Ids.SHOWN, {"children": []}), (Ids.DECIDE, {"hidden": True}), (Ids.RANGE, {"data": None})):
        set_props(part, props)
    set_props(Ids.CONFIRM, {"value": ""})
    return context.now()


def put_back(channel_id: int, removal_id: int) -> int:
    begun = context.store().tell(removals.undo, context.actor(), channel_id, removal_id)
    is_done = context.sweeper().finish(begun.id, PATIENCE_S)
    shell.say(f"{counted(begun.total, 'reading')} {'put back' if is_done else 'are being put back'}.")
    return context.now()


def fetch(viewer: Viewer, channel_id: int) -> Found:
    """Raises NotFound, Forbidden."""
    store = context.store()
    removed = store.ask(removals.list_of, viewer, channel_id, context.now())
    held = store.ask(storage.of_channel, viewer, channel_id)
    return Found(held, store.ask(channels.acts, viewer, channel_id), tuple(removed))


def preview(channel_id: int, names: list[str], start: str | None, end: str | None) -> Preview:
    """What lies in the range as it was written. Raises NotFound, Forbidden, Invalid."""
    if not names:
        raise Invalid("Choose one feed at least.")
    store, viewer = context.store(), context.viewer()
    first_at = store.ask(readings.first_at, store.ask(channels.may, viewer, Act.CONTROL, channel_id))
    chosen = Range((start or "").strip() or FIRST, (end or "").strip() or NOW)
    return store.ask(removals.preview, viewer, channel_id, names, chosen.span(context.now(), zone(), first_at))


def heading(found: Found) -> list[Component]:
    address = f"/channels/{found.channel.slug}/settings"
    back = dcc.Link([icon("arrow-left"), "Settings"], href=address, className="lf-back")
    said = "What it holds, for how long, and what was deleted."
    return [back, page_head(found.channel.name, said), channel_tabs(found.channel.id, found.acts)]


def panels(found: Found, now: int, times: ZoneInfo) -> list[Component]:
    channel, held = found.channel, found.held
    columns = [
        [stored_panels.held_panel(held.stored, held.feeds, times), stored_panels.keeping_panel(channel, now, times)],
        [stored_panels.range_panel(channel.feeds, channel.name, times)],
    ]
    return [
        html.Div([html.Div(column) for column in columns], className="lf-settings-columns"),
        stored_panels.history_panel(found.removed, now, times),
    ]


def channel_id_in(pathname: str) -> int:
    return addresses.channel_id_in(pathname, TAIL)


def days_in(written: Any) -> int | None:
    """A number of days as it stands in the form; empty: for ever. Raises Invalid."""
    if written in (None, ""):
        return None
    if str(written).isdecimal() and len(str(written)) < 9:
        return int(written)
    fault = "Write whole days, or nothing."
    raise Invalid(fault, complaints=[Complaint("/keep_days", fault)])


def zone() -> ZoneInfo:
    """The zone in which times are written and read here."""
    return zones.zone_named(context.college_zone())
