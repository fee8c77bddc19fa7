"""Courses as pages: who finds which, and a roster from the file to the teams."""

from __future__ import annotations

import base64
import json

import pytest

import context
from dashapp.components import course_list, roster_panels
from dashapp.components.course_panels import Ids
from dashapp.pages.courses import Ids as List
from domain.channels import Visibility
from domain.roles import Part
from domain.rosters import Diff
from models import course_channels, courses, enrolments
from models.rosters import Applied
from tests.builders import make_channel
from tests.lab import opened_lab
from tests.people import enrol, make_course, make_member, make_person, sign_in, viewing
from tests.tab import Tab

SETTINGS = {"COLLEGE_DOMAINS": "example.edu", "TEACHERS": "dana.holt@example.edu", "ADMINS": "root@example.edu"}
FILE = """name,e-mail,section,team,role
Ada Finch,ada.finch@example.edu,A,Otter,
Ben Reed,ben.reed@example.edu,A,Otter,student
"""


@pytest.fixture
def lab(tmp_path):
    with opened_lab(tmp_path, **SETTINGS) as lab:
        yield lab


@pytest.fixture
def teacher(lab):
    return make_person(lab.store, "Dana Holt")


@pytest.fixture
def student(lab):
    return make_person(lab.store, "Ada Finch")


@pytest.fixture
def course(lab, teacher):
    make_course(lab.store, "ART1")
    course_id = make_course(lab.store)
    enrol(lab.store, course_id, teacher, name="Dana Holt")
    return course_id


def opened(lab, person, address: str) -> Tab:
    return Tab(sign_in(lab.client, lab.store, person, context.now()), address)


def upload(tab: Tab, text: str, name: str = "roster.csv") -> None:
    tab.change(Ids.UPLOAD, "filename", name)
    tab.change(Ids.UPLOAD, "contents", f"data:text/csv;base64,{base64.b64encode(text.encode()).decode()}")


def emails(lab, course_id: int) -> list[str]:
    return sorted(one.row.email for one in lab.store.ask(enrolments.of_course, course_id))


class TestTheList:
    def test_a_student_finds_their_courses_and_their_teams_channel(self, lab, student, course):
        enrol(lab.store, course, student, Part.STUDENT, section="A", team="Otter")
        channel = make_channel(lab.store, course_id=course, section="A", team="Otter")
        tab = opened(lab, student, "/courses")
        assert "ENGR114" in tab.words
        assert "Section A · Otter" in tab.words
        assert "ART1" not in tab.words
        assert f'"href": "/channels/{channel.id}"' in json.dumps(tab.prop(List.LIST))
        assert tab.prop(List.TOOLS, "hidden") is True

    def test_who_is_in_none_reads_what_will_be_there(self, lab, student, course):
        tab = opened(lab, student, "/courses")
        assert "No course yet" in tab.words
        assert "ENGR114" not in tab.words

    def test_a_teacher_starts_a_course(self, lab, teacher):
        tab = opened(lab, teacher, "/courses")
        assert tab.prop(List.TOOLS, "hidden") is False
        tab.press(List.NEW)
        assert tab.prop(List.FORM, "hidden") is False
        for part, words in ((List.CODE, "CHEM1"), (List.NAME, "Chemistry"), (List.TERM, "2027")):
            tab.change(part, "value", words)
        tab.press(List.MAKE)
        found = lab.store.ask(courses.of_person, viewing(teacher))
        assert [one.course.naming.words for one in found] == ["CHEM1 2027"]
        assert tab.prop(List.GO, "pathname") == f"/courses/{found[0].course.id}"

    def test_what_is_wrong_with_a_new_course_is_said_at_the_form(self, lab, teacher, course):
        tab = opened(lab, teacher, "/courses")
        tab.press(List.MAKE)
        assert "A course needs a code" in tab.words
        tab.change(List.CODE, "value", "ENGR114")
        tab.change(List.TERM, "value", "2026 autumn")
        tab.press(List.MAKE)
        assert "There is a course ENGR114 2026 autumn already." in tab.words

    def test_nobody_else_starts_one(self, lab, student):
        tab = opened(lab, student, "/courses")
        tab.change(List.CODE, "value", "CHEM1")
        tab.press(List.MAKE)
        assert "Only teachers may start a course." in tab.words
        assert lab.store.ask(courses.of_person, viewing(student)) == []


