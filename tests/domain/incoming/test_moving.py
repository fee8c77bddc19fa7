"""A file from ThingSpeak looked through: what it holds, and the lines that are made of it."""

from __future__ import annotations

import gzip
import io
import json
import random

import pytest

from domain.errors import Invalid
from domain.incoming.moving import Moving
from domain.keys import new_key
from domain.moves import Move, move_from
from domain.readings import Kind, Position
from tests.builders import NOW
from tests.moved import export, feed, in_pieces, row

AT = "2026-03-08T10:00:00+00:00"


def look(body: bytes, piece: int = 1 << 16) -> tuple[Move, list[dict]]:
    """What is found, and its entries."""
    found, lines = looked(body, piece)
    return found, [json.loads(line) for line in lines if line.strip()]


def looked(body: bytes, piece: int = 1 << 16) -> tuple[Move, list[bytes]]:
    moving = Moving(in_pieces(body, piece), io.BytesIO(), NOW)
    while moving.next():
        pass
    return moving.found, b"".join(moving.lines()).splitlines()


def said(body: bytes) -> list[str]:
    """The faults of the rows that cannot be stored."""
    return [each.sentence for each in look(body)[0].faults]


def refused(body: bytes) -> str:
    with pytest.raises(Invalid) as found:
        look(body)
    return found.value.detail


class TestExports:
    def test_a_row_is_an_entry(self):
        found, [entry] = look(export(f"{AT},1,21.50,open,48.5,9.25,340,hello"))
        assert entry == {
            "at": "2026-03-08T10:00:00Z",
            "values": {"field1": "21.50", "field2": "open"},
            "status": "hello",
            "latitude": 48.5,
            "longitude": 9.25,
            "elevation": 340.0,
        }
        assert (found.rows, found.taken, found.statuses, found.positions) == (1, 1, 1, 1)

    def test_fields_alone_will_do(self):
        _, [entry] = look(export(f"{AT},1,5", head="created_at,entry_id,field7"))
        assert entry["values"] == {"field7": "5"}

    def test_an_empty_cell_is_nothing_and_an_empty_text_is_one(self):
        _, [one, other] = look(export(f'{AT},1,,"",,,,', "2026-03-08T10:00:01+00:00,2,5,,,,,"))
        assert (one["values"], other["values"]) == ({"field2": ""}, {"field1": "5"})

    @pytest.mark.parametrize("head", ["﻿created_at,entry_id,field1", "Created_At, entry_id ,FIELD1"])
    def test_a_heading_may_be_written_otherwise(self, head):
        assert look(export(f"{AT},1,5", head=head))[1][0]["values"] == {"field1": "5"}

    @pytest.mark.parametrize("sign", [";", "\t"])
    def test_a_spreadsheet_may_have_saved_it_anew(self, sign):
        body = export(f"{AT},1,5", head="created_at,entry_id,field1").replace(b",", sign.encode())
        assert look(body)[1][0]["values"] == {"field1": "5"}

    def test_other_columns_are_told_of(self):
        found, _ = look(export(f"{AT},1,5,x", head="created_at,entry_id,field1,colour"))
        assert found.not_taken() == ["These columns are no part of a channel: colour."]

    def test_it_may_be_packed(self):
        assert look(gzip.compress(export(f"{AT},1,5,,,,,")))[0].taken == 1

    def test_cells_may_have_line_ends_in_them(self):
        assert look(export(f'{AT},1,5,"a\nb",,,,'))[1][0]["values"]["field2"] == "a\nb"


class TestFeeds:
    def test_an_item_is_an_entry(self):
        _, [entry] = look(feed([row(0, 1, field1="21.50", field2=None, status="hello")]))
        assert entry == {"at": "2026-03-08T10:00:00Z", "values": {"field1": "21.50"}, "status": "hello"}

    def test_the_channel_is_described(self):
        found, _ = look(
            feed([], name="Kiln", description="Hot.", latitude="48.5", longitude="9.25", elevation="340", metadata="m")
        )
        assert (found.name, found.description, found.metadata) == ("Kiln", "Hot.", "m")
        assert (found.position, found.elevation) == (Position(48.5, 9.25), 340.0)

    def test_a_channel_at_zero_and_zero_is_nowhere(self):
        assert look(feed([]))[0].position is None

    @pytest.mark.parametrize("piece", [1, 7, 64])
    @pytest.mark.parametrize("indent", [None, 2])
    def test_however_it_is_laid_out_and_comes(self, piece, indent):
        told = json.loads(feed([row(0, 1, field1="1"), row(1, 2, field1='{]\\"é')], field1="Heat"))
        found, entries = look(json.dumps(told, indent=indent, ensure_ascii=False).encode(), piece)
        assert [entry["values"]["field1"] for entry in entries] == ["1", '{]\\"é']
        assert found.fields[1].label == "Heat"

    def test_the_channel_may_come_last(self):
        told = json.loads(feed([row(0, 1, field1="1")], field1="Heat"))
        body = json.dumps({"feeds": told["feeds"], "channel": told["channel"]}).encode()
        assert look(body)[0].fields[1].label == "Heat"

    def test_numbers_keep_how_they_are_written(self):
        body = feed([row(0, 1)]).replace(b'"entry_id":1', b'"entry_id":1,"field1":21.50,"field2":true')
        assert look(body)[1][0]["values"] == {"field1": "21.50", "field2": "true"}

    def test_a_channel_without_entries_is_one(self):
        found, entries = look(feed([], field1="Heat"))
        assert (entries, found.feeds()[0].title, found.feeds()[0].kind) == ([], "Heat", Kind.MIXED)

    def test_what_holds_a_key_is_left_out(self):
        found, _ = look(feed([], description=f"my key {new_key(random.choice)}", field1="Heat"))
        assert found.description == ""
        assert found.not_taken() == ["The channel's description holds a key or a token, which others could read here."]


