"""A small app with every kind of socket under the real gunicorn, and programs that talk to it."""

from __future__ import annotations

import http.client
import json
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

from tests.processes import Daemon, answers, find_free_port

KEY = "dGhlIHNhbXBsZSBub25jZQ=="


class Served:
    """tests/live/served_app.py, running."""

    def __init__(self, folder: Path) -> None:
        self.port = find_free_port()
        command = [sys.executable, "-m", "gunicorn", "-c", "python:tests.live.serving"]
        command += ["-b", f"127.0.0.1:{self.port}", "tests.live.served_app:server"]
        self.daemon = Daemon("served", command, folder / "served.log", lambda: answers(self.port, "/counts"))

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def ask(self, path: str, method: str = "GET") -> dict[str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path)
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def store(self, **options: int) -> int:
        """Store entries (entries=, times=, lost=1); returns the newest."""
        query = "&".join(f"{name}={value}" for name, value in options.items())
        return self.ask(f"/entries?{query}", "POST")["newest"]

    def handshake(self, path: str, **headers: str | None) -> tuple[socket.socket, int, dict[str, str], bytes]:
        """The socket, and the status, headers and body of the answer; a header given as None is left out."""
        said: dict[str, str | None] = {
            "Host": f"127.0.0.1:{self.port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
        }
        said |= {"Sec-WebSocket-Key": KEY, "Sec-WebSocket-Version": "13"}
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items() if value is not None)]
        sock = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        sock.sendall("\r\n".join([*lines, "", ""]).encode())
        head, body = read_answer(sock)
        status, _, fields = head.decode().partition("\r\n")
        told = dict(line.split(": ", 1) for line in fields.split("\r\n") if line)
        return sock, int(status.split()[1]), told, body


def read_answer(sock: socket.socket) -> tuple[bytes, bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        data += sock.recv(1)
    head = data.partition(b"\r\n\r\n")[0]
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0
    )
    body = b""
    while len(body) < length:
        body += sock.recv(length - len(body))
    return head, body


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One for all tests of a module, which may still notice that the last test's clients have gone."""
    running = Served(tmp_path_factory.mktemp("served"))
    running.daemon.start()
    yield running
    running.daemon.kill9()


@pytest.fixture
def served(running: Served, eventually: Callable[..., object]) -> Served:
    """The same, when it has forgotten who was there before."""

    def is_quiet() -> bool:
        running.store()  # who hung up over plain HTTP is noticed when there is something to say
        return running.ask("/counts")["sockets"]["open_now"] == 0

    eventually(is_quiet, what="nobody is there any more")
    return running


@pytest.fixture
def own_served(tmp_path: Path) -> Iterator[Served]:
    """One of the test's own, to be killed or stopped."""
    served = Served(tmp_path)
    served.daemon.start()
    yield served
    served.daemon.kill9()


@pytest.fixture
def dial(served: Served) -> Iterator[Callable[..., ClientConnection]]:
    """A function that connects with a WebSocket client that is not the one the server is made of."""
    with ExitStack() as stack:

        def dial(path: str, **options: Any) -> ClientConnection:
            connection = connect(served.address + path, close_timeout=2, **options)
            stack.enter_context(connection)
            return connection

        yield dial
