"""`/update`, in every form: what is stored, what is answered, what its owner is told of the rest."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from functools import partial
from xml.etree import ElementTree

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.test import Client

from domain.keys import new_key
from domain.readings import Position
from domain.roles import Right, Role
from domain.timespan import SECOND
from models import talkbacks
from models.schema import channel as channel_table
from tests.dialects.thingspeak.boards import FORM, ThingSpeakBoard, enrol
from tests.lab import Lab, opened_lab
from tests.people import acting, make_new_member
from tests.tokens import make_token

NEW_YEAR = 1_704_067_200
"""2024-01-01T00:00:00Z in seconds."""

PLAIN = {"": "text/html", ".txt": "text/plain", ".json": "application/json", ".xml": "application/xml"}
"""The endings of /update and the content types of their answers."""

each_ending = pytest.mark.parametrize("ending", PLAIN)


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture
def board(lab) -> ThingSpeakBoard:
    return enrol(lab)


def told_id(response, ending: str) -> str:
    """The entry's number, in whatever form it is told."""
    if ending == ".json":
        return str(response.json["entry_id"])
    return str(ElementTree.fromstring(response.text).findtext("entry-id")) if ending == ".xml" else response.text


class TestCarriers:
    """Where the key may be × how the rest comes × the method."""

    @pytest.mark.parametrize("header", ["X-THINGSPEAKAPIKEY", "THINGSPEAKAPIKEY", "x-thingspeakapikey"])
    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_a_header(self, lab, board, method, header):
        response = lab.client.open("/update?field1=1", method=method, headers={header: f" {board.key} "})
        assert response.text == "1"

    @pytest.mark.parametrize("name", ["key", "api_key", "apikey"])
    @pytest.mark.parametrize("ending", PLAIN)
    @pytest.mark.parametrize(
        "options",
        [
            {"method": "GET", "carrier": "query_string"},
            {"method": "POST", "carrier": "query_string"},
            {"method": "POST", "carrier": "data"},
            {"method": "GET", "carrier": "data"},
            {"method": "POST", "carrier": "data", "content_type": "multipart/form-data"},
            {"method": "POST", "carrier": "json"},
            {"method": "GET", "carrier": "json"},
        ],
        ids=lambda options: " ".join(options.values()),
    )
    def test_a_parameter(self, lab, board, options, ending, name):
        rest = dict(options)
        carried = {rest.pop("carrier"): {name: f" {board.key} ", "field1": "21.5", "field2": "open"}}
        response = lab.client.open(f"/update{ending}", **rest, **carried)
        assert (response.status_code, told_id(response, ending)) == (200, "1")
        assert sorted(board.stored()) == [("door", "open"), ("temperature", 21.5)]

    def test_a_header_comes_before_a_parameter(self, lab, board):
        other = enrol(lab)
        lab.client.get(f"/update?field1=1&api_key={other.key}", headers={"X-THINGSPEAKAPIKEY": board.key})
        assert (board.stored(), other.stored()) == ([("temperature", 1)], [])

    def test_places_are_taken_together(self, lab, board):
        lab.client.post(f"/update?field1=1&api_key={board.key}", data={"field2": "open"})
        assert sorted(board.stored()) == [("door", "open"), ("temperature", 1)]

    def test_a_long_name_comes_before_a_short_one(self, board):
        board.update(**{"1": "5", "field1": "7", "2": "shut", "lat": "1", "latitude": "2", "long": "3"})
        assert sorted(board.stored()) == [("door", "shut"), ("temperature", 7)]
        assert board.entries()[0][2] == Position(2, 3)

    @pytest.mark.parametrize("spelled", ["chunked", "Chunked"])
    @pytest.mark.parametrize("kind", [FORM, "multipart/form-data"])
    def test_a_body_that_comes_in_chunks_counts_too(self, lab, board, kind, spelled):
        """The server puts them together, and knows no length."""
        chunked = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": spelled}
        sent = {"api_key": board.key, "field1": "4"}
        assert lab.client.post("/update", data=sent, content_type=kind, environ_overrides=chunked).text == "1"
        assert board.stored() == [("temperature", 4)]

    def test_json_that_is_called_a_form_is_json(self, lab, board):
        body = json.dumps({"api_key": board.key, "field1": 4})
        assert lab.client.post("/update", data=body, content_type=FORM).text == "1"

    @pytest.mark.parametrize("header", ["X-THINGSPEAKAPIKEY", "THINGSPEAKAPIKEY"])
    @pytest.mark.parametrize("ending", PLAIN)
    @pytest.mark.parametrize("carrier", ["query_string", "data", "json"])
    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_a_header_with_values_anywhere(self, lab, board, method, carrier, ending, header):
        options = {carrier: {"field1": "21.5"}, "headers": {header: board.key}}
        response = lab.client.open(f"/update{ending}", method=method, **options)
        assert (response.status_code, told_id(response, ending)) == (200, "1")
        assert board.stored() == [("temperature", 21.5)]


