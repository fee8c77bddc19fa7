"""What programs reach with a personal token: reading, sending, and what they are told when they may not."""

from __future__ import annotations

import json

import pytest

import context
from domain.channels import Visibility
from domain.roles import Role
from domain.timespan import DAY
from domain.tokens import Life, Scope
from models import memberships
from tests.builders import make_channel
from tests.lab import Board, opened_lab
from tests.people import acting, make_member, make_person
from tests.tokens import bearing, make_token, revoke_token

READING = {"temperature": 21.4}
GHOST = 999


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture
def board(lab) -> Board:
    """A board with a channel for members alone, which holds one reading."""
    found = lab.enrol(visibility=Visibility.MEMBERS)
    assert found.post({"temperature": 20}).status_code == 201
    return found


@pytest.fixture
def ada(lab, board):
    """Its owner."""
    found = make_person(lab.store, f"Owner {board.channel_id}")
    make_member(lab.store, board.channel_id, found)
    return found


def read(lab, channel_id: int, token: str):
    return lab.client.get(f"/api/v1/channels/{channel_id}/readings", headers=bearing(token))


def send(lab, channel_id: int, token: str, **options):
    headers = bearing(token) | options.pop("headers", {})
    return lab.client.post(f"/api/v1/channels/{channel_id}/readings", json=READING, headers=headers, **options)


def send_value(lab, channel_id: int, token: str):
    path = f"/api/v1/channels/{channel_id}/feeds/temperature"
    return lab.client.post(path, data="21.4", content_type="text/plain", headers=bearing(token))


def without_names(answer) -> dict:
    """What is told, without the channel's number."""
    return {name: value for name, value in answer.json.items() if name != "detail"}


class TestReading:
    def test_what_its_owner_may_see(self, lab, board, ada):
        token = make_token(lab, ada, [Scope.READ])
        assert [each["value"] for each in read(lab, board.channel_id, token).json["readings"]] == [20.0]
        last = lab.client.get(f"/api/v1/channels/{board.channel_id}/feeds/temperature/last.txt", headers=bearing(token))
        assert last.text == "20\n"

    def test_a_college_channel_of_others(self, lab, ada):
        other = make_channel(lab.store, "Other", visibility=Visibility.COLLEGE)
        assert read(lab, other.id, make_token(lab, ada, [Scope.READ])).status_code == 200
        assert read(lab, other.id, make_token(lab, ada, [Scope.WRITE])).status_code == 404

    def test_a_channel_of_other_members_is_not_there(self, lab, ada):
        other = make_channel(lab.store, "Other", visibility=Visibility.MEMBERS)
        token = make_token(lab, ada)
        hidden, absent = read(lab, other.id, token), read(lab, GHOST, token)
        assert (hidden.status_code, without_names(hidden)) == (404, without_names(absent))

    def test_the_right_ends_with_the_membership(self, lab, board, ada):
        bea = make_person(lab.store, "Bea Otter")
        make_member(lab.store, board.channel_id, bea)
        token = make_token(lab, ada)
        lab.store.tell(memberships.remove, acting(bea), board.channel_id, ada.id)
        assert read(lab, board.channel_id, token).status_code == 404
        assert send(lab, board.channel_id, token).status_code == 404


