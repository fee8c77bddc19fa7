from __future__ import annotations

import pytest

from dashapp.components.values import spoken, value_text
from domain.readings import Point
from tests.builders import NOW
from tests.dashapp.shapes import feed, word_feed


class TestValueText:
    @pytest.mark.parametrize(
        ("point", "said"),
        [
            (Point(NOW, 0.0, None), "0"),
            (Point(NOW, 21.456, None), "21.46"),
            (Point(NOW, None, ""), ""),
            (None, "–"),
        ],
    )
    def test_zero_is_a_value_and_an_absence_is_not(self, point, said):
        assert value_text(feed(), point) == said

    def test_decimals_are_the_feeds(self):
        assert value_text(feed(decimals=1), Point(NOW, 21.0, None)) == "21.0"

    def test_a_word_is_itself(self):
        assert value_text(word_feed(), Point(NOW, None, "open")) == "open"


def test_a_value_is_spoken_with_its_name_and_unit():
    assert spoken(feed(unit="°C", title="Kiln"), Point(NOW, 860.0, None)) == "Kiln 860 °C"
