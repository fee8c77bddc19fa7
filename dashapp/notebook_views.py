"""Code that reads what is shown, with address and key filled in: below the export's link, and on the page of code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import Input, Output
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

import context
from dashapp.components import notebooks
from dashapp.components.copying import may_copy
from dashapp.components.notebooks import KEY_PLACEHOLDER, RANGES, USUAL_RANGE, part_id
from dashapp.wiring import Wiring
from domain.channels import Channel, Visibility
from domain.downloads import Download
from domain.errors import Forbidden
from domain.notebooks import Source, notebook_of, source_of
from domain.roles import Act
from domain.selection import Range
from models import board_keys, channels
from models.exporting import Plan

EXPORT, CODE = "export", "code"
"""Where it stands."""

wire = Wiring(open_to_visitors=True)


@wire(
    Output(part_id("code", EXPORT), "children"),
    Input(part_id("language", EXPORT), "value"),
    Input(part_id("source", EXPORT), "data"),
)
def show(slug: str | None, kept: dict[str, Any] | None) -> list[Component]:
    """The code for what the export's link leads to. Raises NotFound."""
    if not kept:
        raise PreventUpdate
    channel = context.store().ask(channels.find, context.viewer(), int(kept["channel"]))
    return build(channel, Source.read(kept), slug)


def kept_of(plan: Plan, download: Download) -> Mapping[str, Any]:
    """What the page keeps of a download, for `show`: its range as it was asked for, so that one that moves moves on."""
    return {"channel": plan.channel.id, **source_of(context.origin(), download, plan.feeds).kept()}


def of_channel(channel: Channel, since: str | None) -> Source:
    """All that is not hidden, from one of RANGES until now."""
    download = Download(channel.id, range=Range(since if since in RANGES else USUAL_RANGE))
    return source_of(context.origin(), download, [feed for feed in channel.feeds if not feed.is_hidden])


def build(channel: Channel, source: Source, slug: str | None) -> list[Component]:
    """The code, with the key filled in for whoever may see the channel's keys."""
    store, viewer = context.store(), context.viewer()
    key, acts = "", store.ask(channels.acts, viewer, channel.id)
    if channel.visibility is not Visibility.PUBLIC:
        key = _read_key(channel.id) or KEY_PLACEHOLDER
    return notebooks.code(
        notebook_of(slug),
        source.with_key(key),
        channel.id,
        may_copy=may_copy(context.origin()),
        may_make_keys=Act.CONTROL in acts,
    )


def _read_key(channel_id: int) -> str | None:
    try:
        return context.store().ask(
            board_keys.for_programs, context.vault(), context.viewer(), channel_id, now=context.now()
        )
    except Forbidden:
        return None
