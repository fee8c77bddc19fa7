"""A chart in another site's frame: the channel page's own chart, without the shell, without cookies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.test import Cookie

import context
from dashapp.pages.embed import CURSOR, VIEW, Ids
from domain.channels import Visibility
from domain.roles import Role
from tests.lab import Lab, opened_lab
from tests.people import make_new_member, sign_in
from tests.tab import Tab

SITE = "https://canvas.example.edu"


class Cookieless(FlaskClient):
    """A browser that takes and sends no cookie."""

    def get_cookie(self, key: str, domain: str = "localhost", path: str = "/") -> Cookie | None:
        return None


@pytest.fixture
def lab(tmp_path) -> Iterator[Lab]:
    with opened_lab(tmp_path, EMBED_ORIGINS=f"{SITE} https://*.example.org") as lab:
        yield lab


@pytest.fixture
def board(lab):
    board = lab.enrol(name="Otter kiln", feeds=("temperature:°C", "door:text"))
    board.post({"temperature": 21.5, "door": "open"})
    return board


def address(board, query: str = "") -> str:
    return f"/embed/{board.channel_id}{query}"


class TestAChartInAFrame:
    def test_it_shows_the_channel_and_leads_to_its_page_in_a_window_of_its_own(self, lab, board):
        tab = Tab(lab.client, address(board, "?from=now-1h"))
        assert "Otter kiln" in tab.words
        assert "21.5" in tab.words
        head = str(tab.prop(Ids.HEAD))
        assert f"/channels/{board.channel_id}?from=now-1h" in head
        assert "_blank" in head

    def test_it_follows_from_what_is_drawn(self, lab, board):
        tab = Tab(lab.client, address(board))
        assert list(tab.prop(CURSOR, "data").values()) == [1]
        board.post({"temperature": 22.25})
        tab.change(Ids.POLL, "n_intervals", 1)
        assert "22.25" in tab.words
        assert list(tab.prop(CURSOR, "data").values()) == [2]

    def test_a_range_that_stands_still_stands_still(self, lab, board):
        tab = Tab(lab.client, address(board, "?from=2026-03-08&to=2026-03-09"))
        drawn = tab.prop(VIEW, "data")["drawing"]
        board.post({"temperature": 22.25})
        tab.change(Ids.POLL, "n_intervals", 1)
        assert tab.prop(VIEW, "data")["drawing"] == drawn

    def test_before_the_first_reading_it_waits(self, lab):
        silent = lab.enrol(name="Windowsill")
        tab = Tab(lab.client, address(silent))
        assert "No reading yet" in tab.words
        silent.post({"temperature": 22.25})
        tab.change(Ids.POLL, "n_intervals", 1)
        assert "22.25" in tab.words

    def test_what_one_may_not_see_is_not_there(self, lab):
        hidden = lab.enrol(name="Team notes", visibility=Visibility.MEMBERS)
        hidden.post({"temperature": 22.25})
        member = make_new_member(lab.store, hidden.channel_id, "Ada Finch", Role.VIEWER)
        assert lab.client.get(address(hidden)).status_code == 404
        assert "Team notes" not in Tab(lab.client, address(hidden)).words
        assert "Team notes" in Tab(sign_in(lab.client, lab.store, member, context.now()), address(hidden)).words

    def test_of_what_is_not_there_nothing_leads_to_other_pages(self, lab):
        tab = Tab(lab.client, "/embed/999")
        assert "There is nothing here that you may see" in tab.words
        assert "href" not in str(tab.prop(Ids.CONTENT))


class TestTheFrame:
    def test_the_sites_of_the_settings_may_frame_it(self, lab, board):
        headers = lab.client.get(address(board)).headers
        policy = f"frame-ancestors 'self' https://*.example.org {SITE}"
        assert (headers["Content-Security-Policy"], headers.get("X-Frame-Options")) == (policy, None)

    @pytest.mark.parametrize(
        "path",
        ["/", "/kiosk", "/embed", "/channels/1", "/sign-in", "/channels/1/snapshot.svg", "/embed/", "/embed/1/x"],
    )
    def test_nothing_else_may_be_framed(self, lab, board, path):
        headers = lab.client.get(path).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "DENY"

    def test_without_settings_no_site_may(self, tmp_path):
        with opened_lab(tmp_path / "usual") as usual:
            usual.enrol()
            assert "frame-ancestors 'none'" in usual.client.get("/embed/1").headers["Content-Security-Policy"]

    def test_it_needs_no_cookie(self, lab, board):
        """A browser that takes none, as in a frame of another site."""
        tab = Tab(Cookieless(lab.app, use_cookies=False), address(board))
        assert "21.5" in tab.words

    def test_the_browser_is_asked_to_keep_nothing_and_to_hold_no_socket(self, lab, board):
        client = lab.client
        page = client.get(address(board)).text
        assert '"websocket"' not in page
        layout = client.get("/_dash-layout", headers={"Referer": f"http://localhost{address(board)}"}).text
        assert '"persistence":true' not in layout

    def test_elsewhere_there_are_both(self, lab):
        client = lab.client
        assert '"websocket"' in client.get("/").text
        assert '"persistence":true' in client.get("/_dash-layout", headers={"Referer": "http://localhost/"}).text

    @pytest.mark.parametrize(
        ("path", "is_bare"), [("/embed/1", True), ("/kiosk", True), ("/", False), ("/channels/1", False)]
    )
    def test_the_shell_is_not_shown_from_the_first_paint_on(self, lab, board, path, is_bare):
        assert ('<body class="lf-bare">' in lab.client.get(path).text) == is_bare