class TestBadKeys:
    @each_ending
    @pytest.mark.parametrize(
        "whose", ["missing", "empty", "a typo", "unknown", "a read key", "revoked", "a queue's", "a personal token"]
    )
    def test_is_answered_with_0_and_nothing_is_stored(self, lab, board, whose, ending):
        written = {
            "missing": None,
            "empty": "",
            "a typo": "ABCDEFGHIJKLMNOP",
            "unknown": new_key(lambda alphabet: alphabet[7]),
            "a read key": lab.make_key(board.channel_id, Right.READ),
            "revoked": board.key,
            "a queue's": make_queue_key(lab, board),
            "a personal token": make_token(lab, make_new_member(lab.store, board.channel_id, "Ada Finch", Role.OWNER)),
        }[whose]
        if whose == "revoked":
            lab.revoke(board.key)
        rows = lab.count_rows()
        query = {"field1": "1"} | ({} if written is None else {"api_key": written})
        response = lab.client.get(f"/update{ending}", query_string=query)
        assert (response.status_code, response.text) == (400, "0")
        assert lab.count_rows() == rows

    def test_a_read_key_is_told_to_the_owner(self, lab, board):
        read_key = lab.make_key(board.channel_id, Right.READ)
        lab.client.get(f"/update?field1=1&api_key={read_key}")
        ((code, detail, hint, door),) = board.refusals()
        assert (code, hint, door) == ("forbidden", "Use the channel's write key.", "ThingSpeak")
        assert detail.startswith("This is a read key")


def make_queue_key(lab: Lab, board: ThingSpeakBoard) -> str:
    """The key of a queue of the board's channel."""
    owner = make_new_member(lab.store, board.channel_id, "Olga Owner", Role.OWNER)
    written = new_key(random.choice)
    lab.store.tell(talkbacks.make, acting(owner), lab.parts.vault, board.channel_id, written, "Board")
    return written


