"""A channel's entries read in ThingSpeak's language: how many, in which form, with which times."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest

import context
from domain.timespan import MINUTE, SECOND
from tests.builders import NOW, append, entry
from tests.dialects.thingspeak.reads import TYPES, feeds, greenhouse, lines, numbers, read
from tests.lab import Board, Lab, opened_lab


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture(scope="module")
def board(lab) -> Board:
    return greenhouse(lab)


class TestForms:
    def test_json_is_compact_and_has_its_members_in_order(self, board):
        assert read(board, "feeds.json").text == (
            '{"channel":{"id":1,"name":"Greenhouse","description":"Behind the lab","latitude":"0.0","longitude":"0.0",'
            '"field1":"temperature","field2":"door","created_at":"2026-11-20T10:00:00Z",'
            '"updated_at":"2026-11-20T10:00:00Z","last_entry_id":3},"feeds":['
            '{"created_at":"2026-11-20T10:00:00Z","entry_id":1,"field1":"21.50","field2":"a \\"b\\", c"},'
            '{"created_at":"2026-11-20T10:01:00Z","entry_id":2,"field1":null,"field2":null},'
            '{"created_at":"2026-11-20T10:02:00Z","entry_id":3,"field1":"3","field2":null}]}'
        )

    def test_csv_is_the_rows_alone(self, board):
        assert read(board, "feeds.csv?status=true&location=true").text == (
            "created_at,entry_id,field1,field2,latitude,longitude,elevation,status\n"
            '2026-11-20 10:00:00 UTC,1,21.50,"a ""b"", c",,,,\n'
            "2026-11-20 10:01:00 UTC,2,,,48.5,9.25,340,resting\n"
            "2026-11-20 10:02:00 UTC,3,3,,,,,\n"
        )

    def test_xml_tells_types_and_what_is_null(self, board):
        found = ElementTree.fromstring(read(board, "feeds.xml").data)
        assert found.tag == "channel"
        assert [(each.tag, each.get("type")) for each in found] == [
            ("id", "integer"),
            ("name", None),
            ("description", None),
            ("latitude", "decimal"),
            ("longitude", "decimal"),
            ("field1", None),
            ("field2", None),
            ("created-at", "dateTime"),
            ("updated-at", "dateTime"),
            ("last-entry-id", "integer"),
            ("feeds", "array"),
        ]
        assert [(each.tag, each.text, each.attrib) for each in found.findall("feeds/feed")[2]] == [
            ("created-at", "2026-11-20T10:02:00Z", {"type": "dateTime"}),
            ("entry-id", "3", {"type": "integer"}),
            ("field1", "3", {}),
            ("field2", None, {"nil": "true"}),
        ]

    @pytest.mark.parametrize("path", ["feeds", "feed", "fields/2", "field/2", "fields/field2"])
    @pytest.mark.parametrize("ending", TYPES)
    def test_each_address_answers_in_each_form(self, board, path, ending):
        answer = read(board, path + ending)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, f"{TYPES[ending]}; charset=utf-8")
        assert len(answer.data) == answer.content_length

    @pytest.mark.parametrize("ending", ["", ".txt"])
    def test_other_endings_are_the_same_json(self, board, ending):
        assert read(board, f"feeds{ending}").text == read(board, "feeds.json").text

    def test_a_slash_at_the_end_leads_nowhere_else(self, board):
        assert read(board, "feeds/").status_code == 200

    def test_a_field_has_its_rows_and_all_labels(self, board):
        found = read(board, "fields/2.json").json
        assert found["channel"] == read(board, "feeds.json").json["channel"]
        assert [list(row) for row in found["feeds"]] == [["created_at", "entry_id", "field2"]] * 3
        assert [row["field2"] for row in found["feeds"]] == ['a "b", c', None, None]

    def test_a_channel_without_entries_has_none(self, lab):
        found = read(lab.enrol(feeds=("temperature",)), "feeds.json").json
        assert (found["feeds"], found["channel"]["last_entry_id"]) == ([], None)

    def test_all_rows_have_the_same_members(self, board):
        rows = feeds(board, "status=TRUE&location=True")
        members = ["created_at", "entry_id", "field1", "field2", "latitude", "longitude", "elevation", "status"]
        assert [list(row) for row in rows] == [members] * 3
        assert list(rows[1].values())[4:] == ["48.5", "9.25", "340", "resting"]

    @pytest.mark.parametrize("query", ["status=1&location=yes", "status=false", ""])
    def test_status_and_place_come_for_the_word_true_alone(self, board, query):
        assert set(feeds(board, query)[1]) == {"created_at", "entry_id", "field1", "field2"}

    @pytest.mark.parametrize(("query", "has_it"), [("metadata=true", True), ("metadata=1", False)])
    def test_metadata_stand_last_in_the_channel(self, board, query, has_it):
        assert ("metadata" in list(read(board, f"feeds.json?{query}").json["channel"])[-1:]) == has_it

    def test_a_callback_is_called_with_the_json(self, board):
        answer = read(board, "feeds.json?callback=chart.fill")
        assert answer.text == f"chart.fill({read(board, 'feeds.json').text})"
        assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"

    @pytest.mark.parametrize("callback", ["alert(1)//", "", "1a", "a;b", "<script>", "é"])
    def test_what_is_no_function_s_name_is_not_called(self, board, callback):
        answer = read(board, "feeds.json?" + urlencode({"callback": callback}))
        assert answer.text == read(board, "feeds.json").text

    @pytest.mark.parametrize("path", ["feeds", "fields/1/last", "fields/1/last.txt", "feeds.xml", "feeds.csv"])
    def test_a_browser_runs_nothing_of_what_a_board_sent(self, lab, path):
        made = lab.enrol(feeds=("note:text",))
        append(lab.store, made.channel, entry(NOW, note="<script>alert(1)</script>"))
        answer = read(made, path)
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"

    def test_pages_of_other_sites_may_read(self, board):
        assert read(board, "feeds.json").headers["Access-Control-Allow-Origin"] == "*"


@pytest.fixture(scope="module")
def long(lab) -> Board:
    """A channel with 9000 entries, one a minute, the last of them just now."""
    made = lab.enrol(feeds=("count",))
    now = context.now()
    append(lab.store, made.channel, *[entry(now - (9000 - each) * MINUTE, count=each) for each in range(1, 9001)])
    return made


class TestHowMuch:
    @pytest.mark.parametrize(
        ("query", "many"),
        [
            ("", 100),
            ("results=", 100),
            ("results=many", 100),
            ("results=-1", 100),
            ("results=0", 0),
            ("results=1", 1),
            ("results=250", 250),
            ("results=8000", 8000),
            ("results=8001", 8000),
            ("days=1", 1440),
            ("days=1&results=10", 10),
            ("days=900", 8000),
            ("minutes=30", 30),
            ("minutes=300", 100),
            ("minutes=300&results=200", 200),
            ("minutes=30&days=2", 30),
            ("days=0", 0),
            ("start=2001-01-01", 8000),
            ("start=2001-01-01&days=1", 8000),
            ("start=nonsense", 8000),
            ("end=2001-01-01", 0),
            ("start=2030-01-01&end=2001-01-01", 0),
            ("start_entry_id=11&end_entry_id=20", 10),
            ("start_entry_id=8991", 10),
            ("end_entry_id=10", 10),
            ("end_entry_id=10&results=4", 4),
            ("start_entry_id=1", 8000),
        ],
    )
    def test_so_many_are_told(self, long, query, many):
        assert len(feeds(long, query)) == many

    @pytest.mark.parametrize("query", ["", "results=5", "days=1", "start_entry_id=8000"])
    def test_they_are_the_newest_and_the_oldest_comes_first(self, long, query):
        found = numbers(long, query)
        assert found == list(range(9001 - len(found), 9001))

    def test_without_a_range_their_age_does_not_matter(self, board):
        assert numbers(board) == [1, 2, 3]

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("start=2026-11-20%2010:01:00", [2, 3]),
            ("start=2026-11-20+10:01:00&end=2026-11-20T10:01:00Z", [2]),
            ("end=2026-11-20%2010:00:59", [1]),
            ("start=2026-11-20%2011:01:00&timezone=Europe/Berlin", [2, 3]),
            ("start=2026-11-20%2011:01:00&timezone=Europe%2FBerlin&end=2026-11-20%2011:01:00", [2]),
            ("start=2026-11-20%2005:01:00&offset=-5", [2, 3]),
            ("start=2026-11-20T10:01:00%2B00:00&timezone=Europe/Berlin", [2, 3]),
        ],
    )
    def test_both_ends_count_and_are_read_in_the_zone(self, board, query, expected):
        assert numbers(board, query) == expected

    def test_the_end_counts_to_the_end_of_its_second(self, lab):
        made = lab.enrol(feeds=("temperature",))
        append(lab.store, made.channel, entry(NOW + SECOND - 1, temperature=1), entry(NOW + SECOND, temperature=2))
        assert numbers(made, "end=2026-11-20T10:00:00Z") == [1]

    def test_an_update_is_a_row_also_where_it_brought_nothing(self, lab):
        made = lab.enrol(feeds=("temperature",))
        assert [made.get(f"/update?key={made.key}").text, numbers(made)] == ["1", [1]]

    def test_feeds_beyond_the_eighth_have_no_field_but_their_entries_count(self, lab):
        made = lab.enrol(feeds=tuple(f"f{number}" for number in range(1, 10)))
        append(lab.store, made.channel, entry(NOW, f1=1), entry(NOW + 1, f9=9))
        rows = feeds(made)
        assert [list(row)[2:] for row in rows] == [[f"field{number}" for number in range(1, 9)]] * 2
        assert [row["field1"] for row in rows] == ["1", None]


class TestZones:
    @pytest.mark.parametrize(
        ("query", "in_json", "in_csv"),
        [
            ("", "2026-11-20T10:00:00Z", "2026-11-20 10:00:00 UTC"),
            ("timezone=Europe/Berlin", "2026-11-20T11:00:00+01:00", "2026-11-20 11:00:00 CET"),
            ("timezone=America%2FSao_Paulo", "2026-11-20T07:00:00-03:00", "2026-11-20 07:00:00 -0300"),
            ("timezone=Atlantis", "2026-11-20T10:00:00Z", "2026-11-20 10:00:00 UTC"),
            ("timezone=Etc/UTC", "2026-11-20T10:00:00Z", "2026-11-20 10:00:00 UTC"),
            ("offset=0", "2026-11-20T10:00:00Z", "2026-11-20 10:00:00 UTC"),
            ("offset=-5", "2026-11-20T05:00:00-05:00", "2026-11-20 05:00:00 -0500"),
            ("offset=99", "2026-11-20T10:00:00Z", "2026-11-20 10:00:00 UTC"),
            ("offset=3&timezone=Europe/Berlin", "2026-11-20T11:00:00+01:00", "2026-11-20 11:00:00 CET"),
        ],
    )
    def test_times_are_told_in_the_zone(self, board, query, in_json, in_csv):
        assert feeds(board, query)[0]["created_at"] == in_json
        assert lines(board, f"feeds.csv?{query}")[1][0] == in_csv

    def test_so_are_those_of_the_channel(self, board):
        head = read(board, "feeds.json?timezone=Europe/Berlin").json["channel"]
        assert head["created_at"] == "2026-11-20T11:00:00+01:00"


class TestStream:
    def test_it_is_every_entry_as_a_file(self, long):
        answer = long.get(f"/stream/channels/{long.channel_id}/feeds")
        assert answer.headers["Content-Disposition"] == "attachment; filename=feeds.csv"
        found = list(csv.reader(answer.text.splitlines()))
        assert found[0] == ["created_at", "entry_id", "field1"]
        assert [row[1:] for row in found[1:]] == [[str(each), str(each)] for each in range(1, 9001)]
