"""What journeys share: the server's database seen from beside it, and people who come in without a provider.

A module that needs settings of its own has a `labfeed` of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

import context
from models import arrivals
from models.people import Claimed
from models.store import Store
from tests.people import DOMAIN, ISSUER, sign_in_browser


@pytest.fixture
def store(labfeed) -> Iterator[Store]:
    """The running server's database, seen from another process."""
    store = Store.open(labfeed.database_url)
    yield store
    store.close()


@pytest.fixture
def enter(labfeed, store, open_browser) -> Callable[..., Page]:
    """A function: somebody comes in, as after the college's provider, and opens an address in a browser of theirs."""

    def come_in(name: str, path: str, **options) -> Page:
        email, now = f"{name.lower().replace(' ', '.')}@{DOMAIN}", context.now()
        claimed = Claimed(ISSUER, f"subject of {email}", email, name)
        person = store.tell(arrivals.arrive, claimed, address="127.0.0.1", now=now)
        browser = open_browser(**options)
        sign_in_browser(browser.page.context, store, person, labfeed.url, now)
        return browser.goto(f"{labfeed.url}{path}")

    return come_in
