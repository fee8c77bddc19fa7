"""One's own account in a real browser: what is downloaded, and how one leaves."""

from __future__ import annotations

import json

import pytest

import context
from models import sessions
from tests.people import begin_session, make_person, sign_in_browser


@pytest.fixture
def open_account(labfeed, store, open_browser):
    """A function that opens the account of a new person of this name; returns the page and the person."""

    def open_account(name: str):
        person = make_person(store, name)
        browser = open_browser()
        sign_in_browser(browser.page.context, store, person, labfeed.url, context.now())
        page = browser.goto(f"{labfeed.url}/account")
        page.get_by_role("button", name="Erase me").wait_for()
        return page, person

    return open_account


def test_my_data_is_downloaded_as_a_file(open_account):
    page, person = open_account("Ada Finch")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download my data").click()
    assert download.value.suggested_filename.startswith("labfeed-my-data-20")
    assert json.loads(download.value.path().read_text())["person"]["email"] == person.email


def test_signing_out_everywhere_leads_to_the_wall_as_a_visitor(open_account, labfeed, store):
    page, person = open_account("Ben Otter")
    begin_session(store, person, context.now())
    page.get_by_role("button", name="Sign out everywhere", exact=True).click()
    page.wait_for_url(f"{labfeed.url}/")
    page.get_by_role("link", name="Sign in").first.wait_for()
    assert store.ask(sessions.of_person, person.id, context.now()) == []


def test_who_is_erased_leaves_as_a_visitor_and_is_gone(open_account, labfeed, store):
    page, person = open_account("Cy Heron")
    page.get_by_role("button", name="Erase me").click()
    page.get_by_text("Nothing was erased").wait_for()
    page.get_by_label("To confirm").fill(person.email)
    page.get_by_role("button", name="Erase me").click()
    page.wait_for_url(f"{labfeed.url}/")
    page.get_by_role("link", name="Sign in").first.wait_for()
    assert make_person(store, "Cy Heron").id != person.id
