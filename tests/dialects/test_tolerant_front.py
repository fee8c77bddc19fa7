"""The listener for simple boards: a real process before a real web server, spoken to over raw sockets."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import sys
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
import requests

from dialects.tolerant.__main__ import main
from dialects.tolerant.asking import NOT_THERE, Answer, WebServer
from dialects.tolerant.listening import MOST_BODY_BYTES, MOST_LINE_BYTES, Bounds, Front
from domain.keys import new_key
from domain.roles import Right
from models import keys
from models.store import Store
from models.vault import Vault
from tests.builders import NOW, make_channel
from tests.processes import ROOT, Daemon, accepts, find_free_port
from tests.servers import LabfeedServer

MAC = "6c:rf:7f:2b:0e:g8"
A_KEY = b"A-KEY"
"""Stands in the requests below where a board's own key is."""


Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Simple:
    """The listener, and the channel of a board that speaks to it."""

    port: int
    server: LabfeedServer
    channel_id: int
    key: str

    def says(self, request: bytes) -> bytes:
        """What comes back until the other side closes; the board itself never ends."""
        with closing(socket.create_connection(("127.0.0.1", self.port), timeout=30)) as line:
            line.sendall(request.replace(A_KEY, self.key.encode()))
            return b"".join(iter(lambda: line.recv(4096), b""))

    def stored(self, feed: str = "status") -> list[object]:
        """What the channel holds of a feed, or the statuses of its entries, in the order in which they came."""
        rows = requests.get(f"{self.server.url}/channels/{self.channel_id}/feeds.json?status=true", timeout=30)
        return [row[feed] for row in rows.json()["feeds"] if row[feed] is not None]


@pytest.fixture(scope="module")
def front_port(shared_labfeed, tmp_path_factory) -> Iterator[int]:
    """Where the listener's own process listens."""
    port = find_free_port()
    to = f"127.0.0.1:{shared_labfeed.port}"
    command = [sys.executable, "-m", "dialects.tolerant", "--host", "127.0.0.1", "--port", str(port), "--to", to]
    log = tmp_path_factory.mktemp("front") / "log"
    daemon = Daemon("the tolerant listener", command, log, lambda: accepts(port), cwd=ROOT)
    daemon.start()
    try:
        yield port
        assert "Traceback" not in daemon.log(), daemon.log()
    finally:
        daemon.stop()


@pytest.fixture(scope="module")
def store(shared_labfeed) -> Iterator[Store]:
    """The server's own database, where each board's channel is made."""
    store = Store.open(shared_labfeed.database_url)
    yield store
    store.close()


@pytest.fixture
def board(shared_labfeed, front_port, store) -> Simple:
    made, key = make_channel(store, feeds=("temperature", "humidity", "door:text")), new_key(random.choice)
    store.tell(keys.create, Vault(shared_labfeed.settings["SECRET_KEY"]), made.id, Right.WRITE, key, now=NOW)
    return Simple(front_port, shared_labfeed, made.id, key)


BARE = "bare"
WITH_HEAD = "with a head"

AWKWARD = {
    "HTTP/0.9 with a single CRLF": (b"GET /update?api_key=A-KEY&field1=21.4\r\n", BARE),
    "HTTP/0.9 with a single LF": (b"GET /update?api_key=A-KEY&field1=21.4\n", BARE),
    "HTTP/0.9 with a second CRLF": (b"GET /update?api_key=A-KEY&field1=21.4\r\n\r\n", BARE),
    "HTTP/0.9 with more behind it": (b"GET /update?api_key=A-KEY&field1=21.4\r\nHost: x\r\n\r\nand more", BARE),
    "empty lines before it": (b"\r\n\r\nGET /update?api_key=A-KEY&field1=21.4\r\n", BARE),
    "HTTP/1.0 without a Host": (b"GET /update?api_key=A-KEY&field1=21.4 HTTP/1.0\r\n\r\n", WITH_HEAD),
    "HTTP/1.1 without a Host": (b"GET /update?api_key=A-KEY&field1=21.4 HTTP/1.1\r\n\r\n", WITH_HEAD),
    "HTTP/1.1 with another Host": (
        b"GET /update?api_key=A-KEY&field1=21.4 HTTP/1.1\r\nHost: api.thingspeak.com\r\n\r\n",
        WITH_HEAD,
    ),
    "HTTP/1.1 that never ends its header": (b"GET /update?api_key=A-KEY&field1=21.4 HTTP/1.1\r\n", WITH_HEAD),
    "LF-only line ends": (b"GET /update?api_key=A-KEY&field1=21.4 HTTP/1.1\nHost: x\n\n", WITH_HEAD),
    "a host in the address": (b"GET http://api.thingspeak.com/update?api_key=A-KEY&field1=21.4\r\n", BARE),
    "the Arduino library": (
        b"POST /update HTTP/1.1\r\nHost: api.thingspeak.com\r\nConnection: close\r\n"
        b"User-Agent: tslib-arduino/1.5.0\r\nX-THINGSPEAKAPIKEY: A-KEY\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 29\r\n\r\n"
        b"field1=21.4&headers=false\r\n\r\n",
        WITH_HEAD,
    ),
    "a form with LF-only line ends": (
        b"POST /update HTTP/1.1\nContent-Length: 36\n\napi_key=A-KEY&field1=21.4",
        WITH_HEAD,
    ),
    "Kazarinoff's path": (f"GET /update/API_key=A-KEY/mac={MAC}/field=1/data=21.4\r\n".encode(), "a page"),
    "Kazarinoff's query": (b"GET /api/?api_key=A-KEY&field=1&data=21.4\r\n", "an object"),
}


