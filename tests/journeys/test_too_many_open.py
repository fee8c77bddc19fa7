"""Somebody holds as many live connections as they may: others are let in, and a page goes on without one."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from contextlib import ExitStack

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.servers import CreatedChannel, LabfeedServer

MOST = 5


@pytest.fixture
def server(start_labfeed) -> LabfeedServer:
    return start_labfeed(settings={"CONNECTIONS_PER_ADDRESS": str(MOST)})


@pytest.fixture
def kiln(server) -> CreatedChannel:
    return server.create_channel("Otter kiln")


@pytest.fixture
def crowd(server, kiln):
    """As many who listen as may, all from here."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(connect(f"{server.websocket_url}/ws/channels/{kiln.channel_id}", proxy=None))
            for _ in range(MOST)
        ]


def events(server: LabfeedServer, kiln: CreatedChannel, **headers: str) -> urllib.request.Request:
    return urllib.request.Request(f"{server.url}/api/v1/channels/{kiln.channel_id}/stream", headers=headers)


class TestOneTooMany:
    def test_a_socket_is_refused_before_the_upgrade(self, server, kiln, crowd):
        for path in (f"/ws/channels/{kiln.channel_id}", "/ws/sensor"):
            with pytest.raises(InvalidStatus) as refused:
                connect(server.websocket_url + path, proxy=None).__enter__()
            answer = refused.value.response
            assert (answer.status_code, answer.headers["Content-Type"]) == (429, "application/problem+json")
            assert answer.headers["Retry-After"] == "30"
            assert json.loads(answer.body)["detail"].startswith(f"{MOST} connections are open for this address")

    def test_an_event_stream_is_refused_and_others_are_not(self, server, kiln, crowd):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(events(server, kiln), timeout=10)
        with refused.value as answer:
            assert (answer.code, answer.headers["Retry-After"]) == (429, "30")
        with urllib.request.urlopen(events(server, kiln, **{"X-Forwarded-For": "203.0.113.7"}), timeout=10) as answer:
            assert answer.status == 200

    def test_who_leaves_makes_room(self, server, kiln, crowd, eventually):
        crowd[0].close()
        with eventually(lambda: asked(events(server, kiln))) as answer:
            assert answer.readline() == b"retry: 2000\n"

    def test_a_page_polls_instead(self, server, kiln, crowd, open_browser):
        page = open_browser().goto(f"{server.url}/channels/{kiln.channel_id}")
        page.get_by_text("Waiting for").first.wait_for()
        body = json.dumps({"temperature": 21.4}).encode()
        headers = {"X-API-Key": kiln.write_key, "Content-Type": "application/json"}
        urllib.request.urlopen(urllib.request.Request(f"{server.url}/api/v1/readings", body, headers), timeout=10)
        page.get_by_text("21.4").first.wait_for()


def asked(request: urllib.request.Request):
    """The answer; None where it is refused."""
    try:
        return urllib.request.urlopen(request, timeout=10)
    except urllib.error.HTTPError as refused:
        refused.close()
        return None
