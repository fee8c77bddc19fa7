from __future__ import annotations

import pytest
from sqlalchemy import select

from domain.audit import Deed
from domain.channels import Visibility
from domain.courses import Naming, naming_of
from domain.errors import Conflict, Forbidden, Invalid, NotFound
from domain.people import College
from domain.roles import Act, Part, Role, Viewer
from models import courses, memberships, people
from models.schema import audit, enrolment
from tests.builders import NOW, make_channel
from tests.people import acting, enrol, make_course, make_person, viewing

ENGR = Naming("ENGR114", "Measuring", "2026 autumn")
COLLEGE = College(frozenset({"example.edu"}), frozenset(), frozenset({"teacher@example.edu"}))


def deeds(store) -> list[str]:
    return store.ask(lambda connection: list(connection.scalars(select(audit.c.act).order_by(audit.c.id))))


def put_on_roster(store, course_id: int, email: str, **more) -> None:
    """Somebody who has not signed in yet."""
    values = {"course_id": course_id, "email": email, "part": "student"} | more
    store.tell(lambda connection: connection.execute(enrolment.insert().values(values)))


def bound(store, course_id: int, email: str) -> int | None:
    mine = (enrolment.c.course_id == course_id) & (enrolment.c.email == email)
    return store.ask(lambda connection: connection.scalar(select(enrolment.c.person_id).where(mine)))


@pytest.fixture
def teacher(store):
    return make_person(store, "Dana Holt", email="teacher@example.edu")


@pytest.fixture
def noise(store):
    """A course of others, whose roster holds people with the same words, some of whom never signed in."""
    other = make_course(store, "ART1")
    enrol(store, other, make_person(store, "Other Teacher"))
    put_on_roster(store, other, "nobody@example.edu", section="A", team="Otter")
    make_channel(store, "Otters elsewhere", course_id=other, section="A", team="Otter")
    return other


class TestNaming:
    def test_blanks_around_words_do_not_count(self):
        assert naming_of(" ENGR114 ", "Measuring  and control", "") == Naming("ENGR114", "Measuring and control")

    @pytest.mark.parametrize("given", [("", "x", "x"), ("x" * 33, "", ""), ("x", "x" * 201, ""), ("x", "", "a\u200bb")])
    def test_what_cannot_be_stored_is_refused(self, given):
        with pytest.raises(Invalid):
            naming_of(*given)


class TestMake:
    def test_its_maker_is_its_staff(self, store, teacher, noise):
        made = store.tell(courses.make, acting(teacher), COLLEGE, ENGR)
        found = store.ask(courses.find, viewing(teacher), made.id)
        assert (found.course.naming, found.part, found.is_taught) == (ENGR, Part.STAFF, True)
        assert (found.staff, found.students) == (1, 0)
        assert deeds(store) == [str(Deed.COURSE_MADE)]

    def test_pages_of_the_maker_are_looked_at_again(self, store, teacher):
        store.tell(courses.make, acting(teacher), COLLEGE, ENGR)
        assert store.ask(people.find, teacher.id).version == teacher.version + 1

    def test_an_admin_may(self, store):
        admin = make_person(store, "An Admin")
        assert store.tell(courses.make, acting(admin, is_admin=True), COLLEGE, ENGR).naming == ENGR

    def test_nobody_else_may(self, store, noise):
        for person in (make_person(store), make_person(store, "Ta")):
            with pytest.raises(Forbidden):
                store.tell(courses.make, acting(person), COLLEGE, ENGR)

    def test_staff_of_another_course_may_not(self, store, noise):
        staff = make_person(store, "Eve Staff")
        enrol(store, noise, staff)
        with pytest.raises(Forbidden):
            store.tell(courses.make, acting(staff), COLLEGE, ENGR)

    def test_a_course_stands_once_a_term(self, store, teacher):
        store.tell(courses.make, acting(teacher), COLLEGE, ENGR)
        with pytest.raises(Conflict):
            store.tell(courses.make, acting(teacher), COLLEGE, Naming("ENGR114", "Another", "2026 autumn"))
        store.tell(courses.make, acting(teacher), COLLEGE, Naming("ENGR114", "", "2027 spring"))


