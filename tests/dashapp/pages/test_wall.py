from __future__ import annotations

import pytest

from dashapp.pages import wall


@pytest.mark.parametrize(("cards", "pace_s"), [(0, 0.5), (10, 0.5), (30, 1.5), (60, 6.0)])
def test_the_more_cards_the_slower_each_changes(cards, pace_s):
    assert wall.pace_s(cards) == pace_s
