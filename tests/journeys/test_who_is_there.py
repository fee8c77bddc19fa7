"""The shell says who is there; what ends elsewhere ends on open pages; a page of before goes on as who is there now."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import requests
from playwright.sync_api import Page, expect

import context
from domain.channels import Visibility
from domain.keys import new_key
from domain.people import Person
from domain.roles import Role
from models import memberships, sessions
from models.store import Store
from tests.builders import make_channel, make_key
from tests.people import acting, begin_session, make_member, make_person
from tests.servers import LabfeedServer

WITHIN_MS = 20_000
REFUSED = ("status of 401", "status of 403", "status of 404", "body stream already read")
"""What the console says of a page that is refused something. Dash may read a refused answer twice, where it fails."""


@dataclass(frozen=True, slots=True)
class Home:
    """A member of a channel nobody else sees."""

    labfeed: LabfeedServer
    store: Store
    person: Person
    channel_id: int
    key: str

    @property
    def address(self) -> str:
        return f"{self.labfeed.url}/channels/{self.channel_id}"

    def enter(self, page: Page) -> None:
        """Give this page's browser a session, and the token that goes with it, as signing in does."""
        given = {"labfeed": begin_session(self.store, self.person, context.now())}
        given |= requests.get(self.labfeed.url, cookies=given, timeout=20).cookies.get_dict()
        page.context.add_cookies(
            [{"name": name, "value": value, "url": self.labfeed.url} for name, value in given.items()]
        )

    def leave(self) -> None:
        """Sign out everywhere, from another device."""
        self.store.tell(sessions.revoke_all, self.person.id, context.now())

    def send(self, value: float) -> None:
        headers = {"X-API-Key": self.key}
        url = f"{self.labfeed.url}/api/v1/readings"
        assert requests.post(url, json={"temperature": value}, headers=headers, timeout=20).status_code == 201


@pytest.fixture
def home(labfeed, store) -> Home:
    channel_id = make_channel(store, "Otter kiln", visibility=Visibility.MEMBERS).id
    person = make_person(store, "Ada Finch", email=f"ada-{channel_id}@example.edu")
    make_member(store, channel_id, person, Role.VIEWER)
    home = Home(labfeed, store, person, channel_id, make_key(store, channel_id, new_key(random.choice)))
    home.send(20.5)
    return home


@pytest.fixture
def open_tab(home, open_browser) -> Callable[..., Page]:
    """A function that opens a tab: of a new browser, or of the one of another tab."""

    def open_tab(address: str, beside: Page | None = None, *, signed_in: bool = True) -> Page:
        tab = open_browser(tolerates=REFUSED).page if beside is None else beside.context.new_page()
        if signed_in and beside is None:
            home.enter(tab)
        tab.goto(address, wait_until="domcontentloaded")
        return tab

    return open_tab


def face(tab: Page) -> str:
    return tab.locator(".lf-face").inner_text(timeout=WITHIN_MS)


def sees_the_way_in(tab: Page) -> None:
    expect(tab.get_by_role("link", name="Sign in").first).to_be_visible(timeout=WITHIN_MS)


class TestTheShell:
    def test_a_visitor_is_shown_the_way_in_and_back(self, home, open_tab):
        tab = open_tab(home.address, signed_in=False)
        way_in = tab.get_by_role("link", name="Sign in").first
        assert way_in.get_attribute("href", timeout=WITHIN_MS) == f"/sign-in?next=/channels/{home.channel_id}"

    def test_who_is_signed_in_is_named_and_signs_out_by_keyboard(self, home, open_tab):
        tab = open_tab(home.labfeed.url)
        expect(tab.get_by_role("button", name="Menu of Ada Finch")).to_be_visible(timeout=WITHIN_MS)
        assert "AF" in face(tab)
        tab.get_by_role("button", name="Menu of Ada Finch").focus()
        tab.keyboard.press("Enter")
        expect(tab.get_by_text(home.person.email)).to_be_visible()
        tab.get_by_role("button", name="Sign out").focus()
        tab.keyboard.press("Enter")
        sees_the_way_in(tab)
        assert home.store.ask(sessions.of_person, home.person.id, context.now()) == []

    def test_a_page_that_leads_nowhere_is_not_live(self, home, open_tab):
        tab = open_tab(home.address)
        expect(tab.locator(".lf-connected")).to_be_visible(timeout=WITHIN_MS)
        tab.get_by_role("link", name="My channels").click()
        expect(tab.locator(".lf-connected")).to_be_hidden(timeout=WITHIN_MS)


