"""Channels, feeds, keys and members for programs: with a token that may manage, within what its owner may."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from domain.channels import Visibility
from domain.keys import is_well_formed
from domain.roles import Right, Role
from domain.tokens import Scope
from models import schema
from tests.lab import Board, Lab, opened_lab
from tests.people import make_new_member, make_person
from tests.tokens import bearing, make_token

NEW = {
    "name": "Kiln 3",
    "description": "In the yard",
    "visibility": "members",
    "tags": ["Kiln", "#clay"],
    "place": "Room 12",
    "latitude": 48.14,
    "longitude": 11.58,
    "expected_interval_s": 5,
    "accepts_new_feeds": False,
    "pace_ms": 250,
    "feeds": [{"name": "temperature", "unit": "°C"}, {"name": "door", "kind": "text", "title": "The door"}],
}


@pytest.fixture
def lab(tmp_path) -> Iterator[Lab]:
    with opened_lab(tmp_path) as lab:
        yield lab


@pytest.fixture
def board(lab) -> Board:
    """A board whose channel its members alone see."""
    return lab.enrol(visibility=Visibility.MEMBERS, name="Otter kiln")


@pytest.fixture
def ask(lab, board) -> Callable[..., TestResponse]:
    """A function that asks something of the channel, with a token of somebody in this role that has these scopes."""
    tokens: dict[tuple, str] = {}

    def asked(method: str, path: str = "", *, role: Role | None = Role.OWNER, scopes=(Scope.MANAGE,), **more):
        if (role, scopes) not in tokens:
            name = f"{role} {len(tokens)}"
            person = make_new_member(lab.store, board.channel_id, name, role) if role else make_person(lab.store, name)
            tokens[role, scopes] = make_token(lab, person, scopes)
        address = path if path.startswith("/api/") else f"/api/v1/channels/{board.channel_id}{path}"
        return lab.client.open(address, method=method, headers=bearing(tokens[role, scopes]), **more)

    return asked


def pointers(answered: TestResponse) -> list[str]:
    return [each["pointer"] for each in answered.json["errors"]]


class TestMaking:
    def test_it_is_made_as_asked_and_its_key_sends(self, lab, ask):
        made = ask("POST", "/api/v1/channels", json=NEW)
        assert (made.status_code, made.headers["Location"]) == (201, f"/api/v1/channels/{made.json['id']}")
        told = {name: made.json[name] for name in NEW if name not in ("feeds", "tags")}
        assert told == {name: value for name, value in NEW.items() if name in told}
        assert made.json["tags"] == ["kiln", "clay"]
        assert [(each["name"], each["kind"], each["unit"], each["title"]) for each in made.json["feeds"]] == [
            ("temperature", "number", "°C", ""),
            ("door", "text", None, "The door"),
        ]
        sent = lab.client.post(
            "/api/v1/readings", json={"temperature": 1}, headers={"X-API-Key": made.json["write_key"]}
        )
        assert sent.status_code == 201

    def test_its_maker_owns_it(self, ask):
        made = ask("POST", "/api/v1/channels", json={"name": "Kiln 4"}).json
        assert made["visibility"] == "college"
        (member,) = ask("GET", f"/api/v1/channels/{made['id']}/members").json["members"]
        assert member["role"] == "owner"

    @pytest.mark.parametrize(
        ("wrong", "pointer"),
        [
            ({"name": " "}, "/name"),
            ({"tags": ["two words"]}, "/tags"),
            ({"feeds": [{"name": "a"}, {"name": "b/c"}]}, "/feeds/1/name"),
            ({"latitude": 91, "longitude": 0}, "/latitude"),
            ({"expected_interval_s": 0}, "/expected_interval_s"),
            ({"pace_ms": -1}, "/pace_ms"),
            ({"pace_ms": 3_600_001}, "/pace_ms"),
            ({"place": "a\x00b"}, "/place"),
        ],
    )
    def test_what_is_wrong_is_named_and_nothing_is_made(self, lab, ask, wrong, pointer):
        ask("GET")
        before = lab.count_rows()
        answered = ask("POST", "/api/v1/channels", json={"name": "Kiln 5"} | wrong)
        assert (answered.status_code, pointers(answered)) == (422, [pointer])
        assert lab.count_rows() == before

    @pytest.mark.parametrize("wrong", [{}, {"name": "a", "colour": "red"}, {"name": 7}, {"name": "a", "latitude": 1}])
    def test_what_is_no_channel_is_refused(self, ask, wrong):
        assert ask("POST", "/api/v1/channels", json=wrong).status_code == 422


class TestChanging:
    def test_what_is_named_is_set_and_the_rest_stays(self, ask):
        ask("PATCH", json={"description": "In the yard", "tags": ["kiln"], "latitude": 1, "longitude": 2})
        changed = ask("PATCH", json={"place": "Room 12", "expected_interval_s": 2.5, "visibility": "public"})
        assert changed.status_code == 200
        told = {name: changed.json[name] for name in ("name", "description", "tags", "latitude", "longitude")}
        assert told == {
            "name": "Otter kiln", "description": "In the yard", "tags": ["kiln"], "latitude": 1.0, "longitude": 2.0
        }  # fmt: skip
        told = {name: changed.json[name] for name in ("place", "expected_interval_s", "visibility")}
        assert told == {"place": "Room 12", "expected_interval_s": 2.5, "visibility": "public"}
        assert changed.json["accepts_new_feeds"] is True

    def test_null_takes_away(self, ask):
        ask("PATCH", json={"latitude": 1, "longitude": 2, "expected_interval_s": 5})
        told = ask("PATCH", json={"latitude": None, "longitude": None, "expected_interval_s": None}).json
        assert (told["latitude"], told["longitude"], told["expected_interval_s"]) == (None, None, None)

    def test_the_least_time_between_updates_is_set_and_taken_back(self, ask):
        assert ask("GET").json["pace_ms"] is None
        assert ask("PATCH", json={"pace_ms": 0}).json["pace_ms"] == 0
        assert ask("PATCH", json={"place": "Room 12"}).json["pace_ms"] == 0
        assert ask("PATCH", json={"pace_ms": None}).json["pace_ms"] is None

    def test_all_of_it_or_nothing(self, ask):
        answered = ask("PATCH", json={"name": "Kiln 5", "expected_interval_s": -1})
        assert (answered.status_code, pointers(answered)) == (422, ["/expected_interval_s"])
        assert ask("GET").json["name"] == "Otter kiln"

    def test_an_editor_describes_it_but_does_not_say_who_sees_it(self, ask):
        assert ask("PATCH", json={"place": "Room 12"}, role=Role.EDITOR).status_code == 200
        both = {"place": "Room 13", "visibility": "public"}
        assert ask("PATCH", json=both, role=Role.EDITOR).status_code == 403
        assert (ask("GET").json["place"], ask("GET").json["visibility"]) == ("Room 12", "members")

    def test_nothing_is_no_change(self, ask):
        assert ask("PATCH", json={}).status_code == 422


class TestTheBin:
    def test_it_goes_there_and_comes_back(self, board, ask):
        gone = ask("DELETE")
        assert (gone.status_code, gone.json["id"]) == (200, board.channel_id)
        assert ask("GET").status_code == 404
        assert board.post({"temperature": 1}).status_code == 401
        assert [each["id"] for each in ask("GET", "/api/v1/bin").json["channels"]] == [board.channel_id]
        back = ask("POST", f"/api/v1/bin/{board.channel_id}/restore")
        assert (back.status_code, back.json["name"]) == (200, "Otter kiln")
        assert board.post({"temperature": 1}).status_code == 201

    def test_nobody_else_finds_it_there(self, board, ask):
        ask("DELETE")
        for role in (Role.EDITOR, None):
            assert ask("GET", "/api/v1/bin", role=role).json == {"channels": []}
            assert ask("POST", f"/api/v1/bin/{board.channel_id}/restore", role=role).status_code == 404


class TestFeeds:
    def names(self, ask) -> list[str]:
        return [each["name"] for each in ask("GET", "/feeds").json["feeds"]]

    def test_one_is_added_where_it_belongs(self, board, ask):
        made = ask("POST", "/feeds", json={"name": "humidity", "unit": "%", "decimals": 1, "place": 1})
        assert (made.status_code, made.json["unit"], made.json["decimals"]) == (201, "%", 1)
        assert made.headers["Location"] == f"/api/v1/channels/{board.channel_id}/feeds/humidity"
        assert self.names(ask) == ["temperature", "humidity", "door"]

    def test_one_is_changed_in_part(self, ask):
        ask("PATCH", "/feeds/temperature", json={"title": "Inside", "colour": "#0072B2"})
        changed = ask("PATCH", "/feeds/temperature", json={"name": "heat", "place": 1}).json
        assert (changed["name"], changed["title"], changed["colour"]) == ("heat", "Inside", "#0072b2")
        assert self.names(ask) == ["door", "heat"]

    def test_one_that_holds_readings_stays(self, board, ask):
        board.post({"temperature": 20})
        assert ask("DELETE", "/feeds/temperature").status_code == 409
        answered = ask("PATCH", "/feeds/temperature", json={"kind": "text"})
        assert (answered.status_code, pointers(answered)) == (409, ["/kind"])
        assert ask("PATCH", "/feeds/temperature", json={"kind": "mixed"}).status_code == 200

    def test_an_empty_one_goes(self, ask):
        assert ask("DELETE", "/feeds/door").status_code == 204
        assert self.names(ask) == ["temperature"]

    @pytest.mark.parametrize("method", ["PATCH", "DELETE"])
    def test_one_that_is_not_there(self, ask, method):
        body = {"json": {"title": "x"}} if method == "PATCH" else {}
        assert ask(method, "/feeds/doors", **body).status_code == 404

    @pytest.mark.parametrize(
        ("wrong", "pointer"),
        [({"name": "door"}, "/name"), ({"colour": "red"}, "/colour"), ({"decimals": 11}, "/decimals")],
    )
    def test_what_is_wrong_is_named(self, ask, wrong, pointer):
        answered = ask("PATCH", "/feeds/temperature", json=wrong)
        assert (answered.status_code, pointer in pointers(answered)) == (422, True)


class TestKeys:
    def test_one_is_made_rotated_and_revoked(self, lab, board, ask):
        made = ask("POST", "/keys", json={"right": "read", "name": "Notebook"})
        assert (made.status_code, is_well_formed(made.json["key"])) == (201, True)
        assert self.reads(lab, board, made.json["key"])
        rotated = ask("POST", f"/keys/{made.json['id']}/rotate", json={"old_ends": "now"})
        assert rotated.status_code == 201
        assert not self.reads(lab, board, made.json["key"])
        assert self.reads(lab, board, rotated.json["key"])
        assert ask("DELETE", f"/keys/{rotated.json['id']}").status_code == 204
        assert not self.reads(lab, board, rotated.json["key"])
        assert ask("DELETE", f"/keys/{rotated.json['id']}").status_code == 404

    def test_no_program_is_told_which_they_are(self, board, ask):
        made = ask("POST", "/keys", json={"right": "write", "name": "Second board"}).json["key"]
        listed = ask("GET", "/keys")
        assert [(each["right"], each["name"]) for each in listed.json["keys"]] == [
            ("write", ""),
            ("write", "Second board"),
        ]
        assert made not in listed.text
        assert board.key not in listed.text

    def test_of_another_channel_none_is_ended(self, lab, ask):
        other = lab.enrol()
        of_it = schema.key.c.channel_id == other.channel_id
        key = lab.store.ask(lambda connection: connection.scalar(select(schema.key.c.id).where(of_it)))
        assert ask("DELETE", f"/keys/{key}").status_code == 404
        assert other.post({"temperature": 1}).status_code == 201

    def reads(self, lab, board, key: str) -> bool:
        path = f"/api/v1/channels/{board.channel_id}"
        return lab.client.get(path, headers={"X-API-Key": key}).status_code == 200


class TestMembers:
    @pytest.mark.parametrize("scopes", [(Scope.READ,), (Scope.MANAGE,)])
    def test_they_are_told_to_members(self, ask, scopes):
        found = ask("GET", "/members", role=Role.VIEWER, scopes=scopes).json["members"]
        assert [(each["role"], each["email"].endswith("@example.edu")) for each in found] == [("viewer", True)]

    def test_to_nobody_who_only_sees_the_channel(self, ask):
        ask("PATCH", json={"visibility": "college"})
        assert ask("GET", role=None, scopes=(Scope.READ,)).status_code == 200
        assert ask("GET", "/members", role=None, scopes=(Scope.READ,)).status_code == 403


ASKED = {
    ("PATCH", ""): {"json": {"place": "Room 12"}},
    ("DELETE", ""): {},
    ("POST", "/feeds"): {"json": {"name": "humidity"}},
    ("PATCH", "/feeds/door"): {"json": {"title": "Gate"}},
    ("DELETE", "/feeds/door"): {},
    ("GET", "/keys"): {},
    ("POST", "/keys"): {"json": {"right": "read"}},
    ("POST", "/keys/1/rotate"): {"json": {}},
    ("DELETE", "/keys/1"): {},
}
OF_EDITORS = {("PATCH", ""), ("POST", "/feeds"), ("PATCH", "/feeds/door"), ("DELETE", "/feeds/door")}

each_question = pytest.mark.parametrize("asked", ASKED, ids=lambda asked: f"{asked[0]} {asked[1]}")


@each_question
class TestWhoMay:
    def test_owners_may(self, ask, asked):
        assert ask(*asked, **ASKED[asked]).status_code in (200, 201, 204)

    def test_editors_may_describe(self, ask, asked):
        is_theirs = asked in OF_EDITORS
        assert (ask(*asked, role=Role.EDITOR, **ASKED[asked]).status_code < 300) is is_theirs

    def test_viewers_may_nothing_and_nothing_is_changed(self, lab, ask, asked):
        ask("GET", role=Role.VIEWER)
        before = lab.count_rows()
        assert ask(*asked, role=Role.VIEWER, **ASKED[asked]).status_code == 403
        assert lab.count_rows() == before

    def test_for_strangers_there_is_no_such_channel(self, ask, asked):
        assert ask(*asked, role=None, **ASKED[asked]).status_code == 404

    def test_other_tokens_may_not(self, ask, asked):
        for scopes in ((Scope.READ,), (Scope.WRITE,), (Scope.READ, Scope.WRITE)):
            assert ask(*asked, scopes=scopes, **ASKED[asked]).status_code == 403

    def test_nor_keys_nor_nobody(self, lab, board, asked):
        path = f"/api/v1/channels/{board.channel_id}{asked[1]}"
        key = lab.make_key(board.channel_id, Right.WRITE)
        for headers, status in (({}, 401), ({"X-API-Key": key}, 403)):
            answered = lab.client.open(path, method=asked[0], headers=headers, **ASKED[asked])
            assert answered.status_code == status
