"""Entries put together in buckets of time, sifted and rounded on their way out."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

import pytest

from domain.readings import NewEntry, NewReading
from domain.timespan import HOUR
from tests.builders import append, entry
from tests.dialects.thingspeak.reads import feeds, greenhouse, lines, read
from tests.dialects.thingspeak.test_ts_aggregation import EXAMPLE, TEN
from tests.lab import Board, Lab, opened_lab


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture(scope="module")
def board(lab) -> Board:
    return greenhouse(lab)


@pytest.fixture(scope="module")
def example(lab) -> Board:
    """The channel of the worked example."""
    made = lab.enrol(feeds=("said:text",))
    sent = [NewEntry(row.at, [NewReading("said", None, each) for each in row.values if each]) for row in EXAMPLE]
    append(lab.store, made.channel, *sent)
    return made


class TestAggregation:
    @pytest.mark.parametrize(
        ("how", "values"),
        [
            ("timescale", ["1", "2", "x"]),
            ("sum", ["1.0", "2.0", "6.0"]),
            ("average", ["1.0", "2.0", "6.0"]),
            ("median", ["1.0", "2.0", "6.0"]),
        ],
    )
    def test_the_worked_example_holds(self, example, how, values):
        starts = ["2026-11-20T10:00:00Z", "2026-11-20T11:00:00Z", "2026-11-20T12:00:00Z"]
        expected = [{"created_at": at, "field1": value} for at, value in zip(starts, values, strict=True)]
        assert feeds(example, f"{how}=60") == feeds(example, f"{how}=60", "fields/1.json") == expected

    def test_the_divisor_is_a_setting(self, tmp_path):
        with opened_lab(tmp_path, THINGSPEAK_AVERAGE="rows") as lab:
            made = lab.enrol(feeds=("said:text",))
            sent = [
                NewEntry(row.at, [NewReading("said", None, each) for each in row.values if each]) for row in EXAMPLE
            ]
            append(lab.store, made.channel, *sent)
            assert [row["field1"] for row in feeds(made, "average=60")] == ["1.0", "1.0", "3.0"]

    @pytest.mark.parametrize(
        ("query", "first"),
        [
            ("timescale=60&sum=10", "1"),
            ("sum=60&average=60&median=60", "1.0"),
            ("timescale=7&sum=60", "1.0"),
            ("average=daily", "3.0"),
        ],
    )
    def test_one_kind_alone_counts(self, example, query, first):
        assert feeds(example, query)[0]["field1"] == first

    @pytest.mark.parametrize("query", ["sum=7", "average=hourly", "timescale="])
    def test_a_width_that_is_not_on_offer_leaves_the_rows_as_they_are(self, example, query):
        assert feeds(example, query) == feeds(example)

    def test_results_are_cut_before(self, example):
        assert feeds(example, "sum=60&results=3") == [
            {"created_at": "2026-11-20T11:00:00Z", "field1": None},
            {"created_at": "2026-11-20T12:00:00Z", "field1": "6.0"},
        ]

    def test_days_are_those_of_utc_told_in_the_zone(self, example):
        found = feeds(example, "sum=daily&timezone=Europe/Berlin")
        assert found == [{"created_at": "2026-11-20T01:00:00+01:00", "field1": "9.0"}]

    @pytest.mark.parametrize(
        ("query", "values"),
        [
            ("round=2", ["1.00", "2.00", None, "x", "6.00"]),
            ("round=0", ["1", "2", None, "x", "6"]),
            ("round=x", ["1", "2", None, "x", "6"]),
            ("min=2", ["2", None, "x", "6"]),
            ("max=5", ["1", "2", None, "x"]),
            ("min=2&max=2e0", ["2", None, "x"]),
            ("average=60&round=1&min=2", ["2.0", "6.0"]),
        ],
    )
    def test_rows_are_sifted_and_then_rounded(self, example, query, values):
        assert [row["field1"] for row in feeds(example, query)] == values

    def test_status_and_place_are_null_in_buckets(self, board):
        assert feeds(board, "sum=60&status=true&location=true") == [
            {
                "created_at": "2026-11-20T10:00:00Z",
                "field1": "24.5",
                "field2": None,
                "latitude": None,
                "longitude": None,
                "elevation": None,
                "status": None,
            }
        ]

    def test_csv_and_xml_have_buckets_too(self, example):
        assert lines(example, "feeds.csv?sum=60")[:2] == [["created_at", "field1"], ["2026-11-20 10:00:00 UTC", "1.0"]]
        rows = ElementTree.fromstring(read(example, "feeds.xml?sum=60").data).findall("feeds/feed")
        assert [row.findtext("field1") for row in rows] == ["1.0", "2.0", "6.0"]

    def test_numbers_with_commas_keep_them(self, lab):
        made = lab.enrol(feeds=("said:text",))
        append(
            lab.store, made.channel, *[entry(TEN + at * HOUR, said=text) for at, text in enumerate(["1", "1,5", "2"])]
        )
        assert [row["field1"] for row in feeds(made, "average=60")] == ["1.0", "1,5", "2,0"]
