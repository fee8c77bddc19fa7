"""The chart of one field for a frame in another site: a line, steps, bars or columns, or a band of words.

It stands on a ground of its own colour, so its ink is chosen for that ground and not for the reader's theme; a saved
picture then looks as the frame does.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import isfinite
from statistics import median
from typing import Any

from dashapp.figures import band, columns, mixed
from dashapp.figures.clock import Clock
from dashapp.figures.palette import luminance
from dashapp.figures.paper import GRID, PAPER
from dashapp.figures.plain import plain
from dashapp.figures.timeseries import MARKED_UP_TO
from domain.frames import RED, Form, FramedField, Wishes
from domain.readings import Feed, Kind, Series, Word
from domain.spelling import number_from
from domain.timespan import MINUTE, SECOND, TimeSpan

DARK_INK, LIGHT_INK = "#1b1f24", "#e6edf3"
DARKEST_PAPER = 0.18
"""Grounds of a smaller luminance carry light ink: there both inks contrast alike."""

TOP_PX, BOTTOM_PX, LEFT_PX, RIGHT_PX = 34, 54, 58, 14
LABEL_PX, TITLE_PX = 12, 14
BAR_SHARE = 0.8
"""How much of the time between two entries a bar takes."""

BAND_SHARE = (0.1, 0.6)
"""How high a band of words stands in its chart."""
KEY = {
    "orientation": "h",
    "x": 0,
    "xanchor": "left",
    "y": 0.7,
    "yanchor": "bottom",
    "bgcolor": "rgba(0,0,0,0)",
    "itemclick": False,
    "itemdoubleclick": False,
}

BESIDE_LABELS = {"automargin": True, "ticks": "outside", "ticklen": 4, "tickcolor": "rgba(0,0,0,0)"}
"""What keeps an axis's labels off the bars that begin at it."""

FINE_SPAN, FINE_TICKS = 5 * SECOND, 4
"""Times told to the thousandth are long: only a few of them have room."""

LEAST_SPAN = MINUTE
"""A lone reading is drawn in the middle of as much time."""

SHAPES = {Form.LINE: "linear", Form.SPLINE: "spline", Form.STEP: "hv"}
X_LABEL = "Date"


def ink_on(ground: str) -> str:
    """The colour of words on a ground of this colour."""
    return LIGHT_INK if luminance(ground) < DARKEST_PAPER else DARK_INK


def series_of(field: FramedField) -> Series:
    """What can be drawn of a field: of a feed of numbers what are numbers, of a feed of words every text."""
    said = [(at, text) for at, text in field.rows if text is not None]
    if field.feed.kind is Kind.TEXT:
        return Series(field.feed, [at for at, _ in said], [None] * len(said), [text for _, text in said])
    read = [(at, number_in(text), text) for at, text in said]
    numbers = [(at, value) for at, value, _ in read if value is not None]
    words = [Word(at, text) for at, value, text in read if value is None] if field.feed.kind is Kind.MIXED else []
    return Series(
        field.feed,
        [at for at, _ in numbers],
        [value for _, value in numbers],
        [None] * len(numbers),
        words=words,
    )


def number_in(text: str) -> float | None:
    """The number a text spells, with a point or a comma; None where it spells none, or one too large."""
    found = number_from(text.replace(",", ".", 1))
    return found if found is not None and isfinite(found) else None


def figure(series: Series, wishes: Wishes, title: str, clock: Clock) -> dict[str, Any]:
    """The chart of at least one reading."""
    hold = columns.hold_us(series, None)
    if series.feed.kind is Kind.TEXT:
        return _words(series, wishes, title, clock, hold)
    trace = _line(series, wishes, clock, hold) if wishes.form in SHAPES else _bars(series, wishes, clock)
    data, layout = [trace], _layout(series, wishes, title, clock)
    if series.words and wishes.form is not Form.BAR:
        data.append(mixed.marks(series, span_of(series), clock, "y"))
        layout |= {"yaxis" + mixed.axis_name("y")[1:]: mixed.axis("y")}
    return {"data": data, "layout": layout}


def span_of(series: Series) -> TimeSpan:
    """From the first to the last reading of at least one."""
    instants = [*series.at[:1], *series.at[-1:], *(word.at for word in (*series.words[:1], *series.words[-1:]))]
    return TimeSpan(min(instants), max(instants) + 1)


def y_title(feed: Feed) -> str:
    return f"{feed.label} · {feed.unit}" if feed.unit and feed.kind is not Kind.TEXT else feed.label


def _words(series: Series, wishes: Wishes, title: str, clock: Clock, hold: int) -> dict[str, Any]:
    """A band, and above it which colour is which word: few segments are wide enough to say theirs."""
    shifted = Series(series.feed, [at + clock.shift_us for at in series.at], series.value, series.text)
    known = band.words_in(series.text)
    shown = dict.fromkeys(word for word in band.shown(series.text, known) if word is not None)
    drawn = band.trace(shifted, hold, "y") | {"showlegend": False}
    layout = _layout(series, wishes, title, clock) | {
        "yaxis": band.axis(BAND_SHARE),
        "showlegend": True,
        "legend": {**KEY, "font": {"size": LABEL_PX, "color": ink_on(wishes.ground)}},
    }
    layout["margin"] = {**layout["margin"], "l": RIGHT_PX}
    return {"data": [drawn, *(_key(word, band.colour(word, known)) for word in shown)], "layout": layout}


