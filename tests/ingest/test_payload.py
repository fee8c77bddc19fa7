"""Bytes → items: every form a board may send, and every refusal."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import Invalid, LabfeedError, Malformed, TooLarge, UnsupportedMedia
from domain.readings import Item, Position
from domain.timespan import SECOND
from ingest.payload import FORM, JSON, MOST_ITEMS, MOST_VALUES, parse_bare, parse_body, parse_form

NOW = 1_795_168_800 * SECOND  # 2026-11-20T10:00:00Z
AT = "2026-11-20T09:59:00Z"
MINUTE_AGO = NOW - 60 * SECOND


def parsed(message: object, content_type: str | None = JSON) -> list[Item]:
    return parse_body(json.dumps(message).encode(), content_type, NOW)


def refused(error: type[LabfeedError], body: bytes, content_type: str | None = JSON) -> LabfeedError:
    with pytest.raises(error) as caught:
        parse_body(body, content_type, NOW)
    return caught.value


def fault_in_row(row: object) -> str:
    """What is said of a bad row among good ones."""
    first, bad, last = parsed([{"temperature": 1.5}, row, {"door": "open"}])
    assert not first.faults
    assert not last.faults
    return bad.faults[0].detail


class TestOneObject:
    def test_it_is_one_item_of_feeds(self):
        assert parsed({"temperature": 21.4, "door": "open"}) == [Item({"temperature": 21.4, "door": "open"})]

    def test_zero_is_a_value(self):
        assert parsed({"temperature": 0})[0].values == {"temperature": 0}

    def test_it_may_say_when(self):
        assert parsed({"at": AT, "temperature": 21.4}) == [Item({"temperature": 21.4}, MINUTE_AGO)]

    def test_it_may_say_how_old_it_is(self):
        assert parsed({"age_ms": 60_000, "temperature": 21.4}) == [Item({"temperature": 21.4}, MINUTE_AGO)]

    def test_its_key_is_no_feed(self):
        assert parsed({"api_key": "SECRET", "temperature": 21.4}) == [Item({"temperature": 21.4})]

    def test_a_flat_status_is_an_ordinary_feed(self):
        assert parsed({"status": "ok", "latitude": 52.5})[0].values == {"status": "ok", "latitude": 52.5}


class TestNestedObject:
    def test_it_brings_values_with_time_status_and_position(self):
        (item,) = parsed(
            {"at": AT, "values": {"t": 1}, "status": "ok", "latitude": 52.5, "longitude": 13.4, "elevation": 34}
        )
        assert item == Item({"t": 1}, MINUTE_AGO, "ok", Position(52.5, 13.4, 34.0), "/values/{feed}")

    def test_a_status_alone_is_enough(self):
        assert parsed({"values": {}, "status": "rebooted"})[0].status == "rebooted"

    def test_a_position_alone_is_enough(self):
        assert parsed({"values": {}, "latitude": 0, "longitude": 0})[0].position == Position(0.0, 0.0, None)

    def test_a_position_may_be_spelled_as_text(self):
        item = parsed({"values": {"t": 1}, "latitude": "52.5", "longitude": "13.4"})[0]
        assert item.position == Position(52.5, 13.4, None)


class TestList:
    def test_each_object_is_an_item_in_order(self):
        items = parsed([{"t": 1.5}, {"at": AT, "values": {"t": 2}}, {"at": AT, "t": 3}])
        assert [(item.values, item.at, item.pointer) for item in items] == [
            ({"t": 1.5}, None, "/{row}/{feed}"),
            ({"t": 2}, MINUTE_AGO, "/{row}/values/{feed}"),
            ({"t": 3}, MINUTE_AGO, "/{row}/{feed}"),
        ]

    def test_the_longest_list_is_taken(self):
        assert len(parsed([{"t": 1}] * MOST_ITEMS)) == MOST_ITEMS

    def test_a_longer_one_is_refused(self):
        assert "5001 items" in refused(TooLarge, json.dumps([{"t": 1}] * (MOST_ITEMS + 1)).encode()).detail


BAD_ROWS: list[tuple[object, str]] = [
    (5, "Row 2: an item is an object, not a number."),
    (None, "Row 2: an item is an object, not a null."),
    ([{"t": 1}], "Row 2: an item is an object, not a list."),
    ("t", "Row 2: an item is an object, not a text."),
    (True, "Row 2: an item is an object, not true."),
    ({}, "Row 2: there is nothing to store."),
    ({"at": AT}, "Row 2: there is nothing to store."),
    ({"values": {}}, "Row 2: there is nothing to store."),
    ({"values": 5}, 'Row 2: "values" is an object of feeds, not a number.'),
    ({"values": None}, 'Row 2: "values" is an object of feeds, not a null.'),
    ({"values": {"t": 1}, "temp": 2}, 'Row 2, "temp": this member is not known beside "values".'),
    ({"values": {"t": 1}, "status": 5}, 'Row 2, "status": a status is a text, not a number.'),
    ({"values": {"t": 1}, "status": "a\0"}, 'Row 2, "status": the text contains a NUL character.'),
    (
        {"values": {"t": 1}, "status": "x" * 1001},
        'Row 2, "status": the text is 1001 characters long; at most 1000 are stored.',
    ),
    ({"values": {"t": 1}, "latitude": 1}, "Row 2: the position has no longitude."),
    ({"values": {"t": 1}, "elevation": 1}, "Row 2: the position has no latitude."),
    (
        {"values": {"t": 1}, "latitude": 91, "longitude": 1},
        'Row 2, "latitude": this is not a number of degrees from -90 to 90.',
    ),
    (
        {"values": {"t": 1}, "latitude": 1, "longitude": True},
        'Row 2, "longitude": this is not a number of degrees from -180 to 180.',
    ),
    (
        {"values": {"t": 1}, "latitude": 1, "longitude": 1, "elevation": None},
        'Row 2, "elevation": this is not a number of metres from -1e+07 to 1e+07.',
    ),
    ({"at": "noon", "t": 1}, 'Row 2, "at": "noon" is not a time.'),
    ({"at": None, "t": 1}, 'Row 2, "at": null is not a time.'),
    ({"at": AT, "age_ms": 5, "t": 1}, 'Row 2, "age_ms": "at" is there as well.'),
    ({"age_ms": -5, "t": 1}, 'Row 2, "age_ms": an age of -5 ms is not between 0 and 30 days.'),
    (
        {f"t{number}": number for number in range(MOST_VALUES + 1)},
        "Row 2: an item has at most 64 values; this one has 65.",
    ),
]


class TestFaultsOfARow:
    @pytest.mark.parametrize(("row", "detail"), BAD_ROWS)
    def test_they_are_said_of_that_row(self, row, detail):
        assert fault_in_row(row) == detail

    def test_their_pointers_lead_to_the_member(self):
        _, bad = parsed([{"t": 1}, {"values": {"t": 1}, "a/b~c": 1}])
        assert bad.faults[0].pointer == "/1/a~1b~0c"

    def test_a_message_of_one_object_is_refused_at_once(self):
        error = refused(Invalid, b'{"at": "noon", "t": 1}')
        assert (error.detail, error.pointer) == ('"at": "noon" is not a time.', "/at")


class TestNameWrittenTwice:
    @pytest.mark.parametrize(
        "body",
        [
            b'{"t": 1, "t": 2}',
            b'{"t": 1, "t" : 2}',
            b'{"at": "2026-11-20T09:59:00Z", "t": 1, "t": 2}',
            b'{"values": {"t": 1, "t": 2}}',
            b'{"at": "2026-11-20T09:59:00Z", "values": {"t": 1, "t": 2}}',
            b'{"t": 1, "\\u0074": 2}',
            b'{"at": "2026-11-20T09\\u003a59\\u003a00Z", "t": 1, "t": 2, "t": 3}',
            b'{"door": "a:b", "t": 1, "t": 1}',
            b'{"t": 1e400, "t": 2}',
        ],
    )
    def test_it_is_refused(self, body):
        assert '"t" is written twice' in refused(Invalid, body).detail

    def test_only_its_row_is_at_fault(self):
        good, bad = parse_body(b'[{"t": "10:00", "at": 1795168740}, {"t": 1, "t": 2}]', JSON, NOW)
        assert good == Item({"t": "10:00"}, MINUTE_AGO, pointer="/{row}/{feed}")
        assert bad.faults[0].detail == 'Row 2: "t" is written twice.'

    def test_colons_in_texts_are_no_names(self):
        assert parsed({"door": "a:b::c", "at": AT, "u": 'x":"'})[0].values == {"door": "a:b::c", "u": 'x":"'}

    def test_a_form_field_is_not_sent_twice(self):
        assert '"t" is written twice' in refused(Invalid, b"t=1&t=2", FORM).detail


MALFORMED = [
    (b"", "The message is empty.", "Send JSON"),
    (b" \r\n", "The message is empty.", "Send JSON"),
    (b"{", "The message ends before its JSON is complete.", "Content-Length"),
    (b'{"t": 1', "The message ends before its JSON is complete.", "Content-Length"),
    (b'{"door": "op', "The message ends before its JSON is complete.", "Content-Length"),
    (b"{'t': 1}", "Line 1, column 2: single quotes are not JSON.", "double quotes"),
    (b"{\"t\": 'x'}", 'Line 1, column 7, "t": single quotes are not JSON.', "double quotes"),
    (b'{"t": NaN}', 'Line 1, column 7, "t": NaN is not JSON.', "leave the feed out"),
    (b'{"t": nan}', 'Line 1, column 7, "t": nan is not JSON.', "leave the feed out"),
    (b'{"t": Infinity}', 'Line 1, column 7, "t": Infinity is not JSON.', "leave the feed out"),
    (b'{"t": -Infinity}', 'Line 1, column 7, "t": -Infinity is not JSON.', "leave the feed out"),
    (b'[{"t": 1e400}, {"t": NaN}]', "NaN is not JSON.", "leave the feed out"),
    (b'{"t": True}', 'Line 1, column 7, "t": True is not JSON.', "lower case"),
    (b'{"t": None}', 'Line 1, column 7, "t": None is not JSON.', "lower case"),
    (b'{"t": 1,}', "Line 1, column 9: a comma stands before the closing bracket.", "comma"),
    (b'[{"t": 1},\n]', "Line 2, column 1: a comma stands before the closing bracket.", "comma"),
    (b"{t: 1}", 'Line 1, column 2: "t" is not a name.', "double quotes"),
    (b'{"t": open}', 'Line 1, column 7, "t": "open" is not JSON.', "double quotes"),
    (b'{"t": 21,4}', 'Line 1, column 10: "4" is not a name.', "point"),
    (b'{"t": 01}', 'Line 1, column 7, "t": "01" is not a number in JSON.', "plainly"),
    (b'{"t": +1}', 'Line 1, column 7, "t": "+1" is not a number in JSON.', "plainly"),
    (b'{"t": .5}', 'Line 1, column 7, "t": ".5" is not a number in JSON.', "plainly"),
    (b'{"t": 5.}', 'Line 1, column 7, "t": "5." is not a number in JSON.', "plainly"),
    (b'{"t": 0x1F}', 'Line 1, column 7, "t": "0x1F" is not a number in JSON.', "plainly"),
    (b'{"t": 1 "u": 2}', "Line 1, column 9: a quote stands where a comma or the closing bracket should.", "JSON"),
    (b'{"t" 1}', "Line 1, column 6: a colon is missing after the name.", "JSON"),
    (b'{"t": 1}\n{"t": 2}', "Line 2, column 1: something follows the end of the JSON.", "one list"),
    (b'{"door": "a\nb"}', 'Line 1, column 12: "\\x0a" stands inside a text.', "\\n"),
    (b'{"door": "a\\x"}', "Line 1, column 13: the backslash begins no escape that JSON knows.", "two"),
    (b'{"door": "\\ud800"}', "A \\u escape in the message is half of a surrogate pair.", "UTF-8"),
    (b'{"door": "\xff"}', "Line 1, column 11: the byte 0xff is not UTF-8.", "UTF-8"),
    (b'{"door": "\xed\xa0\x80"}', "Line 1, column 11: the byte 0xed is not UTF-8.", "UTF-8"),
    (b'{"door": "\xc0\x80"}', "Line 1, column 11: the byte 0xc0 is not UTF-8.", "UTF-8"),
    ('{"t": 1}'.encode("utf-16"), "The message is not UTF-8 text; it looks like UTF-16 or binary data.", "UTF-8"),
    ('{"t": 1}'.encode("utf-16-be"), "The message is not UTF-8 text; it looks like UTF-16 or binary data.", "UTF-8"),
    ('{"t": 1}'.encode("utf-32"), "The message is not UTF-8 text; it looks like UTF-16 or binary data.", "UTF-8"),
    pytest.param(b"[" * 100_000, "The message is nested too deeply.", "flat", id="lists in lists"),
    pytest.param(b'{"t":' * 100_000, "The message is nested too deeply.", "flat", id="objects in objects"),
    (b"temperature=21.4&door=open", "The message is not JSON.", "x-www-form-urlencoded"),
    (b"<html></html>", "The message is XML or HTML.", "Send JSON"),
    (b"\x1f\x8b\x08\x00", "The message is packed with gzip, but does not say so.", "Content-Encoding"),
    (b"// mine\n{}", 'Line 1, column 1: "/" is not expected here.', "Send JSON"),
]


class TestMalformed:
    @pytest.mark.parametrize(("body", "detail", "hint"), MALFORMED)
    def test_it_says_where_and_how_to_mend_it(self, body, detail, hint):
        error = refused(Malformed, body)
        assert error.detail.endswith(detail)
        assert hint in error.hint

    def test_columns_count_characters(self):
        assert refused(Malformed, '{"größe": NaN}'.encode()).detail == 'Line 1, column 11, "größe": NaN is not JSON.'

    def test_a_byte_order_mark_is_passed_over(self):
        assert parse_body(b'\xef\xbb\xbf{"t": 1}', JSON, NOW) == [Item({"t": 1})]


class TestNothingToStore:
    @pytest.mark.parametrize(
        "body", [b"[]", b"{}", b'{"values": {}}', b'{"api_key": "X"}', b"5", b'"t"', b"null", b"true"]
    )
    def test_it_is_refused_with_an_example(self, body):
        assert '{"temperature": 21.4}' in refused(Invalid, body).hint


class TestContentType:
    @pytest.mark.parametrize(
        "content_type",
        [
            None,
            "",
            "application/json",
            "application/json; charset=utf-8",
            "Application/JSON",
            "text/json",
            "a/b+json",
            FORM,
        ],
    )
    def test_json_is_taken_under_its_names_and_as_curl_sends_it(self, content_type):
        assert parse_body(b' {"t": 1}', content_type, NOW) == [Item({"t": 1})]

    @pytest.mark.parametrize("content_type", ["text/plain", "text/csv", "application/xml", "image/png", "nonsense"])
    def test_others_are_refused_by_name(self, content_type):
        error = refused(UnsupportedMedia, b'{"t": 1}', content_type)
        assert content_type in error.detail
        assert "application/json" in error.hint

    def test_multipart_is_told_how_curl_sends_a_form(self):
        assert "-d" in refused(UnsupportedMedia, b"x", "multipart/form-data; boundary=x").hint


class TestForm:
    def test_every_field_is_a_feed_and_stays_a_text(self):
        assert parse_body(b"temperature=21.50&door=half+open", FORM, NOW) == [
            Item({"temperature": "21.50", "door": "half open"})
        ]

    def test_time_and_key_are_no_feeds(self):
        assert parse_form([("api_key", "X"), ("at", "1795168740"), ("t", "1")], NOW) == [Item({"t": "1"}, MINUTE_AGO)]

    def test_a_zone_whose_plus_became_a_blank_is_understood(self):
        assert parse_body(b"at=2026-11-20T10:59:00+01:00&t=1", FORM, NOW)[0].at == MINUTE_AGO

    @pytest.mark.parametrize(
        ("body", "error"),
        [
            (b"", Malformed),
            (b"21.4", Malformed),
            (b"t=%ff", Malformed),
            (b"t=\xff", Malformed),
            (b"at=1795168740", Invalid),
            (b"api_key=X", Invalid),
            pytest.param(b"&".join(b"t%d=1" % number for number in range(100)), TooLarge, id="too many"),
        ],
    )
    def test_what_is_no_form_is_refused(self, body, error):
        refused(error, body, FORM)


class TestBareValue:
    @pytest.mark.parametrize(
        ("body", "content_type", "value"),
        [
            (b"21.4", JSON, 21.4),
            (b"21.40\n", None, "21.40"),
            (b"21.40", "text/plain", "21.40"),
            (b"21.40", FORM, "21.40"),
            (b"value=21.40", FORM, "21.40"),
            (b'"open"', JSON, "open"),
            (b'"open"', FORM, "open"),
            (b"open", None, "open"),
            (b"half open", "text/plain; charset=utf-8", "half open"),
            (b'{"value": 21.4}', JSON, 21.4),
            (b'{"value": 21.4}', None, 21.4),
            (b'{"value": "open", "api_key": "X"}', JSON, "open"),
            (b"null", JSON, None),
        ],
    )
    def test_it_is_the_value_of_that_feed(self, body, content_type, value):
        (item,) = parse_bare(body, content_type, "door", NOW)
        assert item.values == {"door": value}

    def test_it_may_say_when(self):
        item = parse_bare(b'{"value": 1, "age_ms": 60000}', JSON, "t", NOW)[0]
        assert (item.at, item.pointer) == (MINUTE_AGO, "/value")

    @pytest.mark.parametrize(
        ("body", "content_type", "error"),
        [
            (b"", None, Malformed),
            (b"open", JSON, Malformed),
            (b"\xff", "text/plain", Malformed),
            (b'"open', None, Malformed),
            (b"{}", JSON, Invalid),
            (b'{"temperature": 1}', JSON, Invalid),
            (b'{"value": 1, "unit": "K"}', JSON, Invalid),
            (b'{"value": 1, "value": 2}', JSON, Invalid),
            (b'{"value": 1, "at": "noon"}', JSON, Invalid),
            (b"x", "image/png", UnsupportedMedia),
        ],
    )
    def test_others_are_refused(self, body, content_type, error):
        with pytest.raises(error):
            parse_bare(body, content_type, "t", NOW)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["at", "age_ms", "values", "status", "latitude", "longitude", "t"]), inner)
    ),
    max_leaves=12,
)
content_types = st.sampled_from([JSON, FORM, None, "text/plain", "image/png"])


def outcome(parse: Callable[[], list[Item]]) -> list[Item] | LabfeedError:
    try:
        return parse()
    except LabfeedError as error:
        return error


def parses_or_refuses(body: bytes, content_type: str | None) -> None:
    for parse in (partial(parse_body, body, content_type), partial(parse_bare, body, content_type, "t")):
        found = outcome(partial(parse, NOW))
        if isinstance(found, LabfeedError):
            assert found.status in (400, 413, 415, 422)
            msgspec.json.encode(found.to_problem())
        else:
            assert all(type(item) is Item for item in found)


class TestWhateverIsSent:
    @settings(max_examples=300, deadline=None)
    @given(st.binary(max_size=60), content_types)
    def test_bytes_are_parsed_or_refused(self, body, content_type):
        parses_or_refuses(body, content_type)

    @settings(max_examples=300, deadline=None)
    @given(st.text(alphabet="{}[]\":,.+-0123456789eaNntrueflsI \\\n'", max_size=40), content_types)
    def test_what_looks_like_json_is_parsed_or_refused(self, text, content_type):
        parses_or_refuses(text.encode(), content_type)

    @settings(max_examples=300, deadline=None)
    @given(anything, content_types)
    def test_json_is_parsed_or_refused(self, message, content_type):
        parses_or_refuses(json.dumps(message).encode(), content_type)

    @settings(max_examples=100, deadline=None)
    @given(st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=5), min_size=1), min_size=1, max_size=5))
    def test_distinct_names_are_never_taken_for_repeated_ones(self, rows):
        items = parse_body(json.dumps([{"values": row} for row in rows]).encode(), JSON, NOW)
        assert [item.values for item in items] == rows
