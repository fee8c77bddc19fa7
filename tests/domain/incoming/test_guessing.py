from __future__ import annotations

import gzip

import pytest

from domain.downloads import Shape
from domain.errors import Invalid
from domain.imports import DateOrder, FileForm, Hints, Source
from domain.incoming.guessing import guess
from domain.incoming.naming import feed_name, parted
from domain.readings import Feed, Kind
from tests.builders import NOW


def feed(name: str, kind: Kind = Kind.NUMBER, unit: str | None = None) -> Feed:
    return Feed(1, 1, name, "", kind, unit, None, None, 0)


OURS = [feed("temperature", unit="°C"), feed("door", Kind.TEXT)]
WIDE = "time_utc,time_local,temperature [°C],door\r\n2026-03-01T10:00:00Z,2026-03-01 11:00:00,21.4,open\r\n"
TIDY = "time_utc,channel,feed,value,text,unit\r\n2026-03-01T10:00:00Z,Kiln,temperature,21.4,,°C\r\n"
THINGSPEAK = (
    "created_at,entry_id,field1,field2,latitude,longitude,elevation,status\n"
    "2026-03-01 10:00:00 UTC,1,21.40,,,,,\n2026-03-01 10:00:15 UTC,2,21.50,,,,,\n"
)


def guessed(text: str | bytes, feeds=OURS, **hints):
    head = text if isinstance(text, bytes) else text.encode()
    return guess(head, feeds, "Europe/Berlin", NOW, Hints(**hints))


def fed(told) -> dict[str, str]:
    return {source.name: source.feed for source in told.wanted}


class TestOurOwnFiles:
    def test_a_wide_one_goes_to_the_feeds_it_came_from(self):
        told = guessed(WIDE)
        assert (told.shape, told.time, fed(told)) == (
            Shape.WIDE,
            0,
            {"temperature [°C]": "temperature", "door": "door"},
        )
        assert [source.kind for source in told.wanted] == [None, None]

    def test_a_tidy_one_too(self):
        told = guessed(TIDY)
        assert (told.shape, told.feed, told.value, told.text) == (Shape.TIDY, 2, 3, 4)
        assert told.sources == (Source("temperature", "temperature"),)

    def test_into_an_empty_channel_they_make_feeds_with_their_units(self):
        assert guessed(WIDE, []).wanted == (
            Source("temperature [°C]", "temperature", Kind.NUMBER, "°C", 2),
            Source("door", "door", Kind.TEXT, "", 3),
        )
        assert guessed(TIDY, []).wanted == (Source("temperature", "temperature", Kind.NUMBER, "°C"),)

    def test_the_one_for_spreadsheets_is_known_by_its_semicolons_and_commas(self):
        told = guessed("\ufeff" + WIDE.replace(",", ";").replace("21.4", "21,4"))
        assert (told.separator, told.decimal_comma, fed(told)["temperature [°C]"]) == (";", True, "temperature")

    def test_packed_ones_are_looked_into(self):
        assert guessed(gzip.compress(TIDY.encode())) == guessed(TIDY)