class TestFields:
    @pytest.mark.parametrize(
        ("values", "kind", "not_taken"),
        [
            (["1", "2.50", "-3e2"], Kind.NUMBER, 0),
            (["1", "nan", "", "inf"], Kind.NUMBER, 3),
            (["open", "nan", ""], Kind.TEXT, 0),
            (["1", "open", "nan", ""], Kind.MIXED, 1),
            (["nan"], Kind.TEXT, 0),
            (["21,5"], Kind.TEXT, 0),
        ],
    )
    def test_all_of_the_file_says_what_a_field_holds(self, values, kind, not_taken):
        found, _ = look(feed([row(place, place + 1, field1=value) for place, value in enumerate(values)]))
        assert (found.fields[1].kind, found.fields[1].left_out) == (kind, not_taken)

    def test_a_word_in_the_last_of_many_rows_counts(self):
        rows = [row(place, place + 1, field1="1") for place in range(2_500)]
        found, _ = look(feed([*rows, row(2_500, 2_501, field1="ERR")]))
        assert found.fields[1].kind is Kind.MIXED

    @pytest.mark.parametrize(
        ("label", "unit"),
        [
            ("Temperature (°C)", "°C"),
            ("Humidity [%]", "%"),
            ("Room temperature", "°C"),
            ("Soil moisture", "%"),
            ("Heat", None),
        ],
    )
    def test_a_unit_is_guessed_from_the_label(self, label, unit):
        [feed_of_it] = look(feed([row(0, 1, field1="1")], field1=label))[0].feeds()
        assert (feed_of_it.name, feed_of_it.title, feed_of_it.unit) == ("field1", label, unit)

    def test_a_field_in_which_nothing_stands_needs_a_label(self):
        found, _ = look(feed([row(0, 1, field2="1", field1=None, field3=None)], field3="Door"))
        assert list(found.fields) == [2, 3]


class TestTimes:
    @pytest.mark.parametrize(
        "written",
        [
            "2026-03-08T11:00:00+01:00",
            "2026-03-08T05:00:00-0500",
            "2026-03-08 10:00:00 UTC",
            "2026-03-08 10:00:00 GMT",
            "2026-03-08 15:30:00 +0530",
            "2026-03-08T10:00:00Z",
            "2026-03-08 10:00:00",
        ],
    )
    def test_any_offset_is_understood(self, written):
        assert look(export(f"{written},1,5,,,,,"))[1][0]["at"] == "2026-03-08T10:00:00Z"

    def test_offsets_may_change_in_a_file(self):
        rows = ("2026-10-25T02:59:59+02:00,1,5,,,,,", "2026-10-25T02:00:00+01:00,2,6,,,,,")
        assert [entry["at"][11:] for entry in look(export(*rows))[1]] == ["00:59:59Z", "01:00:00Z"]

    def test_those_without_a_zone_are_counted(self):
        found, _ = look(export("2026-03-08 10:00:00,1,5,,,,,", f"{AT},2,6,,,,,"))
        assert found.zoneless == 1

    def test_letters_alone_are_no_zone(self):
        words = 'Line 2, created_at: which zone is meant by "CET" is not known: take the file in UTC.'
        assert said(export("2026-03-08 11:00:00 CET,1,5,,,,,", f"{AT},2,6,,,,,")) == [words]

    def test_the_span_is_told(self):
        found, _ = look(feed([row(5, 2, field1="1"), row(0, 1, field1="1")]))
        assert (found.last_at - found.first_at) == 5_000_000


