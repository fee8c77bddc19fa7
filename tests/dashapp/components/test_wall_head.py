"""The wall's head: how a rate is said, and which pages are named."""

from __future__ import annotations

import pytest

from dashapp.components.wall_head import pager, rate_text, summary
from domain.wall_selection import Show, WallSelection
from tests.dashapp.shapes import as_json, texts


@pytest.mark.parametrize(
    ("messages_a_second", "said"),
    [
        (None, ""),
        (0.0, ""),
        (41.0, "41 msg/s"),
        (41.4, "41 msg/s"),
        (2.34, "2.3 msg/s"),
        (1.0, "1 msg/s"),
        (0.5, "30 msg/min"),
        (1 / 60, "1 msg/min"),
        (1 / 600, "1 msg/min"),
    ],
)
def test_a_rate_is_said_in_two_digits_or_by_the_minute(messages_a_second, said):
    assert rate_text(messages_a_second) == said


@pytest.mark.parametrize(
    ("selection", "total", "said"),
    [
        (WallSelection(), 0, "Last 15 minutes"),
        (WallSelection(), 1, "1 channel · last 15 minutes"),
        (WallSelection(page=2), 65, "65 channels · last 15 minutes"),
        (WallSelection(tag="kiln"), 2, "2 channels found · last 15 minutes"),
        (WallSelection(Show.ATTENTION), 2, "2 channels need attention · last 15 minutes"),
    ],
)
def test_the_summary_says_how_many_and_of_what(selection, total, said):
    assert summary(selection, total, "Last 15 minutes") == said


@pytest.mark.parametrize(
    ("page", "pages", "named"),
    [
        (1, 1, []),
        (1, 2, ["1", "2"]),
        (1, 9, ["1", "2", "3", "…", "9"]),
        (5, 9, ["1", "…", "3", "4", "5", "6", "7", "…", "9"]),
        (9, 9, ["1", "…", "7", "8", "9"]),
    ],
)
def test_the_pager_names_the_ends_and_what_is_near(page, pages, named):
    drawn = pager(WallSelection(), page, pages)
    said = texts(as_json(drawn)) if drawn else []
    assert [text for text in said if text.isdecimal() or text == "…"] == named
