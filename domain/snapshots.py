"""Pictures of charts that the server draws: in which form, how wide, for a light or a dark page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.errors import Invalid
from domain.selection import Selection

USUAL_WIDTH_PX = 1000
LEAST_WIDTH_PX, MOST_WIDTH_PX = 320, 2000


class Form(StrEnum):
    """The kind of file."""

    SVG = "svg"
    PNG = "png"

    @property
    def content_type(self) -> str:
        return "image/svg+xml" if self is Form.SVG else "image/png"


class Theme(StrEnum):
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture of a channel: what of it, and how. `width_px` counts CSS pixels; a PNG has two dots for each."""

    channel_id: int
    selection: Selection
    form: Form
    theme: Theme = Theme.LIGHT
    width_px: int = USUAL_WIDTH_PX


def wanted_from(channel_id: int, form: Form, query: str, more: Mapping[str, str]) -> Wanted:
    """The picture that an address asks for: a selection's query, with `theme` and `width` among it. Raises Invalid."""
    theme = more.get("theme", Theme.LIGHT)
    if theme not in set(Theme):
        raise Invalid(f'There is no theme "{theme[:20]}".', hint="Take light or dark.")
    return Wanted(channel_id, Selection.parse(query), form, Theme(theme), _width(more.get("width")))


def _width(written: str | None) -> int:
    if not written:
        return USUAL_WIDTH_PX
    is_number = written.isascii() and written.isdecimal() and len(written) < 6
    if not is_number or not LEAST_WIDTH_PX <= int(written) <= MOST_WIDTH_PX:
        raise Invalid(f"A width is a number of pixels from {LEAST_WIDTH_PX} to {MOST_WIDTH_PX}.")
    return int(written)