@pytest.mark.parametrize("case", AWKWARD)
def test_the_value_is_stored_and_the_board_is_answered(board, case):
    request, how = AWKWARD[case]
    answer = board.says(request)
    head, _, body = answer.rpartition(b"\r\n\r\n")
    assert board.stored("field1") == ["21.4"]
    if how == WITH_HEAD:
        assert body == b"1"
        assert head.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b"\r\nContent-Length: 1\r\n" in head
    elif how == BARE:
        assert answer == b"1"
    else:
        assert (b"<h1>21.4</h1>" if how == "a page" else b'{"field":"1","data":"21.4"}') in body


@pytest.mark.parametrize("version", [b"", b" HTTP/1.0\r\n", b" HTTP/1.1\r\nHost: x\r\n"])
@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        (b"it is warm", "it is warm"),
        (b"21 \xb0C, caf\xe9", "21 °C, café"),
        (b"21%20%B0C", "21 °C"),
        ("21 °C".encode(), "21 °C"),
        (b'#1 "<b>" 50%', '#1 "<b>" 50%'),
    ],
)
def test_blanks_and_latin_1_arrive_as_they_were_meant(board, version, sent, meant):
    answer = board.says(b"GET /update?api_key=A-KEY&status=" + sent + version + b"\r\n")
    assert answer.rpartition(b"\r\n\r\n")[2] == b"1"
    assert board.stored() == [meant]


def test_an_object_in_latin_1_arrives_too(board):
    body = f'{{"api_key":"{board.key}","status":"21 °C"}}'.encode("latin-1")
    head = f"POST /update.json HTTP/1.1\nContent-Type: application/json\nContent-Length: {len(body)}\n\n"
    answer = board.says(head.encode() + body)
    assert json.loads(answer.rpartition(b"\r\n\r\n")[2])["status"] == "21 °C"
    assert board.stored() == ["21 °C"]


