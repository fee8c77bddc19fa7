"""A day in class: two students and their teacher sign in, share a channel, measure, and take the rights back."""

from __future__ import annotations

import subprocess

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.drawn import values
from tests.servers import LabfeedServer, running_practice

GONE = "There is nothing here that you may see"


@pytest.fixture
def server(start_labfeed, tmp_path):
    with running_practice(tmp_path) as settings:
        yield start_labfeed(settings=settings)


@pytest.fixture
def enter(server, open_browser):
    """A function: somebody signs in from the wall with the college's provider, in a browser of their own."""

    def come_in(name: str) -> Page:
        page = open_browser(tolerates=("404",)).goto(server.url)
        page.get_by_role("link", name="Sign in").click()
        page.get_by_role("link", name="Continue with Practice").click()
        page.get_by_role("button", name=name).click()
        page.get_by_text(f"Menu of {name}").wait_for(state="attached")
        expect(page).to_have_url(f"{server.url}/")
        return page

    return come_in


def make_channel(page: Page, name: str) -> str:
    """A channel made by hand; returns its address. The page goes on to the code for its board."""
    page.get_by_role("link", name="My channels").click()
    page.locator(".lf-empty").get_by_role("link", name="New channel").click()
    page.get_by_role("textbox", name="Name").first.fill(name)
    page.get_by_role("button", name="Create channel").click()
    page.get_by_text("Waiting for your first reading").wait_for()
    return page.url.removesuffix("/code")


def key_on(page: Page) -> str:
    """The channel's key, as it stands in the code for the board."""
    code = page.locator("pre", has_text="X-API-Key").first.inner_text()
    return code.split("X-API-Key:")[1].split()[0].strip("'\"")


def send(server: LabfeedServer, key: str, temperature: float) -> str:
    """What the board's own command prints."""
    command = ["curl", "-sS", "-H", f"X-API-Key: {key}", "-d", f'{{"temperature": {temperature}}}']
    done = subprocess.run(
        [*command, f"{server.url}/api/v1/readings"], capture_output=True, text=True, timeout=30, check=True
    )
    return done.stdout


def open_live(page: Page, address: str) -> Page:
    page.goto(address)
    page.get_by_role("heading", name="Otter kiln", exact=True).wait_for()
    return page


def expect_gone(page: Page) -> None:
    """The page says that there is nothing, once, and by then nothing of it is left: no notice comes before."""
    page.get_by_text(GONE).first.wait_for()
    assert page.locator(".lf-notice, .lf-tiles, .js-plotly-plot, .lf-lens table").count() == 0
    expect(page.get_by_text(GONE)).to_have_count(1)
    expect(page.get_by_role("heading", name=GONE)).to_be_visible()


@pytest.mark.long
def test_two_students_and_a_teacher_until_everything_stops(server, enter, eventually):
    adas, bens, teachers = enter("Ada Finch"), enter("Ben Otter"), enter("Grace Weaver")
    address = make_channel(adas, "Otter kiln")
    key = key_on(adas)
    adas.goto(f"{address}/members")
    adas.get_by_label("E-mail addresses").fill("ben@example.edu")
    adas.get_by_role("button", name="Invite").click()
    adas.get_by_role("row", name="Ben Otter").wait_for()

    assert '"entry_id":1' in send(server, key, 21.5)
    for page in (open_live(bens, address), open_live(teachers, address)):
        eventually(lambda page=page: values(page, "temperature") == [21.5], what="the first reading on the page")
    assert '"entry_id":2' in send(server, key, 22.5)
    for page in (bens, teachers):
        eventually(lambda page=page: values(page, "temperature") == [21.5, 22.5], what="the next one, live")

    adas.goto(f"{address}/settings")
    adas.locator("label", has_text="Members").filter(has_text="only").first.click()
    adas.locator("section", has_text="Who sees it").get_by_role("button", name="Save").click()
    expect_gone(teachers)
    assert '"entry_id":3' in send(server, key, 23.5)
    eventually(lambda: values(bens, "temperature") == [21.5, 22.5, 23.5], what="a member to go on seeing")
    assert "23.5" not in teachers.inner_text("main")

    adas.goto(f"{address}/keys")
    first = adas.locator(".lf-key").first
    first.locator("summary", has_text="Revoke").click()
    first.get_by_role("button", name="Revoke it now").click()
    adas.get_by_text("revoked in the last 30 days").wait_for()
    assert "/problems/key-unknown" in send(server, key, 24.5)

    adas.goto(f"{address}/members")
    row = adas.get_by_role("row", name="Ben Otter")
    row.locator("summary", has_text="Remove").click()
    row.get_by_role("button", name="Yes, remove").click()
    expect_gone(bens)

    bens.get_by_role("button", name="Menu of Ben Otter").click()
    bens.get_by_role("button", name="Sign out").click()
    bens.get_by_role("link", name="Sign in").wait_for()
    bens.goto(f"{server.url}/mine")
    expect(bens).to_have_url(f"{server.url}/sign-in?next=/mine")
