from __future__ import annotations

import json
import shlex

from dashapp.components.first_reading import curl, first_reading
from tests.dashapp.shapes import a_channel, as_json, feed, texts, word_feed


class TestCurl:
    def test_it_sends_json_of_the_channels_own_feeds(self):
        words = shlex.split(curl("http://lab.example", a_channel(feed(1, "ph"), word_feed(2))))
        assert words[:2] == ["curl", "http://lab.example/api/v1/readings"]
        assert json.loads(words[-1]) == {"ph": 21.4, "door": "open"}

    def test_a_channel_without_feeds_gets_an_example(self):
        assert json.loads(shlex.split(curl("http://lab.example", a_channel()))[-1]) == {"temperature": 21.4}

    def test_the_key_is_a_placeholder(self):
        assert "X-API-Key: YOUR_WRITE_KEY" in shlex.split(curl("http://lab.example", a_channel()))


class TestFirstReading:
    def test_who_may_contribute_is_led_to_the_code(self):
        drawn = as_json(first_reading("http://lab.example", a_channel(), may_contribute=True))
        assert "Connect a board" in texts(drawn)
        assert "/channels/7/code" in str(drawn)

    def test_others_see_what_a_board_would_send(self):
        drawn = as_json(first_reading("http://lab.example", a_channel()))
        assert any("YOUR_WRITE_KEY" in text for text in texts(drawn))
        assert "/channels/7/code" not in str(drawn)
