"""A screen's link: the address makes a browser the screen, a cookie keeps it one, and revoking ends it at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import context
from accounts import kiosks as doors
from domain.channels import Visibility
from domain.kiosks import Lasting
from models import kiosks
from tests.accounts.rights_table import PAGES, Also
from tests.builders import append, entry, make_channel
from tests.lab import Lab, opened_lab
from tests.people import acting, enrol, make_course, make_person, sign_in
from tests.tab import Tab

SECRET = "a-secret-nobody-can-guess"


@pytest.fixture
def lab(tmp_path) -> Iterator[Lab]:
    with opened_lab(tmp_path) as lab:
        yield lab


@pytest.fixture
def teacher(lab):
    return make_person(lab.store, "Tess Teacher")


@pytest.fixture
def course_id(lab, teacher):
    made = make_course(lab.store)
    enrol(lab.store, made, teacher)
    return made


@pytest.fixture
def kiosk_id(lab, teacher, course_id):
    actor = acting(teacher, at=context.now())
    parts = lab.parts
    return lab.store.tell(kiosks.make, actor, parts.college, parts.vault, course_id, "Lab 204", Lasting.WEEK_1, SECRET)


@pytest.fixture
def windowsill(lab, course_id):
    channel = make_channel(lab.store, "Windowsill", visibility=Visibility.COLLEGE, course_id=course_id)
    append(lab.store, channel, entry(context.now(), temperature=20.125), received_at=context.now())
    return channel


@pytest.fixture
def screen(lab, kiosk_id):
    """A browser that was led to the wall by the link."""
    client = lab.client
    client.get(f"/kiosk/{SECRET}")
    return client


def revoke(lab, teacher, kiosk_id) -> None:
    lab.store.tell(kiosks.revoke, acting(teacher, at=context.now()), lab.parts.college, kiosk_id)


class TestTheAddress:
    def test_it_leads_to_the_wall_of_the_link_at_the_pace_asked_for(self, lab, kiosk_id, course_id):
        answer = lab.client.get(f"/kiosk/{SECRET}?rotate=30&course=999")
        assert (answer.status_code, answer.location) == (303, f"/kiosk?rotate=30&course={course_id}")
        assert answer.headers["Cache-Control"] == "no-store"

    def test_its_cookie_is_for_our_server_alone(self, tmp_path):
        with opened_lab(tmp_path / "https", PUBLIC_URL="https://labfeed.example.edu") as lab:
            store, now = lab.store, context.now()
            admin = make_person(store, "Grace Root")
            made = (acting(admin, is_admin=True, at=now), lab.parts.college, lab.parts.vault)
            store.tell(kiosks.make, *made, None, "Hall", Lasting.DAY_1, SECRET)
            answer = lab.client.get(f"/kiosk/{SECRET}", base_url="https://labfeed.example.edu")
            [cookie] = [each for each in answer.headers.getlist("Set-Cookie") if "kiosk" in each]
        assert cookie.startswith("__Host-labfeed-kiosk=")
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))

    @pytest.mark.parametrize("secret", ["nonsense", SECRET + "x", "%00", "x" * 5000])
    def test_of_a_link_that_never_was_it_leads_to_a_page_that_says_so(self, lab, kiosk_id, secret):
        answer = lab.client.get(f"/kiosk/{secret}")
        assert (answer.status_code, answer.location) == (303, doors.ENDED)
        assert doors.COOKIE not in str(answer.headers)
        assert "link has ended" in Tab(lab.client, doors.ENDED).words

    def test_the_wall_with_a_word_is_a_screen(self, lab):
        answer = lab.client.get("/?kiosk=1&rotate=20&tag=kiln")
        assert (answer.status_code, answer.location) == (303, "/kiosk?rotate=20&tag=kiln")

    def test_without_it_the_wall_is_the_wall(self, lab):
        assert lab.client.get("/?kiosk=0").status_code == 200


class TestAScreen:
    def test_it_shows_what_the_college_sees_of_the_course(self, screen, windowsill):
        assert "Windowsill" in Tab(screen, "/kiosk").words
        assert screen.get(f"/channels/{windowsill.id}").status_code == 200

    def test_a_visitor_is_shown_nothing_of_it(self, lab, windowsill):
        assert "Windowsill" not in Tab(lab.client, "/kiosk").words
        assert lab.client.get(f"/channels/{windowsill.id}").status_code == 404

    def test_what_is_not_in_its_course_does_not_exist(self, lab, screen):
        other = make_channel(lab.store, "Elsewhere", visibility=Visibility.COLLEGE)
        assert screen.get(f"/channels/{other.id}").status_code == 404
        assert screen.get(f"/api/v1/channels/{other.id}/readings").status_code == 404

    @pytest.mark.parametrize("path", [path for path, needs in PAGES.items() if needs is Also.SIGNED_IN])
    def test_pages_of_people_are_closed_to_it(self, screen, path):
        assert screen.get(path.replace("<secret>", "x")).status_code == 302

    def test_once_revoked_it_is_shown_nothing_more(self, lab, screen, windowsill, teacher, kiosk_id):
        revoke(lab, teacher, kiosk_id)
        words = Tab(screen, "/kiosk").words
        assert "link has ended" in words
        assert "Windowsill" not in words
        assert screen.get(f"/channels/{windowsill.id}").status_code == 404

    def test_who_signs_in_there_is_a_person(self, lab, screen, windowsill, teacher, kiosk_id):
        revoke(lab, teacher, kiosk_id)
        sign_in(screen, lab.store, make_person(lab.store, "Ada Finch"), context.now())
        assert screen.get(f"/channels/{windowsill.id}").status_code == 200

    def test_that_it_is_shown_is_noted_now_and_then(self, lab, screen, kiosk_id):
        screen.get("/api/v1/channels/1/readings")
        row = lab.store.ask(kiosks.find, lab.parts.vault.digest(SECRET), context.now())
        assert row.seen_at is not None
