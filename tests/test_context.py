"""What the current request knows: the parts of its app, and who is looking."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

import context
from domain.errors import Forbidden, KeyUnknown, TokenUnknown
from domain.keys import Grace
from domain.roles import Act, Right, Viewer
from domain.timespan import DAY
from domain.tokens import Life, Scope
from models import keys
from models.schema import key as key_table
from tests.lab import Board, Lab, opened_lab
from tests.people import acting, make_member, make_person, sign_in
from tests.tokens import bearing, make_token, revoke_token


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

    def test_a_rotated_key_reads_until_it_ends(self, lab, board, monkeypatch):
        ada, old, new = make_person(lab.store), lab.make_key(board.channel_id, Right.READ), "0" * 16
        make_member(lab.store, board.channel_id, ada)
        now = context.now()
        key_id = lab.store.ask(keys.find, lab.parts.vault.digest(old), now).key_id
        told = (acting(ada, at=now), lab.parts.vault, board.channel_id, key_id, new, Grace.DAY_1)
        lab.store.tell(keys.rotate, *told)
        assert viewer_of(lab, headers={"X-API-Key": old}) == Viewer.with_key_of(board.channel_id)
        monkeypatch.setattr("context.now", lambda: now + DAY)
        with pytest.raises(KeyUnknown):
            viewer_of(lab, headers={"X-API-Key": old})

    @pytest.mark.parametrize(("path", "door"), [("/api/v1/x", "http"), ("/ws/channels/1", "websocket")])
    def test_the_use_of_a_read_key_is_noted(self, lab, board, path, door):
        key = lab.make_key(board.channel_id, Right.READ)
        origin = {"REMOTE_ADDR": "10.0.0.7"}
        with lab.app.test_request_context(path, headers={"X-API-Key": key}, environ_base=origin):
            context.viewer()
        lab.parts.uses.write_down()
        found = key_table.select().where(key_table.c.digest == lab.parts.vault.digest(key))
        used = lab.store.ask(lambda connection: connection.execute(found).one())
        assert (used.last_used_door, used.last_used_from) == (door, "10.0.0.7")


class TestViewerWithAToken:
    @pytest.fixture
    def ada(self, lab):
        return make_person(lab.store)

    @pytest.mark.parametrize(
        "carried",
        [
            lambda token: {"Authorization": f"Bearer {token}"},
            lambda token: {"Authorization": f"bearer  {token} "},
            lambda token: {"X-API-Key": token},
        ],
    )
    def test_its_owner_looks_within_its_scopes(self, lab, ada, carried):
        token = make_token(lab, ada, [Scope.READ])
        expected = Viewer.person(ada.id, acts=frozenset({Act.SEE, Act.SEE_PEOPLE}))
        assert viewer_of(lab, headers=carried(token)) == expected

    def test_an_admins_token_is_no_admins(self, tmp_path):
        with opened_lab(tmp_path, COLLEGE_DOMAINS="example.edu", ADMINS="ada.finch@example.edu") as lab:
            ada = make_person(lab.store)
            token = make_token(lab, ada, is_admin=True)
            client = sign_in(lab.client, lab.store, ada, context.now())
            assert client.get("/audit").status_code == 200
            assert not viewer_of(lab, headers=bearing(token)).is_admin

    def test_one_that_is_not_valid_is_not_passed_over(self, lab, ada):
        revoked = make_token(lab, ada)
        revoke_token(lab, ada)
        over = make_token(lab, ada, at=context.now() - 2 * DAY, life=Life.DAY_1)
        for token in (revoked, over, over[:-1] + "?", "lfp_"):
            with pytest.raises(TokenUnknown):
                viewer_of(lab, headers=bearing(token))

    def test_in_an_address_it_is_refused_good_or_bad(self, lab, ada):
        for token in (make_token(lab, ada), "lfp_bad"):
            with pytest.raises(Forbidden, match="never written into an address"):
                viewer_of(lab, query_string={"api_key": token})

    def test_nobody_acts_in_person_with_one(self, lab, ada):
        with lab.app.test_request_context("/", headers=bearing(make_token(lab, ada))):
            assert context.visitor_or_person() is None


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


class TestHolders:
    """For whom it counts what a request opens."""

    HERE = ("address", "10.0.0.7")

    def holders(self, lab, **request):
        with lab.app.test_request_context("/", environ_overrides={"REMOTE_ADDR": "10.0.0.7"}, **request):
            return context.holders()

    def test_a_visitor_is_an_address_alone(self, lab):
        assert self.holders(lab) == (self.HERE,)

    def test_somebody_with_several_tokens_is_one(self, lab):
        ada = make_person(lab.store)
        for _ in range(2):
            found = self.holders(lab, headers=bearing(make_token(lab, ada, [Scope.READ])))
            assert found == (self.HERE, ("person", ada.id))

    def test_the_read_keys_of_a_channel_are_one(self, lab, board):
        for _ in range(2):
            found = self.holders(lab, headers={"X-API-Key": lab.make_key(board.channel_id, Right.READ)})
            assert found == (self.HERE, ("channel's read keys", board.channel_id))

    def test_who_shows_something_that_is_not_valid_is_refused_by_others(self, lab, board):
        for key in (board.key, "WRONG"):
            assert self.holders(lab, headers={"X-API-Key": key}) == (self.HERE,)
