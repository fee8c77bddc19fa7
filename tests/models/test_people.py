"""People: who they are is their account; whose an address is, an admin settles."""

from __future__ import annotations

import pytest

from domain.audit import Actor
from domain.errors import AddressTaken, NotFound
from domain.people import Person
from domain.roles import Viewer
from models import arrivals, audit, people, sessions
from models.people import AWAITED, Claimed
from tests.builders import NOW
from tests.people import begin_session, make_person

OPERATOR = Actor(Viewer.visitor(), "", NOW)
ISSUER = "https://accounts.example.edu"


def claimed(subject: str, email: str = "ada@example.edu", name: str = "Ada Finch", issuer: str = ISSUER) -> Claimed:
    return Claimed(issuer, subject, email, name)


@pytest.fixture
def find(store):
    """A function: the person of this account, made if need be; among others that nothing here may touch."""
    noise = [make_person(store, name) for name in ("Ben Otter", "Cleo Marsh")]
    carried = begin_session(store, noise[0], NOW)
    yield lambda *account, **more: store.tell(people.find_or_create, claimed(*account, **more), NOW)
    assert [store.ask(people.find, each.id) for each in noise] == noise
    assert store.ask(sessions.find, carried, NOW)


class TestWithAddress:
    def test_it_is_the_person_of_that_address(self, store, find):
        ada = find("1", "ada@example.edu")
        assert store.ask(people.with_address, "ada@example.edu") == ada

    def test_nobody_has_another(self, store, find):
        find("1", "ada@example.edu")
        with pytest.raises(NotFound, match=r"Nobody has the address bea@example\.edu"):
            store.ask(people.with_address, "bea@example.edu")


class TestFindOrCreate:
    def test_an_account_is_one_person(self, find):
        assert find("1") == find("1")

    def test_the_same_subject_of_another_issuer_is_another(self, find):
        assert find("1").id != find("1", "else@example.edu", issuer="https://other.example").id

    def test_name_and_address_follow_the_account(self, find):
        before = find("1")
        after = find("1", "ada.finch@example.edu", "Ada F.")
        assert (after.id, after.email, after.name) == (before.id, "ada.finch@example.edu", "Ada F.")

    def test_open_pages_are_looked_at_again_when_they_change(self, find):
        before = find("1")
        assert find("1").version == before.version
        find("1", "ada.finch@example.edu")
        assert find("1", "ada.finch@example.edu").version > before.version

    def test_a_known_address_brings_nobody_elses_account(self, find):
        find("1")
        with pytest.raises(AddressTaken):
            find("2")

    def test_nor_by_changing_to_it(self, find):
        find("1")
        find("2", "eve@example.edu")
        with pytest.raises(AddressTaken):
            find("2", "ada@example.edu")


class TestRelease:
    def test_the_address_may_be_taken_by_somebody_new(self, store, find):
        ada = find("1")
        store.tell(people.release, OPERATOR, "ada@example.edu")
        assert find("2").id != ada.id

    def test_who_had_it_cannot_come_back_with_it_then(self, store, find):
        find("1")
        store.tell(people.release, OPERATOR, "ada@example.edu")
        find("2")
        with pytest.raises(AddressTaken):
            find("1")

    def test_an_address_nobody_has_is_said(self, store, find):
        with pytest.raises(NotFound):
            store.tell(people.release, OPERATOR, "nobody@example.edu")


class TestHandOver:
    def test_the_next_account_is_that_person(self, store, find):
        ada = find("1")
        store.tell(people.hand_over, OPERATOR, "ada@example.edu")
        after = find("2")
        assert (after.id, after.subject, after.issuer) == (ada.id, "2", ISSUER)

    def test_another_address_is_not(self, store, find):
        ada = find("1")
        store.tell(people.hand_over, OPERATOR, "ada@example.edu")
        assert find("2", "eve@example.edu").id != ada.id

    def test_it_is_done_once(self, store, find):
        find("1")
        store.tell(people.hand_over, OPERATOR, "ada@example.edu")
        find("2")
        with pytest.raises(AddressTaken):
            find("3")

    def test_two_may_wait_at_once(self, store, find):
        one, two = find("1"), find("2", "eve@example.edu")
        for email in ("ada@example.edu", "eve@example.edu"):
            store.tell(people.hand_over, OPERATOR, email)
        assert (find("3", "eve@example.edu").id, find("4").id) == (two.id, one.id)

    def test_who_signs_in_elsewhere_already_does_not_become_them(self, store, find):
        find("1")
        find("2", "eve@example.edu")
        store.tell(people.hand_over, OPERATOR, "ada@example.edu")
        with pytest.raises(AddressTaken):
            find("2", "ada@example.edu")


@pytest.mark.parametrize("part", [people.release, people.hand_over])
class TestBoth:
    def test_sessions_end_and_pages_close(self, store, find, part):
        ada = find("1")
        carried = begin_session(store, ada, NOW)
        store.tell(part, OPERATOR, "ada@example.edu")
        assert store.ask(sessions.find, carried, NOW) is None
        assert store.ask(people.versions, [ada.id])[ada.id] > ada.version

    def test_it_is_written_down_without_the_address(self, store, find, part):
        store.tell(arrivals.arrive, claimed("1"), address="192.0.2.7", now=NOW)
        store.tell(part, OPERATOR, "ada@example.edu")
        entries = store.ask(lambda connection: connection.execute(audit.audit.select()).all())
        assert entries[-1].act == "address released"
        assert "ada" not in entries[-1].detail


class TestEvery:
    def test_everybody_is_listed_by_address(self, store, find):
        find("1")
        assert [each.email for each in store.ask(people.every)] == [
            "ada@example.edu",
            "ben.otter@example.edu",
            "cleo.marsh@example.edu",
        ]

    def test_those_without_an_address_come_last(self, store, find):
        ada = find("1")
        store.tell(people.release, OPERATOR, "ada@example.edu")
        assert store.ask(people.every)[-1].id == ada.id


class TestPerson:
    def test_one_who_is_awaited_has_no_account(self, store, find):
        find("1")
        parted: Person = store.tell(people.hand_over, OPERATOR, "ada@example.edu")
        assert store.ask(people.find, parted.id).issuer == AWAITED
