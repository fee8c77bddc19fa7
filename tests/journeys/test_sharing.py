"""A channel is shared by e-mail and by link, and a right that is withdrawn ends: real server, real browsers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from domain.channels import Visibility
from models import arrivals
from models.people import Claimed
from models.store import Store
from tests.browser import BrowserPage
from tests.builders import make_channel
from tests.people import DOMAIN, ISSUER, begin_session, make_member, make_person
from tests.servers import LabfeedServer

GONE = "There is nothing here that you may see"


@pytest.fixture
def server(start_labfeed) -> LabfeedServer:
    return start_labfeed(settings={"COLLEGE_DOMAINS": DOMAIN})


@pytest.fixture
def store(server) -> Iterator[Store]:
    """The server's own database, opened beside it."""
    store = Store.open(server.database_url)
    yield store
    store.close()


@pytest.fixture
def enter(server, store, open_browser) -> Callable:
    """A function: somebody comes in, as after the college's provider, and opens an address in a browser of theirs."""

    def come_in(name: str, path: str, **options) -> BrowserPage:
        email = f"{name.lower().replace(' ', '.')}@{DOMAIN}"
        claimed = Claimed(ISSUER, f"subject of {email}", email, name)
        now = time.time_ns() // 1000
        person = store.tell(arrivals.arrive, claimed, address="127.0.0.1", now=now)
        browser = open_browser(**options)
        cookie = {"name": "labfeed", "value": begin_session(store, person, now), "url": server.url}
        browser.page.context.add_cookies([cookie])
        browser.goto(f"{server.url}{path}")
        return browser

    return come_in


@pytest.mark.long
def test_a_channel_is_shared_by_e_mail_and_by_link_until_it_is_not(store, enter, eventually):
    ada = make_person(store, "Ada Finch")
    channel = make_channel(store, "Otter kiln", visibility=Visibility.MEMBERS)
    make_member(store, channel.id, ada)
    members, live = f"/channels/{channel.id}/members", f"/channels/{channel.id}"

    hers = enter("Ada Finch", members).page
    hers.get_by_label("E-mail addresses").fill(f"bob.heron@{DOMAIN}, mallory@gmail.com")
    hers.get_by_role("button", name="Invite").click()
    hers.get_by_text(f"bob.heron@{DOMAIN} is invited").wait_for()
    hers.get_by_text("mallory@gmail.com is not an address of the college").wait_for()

    his = enter("Bob Heron", live).page
    his.get_by_role("heading", name="Otter kiln", exact=True).wait_for()
    hers.get_by_text("Bob Heron").first.wait_for()

    hers.get_by_role("button", name="Make a link").click()
    address = hers.get_by_label("Address of the link").input_value()
    cleos = enter("Cleo Otter", live, tolerates=("404",)).page
    cleos.get_by_text(GONE).wait_for()
    cleos.goto(address)
    cleos.get_by_text("Ada Finch invites you to Otter kiln as viewer").wait_for()
    cleos.get_by_role("button", name="Join").click()
    cleos.wait_for_url(f"**{live}")
    cleos.get_by_role("heading", name="Otter kiln", exact=True).wait_for()
    hers.get_by_text("Cleo Otter").first.wait_for()

    row = hers.get_by_role("row", name="Bob Heron")
    row.locator("summary", has_text="Remove").click()
    row.get_by_role("button", name="Yes, remove").click()
    eventually(lambda: "Otter kiln" not in his.inner_text("main"), what="his page to be empty")
    cleos.goto(address)
    cleos.get_by_text("This link does not work, or no longer.").wait_for()
