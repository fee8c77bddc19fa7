"""Arriving: whoever signs in has at once what waited for their address."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from domain.errors import AddressTaken, NotFound
from domain.people import College
from domain.roles import Role
from models import arrivals, invitations, memberships, sessions
from models.people import Claimed
from models.schema import audit, enrolment
from tests.builders import NOW, make_channel
from tests.people import acting, begin_session, make_course, make_member, make_person

ADA = Claimed("https://accounts.example.edu", "1", "ada@example.edu", "Ada Finch")


def arrive(store, claimed: Claimed = ADA):
    return store.tell(arrivals.arrive, claimed, address="192.0.2.7", now=NOW)


def deeds(store) -> list[tuple]:
    columns = (audit.c.act, audit.c.person_id, audit.c.address)
    return store.ask(lambda connection: [tuple(row) for row in connection.execute(select(*columns))])


class TestArrive:
    def test_it_is_written_down_from_where(self, store):
        ada = arrive(store)
        assert deeds(store) == [("signed in", ada.id, "192.0.2.7")]

    def test_an_invitation_is_taken_up(self, store):
        owner, channel = make_person(store, "Olga Owner"), make_channel(store)
        make_member(store, channel.id, owner)
        college = College(frozenset({"example.edu"}))
        store.tell(invitations.invite, acting(owner), college, channel.id, "ada@example.edu", Role.EDITOR)
        ada = arrive(store)
        assert store.ask(memberships.role_of, channel.id, ada.id) is Role.EDITOR

    def test_a_roster_knows_them(self, store):
        values = {"course_id": make_course(store), "email": "ada@example.edu", "part": "student"}
        store.tell(lambda connection: connection.execute(enrolment.insert().values(values)))
        ada = arrive(store)
        found = store.ask(lambda connection: connection.execute(select(enrolment.c.person_id)).scalar_one())
        assert found == ada.id

    def test_who_is_refused_changes_nothing(self, store):
        arrive(store)
        with pytest.raises(AddressTaken):
            arrive(store, Claimed(ADA.issuer, "2", ADA.email, "Somebody Else"))
        assert len(deeds(store)) == 1


class TestLeave:
    def test_the_session_ends_and_it_is_written_down(self, store):
        ada = make_person(store)
        carried, other = begin_session(store, ada, NOW), begin_session(store, ada, NOW)
        found = store.ask(sessions.find, carried, NOW)
        store.tell(arrivals.leave, acting(ada), found.id)
        assert store.ask(sessions.find, carried, NOW) is None
        assert store.ask(sessions.find, other, NOW)
        assert deeds(store) == [("signed out", ada.id, "127.0.0.1")]

    def test_nobody_ends_the_session_of_another(self, store):
        ada, ben = make_person(store), make_person(store, "Ben Otter")
        found = store.ask(sessions.find, begin_session(store, ada, NOW), NOW)
        with pytest.raises(NotFound):
            store.tell(arrivals.leave, acting(ben), found.id)
        assert deeds(store) == []
