"""One field's chart at ThingSpeak's address, for a frame in another site: what was pasted there works once its host is
another.

Everything it may be asked stands in `docs/programs/thingspeak.md`. It shows what the key in its address is good for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import framed_charts, framing
from dashapp.components.summary import Said, extent, summary
from dashapp.figures import field_chart
from dashapp.figures.clock import clock_of
from dashapp.following import Timers
from dashapp.framed_charts import Chart
from dashapp.framing import Asked, Drawn, Frame, frames
from dashapp.wiring import Wiring
from domain import zones
from domain.frames import FramedField, Wishes
from domain.readings import Point, Series

PATH = "/channels/<channel>/charts/<field>"
TITLE = "Chart · Labfeed"
IS_BARE = True
MAY_BE_FRAMED = True

MODE_BAR = {"modeBarButtons": [["toImage"]], "displaylogo": False}
"""The one button of a chart that may be saved."""
SAVED_SCALE = 2


class Ids(StrEnum):
    CONTENT = "chart-frame-content"
    MEMORY = "chart-frame-memory"
    CHART = "chart-frame-chart"
    CAPTION = "chart-frame-caption"
    POLL = "chart-frame-poll"
    SAFETY = "chart-frame-safety"


wire = Wiring(open_to_visitors=True)
FRAME = Frame(wire, PATH, Ids.CONTENT, Ids.MEMORY, Timers(Ids.POLL, Ids.SAFETY))

layout, body = FRAME.layout, framing.ground


def sample() -> list[Component]:
    """What a callback draws of which others hear."""
    return [dcc.Graph(id=Ids.CHART), html.Figcaption(id=Ids.CAPTION)]


def exists(pathname: str) -> bool:
    """Whether the address names a field that whoever asks may see."""
    return FRAME.exists(pathname, lambda asked: frames().feed(asked.query, *asked.numbers))


@FRAME.draws
def draw(asked: Asked) -> Drawn:
    return build(frames().field(asked.query, *asked.numbers), asked.wishes)


@FRAME.draws_again
def poll(asked: Asked, known: Mapping[str, Any]) -> Drawn:
    """A chart that grows asks for all since its first entry."""
    channel_id, number = asked.numbers
    since = None if asked.wishes.drops_oldest else _instant(known)
    return build(frames().field(asked.query, channel_id, number, since), asked.wishes)


def build(field: FramedField, wishes: Wishes) -> Drawn:
    """The chart, or why there is none."""
    series = field_chart.series_of(field)
    if series.at or series.words:
        drawn = framed_charts.drawn(chart(field, wishes), field.channel, wishes)
    else:
        drawn = Drawn([framing.nothing_yet(field.channel)], framing.state_of(field.channel))
    return replace(drawn, memory={**drawn.memory, "since": field.begins_at})


def chart(field: FramedField, wishes: Wishes) -> Chart:
    return Chart(
        Ids.CHART,
        Ids.CAPTION,
        kind="Chart",
        title=title_of(field, wishes),
        figure=figure_of(field, wishes),
        words=words_of(field),
        config=config_of(field, wishes),
    )


def figure_of(field: FramedField, wishes: Wishes) -> dict[str, Any]:
    series = field_chart.series_of(field)
    clock = clock_of(field_chart.span_of(series), framing.zone_or_own(field.zone))
    return field_chart.figure(series, wishes, title_of(field, wishes), clock)


def config_of(field: FramedField, wishes: Wishes) -> dict[str, Any]:
    if not wishes.has_export:
        return framed_charts.STILL
    named = {"format": "png", "filename": f"channel-{field.channel.id}-{field.feed.name}", "scale": SAVED_SCALE}
    return framed_charts.STILL | MODE_BAR | {"displayModeBar": True, "toImageButtonOptions": named}


def title_of(field: FramedField, wishes: Wishes) -> str:
    return wishes.title or field.channel.name


def words_of(field: FramedField) -> str:
    """The chart in words, with the time of its newest reading."""
    series = field_chart.series_of(field)
    newest = _newest(series)
    if newest is None:
        return summary([Said(field.feed)])
    at = zones.local(newest.at, framing.zone_or_own(field.zone))
    return f"{summary([Said(field.feed, newest, ends=extent(series))])} Newest: {at:%-d %b %Y, %H:%M:%S}."


def _newest(series: Series) -> Point | None:
    if not series.at:
        return None
    return Point(series.at[-1], series.value[-1], series.text[-1])


def _instant(known: Mapping[str, Any]) -> int | None:
    found = known.get("since")
    return found if isinstance(found, int) and not isinstance(found, bool) else None
