"""The time axis in a zone: where instants are drawn, what stands below them, and how a drawn place becomes an instant.

Plotly knows no zones: it draws every x as UTC. So instants are shifted by what the clocks are ahead at the end of the
span, by one amount in one drawing, and distances stay true. Where the clocks were changed inside the span, Plotly's own
ticks would be off before the change; then the ticks are given, each at what the clocks said there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from domain import zones
from domain.timespan import DAY, HOUR, MINUTE, SECOND, TimeSpan, from_datetime

MOST_TICKS = 7
"""So many labels such as `14:05` stand side by side on a phone; of `29 Mar` one fewer."""

_MS = SECOND // 1000
_STEPS = (
    *(count * _MS for count in (1, 2, 5, 10, 20, 50, 100, 200, 500)),
    *(count * SECOND for count in (1, 2, 5, 10, 15, 30)),
    *(count * MINUTE for count in (1, 2, 5, 10, 15, 30)),
    *(count * HOUR for count in (1, 2, 3, 6, 12)),
)
"""Each divides a day, so that midnight has a tick."""
_NEAREST = 0.75
"""How near two ticks may come, as a share of a step."""
_DAYS = (1, 2, 3, 7, 14)
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240)
_MONTH_US = 30 * DAY

_FINE_HOVER = 5 * MINUTE
"""Over spans up to this long the hover tells milliseconds."""

FORMATS: tuple[dict[str, Any], ...] = (
    {"dtickrange": [None, 999], "value": "%H:%M:%S.%L\n%-d %b %Y"},
    {"dtickrange": [1_000, 59_999], "value": "%H:%M:%S\n%-d %b %Y"},
    {"dtickrange": [60_000, 86_399_999], "value": "%H:%M\n%-d %b %Y"},
    {"dtickrange": [86_400_000, 2_000_000_000], "value": "%-d %b\n%Y"},
    {"dtickrange": ["M1", "M11"], "value": "%b\n%Y"},
    {"dtickrange": ["M12", None], "value": "%Y"},
)
"""Plotly's own ticks, written as ours are. What follows a line's end it shows only where it changes."""


@dataclass(frozen=True, slots=True)
class Clock:
    """How a drawing tells the time: `shift_us` is added to each instant, `label` names what the clocks follow.

    `ticks` are (instant, label), or None where Plotly's own are right. `hover` is the format of the hovered instant.
    """

    shift_us: int
    label: str
    ticks: tuple[tuple[int, str], ...] | None
    hover: str

    def milliseconds(self, at: int) -> float:
        """Where an instant is drawn: the number Plotly's date axis takes."""
        return (at + self.shift_us) / 1000

    def instant(self, drawn: str | float) -> int:
        """The instant of a place on the axis, as Plotly gives it back: a date in words, or milliseconds.

        Raises ValueError where it is neither.
        """
        shown = from_datetime(_as_utc(drawn)) if isinstance(drawn, str) else round(drawn * 1000)
        return shown - self.shift_us

    def axis(self) -> dict[str, Any]:
        """What a date axis needs of it: its ticks, how they are written, and what the hover says."""
        if self.ticks is None:
            ticks: dict[str, Any] = {"tickmode": "auto", "tickformatstops": list(FORMATS)}
        else:
            places, labels = [self.milliseconds(at) for at, _ in self.ticks], [label for _, label in self.ticks]
            ticks = {"tickmode": "array", "tickvals": places, "ticktext": labels}
        return {**ticks, "hoverformat": self.hover}


def clock_of(span: TimeSpan, zone: ZoneInfo, most: int = MOST_TICKS) -> Clock:
    """The clock of a drawing of this span, with at most `most` ticks of its own.

    The label is `PST`; where the clocks were changed inside the span it is `UTC-08:00`, which holds for all of it.
    """
    last = max(span.start, span.end - 1)
    changes = zones.changes(zone, span)
    label = zones.offset_name(zone, last) if changes else zones.abbreviation(zone, last)
    seconds = "%S.%L" if span.length <= _FINE_HOVER else "%S"
    return Clock(
        zones.offset_us(zone, last),
        label,
        _ticks(span, zone, changes, most) if changes else None,
        f"%-d %b %Y, %H:%M:{seconds} {label}",
    )


def ticks_of(span: TimeSpan, zone: ZoneInfo, most: int = MOST_TICKS) -> tuple[tuple[int, str], ...]:
    """(instant, label) of the ticks, for what draws the span without Plotly; `<br>` stands between a label's lines."""
    return _ticks(span, zone, zones.changes(zone, span), most)


