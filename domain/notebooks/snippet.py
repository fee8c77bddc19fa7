"""What somebody copies to read a channel where they work with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from domain.notebooks.source import Source


@dataclass(frozen=True, slots=True)
class Piece:
    """One text to copy. `wraps`: it is one long line."""

    name: str
    text: str
    note: str = ""
    wraps: bool = False


@dataclass(frozen=True, slots=True)
class Snippet:
    """What to do first, the pieces in their order, and what is seen when it works."""

    steps: tuple[str, ...]
    pieces: tuple[Piece, ...]
    sees: str


@dataclass(frozen=True, slots=True)
class Notebook:
    """Something people look at data with.

    `takes_tokens`: a personal token may stand in place of the channel's key.
    """

    slug: str
    name: str
    picture: str
    snippet: Callable[[Source], Snippet]
    takes_tokens: bool = True