REFUSED = {
    "a wrong key": (b"GET /update?api_key=WRONGWRONGWRONG1&field1=3\r\n", b"0"),
    "a wrong key, with a head": (b"GET /update?api_key=WRONGWRONGWRONG1 HTTP/1.1\r\n\r\n", b"HTTP/1.1 400 Bad Request"),
    "reading": (b"GET /channels/1/feeds.json HTTP/1.1\r\n\r\n", b"HTTP/1.1 404 Not Found"),
    "Kazarinoff's reading": (b"GET /api/?api_key=A-KEY&channel=1 HTTP/1.1\r\n\r\n", b"HTTP/1.1 404 Not Found"),
    "a page": (b"GET / HTTP/1.1\r\n\r\n", b"HTTP/1.1 404 Not Found"),
    "another method": (b"DELETE /update HTTP/1.1\r\n\r\n", b"HTTP/1.1 404 Not Found"),
    "no request": (b"hello\r\n", b"0"),
    "a line too long": (b"GET /update?status=" + b"a" * (2 * MOST_LINE_BYTES) + b"\r\n", b"0"),
    "a line too long once it is mended": (
        b"GET /update?status=" + b"\xb0" * 1500 + b" HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 413 Request Entity Too Large",
    ),
    "a header too long": (
        b"GET /update HTTP/1.1\r\n" + b"X: y\r\n" * 60 + b"\r\n",
        b"HTTP/1.1 413 Request Entity Too Large",
    ),
    "a header line too long": (
        b"GET /update HTTP/1.1\r\nX: " + b"y" * (2 * MOST_LINE_BYTES) + b"\r\n\r\n",
        b"HTTP/1.1 413 Request Entity Too Large",
    ),
    "a body too long": (
        b"POST /update HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (MOST_BODY_BYTES + 1),
        b"HTTP/1.1 413 Request Entity Too Large",
    ),
    "a body in chunks": (
        b"POST /update HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 400 Bad Request",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_anything_else_is_refused_and_nothing_is_stored(board, case):
    request, answer = REFUSED[case]
    assert board.says(request).startswith(answer)
    assert board.stored("field1") == []


def test_the_address_that_is_told_is_the_board_s_and_not_what_it_says_of_itself(shared_labfeed, front_port, store):
    made, key = make_channel(store, feeds=("address:text",)), new_key(random.choice)
    store.tell(keys.create, Vault(shared_labfeed.settings["SECRET_KEY"]), made.id, Right.WRITE, key, now=NOW)
    board = Simple(front_port, shared_labfeed, made.id, key)
    with closing(socket.create_connection(("127.0.0.1", front_port), 30, source_address=("127.0.0.7", 0))) as line:
        head = "X-Forwarded-For: 10.9.8.7\r\nREMOTE_ADDR: 10.9.8.7\r\n"
        line.sendall(f"GET /update?api_key={key}&field1=IP_ADDRESS HTTP/1.1\r\n{head}\r\n".encode())
        assert b"".join(iter(lambda: line.recv(4096), b"")).endswith(b"\r\n\r\n1")
    assert board.stored("field1") == ["127.0.0.7"]


def test_a_line_cut_off_before_its_end_stores_nothing(board):
    with closing(socket.create_connection(("127.0.0.1", board.port), timeout=30)) as line:
        line.sendall(b"GET /update?api_key=" + board.key.encode() + b"&field1=2")
        line.shutdown(socket.SHUT_WR)
        assert line.recv(100) == b""
    assert board.stored("field1") == []


class RememberingWeb:
    """A web server that takes everything and says what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    async def ask(self, method, target, fields, body) -> Answer:
        self.asked.append((method, target))
        return Answer(200, b"1")


@asynccontextmanager
async def listening(bounds: Bounds):
    """A listener in this process, and what it asked of its web server."""
    web = RememberingWeb()
    front = Front(web, bounds)
    server = await front.serve("127.0.0.1", 0)
    try:
        yield web, server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await front.finish()


def apart(act: Callable[[], Found]) -> Found:
    """What it returns, from another thread: in this one Playwright may keep an event loop running."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(act).result()


def run(story: Coroutine[Any, Any, Found]) -> Found:
    return apart(lambda: asyncio.run(story))


class TestBounds:
    def test_a_board_beyond_the_bound_is_let_go_at_once(self):
        async def story():
            async with listening(Bounds(connections=1)) as (web, port):
                silent, silent_writer = await asyncio.open_connection("127.0.0.1", port)
                silent_writer.write(b"GET /update")
                await silent_writer.drain()
                late, late_writer = await asyncio.open_connection("127.0.0.1", port)
                assert await late.read() == b""
                silent_writer.write(b"?key=K\n")
                assert await silent.read() == b"1"
                for writer in (silent_writer, late_writer):
                    writer.close()
                assert web.asked == [("GET", "/update?key=K")]

        run(story())

    def test_a_board_that_falls_silent_within_its_line_is_let_go_and_nothing_is_stored(self):
        async def story():
            async with listening(Bounds(request_s=0.05)) as (web, port):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(b"GET /update?key=K&field1=2")
                assert await reader.read() == b""
                writer.close()
                assert web.asked == []

        run(story())

    @pytest.mark.parametrize(
        "sent",
        [
            b"POST /update HTTP/1.1\r\nContent-Length: 20\r\n\r\nfield1=2",
            b"POST /update HTTP/1.1\r\nTHINGSPEAKAPIKEY: K\r\n",
        ],
        ids=["in its body", "in its header"],
    )
    def test_a_form_cut_off_stores_nothing(self, sent):
        async def story():
            async with listening(Bounds(request_s=0.05, silence_s=0.01)) as (web, port):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(sent)
                assert await reader.read() == b""
                writer.close()
                assert web.asked == []

        run(story())


class TestWithoutAWebServer:
    def test_the_board_is_told_that_nothing_was_taken(self, free_port):
        assert run(WebServer("127.0.0.1", free_port).ask("GET", "/update", {}, b"")) == NOT_THERE
        assert NOT_THERE.written(has_head=False) == b"0"
        assert NOT_THERE.written(has_head=True).startswith(b"HTTP/1.1 503 ")

    @pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", b"hello\r\n\r\n1"])
    def test_half_an_answer_is_none(self, said):
        async def story():
            async def half(reader, writer):
                await reader.readuntil(b"\r\n\r\n")
                writer.write(said)
                writer.close()

            async with await asyncio.start_server(half, "127.0.0.1", 0) as server:
                web = WebServer("127.0.0.1", server.sockets[0].getsockname()[1])
                assert await web.ask("GET", "/update", {}, b"") == NOT_THERE

        run(story())


class TestCommand:
    def test_a_port_that_is_taken_is_said(self, capsys):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
            assert apart(lambda: main(["--host", "127.0.0.1", "--port", port])) == 1
        assert f"Port {port} cannot be had" in capsys.readouterr().err

    @pytest.mark.parametrize("to", ["localhost", ":8000", "localhost:web"])
    def test_a_web_server_that_is_none_is_said(self, capsys, to):
        with pytest.raises(SystemExit):
            main(["--port", "8080", "--to", to])
        assert "write HOST:PORT" in capsys.readouterr().err