def _key(word: str, colour: str) -> dict[str, Any]:
    """A square of a word's colour with the word beside it."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": plain(word),
        "uid": f"word-{word}",
        "x": [None],
        "y": [None],
        "marker": {"color": colour, "symbol": "square", "size": 11},
        "hoverinfo": "skip",
    }


def _line(series: Series, wishes: Wishes, clock: Clock, hold: int) -> dict[str, Any]:
    line = columns.raw_line([at + clock.shift_us for at in series.at], series.value, hold)
    colour = wishes.colour or RED
    return _hovered(series.feed) | {
        "type": "scatter",
        "mode": "lines+markers" if len(series) <= MARKED_UP_TO else "lines",
        "x": line.x,
        "y": line.y,
        "line": {"color": colour, "width": 2, "shape": SHAPES[wishes.form]},
        "marker": {"color": colour, "size": 4},
    }


def _bars(series: Series, wishes: Wishes, clock: Clock) -> dict[str, Any]:
    """Bars beside or columns over their times, wide enough to be seen where entries come at odd times."""
    times = [clock.milliseconds(at) for at in series.at]
    is_beside = wishes.form is Form.BAR
    return _hovered(series.feed, "x" if is_beside else "y") | {
        "type": "bar",
        "orientation": "h" if is_beside else "v",
        "x": series.value if is_beside else times,
        "y": times if is_beside else series.value,
        "width": bar_width_us(series.at) / 1000,
        "marker": {"color": wishes.colour or RED, "line": {"width": 0}},
    }


def bar_width_us(at: Sequence[int]) -> float:
    gaps = [later - earlier for earlier, later in pairwise(at) if later > earlier]
    return BAR_SHARE * (median(gaps) if gaps else MINUTE)


def _hovered(feed: Feed, axis: str = "y") -> dict[str, Any]:
    unit = f" {plain(feed.unit)}" if feed.unit else ""
    return {"name": plain(feed.label), "uid": f"feed-{feed.id}", "hovertemplate": f"%{{{axis}}}{unit}<extra></extra>"}


def _layout(series: Series, wishes: Wishes, title: str, clock: Clock) -> dict[str, Any]:
    ink = ink_on(wishes.ground)
    is_beside = wishes.form is Form.BAR and series.feed.kind is not Kind.TEXT
    times = _time_axis(wishes, clock) | _reach(span_of(series), clock, is_beside=is_beside)
    values = _value_axis(series.feed, wishes)
    return {
        **PAPER,
        "paper_bgcolor": wishes.ground,
        "plot_bgcolor": wishes.ground,
        "font": {**PAPER["font"], "color": ink},
        "autosize": True,
        "margin": {"l": LEFT_PX, "r": RIGHT_PX, "t": TOP_PX, "b": BOTTOM_PX},
        "title": title_of(title, ink),
        "hovermode": "y unified" if is_beside else "x unified",
        "bargap": 0,
        "uniformtext": {"mode": "hide", "minsize": band.SMALLEST_LABEL_PX},
        "uirevision": "frame",
        "xaxis": values if is_beside else times,
        "yaxis": times if is_beside else values,
    }


def title_of(title: str, ink: str) -> dict[str, Any]:
    """A chart's own title, so that it stands in a saved picture, too."""
    return {
        "text": plain(title),
        "font": {"size": TITLE_PX, "weight": 600, "color": ink},
        "x": 0.5,
        "xanchor": "center",
        "y": 1,
        "yref": "container",
        "yanchor": "top",
        "pad": {"t": 10},
    }


def _time_axis(wishes: Wishes, clock: Clock) -> dict[str, Any]:
    label = wishes.x_label or X_LABEL
    return {
        "type": "date",
        "gridcolor": GRID,
        "zeroline": False,
        "tickangle": 0,
        "ticklabeloverflow": "allow",
        **BESIDE_LABELS,
        "title": {"text": plain(label), "standoff": 7, "font": {"size": LABEL_PX}},
        **clock.axis(),
    }


def _reach(span: TimeSpan, clock: Clock, *, is_beside: bool) -> dict[str, Any]:
    """Both ends of time: found from what is drawn; beside bars the oldest is at the top."""
    if span.length > 1:
        few = {"nticks": FINE_TICKS} if span.length < FINE_SPAN else {}
        return {"autorange": "reversed" if is_beside else True, **few}
    ends = [clock.milliseconds(span.start + side * LEAST_SPAN // 2) for side in (-1, 1)]
    return {"range": ends[::-1] if is_beside else ends}


def _value_axis(feed: Feed, wishes: Wishes) -> dict[str, Any]:
    """Limits hold on the side that the address names; the other is found from what is drawn."""
    limits = {"autorange": True} if wishes.low is wishes.high is None else {"range": [wishes.low, wishes.high]}
    return {
        "gridcolor": GRID,
        "zeroline": False,
        "nticks": 6,
        "exponentformat": "SI",
        **BESIDE_LABELS,
        "title": {"text": plain(wishes.y_label or y_title(feed)), "standoff": 6, "font": {"size": LABEL_PX}},
        **limits,
    }
