from __future__ import annotations

from dashapp.components.readings_table import rows_of, table_row
from tests.builders import NOW
from tests.dashapp.shapes import as_json, feed, texts, word_feed

FEEDS = (feed(1), word_feed(2))


class TestRows:
    def test_an_instant_is_one_row_and_the_newest_comes_first(self):
        rows = rows_of([(1, NOW - 1, 1.0, None), (1, NOW, 0.0, None), (2, NOW, None, "open")])
        assert [(row.at, set(row.points)) for row in rows] == [(NOW, {1, 2}), (NOW - 1, {1})]

    def test_a_feed_that_said_nothing_has_an_empty_cell(self):
        row = table_row(FEEDS, rows_of([(2, NOW, None, "open")])[0])
        assert texts(as_json(row)) == ["20 Nov 10:00:00.00", "", "open"]
