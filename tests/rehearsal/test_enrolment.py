from __future__ import annotations

import json
import stat
from itertools import pairwise

import pytest

from rehearsal.cast import CAST, DOOR, KILN
from rehearsal.enrolment import Credentials, Enrolment, EnrolmentFailed, command, create_channel

REMEMBERED = {"Kiln 2": {"channel_id": 7, "write_key": "W" * 16, "read_key": "R" * 16, "has_history": True}}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "var" / "rehearsal.json"


@pytest.fixture
def at_the_server(labfeed, monkeypatch):
    """As if this process were started beside the server, with the same settings."""
    for name, value in labfeed.settings.items():
        monkeypatch.setenv(name, value)
    return labfeed


@pytest.fixture
def without_a_server(monkeypatch):
    monkeypatch.setenv("LABFEED_ENV", "production")
    monkeypatch.setenv("SECRET_KEY", "short")


class TestCommand:
    @pytest.mark.parametrize("board", CAST, ids=lambda board: board.name)
    def test_it_names_every_feed_and_marks_the_channel_as_rehearsal(self, board):
        words = command(board)
        assert "--rehearsal" in words
        assert [f"{name}:{kind}" for name, kind in board.feeds.items()] == [
            after for before, after in pairwise(words) if before == "--feed"
        ]


class TestEnrolment:
    def test_what_the_file_remembers_is_used_again(self, path):
        path.parent.mkdir()
        path.write_text(json.dumps(REMEMBERED))
        assert Enrolment(path).credentials(KILN) == Credentials(7, "W" * 16, "R" * 16, has_history=True)

    @pytest.mark.parametrize("content", ["", "{", "[]", '{"Kiln 2": {"key": "W"}}', '{"Kiln 2": 7}'])
    def test_a_file_that_is_not_understood_counts_as_empty(self, path, content, without_a_server):
        path.parent.mkdir()
        path.write_text(content)
        with pytest.raises(EnrolmentFailed):
            Enrolment(path).credentials(KILN)

    def test_a_command_that_fails_says_why(self, path, without_a_server):
        with pytest.raises(EnrolmentFailed, match=r"\w{4}"):
            create_channel(KILN)

    def test_a_new_channel_is_made_once_and_remembered(self, path, at_the_server):
        made = Enrolment(path).credentials(DOOR)
        assert Enrolment(path).credentials(DOOR) == made
        assert not made.has_history

    def test_its_channel_is_marked_and_has_the_boards_feeds(self, path, at_the_server):
        made = Enrolment(path).credentials(DOOR)
        listed = json.loads(at_the_server.run_command("channel", "list", "--json"))
        found = next(channel for channel in listed if channel["channel_id"] == made.channel_id)
        assert found["name"] == DOOR.name
        assert {feed["name"]: feed["kind"] for feed in found["feeds"]} == {"door": "text", "badge": "text"}

    def test_a_forgotten_board_gets_another_channel(self, path, at_the_server):
        enrolment = Enrolment(path)
        before = enrolment.credentials(DOOR)
        enrolment.forget(DOOR)
        assert enrolment.credentials(DOOR).channel_id != before.channel_id

    def test_a_history_once_sent_is_remembered(self, path, at_the_server):
        enrolment = Enrolment(path)
        enrolment.credentials(DOOR)
        enrolment.history_sent(DOOR)
        assert Enrolment(path).credentials(DOOR).has_history

    def test_only_its_owner_may_read_the_keys(self, path, at_the_server):
        Enrolment(path).credentials(DOOR)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