class TestSending:
    @pytest.mark.parametrize("role", [Role.OWNER, Role.EDITOR])
    @pytest.mark.parametrize("sending", [send, send_value])
    def test_who_may_edit_the_channel_sends(self, lab, board, role, sending):
        person = make_person(lab.store, f"{role} {board.channel_id}")
        make_member(lab.store, board.channel_id, person, role)
        answer = sending(lab, board.channel_id, make_token(lab, person, [Scope.WRITE]))
        assert (answer.status_code, answer.json["stored"]) == (201, 1)
        assert board.stored()[-1] == ("temperature", 21.4)

    def test_a_viewer_does_not(self, lab, board):
        person = make_person(lab.store, f"Viewer {board.channel_id}")
        make_member(lab.store, board.channel_id, person, Role.VIEWER)
        answer = send(lab, board.channel_id, make_token(lab, person))
        assert (answer.status_code, answer.json["detail"]) == (403, "You may not send to this channel.")

    def test_a_token_for_reading_does_not(self, lab, board, ada):
        answer = send(lab, board.channel_id, make_token(lab, ada, [Scope.READ]))
        assert (answer.status_code, answer.json["detail"]) == (403, "This token is for reading alone.")

    def test_a_revoked_one_stores_nothing_more(self, lab, board, ada):
        token = make_token(lab, ada)
        assert send(lab, board.channel_id, token).status_code == 201
        before = board.stored()
        revoke_token(lab, ada)
        assert send(lab, board.channel_id, token).status_code == 401
        assert board.stored() == before

    def test_the_channel_has_to_be_named(self, lab, board, ada):
        answer = lab.client.post("/api/v1/readings", json=READING, headers=bearing(make_token(lab, ada)))
        assert answer.status_code == 403
        assert answer.json["detail"] == "A personal token belongs to no channel: name the channel in the address."

    @pytest.mark.parametrize("path", ["/api/v1/readings", "/api/v1/channels/{}/readings", "/api/v1/write"])
    def test_in_an_address_it_is_refused(self, lab, board, ada, path):
        address = f"{path.format(board.channel_id)}?api_key={make_token(lab, ada)}&temperature=1"
        answer = lab.client.get(address) if "write" in path else lab.client.post(address, json=READING)
        assert (answer.status_code, answer.json["type"]) == (403, "/problems/forbidden")
        assert "never written into an address" in answer.json["detail"]
        assert "lfp_" not in answer.json["detail"]

    def test_in_a_form_it_is_refused(self, lab, board, ada):
        form = {"api_key": make_token(lab, ada), "temperature": "1"}
        assert lab.client.post(f"/api/v1/channels/{board.channel_id}/readings", data=form).status_code == 403

    def test_an_idempotency_key_goes_with_a_channels_key(self, lab, board, ada):
        answer = send(lab, board.channel_id, make_token(lab, ada), headers={"Idempotency-Key": "7"})
        assert (answer.status_code, answer.json["type"]) == (422, "/problems/invalid")
        assert "not with a personal token" in answer.json["detail"]

    def test_a_feed_it_names_for_the_first_time_is_made(self, lab, board, ada):
        path = f"/api/v1/channels/{board.channel_id}/readings"
        answer = lab.client.post(path, json={"humidity": 40}, headers=bearing(make_token(lab, ada)))
        assert answer.json["new_feeds"] == ["humidity"]


class TestABadToken:
    @pytest.fixture(params=["a typo", "never made", "revoked", "over"])
    def bad(self, request, lab, ada) -> str:
        if request.param == "a typo":
            return make_token(lab, ada)[:-1] + "?"
        if request.param == "over":
            return make_token(lab, ada, life=Life.DAY_1, at=context.now() - DAY)
        token = make_token(lab, ada)
        revoke_token(lab, ada)
        if request.param == "never made":
            lab.store.tell(lambda connection: connection.exec_driver_sql("DELETE FROM token"))
        return token

    @pytest.mark.parametrize("ask", [read, send, send_value])
    def test_it_is_told_nothing_of_the_channel(self, lab, board, bad, ask):
        public = make_channel(lab.store, "Public", visibility=Visibility.PUBLIC)
        answers = [ask(lab, channel_id, bad) for channel_id in (board.channel_id, public.id, GHOST)]
        told = {(answer.status_code, answer.text, json.dumps(sorted(answer.headers.items()))) for answer in answers}
        assert len(told) == 1
        assert answers[0].status_code == 401
        assert answers[0].json["type"] == "/problems/token-unknown"
        assert answers[0].headers["WWW-Authenticate"].startswith("Bearer")
        assert bad not in answers[0].text
