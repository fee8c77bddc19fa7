"""The export drawer of a channel's page: opened from several places, it says what would be in the file, and follows a
download that was begun."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from typing import Any

from dash import ALL, Input, Output, State, ctx, set_props
from dash.exceptions import PreventUpdate

import context
from dashapp import export_choices as choices
from dashapp import looks
from dashapp.channel_ids import VIEW
from dashapp.components import export_panel
from dashapp.components.export_button import open_id
from dashapp.components.export_panel import LINK_OFF, LINK_ON, Ids, Offer
from dashapp.components.faults import fault
from dashapp.components.notebooks import part_id
from dashapp.export_choices import EACH, Choice, Drawn, Manner, What
from dashapp.looks import Asked
from dashapp.notebook_views import EXPORT, kept_of
from dashapp.showing import Showing
from dashapp.wiring import Wiring
from domain.downloads import Aggregate, Form, Shape
from domain.errors import Invalid, NotFound
from domain.roles import Act
from domain.timespan import SECOND
from models import channels, exporting, progress

PATIENCE_S = 20
"""A download that has not begun by then will not."""

wire = Wiring(open_to_visitors=True)


@wire(
    Output(Ids.DRAWER, "is_open"),
    Output(Ids.BODY, "children"),
    Output(Ids.DRAWN, "data"),
    Input(open_id(ALL), "n_clicks"),
    State(VIEW, "data"),
    prevent_initial_call=True,
)
def open_drawer(_clicks: list[int | None], view: dict[str, Any]) -> tuple[Any, ...]:
    """Raises NotFound."""
    showing = Showing.read(view)
    if showing is None or showing.waits or not ctx.triggered[0]["value"]:
        raise PreventUpdate
    found = offer(showing)
    return True, export_panel.body(found), {**asdict(found.drawn), "every": [feed.name for feed in found.feeds]}


@wire(
    Output(Ids.FEEDS, "value"),
    Output(Ids.BIN, "value"),
    Output(Ids.AGGREGATES, "value"),
    Output(Ids.WHAT_NOTE, "children"),
    Input(Ids.WHAT, "value"),
    State(Ids.DRAWN, "data"),
    prevent_initial_call=True,
)
def choose(what: str, kept: dict[str, Any] | None) -> tuple[Any, ...]:
    """Which readings are wanted says which feeds, and how closely."""
    wanted, drawn = What(what), drawn_in(kept)
    follows = export_panel.preset(wanted, drawn, every_in(kept))
    return follows.feeds, follows.width, follows.aggregates, export_panel.what_note(wanted, drawn)


@wire(
    Output(Ids.LINK, "href"),
    Output(Ids.LINK, "className"),
    Output(Ids.SAID, "children"),
    Output(Ids.OF_BIN, "hidden"),
    Output(Ids.ADDRESS, "value"),
    Output(Ids.COPY, "content"),
    Output(part_id("source", EXPORT), "data"),
    Input(Ids.WHAT, "value"),
    Input(Ids.FORM, "value"),
    Input(Ids.SHAPE, "value"),
    Input(Ids.FEEDS, "value"),
    Input(Ids.BIN, "value"),
    Input(Ids.AGGREGATES, "value"),
    Input(Ids.ZONE, "value"),
    Input(Ids.MANNERS, "value"),
    State(VIEW, "data"),
    State(Ids.DRAWN, "data"),
)
def tell(*chosen: Any) -> tuple[Any, ...]:
    """What would be in the file, and where it is had. Raises NotFound."""
    *values, view, kept = chosen
    showing = Showing.read(view)
    if showing is None:
        raise PreventUpdate
    try:
        choice = choice_of(*values)
        download = choices.download_of(choice, showing, every_in(kept), context.now())
        plan = context.store().ask_long(exporting.plan, context.viewer(), download, context.now())
    except Invalid as refused:
        sentence = " ".join(filter(None, (refused.detail, refused.hint)))
        return None, LINK_OFF, fault(sentence), values[4] == EACH, "", "", {}
    held = {column.feed.id for column in plan.columns}
    left_out = [feed.label for feed in plan.feeds if feed.id not in held]
    words = export_panel.said(plan.readings, plan.file_name, left_out, is_binned=download.binned is not None)
    address = f"{context.origin()}{download.address}"
    link = choices.with_progress(download.address, new_word())
    return link, LINK_ON, words, download.binned is None, address, address, kept_of(plan, download)


@wire(
    Output(Ids.BEGUN, "data"),
    Output(Ids.TIMER, "disabled"),
    Input(Ids.LINK, "n_clicks"),
    State(Ids.LINK, "href"),
    State(VIEW, "data"),
    prevent_initial_call=True,
)
def begin(clicks: int | None, address: str | None, view: dict[str, Any]) -> tuple[Any, bool]:
    """The browser follows the link; the page follows the download, and gives the link another word for the next."""
    showing, word = Showing.read(view), choices.word_in(address or "")
    if not clicks or showing is None or not address or not word:
        raise PreventUpdate
    is_made_first = any(f".{form}" in address for form in (Form.XLSX, Form.PARQUET))
    drawn = export_panel.progress(None, is_late=False, is_made_first=is_made_first)
    set_props(Ids.PROGRESS, {"children": drawn})
    set_props(Ids.LINK, {"href": address.replace(word, new_word())})
    begun = {"channel": showing.channel_id, "word": word, "at": context.now() // SECOND, "made_first": is_made_first}
    return begun, False


@wire(
    Output(Ids.PROGRESS, "children"),
    Input(Ids.TIMER, "n_intervals"),
    State(Ids.BEGUN, "data"),
    prevent_initial_call=True,
)
def follow(_passed: int, begun: dict[str, Any] | None) -> list[Any]:
    if not begun:
        raise PreventUpdate
    is_late = context.now() // SECOND - int(begun["at"]) > PATIENCE_S
    try:
        found = context.store().ask(progress.of, context.viewer(), int(begun["channel"]), str(begun["word"]))
    except NotFound:
        set_props(Ids.TIMER, {"disabled": True})
        raise
    if is_late if found is None else found.is_over:
        set_props(Ids.TIMER, {"disabled": True})
    return export_panel.progress(found, is_late=is_late, is_made_first=bool(begun["made_first"]))


def offer(showing: Showing) -> Offer:
    """What can be taken of the channel that is shown. Raises NotFound."""
    store, viewer, now = context.store(), context.viewer(), context.now()
    drawn = showing.selection
    asked = Asked(drawn.range, showing.zone, drawn.hidden)
    look = store.ask(looks.channel, viewer, showing.channel_id, asked, now)
    acts = store.ask(channels.acts, viewer, showing.channel_id) if viewer.person_id is not None else frozenset()
    return Offer(
        choices.offered(look.overview.channel),
        choices.drawn_of(look.series, is_smoothed=drawn.smoothing is not None),
        export_panel.zones_offered(showing.zone, context.college_zone()),
        f"/channels/{look.overview.channel.slug}/import" if Act.CONTRIBUTE in acts else "",
    )


def choice_of(
    what: str, form: str, shape: str, feeds: list[str], width: str, told: list[str], zone: str, manners: list[str]
) -> Choice:
    """What the controls say. Raises Invalid."""
    if not feeds:
        raise Invalid("Choose one feed at least.")
    if width != EACH and not told:
        raise Invalid("Choose what is told of each bin.")
    aggregates = tuple(each for each in Aggregate if each in told)
    manner = frozenset(map(Manner, manners or ()))
    return Choice(What(what), Form(form), Shape(shape), tuple(feeds), width or EACH, aggregates, zone, manner)


def drawn_in(kept: dict[str, Any] | None) -> Drawn:
    """What the chart drew when the drawer was opened."""
    return Drawn(tuple(kept["feeds"]), kept["width"], bool(kept["is_smoothed"])) if kept else Drawn()


def every_in(kept: dict[str, Any] | None) -> list[str]:
    """The names of all feeds that can be taken."""
    return list(kept["every"]) if kept else []


def new_word() -> str:
    """A word under which it is remembered how far a download is."""
    return secrets.token_urlsafe(16)
