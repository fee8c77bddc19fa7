"""What stands over a chart without a point: why, and the way to where there is something."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.time_picker import moment_words
from dashapp.components.ways import way
from dashapp.looks import Look
from domain.selection import Range, Selection
from domain.timespan import SECOND, TimeSpan


def nothing_parts(look: Look, selection: Selection, zone: ZoneInfo) -> list[Component]:
    """A sentence, and the way out where there is one."""
    if not look.series:
        everything = selection.but(hidden=frozenset())
        return [html.P("All feeds are left out of the view."), _way_out("Show all feeds", everything)]
    latest = look.overview.latest
    known = [latest[one.feed.id].at for one in look.series if one.feed.id in latest]
    if not known:
        return [html.P("Nothing was ever read of this.")]
    newest = max(known)
    there = selection.but(range=around(newest, look.span))
    sentence = f"Nothing in this range. The newest reading is of {moment_words(newest, zone)}."
    return [html.P(sentence), _way_out("Jump there", there)]


def _way_out(words: str, to: Selection) -> dcc.Link:
    return way([words], to.query, "lf-button")


def around(at: int, span: TimeSpan) -> Range:
    """A range as long as the span, with the instant near its end."""
    length = max(span.length, SECOND)
    return Range.of(TimeSpan(at - length + length // 10, at + length // 10))
