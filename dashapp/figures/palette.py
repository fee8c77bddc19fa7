"""Which colour and dash a feed's line has, and which colour a word has: the same everywhere, every day."""

from __future__ import annotations

import colorsys
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from domain.readings import Feed, Kind

LIGHT = ("#0072B2", "#FF4D88", "#8F8F1D", "#7A255E", "#7615D6", "#474124")
DARK = ("#56B4E9", "#B266FF", "#F58F7A", "#F53193", "#F5D849", "#7F9900")
DASHES = ("solid", "dash", "dot", "dashdot")
"""After six lines the colours come again with the next dash."""

WORD_LUMINANCE = 0.17
"""Relative luminance of every word's colour: white text on it reads at 4.7:1, and it stands out at 3:1 or more
from the cards of both themes (WCAG 2.1, 1.4.3 and 1.4.11)."""

SATURATIONS = (0.26, 0.42, 0.58)


@dataclass(frozen=True, slots=True)
class Ink:
    """How a line is drawn. `slot` names the theme's colour (0 to 5); None for a colour its owner picked elsewhere."""

    colour: str
    dash: str
    slot: int | None


def ink(order: int) -> Ink:
    """The ink of the line that is `order`th among its channel's number feeds, counted from 0."""
    slot = order % len(LIGHT)
    return Ink(LIGHT[slot], DASHES[order // len(LIGHT) % len(DASHES)], slot)


def inks(feeds: Iterable[Feed]) -> dict[int, Ink]:
    """Feed id → ink, for the feeds of one channel that have a line; the same on its card and on its page."""
    numbers = sorted((feed for feed in feeds if feed.kind is not Kind.TEXT), key=lambda feed: (feed.position, feed.id))
    return {feed.id: _own(feed, ink(order)) for order, feed in enumerate(numbers)}


def _own(feed: Feed, usual: Ink) -> Ink:
    if not feed.colour:
        return usual
    picked = feed.colour.upper()
    return Ink(picked, usual.dash, LIGHT.index(picked) if picked in LIGHT else None)


@lru_cache(4096)
def word_colour(word: str) -> str:
    """A colour from the text alone, as `#rrggbb`, readable in both themes."""
    digest = hashlib.blake2s(word.encode("utf-8", "surrogatepass")).digest()
    hue = int.from_bytes(digest[:2], "big") / 65536
    return _with_luminance(hue, SATURATIONS[digest[2] % len(SATURATIONS)])


def _with_luminance(hue: float, saturation: float) -> str:
    """The HSL colour of that hue and saturation whose luminance is WORD_LUMINANCE, by bisection of its lightness."""
    low, high = 0.0, 1.0
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if luminance(_hsl(hue, middle, saturation)) < WORD_LUMINANCE else (low, middle)
    return _hsl(hue, low, saturation)


def _hsl(hue: float, lightness: float, saturation: float) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in colorsys.hls_to_rgb(hue, lightness, saturation))


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, 0 to 1, as WCAG 2.1 defines it."""
    parts = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