class TestAnswers:
    @each_ending
    def test_it_has_its_length_and_its_kind(self, board, ending):
        response = board.update(ending, field1="1")
        assert response.content_type == f"{PLAIN[ending]}; charset=utf-8"
        assert response.headers["Content-Length"] == str(len(response.data))
        assert "Transfer-Encoding" not in response.headers

    def test_json_has_every_field_and_is_compact(self, board):
        sent = {"field1": "21.50", "field2": "5", "lat": "47.5", "long": "19", "elevation": "120", "status": "well"}
        response = board.update(".json", created_at="2024-01-01T00:00:00Z", **sent)
        assert response.text == (
            f'{{"channel_id":{board.channel_id},"created_at":"2024-01-01T00:00:00Z","entry_id":1,"field1":"21.50",'
            '"field2":"5","field3":null,"field4":null,"field5":null,"field6":null,"field7":null,"field8":null,'
            '"latitude":"47.5","longitude":"19","elevation":"120","status":"well"}'
        )

    def test_xml_has_every_field(self, board):
        root = ElementTree.fromstring(board.update(".xml", field1="21.50", status="a < b").text)
        assert (root.tag, root.findtext("field1"), root.findtext("status")) == ("feed", "21.50", "a < b")
        assert root.find("field8").attrib == root.find("elevation").attrib == {"nil": "true"}
        assert root.find("latitude").attrib == root.find("longitude").attrib == {"type": "decimal", "nil": "true"}
        assert root.find("entry-id").attrib == root.find("channel-id").attrib == {"type": "integer"}
        assert root.find("created-at").attrib == {"type": "dateTime"}

    def test_numbers_of_json_are_texts(self, lab, board):
        sent = {"api_key": board.key, "field1": 5.0, "field2": True}
        response = lab.client.post("/update.json", json=sent)
        assert (response.json["field1"], response.json["field2"]) == ("5.0", "true")

    @each_ending
    def test_what_was_refused_is_not_in_it(self, lab, ending):
        board = enrol(lab, accepts_new_feeds=False)
        response = board.update(ending, field1="high", field2="open", field3="3")
        assert (response.status_code, told_id(response, ending)) == (200, "1")
        assert board.stored() == [("door", "open")]
        if ending == ".json":
            assert [response.json[f"field{number}"] for number in (1, 2, 3)] == [None, "open", None]
        if ending == ".xml":
            root = ElementTree.fromstring(response.text)
            assert [root.findtext(f"field{number}") for number in (1, 2, 3)] == ["", "open", ""]

    def test_numbers_ascend(self, board):
        assert [board.update(field1=str(value)).text for value in range(3)] == ["1", "2", "3"]

    def test_created_at_is_told_in_the_zone_asked_for(self, board):
        given = {"created_at": "2024-07-01 12:00:00", "timezone": "Europe/Berlin"}
        assert board.update(".json", **given).json["created_at"] == "2024-07-01T12:00:00+02:00"

    def test_pages_of_other_sites_may_read_it(self, board):
        headers = board.update(field1="1").headers
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert headers["Access-Control-Allow-Methods"] == "GET, POST, PUT, OPTIONS, DELETE, PATCH"
        assert headers["Access-Control-Max-Age"] == "1800"


class TestMethods:
    @each_ending
    @pytest.mark.parametrize("path", ["/update", "/s/update"])
    def test_options_is_answered_empty(self, lab, path, ending):
        response = lab.client.options(path + ending)
        assert (response.status_code, response.data) == (200, b"")
        assert "X-THINGSPEAKAPIKEY" in response.headers["Access-Control-Allow-Headers"]

    @each_ending
    def test_head_stores_nothing(self, lab, board, ending):
        rows = lab.count_rows()
        response = lab.client.head(f"/update{ending}?field1=1&api_key={board.key}")
        assert (response.status_code, lab.count_rows()) == (405, rows)

    @pytest.mark.parametrize("path", ["/s/update", "/update/", "/s/update.json", "/update.json/"])
    def test_other_spellings_are_no_redirect(self, lab, board, path):
        assert lab.client.post(path, data={"api_key": board.key, "field1": "1"}).status_code == 200
        assert board.stored() == [("temperature", 1)]


class TestTheLane:
    """What stands before Flask answers as Flask's own view behind it."""

    @each_ending
    @pytest.mark.parametrize("sent", ["field1=1", "field1=\xff", "field1=" + "x" * 256, "key=wrong&field1=1"])
    def test_both_say_the_same(self, lab, ending, sent):
        answers = []
        for app in (lab.app.wsgi_app, partial(Flask.wsgi_app, lab.app)):
            board = enrol(lab)
            response = Client(app).post(
                f"/update{ending}",
                data=sent.encode("latin-1"),
                content_type=FORM,
                headers=[] if "key=" in sent else [("X-THINGSPEAKAPIKEY", board.key)],
                query_string={"created_at": "2024-01-01 00:00:00"},
            )
            text = response.text.replace(str(board.channel_id), "N")
            headers = {name: value for name, value in response.headers if name != "Content-Length"}
            answers.append((response.status_code, text, headers))
        assert answers[0] == answers[1]


