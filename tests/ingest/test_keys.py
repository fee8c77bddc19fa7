"""Who is speaking: keys looked up once, remembered, and noted as used."""

from __future__ import annotations

import pytest
from sqlalchemy import event, select

from domain.errors import Forbidden, KeyUnknown
from domain.keys import new_key
from domain.readings import Door
from domain.roles import Right
from ingest.keys import KeyRing, require
from models import keys
from models.schema import key as key_table
from tests.builders import NOW, VAULT, make_channel


def sample_key(place: int) -> str:
    return new_key(lambda alphabet: alphabet[place])


KEY, OTHER, UNKNOWN = map(sample_key, range(3))


@pytest.fixture
def channel(store):
    made = make_channel(store, feeds=("temperature", "door:text"))
    for written, right in ((KEY, Right.WRITE), (OTHER, Right.READ)):
        store.tell(keys.create, VAULT, made.id, right, written, now=NOW)
    return made


@pytest.fixture
def ring(store, channel) -> KeyRing:
    return KeyRing(store, VAULT, lambda: NOW)


@pytest.fixture
def asked(store) -> list[str]:
    """What is asked of the database from now on."""
    said: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda _c, _cursor, statement, *_: said.append(statement))
    return said


class TestSpeaker:
    def test_the_holder_comes_with_its_channel_and_feeds_by_name(self, ring, channel):
        speaker = ring.speaker(KEY)
        assert (speaker.right, speaker.channel.id) == (Right.WRITE, channel.id)
        assert speaker.feed_ids == {feed.name: feed.id for feed in channel.feeds}
        assert speaker.feeds["door"] == channel.feeds[1]

    def test_it_is_looked_up_once(self, ring, asked):
        ring.speaker(KEY)
        first = len(asked)
        ring.speaker(KEY)
        assert first > 0
        assert len(asked) == first

    @pytest.mark.parametrize("written", ["", "TYPO", KEY[:-1] + "0", KEY.lower(), "é" * 16])
    def test_a_typo_is_told_without_the_database(self, ring, asked, written):
        with pytest.raises(KeyUnknown, match="typo"):
            ring.speaker(written)
        assert asked == []

    def test_an_unknown_one_is_asked_for_each_time(self, ring, store, channel):
        with pytest.raises(KeyUnknown):
            ring.speaker(UNKNOWN)
        store.tell(keys.create, VAULT, channel.id, Right.WRITE, UNKNOWN, now=NOW)
        assert ring.speaker(UNKNOWN).channel.id == channel.id


class TestLookUp:
    def test_it_sees_what_changed(self, ring, store, channel):
        before = ring.speaker(KEY).channel.version
        store.tell(keys.create, VAULT, channel.id, Right.WRITE, UNKNOWN, now=NOW)
        assert ring.speaker(KEY).channel.version == before
        assert ring.look_up(KEY).channel.version == before + 1
        assert ring.speaker(KEY).channel.version == before + 1

    def test_a_revoked_key_is_forgotten(self, ring, store):
        ring.speaker(KEY)
        store.tell(keys.revoke, VAULT.digest(KEY), now=NOW)
        for ask in (ring.look_up, ring.speaker):
            with pytest.raises(KeyUnknown):
                ask(KEY)

    def test_the_one_looked_up_longest_ago_makes_room(self, ring, asked, monkeypatch):
        monkeypatch.setattr("ingest.keys.REMEMBERED", 1)
        ring.speaker(KEY)
        ring.speaker(OTHER)
        asked.clear()
        ring.speaker(OTHER)
        assert asked == []
        ring.speaker(KEY)
        assert asked != []

    def test_one_looked_up_again_stays(self, ring, asked, store, channel, monkeypatch):
        monkeypatch.setattr("ingest.keys.REMEMBERED", 2)
        store.tell(keys.create, VAULT, channel.id, Right.WRITE, UNKNOWN, now=NOW)
        for written in (KEY, OTHER):
            ring.speaker(written)
        ring.look_up(KEY)
        ring.speaker(UNKNOWN)
        asked.clear()
        ring.speaker(KEY)
        assert asked == []


class TestUses:
    def rows(self, store) -> list:
        columns = (key_table.c.last_used_at, key_table.c.last_used_door, key_table.c.last_used_from)
        return store.ask(lambda connection: connection.execute(select(*columns).order_by(key_table.c.id)).all())

    def test_the_last_one_is_written_down(self, ring, store):
        ring.note_use(ring.speaker(KEY), Door.HTTP, "10.0.0.1")
        ring.note_use(ring.speaker(KEY), Door.WEBSOCKET, "10.0.0.2")
        ring.write_down()
        assert self.rows(store) == [(NOW, "websocket", "10.0.0.2"), (None, None, None)]

    def test_until_then_the_database_is_left_alone(self, ring, asked):
        speaker = ring.speaker(KEY)
        asked.clear()
        ring.note_use(speaker, Door.HTTP, "10.0.0.1")
        assert asked == []

    def test_without_any_use_nothing_is_written(self, ring, asked):
        ring.write_down()
        assert asked == []


class TestRequire:
    def test_the_right_on_its_own_channel_passes(self, ring, channel):
        require(ring.speaker(KEY), Right.WRITE, str(channel.id))
        require(ring.speaker(OTHER), Right.READ)

    def test_another_right_is_named(self, ring):
        with pytest.raises(Forbidden, match="read key; here a write key"):
            require(ring.speaker(OTHER), Right.WRITE)

    @pytest.mark.parametrize("written", ["0", "", "x", "{id}0", "0{id}", " {id}"])
    def test_another_channel_is_refused(self, ring, channel, written):
        with pytest.raises(Forbidden, match="another channel"):
            require(ring.speaker(KEY), Right.WRITE, written.format(id=channel.id))
