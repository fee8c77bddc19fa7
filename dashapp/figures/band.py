"""Word states as a band: coloured segments, labelled where the label fits; of very many words only that they came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from dashapp.figures import columns
from dashapp.figures.palette import word_colour
from dashapp.figures.plain import plain
from domain.readings import Series

SMALLEST_LABEL_PX = 11
MOST_WORDS = 12
"""Nobody tells more colours apart: with more distinct words in view the band is a neutral one."""

CROWDED = "#737373"
"""The colour of such a band, as light as the words' colours are."""


def trace(series: Series, hold: int, yaxis: str, *, is_labelled: bool = True) -> dict[str, Any]:
    """One feed's words as horizontal bars in the panel `yaxis`; equal neighbours are one bar."""
    known = words_in(series.text)
    band = columns.band(series.at, shown(series.text, known), hold)
    return {
        "type": "bar",
        "orientation": "h",
        "name": plain(series.feed.label),
        "uid": f"feed-{series.feed.id}",
        "base": band.base,
        "x": band.width,
        "y": [0] * len(band.base),
        "text": [plain(word) for word in band.word],
        "marker": {"color": [colour(word, known) for word in band.word], "line": {"width": 0}},
        "width": 1,
        "yaxis": yaxis,
        "textposition": "inside" if is_labelled else "none",
        "insidetextanchor": "middle",  # the start of the first one slides out of view
        "textangle": 0,
        "textfont": {"color": "#ffffff", "size": SMALLEST_LABEL_PX},
        "hovertemplate": "%{text}",
    }


def words_in(text: Iterable[str | None]) -> frozenset[str]:
    """The distinct words."""
    return frozenset(word for word in text if word is not None)


def is_crowded(known: frozenset[str]) -> bool:
    """Whether there are too many distinct words for a band that tells them apart."""
    return len(known) > MOST_WORDS


def shown(text: Sequence[str | None], known: frozenset[str]) -> Sequence[str | None]:
    """The words as the band of these distinct words shows them: each as it is, or all of them alike."""
    if not is_crowded(known):
        return text
    label = f"{len(known)} different words: see Events"
    return [None if word is None else label for word in text]


def colour(word: str, known: frozenset[str]) -> str:
    """The colour of a word in the band of these distinct words."""
    return CROWDED if is_crowded(known) else word_colour(word)


def axis(domain: tuple[float, float]) -> dict[str, Any]:
    """The panel of a band: no scale, only its place."""
    return {"domain": list(domain), "range": [-0.5, 0.5], "visible": False, "fixedrange": True}
