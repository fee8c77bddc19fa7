"""Pictures over HTTP: who gets one, and what of."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import context
from domain.channels import Visibility
from domain.roles import Right
from domain.timespan import DAY
from tests.dashapp.pictures.shown import words_in
from tests.lab import Lab, opened_lab


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture(scope="module")
def board(lab):
    board = lab.enrol(name="Otter kiln", feeds=("temperature:°C", "door:text"))
    board.post({"temperature": 21.5, "door": "open"})
    return board


def address(board, form: str = "svg", query: str = "") -> str:
    return f"/channels/{board.channel_id}/snapshot.{form}{query}"


class TestASnapshot:
    @pytest.mark.parametrize(
        ("form", "kind", "head"), [("svg", "image/svg+xml", b"<?xml"), ("png", "image/png", b"\x89PNG")]
    )
    def test_it_is_a_picture(self, board, form, kind, head):
        answer = board.get(address(board, form))
        assert (answer.status_code, answer.mimetype) == (200, kind)
        assert answer.data.startswith(head)

    def test_it_shows_the_channel(self, board):
        shown = words_in(board.get(address(board)).data)
        assert {"Otter kiln", "temperature  ·  °C", "door"} <= set(shown)

    def test_it_says_where_it_is_from_with_all_that_was_chosen(self, board):
        shown = words_in(board.get(address(board, query="?from=now-1h&theme=dark&width=1600")).data)
        assert any(
            each.startswith(f"http://localhost/channels/{board.channel_id}?from=now-1h  ·  drawn") for each in shown
        )

    def test_a_feed_left_out_is_left_out(self, board):
        assert "door" not in words_in(board.get(address(board, query="?hide=door")).data)

    def test_a_range_without_readings_says_so(self, board):
        query = "?from=2020-01-01&to=2020-01-02"
        assert "Nothing in this range." in words_in(board.get(address(board, query=query)).data)

    def test_a_day_is_a_day_of_the_zone(self, board):
        shown = words_in(
            board.get(address(board, query="?from=2026-03-08&to=2026-03-08&zone=America/Los_Angeles")).data
        )
        assert "8 Mar 2026, 00:00 PST – 9 Mar 2026, 00:00 PDT" in shown

    def test_smoothed_it_says_how(self, board):
        shown = words_in(board.get(address(board, query="?smooth=mean&over=10m")).data)
        assert any("Mean over 10 minutes" in each for each in shown)

    @pytest.mark.parametrize(
        "query", ["?theme=pink", "?width=9", "?from=soon", "?zone=Nowhere/Land", "?from=now&to=2020-01-01"]
    )
    def test_nonsense_is_refused_with_a_sentence(self, board, query):
        answer = board.get(address(board, query=query))
        assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")

    def test_nothing_in_it_can_run(self, board):
        policy = board.get(address(board)).headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "sandbox" in policy

    def test_it_is_kept_by_nobody(self, board):
        assert board.get(address(board)).headers["Cache-Control"] == "no-store"


class TestWhoGetsOne:
    @pytest.fixture
    def hidden(self, lab):
        return lab.enrol(name="Team notes", visibility=Visibility.MEMBERS, now=context.now() - DAY)

    @pytest.mark.parametrize("form", ["svg", "png"])
    def test_what_one_may_not_see_is_not_there(self, lab, hidden, form):
        assert lab.client.get(address(hidden, form)).status_code == 404

    def test_a_program_with_the_channel_s_read_key_does(self, lab, hidden):
        key = lab.make_key(hidden.channel_id, Right.READ)
        assert lab.client.get(address(hidden), headers={"X-API-Key": key}).status_code == 200

    @pytest.mark.parametrize("channel", ["0", "x", "999999", "7%2F8"])
    def test_of_no_channel_there_is_none(self, lab, channel):
        assert lab.client.get(f"/channels/{channel}/snapshot.svg").status_code == 404
