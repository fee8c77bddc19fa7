"""What the current request knows: the parts of its app, and who is looking."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

import context
from domain.errors import KeyUnknown
from domain.roles import Right, Viewer
from tests.lab import Board, Lab, opened_lab


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        lab.enrol()
        yield lab


@pytest.fixture
def board(lab) -> Board:
    return lab.enrol()


def viewer_of(lab: Lab, **request) -> Viewer:
    with lab.app.test_request_context("/", **request):
        return context.viewer()


class TestViewer:
    def test_who_shows_no_key_is_a_visitor(self, lab):
        assert viewer_of(lab) == Viewer.visitor()

    def test_a_read_key_reads_its_channel(self, lab, board):
        key = lab.make_key(board.channel_id, Right.READ)
        for request in ({"headers": {"X-API-Key": key}}, {"query_string": {"api_key": f" {key}\n"}}):
            assert viewer_of(lab, **request) == Viewer.with_key_of(board.channel_id)

    def test_a_write_key_reads_nothing_more_than_a_visitor(self, lab, board):
        assert viewer_of(lab, headers={"X-API-Key": board.key}) == Viewer.visitor()

    def test_a_key_that_is_not_valid_is_not_passed_over(self, lab, board):
        revoked = lab.make_key(board.channel_id, Right.READ)
        lab.revoke(revoked)
        for key in ("WRONG", "é", revoked):
            with pytest.raises(KeyUnknown):
                viewer_of(lab, query_string={"api_key": key})


class TestParts:
    def test_they_are_those_of_the_app_that_serves(self, lab, tmp_path):
        with opened_lab(tmp_path) as other:
            for each in (lab, other):
                with each.app.app_context():
                    assert context.parts() is each.parts
                    assert context.store() is each.parts.store
                    assert context.bus() is each.parts.bus
                    assert context.hub() is each.parts.hub
                    assert context.vault() is each.parts.vault


class TestNow:
    def test_it_is_microseconds_since_1970(self):
        before = time.time_ns()
        assert before // 1000 <= context.now() <= time.time_ns() // 1000
