"""A channel's settings: each panel for those who may use it, and each asked for again where it is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dash import Input, Output, State, ctx, dcc, html, no_update, set_props
from dash.dependencies import ALL
from dash.development.base_component import Component

import context
from dashapp import addresses, feed_drafts, shell
from dashapp.components import notices, settings_panels
from dashapp.components.channel_tabs import CHANGING, IN_CHARGE, channel_tabs
from dashapp.components.danger_panel import danger_panel, mistyped
from dashapp.components.faults import faults_of
from dashapp.components.forms import link_button, page_head
from dashapp.components.settings_panels import AboutDraft, Ids, ReadingsDraft, about_draft, about_of, readings_draft
from dashapp.components.stored_summary import stored_panel
from dashapp.feed_drafts import FULL, Draft, Press
from dashapp.pages import mine
from dashapp.wiring import Wiring
from domain.channels import Channel, Visibility
from domain.errors import NotFound
from domain.readings import Feed, Kind
from domain.roles import Act, Role, Viewer
from domain.storage import Stored
from models import channel_settings, channels, deleting, feeds, memberships, ownership, storage

PATH = "/channels/<channel>/settings"
TITLE = "Settings · Labfeed"
TAIL = "/settings"

wire = Wiring()


def layout(**_address: str) -> html.Div:
    return html.Div(
        [
            html.Div(id=Ids.HEAD),
            html.Div(notices.skeleton_page(), id=Ids.PANELS),
            dcc.Location(id=Ids.GO, refresh="callback-nav"),
        ],
        className="lf-page lf-settings-page",
    )


def sample() -> list[Component]:
    """Every panel, as `draw` draws them for somebody who may all of it."""
    feed = Feed(1, 7, "temperature", "", Kind.NUMBER, "°C", None, None, 0)
    channel = Channel(7, "Otter kiln", "", Visibility.COLLEGE, True, False, None, 0, 1, 0, (feed,))
    return panels(Settings(channel, frozenset(Act), frozenset(), (("8", "Ben Owl"),), Stored()))


def exists(pathname: str) -> bool:
    """Whether the address names a channel in which there is something for this viewer to set."""
    return addresses.exists(pathname, TAIL, *CHANGING)


@dataclass(frozen=True, slots=True)
class Settings:
    """A channel as its settings are drawn; `fixed`: the feeds that hold readings; `heirs`: who may own it next;
    `stored`: what it holds."""

    channel: Channel
    acts: frozenset[Act]
    fixed: frozenset[int]
    heirs: tuple[tuple[str, str], ...]
    stored: Stored


@wire(Output(Ids.HEAD, "children"), Output(Ids.PANELS, "children"), Input(shell.Ids.ADDRESS, "pathname"))
def draw(pathname: str) -> tuple[Any, ...]:
    try:
        found = fetch(context.viewer(), addresses.channel_id_in(pathname, TAIL))
    except NotFound as absent:
        return "", notices.not_found(absent.detail)
    return heading(found.channel, found.acts), panels(found)


def fetch(viewer: Viewer, channel_id: int) -> Settings:
    """What there is to set. Raises NotFound."""
    store = context.store()
    acts = store.ask(channels.acts, viewer, channel_id)
    people = store.ask(memberships.of_channel, viewer, channel_id) if Act.CONTROL in acts else []
    return Settings(
        store.ask(channels.find, viewer, channel_id),
        acts,
        store.ask(feeds.with_readings, channel_id),
        tuple((str(one.person_id), f"{one.name} · {one.email}") for one in people if one.role is not Role.OWNER),
        store.ask(storage.of_channels, [channel_id])[channel_id],
    )


def heading(channel: Channel, acts: frozenset[Act]) -> list[Component]:
    return [
        page_head(channel.name, "What it is, who sees it, and how its readings are taken."),
        channel_tabs(channel.id, acts),
    ]


def panels(found: Settings) -> list[Component]:
    """The panels that may be used, widest first to read; a sentence where there are none."""
    channel, acts = found.channel, found.acts
    if not acts & CHANGING:
        way = link_button("To the channel", f"/channels/{channel.slug}", "activity")
        who = "Ask an owner of the channel to make you an editor."
        return [notices.empty_state("lock", "There is nothing here that you may change", who, way)]
    is_in_charge, is_in_control = bool(acts & IN_CHARGE), Act.CONTROL in acts
    beside = [
        *([settings_panels.who_sees_panel(channel.visibility)] if is_in_control else []),
        *([settings_panels.readings_panel(readings_draft(channel))] if is_in_charge else []),
    ]
    last = [
        html.Div(
            [
                stored_panel(channel, found.stored, may_change=is_in_control),
                *([settings_panels.archive_panel(channel.archived_at is not None)] if Act.TEACH in acts else []),
            ]
        ),
        *([danger_panel(channel.id, channel.name, found.heirs)] if is_in_control else []),
    ]
    return [
        *([_columns([settings_panels.about_panel(about_draft(channel))], beside)] if is_in_charge else []),
        *([settings_panels.feeds_panel(drafts_of(channel), found.fixed)] if Act.CONTRIBUTE in acts else []),
        html.Div(last, className="lf-settings-last"),
    ]


def _columns(*columns: list[html.Section]) -> html.Div:
    return html.Div([html.Div(column) for column in columns], className="lf-settings-columns")


@wire(
    Input(Ids.SAVE_ABOUT, "n_clicks"),
    State(shell.Ids.ADDRESS, "pathname"),
    State(Ids.NAME, "value"),
    State(Ids.DESCRIPTION, "value"),
    State(Ids.TAGS, "value"),
    State(Ids.PLACE, "value"),
    State(Ids.LATITUDE, "value"),
    State(Ids.LONGITUDE, "value"),
    prevent_initial_call=True,
)
def save_about(clicks: int | None, pathname: str, *written: Any) -> None:
    if not clicks:
        return
    draft = AboutDraft(*written)
    faults = faults_of(lambda: _store(channel_settings.describe, pathname, about_of(draft)))
    set_props(Ids.ABOUT, {"children": settings_panels.about_form(draft, faults)})
    if not faults:
        found = _fetch(pathname)
        set_props(Ids.HEAD, {"children": heading(found.channel, found.acts)})


@wire(
    Input(Ids.SAVE_WHO_SEES, "n_clicks"),
    State(shell.Ids.ADDRESS, "pathname"),
    State(Ids.WHO_SEES, "value"),
    prevent_initial_call=True,
)
def save_who_sees(clicks: int | None, pathname: str, who_sees: str) -> None:
    if clicks:
        _store(channel_settings.show_to, pathname, Visibility(who_sees))


@wire(
    Input(Ids.SAVE_READINGS, "n_clicks"),
    State(shell.Ids.ADDRESS, "pathname"),
    State(Ids.INTERVAL, "value"),
    State(Ids.INTERVAL_UNIT, "value"),
    State(Ids.NEW_FEEDS, "value"),
    State(Ids.PACE, "value"),
    prevent_initial_call=True,
)
def save_readings(clicks: int | None, pathname: str, interval: Any, unit: str, new_feeds: bool, pace: Any) -> None:
    if not clicks:
        return
    draft = ReadingsDraft(interval, unit, bool(new_feeds), pace)
    wanted = {
        "expected_interval_s": draft.interval_s,
        "accepts_new_feeds": draft.accepts_new_feeds,
        "pace_ms": draft.pace_ms,
    }
    faults = faults_of(lambda: _store(channel_settings.set_readings, pathname, **wanted))
    set_props(Ids.READINGS, {"children": settings_panels.readings_form(draft, faults)})


@wire(
    Output(Ids.FEEDS, "children"),
    Input(Ids.ADD_FEED, "n_clicks"),
    Input(FULL.id_of(Press.UP, ALL), "n_clicks"),
    Input(FULL.id_of(Press.DOWN, ALL), "n_clicks"),
    Input(FULL.id_of(Press.REMOVE, ALL), "n_clicks"),
    State(shell.Ids.ADDRESS, "pathname"),
    *FULL.states(),
    prevent_initial_call=True,
)
def change_rows(*given: Any) -> Any:
    adds, ups, downs, removals, pathname, *columns = given
    if not any((adds, *ups, *downs, *removals)):
        return no_update
    drafts = FULL.drafts(columns)
    if ctx.triggered_id == Ids.ADD_FEED:
        drafts = feed_drafts.with_one_more(drafts)
    else:
        drafts = feed_drafts.after_press(drafts, Press(ctx.triggered_id["part"]), int(ctx.triggered_id["of"]))
    return settings_panels.feeds_form(drafts, _fetch(pathname).fixed)


@wire(
    Input(Ids.SAVE_FEEDS, "n_clicks"),
    State(shell.Ids.ADDRESS, "pathname"),
    State(Ids.DRAWN, "data"),
    *FULL.states(),
    prevent_initial_call=True,
)
def save_feeds(clicks: int | None, pathname: str, drawn: list[int], *columns: list[Any]) -> None:
    """What was drawn and is there no more was taken away; what a board has made meanwhile is neither."""
    if not clicks:
        return
    drafts = FULL.drafts(columns)
    removed = set(drawn) - {draft.of for draft in drafts}
    faults = faults_of(lambda: _store(feeds.save, pathname, [draft.wanted() for draft in drafts], removed))
    found = _fetch(pathname)
    if not faults:
        drafts = drafts_of(found.channel)
        set_props(Ids.DRAWN, {"data": [draft.of for draft in drafts]})
    set_props(Ids.FEEDS, {"children": settings_panels.feeds_form(drafts, found.fixed, faults)})
    set_props(Ids.FEED_FAULTS, {"children": settings_panels.feed_faults(faults)})


@wire(Input(Ids.ARCHIVE, "n_clicks"), State(shell.Ids.ADDRESS, "pathname"), prevent_initial_call=True)
def archive(clicks: int | None, pathname: str) -> None:
    if not clicks:
        return
    is_archived = _fetch(pathname).channel.archived_at is not None
    _store(channel_settings.archive, pathname, not is_archived)
    _draw_again(pathname)


@wire(
    Input(Ids.TRANSFER, "n_clicks"),
    State(shell.Ids.ADDRESS, "pathname"),
    State(Ids.HEIR, "value"),
    State(Ids.TRANSFER_NAME, "value"),
    prevent_initial_call=True,
)
def transfer(clicks: int | None, pathname: str, heir: str, typed: str | None) -> None:
    if not clicks or not _is_confirmed(pathname, typed, Ids.TRANSFER_FAULT):
        return
    _store(ownership.transfer, pathname, int(heir))
    _draw_again(pathname)


@wire(
    Input(Ids.CLEAR, "n_clicks"),
    State(shell.Ids.ADDRESS, "pathname"),
    State(Ids.CLEAR_NAME, "value"),
    prevent_initial_call=True,
)
def clear(clicks: int | None, pathname: str, typed: str | None) -> None:
    if not clicks or not _is_confirmed(pathname, typed, Ids.CLEAR_FAULT):
        return
    context.sweeper().clear(context.actor(), addresses.channel_id_in(pathname, TAIL))
    shell.say("All readings are cleared.")
    _draw_again(pathname)


@wire(
    Output(Ids.GO, "pathname"),
    Input(Ids.DELETE, "n_clicks"),
    State(shell.Ids.ADDRESS, "pathname"),
    State(Ids.DELETE_NAME, "value"),
    prevent_initial_call=True,
)
def delete(clicks: int | None, pathname: str, typed: str | None) -> Any:
    if not clicks or not _is_confirmed(pathname, typed, Ids.DELETE_FAULT):
        return no_update
    name = _fetch(pathname).channel.name
    _store(deleting.put_into_bin, pathname)
    shell.say(f"{name} is deleted. For 30 days it can be restored from the bin below.")
    return mine.PATH


def drafts_of(channel: Channel) -> list[Draft]:
    """The channel's feeds as they are."""
    return [feed_drafts.of_feed(feeds.as_wanted(feed)) for feed in channel.feeds]


def _store(change: Callable[..., Any], pathname: str, *values: Any, **named: Any) -> Any:
    """Have the change stored, as whoever is signed in, and say so. Raises what it is refused with."""
    channel_id = addresses.channel_id_in(pathname, TAIL)
    done = context.store().tell(change, context.actor(), channel_id, *values, **named)
    shell.say("Saved.")
    return done


def _fetch(pathname: str) -> Settings:
    return fetch(context.viewer(), addresses.channel_id_in(pathname, TAIL))


def _draw_again(pathname: str) -> None:
    head, drawn = draw(pathname)
    set_props(Ids.HEAD, {"children": head})
    set_props(Ids.PANELS, {"children": drawn})


def _is_confirmed(pathname: str, typed: str | None, fault_id: Ids) -> bool:
    """Whether the channel's name was typed; if not, it is said where."""
    name = _fetch(pathname).channel.name
    is_typed = (typed or "").strip() == name
    set_props(fault_id, {"children": None if is_typed else mistyped(name)})
    return is_typed