class TestPace:
    def test_an_update_too_soon_is_answered_with_0_and_200(self, lab):
        board = enrol(lab, pace_ms=3_600_000)
        assert board.update(field1="1").text == "1"
        for ending, kind in PLAIN.items():
            response = board.update(ending, field1="2")
            assert (response.status_code, response.text) == (200, "0")
            assert response.content_type == f"{kind}; charset=utf-8"
        assert board.stored() == [("temperature", 1)]

    def test_the_owner_is_told_of_it_with_its_cure(self, lab):
        board = enrol(lab, pace_ms=3_600_000)
        board.update(field1="1")
        board.update(field1="2")
        ((code, detail, hint, door),) = board.refusals()
        assert (code, door) == ("too-fast", "ThingSpeak")
        assert detail.endswith("this channel takes one in 3600 s.")
        assert "settings page" in hint

    def test_what_was_refused_does_not_count(self, lab):
        board = enrol(lab, pace_ms=3_600_000)
        assert board.update(status="x" * 256).status_code == 400
        assert board.update(field1="1").text == "1"
        assert board.update(field1="2").text == "0"

    def test_without_one_many_come_in_a_second(self, board):
        assert [board.update(field1=str(value)).text for value in range(5)] == ["1", "2", "3", "4", "5"]
        assert len(board.stored()) == 5

    def test_tstream_changes_nothing(self, lab):
        board = enrol(lab, pace_ms=3_600_000)
        assert [board.update(field1="1", tstream="1").text for _ in range(2)] == ["1", "0"]

    def test_each_channel_has_its_own(self, lab):
        boards = [enrol(lab, pace_ms=3_600_000) for _ in range(2)]
        assert [board.update(field1="1").text for board in boards] == ["1", "1"]

    def test_a_key_that_sends_faster_than_it_may_is_answered_so_too(self, tmp_path):
        with opened_lab(tmp_path, RATE_LIMIT="1/h burst 1") as lab:
            board = enrol(lab)
            assert [board.update(field1="1").text for _ in range(2)] == ["1", "0"]


class TestTimes:
    @pytest.mark.parametrize(
        ("written", "more", "seconds"),
        [
            ("2024-01-01T00:00:00Z", {}, 0),
            ("2024-01-01 00:00:00", {}, 0),
            ("2024-1-1 0:0:0", {}, 0),
            ("2024-01-01T01:00:00+01:00", {}, 0),
            ("2024-01-01 00:00:00 -0500", {}, 5 * 3600),
            ("2024-01-01 00:00:00 UTC", {}, 0),
            ("2024-01-01 00:00:00", {"timezone": "Europe/Berlin"}, -3600),
            ("2024-01-01 00:00:00", {"offset": "2"}, -7200),
            ("2024-01-01 00:00:00", {"timezone": "Europe/Berlin", "offset": "7"}, -3600),
            ("2024-01-01 00:00:00", {"timezone": "Mars/Olympus"}, 0),
            ("2024-01-01T00:00:00Z", {"timezone": "Europe/Berlin"}, 0),
            ("1704067200", {}, 0),
        ],
    )
    def test_many_spellings_are_read(self, board, written, more, seconds):
        board.update(field1="1", created_at=written, **more)
        assert board.instants() == [("temperature", (NEW_YEAR + seconds) * SECOND)]

    def test_a_plus_that_was_not_written_as_a_byte_is_one(self, lab, board):
        lab.client.get(f"/update?api_key={board.key}&field1=1&created_at=2024-01-01T01:00:00+01:00")
        assert board.instants() == [("temperature", NEW_YEAR * SECOND)]

    @pytest.mark.parametrize("written", ["yesterday", "", "2024-13-01 00:00:00", "0", "2024-01-01T25:00:00Z"])
    def test_what_is_no_time_is_now(self, board, written):
        assert board.update(field1="1", created_at=written).text == "1"
        assert board.instants()[0][1] > (NEW_YEAR + 365 * 86_400) * SECOND

    @pytest.mark.parametrize("written", ["1970-01-01T00:00:05Z", "2999-01-01T00:00:00Z"])
    def test_a_clock_that_is_not_set_is_told_to_the_owner(self, board, written):
        response = board.update(field1="1", created_at=written)
        assert (response.status_code, response.text) == (400, "0")
        ((_, detail, hint, _),) = board.refusals()
        assert detail.startswith(f"created_at says {written}")
        assert "clock" in hint

    @pytest.mark.parametrize("again", [{"field1": "1"}, {"field1": "2"}, {"field2": "open"}, {"status": "x"}, {}])
    @pytest.mark.parametrize("first", [{"field1": "1"}, {"status": "well"}, {}])
    def test_an_instant_is_taken_once(self, board, first, again):
        assert board.update(created_at="2024-01-01T00:00:00Z", **first).text == "1"
        response = board.update(created_at="2024-01-01T00:00:00Z", **again)
        assert (response.status_code, response.text) == (200, "0")
        assert len(board.entries()) == 1
        assert [refusal[:2] for refusal in board.refusals()] == [
            ("conflict", "The channel has an entry at 2024-01-01T00:00:00Z already.")
        ]

    def test_an_earlier_one_may_follow(self, board):
        board.update(field1="1", created_at="2024-01-01T00:00:10Z")
        assert board.update(field1="2", created_at="2024-01-01T00:00:00Z").text == "2"
        assert board.stored() == [("temperature", 2), ("temperature", 1)]


