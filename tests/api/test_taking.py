"""How many files somebody may take at once, in the whole app."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from api.taking import FOR_A_CLASS, FOR_ONE
from domain.channels import Visibility
from domain.roles import Part
from tests.lab import Board, Lab, opened_lab
from tests.people import enrol, make_course, make_person
from tests.tokens import bearing, make_token


@pytest.fixture
def lab(tmp_path) -> Iterator[Lab]:
    with opened_lab(tmp_path) as lab:
        yield lab


@pytest.fixture
def board(lab) -> Board:
    board = lab.enrol(visibility=Visibility.PUBLIC)
    board.post({"temperature": 21.4})
    return board


class Taker:
    """A program that begins to take files and reads none of them."""

    def __init__(self, lab: Lab, stack: ExitStack, address: str) -> None:
        self.lab, self.stack, self.address = lab, stack, address

    def ask(self, **options):
        answer = self.lab.client.get(self.address, **options)
        self.stack.callback(answer.close)
        return answer


@pytest.fixture
def taker(lab, board) -> Iterator[Taker]:
    with ExitStack() as stack:
        yield Taker(lab, stack, f"/api/v1/channels/{board.channel_id}/download.csv?from=0&to=2000000000")


class TestDownloads:
    def test_a_person_takes_ten_at_once_and_is_told_when_to_come_again(self, lab, taker):
        ada = bearing(make_token(lab, make_person(lab.store)))
        begun = [taker.ask(headers=ada) for _ in range(FOR_ONE)]
        assert {answer.status_code for answer in begun} == {200}
        refused = taker.ask(headers=ada)
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "30")
        assert json.loads(refused.data)["detail"].startswith("10 downloads are open for this person")
        begun[0].close()
        assert taker.ask(headers=ada).status_code == 200

    def test_others_at_the_same_address_are_not_in_each_others_way(self, lab, taker):
        ada, bo = (bearing(make_token(lab, make_person(lab.store, name))) for name in ("Ada Finch", "Bo Lark"))
        for _ in range(FOR_ONE):
            taker.ask(headers=ada)
        assert (taker.ask(headers=bo).status_code, taker.ask().status_code) == (200, 200)

    def test_a_class_of_visitors_behind_one_address_is_let_in(self, taker):
        assert {taker.ask().status_code for _ in range(FOR_A_CLASS)} == {200}
        assert taker.ask().status_code == 429
        assert taker.ask(environ_overrides={"REMOTE_ADDR": "203.0.113.7"}).status_code == 200

    def test_one_that_was_taken_or_asked_about_or_refused_counts_no_more(self, lab, board, taker):
        ada = bearing(make_token(lab, make_person(lab.store)))
        for _ in range(2 * FOR_ONE):
            assert b"21.4" in taker.ask(headers=ada).data
            assert lab.client.head(taker.address, headers=ada).status_code == 200
            assert lab.client.get(taker.address, headers=ada | {"Range": "bytes=9999-"}).status_code == 416


class TestArchives:
    def test_they_count_with_the_files(self, lab):
        course, tess = make_course(lab.store), make_person(lab.store, "Tess Teacher")
        enrol(lab.store, course, tess, Part.STAFF)
        token = bearing(make_token(lab, tess))
        with ExitStack() as stack:
            taker = Taker(lab, stack, f"/api/v1/courses/{course}/export.zip")
            assert {taker.ask(headers=token).status_code for _ in range(FOR_ONE)} == {200}
            assert taker.ask(headers=token).status_code == 429
