"""The small chart of a wall card, as style: at most three lines and one band over the wall's window.

No script draws it. Each line is a box of its colour, clipped by the style engine to an outline; the band is a gradient.
So a wall of sixty costs a browser less than one chart that is drawn, and follows the theme by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dashapp.figures import band
from dashapp.figures.outline import COLUMN, Columns, Ground, Scale, Size, outline
from dashapp.figures.palette import Ink, inks
from dashapp.figures.stroke import Place
from domain.readings import Feed, Kind, Point, Series
from domain.timespan import Window

MOST_LINES = 3
NAMES = "abc"
"""The lines in the names of custom properties: `--lf-a` is the outline of the first, `--lf-a-ink` its colour."""

IN_VIEW = Window.MIN_15.length // COLUMN
"""How many columns there are in the wall's window."""

WIDTH = IN_VIEW + 1
"""How many columns wide the chart is: at its end there is room for the dots."""

ON_WALL = Size(380, 78, line_px=1.6, grain_px=0.78)
ON_SCREEN = Size(570, 230, line_px=2.6, grain_px=0.92)
"""A card of the six that fill a screen."""
HALF = Size(880, 250, line_px=2.6, grain_px=0.92)
"""One that is half as wide as the screen."""
STRIP = Size(1200, 250, line_px=2.6, grain_px=0.92)
"""One that is as wide as the screen and half as high; as a screen may be a tablet, its lines are drawn for less."""
ALONE = Size(1200, 620, line_px=3.2, grain_px=0.92)
"""The only one."""
ROOM = {1: [ALONE], 2: [STRIP] * 2, 3: [HALF, HALF, STRIP], 4: [HALF] * 4, 5: [ON_SCREEN] * 3 + [HALF] * 2}
"""How large the charts of so many cards are that fill a screen: as assets/kiosk.css lays them out."""

MARGIN = 0.05
"""How much of the height stays free above and below lines: half a dot."""
BAND_SHARE = 0.22
"""How much of the height a band takes below lines."""
BAND_ROOM = BAND_SHARE + 0.08

NOTHING = "#0000"


@dataclass(slots=True)
class Said:
    """One word and from when until when it was said, without a pause."""

    start: int
    last: int
    word: str


@dataclass(slots=True)
class Words:
    """One feed's words as runs, ascending. A word that comes late is left out until all is read again."""

    hold: int
    runs: list[Said] = field(default_factory=list)

    def take(self, points: Iterable[Point]) -> None:
        for at, _, word in points:
            last = self.runs[-1] if self.runs else None
            if word is None or (last is not None and at < last.last):
                continue
            if last is not None and word == last.word and at - last.last <= self.hold:
                last.last = at
            else:
                self.runs.append(Said(at, at, word))

    def since(self, start: int) -> list[Said]:
        """The runs that reach past `start`; earlier ones are forgotten."""
        self.runs = [run for run in self.runs if run.last + self.hold > start]
        return self.runs


