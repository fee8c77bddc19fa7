"""A page in a tab whose answers take their time: what is asked goes out at once, what is answered arrives when a test
lets it. So somebody can choose again before the answer to what they chose first is there."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from typing import Any

from werkzeug.test import EnvironBuilder

from live.dash_socket import Exchange
from live.peer import Closed
from tests.lab import Lab
from tests.live.fake_peer import FakePeer
from tests.tab import Tab, post


class SlowTab(Tab):
    """Over HTTP alone: answers arrive in the order a test says.

    Of several answers of one callback the browser takes the last one's; what a callback sets besides it always takes.
    """

    def __init__(self, lab: Lab, address: str) -> None:
        self.on_the_way: list[tuple[Any, int, Any]] = []
        self._is_slow = False
        self._asked: dict[str, int] = {}
        super().__init__(lab.client, address)
        self._is_slow = True

    def arrive(self, place: int = 0) -> None:
        """Let one answer arrive, and whatever follows from it go out."""
        callback, number, said = self.on_the_way.pop(place)
        self._run(self._draw({**said.get("sideUpdate", {})}))
        if self._asked[callback["output"]] == number:
            self._run(self._draw(said.get("response") or {}))

    def arrive_all(self) -> None:
        while self.on_the_way:
            self.arrive()

    def _call(self, callback: Any, changed: str) -> list[tuple[Any, str]]:
        if not self._is_slow:
            return super()._call(callback, changed)
        payload = self._payload(callback, changed)
        if payload is not None:
            number = self._asked[callback["output"]] = self._asked.get(callback["output"], 0) + 1
            answer = self._take(post(self.client, payload))
            self.on_the_way.append((callback, number, answer.json if answer.status_code == 200 else {}))
        return []


class PatientPeer(FakePeer):
    """One that need not say anything for as long as a test takes."""

    PATIENCE_S = 600.0


class SocketTab(Tab):
    """With a socket: what is asked over it, is; what the server says arrives, in order, when a test lets it."""

    def __init__(self, lab: Lab, address: str) -> None:
        self._arrived, self._count = 0, 0
        self._waiting: dict[str, str] = {}
        headers = [("Origin", "http://localhost"), ("Upgrade", "websocket"), ("Connection", "Upgrade")]
        self.peer = PatientPeer(EnvironBuilder("/_dash-ws-callback", headers=headers).get_environ())
        lab.client.get("/")  # with the first request the app's background begins
        layout: Any = lab.app.view_functions["/_dash-layout"]
        self._exchange = Exchange(self.peer, layout.__self__, "live-beat")
        self._thread = threading.Thread(target=self._converse)
        self._thread.start()
        super().__init__(lab.client, address)

    def _converse(self) -> None:
        with contextlib.suppress(Closed):
            self._exchange.run()

    def close(self) -> None:
        self.peer.hang_up()
        self._thread.join(10)

    def arrive(self) -> None:
        """Draw what the server has said up to now."""
        said = self.peer.told
        new, self._arrived = said[self._arrived :], len(said)
        for message in new:
            together = message if isinstance(message, list) else [message]
            self._run([call for each in together for call in self._hear(each)])

    def settled(self) -> bool:
        """Draw what has arrived; whether nothing is asked for any more."""
        self.arrive()
        return not self._waiting

    def is_answered(self) -> bool:
        """Whether an answer is there that has not arrived."""
        said = self.peer.told[self._arrived :]
        return any(isinstance(each, dict) and each["type"] == "callback_response" for each in said)

    def watches(self) -> list[Any]:
        """The encoders by which the page is shown what comes."""
        return [encoder for page in self._exchange._pages.values() for _, encoder in page._watches]

    def _hear(self, said: dict[str, Any]) -> list[tuple[Any, str]]:
        payload = said.get("payload") or {}
        if said["type"] == "set_props":
            return self._draw({payload["componentId"]: payload["props"]})
        output = self._waiting.pop(said["requestId"], None) if said["type"] == "callback_response" else None
        is_last = output is not None and output not in self._waiting.values()
        return self._draw((payload.get("data") or {}).get("response") or {}) if is_last else []

    def _call(self, callback: Any, changed: str) -> list[tuple[Any, str]]:
        if not callback.get("websocket"):
            return super()._call(callback, changed)
        payload = self._payload(callback, changed)
        if payload is not None:
            self._count += 1
            request = {"rendererId": "tab", "requestId": f"r-{self._count}", "payload": payload}
            self._waiting[request["requestId"]] = callback["output"]
            self.peer.hears(json.dumps({"type": "callback_request", **request}))
        return []


@contextlib.contextmanager
def on_socket(lab: Lab, address: str) -> Iterator[SocketTab]:
    tab = SocketTab(lab, address)
    try:
        yield tab
    finally:
        tab.close()