class TestWhatEndsElsewhere:
    def test_a_live_page_shows_what_a_reload_would(self, home, open_tab):
        tab = open_tab(home.address)
        tab.get_by_role("heading", name="Otter kiln").wait_for(timeout=WITHIN_MS)
        home.leave()
        tab.get_by_text("nothing here", exact=False).first.wait_for(timeout=WITHIN_MS)
        sees_the_way_in(tab)
        assert "Otter kiln" not in tab.locator("#content").inner_text()

    def test_a_closed_page_leads_to_the_way_in(self, home, open_tab):
        tab = open_tab(f"{home.labfeed.url}/mine")
        tab.get_by_role("heading", name="My channels").wait_for(timeout=WITHIN_MS)
        home.leave()
        tab.wait_for_url(re.compile(r"/sign-in\?next=/mine$"), timeout=WITHIN_MS)

    def test_a_page_of_a_channel_goes_with_the_membership(self, home, open_tab):
        tab = open_tab(f"{home.address}/members")
        tab.locator("#content").get_by_text(home.person.email).first.wait_for(timeout=WITHIN_MS)
        owner = make_person(home.store, "Bo Owl", email=f"bo-{home.channel_id}@example.edu")
        make_member(home.store, home.channel_id, owner, Role.OWNER)
        at = context.now()
        home.store.tell(memberships.remove, acting(owner, at=at), home.channel_id, home.person.id)
        tab.get_by_text("nothing here", exact=False).first.wait_for(timeout=WITHIN_MS)
        assert home.person.email not in tab.locator("#content").inner_text()

    def test_a_card_leaves_the_wall(self, home, open_tab):
        tab = open_tab(home.labfeed.url)
        card = tab.get_by_role("link", name="Otter kiln").and_(tab.locator(f'[href="/channels/{home.channel_id}"]'))
        card.first.wait_for(timeout=WITHIN_MS)
        home.leave()
        expect(card).to_have_count(0, timeout=WITHIN_MS)


class TestAPageOfBefore:
    def test_it_goes_on_as_whoever_signed_in_on_another(self, home, open_tab):
        before = open_tab(home.labfeed.url, signed_in=False)
        sees_the_way_in(before)
        refused: list[int] = []
        before.on("response", lambda answer: refused.append(answer.status) if answer.status >= 400 else None)
        home.enter(before)
        another = open_tab(home.address, beside=before)
        another.get_by_role("heading", name="Otter kiln", level=1).wait_for(timeout=WITHIN_MS)
        home.send(33.25)
        another.get_by_text("33.25").first.wait_for(timeout=WITHIN_MS)
        before.get_by_role("button", name="Menu of Ada Finch").wait_for(timeout=WITHIN_MS)
        before.locator(f'[href="/channels/{home.channel_id}"]').first.click()
        before.get_by_role("heading", name="Otter kiln", level=1).wait_for(timeout=WITHIN_MS)
        assert refused == []


class TestNewsOfTheCollege:
    def test_who_is_signed_in_is_shown_its_new_channels_and_no_visitor_is(self, home, open_tab):
        tab, visitor = open_tab(home.labfeed.url), open_tab(home.labfeed.url, signed_in=False)
        for each in (tab, visitor):
            each.locator(".lf-card, .lf-empty").first.wait_for(timeout=WITHIN_MS)
        name = f"College lake {home.channel_id}"
        make_channel(home.store, name, visibility=Visibility.COLLEGE)
        shown = f"Public pond {home.channel_id}"
        make_channel(home.store, shown, visibility=Visibility.PUBLIC)
        tab.get_by_role("link", name=name).first.wait_for(timeout=WITHIN_MS)
        visitor.get_by_role("link", name=shown).first.wait_for(timeout=WITHIN_MS)
        assert name not in visitor.content()