class TestFinding:
    """Owner of the question: student, staff, admin, somebody of another course, a visitor, a key."""

    @pytest.fixture
    def course(self, store, noise):
        course_id = make_course(store)
        put_on_roster(store, course_id, "later@example.edu", section="A", team="Otter")
        return course_id

    def test_students_and_staff_find_it(self, store, course):
        student, staff = make_person(store, "A Student"), make_person(store, "A Teacher")
        enrol(store, course, student, Part.STUDENT, section="A", team="Otter")
        enrol(store, course, staff)
        seen = store.ask(courses.find, viewing(student), course)
        assert (seen.part, seen.is_taught, seen.section, seen.team) == (Part.STUDENT, False, "A", "Otter")
        assert (seen.students, seen.staff) == (2, 1)
        assert store.ask(courses.find, viewing(staff), course).is_taught
        assert [one.course.id for one in store.ask(courses.of_person, viewing(student))] == [course]

    def test_an_admin_finds_all(self, store, course, noise):
        admin = viewing(make_person(store, "An Admin"), is_admin=True)
        found = store.ask(courses.of_person, admin)
        assert [(one.course.id, one.part, one.is_taught) for one in found] == [
            (course, None, True),
            (noise, None, True),
        ]

    def test_an_admin_who_learns_there_oversees_it_all_the_same(self, store, course):
        admin = make_person(store, "An Admin")
        enrol(store, course, admin, Part.STUDENT)
        seen = store.ask(courses.find, viewing(admin, is_admin=True), course)
        assert (seen.part, seen.is_taught) == (Part.STUDENT, True)

    def test_for_everybody_else_it_does_not_exist(self, store, course, noise):
        stranger, neighbour = make_person(store, "A Stranger"), make_person(store, "A Neighbour")
        enrol(store, noise, neighbour)
        for viewer in (viewing(stranger), viewing(neighbour), Viewer.visitor(), Viewer.with_key_of(1)):
            with pytest.raises(NotFound):
                store.ask(courses.find, viewer, course)
            assert course not in [one.course.id for one in store.ask(courses.of_person, viewer)]

    def test_a_token_reaches_no_further_than_its_scope(self, store, course):
        staff = make_person(store, "A Teacher")
        enrol(store, course, staff)
        reader = Viewer.person(staff.id, acts=frozenset({Act.SEE}))
        assert store.ask(courses.find, reader, course).course.id == course
        with pytest.raises(Forbidden):
            store.ask(courses.taught, reader, course)
        with pytest.raises(NotFound):
            store.ask(courses.find, Viewer.person(staff.id, acts=frozenset()), course)

    def test_who_stands_on_it_with_two_addresses_is_in_it_once_and_staff_first(self, store, course):
        person = make_person(store, "Two Addresses")
        enrol(store, course, person, Part.STUDENT)
        put_on_roster(store, course, "second@example.edu", part="staff", person_id=person.id)
        found = store.ask(courses.of_person, viewing(person))
        assert [(one.course.id, one.part) for one in found] == [(course, Part.STAFF)]

    def test_it_counts_the_channels_that_this_viewer_may_see(self, store, course):
        student, staff = make_person(store, "A Student"), make_person(store, "A Teacher")
        enrol(store, course, student, Part.STUDENT)
        enrol(store, course, staff)
        for visibility in Visibility:
            make_channel(store, course_id=course, visibility=visibility)
        assert store.ask(courses.find, viewing(student), course).channels == 2
        assert store.ask(courses.find, viewing(staff), course).channels == 3

    def test_it_names_the_teams_channel(self, store, course):
        student = make_person(store, "A Student")
        enrol(store, course, student, Part.STUDENT, section="A", team="Otter")
        channel = make_channel(store, course_id=course, section="A", team="Otter")
        make_channel(store, course_id=course, section="B", team="Otter")
        assert store.ask(courses.find, viewing(student), course).team_channel_id == channel.id


class TestEnrolments:
    def test_staff_and_admins_see_addresses_and_students_do_not(self, store, noise):
        course = make_course(store)
        student, staff = make_person(store, "A Student"), make_person(store, "A Teacher")
        enrol(store, course, student, Part.STUDENT)
        enrol(store, course, staff)
        put_on_roster(store, course, "later@example.edu", section="A")
        for viewer in (viewing(staff), viewing(make_person(store, "An Admin"), is_admin=True)):
            found = store.ask(courses.enrolments, viewer, course)
            assert [(one.row.email, one.person_id) for one in found] == [
                (staff.email, staff.id),
                (student.email, student.id),
                ("later@example.edu", None),
            ]
        with pytest.raises(Forbidden):
            store.ask(courses.enrolments, viewing(student), course)
        with pytest.raises(NotFound):
            store.ask(courses.enrolments, viewing(make_person(store, "A Stranger")), course)


