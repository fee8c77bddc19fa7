"""What clients put on the wire, byte for byte, sent to real gunicorn; and its replies, as those clients read them."""

from __future__ import annotations

import json
import re
import socket

import pytest
from sqlalchemy import update

from models.schema import channel as table
from models.store import Store
from tests.servers import CreatedChannel, LabfeedServer

STARTS = b"HTTP/1.1 200"
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, PUT, OPTIONS, DELETE, PATCH",
    "Access-Control-Allow-Headers": "origin, content-type, X-Requested-With, X-THINGSPEAKAPIKEY, THINGSPEAKAPIKEY",
    "Access-Control-Max-Age": "1800",
}


def make_channel(server: LabfeedServer, pace_ms: int) -> CreatedChannel:
    """A channel that takes updates no faster than its pace."""
    made = server.create_channel("On the wire", feeds=["temperature:°C", "door:text"])
    store = Store.open(server.database_url)
    paced = update(table).where(table.c.id == made.channel_id).values(pace_ms=pace_ms)
    store.tell(lambda connection: connection.execute(paced))
    store.close()
    return made


@pytest.fixture
def channel(labfeed) -> CreatedChannel:
    """A new channel that takes one update an hour."""
    return make_channel(labfeed, 3_600_000)


@pytest.fixture(scope="module")
def open_channel(shared_labfeed) -> CreatedChannel:
    """A channel that many tests write to, as fast as they come."""
    return make_channel(shared_labfeed, 0)