class TestFindingACourse:
    def test_it_exists_for_those_who_are_in_it(self, lab, teacher, student, course):
        enrol(lab.store, course, student, Part.STUDENT)
        admin = make_person(lab.store, "Root", email="root@example.edu")
        for person in (teacher, student, admin):
            assert opened(lab, person, f"/courses/{course}").status == 200

    @pytest.mark.parametrize("tail", ["", "0", "7x", "99", "1/2"])
    def test_other_addresses_lead_nowhere(self, lab, teacher, course, tail):
        assert opened(lab, teacher, f"/courses/{tail}9").status == 404

    def test_for_everybody_else_it_does_not(self, lab, student, course):
        tab = opened(lab, student, f"/courses/{course}")
        assert tab.status == 404
        assert "There is nothing here that you may see" in tab.words
        assert not [answer for answer in tab.answers if "ENGR114" in answer or "dana.holt" in answer]

    def test_a_visitor_is_led_to_sign_in(self, lab, course):
        assert lab.client.get(f"/courses/{course}").status_code in (302, 303)


class TestAStudent:
    def test_they_see_its_channels_and_no_addresses(self, lab, student, course):
        enrol(lab.store, course, student, Part.STUDENT, section="A", team="Otter")
        make_channel(lab.store, "Kiln", course_id=course, visibility=Visibility.COLLEGE)
        hidden = make_channel(lab.store, "Private kiln", course_id=course, visibility=Visibility.MEMBERS)
        make_member(lab.store, hidden.id, make_person(lab.store, "Ben Reed"))
        tab = opened(lab, student, f"/courses/{course}")
        assert "Kiln" in tab.words
        assert tab.prop(Ids.VIEWS, "hidden") is True
        assert not [answer for answer in tab.answers for word in ("Private", "Reed", "dana.holt@") if word in answer]

    def test_they_may_not_do_what_staff_do_however_they_ask(self, lab, student, course):
        enrol(lab.store, course, student, Part.STUDENT)
        tab = opened(lab, student, f"/courses/{course}")
        before = emails(lab, course)
        upload(tab, FILE)
        assert tab.prop(Ids.KEPT, "data") is None
        tab.change(Ids.KEPT, "data", {"course": course, "csv": FILE, "expected": ""})
        tab.press(Ids.APPLY)
        tab.press(Ids.ARCHIVE)
        tab.press(Ids.TAKE)
        tab.change(Ids.CODE, "value", "MINE")
        tab.press(Ids.RENAME)
        assert emails(lab, course) == before
        assert tab.prop(Ids.FILE, "data") is None
        shown = lab.store.ask(courses.find, viewing(student), course)
        assert (shown.course.naming.code, shown.course.archived_at) == ("ENGR114", None)

    def test_they_add_a_channel_of_their_own(self, lab, student, course):
        enrol(lab.store, course, student, Part.STUDENT)
        channel = make_channel(lab.store, "Windowsill", visibility=Visibility.MEMBERS)
        make_member(lab.store, channel.id, student)
        tab = opened(lab, student, f"/courses/{course}")
        assert tab.prop(Ids.PLACE_WHICH, "value") == str(channel.id)
        tab.press(Ids.PLACE)
        assert "Your channel belongs to this course now." in tab.words
        assert tab.prop(Ids.PLACING, "hidden") is True
        listed = lab.store.ask(course_channels.of_course, viewing(student), course, now=0)
        assert [one.channel.id for one in listed] == [channel.id]