class TestChanging:
    @pytest.mark.parametrize("change", [courses.change, courses.archive], ids=["change", "archive"])
    def test_it_is_for_staff_and_admins(self, store, noise, change):
        course = make_course(store)
        student, staff = make_person(store, "A Student"), make_person(store, "A Teacher")
        enrol(store, course, student, Part.STUDENT)
        enrol(store, course, staff)
        more = (ENGR,) if change is courses.change else ()
        with pytest.raises(Forbidden):
            store.tell(change, acting(student), course, *more)
        with pytest.raises(NotFound):
            store.tell(change, acting(make_person(store, "A Stranger")), course, *more)
        for actor in (acting(staff), acting(make_person(store, "An Admin"), is_admin=True)):
            store.tell(change, actor, course, *more)
        assert deeds(store) == [str(Deed.COURSE_CHANGED)] * 2

    def test_it_is_called_something_else(self, store, teacher):
        made = store.tell(courses.make, acting(teacher), COLLEGE, Naming("OLD"))
        store.tell(courses.change, acting(teacher), made.id, ENGR)
        assert store.ask(courses.find, viewing(teacher), made.id).course.naming == ENGR
        store.tell(courses.change, acting(teacher), made.id, Naming("ENGR114", "Better", "2026 autumn"))

    def test_not_what_another_is_called(self, store, teacher, noise):
        made = store.tell(courses.make, acting(teacher), COLLEGE, ENGR)
        with pytest.raises(Conflict):
            store.tell(courses.change, acting(teacher), made.id, Naming("ART1", "", "2026 autumn"))

    def test_archived_courses_come_last_and_can_be_taken_back(self, store, teacher):
        ids = [store.tell(courses.make, acting(teacher), COLLEGE, Naming(code)).id for code in "AB"]
        store.tell(courses.archive, acting(teacher), ids[1])
        found = store.ask(courses.of_person, viewing(teacher))
        assert [(one.course.id, one.course.archived_at) for one in found] == [(ids[0], None), (ids[1], NOW)]
        store.tell(courses.archive, acting(teacher), ids[1], False)
        assert [one.course.id for one in store.ask(courses.of_person, viewing(teacher))] == ids[::-1]


class TestTakeUp:
    @pytest.fixture
    def course(self, store, noise):
        return make_course(store)

    def sign_in(self, store, name: str):
        person = make_person(store, name)
        store.tell(courses.take_up, person, NOW)
        return person

    def test_who_signs_in_is_in_the_course(self, store, course, noise):
        put_on_roster(store, course, "ada.finch@example.edu")
        put_on_roster(store, course, "other@example.edu")
        ada = self.sign_in(store, "Ada Finch")
        assert [one.course.id for one in store.ask(courses.of_person, viewing(ada))] == [course]
        assert bound(store, course, "other@example.edu") is None
        assert bound(store, noise, "nobody@example.edu") is None

    def test_a_student_owns_the_channel_of_their_team_and_no_other(self, store, course):
        put_on_roster(store, course, "ada.finch@example.edu", section="A", team="Otter")
        mine = make_channel(store, course_id=course, section="A", team="Otter")
        others = [
            make_channel(store, course_id=course, section="B", team="Otter"),
            make_channel(store, course_id=course, section="A", team="Heron"),
            make_channel(store, course_id=course),
        ]
        ada = self.sign_in(store, "Ada Finch")
        member = store.ask(memberships.of_channel, viewing(ada), mine.id)
        assert [(one.person_id, one.role, one.is_from_roster) for one in member] == [(ada.id, Role.OWNER, True)]
        assert all(store.ask(memberships.role_of, other.id, ada.id) is None for other in others)

    def test_staff_and_students_without_a_team_get_none(self, store, course):
        put_on_roster(store, course, "dana.holt@example.edu", part="staff", team="Otter")
        put_on_roster(store, course, "ada.finch@example.edu")
        channels = [make_channel(store, course_id=course, team=team) for team in ("Otter", "")]
        people_ = [self.sign_in(store, name) for name in ("Dana Holt", "Ada Finch")]
        roles = [store.ask(memberships.role_of, channel.id, one.id) for channel in channels for one in people_]
        assert roles == [None] * 4

    def test_open_pages_are_looked_at_again(self, store, course):
        put_on_roster(store, course, "ada.finch@example.edu")
        ada = self.sign_in(store, "Ada Finch")
        assert store.ask(people.find, ada.id).version > ada.version

    def test_a_later_sign_in_does_not_bring_back_what_was_taken_away_since(self, store, course):
        put_on_roster(store, course, "ada.finch@example.edu", team="Otter")
        channel = make_channel(store, course_id=course, team="Otter")
        ada, ben = self.sign_in(store, "Ada Finch"), make_person(store, "Ben Reed")
        store.tell(memberships.join, channel.id, ben.id, Role.OWNER, now=NOW)
        store.tell(memberships.remove, acting(ben), channel.id, ada.id)
        store.tell(courses.take_up, ada, NOW)
        assert store.ask(memberships.role_of, channel.id, ada.id) is None

    def test_an_address_that_somebody_else_had_stays_theirs(self, store, course):
        former = make_person(store, "Former Holder")
        put_on_roster(store, course, "ada.finch@example.edu", person_id=former.id)
        self.sign_in(store, "Ada Finch")
        assert bound(store, course, "ada.finch@example.edu") == former.id
