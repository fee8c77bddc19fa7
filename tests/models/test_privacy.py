"""Erasing somebody: said before, decided where others are concerned, and nothing of them is left."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from sqlalchemy import Row, insert, select, update

from domain.audit import Actor, Deed
from domain.errors import Invalid, NotFound
from domain.people import Person
from domain.roles import Act, Part, Role, Viewer
from models import audit, people, privacy, sessions
from models.people import Claimed
from models.privacy import Fate
from models.schema import channel as channels
from models.schema import enrolment, invitation, key, membership, metadata, roster, session, token
from models.store import Store
from tests.builders import NOW, make_channel
from tests.builders import make_key as make_key_of
from tests.people import ISSUER, acting, begin_session, enrol, make_course, make_member, make_person, viewing

CANARY = "canary"


@pytest.fixture
def ada(store) -> Person:
    """Somebody with whose traces the whole database is sown."""
    claimed = Claimed(ISSUER, f"{CANARY}-subject", f"{CANARY}@example.edu", f"{CANARY.title()} Finch")
    return store.tell(people.find_or_create, claimed, NOW)


@pytest.fixture
def ben(store) -> Person:
    return make_person(store, "Ben Otter")


def own(store: Store, name: str, *members: tuple[Person, Role]) -> int:
    channel = make_channel(store, name)
    for person, role in members:
        make_member(store, channel.id, person, role)
    return channel.id


def put(store: Store, table, **values) -> None:
    store.tell(lambda connection: connection.execute(insert(table).values(values)))


def rows(store: Store, table) -> Sequence[Row]:
    return store.ask(lambda connection: connection.execute(select(table)).all())


def members(store: Store, channel_id: int) -> dict[int, str]:
    return {row.person_id: row.role for row in rows(store, membership) if row.channel_id == channel_id}


def is_in_bin(store: Store, channel_id: int) -> bool:
    return next(row.deleted_at for row in rows(store, channels) if row.id == channel_id) is not None


def stakes(store: Store, person: Person) -> dict[str, Fate]:
    return {stake.name: stake.fate for stake in store.ask(privacy.erasing, acting(person)).stakes}


def places_with(store: Store, needle: str) -> list[str]:
    """Every column of every table that holds it, in text or in bytes, in whatever case."""
    found = []
    for table in metadata.sorted_tables:
        for row in rows(store, table):
            for name, value in row._mapping.items():
                said = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                if needle.lower().encode() in said.lower():
                    found.append(f"{table.name}.{name}")
    return found


def sow(store: Store, ada: Person, ben: Person) -> None:
    """Ada everywhere where the product puts people."""
    course_id, channel_id = make_course(store), own(store, "Shared", (ada, Role.OWNER), (ben, Role.OWNER))
    enrol(store, course_id, ada, Part.STUDENT, name=ada.name)
    enrol(store, course_id, ben, Part.STUDENT, name=ben.name)
    put(
        store,
        enrolment,
        course_id=make_course(store, "ART1"),
        email=f"old.{ada.email}",
        part="student",
        person_id=ada.id,
    )
    before = [{"email": each.email, "name": each.name, "part": "student"} for each in (ada, ben)]
    snapshot = {"course_id": course_id, "applied_by": ada.id, "applied_at": NOW, "added": 2, "changed": 0, "removed": 0}
    put(store, roster, **snapshot, before=json.dumps(before))
    put(store, roster, **snapshot, before=json.dumps({ada.email.upper(): {"name": ada.name}, ben.email: {}}))
    put(store, invitation, channel_id=own(store, "Inviting"), role="editor", email=ada.email, made_at=NOW)
    put(store, invitation, channel_id=channel_id, role="viewer", email="cy@example.edu", made_by=ada.id, made_at=NOW)
    values = {"person_id": ada.id, "name": "laptop", "digest": b"t", "scopes": "see", "created_at": NOW, "ends_at": NOW}
    put(store, token, **values)
    make_key_of(store, channel_id, "0AAAAAAAAAAAAA")
    store.tell(lambda connection: connection.execute(update(key).values(made_by=ada.id)))
    begin_session(store, ada, NOW)
    store.tell(audit.note, acting(ada), Deed.KEY_MADE, channel_id=channel_id)


class TestErasing:
    """What would happen is said before."""

    def test_a_channel_that_others_own_goes_on(self, store, ada, ben):
        own(store, "Shared", (ada, Role.OWNER), (ben, Role.OWNER))
        assert stakes(store, ada) == {"Shared": Fate.LEFT}

    def test_a_channel_that_is_not_ones_own_goes_on(self, store, ada, ben):
        own(store, "Watched", (ada, Role.VIEWER))
        own(store, "Theirs", (ada, Role.EDITOR), (ben, Role.OWNER))
        assert stakes(store, ada) == {"Theirs": Fate.LEFT, "Watched": Fate.LEFT}

    def test_a_channel_of_nobody_else_goes_into_the_bin(self, store, ada, ben):
        own(store, "Mine", (ada, Role.OWNER))
        own(store, "Noise", (ben, Role.OWNER))
        assert stakes(store, ada) == {"Mine": Fate.BINNED}

    def test_a_channel_with_members_but_no_other_owner_must_be_decided(self, store, ada, ben):
        cy = make_person(store, "Cy Heron")
        own(store, "Ours", (ada, Role.OWNER), (ben, Role.VIEWER), (cy, Role.EDITOR))
        (stake,) = store.ask(privacy.erasing, acting(ada)).stakes
        assert stake.fate is Fate.OPEN
        assert [(heir.name, heir.role) for heir in stake.heirs] == [
            ("Cy Heron", Role.EDITOR),
            ("Ben Otter", Role.VIEWER),
        ]

    def test_it_counts_what_else_goes(self, store, ada, ben):
        sow(store, ada, ben)
        found = store.ask(privacy.erasing, acting(ada))
        assert (found.sessions, found.tokens, found.invitations) == (1, 1, 1)
        assert found.courses == ("ART1", "ENGR114")

    def test_it_changes_nothing(self, store, ada, ben, count_rows):
        sow(store, ada, ben)
        before = count_rows()
        store.ask(privacy.erasing, acting(ada))
        assert count_rows() == before


class TestErase:
    @pytest.mark.parametrize("trace", ["email", "name", "subject"])
    def test_nothing_of_them_is_left_anywhere(self, store, ada, ben, trace):
        sow(store, ada, ben)
        assert places_with(store, getattr(ada, trace))
        store.tell(privacy.erase, acting(ada), {})
        assert places_with(store, CANARY) == []

    def test_what_is_others_stays(self, store, ada, ben):
        sow(store, ada, ben)
        store.tell(privacy.erase, acting(ada), {})
        assert [row.email for row in rows(store, enrolment)] == [ben.email]
        assert [json.loads(row.before) for row in rows(store, roster)] == [
            [{"email": ben.email, "name": ben.name, "part": "student"}],
            {ben.email: {}},
        ]
        assert [(row.email, row.made_by) for row in rows(store, invitation)] == [("cy@example.edu", None)]
        assert [row.made_by for row in rows(store, key)] == [None]
        assert store.ask(people.find, ben.id) == ben

    def test_the_log_keeps_that_it_was_done_by_a_number(self, store, ada, ben):
        sow(store, ada, ben)
        store.tell(privacy.erase, acting(ada), {})
        newest, *older = store.ask(audit.entries, viewing(ben, is_admin=True), person_id=ada.id)
        assert (newest.deed, newest.who.person_id, newest.who.name) == (Deed.PERSON_ERASED, ada.id, "")
        assert Deed.KEY_MADE in {entry.deed for entry in older}

    def test_their_sessions_and_tokens_are_gone_at_once(self, store, ada, ben):
        carried = begin_session(store, ada, NOW)
        theirs = begin_session(store, ben, NOW)
        store.tell(privacy.erase, acting(ada), {})
        assert store.ask(sessions.find, carried, NOW) is None
        assert store.ask(sessions.find, theirs, NOW).person == ben
        assert rows(store, token) == []
        assert len(rows(store, session)) == 1

    def test_who_signs_in_again_is_somebody_new(self, store, ada):
        store.tell(privacy.erase, acting(ada), {})
        again = store.tell(people.find_or_create, Claimed(ISSUER, ada.subject, ada.email, ada.name), NOW)
        assert again.id > ada.id

    def test_what_nobody_else_belongs_to_goes_into_the_bin(self, store, ada, ben):
        mine = own(store, "Mine", (ada, Role.OWNER))
        noise = own(store, "Noise", (ben, Role.OWNER))
        store.tell(privacy.erase, acting(ada), {})
        assert is_in_bin(store, mine)
        assert not is_in_bin(store, noise)

    def test_what_others_own_goes_on(self, store, ada, ben):
        shared = own(store, "Shared", (ada, Role.OWNER), (ben, Role.OWNER))
        store.tell(privacy.erase, acting(ada), {shared: None})
        assert not is_in_bin(store, shared)
        assert members(store, shared) == {ben.id: "owner"}

    def test_open_pages_of_its_channels_are_looked_at_again(self, store, ada, ben):
        shared = own(store, "Shared", (ada, Role.OWNER), (ben, Role.OWNER))
        before = {row.id: row.version for row in rows(store, channels)}
        store.tell(privacy.erase, acting(ada), {})
        assert {row.id: row.version for row in rows(store, channels)} == {shared: before[shared] + 1}


class TestNobodyStrandsAChannel:
    @pytest.fixture
    def ours(self, store, ada, ben) -> int:
        return own(store, "Ours", (ada, Role.OWNER), (ben, Role.VIEWER))

    def test_without_a_decision_nothing_is_erased(self, store, ada, ben, ours, count_rows):
        alone = own(store, "A bin for one", (ada, Role.OWNER))
        before = count_rows()
        with pytest.raises(Invalid, match="Ours"):
            store.tell(privacy.erase, acting(ada), {})
        assert count_rows() == before
        assert not is_in_bin(store, alone)

    def test_it_is_left_to_a_member(self, store, ada, ben, ours):
        store.tell(privacy.erase, acting(ada), {ours: ben.id})
        assert members(store, ours) == {ben.id: "owner"}
        assert not is_in_bin(store, ours)
        assert store.ask(people.find, ben.id).version == ben.version + 1

    def test_or_goes_into_the_bin(self, store, ada, ben, ours):
        store.tell(privacy.erase, acting(ada), {ours: None})
        assert is_in_bin(store, ours)

    def test_a_stranger_inherits_nothing(self, store, ada, ours):
        stranger = make_person(store, "Dee Stoat")
        with pytest.raises(Invalid, match="members"):
            store.tell(privacy.erase, acting(ada), {ours: stranger.id})
        assert store.ask(people.find, ada.id) == ada

    def test_nor_does_oneself(self, store, ada, ours):
        with pytest.raises(Invalid, match="members"):
            store.tell(privacy.erase, acting(ada), {ours: ada.id})

    def test_both_ends_are_in_the_log(self, store, ada, ben, ours):
        alone = own(store, "Mine", (ada, Role.OWNER))
        store.tell(privacy.erase, acting(ada), {ours: ben.id})
        found = store.ask(audit.entries, viewing(ben, is_admin=True))
        assert {(entry.deed, entry.channel_id) for entry in found} == {
            (Deed.CHANNEL_TRANSFERRED, ours),
            (Deed.CHANNEL_DELETED, alone),
            (Deed.PERSON_ERASED, None),
        }


def erase(connection, actor) -> None:
    privacy.erase(connection, actor, {})


class TestWhoMay:
    @pytest.mark.parametrize("ask", [privacy.erasing, erase])
    def test_neither_a_visitor_nor_a_token_erases_anybody(self, store, ada, ask):
        for viewer in (Viewer.visitor(), Viewer.person(ada.id, acts=frozenset(Act)), Viewer.person(ada.id + 1)):
            with pytest.raises(NotFound):
                store.tell(ask, Actor(viewer, "127.0.0.1", NOW))
        assert store.ask(people.find, ada.id) == ada


class TestWithout:
    @pytest.mark.parametrize(
        ("kept", "left"),
        [
            ([{"email": "a@b.cd", "name": "A"}, {"email": "z@b.cd"}], [{"email": "z@b.cd"}]),
            ([["a@b.cd", "A", ""], ["z@b.cd", "Z", ""]], [["z@b.cd", "Z", ""]]),
            ({"a@b.cd": {"name": "A"}, "z@b.cd": {}}, {"z@b.cd": {}}),
            ({"rows": [{"email": "A@b.cd"}], "n": 1}, {"rows": [], "n": 1}),
            (["za@b.cd"], ["za@b.cd"]),
            (None, None),
        ],
    )
    def test_who_is_erased_goes_with_their_row(self, kept, left):
        assert privacy.without(kept, ["a@b.cd"]) == left
