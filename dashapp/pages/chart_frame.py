"""One field's chart at ThingSpeak's address, for a frame in another site: what was pasted there works once its host is
another.

Everything it may be asked stands in `docs/programs/thingspeak.md`. It shows what the key in its address is good for.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Any

from dash import Input, Output, State, dcc, html, set_props
from dash.development.base_component import Component

from dashapp import framing, shell
from dashapp.components.attributes import aria
from dashapp.components.summary import Said, extent, summary
from dashapp.figures import field_chart
from dashapp.figures.clock import clock_of
from dashapp.following import Timers, one_at_a_time
from dashapp.framing import Drawn, frames
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


TIMERS = Timers(Ids.POLL, Ids.SAFETY)

wire = Wiring(open_to_visitors=True)


def layout(**_address: str) -> html.Div:
    return framing.layout(Ids.CONTENT, Ids.MEMORY, TIMERS)


def sample() -> list[Component]:
    """What a callback draws of which others hear."""
    return [dcc.Graph(id=Ids.CHART), html.Figcaption(id=Ids.CAPTION)]


def exists(pathname: str) -> bool:
    """Whether the address names a field that whoever asks may see."""
    return framing.exists(lambda query: frames().feed(query, *framing.parts_of(PATH, pathname)))


def body(query: str) -> str:
    """The attributes of the page's body."""
    return framing.ground(query)


@wire(
    Output(Ids.CONTENT, "children"),
    Output(Ids.MEMORY, "data"),
    Input(shell.Ids.ADDRESS, "pathname"),
    State(shell.Ids.ADDRESS, "search"),
)
def draw(pathname: str, search: str | None) -> tuple[Any, ...]:
    query = search or ""
    wishes = Wishes.of(query)
    framing.begin_to_follow(TIMERS, wishes, is_usual=False)
    return framing.draw(lambda: build(frames().field(query, *framing.parts_of(PATH, pathname)), wishes))


@wire(
    Input(Ids.POLL, "n_intervals"),
    Input(Ids.SAFETY, "n_intervals"),
    State(shell.Ids.ADDRESS, "pathname"),
    State(shell.Ids.ADDRESS, "search"),
    State(Ids.MEMORY, "data"),
    running=one_at_a_time(TIMERS),
    prevent_initial_call=True,
)
def poll(
    asks: int | None, _rescues: int | None, pathname: str, search: str | None, memory: dict[str, Any] | None
) -> None:
    """Draw what is new into the chart that is there, so that a reader's zoom stays."""
    query, known = search or "", memory or {}
    wishes = Wishes.of(query)
    framing.beat(wishes)
    framing.show(lambda: drawn_again(query, pathname, wishes, known, asks), known, Ids.CONTENT, Ids.MEMORY)


def drawn_again(query: str, pathname: str, wishes: Wishes, known: dict[str, Any], asks: int | None) -> Drawn:
    """What is to be laid out anew: nothing where the chart there is only changed, or nothing came. Raises NotFound."""
    channel_id, number = framing.parts_of(PATH, pathname)
    if not framing.has_news(frames().channel(query, channel_id), known, asks):
        return Drawn([], known)
    since = None if wishes.drops_oldest else _instant(known)
    field = frames().field(query, channel_id, number, since)
    drawn = build(field, wishes)
    if not (known.get("is_chart") and drawn.memory["is_chart"]):
        return drawn
    set_props(Ids.CHART, {"figure": figure_of(field, wishes)})
    set_props(Ids.CAPTION, {"children": words_of(field)})
    return replace(drawn, content=[])


def build(field: FramedField, wishes: Wishes) -> Drawn:
    """The chart, or why there is none."""
    series = field_chart.series_of(field)
    has_any = bool(series.at or series.words)
    memory = {**framing.state_of(field.channel), "is_chart": has_any, "since": field.begins_at}
    content = chart(field, wishes) if has_any else framing.nothing_yet(field.channel)
    return Drawn([content], memory)


def chart(field: FramedField, wishes: Wishes) -> Component:
    return html.Figure(
        [
            html.H1(title_of(field, wishes), className="visually-hidden"),
            dcc.Graph(
                id=Ids.CHART,
                figure=figure_of(field, wishes),
                config=config_of(field, wishes),
                responsive=True,
                style=framing.WHOLE,
            ),
            html.Figcaption(words_of(field), id=Ids.CAPTION, className="visually-hidden"),
            *framing.way_to(field.channel),
        ],
        className="lf-framed-chart",
        style=framing.style(wishes),
        **aria(label=f"Chart of {title_of(field, wishes)}"),
    )


def figure_of(field: FramedField, wishes: Wishes) -> dict[str, Any]:
    series = field_chart.series_of(field)
    clock = clock_of(field_chart.span_of(series), framing.zone_or_own(field.zone))
    return field_chart.figure(series, wishes, title_of(field, wishes), clock)


def config_of(field: FramedField, wishes: Wishes) -> Any:
    named = {"format": "png", "filename": f"channel-{field.channel.id}-{field.feed.name}", "scale": SAVED_SCALE}
    saving = MODE_BAR | {"displayModeBar": True, "toImageButtonOptions": named}
    usual = {"scrollZoom": False, "doubleClick": "reset", "showTips": False}
    return usual | (saving if wishes.has_export else {"displayModeBar": False})


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


def _instant(known: dict[str, Any]) -> int | None:
    found = known.get("since")
    return found if isinstance(found, int) and not isinstance(found, bool) else None
