"""Which key the boards of a channel are given."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from domain.errors import Forbidden, NotFound
from domain.roles import Right, Role, Viewer
from models import board_keys, keys
from models.schema import key
from tests.builders import KEYS, NOW, VAULT, make_channel, make_key
from tests.people import make_member, make_person, viewing


@pytest.fixture
def ada(store, channel):
    person = make_person(store)
    make_member(store, channel.id, person)
    return person


def given(store, channel, viewer) -> str | None:
    return store.ask(board_keys.for_boards, VAULT, viewer, channel.id, now=NOW)


def end(store, written: str, at: int) -> None:
    store.tell(lambda connection: connection.execute(
        update(key).where(key.c.digest == VAULT.digest(written)).values(ends_at=at)
    ))  # fmt: skip


class TestForBoards:
    def test_it_is_the_first_write_key_of_the_channel(self, store, channel, noise, ada):
        make_key(store, noise[0].id, KEYS[3])
        make_key(store, channel.id, KEYS[0], Right.READ)
        make_key(store, channel.id, KEYS[1])
        make_key(store, channel.id, KEYS[2])
        assert given(store, channel, viewing(ada)) == KEYS[1]

    def test_it_is_not_one_that_was_rotated_where_there_is_another(self, store, channel, ada):
        make_key(store, channel.id, KEYS[0])
        end(store, KEYS[0], NOW + 1)
        assert given(store, channel, viewing(ada)) == KEYS[0]
        make_key(store, channel.id, KEYS[1])
        assert given(store, channel, viewing(ada)) == KEYS[1]

    def test_it_is_none_that_has_ended_or_was_revoked(self, store, channel, ada):
        make_key(store, channel.id, KEYS[0])
        end(store, KEYS[0], NOW)
        make_key(store, channel.id, KEYS[1])
        store.tell(keys.revoke, VAULT.digest(KEYS[1]), now=NOW)
        assert given(store, channel, viewing(ada)) is None

    @pytest.mark.parametrize("role", [Role.OWNER, Role.EDITOR])
    def test_editors_are_given_it_too(self, store, channel, role):
        make_key(store, channel.id, KEYS[0])
        person = make_person(store, "Ben Heron")
        make_member(store, channel.id, person, role)
        assert given(store, channel, viewing(person)) == KEYS[0]

    def test_an_admin_is_given_none(self, store, channel):
        make_key(store, channel.id, KEYS[0])
        assert given(store, channel, viewing(make_person(store, "Cleo Swift"), is_admin=True)) is None

    def test_whoever_only_sees_the_channel_is_refused(self, store, channel):
        make_key(store, channel.id, KEYS[0])
        viewer = make_person(store, "Dora Wren")
        make_member(store, channel.id, viewer, Role.VIEWER)
        for looks in (viewing(viewer), viewing(make_person(store, "Eli Crane")), Viewer.visitor()):
            with pytest.raises(Forbidden):
                given(store, channel, looks)

    def test_a_channel_one_may_not_see_is_not_found(self, store, noise):
        hidden = make_channel(store, "Hidden", visibility="members")
        with pytest.raises(NotFound):
            given(store, hidden, viewing(make_person(store, "Eli Crane")))


class TestForPrograms:
    def test_it_is_the_first_read_key_that_works(self, store, channel, ada):
        make_key(store, channel.id, KEYS[0])
        make_key(store, channel.id, KEYS[1], Right.READ)
        end(store, KEYS[1], NOW)
        make_key(store, channel.id, KEYS[2], Right.READ)
        assert store.ask(board_keys.for_programs, VAULT, viewing(ada), channel.id, now=NOW) == KEYS[2]

    def test_whoever_only_looks_is_given_none(self, store, channel):
        make_key(store, channel.id, KEYS[0], Right.READ)
        with pytest.raises(Forbidden):
            store.ask(board_keys.for_programs, VAULT, viewing(make_person(store)), channel.id, now=NOW)
