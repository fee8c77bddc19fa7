"""How the readings in view are spread: a histogram for each feed of numbers, and each word's share of the readings."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from dash import html, no_update, set_props
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

import context
from dashapp.components import lens_parts
from dashapp.components.choosing import Choice, choices
from dashapp.components.lens_parts import counted
from dashapp.figures import histogram as drawing
from dashapp.figures.palette import Ink, inks, word_colour
from dashapp.lenses.drawn_bodies import DrawnBody
from dashapp.shown import Shown
from dashapp.wiring import Wiring
from domain.channels import Channel
from domain.histograms import CHOICES, Histogram, Spread, WordShares
from domain.roles import Viewer
from domain.timespan import SECOND
from models import channels, histograms

NAME = "histogram"
LABEL = "Histogram"
PICTURE = "bar-chart"

MANY = 50_000
"""For each so many readings that were counted it is left as it is for a second: a page does not count without end."""


class Ids(StrEnum):
    BODY = "histogram-body"


wire = Wiring(open_to_visitors=True)
BODY = DrawnBody(wire, NAME, Ids.BODY)

layout = BODY.layout


def chart_id(feed_id: int) -> dict[str, Any]:
    return {"histogram": "chart", "of": feed_id}


def words_id(feed_id: int, kind: str) -> dict[str, Any]:
    return {"histogram": kind, "of": feed_id}


def applies(_channel: Channel) -> bool:
    """Every channel's readings are spread somehow."""
    return True


@BODY.draws
def draw(asked: Shown, drawn: str) -> tuple[Any, Any]:
    before, _, not_before = drawn.rpartition("@")
    if before.startswith(f"{asked.name}#") and not_before.isdecimal() and asked.now < int(not_before):
        raise PreventUpdate
    found, palette = context.store().ask_long(fetch, context.viewer(), asked)
    form = f"{asked.name}#{'-'.join(map(_form, found))}"
    again_at = asked.now + sum(spread.n for spread in found) // MANY * SECOND
    if form != before:
        return build(found, palette, asked), f"{form}@{again_at}"
    for spread in found:
        update(spread, palette, asked)
    return no_update, f"{form}@{again_at}"


def fetch(connection: Any, viewer: Viewer, asked: Shown) -> tuple[tuple[Spread, ...], dict[int, Ink]]:
    """The spread of each feed in view, and the inks of the channel's lines. Raises NotFound."""
    channel = channels.find(connection, viewer, asked.channel_id)
    chosen = asked.selection
    return histograms.of(connection, viewer, channel.id, asked.span, chosen.hidden, chosen.bins), inks(channel.feeds)


def build(found: Sequence[Spread], palette: dict[int, Ink], asked: Shown) -> list[Component]:
    """How many bins there may be, and a panel for each spread."""
    chosen = asked.selection
    offered = [Choice("Fitting", chosen.but(bins=None).query, chosen.bins is None)]
    offered += [Choice(str(count), chosen.but(bins=count).query, chosen.bins == count) for count in CHOICES]
    has_numbers = any(isinstance(spread, Histogram) for spread in found)
    panels = [_panel(spread, palette, asked) for spread in found]
    if not panels:
        return [lens_parts.nothing(PICTURE, "All feeds are left out of the view.")]
    return [*([choices("Bins", offered)] if has_numbers else []), html.Div(panels, className="lf-spreads")]


def update(spread: Spread, palette: dict[int, Ink], asked: Shown) -> None:
    """Draw a spread anew where it is."""
    if isinstance(spread, WordShares):
        set_props(words_id(spread.feed.id, "words"), {"children": shares_of(spread)})
        return
    if spread.is_counted:
        figure = drawing.figure(spread, palette[spread.feed.id], asked.selection.query)
        set_props(chart_id(spread.feed.id), {"figure": figure})
    set_props(words_id(spread.feed.id, "numbers"), {"children": words_of(spread)})


