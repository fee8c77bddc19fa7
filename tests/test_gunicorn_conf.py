"""What gunicorn.conf.py promises to boards with a small HTTP library of their own."""

from __future__ import annotations

import resource
import socket

import pytest

WORD = b'{"temperature": 21.5}'


def spoken(port: int, request: bytes) -> bytes:
    """What the server answers to these very bytes, read until it closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


class TestPlainHttp:
    @pytest.mark.parametrize(
        "request_head",
        [
            b"GET /healthz HTTP/1.0\r\n",
            b"GET /healthz HTTP/1.1\r\nConnection: close\r\n",
            b"GET /healthz HTTP/1.1\r\nhost: board\r\nCONNECTION: close\r\n",
        ],
        ids=["HTTP/1.0 without Host", "HTTP/1.1 without Host", "header names in any case"],
    )
    def test_it_answers(self, labfeed, request_head):
        assert spoken(labfeed.port, request_head + b"\r\n").split(b" ")[1] == b"200"

    @pytest.mark.parametrize("name", [b"Content-Length", b"content-length", b"CONTENT-LENGTH"])
    def test_a_body_is_read_however_its_length_is_spelled(self, labfeed, name):
        key = labfeed.create_channel("Spelling").write_key.encode()
        head = b"POST /api/v1/readings HTTP/1.0\r\nX-API-Key: %b\r\n%b: %d\r\n\r\n" % (key, name, len(WORD))
        assert spoken(labfeed.port, head + WORD).split(b" ")[1] == b"201"

    def test_two_lengths_are_refused(self, labfeed):
        head = b"POST /api/v1/readings HTTP/1.0\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n"
        assert spoken(labfeed.port, head + b"hello!").split(b" ")[1] == b"400"


class TestRoom:
    def test_a_worker_may_hold_as_many_files_as_connections(self, labfeed):
        allowed, _ = resource.prlimit(labfeed.pids[0], resource.RLIMIT_NOFILE)
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        assert allowed >= min(4000, most)


class TestTheLog:
    def test_it_holds_no_key_of_a_request_that_cannot_be_read(self, labfeed):
        """A sketch that writes the sign of a degree as one byte, say."""
        key = labfeed.create_channel("Log").write_key.encode()
        request = b"GET /update?api_key=%b&status=21\xb0 HTTP/1.1\r\nHost: x\r\n\r\n" % key
        assert spoken(labfeed.port, request).split(b" ")[1] == b"400"
        assert "/update?api_key=…&status=21" in labfeed.log()
        assert key.decode() not in labfeed.log()
