"""The address of a channel for people and for programs, and addresses of ThingSpeak's own pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from domain.channels import Visibility
from tests.lab import Board, Lab, opened_lab

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture(scope="module")
def board(lab) -> Board:
    return lab.enrol(name="Kiln")


def ask(board: Board, accept: str | None, tail: str = ""):
    headers = {} if accept is None else {"Accept": accept}
    return board.get(f"/channels/{board.channel_id}{tail}", headers=headers)


class TestTheAddressOfAChannel:
    @pytest.mark.parametrize("accept", [BROWSER, "text/html", "application/json, TEXT/HTML", None])
    @pytest.mark.parametrize("tail", ["", "?from=now-1h"])
    def test_people_have_its_page(self, board, accept, tail):
        answer = ask(board, accept, tail)
        assert (answer.status_code, answer.mimetype) == (200, "text/html")
        assert "dash" in answer.text

    @pytest.mark.parametrize("accept", ["*/*", "application/json", "application/json, text/plain, */*"])
    @pytest.mark.parametrize("tail", ["", "/", "?results=1"])
    def test_programs_have_the_channel(self, board, accept, tail):
        answer = ask(board, accept, tail)
        assert answer.content_type == "application/json; charset=utf-8"
        assert answer.json == ask(board, accept, ".json").json

    def test_with_its_key_where_it_is_private(self, lab):
        private = lab.enrol(name="Kiln", visibility=Visibility.MEMBERS)
        assert ask(private, "*/*", f"?api_key={private.key}").json["name"] == "Kiln"
        assert (ask(private, "*/*").status_code, ask(private, "*/*").text) == (400, "-1")
        assert ask(private, BROWSER).status_code == 404

    @pytest.mark.parametrize("tail", ["/keys", "/settings", "/code"])
    def test_its_other_pages_are_pages_to_everybody(self, board, tail):
        assert ask(board, "*/*", tail).mimetype == ask(board, BROWSER, tail).mimetype == "text/html"


class TestOldAddresses:
    @pytest.mark.parametrize(
        ("theirs", "ours"),
        [
            ("/channels", "/mine"),
            ("/channels/public", "/"),
            ("/channels/7/private_show", "/channels/7"),
            ("/channels/7/edit", "/channels/7/settings"),
            ("/channels/7/api_keys", "/channels/7/keys"),
        ],
    )
    def test_each_leads_to_our_page_without_a_key(self, lab, theirs, ours):
        answer = lab.client.get(f"{theirs}?api_key=ABCDEFGHIJKLMNOP")
        assert (answer.status_code, answer.headers["Location"], answer.text) == (302, ours, "")
