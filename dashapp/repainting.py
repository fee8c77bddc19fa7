"""A channel's page shows something else: in place where the page's road keeps the order, else laid out anew."""

from __future__ import annotations

from dataclasses import replace

import context
from dashapp import channel_drawing, following, shown
from dashapp.channel_drawing import Fetched
from dashapp.channel_ids import CURSOR, VIEW, Ids
from dashapp.components import channel_page, lens_tabs, time_picker, view_bar
from dashapp.live_views import Update
from dashapp.showing import Showing
from domain import moments, zones
from domain.selection import Selection
from domain.timespan import TimeSpan
from live.dash_socket import current_page


def repaint(before: Showing, selection: Selection, own_zone: str, why: str) -> Showing:
    """Show this instead; `why` the page stands still, if it does. Raises NotFound."""
    page = current_page()
    if page is not None:
        page.watch_only(context.hub(), [], following.grounds())  # so that nothing late is drawn onto what comes now
    fetched, showing = channel_drawing.fetch_showing(
        before.channel_id, selection, own_zone, before, is_new=page is None
    )
    if page is not None and showing.frame == before.frame:
        changes = [*channel_drawing.in_place(fetched, showing), (Ids.REST, {"n_intervals": 0})]
    else:
        showing = replace(showing, drawing=before.drawing + 1)
        changes = _laid_out(fetched, showing)
    changes += around(fetched, showing, why)
    changes += [(VIEW, {"data": showing.kept()}), (CURSOR, {"data": channel_drawing.cursors(fetched, showing)})]
    following.show(changes)
    return showing


def _laid_out(fetched: Fetched, showing: Showing) -> list[Update]:
    heading = channel_page.heading(fetched.look.overview, showing.name, fetched.look.now)
    return [
        (Ids.HEADING, {"children": heading}),
        (Ids.CONTENT, {"children": channel_drawing.laid_out(fetched, showing)}),
        lens_told(showing, fetched.look.span, fetched.look.now),
    ]


def around(fetched: Fetched, showing: Showing, why: str) -> list[Update]:
    """What stands around the chart: the tools and the lenses."""
    look, selection = fetched.look, showing.selection
    zone, is_live = zones.zone_named(showing.zone), selection.range.is_live
    smoothing = selection.smoothing
    closed = False if showing.steps % 2 else None  # another word for it each time, or the browser changes nothing
    changes: list[Update] = [
        *channel_drawing.pace_changes(showing, look.snapshot.cursor, why, Ids.PAUSE, Ids.HELD),
        (Ids.TIME_WORDS, {"children": channel_drawing.range_text(look, showing)}),
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
