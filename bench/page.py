"""The one page of figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

NOT_QUIET = 0.1
"""The share of the server's core that others may have before the page says so."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What is to be reached, and what to aim for; `most`: the figure is to stay below."""

    reach: float
    aim: float | None = None
    most: bool = False

    def is_met(self, value: float) -> bool:
        return value <= self.reach if self.most else value >= self.reach

    def words(self) -> str:
        aim = "" if self.aim is None else f", aim {number(self.aim)}"
        return f"{'≤' if self.most else '≥'} {number(self.reach)}{aim}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the page.

    `ratio` is Labfeed's figure over this one, on lines of what it is compared with. `others` is the share of the
    server's core that other processes had meanwhile.
    """

    what: str
    value: float
    unit: str
    goal: Goal | None = None
    ratio: float | None = None
    others: float | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """The figures of one question, or the reason why there are none; `name` measures it alone."""

    name: str
    title: str
    figures: Sequence[Figure] = ()
    left_out: str = ""

    def lines(self) -> Iterator[str]:
        yield f"{self.title}  [python -m bench {self.name}]"
        if self.left_out:
            yield f"  not measured: {self.left_out}"
        for figure in self.figures:
            yield _line(figure)


def number(value: float) -> str:
    """Three digits that say something, and thousands apart."""
    if abs(value) >= 100:
        return f"{value:,.0f}".replace(",", "\N{NO-BREAK SPACE}")
    return f"{value:.3g}"


def _line(figure: Figure) -> str:
    value = f"{number(figure.value)} {figure.unit}".strip()
    return f"  {figure.what:<50}{value:>13}   {', '.join(_remarks(figure))}".rstrip()


def _remarks(figure: Figure) -> Iterator[str]:
    if figure.goal is not None:
        yield f"{'reached' if figure.goal.is_met(figure.value) else 'NOT REACHED'}: {figure.goal.words()}"
    if figure.ratio is not None:
        yield f"Labfeed is {figure.ratio:.2f} ×"
    if figure.others is not None and figure.others > NOT_QUIET:
        yield f"not quiet: others had {figure.others:.0%} of the core"