class TestUploading:
    @pytest.fixture
    def tab(self, lab, teacher, course) -> Tab:
        return opened(lab, teacher, f"/courses/{course}")

    def test_a_file_with_a_bad_row_is_explained_and_cannot_be_applied(self, lab, tab, course):
        upload(tab, FILE + "Cleo Marsh,cleo@elsewhere.org,B,Heron,\n")
        assert "roster.csv: 1 row cannot be read" in tab.words
        assert "Row 4 cleo@elsewhere.org is not an address of example.edu." in tab.words
        assert tab.prop(Ids.DECIDE, "hidden") is True
        tab.press(Ids.APPLY)
        assert emails(lab, course) == ["dana.holt@example.edu"]

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("Ada Finch", "roster.csv: The first row does not name a column e-mail."),
            ("e-mail,role\ndana.holt@example.edu,student", "roster.csv: This would take you from the staff"),
        ],
    )
    def test_what_may_not_be_applied_is_refused_with_the_reason(self, tab, text, said):
        upload(tab, text)
        assert said in tab.words
        assert tab.prop(Ids.DECIDE, "hidden") is True

    def test_what_is_no_file_is_refused(self, tab):
        tab.change(Ids.UPLOAD, "contents", "data:text/csv;base64,§§§")
        assert "The file could not be read." in tab.words

    def test_what_was_shown_is_applied(self, lab, tab, course, student):
        upload(tab, FILE)
        assert "2 added" in tab.words
        assert "1 channel will be made: Otter." in tab.words
        assert tab.prop(Ids.DECIDE, "hidden") is False
        tab.press(Ids.APPLY)
        assert "The roster was applied: 2 added. 1 channel was made." in tab.words
        assert emails(lab, course) == ["ada.finch@example.edu", "ben.reed@example.edu", "dana.holt@example.edu"]
        assert (tab.prop(Ids.DECIDE, "hidden"), tab.prop(Ids.KEPT, "data")) == (True, None)
        assert "2 students, 1 staff · 2 of 3 have signed in" in tab.words
        assert "ENGR114" in opened(lab, student, "/courses").words

    def test_the_same_file_again_changes_nothing(self, tab):
        upload(tab, FILE)
        tab.press(Ids.APPLY)
        upload(tab, FILE)
        assert "roster.csv says what the roster says already" in tab.words
        assert tab.prop(Ids.DECIDE, "hidden") is True

    def test_cancelled_it_is_forgotten(self, lab, tab, course):
        upload(tab, FILE)
        tab.press(Ids.CANCEL)
        assert (tab.prop(Ids.DECIDE, "hidden"), tab.prop(Ids.KEPT, "data")) == (True, None)
        tab.press(Ids.APPLY)
        assert emails(lab, course) == ["dana.holt@example.edu"]

    def test_what_the_browser_sends_back_is_checked_again(self, lab, tab, course):
        upload(tab, FILE)
        kept = tab.prop(Ids.KEPT, "data")
        for forged in (
            kept | {"csv": FILE + "Eve,eve@elsewhere.org,,,staff\n"},
            kept | {"course": course + 1},
            kept | {"expected": "0" * 64},
        ):
            tab.change(Ids.KEPT, "data", forged)
            tab.press(Ids.APPLY)
        assert emails(lab, course) == ["dana.holt@example.edu"]

    def test_it_is_refused_where_somebody_else_was_quicker(self, lab, tab, teacher, course):
        upload(tab, FILE)
        other = opened(lab, teacher, f"/courses/{course}")
        upload(other, "e-mail\ncleo.marsh@example.edu")
        other.press(Ids.APPLY)
        tab.press(Ids.APPLY)
        assert "The roster was changed since this was shown." in tab.words
        assert emails(lab, course) == ["cleo.marsh@example.edu", "dana.holt@example.edu"]

    def test_undone_it_is_as_before(self, lab, tab, course):
        upload(tab, FILE)
        tab.press(Ids.APPLY)
        key = next(key for key in tab.ids() if key.startswith('{"of"') and "undo" in key)
        tab.press(json.loads(key))
        assert "The roster was put back: 2 removed. 1 empty channel went into the bin." in tab.words
        assert emails(lab, course) == ["dana.holt@example.edu"]
        assert "Undone" in tab.words

    def test_the_roster_is_taken_as_a_file_that_can_be_uploaded_again(self, tab):
        upload(tab, FILE)
        tab.press(Ids.APPLY)
        tab.press(Ids.TAKE)
        file = tab.prop(Ids.FILE, "data")
        assert file["filename"] == "ENGR114-2026-autumn-roster.csv"
        upload(tab, file["content"])
        assert "says what the roster says already" in tab.words

    def test_the_example_is_one_of_this_college(self, tab):
        tab.press(Ids.TAKE_SAMPLE)
        upload(tab, tab.prop(Ids.FILE, "data")["content"])
        assert "roster.csv would change this" in tab.words
        assert "3 added" in tab.words

    def test_names_are_words_and_nothing_else(self, tab):
        upload(tab, 'name,e-mail\n"<img src=x onerror=alert(1)>",ada.finch@example.edu')
        assert "<img src=x onerror=alert(1)>" in tab.words


