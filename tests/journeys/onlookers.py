"""Whoever looks at a channel while its rights change: programs on the stream, and pages on Dash's websocket."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import requests
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from accounts.sessions import COOKIE
from tests.servers import LabfeedServer
from tests.tab import outputs_of, read_key

ENDED = 1008
WITHIN_S = 20

Frame = dict[str, Any]
Given = tuple[str, str, Any]
"""A component's id, its property, and the value there."""


@contextmanager
def on_the_stream(labfeed: LabfeedServer, channel_id: int, **headers: str) -> Iterator[ClientConnection]:
    """A program that hears the channel; `headers` say who it is."""
    address = f"{labfeed.websocket_url}/ws/channels/{channel_id}"
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    with connect(address, additional_headers=sent, open_timeout=WITHIN_S) as client:
        assert json.loads(client.recv(timeout=WITHIN_S))["type"] == "hello"
        yield client


def end_of(client: ClientConnection) -> int | None:
    """The code with which the server closes the stream; what it says until then is passed over."""
    with suppress(ConnectionClosed):
        while True:
            client.recv(timeout=WITHIN_S)
    return client.close_code


@dataclass
class OpenPage:
    """A channel's page in a tab, as far as the server knows it: drawn over HTTP, followed over the websocket."""

    labfeed: LabfeedServer
    client: ClientConnection
    carried: str
    told: list[Frame] = field(default_factory=list)

    def follow(self, channel_id: int) -> None:
        """Draw the channel and follow it; AssertionError where the server does not let it."""
        drawn = self.draw(channel_id)
        assert drawn[VIEW]["data"], "the channel was not drawn"
        given = [(VIEW, "data", drawn[VIEW]["data"]), ("channel-safety", "n_intervals", None)]
        state = [(CURSOR, "data", drawn[CURSOR]["data"]), ("address", "search", "")]
        payload = self._request("channel-safety", given, state)
        said = {"type": "callback_request", "rendererId": "tab", "requestId": "follow", "payload": payload}
        self.client.send(json.dumps(said))
        self.until(lambda frame: frame["type"] == "callback_response")

    def draw(self, channel_id: int) -> dict[str, dict[str, Any]]:
        """What the page draws now, by id."""
        path = f"/channels/{channel_id}"
        given: list[Given] = [("address", "pathname", path)]
        state: list[Given] = [("address", "search", ""), ("channel-zone", "value", "college"), (VIEW, "data", {})]
        payload = self._request("channel-content", given, state)
        answer = self._browser().post(f"{self.labfeed.url}/_dash-update-component", json=payload, timeout=WITHIN_S)
        assert answer.status_code == 200, answer.text
        return answer.json()["response"]

    def until(self, wanted) -> Frame:
        """The first frame like that; those before it are kept in `told`."""
        while True:
            said = json.loads(self.client.recv(timeout=WITHIN_S))
            for frame in said if isinstance(said, list) else [said]:
                self.told.append(frame)
                if wanted(frame):
                    return frame

    def hears(self, value: float) -> None:
        """Wait for a reading."""
        self.until(lambda frame: str(value) in json.dumps(frame.get("payload")))

    def is_told_to_draw_anew(self) -> None:
        self.until(lambda frame: frame.get("payload", {}).get("componentId") == "who-asked")

    def heard(self) -> str:
        """All that was said up to now, whatever is still on its way included: the socket keeps the order."""
        self.client.send('{"type":"heartbeat"}')
        self.until(lambda frame: frame["type"] == "heartbeat_ack")
        return json.dumps(self.told)

    def _request(self, part: str, given: list[Given], state: list[Given]) -> dict[str, Any]:
        """The request of the callback that writes this part, or listens to it."""
        every = self._browser().get(f"{self.labfeed.url}/_dash-dependencies", timeout=WITHIN_S).json()
        outputs = [
            each["output"]
            for each in every
            if f"{part}.children" in each["output"] or any(one["id"] == part for one in each["inputs"])
        ]
        written = [{**each, "id": read_key(each["id"])} for each in outputs_of(outputs[0])]
        return {"output": outputs[0], "outputs": written, "inputs": as_json(given), "state": as_json(state)}

    def _browser(self) -> requests.Session:
        """What a browser sends with each request of our own page."""
        browser = requests.Session()
        if self.carried:
            browser.cookies.set(COOKIE, self.carried)
        browser.get(self.labfeed.url, timeout=WITHIN_S)
        browser.headers.update({"Origin": self.labfeed.url, "X-CSRFToken": str(browser.cookies["_csrf_token"])})
        return browser


def as_json(given: list[Given]) -> list[dict[str, Any]]:
    return [{"id": read_key(part), "property": name, "value": value} for part, name, value in given]


VIEW, CURSOR = (json.dumps({"memo": memo, "page": "channel"}, separators=(",", ":")) for memo in ("view", "cursor"))


@contextmanager
def on_a_page(labfeed: LabfeedServer, channel_id: int, carried: str = "") -> Iterator[OpenPage]:
    """A page that follows the channel, with the session that is carried."""
    headers = {"Cookie": f"{COOKIE}={carried}"} if carried else {}
    address = f"{labfeed.websocket_url}/_dash-ws-callback"
    with connect(address, origin=Origin(labfeed.url), additional_headers=headers, open_timeout=WITHIN_S) as client:
        page = OpenPage(labfeed, client, carried)
        page.follow(channel_id)
        yield page
