"""How long ago something was, counting by itself: no traffic, no script.

The seconds are strips of digits that the browser's compositor moves, which costs its main thread nothing. (A counter on
an animated integer is shorter, but sixty of them took half of it.) Minutes and more are plain text; pages are put in
order every minute anyway.
"""

from __future__ import annotations

from dash import html

from domain.timespan import to_rfc3339

UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def age(at: int, now: int) -> html.Time:
    """`2 s ago`, counting. It starts over when it is mounted again, so its `key` is the instant."""
    passed_s = max(0.0, (now - at) / 1e6)
    ticks = passed_s < 60
    return html.Time(
        html.Span(className="lf-digits") if ticks else age_text(passed_s),
        className="lf-age lf-age-ticks" if ticks else "lf-age",
        dateTime=to_rfc3339(at),
        title=to_rfc3339(at),
        style={"--lf-age": f"{passed_s:.1f}s"},
        key=str(at),
    )


def ticking_age() -> html.Span:
    """An age that counts from nothing; whatever holds it says by style when it starts over."""
    return html.Span(html.Span(className="lf-digits"), className="lf-age lf-age-ticks")


def ago(at: int, now: int) -> str:
    """`5 min ago`, as words that stand still."""
    return age_text(max(0.0, (now - at) / 1e6))


def age_text(passed_s: float) -> str:
    """`5 min ago`, in whole units."""
    for length_s, unit in UNITS:
        if passed_s >= length_s:
            return f"{passed_s // length_s:.0f} {unit} ago"
    return f"{passed_s:.0f} s ago"