class TestValues:
    def test_nothing_at_all_is_an_entry(self, board):
        assert [board.update().text, board.update().text] == ["1", "2"]
        assert [entry_id for entry_id, _, _ in board.entries()] == [1, 2]

    def test_a_status_alone_is_an_entry(self, board):
        board.update(status="on fire")
        assert board.entries() == [(1, "on fire", None)]

    def test_a_place_goes_with_it(self, board):
        board.update(field1="1", lat="47.5", long="-19.25", elevation="120.5")
        assert board.entries() == [(1, None, Position(47.5, -19.25, 120.5))]

    @pytest.mark.parametrize("place", [{"lat": "91", "long": "0"}, {"lat": "1"}, {"lat": "x", "long": "y"}])
    def test_no_place_on_earth_is_none(self, board, place):
        assert board.update(field1="1", **place).text == "1"
        assert board.entries() == [(1, None, None)]

    def test_fields_that_the_channel_lacks_are_made_where_it_takes_new_ones(self, board):
        assert board.update(field5="3", field6="open").text == "1"
        assert sorted(board.stored()) == [("field5", 3), ("field6", "open")]
        assert board.update(".json", field5="4").json["field5"] == "4"

    @pytest.mark.parametrize(
        ("sent", "stored"),
        [
            (r"21.5\n", "21.5"),
            (r"21.5\r\n", "21.5"),
            ("21.5\r\n", "21.5"),
            ("a%b", "a%b"),
            ("50%", "50%"),
            ("23 °C", "23 °C"),
            ("a+b", "a b"),
            ("x" * 255, "x" * 255),
            ("", ""),
            ("0123456789012345678901234567890", "0123456789012345678901234567890"),
            ("nan", "nan"),
        ],
    )
    def test_a_raw_form_is_taken_as_it_was_meant(self, lab, board, sent, stored):
        body = f"api_key={board.key}&field2={sent}".encode()
        assert lab.client.post("/update", data=body, content_type=FORM).text == "1"
        assert board.stored() == [("door", stored)]

    def test_the_body_may_end_with_a_line(self, lab, board):
        lab.client.post("/update", data=f"api_key={board.key}&field1=1\r\n", content_type=FORM)
        assert board.stored() == [("temperature", 1)]

    def test_an_empty_text_is_no_number(self, board):
        assert board.update(field1="", field2="open").text == "1"
        assert (board.stored(), board.refusals()) == ([("door", "open")], [])

    @pytest.mark.parametrize("written", ["IP_ADDRESS", "ip_address"])
    def test_the_address_of_the_sender_can_be_a_value(self, board, written):
        board.update(field2=written)
        assert board.stored() == [("door", "127.0.0.1")]

    def test_a_spelling_is_kept(self, board):
        assert board.update(".json", field1="21.50").json["field1"] == "21.50"

    def test_a_list_is_no_value_and_the_owner_is_told(self, lab, board):
        sent = {"api_key": board.key, "field1": [1, 2], "field2": "open"}
        assert lab.client.post("/update", json=sent).text == "1"
        assert board.stored() == [("door", "open")]
        assert [detail for _, detail, _, _ in board.refusals()] == ['Feed "temperature": a list is not a reading.']

    def test_a_nul_in_a_status_does_not_matter(self, lab, board):
        lab.client.post("/update", json={"api_key": board.key, "status": "a\0b"})
        assert board.entries() == [(1, "ab", None)]


