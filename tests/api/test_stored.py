"""Storage, retention and deletion for programs: with an owner's token that may manage, and for nobody else."""

from __future__ import annotations

import pytest

import context
from domain.channels import Visibility
from domain.roles import Role
from domain.tokens import Scope
from tests.builders import reread
from tests.lab import opened_lab
from tests.people import make_member, make_person
from tests.tokens import bearing, make_token

STAMPS = [f"2026-01-0{day}T12:00:00Z" for day in range(1, 6)]
ALL = {"from": "first", "to": "now"}


@pytest.fixture
def lab(tmp_path):
    with opened_lab(tmp_path) as lab:
        yield lab


@pytest.fixture
def board(lab):
    """A board whose channel its members alone see, with five readings of each of two feeds."""
    board = lab.enrol(visibility=Visibility.MEMBERS)
    board.post([{"at": at, "values": {"temperature": number, "door": "open"}} for number, at in enumerate(STAMPS)])
    return board


@pytest.fixture
def owner(lab, board):
    person = make_person(lab.store, "Ada Finch", now=context.now())
    make_member(lab.store, board.channel_id, person)
    return person


@pytest.fixture
def ask(lab, board, owner):
    """A function that asks something of the channel with the owner's token."""
    headers = bearing(make_token(lab, owner))

    def asked(method: str, path: str, **more):
        address = f"/api/v1/channels/{board.channel_id}/{path}"
        return lab.client.open(address, method=method, headers=more.pop("headers", headers), **more)

    return asked


class TestStorage:
    def test_it_is_told_in_all_and_by_feed(self, ask):
        said = ask("GET", "storage").json
        assert (said["readings"], said["removed"], said["keep_days"]) == (10, 0, None)
        assert said["size_bytes"] > 0
        assert [(each["name"], each["readings"]) for each in said["feeds"]] == [("temperature", 5), ("door", 5)]
        assert (said["feeds"][0]["first_at"], said["feeds"][0]["last_at"]) == (STAMPS[0], STAMPS[-1])

    def test_who_does_not_see_the_channel_does_not_find_it(self, ask):
        assert ask("GET", "storage", headers={}).status_code == 404


class TestRetention:
    @pytest.mark.parametrize("days", [30, None])
    def test_it_is_set(self, lab, board, ask, days):
        answered = ask("PUT", "retention", json={"keep_days": days})
        assert (answered.status_code, answered.json["keep_days"]) == (200, days)
        assert reread(lab.store, board.channel).keep_days == days

    @pytest.mark.parametrize("days", [0, 99_999, "a week"])
    def test_what_is_no_number_of_days_is_refused_by_name(self, ask, days):
        answered = ask("PUT", "retention", json={"keep_days": days})
        assert (answered.status_code, "/keep_days" in answered.text) == (422, True)


class TestDeleting:
    def test_a_range_of_a_feed_goes_and_comes_back(self, board, ask):
        wanted = {"from": "2026-01-02", "to": "2026-01-03", "feeds": ["door"]}
        answered = ask("POST", "removals", json=wanted)
        assert (answered.status_code, answered.json["state"], answered.json["done"]) == (202, "removed", 2)
        assert len(board.stored()) == 8
        number = answered.headers["Location"].rpartition("/")[2]
        assert ask("GET", f"removals/{number}").json == ask("GET", "removals").json["removals"][0]
        undone = ask("DELETE", f"removals/{number}")
        assert (undone.status_code, undone.json["state"]) == (202, "restored")
        assert len(board.stored()) == 10

    def test_a_dry_run_counts_and_deletes_nothing(self, board, ask):
        answered = ask("POST", "removals", json={**ALL, "dry_run": True})
        assert (answered.status_code, answered.json["readings"]) == (200, 10)
        assert len(board.stored()) == 10
        assert ask("GET", "removals").json == {"removals": []}

    @pytest.mark.parametrize(
        ("wanted", "status"),
        [
            ({}, 422),
            ({"from": "first"}, 422),
            ({"from": "now", "to": "now-1d"}, 422),
            ({"from": "yesterday", "to": "now"}, 422),
            ({**ALL, "feeds": ["nope"]}, 404),
            ({**ALL, "feeds": []}, 422),
            ({**ALL, "zone": "Mars/Olympus"}, 422),
            ({**ALL, "everything": True}, 422),
        ],
    )
    def test_what_is_no_range_is_refused_and_nothing_goes(self, board, ask, wanted, status):
        assert ask("POST", "removals", json=wanted).status_code == status
        assert len(board.stored()) == 10

    def test_another_channels_deletion_is_not_found(self, lab, owner, board, ask):
        other = lab.enrol()
        make_member(lab.store, other.channel_id, owner)
        number = ask("POST", "removals", json=ALL).json["id"]
        headers = bearing(make_token(lab, owner))
        address = f"/api/v1/channels/{other.channel_id}/removals/{number}"
        assert lab.client.delete(address, headers=headers).status_code == 404


CHANGES = [
    ("PUT", "retention", {"keep_days": 1}),
    ("POST", "removals", ALL),
    ("GET", "removals", None),
    ("GET", "removals/1", None),
    ("DELETE", "removals/1", None),
]


class TestWhoMay:
    """A change asks for a token that may manage, of somebody who controls the channel."""

    @pytest.mark.parametrize(("method", "path", "body"), CHANGES)
    def test_nobody_without_a_token(self, lab, board, ask, method, path, body):
        before = lab.count_rows()
        assert ask(method, path, json=body, headers={}).status_code == 401
        assert ask(method, path, json=body, headers={"X-API-Key": board.key}).status_code == 403
        assert lab.count_rows() == before

    @pytest.mark.parametrize(("method", "path", "body"), CHANGES)
    def test_no_token_that_may_only_read_and_send(self, lab, owner, board, ask, method, path, body):
        headers = bearing(make_token(lab, owner, [Scope.READ, Scope.WRITE]))
        before = lab.count_rows()
        assert ask(method, path, json=body, headers=headers).status_code == 403
        assert lab.count_rows() == before

    @pytest.mark.parametrize(("method", "path", "body"), CHANGES)
    @pytest.mark.parametrize(("role", "status"), [(Role.EDITOR, 403), (None, 404)])
    def test_nobody_who_does_not_control_the_channel(self, lab, board, ask, method, path, body, role, status):
        person = make_person(lab.store, "Ed Reed", now=context.now())
        if role is not None:
            make_member(lab.store, board.channel_id, person, role)
        headers = bearing(make_token(lab, person))
        before = lab.count_rows()
        assert ask(method, path, json=body, headers=headers).status_code == status
        assert lab.count_rows() == before
