"""Dash over our socket in a real browser: the renderer is the other half of the protocol."""

from __future__ import annotations

import pytest

from tests.browser import OUTAGE

POINTS = """which => {
    const graph = document.querySelectorAll('.js-plotly-plot')[which]
    return graph && graph.data ? Array.from(graph.data[0].y, Math.abs) : null
}"""
DRAWN = "which => document.querySelectorAll('.js-plotly-plot')[which].querySelectorAll('.scatterlayer path').length"

pytestmark = pytest.mark.long


def draws(page, newest: int) -> bool:
    """Whether both graphs hold every entry up to this one once and in order, and the page says so."""
    return page.evaluate(POINTS, 0) == page.evaluate(POINTS, 1) == [*range(1, newest + 1)] and (
        page.inner_text("#latest") == str(newest)
    )


class TestSocketRoad:
    def test_the_page_is_caught_up_and_lives(self, own_served, open_browser, eventually):
        own_served.store(entries=3)
        page = open_browser().goto(own_served.origin)
        eventually(lambda: draws(page, 3), within_s=20)
        assert page.inner_text("#road") == "socket, /_dash-ws-callback"
        own_served.store(times=20)
        own_served.store(times=3, lost=1)
        newest = own_served.store()
        eventually(lambda: draws(page, newest))

    def test_two_tabs_share_one_socket_and_each_lives(self, own_served, open_browser, eventually):
        first = open_browser().goto(own_served.origin)
        second = first.context.new_page()
        second.goto(own_served.origin)
        eventually(lambda: own_served.ask("/counts")["hub"]["watchers"] == 2, within_s=20)
        assert own_served.ask("/counts")["sockets"]["open_now"] == 1
        newest = own_served.store(times=4)
        eventually(lambda: draws(first, newest) and draws(second, newest))

    def test_other_callbacks_use_it_and_an_error_leaves_the_page_alive(self, own_served, open_browser, eventually):
        page = open_browser(tolerates=["Something went wrong on the server."]).goto(own_served.origin)
        eventually(lambda: own_served.ask("/counts")["hub"]["watchers"] == 1, within_s=20)
        page.click("#button")
        eventually(lambda: page.inner_text("#pressed") == "pressed 1")
        page.click("#button")
        page.click("#button")
        eventually(lambda: page.inner_text("#pressed") == "pressed 3")

    def test_after_a_killed_server_the_page_comes_back_by_itself(self, own_served, open_browser, eventually):
        page = open_browser(tolerates=OUTAGE).goto(own_served.origin)
        eventually(lambda: own_served.ask("/counts")["hub"]["watchers"] == 1, within_s=20)
        seen = own_served.store(times=3)
        eventually(lambda: draws(page, seen))
        own_served.daemon.kill9()
        own_served.daemon.start()
        own_served.store(entries=seen + 2)  # its memory is gone; what the page holds is stored again, and two more
        eventually(lambda: draws(page, seen + 2), within_s=20)
        newest = own_served.store(times=3)
        eventually(lambda: draws(page, newest))


class TestPollingRoad:
    def test_without_shared_workers_the_page_polls_and_draws_the_same(self, own_served, open_browser, eventually):
        socket = open_browser().goto(own_served.origin)
        polling = open_browser(has_shared_worker=False).goto(own_served.origin)
        newest = own_served.store(times=10)
        eventually(lambda: draws(socket, newest) and draws(polling, newest), within_s=20)
        assert polling.inner_text("#road") == "polling"
        assert [polling.evaluate(DRAWN, which) for which in (0, 1)] == [
            socket.evaluate(DRAWN, which) for which in (0, 1)
        ]
