"""A reading travels from a board to an open page: real server, real browser, no reload."""

from __future__ import annotations

import threading
import time

import pytest
import requests

from tests.browser import OUTAGE
from tests.journeys.drawn import points, values
from tests.servers import CreatedChannel, LabfeedServer, fresh_database

RECONNECTING = "Reconnecting"


def post(server: LabfeedServer, channel: CreatedChannel, message: object) -> dict:
    answer = requests.post(
        f"{server.url}/api/v1/readings", json=message, headers={"X-API-Key": channel.write_key}, timeout=10
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def stored(server: LabfeedServer, channel: CreatedChannel, feed: str) -> list[tuple[str, float]]:
    answer = requests.get(
        f"{server.url}/api/v1/channels/{channel.channel_id}/readings",
        params={"feeds": feed, "limit": 10_000},
        timeout=10,
    )
    return [(reading["at"], reading["value"]) for reading in answer.json()["readings"]]


class TestAnOpenChannelPage:
    @pytest.mark.parametrize("has_shared_worker", [True, False], ids=["websocket", "polling"])
    def test_it_draws_a_posted_reading_without_reload(self, labfeed, open_browser, eventually, has_shared_worker):
        channel = labfeed.create_channel("Greenhouse", feeds=("temperature:°C", "door:text"))
        post(labfeed, channel, {"temperature": 20.5, "door": "closed"})
        page = open_browser(has_shared_worker=has_shared_worker).goto(f"{labfeed.url}/channels/{channel.channel_id}")
        eventually(lambda: values(page, "temperature") == [20.5], what="the reading stored before")
        post(labfeed, channel, {"temperature": 21.5, "door": "open"})
        eventually(lambda: values(page, "temperature") == [20.5, 21.5], what="the reading sent while looking")
        eventually(lambda: page.get_by_text("open", exact=True).first.is_visible(), what="the word")

    @pytest.mark.parametrize("has_shared_worker", [True, False], ids=["websocket", "polling"])
    def test_both_roads_draw_the_same(self, labfeed, open_browser, eventually, has_shared_worker):
        channel = labfeed.create_channel("Both roads", feeds=("temperature:°C",))
        page = open_browser(has_shared_worker=has_shared_worker).goto(f"{labfeed.url}/channels/{channel.channel_id}")
        page.get_by_text("Both roads").first.wait_for()
        sent = [20 + number / 8 for number in range(12)]
        for value in sent:
            post(labfeed, channel, {"temperature": value})
        eventually(lambda: len(values(page, "temperature")) >= len(sent), what="every value")
        assert values(page, "temperature") == sent

    def test_a_feed_made_by_the_board_appears_by_itself(self, labfeed, open_browser, eventually):
        channel = labfeed.create_channel("Empty at first", feeds=())
        page = open_browser().goto(f"{labfeed.url}/channels/{channel.channel_id}")
        page.get_by_text("Empty at first").first.wait_for()
        post(labfeed, channel, {"humidity": 40.0})
        eventually(lambda: values(page, "humidity") == [40.0], what="the new feed's first reading")

    def test_paused_it_stands_still_and_resumed_it_shows_all(self, labfeed, open_browser, eventually):
        channel = labfeed.create_channel("Paused", feeds=("temperature:°C",))
        other = labfeed.create_channel("Witness", feeds=("temperature:°C",))
        post(labfeed, channel, {"temperature": 1.0})
        page = open_browser().goto(f"{labfeed.url}/channels/{channel.channel_id}")
        eventually(lambda: values(page, "temperature") == [1.0])
        page.get_by_role("button", name="Pause").click()
        page.get_by_role("button", name="Resume").wait_for()
        post(labfeed, channel, {"temperature": 2.0})
        post(labfeed, other, {"temperature": 0.0})
        witness = open_browser().goto(f"{labfeed.url}/channels/{channel.channel_id}")
        eventually(lambda: values(witness, "temperature") == [1.0, 2.0], what="another page, which is not paused")
        assert values(page, "temperature") == [1.0]
        page.get_by_role("button", name="Resume").click()
        eventually(lambda: values(page, "temperature") == [1.0, 2.0], what="all of it after Resume")


class TestTheWall:
    def test_a_card_moves_without_reload(self, start_labfeed, open_browser, eventually):
        server = start_labfeed()
        channel = server.create_channel("Otter kiln", feeds=("temperature:°C", "door:text"))
        page = open_browser().goto(server.url)
        page.get_by_text("Otter kiln").first.wait_for()
        post(server, channel, {"temperature": 123.4, "door": "open"})
        eventually(lambda: "123.4" in page.inner_text("main"), what="the value on its card")
        eventually(lambda: "Live" in page.inner_text("main"), what="the status word")

    @pytest.mark.parametrize("has_shared_worker", [True, False], ids=["websocket", "polling"])
    def test_channels_made_while_somebody_looks_appear_by_themselves(
        self, start_labfeed, open_browser, has_shared_worker
    ):
        server = start_labfeed()
        page = open_browser(has_shared_worker=has_shared_worker).goto(server.url)
        page.get_by_text("No channel yet").wait_for()
        server.create_channel("The first", feeds=("temperature:°C",))
        page.get_by_role("link", name="The first").first.wait_for()
        second = server.create_channel("The second", feeds=())
        page.get_by_role("link", name="The second").first.wait_for()
        post(server, second, {"humidity": 41.5})
        page.get_by_text("41.5").first.wait_for()

    def test_a_click_on_a_card_opens_its_channel(self, start_labfeed, open_browser):
        server = start_labfeed()
        channel = server.create_channel("Otter kiln", feeds=("temperature:°C",))
        page = open_browser().goto(server.url)
        page.get_by_role("link", name="Otter kiln").first.click()
        page.wait_for_url(f"**/channels/{channel.channel_id}")
        page.get_by_role("heading", name="Otter kiln").wait_for()

    def test_a_channel_that_is_not_public_does_not_exist(self, start_labfeed, open_browser):
        server = start_labfeed()
        server.create_channel("Seen by all", feeds=("temperature:°C",))
        hidden = server.create_channel("Members only", feeds=("temperature:°C",), visibility="members")
        page = open_browser(tolerates=("status of 404",)).goto(server.url)
        page.get_by_text("Seen by all").first.wait_for()
        assert "Members only" not in page.content()
        page_asked = {"url": f"{server.url}/channels/{hidden.channel_id}", "headers": {"Accept": "text/html"}}
        assert requests.get(**page_asked, timeout=10).status_code == 404
        page.goto(f"{server.url}/channels/{hidden.channel_id}")
        page.get_by_text("nothing here", exact=False).first.wait_for()
        assert "Members only" not in page.content()


@pytest.mark.long
class TestAServerThatIsKilled:
    @pytest.mark.timeout(180)
    @pytest.mark.parametrize("has_shared_worker", [True, False], ids=["websocket", "polling"])
    def test_the_page_says_so_comes_back_and_misses_nothing(
        self, start_labfeed, open_browser, eventually, has_shared_worker
    ):
        server = start_labfeed()
        channel = server.create_channel("Survivor", feeds=("temperature:°C",))
        board = Board(server, channel)
        page = open_browser(
            has_shared_worker=has_shared_worker, tolerates=(*OUTAGE, "the server did not respond")
        ).goto(f"{server.url}/channels/{channel.channel_id}")
        page.get_by_text("Survivor").first.wait_for()
        with board:
            eventually(lambda: len(points(page, "temperature")) > 5, what="the first readings")
            server.kill9()
            eventually(lambda: page.get_by_text(RECONNECTING).first.is_visible(), within_s=40, what="Reconnecting")
            server.start()
            drawn = len(points(page, "temperature"))
            eventually(lambda: len(points(page, "temperature")) > drawn + 5, within_s=60, what="life again")
            eventually(
                lambda: not page.get_by_text(RECONNECTING).first.is_visible(), within_s=20, what="no Reconnecting"
            )
        expected = [value for _, value in stored(server, channel, "temperature")]
        assert set(board.acknowledged) <= set(expected)
        eventually(lambda: len(values(page, "temperature")) >= len(expected), within_s=20, what="every point")
        assert values(page, "temperature") == expected


@pytest.mark.long
class TestTwoWebProcesses:
    @pytest.mark.timeout(180)
    def test_what_one_stores_the_pages_of_the_other_draw(
        self, start_labfeed, open_browser, eventually, postgres, redis_server
    ):
        database_url = fresh_database(postgres)
        one = start_labfeed(database_url=database_url, redis_url=redis_server.url)
        other = start_labfeed(database_url=database_url, redis_url=redis_server.url)
        channel = one.create_channel("Shared", feeds=("temperature:°C",))
        page = open_browser().goto(f"{other.url}/channels/{channel.channel_id}")
        page.get_by_text("Shared").first.wait_for()
        post(one, channel, {"temperature": 1.0})
        eventually(lambda: values(page, "temperature") == [1.0])
        redis_server.kill9()
        post(one, channel, {"temperature": 2.0})
        redis_server.start()
        post(one, channel, {"temperature": 3.0})
        eventually(lambda: values(page, "temperature") == [1.0, 2.0, 3.0], within_s=30, what="Redis lost nothing")


class Board:
    """Sends a rising number a few times a second, each until it is acknowledged, as a good board does."""

    def __init__(self, server: LabfeedServer, channel: CreatedChannel) -> None:
        self._server, self._channel = server, channel
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._send_all)
        self.acknowledged: list[float] = []

    def __enter__(self) -> Board:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _send_all(self) -> None:
        number = 0
        while not self._is_over.wait(0.15):  # the rhythm of the board, not a wait for anything
            number += 1
            if self._send({"at": time.time(), "values": {"temperature": float(number)}}):
                self.acknowledged.append(float(number))

    def _send(self, message: object) -> bool:
        while not self._is_over.is_set():
            try:
                return bool(post(self._server, self._channel, message))
            except requests.RequestException:
                self._is_over.wait(0.2)
        return False
