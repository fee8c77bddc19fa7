"""Charts and tiles for frames in other sites, as ThingSpeak's addresses ask for them: how they look, what they show.

What cannot be understood in such an address counts as not said: it was pasted into a page long ago, and nobody there
would read a complaint.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from domain.channels import Channel
from domain.readings import Feed
from domain.spelling import number_from

MOST_PARAMETERS = 200
LONGEST_TITLE = 40
LONGEST_LABEL = 60

RED, WHITE = "#d62020", "#ffffff"
"""What a line and the ground have where the address names no colours."""

USUAL_REFRESH_S = 1.0
"""As often as every page without a socket asks for news."""
LONGEST_REFRESH_S = 3600.0
SMALLEST_PX, LARGEST_PX = 50, 4000
MOST_DECIMALS = 20

_colour = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE | re.ASCII).fullmatch


class Form(StrEnum):
    """How values are drawn: of bars each lies beside its time, of columns each stands over it."""

    LINE = "line"
    SPLINE = "spline"
    STEP = "step"
    COLUMN = "column"
    BAR = "bar"


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a frame is to look. None: as is usual for what it shows; of a width or height: all the room there is."""

    title: str | None = None
    x_label: str | None = None
    y_label: str | None = None
    colour: str | None = None
    ground: str = WHITE
    form: Form = Form.LINE
    width_px: int | None = None
    height_px: int | None = None
    is_dynamic: bool | None = None
    refresh_s: float = USUAL_REFRESH_S
    low: float | None = None
    high: float | None = None
    has_export: bool = False
    drops_oldest: bool = True
    """Whether each new entry pushes an old one out; else the chart grows."""
    decimals: int | None = None

    @classmethod
    def of(cls, query: str) -> Wishes:
        """What a query string asks for."""
        said = _said(query)
        form = Form(kind) if (kind := said.get("type", "").strip().lower()) in set(Form) else Form.LINE
        if form in (Form.LINE, Form.SPLINE) and is_true(said, "step"):
            form = Form.STEP
        low, high = _number(said, "yaxismin"), _number(said, "yaxismax")
        if low is not None and high is not None and low >= high:
            low = high = None
        return cls(
            title=_text(said, "title", LONGEST_TITLE),
            x_label=_text(said, "xaxis", LONGEST_LABEL),
            y_label=_text(said, "yaxis", LONGEST_LABEL),
            colour=colour_from(said.get("color", "")),
            ground=colour_from(said.get("bgcolor", "")) or WHITE,
            form=form,
            width_px=_pixels(said, "width"),
            height_px=_pixels(said, "height"),
            is_dynamic=is_true(said, "dynamic") if said.get("dynamic", "").strip() else None,
            refresh_s=_refresh(said),
            low=low,
            high=high,
            has_export=is_true(said, "export"),
            drops_oldest=said.get("push", "").strip().lower() != "false",
            decimals=_decimals(said),
        )


@dataclass(frozen=True, slots=True)
class FramedField:
    """A field of a channel: (instant, text or None where nothing came) of its entries, ascending in time.

    `zone` is the one that the address names, if it names one; `begins_at` the instant of the first entry that was
    read, before any were put together; None where there was none.
    """

    channel: Channel
    feed: Feed
    rows: tuple[tuple[int, str | None], ...] = ()
    zone: ZoneInfo | None = None
    begins_at: int | None = None


def colour_from(written: str) -> str | None:
    """`#rrggbb` of three or six hexadecimal digits, with or without the sign; None for anything else."""
    found = _colour(written.strip())
    if found is None:
        return None
    digits = found[1].lower()
    return "#" + (digits if len(digits) == 6 else "".join(2 * digit for digit in digits))


def is_true(said: Mapping[str, str], name: str) -> bool:
    return said.get(name, "").strip().lower() == "true"


def _said(query: str) -> dict[str, str]:
    """The parameters by name; nothing of far too many."""
    try:
        return dict(parse_qsl(query.lstrip("?"), keep_blank_values=True, max_num_fields=MOST_PARAMETERS))
    except ValueError:
        return {}


def _text(said: Mapping[str, str], name: str, longest: int) -> str | None:
    found = " ".join("".join(char if char.isprintable() else " " for char in said.get(name, "")).split())
    return (found if len(found) <= longest else found[: longest - 1] + "…") or None


def _number(said: Mapping[str, str], name: str) -> float | None:
    found = number_from(said.get(name, ""))
    return found if found is not None and math.isfinite(found) else None


def _pixels(said: Mapping[str, str], name: str) -> int | None:
    found = _number({name: said.get(name, "").strip().lower().removesuffix("px")}, name)
    return None if found is None or found <= 0 else round(min(max(found, SMALLEST_PX), LARGEST_PX))


def _refresh(said: Mapping[str, str]) -> float:
    found = _number(said, "update")
    return USUAL_REFRESH_S if found is None or found <= 0 else min(max(found, USUAL_REFRESH_S), LONGEST_REFRESH_S)


def _decimals(said: Mapping[str, str]) -> int | None:
    found = said.get("round", "").strip()
    return min(int(found), MOST_DECIMALS) if found.isascii() and found.isdecimal() and len(found) < 5 else None