@dataclass(frozen=True, slots=True)
class Strip:
    """What a card's chart shows, and what it grows by. `holds`: feed id → for how many µs it may be quiet."""

    feeds: tuple[Feed, ...]
    holds: Mapping[int, int]
    inks: Mapping[int, Ink]
    columns: dict[int, Columns]
    words: dict[int, Words]

    @classmethod
    def of(cls, series: Sequence[Series], holds: Mapping[int, int], latest: Mapping[int, Point]) -> Strip:
        """`latest`: each feed's newest reading. Of means, none is at the very end."""
        lines, bands = shown(series)
        words = {one.feed.id: Words(holds[one.feed.id]) for one in bands}
        for one in bands:
            words[one.feed.id].take(Point(at, None, word) for at, word in zip(one.at, one.text, strict=True))
        strip = cls(
            tuple(one.feed for one in (*lines, *bands)),
            {one.feed.id: holds[one.feed.id] for one in (*lines, *bands)},
            inks(one.feed for one in series),
            {one.feed.id: Columns.of(one) for one in lines},
            words,
        )
        strip.grow({feed_id: [point] for feed_id, point in latest.items()})
        return strip

    def grow(self, fresh: Mapping[int, Sequence[Point]]) -> None:
        """Add what came. Once more, or late, it changes nothing that was right."""
        for feed_id, points in fresh.items():
            if feed_id in self.columns:
                self.columns[feed_id].take(points)
            elif feed_id in self.words:
                self.words[feed_id].take(points)

    def style(self, end: int, size: Size = ON_WALL) -> dict[str, str]:
        """The chart as custom properties, for assets/sparkline.css. It ends with the column in which `end` lies."""
        ground = Ground(size, end // COLUMN - IN_VIEW + 1, size.width_px / WIDTH)
        scales = self._scales(ground.first, size)
        style: dict[str, str] = {}
        heads = []
        for name, (feed_id, columns) in zip(NAMES, self.columns.items(), strict=False):
            if feed_id not in scales:
                continue
            drawn, ink = outline(columns, ground, self.holds[feed_id], scales[feed_id]), _colour(self.inks[feed_id])
            style[f"--lf-{name}"] = _polygon(drawn.line, ground)
            if drawn.area:
                style[f"--lf-{name}-area"] = _polygon(drawn.area, ground)
            style[f"--lf-{name}-ink"] = ink
            heads += _head(columns.newest, ground, scales[feed_id], ink)
        if heads:
            style["--lf-heads"] = ",".join(heads)
        return style | self._band(ground.first)

    def _scales(self, first: int, size: Size) -> dict[int, Scale]:
        """Feed id → its scale, where anything of it is in view; feeds of one unit share theirs."""
        units = {feed.id: feed.unit for feed in self.feeds}
        extents: dict[str | None, list[float]] = {}
        in_view = {feed_id: found for feed_id, columns in self.columns.items() if (found := columns.since(first))}
        for feed_id, found in in_view.items():
            for _, column in found:
                extents.setdefault(units[feed_id], []).extend((column.low, column.high))
        top, bottom = size.height_px * MARGIN, size.height_px * (1 - MARGIN - (BAND_ROOM if self.words else 0))
        return {
            feed_id: Scale(min(extents[units[feed_id]]), max(extents[units[feed_id]]), top, bottom)
            for feed_id in in_view
        }

    def _band(self, first: int) -> dict[str, str]:
        start, length = first * COLUMN, WIDTH * COLUMN
        for words in self.words.values():
            stops = _stops(words.since(start), words.hold, start, length)
            if stops:
                return {"--lf-band": f"linear-gradient(90deg,{','.join(stops)})"}
        return {}


def on_screen(place: int, count: int) -> Size:
    """How large the chart at that place of so many cards on a screen is."""
    return ROOM[count][place] if count in ROOM else ON_SCREEN


def shown(series: Sequence[Series]) -> tuple[list[Series], list[Series]]:
    """The lines and the band that fit on a card, in the channel's order."""
    lines = [one for one in series if one.feed.kind is not Kind.TEXT][:MOST_LINES]
    return lines, [one for one in series if one.feed.kind is Kind.TEXT][:1]


def _polygon(outline: Sequence[Place], ground: Ground) -> str:
    """An outline in percent, a column being one, to a fifth of a pixel."""
    height_px = ground.size.height_px
    return ",".join(f"{round(x / ground.column_px * 20) / 20:g}% {_share(y, height_px):g}%" for x, y in outline)


def _share(y_px: float, height_px: float) -> float:
    """A height in percent, to less than half a pixel."""
    steps = 5 if height_px <= ON_SCREEN.height_px else 20
    return round(y_px / height_px * 100 * steps) / steps


def _colour(ink: Ink) -> str:
    return ink.colour if ink.slot is None else f"var(--lf-series-{ink.slot})"


def _head(newest: Point | None, ground: Ground, scale: Scale, colour: str) -> list[str]:
    """A dot on a line's newest reading."""
    if newest is None or newest.value is None or newest.at < ground.first * COLUMN:
        return []
    x = (newest.at - ground.first * COLUMN) / (WIDTH * COLUMN) * 100
    y = _share(scale.y(min(max(newest.value, scale.low), scale.high)), ground.size.height_px)
    return [f"radial-gradient(circle at {x:.4g}% {y:g}%,{colour} var(--lf-head),{NOTHING} calc(var(--lf-head) + .5px))"]


def _stops(runs: Sequence[Said], hold: int, start: int, length: int) -> list[str]:
    """Where the colours of a band end, in percent; a stretch that is narrower than a quarter is not told."""
    known = band.words_in(run.word for run in runs)
    if not runs:
        return []
    nexts = [*(run.start for run in runs[1:]), start + IN_VIEW * COLUMN]
    stops: list[str] = []
    reached = 0.0
    for run, after in zip(runs, nexts, strict=True):
        for colour, until in ((NOTHING, run.start), (band.colour(run.word, known), min(run.last + hold, after))):
            x = min(100.0, round((until - start) / length * 400) / 4)
            if x > reached:
                stops.append(f"{colour} 0 {x:g}%")
                reached = x
    return [*stops, f"{NOTHING} 0"] if stops else []
