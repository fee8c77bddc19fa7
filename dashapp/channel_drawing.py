"""From what a channel's page is asked for to what is set on it: fetch, then either lay out anew or change in place.

Changed in place, a chart keeps its component: nothing flickers, and a zoom is answered at once. That takes the order of
one road: what the live path sent before must be applied before. Over a page's socket it is, so there the drawing is
changed in place; a page that polls is laid out anew, with other ids, and late answers find nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dash import Patch
from dash.development.base_component import Component

import context
from dashapp import growth, looks, shell
from dashapp.channel_ids import Ids
from dashapp.components import channel_page, pace, summary, time_picker, view_bar
from dashapp.components.channel_page import Drawn
from dashapp.components.nothing_in_view import nothing_parts
from dashapp.components.share_panel import Shared, share_panel
from dashapp.components.values import value_text
from dashapp.figures import columns, timeseries
from dashapp.figures.clock import clock_of
from dashapp.figures.palette import inks
from dashapp.figures.timeseries import Drawing
from dashapp.live_views import Update
from dashapp.looks import Asked, Look
from dashapp.parts import Part, cursor_key, part_id
from dashapp.showing import Showing, next_of
from domain import zones
from domain.channels import Channel
from domain.errors import Invalid
from domain.readings import Feed, Kind, Series
from domain.selection import Overlay, Range, Selection

OVERLAY_PLACE = 1000
"""Feeds that are laid over stand after the channel's own."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A channel's look, and the feeds laid over it, each with its channel's look."""

    look: Look
    overlays: tuple[Look, ...]

    @property
    def series(self) -> tuple[Series, ...]:
        """The channel's own, then what is laid over, named after its channel."""
        return (*self.look.series, *(_laid_over(order, look) for order, look in enumerate(self.overlays)))


def fetch(channel_id: int, selection: Selection, zone: str) -> Fetched:
    """What is to be drawn. Raises NotFound, and Invalid for a range that is none."""
    store, viewer, now = context.store(), context.viewer(), context.now()
    asked = Asked(selection.range, zone, selection.hidden, selection.smoothing)
    look = store.ask(looks.channel, viewer, channel_id, asked, now)
    if not selection.overlays:
        return Fetched(look, ())
    is_live = selection.range.is_live
    return Fetched(look, tuple(store.ask(looks.overlays, viewer, selection.overlays, look.span, now, is_live=is_live)))


def selected(search: str | None) -> Selection:
    """What the address asks for; where it cannot be understood, the usual, and a notice says why."""
    try:
        return Selection.parse(search)
    except Invalid as wrong:
        shell.show_error(wrong)
        return Selection()


def own_zone(chosen: str | None) -> str:
    """The reader's zone: the one chosen in this browser, else the college's."""
    try:
        return zones.zone_named(chosen or "").key
    except Invalid:
        return context.college_zone()


def fetch_showing(
    channel_id: int, selection: Selection, own: str, before: Showing | None, *, is_new: bool
) -> tuple[Fetched, Showing]:
    """What is to be drawn, and how the page then stands. Raises NotFound; a range that is none shows the usual one."""
    try:
        fetched = fetch(channel_id, selection, selection.zone or own)
    except Invalid as wrong:
        shell.show_error(wrong)
        selection = selection.but(range=Range())
        fetched = fetch(channel_id, selection, selection.zone or own)
    look, channel = fetched.look, fetched.look.overview.channel
    drawings = before.drawing if before is not None else -1
    now = Showing(
        channel_id=channel_id,
        version=channel.version,
        drawing=drawings + 1 if is_new else drawings,
        selection=selection,
        own_zone=own,
        shift_us=zones.offset_us(zones.zone_named(selection.zone or own), look.span.end - 1),
        first_at=look.first_at,
        since=look.snapshot.cursor,
        waits=channel_page.waits_for_first(look.overview),
        overlays=overlay_ids(fetched.overlays),
        born=look.now,
    )
    return fetched, next_of(before, now)


def cursors(fetched: Fetched, showing: Showing) -> dict[str, int]:
    """The newest entry drawn, of the channel and of each feed that is laid over it."""
    own = {cursor_key(showing.name, fetched.look.channel_id): fetched.look.snapshot.cursor}
    over = {
        cursor_key(showing.overlay_name(look.series[0].feed.id), look.channel_id): look.snapshot.cursor
        for look in fetched.overlays
    }
    return own | over


def drawing_of(fetched: Fetched, showing: Showing) -> Drawing:
    """The chart's drawing. Its revision is another for each range, so that a reader's zoom ends with it."""
    look, zone = fetched.look, zones.zone_named(showing.zone)
    intervals = [look.overview.pulse.interval_s] * len(look.series)
    intervals += [other.overview.pulse.interval_s for other in fetched.overlays]
    holds = {
        one.feed.id: columns.hold_us(one, interval) for one, interval in zip(fetched.series, intervals, strict=True)
    }
    revision = f"{showing.drawing} {showing.selection.range.start} {showing.selection.range.end}"
    clock = replace(clock_of(look.span, zone), shift_us=showing.shift_us)
    smoothing = showing.selection.smoothing
    overlays = [one.feed for one in fetched.series[len(look.series) :]]
    palette = inks([*look.overview.channel.feeds, *overlays])
    return Drawing(fetched.series, holds, look.span, clock, smoothing, look.smoothed.lines, revision, palette)


