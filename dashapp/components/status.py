"""The status of a channel: icon, word and colour together, the same vocabulary on every page.

Live turns to Late and Late to Silent by style alone: the chip carries the seconds left until then, and each arrival
mounts it again. Nobody has to be told that nothing came. A wall holds many of these, so each is of few elements.
"""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashapp.components.icons import icon_class
from domain.channels import Pulse
from domain.status import Status, age_s, late_for_s, live_for_s, status_of

MARKS = {
    Status.LIVE: ("live", "circle-fill"),
    Status.LATE: ("late", "water"),
    Status.SILENT: ("silent", "square"),
    Status.REFUSED: ("refused", "exclamation-triangle-fill"),
    Status.NEVER: ("never", "circle"),
    Status.ARCHIVED: ("archived", "archive"),
}


REHEARSAL = f"lf-mark {icon_class('easel2')}"


def status_chip(pulse: Pulse, now: int) -> html.Span:
    """The chip of a channel whose last arrivals `pulse` tells, as of `now` (µs)."""
    word = status_of(pulse, now)
    if word in (Status.REFUSED, Status.NEVER, Status.ARCHIVED):
        text = f"{pulse.refused} refused" if word is Status.REFUSED else str(word)
        return html.Span(_mark(word, text), className="lf-status")
    age = age_s(pulse, now)
    return html.Span(
        [_mark(Status.LIVE), _mark(Status.LATE), _mark(Status.SILENT)],
        className="lf-status lf-status-running",
        style=deadlines(live_for_s(pulse) - age, late_for_s(pulse) - age),
        key=f"{pulse.last_received_at}",
    )


def deadlines(late_in_s: float, silent_in_s: float) -> dict[str, str]:
    """When the words change, for the style engine; a moment already past is negative."""
    return {"--lf-late-in": f"{late_in_s:.1f}s", "--lf-silent-in": f"{silent_in_s:.1f}s"}


def until_silent(pulse: Pulse, now: int) -> dict[str, str]:
    """For what is hidden from the moment the channel is silent."""
    return {"--lf-silent-in": f"{late_for_s(pulse) - age_s(pulse, now):.1f}s"}


def silence_veil(pulse: Pulse, now: int) -> html.Span:
    """A veil that fades what lies under it from the moment the channel is silent."""
    past = age_s(pulse, now) if pulse.last_received_at is not None else 0.0
    return html.Span(
        className="lf-veil",
        style=deadlines(live_for_s(pulse) - past, late_for_s(pulse) - past),
        key=f"veil-{pulse.last_received_at}",
    )


def rehearsal_mark() -> html.Span:
    """Said of channels whose readings are played, not measured."""
    return html.Span("Rehearsal", className=REHEARSAL)


def _mark(word: Status, text: str | None = None) -> Component:
    name, picture = MARKS[word]
    return html.Span(text or str(word), className=f"lf-mark lf-chip lf-chip-{name} {icon_class(picture)}")
