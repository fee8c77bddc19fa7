"""What of a course is taken away: by whom, which channels, who is in it."""

from __future__ import annotations

import json

import pytest

from domain.audit import Deed
from domain.channels import Visibility
from domain.course_exports import CourseExport
from domain.errors import Forbidden, Invalid, NotFound
from domain.roles import Act, Part, Role, Viewer
from domain.selection import Range
from domain.timespan import HOUR, SECOND
from models import audit, course_exports
from models.schema import channel as channel_table
from tests.builders import NOW, append, entry, make_channel
from tests.people import acting, enrol, make_member, make_person, viewing


@pytest.fixture
def kiln(store, noise, course_id):
    """A channel of the course that its members alone see, with two readings of each feed."""
    made = _of_course(store, course_id, "Kiln", section="A", team="Otter", feeds=("temperature:°C", "door:text"))
    append(store, made, entry(NOW - HOUR, temperature=20.5, door="open"), entry(NOW - SECOND, temperature=21, door="x"))
    return made


@pytest.fixture
def pond(store, course_id):
    return _of_course(store, course_id, "Pond", section="B", team="Heron")


def _of_course(store, course_id, name, **more):
    return make_channel(store, name, course_id=course_id, visibility=Visibility.MEMBERS, **more)


def outlined(store, viewer, course_id, **more):
    return store.ask_long(course_exports.outline, viewer, CourseExport(course_id, **more), NOW)


class TestTheOutline:
    def test_it_holds_the_channels_of_the_course_and_no_other(self, store, teacher, course_id, kiln, pond):
        found = outlined(store, viewing(teacher), course_id)
        assert [plan.channel.id for plan in found.plans] == [kiln.id, pond.id]
        assert (found.readings, found.sections) == (4, ("A", "B"))
        assert found.files[kiln.id] == "engr114_kiln_2026-11-20_2026-11-20.csv"
        assert found.file_name == "engr114-2026-autumn_2026-11-20_2026-11-20.zip"

    def test_of_a_section_it_holds_that_sections(self, store, teacher, course_id, kiln, pond):
        found = outlined(store, viewing(teacher), course_id, section="B")
        assert [plan.channel.id for plan in found.plans] == [pond.id]
        assert found.sections == ("A", "B")

    def test_what_lies_in_the_bin_is_not_there(self, store, teacher, course_id, kiln, pond):
        store.tell(lambda connection: connection.execute(channel_table.update().values(deleted_at=NOW)))
        assert outlined(store, viewing(teacher), course_id).plans == ()

    def test_archived_channels_are_there(self, store, teacher, course_id, kiln):
        store.tell(lambda connection: connection.execute(channel_table.update().values(archived_at=NOW)))
        assert len(outlined(store, viewing(teacher), course_id).plans) == 1

    def test_all_channels_end_at_the_same_instant(self, store, teacher, course_id, kiln, pond):
        found = outlined(store, viewing(teacher), course_id, range=Range("now-1h"))
        assert {plan.span for plan in found.plans} == {found.span}
        assert found.span.end == NOW + 1

    def test_two_channels_of_one_name_have_files_of_their_own(self, store, teacher, course_id, kiln):
        _of_course(store, course_id, "kiln!", section="C", team="Crane")
        found = outlined(store, viewing(teacher), course_id, range=Range("now-1h"))
        assert len(set(found.files.values())) == 2

    @pytest.mark.parametrize("more", [{"range": Range("tomorrow")}, {"range": Range("now", "now-1h")}])
    def test_a_range_that_is_none_is_refused_for_an_empty_course_too(self, store, teacher, course_id, more):
        with pytest.raises(Invalid):
            outlined(store, viewing(teacher), course_id, **more)

    def test_a_section_there_is_not_is_refused_with_those_there_are(self, store, teacher, course_id, kiln, pond):
        with pytest.raises(Invalid) as refused:
            outlined(store, viewing(teacher), course_id, section="Z")
        assert refused.value.hint == "Its sections: A, B."


