"""A channel's page whose reader may not see the channel any more: whatever finds that out empties all of it at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dash import ctx, set_props

import context
from dashapp import addresses, following, shell, shown
from dashapp.channel_ids import CURSOR, STALE, VIEW, Ids
from dashapp.components import lens_tabs
from dashapp.components.connection import QUIET
from dashapp.components.notices import not_found
from dashapp.lenses.registry import LENSES
from dashapp.live_views import Update
from domain.errors import NotFound
from live.dash_socket import current_page

WORDS = (Ids.TABS, Ids.HEADING, Ids.STAR, Ids.HELD, Ids.BACK, Ids.CHIPS, Ids.QUICK, Ids.SHARE, Ids.PRINTED)
"""What else stands on the page and speaks of the channel."""


def emptied(sentence: str | None = None) -> list[Update]:
    """Nothing of the channel any more, tiles, chart and lenses; only that there is nothing to see."""
    return [
        (Ids.CONTENT, {"children": not_found(sentence)}),
        *((each, {"children": ""}) for each in WORDS),
        (Ids.LENSES, {"hidden": True, "children": lens_tabs.all_parts()}),
        (Ids.TOOLS, {"hidden": True}),
        (Ids.TICK, {"disabled": True}),
        *((shown.store_of(lens.NAME), {"data": {}}) for lens in LENSES),
        (shell.Ids.BEAT, {"className": QUIET}),
        (CURSOR, {"data": {}}),
        (VIEW, {"data": {}}),
    ]


def answer(error: Exception) -> None:
    """What is raised by a callback of a channel's page: where the channel is gone the page is emptied, without a
    notice; else it is said as on any page.

    Another page may be there by now, so whatever is there looks again.
    """
    if not isinstance(error, NotFound) or not _is_gone():
        shell.show_error(error)
        return
    empty(error)
    set_props(STALE, {"data": f"gone at {context.now()}"})


def empty(absent: NotFound) -> None:
    """Empty the page whose callback this is, and let nothing more come to it."""
    page = current_page()
    if page is not None:
        page.watch_only(context.hub(), [], following.grounds())
    following.show(emptied(absent.detail))


def _is_gone() -> bool:
    """Whether the channel that the callback is about may not be seen by who asks."""
    return any(not addresses.exists(f"/channels/{channel_id}") for channel_id in _asked_about())


def _asked_about() -> Iterator[int]:
    """The channels that are named by what the browser keeps of the page."""
    for value in _values(ctx.inputs_list + ctx.states_list):
        if isinstance(value, dict):
            named = value.get("channel", value.get("channel_id"))
            if isinstance(named, int):
                yield named


def _values(given: list[Any]) -> Iterator[Any]:
    for each in given:
        if isinstance(each, list):
            yield from _values(each)
        else:
            yield each.get("value")
