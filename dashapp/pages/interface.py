"""The interface for programs, told to people: each address with what it takes and answers, filled in for the reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qs

import dash_bootstrap_components as dbc
from dash import ALL, Input, Output, State, ctx, html, set_props
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

import context
from dashapp import shell
from dashapp.components import interface_parts, notices
from dashapp.components.copying import may_copy
from dashapp.components.forms import field, link_button, page_head, panel
from dashapp.components.interface_parts import summary_id, told_id
from dashapp.wiring import Wiring
from domain.channels import Channel, Visibility, channel_id_from
from domain.errors import Forbidden, NotFound
from domain.interface import Entry, Needs, Reader
from domain.roles import Act, Right, Viewer
from models import board_keys, catalogue, channels, keys
from models.catalogue import Wanted

PATH = "/interface"
TITLE = "Interface · Labfeed"

MOST_OFFERED = 200


class Ids(StrEnum):
    CHANNEL = "interface-channel"
    NOTE = "interface-note"
    ENTRIES = "interface-entries"


wire = Wiring(open_to_visitors=True)


def sample() -> list[Component]:
    """What is drawn later: the entries."""
    return interface_parts.groups([Entry("time", "GET", "/time", "The server", "The clock", "", "", Needs.NOTHING)])


def layout(**_address: str) -> html.Div:
    chooser = dbc.Select(id=Ids.CHANNEL, options=[], value="", class_name="lf-select")
    return html.Div(
        [
            page_head(
                "The interface for programs",
                "What a program may ask of this server, and what it answers.",
                link_button("OpenAPI 3.1", "/openapi.json", "filetype-json", is_outside=True),
            ),
            panel(
                "Filled in for you",
                html.Div(field("Channel", chooser), className="lf-form"),
                html.P(id=Ids.NOTE, className="lf-sub"),
            ),
            html.Div(notices.skeleton_page(), id=Ids.ENTRIES, className="lf-interface"),
        ],
        className="lf-page lf-interface-page",
    )


@dataclass(frozen=True, slots=True)
class Found:
    """The channels to choose from, the one that is chosen, and its keys as far as the viewer may see them."""

    offered: Sequence[Channel]
    channel: Channel | None
    write_key: str | None = None
    read_key: str | None = None
    may_contribute: bool = False

    @property
    def needs_read_key(self) -> bool:
        return self.channel is not None and self.channel.visibility is not Visibility.PUBLIC

    @property
    def reader(self) -> Reader:
        usual = Reader(context.origin())
        if self.channel is None:
            return usual
        feed = next((feed.name for feed in self.channel.feeds if not feed.is_hidden), usual.feed)
        read_key = (self.read_key or "YOUR-READ-KEY") if self.needs_read_key else ""
        return Reader(usual.origin, self.channel.id, feed, read_key, self.write_key or usual.write_key)


@wire(Output(Ids.ENTRIES, "children"), Input(Ids.ENTRIES, "id"))
def enumerate_them(_id: str) -> list[Component]:
    """All entries, closed. They are drawn once: what is drawn anew would be closed again."""
    entries = context.parts().interface
    return [interface_parts.contents(entries), *interface_parts.groups(entries), _live()]


@wire(
    Output(Ids.CHANNEL, "options"),
    Output(Ids.CHANNEL, "value"),
    Output(Ids.NOTE, "children"),
    Input(shell.Ids.ADDRESS, "search"),
)
def draw(search: str | None) -> tuple[Any, ...]:
    return build(fetch(context.viewer(), _channel_in(search)))


@wire(Input(Ids.CHANNEL, "value"), State(shell.Ids.ADDRESS, "search"), prevent_initial_call=True)
def choose(chosen: str, search: str | None) -> None:
    if not chosen or int(chosen) == _channel_in(search):
        raise PreventUpdate
    shell.go(f"?channel={int(chosen)}")


@wire(
    Input(summary_id(ALL), "n_clicks"),
    Input(Ids.CHANNEL, "value"),
    State(summary_id(ALL), "id"),
    prevent_initial_call=True,
)
def tell(clicks: list[int], chosen: str | None, ids: list[dict[str, Any]]) -> None:
    """Tell of the entry that was opened: all of them at once would keep a small machine busy for a minute.

    When another channel is chosen, tell anew of those that were opened.
    """
    names = _pressed(clicks, ids)
    entries = [entry for entry in context.parts().interface if entry.name in names]
    if not entries:
        raise PreventUpdate
    reader = fetch(context.viewer(), channel_id_from(chosen) if chosen else None).reader
    for entry in entries:
        told = interface_parts.told(entry, reader, may_copy=may_copy(reader.origin))
        set_props(told_id(entry.name), {"children": told})


def fetch(viewer: Viewer, wanted: int | None) -> Found:
    """The viewer's own channels or, without any, the first that they may see; the one wanted, if they may see it."""
    store = context.store()
    offered = store.ask(catalogue.page, viewer, Wanted(is_mine=True), 0, MOST_OFFERED)
    offered = offered or store.ask(catalogue.page, viewer, Wanted(), 0, MOST_OFFERED)
    try:
        channel = store.ask(channels.find, viewer, wanted) if wanted is not None else next(iter(offered), None)
    except NotFound:
        channel = next(iter(offered), None)
    if channel is None:
        return Found(offered, None)
    listed = offered if any(each.id == channel.id for each in offered) else [channel, *offered]
    return _with_keys(Found(listed, channel), viewer)


def build(found: Found) -> tuple[Any, ...]:
    """The channels to choose from, the one chosen, and what is filled in of it."""
    name = found.channel.name if found.channel else ""
    options = [{"value": str(each.id), "label": f"{each.name} ({each.id})"} for each in found.offered]
    note = interface_parts.note_on_keys(
        found.reader, name, needs_read_key=found.needs_read_key, may_contribute=found.may_contribute
    )
    return options, str(found.channel.id) if found.channel else "", note


def _pressed(clicks: Sequence[int], ids: Sequence[Mapping[str, Any]]) -> set[str]:
    """The entry that was just opened for the first time or, for another channel, all that were opened."""
    if ctx.triggered_id == Ids.CHANNEL:
        return {each["of"] for each, count in zip(ids, clicks, strict=True) if count}
    is_first = ctx.triggered_id is not None and ctx.triggered[0]["value"] == 1
    return {ctx.triggered_id["of"]} if is_first else set()


def _with_keys(found: Found, viewer: Viewer) -> Found:
    store, vault, channel = context.store(), context.vault(), found.channel
    assert channel is not None
    if Act.CONTRIBUTE not in store.ask(channels.acts, viewer, channel.id):
        return found
    write_key = store.ask(board_keys.for_boards, vault, viewer, channel.id, now=context.now())
    try:
        every = store.ask(keys.list_of, vault, viewer, channel.id)
    except Forbidden:
        return found
    read_key = next((key.written for key in every if key.right is Right.READ and key.written), None)
    return Found(found.offered, channel, write_key, read_key, may_contribute=True)


def _live() -> Component:
    return panel(
        "Live, over WebSocket",
        html.P(
            [
                "Programs listen at ",
                html.Code("/ws/channels/{channel}"),
                ", boards send at ",
                html.Code("/ws/sensor"),
                ": JSON in text frames, with the same keys and tokens. The pages in docs/ show how.",
            ]
        ),
    )


def _channel_in(search: str | None) -> int | None:
    """The channel that the address names, if it names one."""
    written = parse_qs((search or "").lstrip("?")).get("channel", [""])[0]
    try:
        return channel_id_from(written) if written else None
    except NotFound:
        return None