class TestStaff:
    @pytest.fixture
    def tab(self, lab, teacher, course) -> Tab:
        return opened(lab, teacher, f"/courses/{course}")

    def test_they_see_every_channel_and_who_owns_it(self, lab, tab, student, course):
        hidden = make_channel(lab.store, "Private kiln", course_id=course, visibility=Visibility.MEMBERS)
        make_member(lab.store, hidden.id, student)
        tab.change(Ids.AGAIN, "n_intervals", 1)
        assert "Private kiln" in tab.words
        assert "Ada Finch" in tab.words
        assert tab.prop(Ids.VIEWS, "hidden") is False

    def test_they_take_out_what_people_placed(self, lab, tab, course):
        placed = make_channel(lab.store, "Windowsill", course_id=course)
        team = make_channel(lab.store, "Otter", course_id=course, team="Otter")
        tab.change(Ids.AGAIN, "n_intervals", 1)
        buttons = [json.loads(key)["of"] for key in tab.ids() if key.startswith('{"course-channel"')]
        assert buttons == [placed.id]
        tab.press(course_list.out_id(placed.id))
        assert lab.store.ask(course_channels.of_teams, course) == {("", "Otter"): team.id}
        assert "Windowsill" not in tab.words.partition("Add a channel")[0].partition("Channels")[2]

    def test_they_call_it_something_else(self, tab):
        tab.change(Ids.NAME, "value", "Measuring better")
        tab.press(Ids.RENAME)
        assert "Saved." in tab.words
        assert "Measuring better" in tab.words
        tab.change(Ids.CODE, "value", "ART1")
        tab.press(Ids.RENAME)
        assert "There is a course ART1 2026 autumn already." in tab.words

    def test_they_archive_it_and_take_it_back(self, lab, tab, teacher, course):
        tab.press(Ids.ARCHIVE)
        assert "Archived" in opened(lab, teacher, "/courses").words
        upload(tab, FILE)
        assert "This course is archived." in tab.words
        tab.press(Ids.ARCHIVE)
        assert "Archived" not in opened(lab, teacher, "/courses").words

    def test_a_page_left_open_shows_nothing_more_when_the_right_is_gone(self, lab, tab, teacher, course):
        lab.store.tell(
            lambda connection: connection.exec_driver_sql(f"DELETE FROM enrolment WHERE course_id = {course}")
        )
        tab.change(Ids.AGAIN, "n_intervals", 1)
        assert tab.prop(Ids.FRAME, "hidden") is True
        assert "There is nothing here that you may see" in tab.words


def test_the_outcome_is_told_in_full():
    applied = Applied(Diff(same=3), 0, 2, (("ada@example.edu", "Otter"),))
    assert roster_panels.told(applied) == (
        "The roster was applied: nothing changed. 2 empty channels went into the bin. "
        "ada@example.edu stays an owner of Otter, which has no other."
    )
