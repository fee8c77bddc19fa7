"""Statistics as rows of text with every digit, to be copied or downloaded."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from domain.spelling import spelled
from domain.statistics import FeedStatistics, NumberStatistics, WordStatistics
from domain.timespan import SECOND, to_rfc3339

NUMBERS = (
    "feed",
    "unit",
    "n",
    "mean",
    "standard_deviation",
    "min",
    "max",
    "last",
    "last_at_utc",
    "rate_per_min",
    "longest_gap_s",
)
WORDS = ("feed", "word", "n", "held_s", "share_of_known_time")


def tabbed(found: Sequence[FeedStatistics]) -> str:
    """For the clipboard: a spreadsheet takes each field into a cell of its own."""
    return "\n".join("\t".join(map(_flat, row)) for row in rows_of(found))


def csv_text(found: Sequence[FeedStatistics]) -> str:
    """As a file: RFC 4180."""
    written = io.StringIO()
    csv.writer(written).writerows(rows_of(found))
    return written.getvalue()


def rows_of(found: Sequence[FeedStatistics]) -> list[list[str]]:
    """The numbers under their heading; where there are words an empty row, and those under theirs."""
    numbers = [_numbers(each, each.numbers) for each in found if each.numbers]
    words = [row for each in found if each.words for row in _words(each, each.words)]
    blocks = [[list(head), *rows] for head, rows in ((NUMBERS, numbers), (WORDS, words)) if rows]
    return [row for place, block in enumerate(blocks) for row in ([[], *block] if place else block)]


def _numbers(found: FeedStatistics, numbers: NumberStatistics) -> list[str]:
    last = found.last
    said = "" if last is None else _written(last.value) if last.value is not None else _guarded(last.text or "")
    return [
        _guarded(found.feed.name),
        _guarded(found.feed.unit or ""),
        str(found.n),
        *map(_written, (numbers.mean, numbers.deviation, numbers.low, numbers.high)),
        said,
        to_rfc3339(last.at) if last else "",
        _written(numbers.rate),
        "" if found.longest_gap is None else _seconds(found.longest_gap),
    ]


def _words(found: FeedStatistics, words: WordStatistics) -> Iterable[list[str]]:
    for share in words.shares:
        held = [_seconds(share.held), repr(round(words.share(share), 6))]
        yield [_guarded(found.feed.name), _guarded(share.word), str(share.n), *held]


def _written(value: float | None) -> str:
    return "" if value is None else spelled(value)


def _seconds(length: int) -> str:
    return spelled(length / SECOND)


def _guarded(words: str) -> str:
    """What a spreadsheet would take for a formula is a text."""
    return f"'{words}" if words.startswith(("=", "+", "-", "@", "\t")) else words


def _flat(words: str) -> str:
    return " ".join(words.split())