def _as_utc(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


def _ticks(span: TimeSpan, zone: ZoneInfo, changes: Sequence[int], most: int) -> tuple[tuple[int, str], ...]:
    """The finest ticks of which at most so many lie in the span."""
    for step in (step for step in _STEPS if span.length // step <= most):
        if len(instants := _times(span, zone, changes, step)) <= most:
            return _timed(instants, zone, step)
    for every in (every for every in _DAYS if span.length // (every * DAY) < most):
        if len(instants := _first_instants(span, zone, _each_day(span, zone, every))) < most:
            return _dated(instants, zone, "{0.day} {0:%b}")
    for every in (every for every in _MONTHS if span.length // (every * _MONTH_US) <= most):
        if len(instants := _first_instants(span, zone, _each_month(span, zone, every))) <= most:
            return _dated(instants, zone, "{0:%b}" if every < 12 else "")
    return ()


def _times(span: TimeSpan, zone: ZoneInfo, changes: Sequence[int], step: int) -> list[int]:
    """The instants at which the clocks say a multiple of `step`; the first after a change keeps off the last before."""
    found: list[int] = []
    for start, end in pairwise([span.start, *changes, span.end]):
        ahead = zones.offset_us(zone, start)
        first = start + -(start + ahead) % step
        if found and first - found[-1] < step * _NEAREST:
            first += step
        found += range(first, end, step)
    return found


def _each_day(span: TimeSpan, zone: ZoneInfo, every: int) -> Iterator[date]:
    """Every so many days, the same ones wherever the span begins; of weeks the Mondays."""
    first, last = (zones.local(at, zone).toordinal() for at in (span.start, span.end))
    return map(date.fromordinal, range(first + (1 - first) % every, last + 1, every))


def _each_month(span: TimeSpan, zone: ZoneInfo, every: int) -> Iterator[date]:
    """The first day of every so many months."""
    first, last = (12 * on.year + on.month - 1 for on in (zones.local(at, zone) for at in (span.start, span.end)))
    return (date(month // 12, month % 12 + 1, 1) for month in range(first + -first % every, last + 1, every))


def _first_instants(span: TimeSpan, zone: ZoneInfo, days: Iterator[date]) -> list[int]:
    """Where these days begin inside the span; a day that a zone left out begins nowhere."""
    begun = ((day, zones.start_of_day(day, zone)) for day in days)
    return [at for day, at in begun if span.start <= at < span.end and zones.local(at, zone).date() == day]


def _timed(instants: Sequence[int], zone: ZoneInfo, step: int) -> tuple[tuple[int, str], ...]:
    """Times; below them the day where it is a new one, and what the clocks follow from a change on."""
    ticks, day, offset = [], None, zones.offset_us(zone, instants[0]) if instants else 0
    for place, at in enumerate(instants):
        moment, notes = zones.local(at, zone), []
        if moment.date() != day and not (place == 0 and _is_new_day(instants, zone)):
            notes.append(
                f"{moment.day} {moment:%b}" if day and day.year == moment.year else f"{moment.day} {moment:%b %Y}"
            )
            day = moment.date()
        if (now := zones.offset_us(zone, at)) != offset:
            notes.append(zones.abbreviation(zone, at))
            offset = now
        ticks.append((at, "<br>".join([_time(moment, step), *notes])))
    return tuple(ticks)


def _is_new_day(instants: Sequence[int], zone: ZoneInfo) -> bool:
    """Whether the second tick is the first one of a day: two days side by side would run into one another."""
    return len(instants) > 1 and zones.local(instants[0], zone).date() != zones.local(instants[1], zone).date()


def _time(moment: datetime, step: int) -> str:
    if step >= MINUTE:
        return f"{moment:%H:%M}"
    return f"{moment:%H:%M:%S}" + (f".{moment.microsecond // 1000:03d}" if step < SECOND else "")


def _dated(instants: Sequence[int], zone: ZoneInfo, written: str) -> tuple[tuple[int, str], ...]:
    """Days or months; below them the year where it is a new one. Years alone where nothing is `written`."""
    ticks, year = [], None
    for at in instants:
        moment = zones.local(at, zone)
        words = [written.format(moment)] if written else []
        ticks.append((at, "<br>".join(words + ([str(moment.year)] if moment.year != year or not written else []))))
        year = moment.year
    return tuple(ticks)
