"""What libraries read, byte by byte, from the real server."""

from __future__ import annotations

import re
import socket

import pytest

from tests.servers import CreatedChannel, LabfeedServer


@pytest.fixture(scope="module")
def greenhouse(shared_labfeed) -> CreatedChannel:
    """A channel of its members with one entry, sent by its board."""
    made = shared_labfeed.create_channel("Greenhouse", feeds=("temperature", "door:text"), visibility="members")
    sent = f"GET /update?api_key={made.write_key}&field1=21.50&created_at=2026-11-20T10:00:00Z&status=fine HTTP/1.1"
    assert replied(shared_labfeed, sent).endswith(b"\r\n\r\n1")
    return made


def replied(server: LabfeedServer, first_line: str, *headers: str) -> bytes:
    """All that comes back for these lines, until the server closes."""
    told = "\r\n".join((first_line, *headers, "Connection: close", "", ""))
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(told.encode())
        return b"".join(iter(lambda: connection.recv(65536), b""))


ARDUINO = ("Host: api.thingspeak.com", "User-Agent: tslib-arduino/2.1.1 (unknown)")
MATLAB = ("Host: api.thingspeak.com", "User-Agent: MATLAB 9.13", "Accept: application/json", "Accept-Encoding: gzip")

READS = {
    "/channels/{0}/fields/1/last?headers=false": "21.50",
    "/channels/{0}/feeds/last.txt?status=true&location=true&headers=false": (
        '{{"created_at":"2026-11-20T10:00:00Z","entry_id":1,"field1":"21.50","field2":null,'
        '"latitude":null,"longitude":null,"elevation":null,"status":"fine"}}'
    ),
    "/channels/{0}/status/last.txt?headers=false": "fine",
}


class TestTheArduinoLibrary:
    """It searches the reply for a status line, for `Content-Length: ` in this spelling, and then counts bytes."""

    @pytest.mark.parametrize("path", READS)
    def test_it_reads_what_it_asks_for(self, labfeed, greenhouse, path):
        line = f"GET {path.format(greenhouse.channel_id)} HTTP/1.1"
        head, _, body = replied(labfeed, line, *ARDUINO, f"X-THINGSPEAKAPIKEY: {greenhouse.read_key}").partition(
            b"\r\n\r\n"
        )
        assert head.startswith(b"HTTP/1.1 200 OK\r\n")
        assert int(re.search(rb"\r\nContent-Length: (\d+)", head)[1]) == len(body)
        assert b"Transfer-Encoding" not in head
        assert body.decode() == READS[path].format()

    def test_a_wrong_key_is_400_and_a_channel_that_is_not_there_404(self, labfeed, greenhouse):
        for number, status in ((greenhouse.channel_id, b"400"), (999_999, b"404")):
            answer = replied(labfeed, f"GET /channels/{number}/feeds/last.txt?headers=false HTTP/1.1", *ARDUINO)
            assert answer.startswith(b"HTTP/1.1 " + status)
            assert answer.endswith(b"\r\n\r\n-1")

    @pytest.mark.parametrize("headers", [(), ("Host: 192.168.4.1",)])
    def test_sketches_of_http_1_0_need_no_host(self, labfeed, greenhouse, headers):
        path = f"/channels/{greenhouse.channel_id}/fields/1/last.txt?key={greenhouse.write_key}"
        answer = replied(labfeed, f"GET {path} HTTP/1.0", *headers)
        assert answer.split(b" ")[1] == b"200"
        assert answer.endswith(b"\r\n\r\n21.50")


class TestMatlab:
    def test_it_finds_every_member_that_it_needs(self, labfeed, greenhouse):
        path = f"/channels/{greenhouse.channel_id}/feeds.json?api_key={greenhouse.read_key}&results=1&timezone=Etc/UTC"
        head, _, body = replied(labfeed, f"GET {path} HTTP/1.1", *MATLAB).partition(b"\r\n\r\n")
        assert b"\r\nContent-Type: application/json; charset=utf-8\r\n" in head
        expected = (
            rb'\{"channel":\{"id":%d,"name":"Greenhouse","latitude":"0.0","longitude":"0.0","field1":"temperature",'
            rb'"field2":"door","created_at":"[\d-]+T[\d:]+Z","updated_at":"[\d-]+T[\d:]+Z","last_entry_id":1\},"feeds":\['
            rb'\{"created_at":"2026-11-20T10:00:00Z","entry_id":1,"field1":"21.50","field2":null\}\]\}'
        )
        assert re.fullmatch(expected % greenhouse.channel_id, body)


def test_the_whole_channel_comes_as_a_file(labfeed, greenhouse):
    path = f"/stream/channels/{greenhouse.channel_id}/feeds?api_key={greenhouse.read_key}&status=true"
    answer = replied(labfeed, f"GET {path} HTTP/1.0")
    assert answer.endswith(b"\r\n\r\ncreated_at,entry_id,field1,field2,status\n2026-11-20 10:00:00 UTC,1,21.50,,fine\n")
