from __future__ import annotations

import pytest

from dashapp.components import view_bar
from dashapp.components.values import ink_class, ink_style
from dashapp.figures.palette import Ink, ink
from domain.selection import Selection
from tests.dashapp.shapes import as_json, feed, word_feed


def props(parts) -> list[dict]:
    return [each["props"] for each in map(as_json, parts)]


class TestChips:
    def test_each_tells_whether_its_feed_is_shown_and_leads_to_the_other(self):
        chips = props(view_bar.feed_chips([feed(1), word_feed(2)], Selection(hidden=frozenset({"temperature"}))))
        assert [(chip["title"], chip["aria-pressed"], chip["value"]) for chip in chips] == [
            ("Show temperature", "false", ""),
            ("Hide door", "true", "?hide=door,temperature"),
        ]

    def test_a_feed_alone_has_none(self):
        assert view_bar.feed_chips([feed(1)], Selection()) == []


class TestZoomBack:
    def test_it_leads_to_what_was_shown(self):
        [button] = props(view_bar.zoom_back("?from=now-1h"))
        assert (button["value"], button["aria-disabled"]) == ("?from=now-1h", "false")

    def test_without_a_zoom_there_is_none(self):
        assert view_bar.zoom_back(None) == []


class TestInkOfMarks:
    @pytest.mark.parametrize(
        ("order", "names"), [(0, "lf-ink-0"), (6, "lf-ink-0 lf-ink-dash"), (13, "lf-ink-1 lf-ink-dot")]
    )
    def test_from_the_seventh_line_on_a_mark_has_the_lines_dash(self, order, names):
        assert (ink_class(ink(order)), ink_style(ink(order))) == (names, {})

    def test_a_colour_of_ones_own_stands_beside_the_dash(self):
        own = Ink("#123456", "dash", None)
        assert (ink_class(own), ink_style(own)) == ("lf-ink-dash", {"--lf-ink": "#123456"})

    def test_a_word_has_none(self):
        assert (ink_class(None), ink_style(None)) == ("", {})
