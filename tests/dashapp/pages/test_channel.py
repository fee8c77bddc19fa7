from __future__ import annotations

import pytest

from dashapp.pages import channel
from domain.errors import NotFound
from domain.timespan import Window


class TestParse:
    def test_the_path_alone_says_which_channel(self):
        assert channel.parse("/channels/7", "1h", {}) == channel.Selection(7, Window.HOUR_1, 0)

    @pytest.mark.parametrize(
        "pathname",
        [
            "",
            "/channels/",
            "/channels/0",
            "/channels/07",
            "/channels/-1",
            "/channels/99999999999999999999",
            "/channels/٧",
            "/channels/seven",
            "/channels/7/9",
            "/channels/7?channel_id=9",
            "//channels/7",
            "/Channels/7",
        ],
    )
    def test_what_is_no_number_names_no_channel(self, pathname):
        with pytest.raises(NotFound):
            channel.parse(pathname, "15m", {})

    def test_an_unknown_window_is_the_usual_one(self):
        assert channel.parse("/channels/7", "12 parsecs", {}).window is Window.MIN_15

    def test_each_drawing_of_a_page_has_its_own_number(self):
        assert channel.parse("/channels/7", "15m", {"drawing": 2}).drawing == 3
