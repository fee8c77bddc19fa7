"""A channel's page shows something else: in place where the page's road keeps the order, else laid out anew."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dash import set_props

import context
from dashapp import channel_drawing, channel_views, following, shown
from dashapp.channel_drawing import Fetched
from dashapp.channel_ids import CURSOR, VIEW, Ids
from dashapp.components import channel_page, lens_tabs, time_picker, view_bar
from dashapp.live_views import Update
from dashapp.showing import Showing
from domain import moments, zones
from domain.selection import Selection
from domain.timespan import TimeSpan
from live.dash_socket import current_page

REST_MS = 600
"""So long after a zoom the lens looks again: somebody who zooms on waits for no statistics of what is passed by."""

TIMERS = following.Timers(Ids.POLL, Ids.SAFETY)


def latest(view: dict[str, Any] | None) -> Showing | None:
    """What the page shows, or will show when all it was sent has arrived; `view`: what it showed when it asked.

    Over its socket a page asks in order and is answered in order, but it may ask before an answer has arrived.
    """
    asked, page = Showing.read(view), current_page()
    sent: Showing | None = page.memory if page is not None else None
    return sent if asked is not None and asked.is_before(sent) else asked


def choose(before: Showing, selection: Selection, why: str | None = None) -> None:
    """Show what somebody chose, and let the address say it; `why` the page stands still, if that is another now.

    A page that polls is told the address alone, and asks for what follows from it.
    """
    if current_page() is None:
        set_props(Ids.HERE, {"search": selection.query})
    else:
        repaint(before, selection, before.own_zone, why)


def repaint(
    before: Showing, selection: Selection, own_zone: str, why: str | None = None, *, address: str | None = None
) -> Showing:
    """Show this instead. `address`: the query string that says so already; without it the page is told.

    The page goes on from here at once, by what was sent last. Raises NotFound; then it shows what it did.
    """
    page = current_page()
    fetched, showing = channel_drawing.fetch_showing(
        before.channel_id, selection, own_zone, before, is_new=page is None
    )
    showing = replace(showing, why=why or before.why, address=address)
    if page is not None and showing.frame == before.frame:
        changes = [*channel_drawing.in_place(fetched, showing), _rest(showing)]
    else:
        showing = replace(showing, drawing=before.drawing + 1)
        changes = _laid_out(fetched, showing)
    changes += around(fetched, showing)
    if page is not None and address is None:
        changes.append((Ids.HERE, {"search": showing.query}))
    draw(fetched, showing, changes)
    return showing


def draw(fetched: Fetched, showing: Showing, changes: list[Update]) -> None:
    """Send the page what shows this, and what comes after it from now on, and nothing that was for what it showed."""
    page, cursors = current_page(), channel_drawing.cursors(fetched, showing)
    changes += [(VIEW, {"data": showing.kept()}), (CURSOR, {"data": cursors})]
    if page is None:
        following.show(changes)
        return
    page.watch_only(context.hub(), [], following.grounds())  # so that nothing late is drawn onto what comes now
    following.show(changes)
    page.memory = showing
    seen = {look.channel_id: look.overview for look in (fetched.look, *fetched.overlays)}
    following.follow(channel_views.views_of(showing, seen, following.source()), cursors, TIMERS)


def _rest(showing: Showing) -> Update:
    """Begin to wait for rest. The browser begins anew where the length is another."""
    return Ids.REST, {"n_intervals": 0, "interval": REST_MS + showing.steps % 2}


def _laid_out(fetched: Fetched, showing: Showing) -> list[Update]:
    heading = channel_page.heading(fetched.look.overview, showing.name, fetched.look.now)
    return [
        (Ids.HEADING, {"children": heading}),
        (Ids.CONTENT, {"children": channel_drawing.laid_out(fetched, showing)}),
        lens_told(showing, fetched.look.span, fetched.look.now),
    ]


def around(fetched: Fetched, showing: Showing) -> list[Update]:
    """What stands around the chart: the tools and the lenses."""
    look, selection = fetched.look, showing.selection
    zone, is_live = zones.zone_named(showing.zone), selection.range.is_live
    smoothing = selection.smoothing
    closed = False if showing.steps % 2 else None  # another word for it each time, or the browser changes nothing
    changes: list[Update] = [
        *channel_drawing.pace_changes(showing, look.snapshot.cursor),
        (Ids.TIME_WORDS, {"children": channel_drawing.range_text(look, showing), "title": zone.key}),
        (Ids.TIME, {"open": closed}),
        (Ids.QUICK, {"children": channel_drawing.quick_parts(showing, look.now)}),
        (Ids.FROM, {"value": time_picker.field_words(selection.range.start, zone)}),
        (Ids.TO, {"value": time_picker.field_words(selection.range.end, zone)}),
        (Ids.ZONE_NOTE, {"children": time_picker.zone_note(selection, showing.own_zone, zone)}),
        (Ids.BACK, {"children": view_bar.zoom_back(showing.trail[-1] if showing.trail else None)}),
        (Ids.CHIPS, {"children": channel_drawing.chips(fetched, showing)}),
        (Ids.SMOOTH, {"value": str(smoothing.how) if smoothing else view_bar.PLAIN}),
        (Ids.SHARE_FRAME, {"open": closed}),
        (Ids.PRINTED, {"children": channel_drawing.printed_words(look, showing)}),
        (Ids.TICK, {"disabled": not is_live}),
    ]
    if smoothing:
        windows, window = view_bar.window_options(smoothing.window), moments.length_written(smoothing.window)
        changes.append((Ids.OVER, {"options": windows, "value": window}))
    return [*changes, *lens_tabs.openings(look.overview.channel, selection)]


def lens_told(showing: Showing, span: TimeSpan, now: int) -> Update:
    """What the open lens is to look at."""
    seen = shown.Shown(showing.channel_id, showing.selection, span, zones.zone_named(showing.zone), now)
    return shown.store_of(showing.selection.lens), {"data": shown.data(seen)}
