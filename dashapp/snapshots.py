"""A channel's chart for a picture: what its page would show for the same address, fetched and drawn."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import context
from dashapp import channel_drawing
from dashapp.channel_drawing import Fetched
from dashapp.figures import timeseries
from dashapp.figures.clock import ticks_of
from dashapp.pictures import wording
from dashapp.pictures.studio import Studio
from dashapp.pictures.wanted import Picture
from dashapp.showing import Showing
from domain import zones
from domain.snapshots import Wanted

PX_A_TICK = 120
PX_A_LETTER = 6.5


def draw(studio: Studio, wanted: Wanted) -> bytes:
    """The picture's file, of what this viewer may see. Raises NotFound, Invalid, Crowded."""
    zone = wanted.selection.zone or context.college_zone()
    fetched = channel_drawing.fetch(wanted.channel_id, wanted.selection, zone)
    return studio.draw(build(fetched, wanted, zones.zone_named(zone), context.origin()))


def build(fetched: Fetched, wanted: Wanted, zone: ZoneInfo, origin: str) -> Picture:
    """The picture of what was fetched."""
    look, selection, channel = fetched.look, wanted.selection, fetched.look.overview.channel
    showing = Showing(channel.id, channel.version, 0, selection, zone.key, zones.offset_us(zone, look.span.end - 1))
    drawing = channel_drawing.drawing_of(fetched, showing)
    ticks = ticks_of(look.span, zone, max(2, wanted.width_px // PX_A_TICK))
    place = drawing.clock.milliseconds
    detail = wording.detail_words(fetched.series, selection.smoothing)
    address = f"{origin}/channels/{channel.slug}{selection.query}"
    return Picture(
        figure=timeseries.figure(drawing),
        start=place(look.span.start),
        end=place(look.span.end),
        ticks=[(place(at), label) for at, label in ticks],
        title=channel.name,
        subtitle=" · ".join(filter(None, (wording.span_words(look.span, zone), detail, look.smoothed.note))),
        source=wording.source_words(address, look.now, zone, int(wanted.width_px / PX_A_LETTER)),
        form=wanted.form,
        theme=wanted.theme,
        width_px=wanted.width_px,
    )
