"""Who is speaking: keys looked up once, remembered, and noted as used; tokens asked for each time."""

from __future__ import annotations

import pytest
from sqlalchemy import event, select

from domain.channels import Visibility
from domain.errors import Forbidden, KeyUnknown, NotFound, TokenUnknown
from domain.keys import Grace, new_key
from domain.people import Person
from domain.readings import Door
from domain.roles import Right, Role
from domain.timespan import DAY, HOUR
from domain.tokens import Life, Scope, new_token
from ingest.keys import KeyRing, require
from models import keys, memberships, tokens
from models.schema import key as key_table
from models.schema import token as token_table
from models.uses import Uses
from tests.builders import NOW, VAULT, make_channel, make_noise
from tests.people import acting, make_member, make_person


def sample_key(place: int) -> str:
    return new_key(lambda alphabet: alphabet[place])


KEY, OTHER, UNKNOWN = map(sample_key, range(3))
TOKEN, READ_TOKEN, UNKNOWN_TOKEN = (new_token(lambda alphabet, place=place: alphabet[place]) for place in range(3))


class Clock:
    """A clock that is set by hand."""

    now = NOW

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def channel(store):
    made = make_channel(store, feeds=("temperature", "door:text"))
    for written, right in ((KEY, Right.WRITE), (OTHER, Right.READ)):
        store.tell(keys.create, VAULT, made.id, right, written, now=NOW)
    return made


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def uses(store) -> Uses:
    return Uses(store)


@pytest.fixture
def ring(store, channel, uses, clock) -> KeyRing:
    return KeyRing(store, VAULT, uses, clock)


@pytest.fixture
def owner(store, channel) -> Person:
    found = make_person(store)
    make_member(store, channel.id, found, Role.OWNER)
    return found


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


class TestAKeyThatEnds:
    """A key that was rotated, in a process that knows it."""

    @pytest.fixture
    def rotated(self, ring, store, channel, owner) -> str:
        key_id = ring.speaker(KEY).key_id
        store.tell(keys.rotate, acting(owner), VAULT, channel.id, key_id, UNKNOWN, Grace.HOUR_1)
        ring.look_up(KEY)
        return KEY

    def test_it_speaks_until_then(self, ring, rotated, clock, asked):
        clock.now = NOW + HOUR - 1
        assert ring.speaker(rotated).key_id
        assert asked == []

    def test_it_is_not_remembered_beyond(self, ring, rotated, clock):
        clock.now = NOW + HOUR
        for _ in range(2):
            with pytest.raises(KeyUnknown):
                ring.speaker(rotated)

    def test_the_new_one_goes_on(self, ring, rotated, clock):
        clock.now = NOW + HOUR
        assert ring.speaker(UNKNOWN).right is Right.WRITE


class TestWithAToken:
    @pytest.fixture
    def channel(self, store):
        make_noise(store)
        return make_channel(store, visibility=Visibility.MEMBERS)

    @pytest.fixture(autouse=True)
    def made(self, store, owner) -> int:
        store.tell(tokens.make, acting(owner), VAULT, "Reader", [Scope.READ], Life.DAY_7, READ_TOKEN)
        return store.tell(tokens.make, acting(owner), VAULT, "Logger", [Scope.WRITE], Life.DAY_7, TOKEN)

    def test_it_speaks_to_the_channel_named(self, ring, channel, made):
        speaker = ring.speaker(TOKEN, str(channel.id))
        assert (speaker.right, speaker.channel, speaker.key_id, speaker.token_id) == (Right.WRITE, channel, None, made)

    def test_its_rate_is_its_own(self, ring, channel, store):
        store.tell(keys.create, VAULT, channel.id, Right.WRITE, KEY, now=NOW)
        assert ring.speaker(TOKEN, str(channel.id)).sender != ring.speaker(KEY).sender

    def test_it_is_asked_for_each_time(self, ring, channel, store, owner, made):
        ring.speaker(TOKEN, str(channel.id))
        store.tell(tokens.revoke, acting(owner), made)
        with pytest.raises(TokenUnknown):
            ring.speaker(TOKEN, str(channel.id))

    def test_it_ends_by_itself(self, ring, channel, clock):
        clock.now = NOW + 7 * DAY
        with pytest.raises(TokenUnknown):
            ring.speaker(TOKEN, str(channel.id))

    def test_it_ends_with_the_membership(self, ring, channel, store, owner):
        other = make_person(store, "Bea Otter")
        make_member(store, channel.id, other, Role.OWNER)
        store.tell(memberships.remove, acting(other), channel.id, owner.id)
        with pytest.raises(NotFound):
            ring.speaker(TOKEN, str(channel.id))

    @pytest.mark.parametrize("named", ["999", "x", "", "-1", "9" * 40])
    def test_another_channel_is_not_there(self, ring, named):
        with pytest.raises(NotFound):
            ring.speaker(TOKEN, named)

    def test_without_a_channel_it_is_told_to_name_one(self, ring):
        with pytest.raises(Forbidden, match="name the channel in the address"):
            ring.speaker(TOKEN)

    def test_one_for_reading_sends_nothing(self, ring, channel):
        with pytest.raises(Forbidden, match="reading alone"):
            ring.speaker(READ_TOKEN, str(channel.id))

    def test_a_typo_is_told_without_the_database(self, ring, asked):
        with pytest.raises(TokenUnknown, match="typo"):
            ring.speaker(TOKEN[:-1] + "?", "1")
        assert asked == []

    @pytest.mark.parametrize("written", [UNKNOWN_TOKEN, TOKEN[:-1] + "?"])
    def test_a_bad_one_is_told_nothing_of_the_channel(self, ring, channel, written):
        said = set()
        for named in (str(channel.id), "999", None):
            with pytest.raises(TokenUnknown) as refused:
                ring.speaker(written, named)
            said.add(str(refused.value.to_problem()))
        assert len(said) == 1

    def test_its_use_is_noted(self, ring, uses, store, channel, made):
        ring.note_use(ring.speaker(TOKEN, str(channel.id)), Door.HTTP, "10.0.0.1")
        uses.write_down()
        columns = (token_table.c.id, token_table.c.last_used_at, token_table.c.last_used_from)
        used = select(*columns).where(token_table.c.last_used_at.is_not(None))
        assert store.ask(lambda connection: connection.execute(used).all()) == [(made, NOW, "10.0.0.1")]


class TestUses:
    def rows(self, store) -> list:
        columns = (key_table.c.last_used_at, key_table.c.last_used_door, key_table.c.last_used_from)
        return store.ask(lambda connection: connection.execute(select(*columns).order_by(key_table.c.id)).all())

    def test_the_last_one_is_written_down(self, ring, uses, store):
        ring.note_use(ring.speaker(KEY), Door.HTTP, "10.0.0.1")
        ring.note_use(ring.speaker(KEY), Door.WEBSOCKET, "10.0.0.2")
        uses.write_down()
        assert self.rows(store) == [(NOW, "websocket", "10.0.0.2"), (None, None, None)]

    def test_until_then_the_database_is_left_alone(self, ring, asked):
        speaker = ring.speaker(KEY)
        asked.clear()
        ring.note_use(speaker, Door.HTTP, "10.0.0.1")
        assert asked == []

    def test_without_any_use_nothing_is_written(self, uses, asked):
        uses.write_down()
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
