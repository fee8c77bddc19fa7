"""How a file is written, said in its address: the parameters that downloads and exports of courses share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, TypeAlias

from msgspec import Meta

from domain.downloads import Aggregate, Shape


class Decimal(StrEnum):
    """How a number's fraction is parted off."""

    POINT = "point"
    COMMA = "comma"


InShape: TypeAlias = Annotated[
    Shape, Meta(description="wide: a row an instant, a column a feed, for spreadsheets. tidy: a row a reading.")
]
InBins: TypeAlias = Annotated[
    str, Meta(max_length=20, description="Sum up the numbers in bins so wide: s, m, h, d, w.", examples=["10m"])
]
Told: TypeAlias = Annotated[
    tuple[Aggregate, ...], Meta(max_length=len(Aggregate), description="What of a bin is told; its mean.")
]
WithDecimals: TypeAlias = Annotated[Decimal, Meta(description="comma: 21,4, and columns parted by semicolons.")]
Followed: TypeAlias = Annotated[
    str,
    Meta(
        max_length=64,
        pattern=r"^([0-9A-Za-z_-]{16,})?$",
        description="A word of your own, at least 16 characters, under which it is remembered how far it is.",
    ),
]
