"""What topics mean."""

from __future__ import annotations

import json

import pytest

from domain.errors import Forbidden, Invalid, LabfeedError
from domain.readings import FreshReadings
from ingest.mqtt import native, topics
from ingest.mqtt.language import is_filter, matches

NOW = 1_795_000_000_000_000


class TestPublication:
    @pytest.mark.parametrize(
        ("topic", "payload", "values"),
        [
            ("c/7/temperature", b"21.4", {"temperature": "21.4"}),
            ("c/7/temperature", b"21.4\n", {"temperature": "21.4"}),
            ("c/7/door", b"open", {"door": "open"}),
            ("c/7/temperature", b'{"value": 21.4}', {"temperature": 21.4}),
            ("c/7/Küche", "é".encode(), {"Küche": "é"}),
            ("c/7", b'{"temperature": 21.4, "door": "open"}', {"temperature": 21.4, "door": "open"}),
            ("c/7", b'{"values": {"temperature": 21.4}}', {"temperature": 21.4}),
            ("c/7/$status", b"online", {}),
        ],
    )
    def test_it_names_the_channel_and_reads_the_payload(self, topic, payload, values):
        meant = topics.publication(topic)
        assert meant.channel == "7"
        assert [item.values for item in meant.read(payload, NOW)] == [values]

    def test_a_value_may_say_when_it_was_measured(self):
        (item,) = topics.publication("c/7/temperature").read(b'{"value": 0, "at": 1795000000}', NOW)
        assert (item.values, item.at) == ({"temperature": 0}, NOW)

    def test_a_list_is_so_many_items(self):
        assert len(topics.publication("c/7").read(b'[{"a": 1}, {"a": 2}]', NOW)) == 2

    def test_a_status_is_a_status(self):
        (item,) = topics.publication("c/7/$status").read(b" offline\n", NOW)
        assert item.status == "offline"

    @pytest.mark.parametrize(
        ("topic", "payload"),
        [
            ("c/7/temperature", b""),
            ("c/7/temperature", b"\xff"),
            ("c/7/temperature", b'{"valu": 1}'),
            ("c/7", b"21.4 degrees"),
            ("c/7", b""),
            ("c/7/$status", b" "),
            ("c/7/$status", b"\xff"),
            ("c/7/$status", b"a\0"),
        ],
    )
    def test_a_payload_that_means_nothing_is_refused_in_words(self, topic, payload):
        with pytest.raises(LabfeedError) as refused:
            topics.publication(topic).read(payload, NOW)
        assert refused.value.hint or refused.value.detail

    @pytest.mark.parametrize(
        "topic",
        ["", "c", "c/", "c/7/", "c//temperature/x", "c/7/a/b", "c/7/live", "c/7/live/temperature", "c/7/$errors",
         "c/7/$other", "temperature", "$SYS/broker", "C/7/temperature"],
    )  # fmt: skip
    def test_nothing_may_be_published_on_other_topics(self, topic):
        with pytest.raises(Invalid) as refused:
            topics.publication(topic)
        assert "c/CHANNEL/FEED" in refused.value.hint


class TestFilters:
    @pytest.mark.parametrize(
        ("topic_filter", "topic", "does"),
        [
            ("c/7/live", "c/7/live", True),
            ("c/7/live", "c/7/live/a", False),
            ("c/7/+", "c/7/live", True),
            ("c/7/+", "c/7/live/a", False),
            ("c/7/#", "c/7/live/a", True),
            ("c/7/#", "c/7", True),
            ("c/7/live/+", "c/7/live/a", True),
            ("#", "$SYS/x", False),
            ("+/x", "$SYS/x", False),
            ("$SYS/#", "$SYS/x", True),
        ],
    )
    def test_wildcards_mean_what_mqtt_says(self, topic_filter, topic, does):
        assert matches(topic_filter, topic) is does

    @pytest.mark.parametrize("topic_filter", ["", "a#", "#/a", "a/b+", "+a", "a/#/b", "a\0"])
    def test_what_is_no_filter_is_known(self, topic_filter):
        assert not is_filter(topic_filter)

    @pytest.mark.parametrize("topic_filter", ["c/7/live", "c/7/live/a", "c/7/live/+", "c/7/+", "c/7/#", "c/7/+/+"])
    def test_these_bring_readings(self, topic_filter):
        topics.refuse_foreign(topic_filter, "7")
        assert topics.hears_readings(topic_filter, "7")

    def test_errors_alone_bring_none(self):
        topics.refuse_foreign("c/7/$errors", "7")
        assert not topics.hears_readings("c/7/$errors", "7")

    @pytest.mark.parametrize(
        "topic_filter",
        ["#", "+/#", "$SYS/#", "c/#", "c/+/live", "c/8/live", "c/70/live", "c/7", "c/7/temperature", "c/7/live/a/b",
         "+/7/live", "time/iso", "c/7/$status"],
    )  # fmt: skip
    def test_what_brings_anything_else_or_nothing_is_refused(self, topic_filter):
        with pytest.raises(Forbidden):
            topics.refuse_foreign(topic_filter, "7")


class TestTold:
    def test_a_run_is_told_whole_and_by_feed(self):
        run = FreshReadings(7, 4, 5, NOW, ((1, NOW, 21.5, "21.50"), (2, NOW, None, "öffen"), (1, NOW + 1, 0.0, None)))
        told = list(topics.told("7", run, {1: "temperature", 2: "door"}))
        assert [each.topic for each in told] == [
            "c/7/live", "c/7/live/temperature", "c/7/live/door", "c/7/live/temperature",
        ]  # fmt: skip
        assert [each.payload.decode() for each in told[1:]] == ["21.50", "öffen", "0"]
        assert json.loads(told[0].payload)["readings"][0]["values"]["door"] == "öffen"

    def test_every_language_has_the_three_functions(self):
        for language in topics.LANGUAGES:
            assert all(callable(getattr(language, name)) for name in ("publication", "hears_readings", "told"))

    def test_the_topic_of_refusals_is_the_channels_own(self):
        assert native.errors("7") == "c/7/$errors"
