"""A wall with many cards: each shows what its board said last, whichever way the page is told."""

from __future__ import annotations

import pytest
import requests

BOARDS = 6
"""Enough that changes of several cards come in one frame; each is made by a command of its own."""


def say(labfeed, boards, value):
    for number, board in enumerate(boards):
        answer = requests.post(
            f"{labfeed.url}/api/v1/readings",
            json={"level": value + number},
            headers={"X-API-Key": board.write_key},
            timeout=10,
        )
        assert answer.status_code == 201


def shown(page):
    """The number on each card, by its title."""
    said = page.locator("a.lf-card").evaluate_all(
        "cards => cards.map(card => ['h2', '.lf-number'].map(part => card.querySelector(part).innerText))"
    )
    return dict(said)


def expected(names, value):
    return {name: str(value + number) for number, name in enumerate(names)}


def lines(page):
    """How many cards have a line."""
    plots = page.locator(".lf-card-plot")
    return plots.evaluate_all(
        "plots => plots.filter(plot => plot.style.getPropertyValue('--lf-a').includes(',')).length"
    )


class TestAFullWall:
    @pytest.mark.parametrize(("word", "has_shared_worker"), [("Told", True), ("Asking", False)])
    def test_every_card_shows_what_came_last(self, labfeed, open_browser, eventually, word, has_shared_worker):
        names = [f"{word} {number:02}" for number in range(BOARDS)]
        boards = [labfeed.create_channel(name, feeds=("level:cm",)) for name in names]
        say(labfeed, boards, 100)
        page = open_browser(has_shared_worker=has_shared_worker).goto(f"{labfeed.url}/?q={word}")
        eventually(lambda: shown(page) == expected(names, 100), what="what was stored before")
        for value in (200, 300, 400):
            say(labfeed, boards, value)
        eventually(lambda: shown(page) == expected(names, 400), what="what was said last")
        eventually(lambda: lines(page) == BOARDS, what="a line on every card")
