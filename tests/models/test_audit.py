"""The audit log: written in the deed's own transaction, only ever added to, read by admins alone."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DatabaseError

from domain.audit import Actor, Deed
from domain.errors import LabfeedError, NotFound
from domain.roles import Act, Viewer
from models import audit
from models.schema import audit as audit_table
from models.schema import person as person_table
from tests.builders import NOW, make_channel
from tests.people import acting, enrol, make_course, make_member, make_person, viewing

COMMAND_LINE = Actor(Viewer.visitor(), "", NOW)
VISITOR = Actor(Viewer.visitor(), "192.0.2.7", NOW)


@pytest.fixture
def ada(store):
    return make_person(store, "Ada Finch")


@pytest.fixture
def admin(store):
    return viewing(make_person(store, "Root Admin"), is_admin=True)


@pytest.fixture
def noise(store, ada):
    """Deeds of somebody else, on another channel, before and after."""
    other, channel = make_person(store, "Ben Otter"), make_channel(store, "Noise")
    store.tell(audit.note, acting(other), Deed.CHANNEL_MADE, channel_id=channel.id)
    store.tell(audit.note, acting(other), Deed.MEMBER_INVITED, channel_id=channel.id)


def read(store, viewer, **sought):
    return store.ask(audit.entries, viewer, **sought)


class TestNote:
    def test_a_deed_that_fails_leaves_no_entry(self, store, ada, admin):
        def fail(connection) -> None:
            audit.note(connection, acting(ada), Deed.KEY_MADE)
            raise NotFound

        with pytest.raises(NotFound):
            store.tell(fail)
        assert read(store, admin) == []

    @pytest.mark.parametrize("change", [audit_table.update().values(act="nothing"), audit_table.delete()])
    def test_what_is_written_stays_as_it_was(self, store, ada, admin, change):
        store.tell(audit.note, acting(ada), Deed.KEY_REVOKED)
        before = read(store, admin)
        with pytest.raises((DatabaseError, LabfeedError), match="only added to"):
            store.tell(lambda connection: connection.execute(change))
        assert read(store, admin) == before != []


class TestEntries:
    def test_it_says_who_did_what_when_and_from_where(self, store, noise, ada, admin):
        channel, ben = make_channel(store, "Kiln"), make_person(store, "Ben Otter")
        course_id = make_course(store, "ENGR114")
        numbers = {"channel_id": channel.id, "course_id": course_id, "about_person_id": ben.id}
        store.tell(audit.note, acting(ada, at=NOW + 5), Deed.MEMBER_CHANGED, **numbers, role="editor")
        (entry,) = read(store, admin, deed=Deed.MEMBER_CHANGED)
        assert (entry.at, entry.deed, entry.address) == (NOW + 5, Deed.MEMBER_CHANGED, "127.0.0.1")
        assert (entry.who.name, entry.who.email) == ("Ada Finch", "ada.finch@example.edu")
        assert (entry.about.name, entry.about.email) == ("Ben Otter", "ben.otter@example.edu")
        assert (entry.channel, entry.course, entry.detail) == ("Kiln", "ENGR114", "role: editor")

    def test_the_newest_stands_first(self, store, ada, admin):
        for deed in (Deed.KEY_MADE, Deed.KEY_REVOKED):
            store.tell(audit.note, acting(ada), deed)
        assert [entry.deed for entry in read(store, admin)] == [Deed.KEY_REVOKED, Deed.KEY_MADE]

    def test_pages_follow_one_another_without_gap_or_double(self, store, ada, admin):
        for _ in range(7):
            store.tell(audit.note, acting(ada), Deed.KEY_MADE)
        every = [entry.id for entry in read(store, admin)]
        first = read(store, admin, limit=3)
        second = read(store, admin, limit=3, before_id=first[-1].id)
        third = read(store, admin, limit=3, before_id=second[-1].id)
        assert [entry.id for entry in (*first, *second, *third)] == every

    def test_it_finds_what_somebody_did_and_what_was_done_about_them(self, store, noise, ada, admin):
        ben = make_person(store, "Ben Otter")
        store.tell(audit.note, acting(ada), Deed.KEY_MADE)
        store.tell(audit.note, acting(ben), Deed.MEMBER_REMOVED, about_person_id=ada.id)
        for sought in ({"person_id": ada.id}, {"email": ada.email}):
            assert [entry.deed for entry in read(store, admin, **sought)] == [Deed.MEMBER_REMOVED, Deed.KEY_MADE]

    def test_nobody_has_an_address_that_is_not_there(self, store, noise, ada, admin):
        store.tell(audit.note, COMMAND_LINE, Deed.CHANNEL_MADE)
        assert read(store, admin, email="nobody@example.edu") == []

    def test_it_finds_what_happened_to_a_channel_and_to_a_course(self, store, noise, ada, admin):
        channel, course_id = make_channel(store, "Kiln"), make_course(store)
        store.tell(audit.note, acting(ada), Deed.KEY_MADE, channel_id=channel.id)
        store.tell(audit.note, acting(ada), Deed.ROSTER_APPLIED, course_id=course_id)
        assert [entry.deed for entry in read(store, admin, channel_id=channel.id)] == [Deed.KEY_MADE]
        assert [entry.deed for entry in read(store, admin, course_id=course_id)] == [Deed.ROSTER_APPLIED]

    def test_the_command_line_and_a_visitor_are_nobody_but_told_apart(self, store, admin):
        store.tell(audit.note, COMMAND_LINE, Deed.CHANNEL_MADE)
        store.tell(audit.note, VISITOR, Deed.SIGN_IN_REFUSED)
        visitor, command_line = read(store, admin)
        assert (visitor.who, visitor.address) == (None, "192.0.2.7")
        assert (command_line.who, command_line.address) == (None, "")

    def test_of_somebody_erased_the_number_is_left(self, store, ada, admin):
        store.tell(audit.note, acting(ada), Deed.KEY_MADE)
        store.tell(lambda connection: connection.execute(person_table.delete().where(person_table.c.id == ada.id)))
        (entry,) = read(store, admin)
        assert (entry.who.person_id, entry.who.name, entry.who.email) == (ada.id, "", "")


class TestWhoMayRead:
    def test_for_everybody_but_admins_there_is_no_log(self, store, ada, admin):
        channel, course_id = make_channel(store), make_course(store)
        make_member(store, channel.id, ada)
        enrol(store, course_id, ada)
        store.tell(audit.note, acting(ada), Deed.KEY_MADE, channel_id=channel.id)
        for viewer in (viewing(ada), Viewer.visitor(), Viewer.with_key_of(channel.id)):
            with pytest.raises(NotFound):
                read(store, viewer)
        assert len(read(store, admin)) == 1

    def test_nor_for_a_program_with_an_admins_token(self, store, ada):
        holder = Viewer.person(ada.id, is_admin=True, acts=frozenset(Act))
        with pytest.raises(NotFound):
            read(store, holder)
