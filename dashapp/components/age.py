"""How long ago something was. The browser's style engine counts on by itself: no traffic, no script."""

from __future__ import annotations

from dash import html

from domain.timespan import to_rfc3339


def age(at: int, now: int) -> html.Time:
    """ "2 s ago", counting. Mount it again (a new `key`) with each arrival; `assets/age.css` does the rest."""
    passed_s = max(0.0, (now - at) / 1e6)
    return html.Time(
        html.Span(className="lf-age-text"),
        className="lf-age",
        dateTime=to_rfc3339(at),
        title=to_rfc3339(at),
        style={"--lf-age": f"{passed_s:.1f}s"},
        key=str(at),
    )
