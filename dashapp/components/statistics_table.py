"""Statistics of feeds as a table, and for words as bars. Looks are in assets/statistics.css."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from dashapp.components.forms import table
from dashapp.components.lens_parts import counted, facts, nothing
from dashapp.components.readings_grid import Clock
from dashapp.components.values import NOTHING, ink_class, ink_style, value_text
from dashapp.figures.palette import Ink, word_colour
from domain.lengths import short
from domain.readings import Feed
from domain.spelling import spelled
from domain.statistics import FeedStatistics, NumberStatistics, WordStatistics
from domain.units import format_number

HEAD = ("Feed", "Readings", "Mean", "Std. deviation", "Min", "Max", "Last", "Rate per min", "Longest gap")
LONGEST_SPELLING = 10
"""Numbers that are spelled longer are rounded; pointing at one shows all of it."""


@dataclass(frozen=True, slots=True)
class Looks:
    """How feeds are drawn, and what the clocks say."""

    palette: Mapping[int, Ink]
    clock: Clock


def statistics_parts(found: Sequence[FeedStatistics], looks: Looks) -> list[Component]:
    """The numbers of all feeds in a table, then each feed of words, then what was left out."""
    numbers = [each for each in found if each.numbers]
    parts: list[Component] = [_table(numbers, looks)] if numbers else []
    words = [_words(each, each.words, looks) for each in found if each.words]
    parts += [html.Div(words, className="lf-statistics-worded")] if words else []
    silent = [each.feed.label for each in found if not each.numbers and not each.words and not each.left_out]
    if not found:
        return [nothing("eye-slash", "All feeds are hidden. Show one of them again above the chart.")]
    if not parts and silent:
        return [nothing("dash-circle", "No reading in this range.")]
    notes = [f"{each.feed.label}: {each.left_out}" for each in found if each.left_out]
    notes += [f"No reading in this range: {', '.join(silent)}."] if silent else []
    return [*parts, *(html.P(note, className="lf-lens-note") for note in notes)]


def _table(found: Sequence[FeedStatistics], looks: Looks) -> html.Div:
    rows = [_row(each, each.numbers, looks) for each in found if each.numbers]
    return html.Div(table("Statistics of the numbers in view", HEAD, rows), className="lf-statistics-numbers")


def _row(found: FeedStatistics, numbers: NumberStatistics, looks: Looks) -> list[Component | str]:
    feed, digits = found.feed, digits_of(found.feed, numbers)
    return [
        _name(feed, looks),
        _count(found.n),
        _number(numbers.mean, digits),
        _number(numbers.deviation, digits),
        _reading(numbers.low, feed, digits),
        _reading(numbers.high, feed, digits),
        _last(found, looks),
        _number(numbers.rate, None),
        short(found.longest_gap) if found.longest_gap is not None else NOTHING,
    ]


def digits_of(feed: Feed, numbers: NumberStatistics) -> int | None:
    """Decimals of a mean: three digits of the deviation, which is what is known of it; None: as many as it needs."""
    if feed.decimals is not None:
        return feed.decimals + 1
    if not numbers.deviation or not 1e-6 < numbers.deviation < 1e7:
        return None
    return max(0, 2 - math.floor(math.log10(numbers.deviation)))


def _number(value: float | None, digits: int | None) -> html.Span:
    if value is None:
        return html.Span(NOTHING)
    return html.Span(format_number(value, digits), title=spelled(value))


def _reading(value: float, feed: Feed, digits: int | None) -> html.Span:
    """As it was sent, where that is short."""
    exact = spelled(value)
    if feed.decimals is not None:
        return html.Span(format_number(value, feed.decimals), title=exact)
    return html.Span(exact if len(exact) <= LONGEST_SPELLING else format_number(value, digits), title=exact)


def _name(feed: Feed, looks: Looks) -> html.Span:
    ink = looks.palette.get(feed.id)
    unit = [html.Span(feed.unit, className="lf-unit")] if feed.unit else []
    return html.Span(
        [html.Span(feed.label, className="lf-cut"), *unit],
        className=f"lf-statistics-feed {ink_class(ink)}",
        style=ink_style(ink),
    )


def _last(found: FeedStatistics, looks: Looks) -> html.Div:
    if found.last is None:
        return html.Div(NOTHING)
    said = value_text(found.feed, found.last)
    exact = said if found.last.value is None else spelled(found.last.value)
    shown = exact if found.feed.decimals is None and len(exact) <= LONGEST_SPELLING else said
    when = html.Small(looks.clock.text(found.last.at), className="lf-statistics-when")
    return html.Div([html.Span(shown, title=exact), when])


def _count(n: int) -> str:
    return f"{n:,}".replace(",", "\u202f")


def _words(found: FeedStatistics, words: WordStatistics, looks: Looks) -> html.Section:
    """How often and how long each word was said."""
    rows = [
        _bar(share.word or "(empty)", share.n, share.held, words, word_colour(share.word)) for share in words.shares
    ]
    rest = words.distinct - len(words.shares)
    if rest:
        n, held = (sum(getattr(share, name) for share in words.shares) for name in ("n", "held"))
        name = counted(rest, "other word")
        rows.append(_bar(name, words.n - n, words.known - held, words, "var(--lf-muted)"))
    known = f"Share of the {short(words.known)} of which the word is known:" if words.known else ""
    return html.Section(
        [
            html.H3([html.Span(found.feed.label), _when_last(found, looks)]),
            facts(_facts(found, words)),
            html.P(known, className="lf-lens-note"),
            html.Ul(rows, className="lf-words-list"),
        ],
        className="lf-statistics-words",
    )


def _facts(found: FeedStatistics, words: WordStatistics) -> list[tuple[str, str]]:
    gap = [] if found.longest_gap is None else [("Longest gap", short(found.longest_gap))]
    return [("Words", _count(words.n)), ("Different", _count(words.distinct)), *gap]


def _when_last(found: FeedStatistics, looks: Looks) -> Component:
    if found.last is None or found.last.value is not None:
        return html.Span()
    said = value_text(found.feed, found.last)
    return html.Span(
        ["last ", html.Strong(said, className="lf-cut"), f" · {looks.clock.text(found.last.at)}"],
        className="lf-panel-note",
    )


def _bar(word: str, n: int, held: int, words: WordStatistics, colour: str) -> html.Li:
    share = held / words.known if words.known else 0.0
    bar = html.Span(className="lf-word-bar", style={"width": f"{share:.2%}", "background": colour})
    parts = [
        html.Span(word, className="lf-cut", title=word),
        html.Span(f"{short(held)} · {counted(n, 'time')}", className="lf-word-count"),
        html.Span(f"{share:.1%}", className="lf-word-part"),
        html.Span(bar, className="lf-word-track"),
    ]
    return html.Li(parts)
