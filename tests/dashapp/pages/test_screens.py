"""Links for screens on the page of those who teach."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import context
from dashapp.components.screen_list import end_id
from dashapp.pages.screens import Ids
from domain.roles import Part
from tests.lab import Lab, opened_lab
from tests.people import enrol, make_course, make_person, sign_in
from tests.tab import Tab

SETTINGS = {"COLLEGE_DOMAINS": "example.edu", "TEACHERS": "tess.teacher@example.edu"}


@pytest.fixture
def lab(tmp_path) -> Iterator[Lab]:
    with opened_lab(tmp_path, **SETTINGS) as lab:
        yield lab


@pytest.fixture
def course_id(lab):
    made = make_course(lab.store)
    enrol(lab.store, made, make_person(lab.store, "Tess Teacher"))
    return made


def tab_of(lab, name: str, address: str = "/screens") -> Tab:
    return Tab(sign_in(lab.client, lab.store, make_person(lab.store, name), context.now()), address)


def make(tab: Tab, name: str = "Lab 204") -> str:
    """Make a link; its address as the page shows it."""
    tab.change(Ids.NAME, "value", name)
    tab.press(Ids.MAKE)
    return tab.prop({"screen": 1}, "value")


class TestMaking:
    def test_a_link_made_here_makes_a_browser_a_screen(self, lab, course_id):
        address = make(tab_of(lab, "Tess Teacher"))
        answer = lab.client.get(address.removeprefix("http://localhost"))
        assert answer.location == f"/kiosk?rotate=20&course={course_id}"

    def test_a_teacher_may_put_their_courses_and_the_whole_wall_on_a_screen(self, lab, course_id):
        offered = tab_of(lab, "Tess Teacher").prop(Ids.SHOWS, "options")
        assert [each["label"] for each in offered] == ["ENGR114 2026 autumn", "The whole wall"]

    def test_the_course_one_came_from_is_chosen(self, lab, course_id):
        enrol(lab.store, second := make_course(lab.store, "ART1"), make_person(lab.store, "Tess Teacher"))
        for each in (course_id, second):
            assert tab_of(lab, "Tess Teacher", f"/screens?course={each}").prop(Ids.SHOWS, "value") == str(each)

    def test_without_a_name_it_says_so_and_makes_none(self, lab, course_id):
        tab = tab_of(lab, "Tess Teacher")
        tab.press(Ids.MAKE)
        assert "needs a name" in tab.words
        assert "No screen has a link yet" in tab.words

    def test_a_student_is_told_who_may(self, lab, course_id):
        enrol(lab.store, course_id, make_person(lab.store, "Dee Stoat"), Part.STUDENT)
        tab = tab_of(lab, "Dee Stoat")
        assert "set up by those who teach" in tab.words
        assert tab.prop(Ids.MAKING, "hidden")
        tab.press(Ids.MAKE)
        assert "not allowed" in tab.words


class TestEnding:
    def test_it_ends_at_once(self, lab, course_id):
        tab = tab_of(lab, "Tess Teacher")
        address = make(tab).removeprefix("http://localhost")
        tab.press(end_id(1))
        assert "No screen has a link yet" in tab.words
        assert lab.client.get(address).location == "/kiosk?ended=1"
