"""Keys: made, found by digest, revoked, and noted as used."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from domain.errors import KeyUnknown, NotFound
from domain.readings import Door
from domain.roles import Right
from models import channels, keys
from models.keys import LastUse, Vault
from models.schema import key as key_table
from tests.builders import KEYS, NOW, VAULT, make_key, reread

KEY, OTHER, THIRD, _ = KEYS


def rows(store) -> list:
    return store.ask(lambda connection: connection.execute(select(key_table).order_by(key_table.c.id)).all())


@pytest.fixture
def find(store):
    return lambda written: store.ask(keys.find, VAULT.digest(written))


class TestVault:
    def test_the_same_secret_gives_the_same_digest(self):
        assert Vault("a" * 32).digest(KEY) == Vault("a" * 32).digest(KEY)

    def test_another_secret_gives_another(self):
        assert Vault("a" * 32).digest(KEY) != Vault("b" * 32).digest(KEY)

    def test_what_is_sealed_can_be_seen_again(self):
        assert Vault("a" * 32).unseal(Vault("a" * 32).seal(KEY)) == KEY

    def test_two_seals_of_one_key_do_not_show_it(self):
        assert VAULT.seal(KEY) != VAULT.seal(KEY)


class TestCreate:
    def test_it_is_found_with_its_right_and_channel(self, store, noise, channel, find):
        make_key(store, noise[0].id, OTHER)
        make_key(store, channel.id, KEY, Right.READ)
        holder = find(KEY)
        assert (holder.right, holder.channel) == (Right.READ, reread(store, channel))

    def test_the_key_itself_stands_nowhere(self, store, channel):
        make_key(store, channel.id, KEY)
        assert KEY.encode() not in b"".join(bytes(rows(store)[0].digest + rows(store)[0].sealed).split())
        assert VAULT.unseal(bytes(rows(store)[0].sealed)) == KEY

    def test_the_channel_is_another_version_then(self, store, channel):
        make_key(store, channel.id, KEY)
        assert reread(store, channel).version == channel.version + 1

    def test_a_channel_that_is_not_there_gets_none(self, store):
        with pytest.raises(NotFound):
            make_key(store, 999, KEY)
        assert rows(store) == []


class TestFind:
    def test_a_key_that_never_was_is_unknown(self, store, channel, find):
        make_key(store, channel.id, KEY)
        with pytest.raises(KeyUnknown):
            find(OTHER)

    def test_under_another_secret_it_is_unknown(self, store, channel):
        make_key(store, channel.id, KEY)
        with pytest.raises(KeyUnknown):
            store.ask(keys.find, Vault("another" * 5).digest(KEY))


class TestRevoke:
    def test_it_is_unknown_from_then_on(self, store, noise, channel, find):
        make_key(store, channel.id, KEY)
        make_key(store, channel.id, OTHER)
        assert store.tell(keys.revoke, VAULT.digest(KEY), now=NOW) == channel.id
        with pytest.raises(KeyUnknown):
            find(KEY)
        assert find(OTHER).channel.id == channel.id

    def test_the_channel_is_another_version_then(self, store, channel):
        make_key(store, channel.id, KEY)
        before = reread(store, channel).version
        store.tell(keys.revoke, VAULT.digest(KEY), now=NOW)
        assert reread(store, channel).version == before + 1

    def test_again_there_is_nothing_to_revoke(self, store, channel):
        make_key(store, channel.id, KEY)
        store.tell(keys.revoke, VAULT.digest(KEY), now=NOW)
        with pytest.raises(NotFound):
            store.tell(keys.revoke, VAULT.digest(KEY), now=NOW + 1)
        assert rows(store)[0].revoked_at == NOW


class TestNoteUses:
    def test_each_key_gets_its_own(self, store, channel):
        for written in (KEY, OTHER, THIRD):
            make_key(store, channel.id, written)
        first, _, third = rows(store)
        uses = {third.id: LastUse(NOW, Door.HTTP, "::1"), first.id: LastUse(NOW + 1, Door.WEBSOCKET, "10.0.0.9")}
        store.tell(keys.note_uses, uses)
        assert [(row.last_used_at, row.last_used_door, row.last_used_from) for row in rows(store)] == [
            (NOW + 1, "websocket", "10.0.0.9"),
            (None, None, None),
            (NOW, "http", "::1"),
        ]

    def test_the_channel_stays_the_version_it_is(self, store, channel):
        make_key(store, channel.id, KEY)
        before = reread(store, channel)
        store.tell(keys.note_uses, {rows(store)[0].id: LastUse(NOW, Door.HTTP, "")})
        assert reread(store, channel) == before

    def test_an_address_of_any_length_is_noted(self, store, channel):
        make_key(store, channel.id, KEY)
        store.tell(keys.note_uses, {rows(store)[0].id: LastUse(NOW, Door.HTTP, "f" * 200)})
        assert rows(store)[0].last_used_from == "f" * 64

    def test_none_is_no_question(self, store, statements):
        with statements() as said:
            store.tell(keys.note_uses, {})
        assert said in ([], ["BEGIN IMMEDIATE"])

    def test_a_key_that_is_gone_is_passed_over(self, store, channel):
        make_key(store, channel.id, KEY)
        gone = rows(store)[0].id
        store.tell(channels.remove, channel.id)
        store.tell(keys.note_uses, {gone: LastUse(NOW, Door.HTTP, "")})
        assert rows(store) == []