class TestOtherFiles:
    def test_a_thingspeak_export(self):
        told = guessed(THINGSPEAK)
        assert (told.time, told.status, told.position) == (0, 7, (4, 5, 6))
        assert told.sources == (Source("field1", "field1", Kind.NUMBER, "", 2), Source("field2", "", place=3))

    @pytest.mark.parametrize(
        ("first", "second", "order"),
        [
            ("13.3.2026 10:00", "14.3.2026 10:00", DateOrder.DAY_FIRST),
            ("3/13/2026 10:00", "3/14/2026 10:00", DateOrder.MONTH_FIRST),
            ("3/4/2026 10:00", "3/5/2026 10:00", DateOrder.MONTH_FIRST),
            ("1772359200", "1772359215", DateOrder.ISO),
        ],
    )
    def test_dates_of_spreadsheets(self, first, second, order):
        told = guessed(f"When;Temp\n{first};1\n{second};2\n")
        assert (told.time, told.dates) == (0, order)

    def test_a_day_and_a_time_of_day_in_two_columns(self):
        told = guessed("Date,Time,Temp\n2026-03-01,10:00:00,1\n2026-03-01,10:00:15,2\n")
        assert (told.time, told.clock, fed(told)) == (0, 1, {"Temp": "Temp"})

    def test_no_heading(self):
        told = guessed("2026-03-01T10:00:00Z,21.4\n2026-03-01T10:00:15Z,21.5\n")
        assert (told.has_heading, fed(told)) == (False, {"Column 2": "Column 2"})

    def test_numbers_are_not_taken_for_times(self):
        assert guessed("pressure,at\n101325123,2026-03-01T10:00:00Z\n").time == 1

    def test_other_encodings(self):
        text = "time,temperature °C\n2026-03-01T10:00:00Z,21.4\n"
        assert [guessed(text.encode(name)).encoding for name in ("utf-8", "cp1252", "utf-16")] == [
            "utf-8",
            "windows-1252",
            "utf-16",
        ]

    def test_objects_a_line(self):
        told = guessed('{"at":"2026-03-01T10:00:00Z","values":{"temperature":21.4,"fan":"on"}}\n{"at":')
        assert (told.form, fed(told)) == (FileForm.NDJSON, {"temperature": "temperature", "fan": "fan"})
        assert guessed('{"entry_id":1,"at":"2026-03-01T10:00:00Z","feed":"door","value":"open"}\n').shape is Shape.TIDY

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("", "The file is empty"),
            ("[1]", "neither CSV nor"),
            ("a\nb\n", "single column"),
            ("a,b\n1,2\n", "No column of the file holds times"),
            (b"PK\x03\x04....", "This is a spreadsheet"),
            (b"\x1f\x8b\x00\x00damaged", "gzip data is damaged"),
            (b"\x00\x01\x02", "not text"),
        ],
    )
    def test_what_is_no_such_file_is_refused(self, text, says):
        with pytest.raises(Invalid, match=says):
            guessed(text)


class TestHints:
    def test_they_count_more_than_what_is_seen(self):
        text = "a,b,c\n1772359200,1,2\n1772359215,1,2\n"
        told = guessed(text, time="a", columns={"b": "temperature", "3": ""})
        assert fed(told) == {"b": "temperature"}

    def test_a_new_feed_is_of_the_kind_that_is_said(self):
        told = guessed("at,state\n2026-03-01T10:00:00Z,1\n", columns={"state": "mode"}, kinds={"mode": Kind.TEXT})
        assert told.wanted == (Source("state", "mode", Kind.TEXT, "", 1),)

    def test_the_others_can_be_left_out(self):
        told = guessed(WIDE, columns={"door": "door"}, only_named=True)
        assert fed(told) == {"door": "door"}

    @pytest.mark.parametrize("hints", [{"time": "when"}, {"columns": {"Door": "door"}}])
    def test_a_column_that_is_not_there_is_named(self, hints):
        with pytest.raises(Invalid, match="no column"):
            guessed(WIDE, **hints)


class TestNames:
    @pytest.mark.parametrize(
        ("heading", "name"),
        [("a/b", "a b"), (" x\ty ", "x y"), ("at", "at_"), ("...", "feed"), ("", "feed"), ("é" * 80, "é" * 64)],
    )
    def test_a_heading_becomes_a_name_that_a_feed_may_have(self, heading, name):
        assert feed_name(heading) == name

    @pytest.mark.parametrize(
        ("heading", "parts"),
        [
            ("Temp [°C]", ("Temp", "°C")),
            ("Humidity (%)", ("Humidity", "%")),
            ("plain", ("plain", "")),
            ("[x]", ("[x]", "")),
        ],
    )
    def test_units_stand_in_brackets(self, heading, parts):
        assert parted(heading) == parts