class TestOrder:
    def test_a_descending_file_is_turned_round(self):
        rows = [row(place // 2, place + 1, field1=str(place)) for place in range(2_001)]
        _, entries = look(feed(reversed(rows)))
        assert [entry["values"]["field1"] for entry in entries] == [str(place) for place in range(2_001)]

    def test_entries_of_one_second_stay_apart(self):
        _, entries = look(feed([row(0, 1, field1="1"), row(0, 2, field1="1"), row(0, 3, field1="2")]))
        assert [entry["at"][19:] for entry in entries] == ["Z", ".000001Z", ".000002Z"]

    def test_the_same_entry_twice_is_one(self):
        found, entries = look(feed([row(0, 1, field1="1"), row(0, 1, field1="1")]))
        assert (len(entries), found.taken, found.repeated) == (1, 1, 1)
        assert found.not_taken() == ["1 row is in the file twice and stored once."]

    def test_other_rows_stay_in_the_order_of_the_file(self):
        _, entries = look(feed([row(1, 1, field1="a"), row(3, 2, field1="b"), row(2, 3, field1="c")]))
        assert [entry["values"]["field1"] for entry in entries] == ["a", "b", "c"]

    def test_lines_are_those_of_the_file(self):
        body = export(
            f"{AT},1,5,,,,,", "never,2,6,,,,,", '2026-03-08T10:00:02Z,3,7,"a\nb",,,,', "2026-03-08T10:00:03Z,4,8,,,,,"
        )
        found, lines = looked(body)
        assert [place for place, line in enumerate(lines, 1) if line] == [2, 4, 6]
        assert found.bad == 1


class TestBesides:
    def test_a_row_with_a_status_alone_is_an_entry(self):
        assert look(export(f"{AT},1,,,,,,restarted"))[1][0]["status"] == "restarted"

    def test_a_row_with_nothing_is_an_entry(self):
        assert look(export(f"{AT},1,,,,,,"))[1][0]["values"] == {}

    def test_a_place_that_is_none_is_left_out_and_told(self):
        found, entries = look(
            export(f"{AT},1,5,,95,9,,", "2026-03-08T10:00:01Z,2,5,,48,9,high,", f"{AT[:-6]}Z,3,5,,,,12,")
        )
        assert ["latitude" in entry for entry in entries] == [False, True, False]
        assert found.not_taken() == [
            "1 row names a place that is not on Earth.",
            "2 rows have an elevation that is no number, or one without a place.",
        ]

    def test_what_is_found_can_be_kept(self):
        found, _ = look(feed([row(0, 1, field1="1"), "x"], latitude="1", longitude="2", field1="Heat"))
        assert move_from(json.loads(json.dumps(found.to_json()))) == found


class TestBadRows:
    @pytest.mark.parametrize(
        ("row", "sentence"),
        [
            ("tomorrow,2,5,,,,,", 'Line 3, created_at: "tomorrow" is not a time.'),
            (",2,5,,,,,", "Line 3, created_at: there is no time."),
            ("1969-03-08T10:00:00Z,2,5,,,,,", "Line 3, created_at: 1969-03-08T10:00:00Z is before 1970."),
            ("2026-03-08T10:00:00Z,2,5", "Line 3: the row has 3 cells, the heading has 8."),
            ("2026-03-08T10:00:00Z,2,1e999,,,,,", "Line 3, field1: the number is too great to be stored."),
            (
                f"2026-03-08T10:00:00Z,2,,{'x' * 1001},,,,",
                "Line 3, field2: the text is 1001 characters long; at most 1000 are stored.",
            ),
            (
                '2026-03-08T10:00:00Z,2,5,"open,,,,',
                "Line 3: a quotation mark is opened here and never closed.",
            ),
        ],
    )
    def test_a_sentence_names_the_line(self, row, sentence):
        assert said(export(f"{AT},1,5,,,,,", row)) == [sentence]

    @pytest.mark.parametrize(
        ("item", "sentence"),
        [
            ('"x"', "Line 1, entry 2: this is no object."),
            ('{"created_at":"x"}', 'Line 1, entry 2, created_at: "x" is not a time.'),
            ('{"field1":[1]}', "Line 1, entry 2, field1: a list or an object is no value."),
        ],
    )
    def test_of_a_feed_it_names_the_entry(self, item, sentence):
        body = feed([row(0, 1, field1="1")]).replace(b"}]}", b"}," + item.encode() + b"]}")
        assert said(body) == [sentence]

    @pytest.mark.parametrize(
        ("body", "words"),
        [
            (b"", "is empty"),
            (b"a,b\n1,2\n", "no heading with created_at"),
            (b"<channel/>", "is XML"),
            (b"[]", "a list in JSON"),
            (b"{}", "has no feeds"),
            (b'{"channel":{},"feeds":{}}', "Line 1: there should be [ here."),
            (b'{"channel":{},"feeds":[{}', "Line 1: the file ends too early."),
            (b'{"channel":{},\n"feeds":[{"a', "Line 2: this is not JSON, or it is cut short."),
            (b'{"channel":{},"feeds":[]} x', "Line 1: something follows the end."),
            (b'{"channel":{},"feeds":[1 2]}', "Line 1: there should be , or ] here."),
            (b"created_at,entry_id,field1\nx,1,2\n", "None of the 1 rows can be stored. Line 2"),
            (b"created_at,entry_id\n", "has no entries"),
            (b"PK\x03\x04", "a spreadsheet"),
            (b'{"feeds":' + b"[" * 100_000, "Line 1"),
        ],
    )
    def test_what_is_no_such_file_is_refused(self, body, words):
        assert words in refused(body)
