"""Parquet files, read with the library that everybody reads them with."""

from __future__ import annotations

import io
from datetime import UTC

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.rendering import parquet
from domain import zones
from domain.downloads import Aggregate, Binned, Form, Shape
from domain.timespan import HOUR, SECOND, to_datetime
from tests.api.rendering.readings import FEEDS, NAME, ON_STORED, READINGS, SUMMER_ENDS, kept, made, of
from tests.lab import opened_lab

NAMES = [feed.partition(":")[0] for feed in FEEDS]
UNITS = ["°C", None, None, None, None]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab.store


def taken(store, channel, **more) -> pa.Table:
    return pq.read_table(io.BytesIO(made(store, of(channel, form=Form.PARQUET, **more), parquet.write)))


class TestTidy:
    @ON_STORED
    @given(READINGS, st.booleans())
    def test_it_holds_every_reading(self, store, stored, is_falling):
        found = taken(store, kept(store, stored), shape=Shape.TIDY, newest_first=is_falling).to_pylist()
        ordered = sorted(stored, key=lambda key: (-key[0] if is_falling else key[0], key[1]))
        assert found == [
            {
                "time_utc": to_datetime(at).astimezone(UTC),
                "channel": NAME,
                "feed": NAMES[place],
                "value": stored[at, place][0],
                "text": stored[at, place][1],
                "unit": UNITS[place],
            }
            for at, place in ordered
        ]

    def test_its_columns_have_types(self, store):
        found = taken(store, kept(store, {}), shape=Shape.TIDY)
        assert found.schema.types == [
            pa.timestamp("us", tz="UTC"),
            *[pa.string()] * 2,
            pa.float64(),
            *[pa.string()] * 2,
        ]

    def test_bins_have_a_column_a_figure(self, store):
        stored = {(SUMMER_ENDS + at * SECOND, place): (4.5 * at, None) for at in range(3) for place in (0, 3)}
        stored[SUMMER_ENDS, 1] = (None, "open")
        binned = Binned(HOUR, (Aggregate.MEAN, Aggregate.COUNT))
        found = taken(store, kept(store, stored), shape=Shape.TIDY, binned=binned).to_pylist()
        assert [(row["feed"], row["mean"], row["count"]) for row in found] == [
            (NAMES[0], 4.5, 3),
            (NAMES[1], None, 1),
            (NAMES[3], 4.5, 3),
        ]


class TestWide:
    @ON_STORED
    @given(READINGS, st.sampled_from([None, "America/New_York", "Asia/Kathmandu"]), st.booleans())
    def test_it_holds_a_row_an_instant(self, store, stored, zone, is_falling):
        found = taken(store, kept(store, stored), zone=zone, newest_first=is_falling).to_pylist()
        in_zone = zones.zone_named(zone or "UTC")
        expected = []
        for at in sorted({at for at, _ in stored}, reverse=is_falling):
            of_feed = [stored.get((at, place), (None, None)) for place in range(5)]
            expected.append(
                {
                    "time_utc": to_datetime(at),
                    "time_local": zones.local(at, in_zone).replace(tzinfo=None),
                    "temperature [°C]": of_feed[0][0],
                    "door": of_feed[1][1],
                    "probe": of_feed[2][0],
                    "probe text": of_feed[2][1],
                    '=odd "name"': of_feed[3][0],
                    "temperature [°C] 2": of_feed[4][0],
                }
            )
        assert found == expected

    def test_a_column_says_which_feed_it_is_of(self, store):
        field = taken(store, kept(store, {})).schema.field("temperature [°C]")
        assert field.metadata == {b"feed": b"temperature", b"unit": "°C".encode()}

    def test_bins_have_a_column_a_figure_of_a_feed(self, store):
        stored = {(SUMMER_ENDS + at * SECOND, 0): (4.5 * at, None) for at in range(3)}
        stored[SUMMER_ENDS + HOUR, 1] = (None, "open")
        binned = Binned(HOUR, (Aggregate.MEAN, Aggregate.COUNT))
        found = taken(store, kept(store, stored), feeds=("temperature", "door"), binned=binned).to_pylist()
        assert [list(row.values())[2:] for row in found] == [[4.5, 3, None], [None, None, 1]]
        assert list(found[0])[2:] == ["temperature mean [°C]", "temperature count", "door count"]


class TestGroups:
    def test_a_row_group_holds_as_many_as_it_shall(self, store, monkeypatch):
        monkeypatch.setattr(parquet, "ROWS_IN_GROUP", 7)
        channel = kept(store, {(SUMMER_ENDS + at * SECOND, 0): (at, None) for at in range(31)})
        file = pq.ParquetFile(io.BytesIO(made(store, of(channel, form=Form.PARQUET), parquet.write)))
        assert [file.metadata.row_group(place).num_rows for place in range(file.num_row_groups)] == [7, 7, 7, 7, 3]
        assert file.read()["temperature [°C]"].to_pylist() == list(range(31))

    def test_a_file_of_nothing_has_its_columns(self, store):
        found = taken(store, kept(store, {}))
        assert found.num_rows == 0
        assert found.column_names[:2] == ["time_utc", "time_local"]
