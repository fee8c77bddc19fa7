"""A wall with many cards: each shows what its board said last, whichever way the page is told."""

from __future__ import annotations

import pytest
import requests

BOARDS = 6
"""Enough that changes of several cards come in one frame; each is made by a command of its own."""


@pytest.fixture
def boards(labfeed):
    return [labfeed.create_channel(f"Board {number:02}", feeds=("level:cm",)) for number in range(BOARDS)]


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
    cards = page.locator(".lf-card").all()
    return {card.locator("h2").inner_text(): card.locator(".lf-number").inner_text() for card in cards}


def expected(value):
    return {f"Board {number:02}": str(value + number) for number in range(BOARDS)}


def outlines(page):
    """How many points each card's line has, as it is drawn."""
    said = [plot.get_attribute("style") or "" for plot in page.locator(".lf-card-plot").all()]
    return [style.split("--lf-a:")[1].split(";")[0].count(",") + 1 for style in said if "--lf-a:" in style]


class TestAFullWall:
    @pytest.mark.parametrize("has_shared_worker", [True, False], ids=["websocket", "polling"])
    def test_every_card_shows_what_came_last(self, labfeed, boards, open_browser, eventually, has_shared_worker):
        say(labfeed, boards, 100)
        page = open_browser(has_shared_worker=has_shared_worker).goto(labfeed.url)
        eventually(lambda: shown(page) == expected(100), what="what was stored before")
        for value in (200, 300, 400):
            say(labfeed, boards, value)
        eventually(lambda: shown(page) == expected(400), what="what was said last")
        eventually(lambda: len(outlines(page)) == BOARDS, what="a line on every card")
