"""The whole app, and what somebody sees of a channel through a lens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dashapp import shell, shown
from domain.selection import Selection
from domain.timespan import SECOND
from tests.lab import Board, Lab, opened_lab
from tests.tab import Tab


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with opened_lab(tmp_path) as lab:
        yield lab


@pytest.fixture
def look() -> Callable[..., Tab]:
    """A function: a visitor's page of a board's channel with this query string."""

    def open_page(board: Board, query: str) -> Tab:
        return Tab(board.lab.client, f"/channels/{board.channel_id}?{query}")

    return open_page


@pytest.fixture
def go_on() -> Callable[..., None]:
    """A function: some seconds pass on a page that follows."""

    def pass_by(tab: Tab, seconds: int = 5) -> None:
        store = shown.store_of(Selection.parse(tab.prop(shell.Ids.ADDRESS, "search")).lens)
        kept = tab.prop(store, "data")
        passed = seconds * SECOND
        span = [end + passed for end in kept["span"]]
        tab.change(store, "data", {**kept, "span": span, "now": kept["now"] + passed})

    return pass_by
