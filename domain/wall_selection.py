"""What a wall shows: which channels, narrowed how, and which page of them.

A selection is the query string of the wall and nothing besides, so that a link leads everybody to the same question;
the answer differs by what each may see.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, quote

WALL = "/"
"""The wall's address."""

MOST_SEARCH_CHARS = 100
MOST_PAGES = 10_000


class Show(StrEnum):
    """Which channels stand on a wall."""

    ALL = "all"
    MINE = "mine"
    """Those one is a member of."""
    STARRED = "starred"
    ATTENTION = "attention"
    """Those that are late, silent or were refused something."""

    @property
    def is_personal(self) -> bool:
        """Whether it needs somebody who is signed in."""
        return self in (Show.MINE, Show.STARRED)


@dataclass(frozen=True, slots=True)
class WallSelection:
    """Which channels are shown: all that a viewer may see, narrowed by everything that is said here."""

    show: Show = Show.ALL
    course_id: int | None = None
    tag: str = ""
    search: str = ""
    page: int = 1

    def but(self, **changes: Any) -> WallSelection:
        """The same with something else, from its first page on."""
        return replace(self, **{"page": 1, **changes})

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return self.but() == WallSelection()

    @property
    def words(self) -> tuple[str, ...]:
        """What is searched for: words that must all be found, as `folded` has them."""
        return tuple(folded(self.search).split())

    @property
    def query(self) -> str:
        """The query string with its question mark; empty for the first page of all channels."""
        pairs = [
            ("show", "" if self.show is Show.ALL else str(self.show)),
            ("course", "" if self.course_id is None else str(self.course_id)),
            ("tag", self.tag),
            ("q", self.search),
            ("page", "" if self.page == 1 else str(self.page)),
        ]
        written = "&".join(f"{name}={quote(value, safe=':,/.-')}" for name, value in pairs if value)
        return f"?{written}" if written else ""

    @property
    def address(self) -> str:
        """The wall's address with this selection."""
        return WALL + self.query

    @classmethod
    def parse(cls, query: str | None) -> WallSelection:
        """The selection of a query string. What it does not know it passes over: a wall always shows something."""
        given = dict(parse_qsl((query or "").removeprefix("?")[:2000]))
        return cls(
            show=Show(given["show"]) if given.get("show") in set(Show) else Show.ALL,
            course_id=_number(given.get("course", ""), 999_999_999),
            tag=" ".join(given.get("tag", "").split())[:MOST_SEARCH_CHARS],
            search=" ".join(given.get("q", "").split())[:MOST_SEARCH_CHARS].rstrip(),
            page=_number(given.get("page", ""), MOST_PAGES) or 1,
        )


def folded(text: str) -> str:
    """Text as it is compared when somebody searches: without case and accents, `Zürich` as `zurich`."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def _number(written: str, most: int) -> int | None:
    """A number from 1 to `most`; None for anything else."""
    if not written.isascii() or not written.isdecimal() or len(written) > len(str(most)):
        return None
    return int(written) if 1 <= int(written) <= most else None
