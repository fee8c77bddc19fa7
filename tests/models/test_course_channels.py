from __future__ import annotations

import pytest

from domain.audit import Actor
from domain.channels import Visibility
from domain.errors import Forbidden, NotFound
from domain.roles import Part, Role, Viewer
from models import channels, course_channels, courses
from tests.builders import NOW, make_channel, reread
from tests.people import acting, enrol, make_course, make_member, make_person, viewing


@pytest.fixture
def course(store, noise):
    return make_course(store)


@pytest.fixture
def student(store, course):
    person = make_person(store, "A Student")
    enrol(store, course, person, Part.STUDENT, section="A", team="Otter")
    return person


@pytest.fixture
def staff(store, course):
    person = make_person(store, "A Teacher")
    enrol(store, course, person)
    return person


def own(store, person, **more):
    channel = make_channel(store, "Own", visibility=Visibility.MEMBERS, **more)
    make_member(store, channel.id, person)
    return channel


def listed(store, viewer, course_id) -> list[int]:
    return [one.channel.id for one in store.ask(course_channels.of_course, viewer, course_id, now=NOW)]


class TestOfCourse:
    def test_each_sees_what_they_may(self, store, course, student, staff):
        made = [
            make_channel(store, team=team, visibility=visibility, course_id=course)
            for team, visibility in (("C", Visibility.MEMBERS), ("B", Visibility.COLLEGE), ("A", Visibility.PUBLIC))
        ]
        make_channel(store, "Of no course", visibility=Visibility.PUBLIC)
        by_team = [channel.id for channel in reversed(made)]
        assert listed(store, viewing(staff), course) == by_team
        assert listed(store, viewing(student), course) == by_team[:2]
        assert listed(store, Viewer.visitor(), course) == by_team[:1]

    def test_a_course_without_channels_has_none(self, store, course, staff):
        assert listed(store, viewing(staff), course) == []


class TestOwners:
    def test_their_names_are_for_those_who_may_see_people(self, store, course, student, staff):
        channel = make_channel(store, course_id=course)
        make_member(store, channel.id, make_person(store, "Ben Reed"))
        make_member(store, channel.id, make_person(store, "Ada Finch"))
        make_member(store, channel.id, make_person(store, "Cleo Marsh"), Role.EDITOR)
        assert store.ask(course_channels.owners, viewing(staff), [channel.id]) == {
            channel.id: ["Ada Finch", "Ben Reed"]
        }
        assert store.ask(course_channels.owners, viewing(student), [channel.id]) == {}


class TestPlace:
    def test_a_students_own_channel_carries_their_section_and_no_team(self, store, course, student, staff):
        channel = own(store, student)
        assert channel.id not in listed(store, viewing(staff), course)
        store.tell(course_channels.place, acting(student), channel.id, course)
        after = store.ask(channels.find, viewing(staff), channel.id)
        assert (after.course_id, after.section, after.team) == (course, "A", "")
        assert after.version > channel.version
        assert store.ask(course_channels.of_teams, course) == {}

    def test_nobody_places_what_they_do_not_own(self, store, course, student, staff):
        channel = make_channel(store, visibility=Visibility.COLLEGE)
        make_member(store, channel.id, make_person(store, "An Owner"))
        make_member(store, channel.id, student, Role.EDITOR)
        for person in (student, staff):
            with pytest.raises(Forbidden):
                store.tell(course_channels.place, acting(person), channel.id, course)

    def test_what_one_may_not_see_is_not_there(self, store, course, staff):
        channel = own(store, make_person(store, "An Owner"))
        with pytest.raises(NotFound):
            store.tell(course_channels.place, acting(staff), channel.id, course)

    def test_only_into_a_course_one_is_in(self, store, course, student):
        other = make_course(store, "ART1")
        for person in (student, make_person(store, "A Stranger")):
            with pytest.raises(NotFound):
                store.tell(course_channels.place, acting(person), own(store, person).id, other)

    def test_not_into_one_that_is_over(self, store, course, student):
        admin = acting(make_person(store, "An Admin"), is_admin=True)
        store.tell(courses.archive, admin, course)
        with pytest.raises(NotFound):
            store.tell(course_channels.place, acting(student), own(store, student).id, course)

    def test_an_owner_does_not_move_it_out_of_a_course(self, store, course, student):
        channel, other = own(store, student, course_id=course), make_course(store, "ART1")
        enrol(store, other, student, Part.STUDENT)
        with pytest.raises(Forbidden):
            store.tell(course_channels.place, acting(student), channel.id, other)

    def test_staff_of_both_courses_move_it(self, store, course, staff):
        channel, other = make_channel(store, course_id=course), make_course(store, "ART1")
        enrol(store, other, staff)
        store.tell(course_channels.place, acting(staff), channel.id, other)
        assert reread(store, channel).course_id == other

    def test_an_admin_places_any(self, store, course):
        admin = acting(make_person(store, "An Admin"), is_admin=True)
        channel = own(store, make_person(store, "An Owner"))
        store.tell(course_channels.place, admin, channel.id, course)
        assert reread(store, channel).course_id == course

    def test_a_visitor_places_none(self, store, course):
        channel = make_channel(store)
        with pytest.raises(Forbidden):
            store.tell(course_channels.place, Actor(Viewer.visitor(), "", NOW), channel.id, course)


class TestTakeOut:
    def test_it_is_for_staff_and_admins(self, store, course, student, staff):
        channel = own(store, student, course_id=course, section="A", team="Otter")
        with pytest.raises(Forbidden):
            store.tell(course_channels.take_out, acting(student), channel.id)
        with pytest.raises(NotFound):
            store.tell(course_channels.take_out, acting(make_person(store, "A Stranger")), channel.id)
        store.tell(course_channels.take_out, acting(staff), channel.id)
        after = reread(store, channel)
        assert (after.course_id, after.section, after.team) == (None, "", "")
        assert after.version > channel.version

    def test_its_staff_no_longer_see_it(self, store, course, student, staff):
        channel = own(store, student, course_id=course)
        store.tell(course_channels.take_out, acting(staff), channel.id)
        with pytest.raises(NotFound):
            store.ask(channels.find, viewing(staff), channel.id)


class TestPlaceable:
    def test_they_are_ones_own_that_are_in_no_course(self, store, course, student):
        mine = own(store, student)
        own(store, student, course_id=course)
        edited = make_channel(store)
        make_member(store, edited.id, student, Role.EDITOR)
        own(store, make_person(store, "Somebody Else"))
        assert [one.id for one in store.ask(course_channels.placeable, viewing(student))] == [mine.id]
        assert store.ask(course_channels.placeable, Viewer.visitor()) == []
