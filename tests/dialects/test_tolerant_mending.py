"""What boards meant by what they sent."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.tolerant.mending import Head, asked_in, body_in_utf_8, head_of

KEYED = "/update?api_key=K"


def target_of(line: bytes) -> str:
    found = asked_in(line)
    assert found is not None
    return found.target


class TestFirstLine:
    @pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b" \r\n", b"\0\r\n"])
    def test_without_a_version_the_answer_has_no_head(self, end):
        found = asked_in(b"GET /update?api_key=K&field1=3" + end)
        assert (found.method, found.target, found.has_head) == ("GET", f"{KEYED}&field1=3", False)

    @pytest.mark.parametrize("version", [b"HTTP/1.1", b"HTTP/1.0", b"http/1.1"])
    def test_with_one_it_has(self, version):
        found = asked_in(b"GET /update?api_key=K " + version + b"\r\n")
        assert (found.target, found.has_head) == (KEYED, True)

    def test_version_0_9_may_be_named(self):
        assert not asked_in(b"GET /update HTTP/0.9").has_head

    @pytest.mark.parametrize(
        ("sent", "meant"),
        [
            (b"&status=it is warm", "&status=it%20is%20warm"),
            (b"&status=21\xb0C", "&status=21%C2%B0C"),
            (b"&status=21%B0C", "&status=21%C2%B0C"),
            (b"&status=21\xc2\xb0C", "&status=21%C2%B0C"),
            (b"&status=21%C2%B0C", "&status=21%C2%B0C"),
            (b"&status=\xb0&field1=\xc3\xa9", "&status=%C2%B0&field1=%C3%A9"),
            (b"&status=#1 <b>", "&status=%231%20%3Cb%3E"),
            (b"&status=100% wet", "&status=100%%20wet"),
            (b"&status=a+b%2Bc%26d", "&status=a+b%2Bc%26d"),
            (b"&status=tab\there", "&status=tab%09here"),
        ],
    )
    def test_what_may_not_stand_in_an_address_is_escaped(self, sent, meant):
        assert target_of(b"GET /update?api_key=K" + sent + b" HTTP/1.1\r\n") == KEYED + meant
        assert target_of(b"GET /update?api_key=K" + sent + b"\n") == KEYED + meant

    @pytest.mark.parametrize("before", [b"http://api.thingspeak.com", b"HTTPS://192.168.1.4:8000", b""])
    def test_a_host_in_the_address_is_left_out(self, before):
        assert target_of(b"GET " + before + b"/update?api_key=K\n") == KEYED

    def test_a_missing_slash_is_put_there(self):
        assert target_of(b"get update?api_key=K\n") == KEYED

    @pytest.mark.parametrize("line", [b"", b"GET", b"GET \r\n", b"/update?api_key=K", b"\x16\x03\x01", b"\xff\xfe"])
    def test_anything_else_asks_nothing(self, line):
        assert asked_in(line) is None

    @given(st.text(st.characters(max_codepoint=255, exclude_characters="\0\r\n&+;%"), min_size=1))
    def test_any_latin_1_text_arrives_as_it_was_meant(self, text):
        raw = f"x{text}x".encode("latin-1")
        try:
            meant = raw.decode()  # what happens to be UTF-8 is taken for it
        except UnicodeDecodeError:
            meant = raw.decode("latin-1")
        if any(mark in text for mark in "/?="):  # pieces between these are looked at each for itself
            return
        asked = target_of(b"GET /update?status=" + raw + b" HTTP/1.1\r\n")
        assert asked.isascii()
        assert " " not in asked
        assert parse_qs(urlsplit(asked).query)["status"] == [meant]

    @given(st.binary())
    def test_no_bytes_make_more_than_one_line(self, line):
        found = asked_in(line)
        assert found is None or (found.target.isascii() and found.target.isprintable() and " " not in found.target)


class TestWriting:
    @pytest.mark.parametrize(
        "target",
        [
            "/update",
            "/update?api_key=K&field1=3",
            "/update.json?api_key=K",
            "/update.txt",
            "/s/update.xml?key=K",
            "/update/API_key=K/mac=6c:rf:7f:2b:0e:g8/field=1/data=72.3",
            "/api/?api_key=K&channel=1&field=3&data=20.4",
            "/api?data=20.4",
            "/api/write/api_key=K/channel=1/field=3/data=20.4",
        ],
    )
    def test_what_stores_a_value_is_let_through(self, target):
        assert asked_in(f"GET {target}\n".encode()).writes

    @pytest.mark.parametrize(
        "target",
        [
            "/",
            "/updates",
            "/update/../mine",
            "/channels/1/feeds.json",
            "/api/?channel=1&field=3",
            "/api/?channel=1&metadata=1",
            "/api/v1/channels",
            "/api/v1/readings?data=1",
            "/sign-in",
        ],
    )
    def test_nothing_else_is(self, target):
        assert not asked_in(f"GET {target}\n".encode()).writes

    @pytest.mark.parametrize("method", ["DELETE", "PUT", "HEAD", "OPTIONS"])
    def test_nor_any_other_method(self, method):
        assert not asked_in(f"{method} /update?api_key=K HTTP/1.1\n".encode()).writes


class TestHead:
    def test_the_key_the_kind_and_the_length_are_kept(self):
        lines = [
            b"Host: x\n",
            b"x-thingspeakapikey:  K \r\n",
            b"content-TYPE: application/json\r\n",
            b"Content-Length: 12",
        ]
        assert head_of(lines) == Head({"X-THINGSPEAKAPIKEY": "K", "Content-Type": "application/json"}, 12)

    @pytest.mark.parametrize("line", [b"Content-Length: many", b"Content-Length: -1", b"Transfer-Encoding: chunked"])
    def test_a_length_that_cannot_be_told_is_none(self, line):
        assert head_of([line]).size_bytes is None

    def test_no_field_can_bring_another(self):
        head = head_of([b"THINGSPEAKAPIKEY: K\rX-Evil: 1\x00\n", b"no colon\n"])
        assert head == Head({"X-THINGSPEAKAPIKEY": "KX-Evil: 1"}, 0)


class TestBody:
    @pytest.mark.parametrize("kind", ["", "application/x-www-form-urlencoded"])
    def test_a_form_in_latin_1_becomes_utf_8(self, kind):
        assert body_in_utf_8(b"api_key=K&status=21 \xb0C&field1=\xc3\xa9", kind) == (
            b"api_key=K&status=21 %C2%B0C&field1=\xc3\xa9"
        )

    def test_so_does_json(self):
        assert body_in_utf_8(b'{"status": "21 \xb0C"}', "application/json") == '{"status": "21 °C"}'.encode()

    def test_parts_are_left_as_they_are(self):
        assert body_in_utf_8(b"\xb0", "multipart/form-data") == b"\xb0"
