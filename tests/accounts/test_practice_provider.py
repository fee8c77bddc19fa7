"""The practice provider of `make run`: the real process, as development uses it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from tests.accounts.browsing import Browser, count_sessions
from tests.lab import Lab, opened_lab
from tests.servers import running_practice
from tools.practice_provider import ADMIN, PEOPLE, TEACHER

START = "/sign-in/practice"


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("practice")
    with running_practice(folder) as settings, opened_lab(folder, **settings) as lab:
        yield lab


def sign_in(lab: Lab, **choice: str):
    """A browser that presses a button on the provider's page, and what it got in the end."""
    browser = Browser(lab, lab.client)
    started = browser.client.get(START)
    sent_back = requests.post(started.location, data=choice, allow_redirects=False, timeout=10)
    return browser, browser.client.get(sent_back.headers["Location"])


class TestPractice:
    @pytest.mark.parametrize("person", PEOPLE[:-1], ids=lambda person: person.email)
    def test_everybody_of_the_college_can_sign_in(self, lab, person):
        browser, answer = sign_in(lab, sub=person.email)
        assert (answer.status_code, browser.email) == (303, person.email)

    def test_a_stranger_cannot(self, lab):
        before = count_sessions(lab)
        browser, answer = sign_in(lab, sub=PEOPLE[-1].email)
        assert (answer.status_code, browser.carried, count_sessions(lab)) == (403, "", before)

    def test_nor_can_somebody_it_does_not_list(self, lab):
        browser, answer = sign_in(lab, sub="dean@example.edu")
        assert (answer.status_code, browser.carried) == (403, "")

    def test_one_may_say_no(self, lab):
        assert sign_in(lab, action="deny")[1].status_code == 403

    def test_its_page_names_everybody_and_loads_nothing(self, lab):
        page = requests.get(lab.client.get(START).location, timeout=10).text
        assert all(person.email in page for person in PEOPLE)
        assert "https://" not in page
        assert "<script" not in page

    def test_there_are_students_a_teacher_and_an_admin(self, lab):
        assert {ADMIN, TEACHER} <= set(PEOPLE)
        assert sum(person.part == "student" for person in PEOPLE) >= 2
        assert lab.parts.college.admins == {ADMIN.email}
        assert lab.parts.college.teachers == {TEACHER.email}