class TestWhoMay:
    def test_an_admin_may(self, store, admin, course_id, kiln):
        assert outlined(store, viewing(admin, is_admin=True), course_id).readings == 4

    def test_a_student_of_the_course_is_refused(self, store, course_id, kiln):
        student = make_person(store, "Ada Finch")
        enrol(store, course_id, student, Part.STUDENT, section="A", team="Otter")
        make_member(store, kiln.id, student)
        with pytest.raises(Forbidden):
            outlined(store, viewing(student), course_id)

    def test_for_everybody_else_there_is_no_such_course(self, store, stranger, course_id, kiln):
        nobody = [viewing(stranger), Viewer.visitor(), Viewer.with_key_of(kiln.id), Viewer.at_kiosk(1)]
        for viewer in nobody:
            with pytest.raises(NotFound):
                outlined(store, viewer, course_id)

    def test_a_token_of_its_staff_reaches_as_far_as_it_may_read(self, store, teacher, course_id, kiln):
        reading = frozenset({Act.SEE, Act.SEE_PEOPLE})
        assert outlined(store, Viewer.person(teacher.id, acts=reading), course_id).readings == 4
        with pytest.raises(NotFound):
            outlined(store, Viewer.person(teacher.id, acts=frozenset({Act.CONTRIBUTE})), course_id)
        with pytest.raises(Forbidden):
            outlined(store, Viewer.person(teacher.id, acts=frozenset({Act.SEE})), course_id)


class TestThePeople:
    def test_a_row_a_person_and_channel(self, store, teacher, course_id, kiln, pond):
        ada, guest = make_person(store, "Ada Finch"), make_person(store, "Gil Guest")
        enrol(store, course_id, ada, Part.STUDENT, section="A", team="Otter", name="Ada F.")
        for each in (kiln, pond):
            make_member(store, each.id, ada)
        make_member(store, kiln.id, guest, Role.VIEWER)
        found = store.ask(course_exports.people, viewing(teacher), CourseExport(course_id), [kiln.id, pond.id])
        assert [(one.name, one.part, one.channel, one.role) for one in found] == [
            ("", Part.STAFF, "", None),
            ("Ada F.", Part.STUDENT, "Kiln", Role.OWNER),
            ("Ada F.", Part.STUDENT, "Pond", Role.OWNER),
            ("Gil Guest", None, "Kiln", Role.VIEWER),
        ]
        assert {one.email for one in found} == {teacher.email, ada.email, guest.email}

    def test_of_a_section_its_students_and_the_staff(self, store, teacher, course_id, kiln):
        for name, section in (("Ada Finch", "A"), ("Ben Reed", "B")):
            enrol(store, course_id, make_person(store, name), Part.STUDENT, section=section, name=name)
        found = store.ask(course_exports.people, viewing(teacher), CourseExport(course_id, "B"), [])
        assert [one.email for one in found] == [teacher.email, "ben.reed@example.edu"]

    def test_students_are_not_told(self, store, course_id, kiln):
        student = make_person(store, "Ada Finch")
        enrol(store, course_id, student, Part.STUDENT)
        with pytest.raises(Forbidden):
            store.ask(course_exports.people, viewing(student), CourseExport(course_id), [kiln.id])


def test_it_is_on_record_without_anybodys_address(store, teacher, admin, course_id, kiln):
    outline = outlined(store, viewing(teacher), course_id, section="A")
    store.tell(course_exports.note, acting(teacher), outline)
    [noted] = store.ask(audit.entries, viewing(admin, is_admin=True), deed=Deed.DATA_TAKEN)
    assert (noted.course_id, noted.who.person_id) == (course_id, teacher.id)
    assert "channels: 1 · readings: 4 · section: A" in noted.detail
    assert "@" not in json.dumps(noted.detail)