class TestRefused:
    @each_ending
    @pytest.mark.parametrize(
        "sent",
        [
            {"field1": "x" * 256},
            {"field2": "°" * 128},
            {"status": "x" * 256},
            {"field1": "1", "tweet": "x" * 3001},
        ],
        ids=["a value", "its bytes", "the status", "the message"],
    )
    def test_what_is_too_long_is_answered_with_0(self, lab, board, sent, ending):
        response = lab.client.post(f"/update{ending}", data={"api_key": board.key} | sent)
        assert (response.status_code, response.text) == (400, "0")
        assert (board.stored(), board.entries()) == ([], [])
        ((_, detail, hint, _),) = board.refusals()
        assert "bytes" in detail
        assert hint

    def test_a_message_counts_as_it_is_meant_not_as_it_is_written(self, lab, board):
        sent = {f"field{number}": "°" * 127 for number in range(1, 9)}
        sent |= {"field1": "1", "status": "°" * 127, "api_key": board.key}
        assert lab.client.post("/update", data=sent).text == "1"

    @pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 400)])
    def test_a_message_has_at_most_3000_bytes(self, lab, board, more, status):
        body = f"api_key={board.key}&field1=1&tweet="
        body += "x" * (3000 + more - len(body))
        assert lab.client.post("/update", data=body, content_type=FORM).status_code == status

    @each_ending
    @pytest.mark.parametrize("where", ["query_string", "data", "json", "multipart"])
    def test_what_is_not_utf_8_is_422_and_told_to_the_owner(self, lab, board, where, ending):
        path, key = f"/update{ending}", {"X-THINGSPEAKAPIKEY": board.key}
        if where == "query_string":
            response = lab.client.get(f"{path}?field2=23%B0C", headers=key)
        elif where == "data":
            body = f"api_key={board.key}&field2=23°C".encode("latin-1")
            response = lab.client.post(path, data=body, content_type=FORM)
        elif where == "json":
            body = '{"field2":"23°C"}'.encode("latin-1")
            response = lab.client.post(path, data=body, content_type="application/json", headers=key)
        else:
            body = '--X\r\nContent-Disposition: form-data; name="field2"\r\n\r\n23°C\r\n--X--\r\n'.encode("latin-1")
            kind = "multipart/form-data; boundary=X"
            response = lab.client.post(path, data=body, content_type=kind, headers=key)
        assert (response.status_code, response.text) == (422, "0")
        ((_, detail, hint, _),) = board.refusals()
        assert (detail, "%C2%B0" in hint) == ("The message is not UTF-8 text.", True)

    @pytest.mark.parametrize("body", ["{", "[1]", '{"field1": NaN}', "[" * 100_000])
    def test_what_is_no_object_of_json_is_400_and_told_to_the_owner(self, lab, board, body):
        headers = {"X-THINGSPEAKAPIKEY": board.key}
        response = lab.client.post("/update", data=body, content_type="application/json", headers=headers)
        assert (response.status_code, response.text) == (400, "0")
        assert board.refusals()[0][1].startswith("The body is")

    def test_what_is_far_too_large_is_413(self, lab, board):
        body = f"api_key={board.key}&field1=".encode() + b"1" * 1_100_000
        response = lab.client.post("/update", data=body, content_type=FORM)
        assert (response.status_code, response.text) == (413, "0")

    def test_a_word_for_a_feed_of_numbers_is_told_to_the_owner(self, board):
        assert board.update(field1="open").text == "1"
        ((_, detail, hint, door),) = board.refusals()
        assert detail == 'Feed "temperature": "open" is not a number.'
        assert (hint, door) == ("This feed holds numbers; words need a feed of their own.", "ThingSpeak")

    def test_an_archived_channel_takes_nothing(self, lab, board):
        archived = update(channel_table).where(channel_table.c.id == board.channel_id).values(archived_at=1)
        lab.store.tell(lambda connection: connection.execute(archived))
        response = board.update(field1="1")
        assert (response.status_code, response.text) == (400, "0")
