"""A channel is shared by e-mail and by link, and a right that is withdrawn ends: real server, real browsers."""

from __future__ import annotations

import pytest

from domain.channels import Visibility
from tests.builders import make_channel
from tests.people import DOMAIN, make_member, make_person
from tests.servers import LabfeedServer

GONE = "There is nothing here that you may see"


@pytest.fixture
def labfeed(start_labfeed) -> LabfeedServer:
    return start_labfeed(settings={"COLLEGE_DOMAINS": DOMAIN})


@pytest.mark.long
def test_a_channel_is_shared_by_e_mail_and_by_link_until_it_is_not(store, enter, eventually):
    ada = make_person(store, "Ada Finch")
    channel = make_channel(store, "Otter kiln", visibility=Visibility.MEMBERS)
    make_member(store, channel.id, ada)
    members, live = f"/channels/{channel.id}/members", f"/channels/{channel.id}"

    hers = enter("Ada Finch", members)
    hers.get_by_label("E-mail addresses").fill(f"bob.heron@{DOMAIN}, mallory@gmail.com")
    hers.get_by_role("button", name="Invite").click()
    hers.get_by_text(f"bob.heron@{DOMAIN} is invited").wait_for()
    hers.get_by_text("mallory@gmail.com is not an address of the college").wait_for()

    his = enter("Bob Heron", live)
    his.get_by_role("heading", name="Otter kiln", exact=True).wait_for()
    hers.get_by_text("Bob Heron").first.wait_for()

    hers.get_by_role("button", name="Make a link").click()
    address = hers.get_by_label("Address of the link").input_value()
    cleos = enter("Cleo Otter", live, tolerates=("404",))
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