def exchange(server: LabfeedServer, request: bytes) -> bytes:
    """The whole reply to these bytes, once all that its Content-Length promises is there."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as wire:
        wire.sendall(request)
        reply = b""
        while not is_whole(reply):
            part = wire.recv(65_536)
            assert part, f"the server hung up after {reply!r}"
            reply += part
    return reply


def is_whole(reply: bytes) -> bool:
    head, found, body = reply.partition(b"\r\n\r\n")
    length = re.search(rb"\r\nContent-Length: (\d+)", head)  # in exactly this spelling
    return bool(found) and length is not None and len(body) >= int(length[1])


def headers_of(reply: bytes) -> dict[str, str]:
    lines = reply.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")[1:]
    return dict(line.split(": ", 1) for line in lines)


def body_of(reply: bytes) -> str:
    return reply.partition(b"\r\n\r\n")[2].decode()


def as_the_arduino_library_reads(reply: bytes) -> tuple[int, str]:
    """Status and content as its `getHTTPResponse` finds them: by searching forward for these very spellings.

    Raises ValueError where it would return -303.
    """
    assert len(reply) >= 17
    at = reply.index(b"HTTP/1.1") + len(b"HTTP/1.1")
    status = int(re.search(rb"\d+", reply[at:])[0])
    at = reply.index(b"Content-Length:", at) + len(b"Content-Length:")
    length = int(re.search(rb"\d+", reply[at:])[0])
    at = reply.index(b"\r\n\r\n", at) + 4
    return status, reply[at : at + length].decode()


def arduino_write(key: str, form: str, tail: str = "&headers=false") -> bytes:
    """What `ThingSpeak.writeFields` sends: never another Host, nothing of the form written as %xx."""
    body = f"{form}{tail}".encode()
    return (
        "POST /update HTTP/1.1\r\n"
        "Host: api.thingspeak.com\r\n"
        "User-Agent: tslib-arduino/2.1.1 (ESP8266)\r\n"
        f"X-THINGSPEAKAPIKEY: {key}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n"
        "\r\n"
    ).encode() + body


def matlab_write(path: str, body: dict[str, object]) -> bytes:
    """What `webwrite` sends for `thingSpeakWrite`."""
    written = json.dumps(body, separators=(",", ":")).encode()
    return (
        f"POST {path} HTTP/1.1\r\n"
        "Accept-Language: en\r\n"
        "Accept: application/json, */*; q=0.5\r\n"
        "Content-Type: application/json; charset=UTF-8\r\n"
        "Accept-Charset: utf-8\r\n"
        "User-Agent: MATLAB 9.14.0.2206163 (R2023a)\r\n"
        "Host: api.thingspeak.com\r\n"
        f"Content-Length: {len(written)}\r\n"
        "Connection: Keep-Alive\r\n"
        "\r\n"
    ).encode() + written


class TestTheArduinoLibrary:
    def test_the_reply_to_the_byte(self, labfeed, channel):
        reply = exchange(labfeed, arduino_write(channel.write_key, "field1=21.50&field2=open"))
        dated = re.sub(rb"\r\nDate: [^\r]*", b"\r\nDate: now", reply)
        assert dated == (
            b"HTTP/1.1 200 OK\r\n"
            b"Server: gunicorn\r\n"
            b"Date: now\r\n"
            b"Connection: keep-alive\r\n"
            b"Content-Length: 1\r\n"
            b"Content-Type: text/html; charset=utf-8\r\n"
            b"Cache-Control: no-store\r\n"
            + "".join(f"{name}: {value}\r\n" for name, value in CORS.items()).encode()
            + b"Content-Security-Policy: default-src 'none'; sandbox\r\n"
            b"X-Content-Type-Options: nosniff\r\n"
            b"X-Frame-Options: SAMEORIGIN\r\n"
            b"\r\n"
            b"1"
        )

    @pytest.mark.parametrize(
        ("form", "read"),
        [
            ("field1=21.50000&field2=open&lat=47.50&long=19.25&elevation=120.00&status=all is well", r"200 [1-9]\d*"),
            ("field1=21.5&created_at=2024-01-05T03:04:05Z", r"200 [1-9]\d*"),
            ("field2=" + "x" * 256, "400 0"),
        ],
    )
    def test_it_understands_the_reply(self, labfeed, open_channel, form, read):
        status, text = as_the_arduino_library_reads(exchange(labfeed, arduino_write(open_channel.write_key, form)))
        assert re.fullmatch(read, f"{status} {text}")

    def test_a_time_that_is_taken_is_answered_with_0(self, labfeed, open_channel):
        request = arduino_write(open_channel.write_key, "field1=21.5&created_at=2023-01-05T03:04:05Z")
        replies = [as_the_arduino_library_reads(exchange(labfeed, request)) for _ in range(2)]
        assert [status for status, _ in replies] == [200, 200]
        assert [text == "0" for _, text in replies] == [False, True]

    def test_too_soon_is_its_minus_401(self, labfeed, channel):
        requests = [arduino_write(channel.write_key, "field1=1"), arduino_write(channel.write_key, "field1=2")]
        replies = [as_the_arduino_library_reads(exchange(labfeed, request)) for request in requests]
        assert replies == [(200, "1"), (200, "0")]

    def test_a_bad_key_is_its_400(self, labfeed):
        assert as_the_arduino_library_reads(exchange(labfeed, arduino_write("WRONGKEYWRONGKEY", "field1=1")))[0] == 400

    def test_its_old_version_ends_the_body_with_a_line(self, labfeed, open_channel):
        request = arduino_write(open_channel.write_key, "field1=21.5", tail="\r\n")
        assert as_the_arduino_library_reads(exchange(labfeed, request))[0] == 200


class TestMatlab:
    def test_one_row(self, labfeed, channel):
        body = {"key": channel.write_key, "field1": "21.5", "field2": "open", "timezone": "Etc/UTC"}
        body |= {"latitude": "47.5", "longitude": "19.25", "elevation": "120", "created_at": "2024-01-05 03:04:05"}
        reply = exchange(labfeed, matlab_write("/update.json", body))
        assert reply.startswith(STARTS)
        assert headers_of(reply)["Content-Type"] == "application/json; charset=utf-8"
        assert body_of(reply) == (
            f'{{"channel_id":{channel.channel_id},"created_at":"2024-01-05T03:04:05Z","entry_id":1,"field1":"21.5",'
            '"field2":"open","field3":null,"field4":null,"field5":null,"field6":null,"field7":null,"field8":null,'
            '"latitude":"47.5","longitude":"19.25","elevation":"120","status":null}'
        )

    def test_too_soon_is_a_0_it_knows(self, labfeed, channel):
        request = matlab_write("/update.json", {"key": channel.write_key, "field1": "1"})
        first, second = exchange(labfeed, request), exchange(labfeed, request)
        assert json.loads(body_of(first))["entry_id"] == 1
        assert (second[:12], body_of(second).strip()) == (STARTS, "0")

    def test_many_rows(self, labfeed, channel):
        path = f"/channels/{channel.channel_id}/bulk_update.json"
        updates = [{"created_at": f"2024-01-05 03:04:{n:02}", "field1": n, "field2": "open"} for n in range(10)]
        body = {"write_api_key": channel.write_key, "updates": updates, "timezone": "Europe/Berlin"}
        reply = exchange(labfeed, matlab_write(path, body))
        assert (reply[:12], body_of(reply)) == (b"HTTP/1.1 202", '{"success":true}')
        again = exchange(labfeed, matlab_write(path, body))
        assert again[:12] == b"HTTP/1.1 429"
        body["write_api_key"] = "WRONGKEYWRONGKEY"
        assert exchange(labfeed, matlab_write(path, body))[:12] == b"HTTP/1.1 401"


class TestFraming:
    """On every route that writes, whatever becomes of it: the whole length, in this spelling, and no redirect."""

    @pytest.mark.parametrize("ending", ["", ".txt", ".json", ".xml"])
    @pytest.mark.parametrize("key", ["good", "bad"])
    @pytest.mark.parametrize("host", ["Host: api.thingspeak.com\r\n", "Host: 10.0.0.7\r\n", ""])
    def test_update(self, labfeed, open_channel, ending, key, host):
        written = open_channel.write_key if key == "good" else "WRONGKEYWRONGKEY"
        request = f"GET /update{ending}?api_key={written}&field1=1 HTTP/1.1\r\n{host}\r\n"
        reply = exchange(labfeed, request.encode())
        assert reply.startswith(b"HTTP/1.1 200" if key == "good" else b"HTTP/1.1 400")
        headers = headers_of(reply)
        assert int(headers["Content-Length"]) == len(reply.partition(b"\r\n\r\n")[2])
        assert not headers.keys() & {"Transfer-Encoding", "Content-Encoding", "Location", "Set-Cookie"}
        assert headers.items() >= CORS.items()

    def test_a_request_of_http_1_0(self, labfeed, open_channel):
        request = f"GET /update?api_key={open_channel.write_key}&field1=1 HTTP/1.0\r\n\r\n".encode()
        assert body_of(exchange(labfeed, request)) not in ("", "0")

    def test_a_line_end_beyond_the_length(self, labfeed, open_channel):
        """As `println` sends it after a body of JSON whose length was told one too long."""
        body = json.dumps({"write_api_key": open_channel.write_key, "updates": [{"delta_t": 0, "field1": 1}]})
        path = f"/channels/{open_channel.channel_id}/bulk_update.json"
        request = (
            f"POST {path} HTTP/1.1\r\nHost: api.thingspeak.com\r\nConnection: close\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body) + 1}\r\n\r\n{body}\r\n"
        )
        assert exchange(labfeed, request.encode())[:12] == b"HTTP/1.1 202"

    def test_options(self, labfeed):
        reply = exchange(labfeed, b"OPTIONS /update.json HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (reply[:12], headers_of(reply)["Content-Length"]) == (STARTS, "0")
        assert headers_of(reply).items() >= CORS.items()