def _panel(spread: Spread, palette: dict[int, Ink], asked: Shown) -> html.Section:
    feed = spread.feed
    heading = html.H3([feed.label, html.Span(f" {feed.unit}", className="lf-unit")] if feed.unit else feed.label)
    if isinstance(spread, WordShares):
        return html.Section(
            [heading, html.Div(shares_of(spread), id=words_id(feed.id, "words"))], className="lf-spread"
        )
    words = words_of(spread)
    if not spread.is_counted:
        return html.Section([heading, html.Div(words, id=words_id(feed.id, "numbers"))], className="lf-spread")
    figure = drawing.figure(spread, palette[feed.id], asked.selection.query)
    name = f"How often {feed.label} was where"
    chart = lens_parts.chart(name, chart_id(feed.id), figure, words_id(feed.id, "numbers"), words)
    return html.Section([heading, chart], className="lf-spread")


def words_of(spread: Histogram) -> list[Component]:
    """What a histogram says in words, and its bins as a table; or why there is none."""
    if not spread.n:
        return [lens_parts.nothing("dash-circle", "No number in this range.")]
    if not spread.is_counted:
        return [
            lens_parts.nothing("hourglass", f"{counted(spread.n, 'reading')}: too many to count one by one. Zoom in.")
        ]
    fullest = max(range(len(spread.counts)), key=spread.counts.__getitem__)
    texts, share = drawing.bin_texts(spread), drawing.shares(spread)[fullest]
    sentence = (
        f"All {counted(spread.n, 'reading')} in {counted(len(spread.counts), 'bin')}; "
        f"the fullest, {texts[fullest]}, holds {share:.0%}."
    )
    return [html.P(sentence, className="lf-lens-note"), _table(spread, texts)]


def _table(spread: Histogram, texts: Sequence[str]) -> html.Details:
    """Each column is one cell of many lines: quick to draw, and to draw again."""
    cells = (texts, [f"{count:,}" for count in spread.counts], [f"{share:.2%}" for share in drawing.shares(spread)])
    head = html.Thead(html.Tr([html.Th(title, scope="col") for title in ("From, up to", "Readings", "Share")]))
    body = html.Tbody(html.Tr([html.Td("\n".join(lines)) for lines in cells]))
    table = html.Div(html.Table([head, body], className="lf-table"), className="lf-table-frame lf-bins", tabIndex="0")
    return html.Details([html.Summary("Show as table"), table], className="lf-lens-table")


def shares_of(spread: WordShares) -> list[Component]:
    """Each word's share of the readings as a bar, the most frequent first; or why there is none."""
    if not spread.n:
        return [lens_parts.nothing("dash-circle", "No word in this range.")]
    if not spread.words:
        return [lens_parts.nothing("hourglass", "Too many readings to count one by one. Zoom in.")]
    rows = [_bar(word or "(empty)", count, spread.n, word_colour(word)) for word, count in spread.words]
    others = spread.n - sum(count for _, count in spread.words)
    if others:
        name = counted(spread.distinct - len(spread.words), "other word")
        rows.append(_bar(name, others, spread.n, "var(--lf-muted)"))
    sentence = f"{counted(spread.n, 'reading')}, {counted(spread.distinct, 'different word')}. Share of the readings:"
    return [html.P(sentence, className="lf-lens-note"), html.Ul(rows, className="lf-words-list")]


def _bar(word: str, count: int, of: int, colour: str) -> html.Li:
    share = count / of
    bar = html.Span(className="lf-word-bar", style={"width": f"{share:.2%}", "background": colour})
    parts = [
        html.Span(word, className="lf-cut", title=word),
        html.Span(f"{count:,}".replace(",", "\u202f"), className="lf-word-count"),
        html.Span(f"{share:.1%}", className="lf-word-part"),
        html.Span(bar, className="lf-word-track"),
    ]
    return html.Li(parts)


def _form(spread: Spread) -> str:
    """What must be equal for one drawing to turn into another."""
    return f"{spread.feed.id}{'w' if isinstance(spread, WordShares) else 'n'}{int(getattr(spread, 'is_counted', True))}"
