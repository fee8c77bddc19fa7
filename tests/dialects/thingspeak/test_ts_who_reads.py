"""Who is told what of a channel in ThingSpeak's language, and how the others are answered."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from sqlalchemy import delete

import context
from domain.channels import Visibility
from domain.keys import new_key
from domain.roles import Right, Role
from domain.tokens import Scope
from models import deleting, keys, talkbacks
from models.schema import membership
from tests.builders import NOW, VAULT, append, entry
from tests.dialects.thingspeak.reads import TYPES, greenhouse, read
from tests.lab import Board, Lab, opened_lab
from tests.people import acting, make_new_member, make_person, sign_in, viewing
from tests.tokens import make_token, revoke_token


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture(scope="module")
def board(lab) -> Board:
    return greenhouse(lab)


@pytest.fixture(scope="module")
def private(lab) -> Board:
    made = lab.enrol(feeds=("temperature",), visibility=Visibility.MEMBERS)
    append(lab.store, made.channel, entry(NOW, temperature=20.125))
    return made


@pytest.fixture(scope="module")
def no_keys(lab, board, private) -> dict[str, str]:
    """Keys that do not open the private channel, or do so no more."""
    owner = make_new_member(lab.store, private.channel_id, "Olive Owner", Role.OWNER)
    revoked, of_queue = lab.make_key(private.channel_id, Right.READ), new_key(random.choice)
    revoked_token = make_token(lab, owner)
    assert [read(private, f"feeds.json?api_key={key}").status_code for key in (revoked, revoked_token)] == [200, 200]
    lab.revoke(revoked)
    revoke_token(lab, owner)
    lab.store.tell(talkbacks.make, acting(owner), lab.parts.vault, private.channel_id, of_queue, "Board")
    return {
        "revoked": revoked,
        "another's": lab.make_key(board.channel_id, Right.READ),
        "a queue's": of_queue,
        "for sending alone": make_token(lab, owner, [Scope.WRITE]),
        "revoked token": revoked_token,
    }


READING = [
    "feeds",
    "fields/1",
    "feeds/last",
    "feeds/1",
    "feeds/entry/1",
    "fields/1/last",
    "fields/1/1",
    "feeds/last_data_age",
    "fields/1/last_data_age",
    "feeds/last_average",
    "status",
    "status/last",
]


class TestWhoMayRead:
    @pytest.mark.parametrize("ending", TYPES)
    @pytest.mark.parametrize("path", READING)
    def test_a_private_channel_is_closed_without_its_key(self, board, private, path, ending):
        for query in ("", "?api_key=ABCDEFGHIJKLMNOP", f"?api_key={board.key}"):
            answer = read(private, path + ending + query)
            assert (answer.status_code, answer.text) == (400, "-1")
            assert answer.headers["Content-Type"] == "application/json; charset=utf-8"

    @pytest.mark.parametrize("ending", TYPES)
    @pytest.mark.parametrize("path", READING)
    def test_what_is_not_there_is_404(self, lab, path, ending):
        for number in (999_999, 10**30):
            answer = lab.client.get(f"/channels/{number}/{path}{ending}")
            assert (answer.status_code, answer.text) == (404, "-1")

    @pytest.mark.parametrize("carrier", ["key", "api_key", "apikey"])
    def test_either_of_its_keys_opens_it(self, lab, private, carrier):
        for key in (private.key, lab.make_key(private.channel_id, Right.READ)):
            assert "20.125" in read(private, f"feeds.json?{carrier}={key}").text

    @pytest.mark.parametrize("header", ["THINGSPEAKAPIKEY", "X-THINGSPEAKAPIKEY", "x-thingspeakapikey"])
    def test_so_does_a_header(self, private, header):
        answer = private.get(f"/channels/{private.channel_id}/fields/1/last.txt", headers={header: private.key})
        assert answer.text == "20.125"

    def test_a_wrong_key_does_not_hurt_where_none_is_needed(self, board):
        assert read(board, "feeds.json?api_key=WRONG").status_code == 200

    def test_a_personal_token_reads_what_its_owner_may(self, lab, private):
        member, other = (
            make_new_member(lab.store, private.channel_id, "Mia Member", Role.VIEWER),
            make_person(lab.store),
        )
        found = [read(private, f"feeds.json?api_key={make_token(lab, each)}").status_code for each in (member, other)]
        assert found == [200, 400]

    @pytest.mark.parametrize("path", READING)
    @pytest.mark.parametrize("whose", ["revoked", "another's", "a queue's", "for sending alone", "revoked token"])
    def test_no_other_key_opens_it(self, private, no_keys, path, whose):
        answer = read(private, f"{path}.json?api_key={no_keys[whose]}")
        assert (answer.status_code, answer.text) == (400, "-1")

    @pytest.mark.parametrize("path", READING)
    def test_who_was_a_member_reads_nothing_more(self, lab, path):
        private = lab.enrol(feeds=("temperature",), visibility=Visibility.MEMBERS)
        append(lab.store, private.channel, entry(NOW, temperature=20, status="fine"))
        leaver = make_new_member(lab.store, private.channel_id, "Lea Leaver", Role.EDITOR)
        token = make_token(lab, leaver)
        assert read(private, f"{path}.json?api_key={token}").status_code == 200
        mine = (membership.c.channel_id == private.channel_id) & (membership.c.person_id == leaver.id)
        lab.store.tell(lambda connection: connection.execute(delete(membership).where(mine)))
        assert (read(private, f"{path}.json?api_key={token}").text) == "-1"
        assert lab.client.put(f"/channels/{private.channel_id}.json?api_key={token}&name=X").status_code == 404

    @pytest.mark.parametrize("path", READING)
    def test_of_a_deleted_channel_nothing_is_left(self, lab, path):
        gone = lab.enrol(feeds=("temperature",))
        append(lab.store, gone.channel, entry(NOW, temperature=20, status="fine"))
        owner = make_new_member(lab.store, gone.channel_id, "Olga Owner", Role.OWNER)
        token = make_token(lab, owner)
        lab.store.tell(deleting.put_into_bin, acting(owner), gone.channel_id)
        for key in ("", gone.key, token):
            answer = read(gone, f"{path}.json?api_key={key}")
            assert (answer.status_code, answer.text) == (404, "-1")

    def test_whole_files_are_closed_alike(self, lab, board, private):
        address = f"/stream/channels/{private.channel_id}/feeds"
        for query in ("", f"?api_key={board.key}"):
            answer = lab.client.get(address + query)
            assert (answer.status_code, answer.text) == (400, "-1")
        assert "20.125" in lab.client.get(f"{address}?api_key={private.key}").text

    @pytest.mark.parametrize("path", [*READING, "status/recent"])
    def test_what_is_told_to_a_key_no_cache_keeps(self, private, path):
        for query in ("", f"?api_key={private.key}"):
            assert read(private, f"{path}{query}").headers["Cache-Control"] == "no-store"

    def test_who_is_signed_in_does_not_count(self, lab, private):
        owner = make_new_member(lab.store, private.channel_id, "Olga Owner", Role.OWNER)
        client = sign_in(lab.client, lab.store, owner, context.now())
        assert client.get(f"/channels/{private.channel_id}/feeds.json").status_code == 400

    @pytest.mark.parametrize("field", ["2", "9", "0", "field2", "x", "11", "temperature"])
    def test_a_field_the_channel_does_not_have_is_404(self, lab, field):
        made = lab.enrol(feeds=("temperature",))
        append(lab.store, made.channel, entry(NOW, temperature=1))
        for path in (
            f"fields/{field}.json",
            f"fields/{field}/last.txt",
            f"fields/{field}/1",
            f"fields/{field}/last_data_age",
        ):
            assert (read(made, path).status_code, read(made, path).text) == (404, "-1")

    def test_the_use_of_a_key_is_noted(self, lab, private):
        written = lab.make_key(private.channel_id, Right.READ)
        read(private, f"feeds.json?api_key={written}")
        lab.do_chores()
        owner = make_new_member(lab.store, private.channel_id, "Otto Owner", Role.OWNER)
        found = lab.store.ask(keys.list_of, VAULT, viewing(owner), private.channel_id)
        assert [each.last_used_door for each in found if each.written == written] == ["ThingSpeak"]
