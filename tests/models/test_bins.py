"""Readings in bins, beside a look at all readings."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain import zones
from domain.downloads import Aggregate, Binned, Download, Form, Shape
from domain.roles import Viewer
from domain.selection import Range
from domain.timespan import DAY, HOUR, MINUTE, SECOND, TimeSpan, moment_from, to_rfc3339
from models import bins, exporting
from tests import naive
from tests.builders import NOW, append, entry, make_channel

ON_STORED = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
VISITOR = Viewer.visitor()
ALL = tuple(Aggregate)
SUMMER_ENDS = 1_793_494_800 * SECOND
"""2026-11-01 01:00 UTC; five hours later the clocks are put back in New York."""

INSTANTS = st.builds(
    lambda day, hour, second: SUMMER_ENDS + day * DAY + hour * HOUR + second * SECOND // 4,
    st.integers(-3, 3),
    st.integers(0, 23),
    st.sampled_from([0, 0, 1, 40, 239, 2_400, 7_201]),
)
ROWS = st.dictionaries(INSTANTS, st.floats(-1e4, 1e4) | st.just(0.0), max_size=40).map(
    lambda rows: sorted(rows.items())
)
WIDTHS = st.sampled_from([SECOND, 7 * SECOND, 10 * SECOND, MINUTE, 7 * MINUTE, HOUR, 5 * HOUR, DAY, 2 * DAY, 7 * DAY])
ZONES = st.sampled_from([None, "America/New_York", "Asia/Kathmandu"])
SPANS = st.builds(
    lambda one, length: TimeSpan(one, one + length), INSTANTS, st.sampled_from([MINUTE, 3 * HOUR + 1, DAY, 9 * DAY])
)


def start_of(at: int, width: int, zone: str | None) -> int:
    """Of the bin of an instant, by the calendar."""
    if width % DAY:
        return at // width * width
    there = zones.zone_named(zone or "UTC")
    day = zones.local(at, there).date().toordinal()
    return zones.start_of_day(type(zones.local(at, there).date()).fromordinal(day - (day - 1) % (width // DAY)), there)


def expected(rows, span, width, zone):
    """(start, count, mean, smallest, largest) of each bin that holds a number."""
    found: dict[int, list[float]] = {}
    for at, number in naive.within(rows, span):
        found.setdefault(start_of(at, width, zone), []).append(number)
    return [
        (start, len(held), *naive.close([naive.mean(held)]), min(held), max(held))
        for start, held in sorted(found.items())
    ]


def rows_of(store, download) -> list[dict[str, str]]:
    plan = store.ask(exporting.plan, VISITOR, download, NOW)
    text = "".join(piece.text for piece in exporting.pieces(store, VISITOR, plan))
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if download.decimal_comma else ","))


def over(channel, span, width, aggregates=ALL, **how) -> Download:
    binned = Binned(width, aggregates)
    return Download(channel.id, binned=binned, range=Range(to_rfc3339(span.start), to_rfc3339(span.end)), **how)


def at_of(row) -> int:
    return moment_from(row["time_utc"], NOW)


class TestFile:
    @ON_STORED
    @given(ROWS, SPANS, WIDTHS, ZONES, st.booleans(), st.booleans())
    def test_each_bin_says_what_a_look_at_its_readings_says(self, store, rows, span, width, zone, falls, is_cut):
        channel = make_channel(store, feeds=("temperature:°C", "door:text"))
        append(store, channel, *[entry(at, temperature=number, door="open") for at, number in rows])
        with pytest.MonkeyPatch.context() as patch:
            if is_cut:
                patch.setattr(bins, "BINS", 2)
                patch.setattr(bins, "FEWEST", 2)
            found = rows_of(store, over(channel, span, width, zone=zone, newest_first=falls))
        told = [
            (
                at_of(row),
                int(row["temperature count"]),
                float(row["temperature mean [°C]"]),
                float(row["temperature min [°C]"]),
                float(row["temperature max [°C]"]),
            )
            for row in found
        ]
        assert told == expected(rows, span, width, zone)[:: -1 if falls else 1]
        assert [row["door count"] for row in found] == [row["temperature count"] for row in found]

    def test_of_words_only_their_count_is_said(self, store, channel):
        append(store, channel, entry(NOW, door="open"), entry(NOW + 1, temperature=2))
        (row,) = rows_of(store, over(channel, TimeSpan(NOW, NOW + HOUR), HOUR))
        assert "door mean" not in row
        assert (row["door count"], row["temperature count"]) == ("1", "1")

    def test_a_bin_of_words_alone_is_left_out_where_they_are_not_counted(self, store, channel):
        append(store, channel, entry(NOW, door="open"))
        assert rows_of(store, over(channel, TimeSpan(NOW, NOW + HOUR), HOUR, (Aggregate.MEAN,))) == []

    def test_words_among_numbers_are_not_counted(self, store):
        channel = make_channel(store, feeds=("probe:mixed",))
        append(store, channel, entry(NOW, probe=1), entry(NOW + 1, probe="off"), entry(NOW + 2, probe=3))
        (row,) = rows_of(store, over(channel, TimeSpan(NOW, NOW + HOUR), HOUR))
        assert (row["probe count"], row["probe mean"]) == ("2", "2")

    def test_tidy_it_has_a_column_a_figure(self, store):
        channel = make_channel(store, "Kiln", feeds=("temperature:°C",))
        append(store, channel, entry(NOW, temperature=1), entry(NOW + 1, temperature=2))
        download = over(channel, TimeSpan(NOW, NOW + HOUR), HOUR, shape=Shape.TIDY, decimal_comma=True)
        assert rows_of(store, download) == [
            {"time_utc": "2026-11-20T10:00:00Z", "channel": "Kiln", "feed": "temperature"}
            | {"mean": "1,5", "min": "1", "max": "2", "count": "2", "unit": "°C"}
        ]

    @pytest.mark.parametrize("form", [Form.JSON, Form.NDJSON])
    @pytest.mark.parametrize("shape", Shape)
    def test_its_objects_are_json(self, store, channel, form, shape):
        append(store, channel, *[entry(NOW + hour * HOUR, temperature=hour) for hour in range(3)])
        plan = store.ask(
            exporting.plan, VISITOR, over(channel, TimeSpan(NOW, NOW + DAY), HOUR, form=form, shape=shape), NOW
        )
        text = "".join(piece.text for piece in exporting.pieces(store, VISITOR, plan))
        told = json.loads(text)["readings"] if form is Form.JSON else list(map(json.loads, text.splitlines()))
        figures = {"mean": 1, "min": 1, "max": 1, "count": 1}
        of_feed = {"feed": "temperature"} | figures if shape is Shape.TIDY else {"values": {"temperature": figures}}
        assert told[1] == {"at": "2026-11-20T11:00:00Z"} | of_feed

    def test_a_day_that_is_longer_is_one_bin(self, store):
        channel = make_channel(store)
        append(store, channel, *[entry(SUMMER_ENDS + hour * HOUR, temperature=1) for hour in range(48)])
        download = over(
            channel, TimeSpan(SUMMER_ENDS, SUMMER_ENDS + 3 * DAY), DAY, (Aggregate.COUNT,), zone="America/New_York"
        )
        assert [row["temperature count"] for row in rows_of(store, download)] == ["3", "25", "20"]
