from __future__ import annotations

import json

from dashapp.components.boards import Place
from dashapp.components.trial_form import UNNAMED, fields, message
from tests.dashapp.shapes import a_channel, as_json, feed, texts, word_feed

KILN = a_channel(feed(1, unit="°C"), word_feed(2))
EMPTY = a_channel()


def place(channel) -> Place:
    return Place("http://lab.example", "KEY", channel.feeds, channel.accepts_new_feeds)


def sent(channel, ids, values) -> dict:
    return json.loads(message(channel, place(channel), ids, values))


class TestFields:
    def test_each_feed_has_one_with_its_unit_and_a_value(self):
        drawn = as_json(fields(KILN, place(KILN)))
        assert texts(drawn) == ["temperature, °C", "door"]
        assert '"value": "21.4"' in json.dumps(drawn)

    def test_a_channel_without_feeds_offers_one(self):
        assert texts(as_json(fields(EMPTY, place(EMPTY)))) == ["temperature"]

    def test_where_nothing_can_be_sent_it_says_where_to_make_a_feed(self):
        closed = a_channel(accepts_new_feeds=False)
        assert "Add one in the settings" in texts(as_json(fields(closed, place(closed))))


class TestMessage:
    def test_values_go_by_the_names_of_their_feeds_as_they_were_written(self):
        assert sent(KILN, [1, 2], ["21,4", "open"]) == {"temperature": "21,4", "door": "open"}

    def test_what_is_empty_is_left_out(self):
        assert sent(KILN, [1, 2], ["", None]) == {}

    def test_a_channel_without_feeds_gets_its_first(self):
        assert sent(EMPTY, [UNNAMED], ["21.4"]) == {"temperature": "21.4"}

    def test_a_feed_of_another_channel_is_no_feed_of_this_one(self):
        assert sent(KILN, [1, 99], ["1", "2"]) == {"temperature": "1"}
