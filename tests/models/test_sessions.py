"""Sessions on the server: found by what the cookie carries, ended by their owner."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from domain.audit import Actor, Deed
from domain.errors import NotFound
from domain.roles import Act, Viewer
from domain.timespan import DAY, MINUTE
from models import audit, people, sessions
from models.schema import session
from models.sessions import ABSOLUTE, IDLE
from tests.builders import NOW
from tests.people import acting, begin_session, make_person, viewing


@pytest.fixture
def ada(store):
    return make_person(store, "Ada Finch")


@pytest.fixture
def noise(store):
    """Somebody else's session, which nothing here may end."""
    ben = make_person(store, "Ben Otter")
    carried = begin_session(store, ben, NOW)
    yield ben
    assert store.ask(sessions.find, carried, NOW).person.id == ben.id


def live(store, person, at: int = NOW) -> list[int]:
    return [found.id for found in store.ask(sessions.of_person, person.id, at)]


def begin(store, person, carried: str, at: int = NOW) -> int:
    return store.tell(sessions.begin, person.id, carried, now=at)


class TestFind:
    def test_it_finds_who_carries_it(self, store, noise, ada):
        begin(store, ada, "carried")
        assert store.ask(sessions.find, "carried", NOW).person == ada

    @pytest.mark.parametrize("carried", ["", "another"])
    def test_nobody_else(self, store, noise, ada, carried):
        begin(store, ada, "carried")
        assert store.ask(sessions.find, carried, NOW) is None

    def test_unused_it_is_over_after_the_idle_time_used_it_goes_on(self, store, noise, ada):
        number = begin(store, ada, "carried")
        assert store.ask(sessions.find, "carried", NOW + IDLE) is None
        store.tell(sessions.seen, number, NOW + MINUTE)
        assert store.ask(sessions.find, "carried", NOW + IDLE)

    def test_however_much_used_it_ends(self, store, noise, ada):
        number = begin(store, ada, "carried")
        store.tell(sessions.seen, number, NOW + ABSOLUTE)
        assert store.ask(sessions.find, "carried", NOW + ABSOLUTE) is None

    def test_what_the_cookie_carries_is_kept_nowhere(self, store, noise, ada):
        begin(store, ada, "carried")
        rows = store.ask(lambda connection: connection.execute(select(session)).all())
        assert "carried" not in repr(rows)


class TestEnd:
    def test_one_ends_and_the_others_stay(self, store, noise, ada):
        old, new = begin(store, ada, "old"), begin(store, ada, "new")
        store.tell(sessions.end, acting(ada), old)
        assert live(store, ada) == [new]

    def test_open_pages_are_looked_at_again(self, store, noise, ada):
        number = begin(store, ada, "old")
        store.tell(sessions.end, acting(ada), number)
        assert store.ask(people.find, ada.id).version == ada.version + 1

    def test_a_session_of_somebody_else_is_not_found(self, store, noise, ada):
        (theirs,) = live(store, noise)
        with pytest.raises(NotFound):
            store.tell(sessions.end, acting(ada), theirs)

    def test_nor_is_one_that_is_over(self, store, noise, ada):
        number = begin(store, ada, "old")
        store.tell(sessions.end, acting(ada), number)
        with pytest.raises(NotFound):
            store.tell(sessions.end, acting(ada), number)


class TestEndAll:
    def test_all_but_this_one(self, store, noise, ada):
        numbers = [begin(store, ada, carried) for carried in "abc"]
        assert store.tell(sessions.end_all, acting(ada), but=numbers[1]) == 2
        assert live(store, ada) == [numbers[1]]

    def test_all(self, store, noise, ada):
        for carried in "abc":
            begin(store, ada, carried)
        assert store.tell(sessions.end_all, acting(ada)) == 3
        assert live(store, ada) == []

    def test_it_is_in_the_log(self, store, noise, ada):
        begin(store, ada, "a")
        store.tell(sessions.end_all, acting(ada))
        (entry,) = store.ask(audit.entries, viewing(noise, is_admin=True))
        assert (entry.deed, entry.who.person_id, entry.detail) == (Deed.SESSIONS_ENDED, ada.id, "ended: 1")

    def test_neither_a_visitor_nor_a_token_ends_any(self, store, noise, ada):
        begin(store, ada, "a")
        for viewer in (Viewer.visitor(), Viewer.person(ada.id, acts=frozenset(Act))):
            with pytest.raises(NotFound):
                store.tell(sessions.end_all, Actor(viewer, "", NOW))
        assert len(live(store, ada)) == 1


class TestForgetOld:
    def test_what_can_never_be_used_again_is_gone_and_the_rest_stays(self, store, noise, ada):
        begin(store, ada, "too old", NOW - ABSOLUTE - 1)
        ended, kept = begin(store, ada, "ended"), begin(store, ada, "kept")
        store.tell(sessions.end, acting(ada, at=NOW - DAY - 1), ended)
        store.tell(sessions.forget_old, NOW)
        rows = store.ask(lambda connection: connection.scalars(select(session.c.id)).all())
        assert set(rows) == {kept, *live(store, noise)}
