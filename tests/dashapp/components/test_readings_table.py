from __future__ import annotations

from dashapp.components.readings_table import rows_of, table_columns
from tests.builders import NOW
from tests.dashapp.shapes import as_json, feed, texts, word_feed

FEEDS = (feed(1), word_feed(2))


class TestRows:
    def test_an_instant_is_one_row_and_the_newest_comes_first(self):
        rows = rows_of([(1, NOW - 1, 1.0, None), (1, NOW, 0.0, None), (2, NOW, None, "open")])
        assert [(row.at, set(row.points)) for row in rows] == [(NOW, {1, 2}), (NOW - 1, {1})]

    def test_a_feed_that_said_nothing_has_an_empty_line(self):
        rows = rows_of([(1, NOW, 2.5, None), (2, NOW - 10**6, None, "open")])
        assert [texts(as_json(cell))[0].split("\n") for cell in table_columns(FEEDS, rows)] == [
            ["20 Nov 10:00:00.00", "20 Nov 09:59:59.00"],
            ["2.5", ""],
            ["", "open"],
        ]

    def test_a_word_of_several_lines_stays_in_its_own(self):
        rows = rows_of([(2, NOW, None, "half\r\nopen\t!")])
        assert texts(as_json(table_columns(FEEDS, rows)[2])) == ["half open !"]
