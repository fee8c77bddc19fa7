from __future__ import annotations

import pytest

from domain.errors import Invalid
from domain.selection import Range
from domain.snapshots import MOST_WIDTH_PX, USUAL_WIDTH_PX, Form, Theme, wanted_from


class TestWantedFrom:
    def test_it_is_the_selection_of_the_page_s_own_address(self):
        wanted = wanted_from(
            7, Form.PNG, "from=now-1d&hide=door&theme=dark&width=640", {"theme": "dark", "width": "640"}
        )
        assert (wanted.channel_id, wanted.form) == (7, Form.PNG)
        assert (wanted.selection.range, wanted.selection.hidden) == (Range("now-1d"), {"door"})
        assert (wanted.theme, wanted.width_px) == (Theme.DARK, 640)

    def test_without_a_word_it_is_light_and_of_the_usual_width(self):
        wanted = wanted_from(7, Form.SVG, "", {})
        assert (wanted.theme, wanted.width_px) == (Theme.LIGHT, USUAL_WIDTH_PX)

    @pytest.mark.parametrize(
        "more", [{"theme": "blue"}, {"width": "0"}, {"width": str(MOST_WIDTH_PX + 1)}, {"width": "x"}, {"width": "٥٠٠"}]
    )
    def test_what_is_no_theme_and_no_width_is_refused(self, more):
        with pytest.raises(Invalid):
            wanted_from(7, Form.SVG, "", more)

    def test_what_is_no_range_is_refused(self):
        with pytest.raises(Invalid):
            wanted_from(7, Form.SVG, "from=yesterday", {})
