from __future__ import annotations

import json
import shlex

from dashapp.components.first_reading import curl
from tests.dashapp.shapes import a_channel, feed, word_feed


class TestCurl:
    def test_it_sends_json_of_the_channels_own_feeds(self):
        words = shlex.split(curl("http://lab.example", a_channel(feed(1, "ph"), word_feed(2))))
        assert words[:2] == ["curl", "http://lab.example/api/v1/readings"]
        assert json.loads(words[-1]) == {"ph": 21.4, "door": "open"}

    def test_a_channel_without_feeds_gets_an_example(self):
        assert json.loads(shlex.split(curl("http://lab.example", a_channel()))[-1]) == {"temperature": 21.4}

    def test_the_key_is_a_placeholder(self):
        assert "X-API-Key: YOUR_WRITE_KEY" in shlex.split(curl("http://lab.example", a_channel()))