def laid_out(fetched: Fetched, showing: Showing) -> list[Component]:
    """Tiles and chart, with the ids of this showing."""
    figure = timeseries.figure(drawing_of(fetched, showing))
    overlays = tuple(one.feed for one in fetched.series[len(fetched.look.series) :])
    drawn = Drawn(
        fetched.look, figure, zones.zone_named(showing.zone), showing.name, overlays, selection=showing.selection
    )
    return [channel_page.tiles(drawn), channel_page.chart_panel(drawn)]


def in_place(fetched: Fetched, showing: Showing) -> list[Update]:
    """The same as changes of what is laid out already, in one frame."""
    look, view = fetched.look, showing.name
    channel_id, zone = look.channel_id, zones.zone_named(showing.zone)
    drawn, figure = timeseries.figure(drawing_of(fetched, showing)), Patch()
    growth.redraw(figure, drawn)
    figure["layout"]["xaxis"] = drawn["layout"]["xaxis"]
    chart_class = channel_page.chart_class(look.series, len(fetched.overlays))
    updates: list[Update] = [
        (part_id(Part.FIGURE, view, channel_id), {"figure": figure}),
        (part_id(Part.CHART, view, channel_id), {"className": chart_class}),
        (part_id(Part.CAPTION, view, channel_id), {"children": summary.summary(summary.said_of(look))}),
        (part_id(Part.NOTHING, view, channel_id), {"children": nothing_parts(look, showing.selection, zone)}),
        (part_id(Part.NOTE, view, channel_id), {"children": channel_page.notes(look)}),
    ]
    for one in look.series:
        latest = look.overview.latest.get(one.feed.id)
        updates.append((part_id(Part.VALUE, view, one.feed.id), {"children": value_text(one.feed, latest)}))
        extent = summary.extent_text(one.feed, summary.extent(one)) if one.feed.kind is not Kind.TEXT else ""
        trend = summary.trend_props(one.feed, summary.trend_of(look, one))
        updates.append((part_id(Part.EXTENT, view, one.feed.id), {"children": extent}))
        updates.append((part_id(Part.TREND, view, one.feed.id), trend))
    return updates


def pace_changes(showing: Showing, cursor: int) -> list[Update]:
    """Live or still and, where still, why and what came since."""
    is_live, live = showing.selection.range.is_live, showing.resumed.query or "?"
    fresh_id = part_id(Part.FRESH, showing.name, showing.channel_id)
    held = [] if is_live else pace.held(showing.why, cursor - showing.since, fresh_id)
    changes = pace.pace_changes(Ids.LIVE_PLACE, Ids.PAUSE, is_live=is_live, live=live)
    return [*changes, (Ids.HELD, {"children": held}), (Ids.HELD_FRAME, {"hidden": is_live})]


def share(channel: Channel, showing: Showing) -> list[Component]:
    """Ways to pass on this view. A zone that the reader chose goes with it; the college's needs no words."""
    is_own = showing.zone != context.college_zone()
    selection = showing.selection.but(zone=showing.zone if is_own else None)
    origin, may_be_framed = context.origin(), context.parts().may_be_framed
    return share_panel(Shared(channel, selection, origin, may_be_framed))


def quick_parts(showing: Showing, now: int) -> list[Component]:
    zone = zones.zone_named(showing.zone)
    return [time_picker.quick_list(showing.selection), time_picker.days_list(showing.selection, now, zone)]


def chips(fetched: Fetched, showing: Showing) -> list[Component]:
    """Which feeds are shown, and what is laid over."""
    feeds = fetched.look.overview.channel.feeds
    laid_over = [one.feed for one in fetched.series[len(fetched.look.series) :]]
    palette = inks([*feeds, *laid_over])
    shown = {
        Overlay(look.channel_id, feed.name): (feed.label, palette.get(feed.id))
        for look, feed in zip(fetched.overlays, laid_over, strict=True)
    }
    return view_bar.feed_chips(feeds, showing.selection) + view_bar.overlay_chips(showing.selection, shown)


def _laid_over(order: int, look: Look) -> Series:
    one = look.series[0]
    feed: Feed = replace(
        one.feed,
        title=f"{one.feed.label} · {look.overview.channel.name}",
        position=OVERLAY_PLACE + order,
        colour=None,
        kind=Kind.NUMBER,
    )
    return replace(one, feed=feed)


def overlay_ids(overlays: Sequence[Look]) -> tuple[tuple[int, int], ...]:
    return tuple((look.channel_id, look.series[0].feed.id) for look in overlays)


def range_text(look: Look, showing: Showing) -> str:
    return time_picker.range_words(showing.selection.range, look.span, zones.zone_named(showing.zone))


def printed_words(look: Look, showing: Showing) -> str:
    """What stands on paper in place of the tools: what is shown, and where."""
    address = f"{context.origin()}/channels/{showing.channel_id}{showing.selection.query}"
    return f"{range_text(look, showing)}, times of {time_picker.place(showing.zone)}. {address}"
