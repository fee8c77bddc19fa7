"""A course begins: its teacher uploads a roster, its students find their team's channel. Real server, real browsers."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.people import DOMAIN
from tests.servers import LabfeedServer

HEADING = "Section;Team;Name;E-Mail;Role\n"
GOOD = HEADING + "A;Otter;Ada Finch;ada.finch@example.edu;\nA;Otter;Ben Reed;ben.reed@example.edu;student\n"
BAD = GOOD + "B;Heron;Cleo Marsh;cleo.marsh@elsewhere.org;\n"


@pytest.fixture
def labfeed(start_labfeed) -> LabfeedServer:
    return start_labfeed(settings={"COLLEGE_DOMAINS": DOMAIN, "TEACHERS": f"dana.holt@{DOMAIN}"})


def start_course(page: Page) -> None:
    page.get_by_role("button", name="New course").click()
    page.get_by_label("Code").fill("ENGR114")
    page.get_by_label("Term").fill("2026 autumn")
    page.get_by_role("button", name="Make the course").click()
    page.get_by_role("heading", name="ENGR114 2026 autumn").wait_for()
    page.locator("label", has_text="Roster").click()


def upload(page: Page, text: str, name: str) -> None:
    file = {"name": name, "mimeType": "text/csv", "buffer": text.encode("utf-8-sig")}
    page.locator("input[type=file]").set_input_files(files=[file])


@pytest.mark.long
def test_students_find_their_teams_channel_until_the_roster_is_undone(enter, eventually):
    teachers = enter("Dana Holt", "/courses")
    start_course(teachers)
    upload(teachers, BAD, "first.csv")
    teachers.get_by_text("first.csv: 1 row cannot be read").wait_for()
    teachers.get_by_text("cleo.marsh@elsewhere.org is not an address of example.edu.").wait_for()
    assert not teachers.get_by_role("button", name="Apply").is_visible()

    upload(teachers, GOOD, "second.csv")
    teachers.get_by_text("second.csv would change this").wait_for()
    teachers.get_by_text("1 channel will be made: Otter.").wait_for()
    teachers.get_by_role("button", name="Apply").click()
    teachers.get_by_text("The roster was applied: 2 added. 1 channel was made.").wait_for()
    teachers.get_by_text("2 students, 1 staff · 1 of 3 have signed in").wait_for()

    adas = enter("Ada Finch", "/mine")
    adas.get_by_role("link", name="Otter").wait_for()
    adas.get_by_role("link", name="Courses").first.click()
    adas.get_by_role("link", name="ENGR114").click()
    adas.get_by_role("link", name="Your team Section A · Otter").click()
    adas.get_by_role("heading", name="Otter", exact=True).wait_for()

    teachers.get_by_role("button", name="Undo").click()
    teachers.get_by_text("The roster was put back: 2 removed. 1 empty channel went into the bin.").wait_for()
    eventually(lambda: "There is nothing here" in adas.inner_text("main"), what="her page to say that it is gone")


@pytest.mark.long
def test_who_is_not_in_the_course_finds_nothing(enter):
    teachers = enter("Dana Holt", "/courses")
    start_course(teachers)
    strangers = enter("Eve Stranger", urlsplit(teachers.url).path, tolerates=("404",))
    strangers.get_by_text("There is nothing here that you may see").wait_for()
    assert "ENGR114" not in strangers.content()
