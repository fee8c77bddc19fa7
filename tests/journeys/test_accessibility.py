"""For everybody: axe finds nothing serious on any page, and every control is reached and seen by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

import context
from dashapp.app import PAGES
from domain.roles import Standing
from models.store import Store
from models.vault import Vault
from tests.browser import BrowserPage, launched, open_page
from tests.people import sign_in_browser
from tests.servers import LabfeedServer, running_labfeed
from tests.world import SETTINGS, World, make_world

LOOKS = ((360, "dark"), (1440, "light"))
"""Width in px and theme; colours do not depend on the width, nor sizes on the theme."""

PROVIDER = {
    "OIDC_ISSUER": "https://accounts.example.edu",
    "OIDC_CLIENT_ID": "labfeed",
    "OIDC_CLIENT_SECRET": "known-to-the-provider-alone",
}
"""It is named on a button, and not asked before somebody presses that."""
NOWHERE = "/no/such/page"
GRAVE = ("serious", "critical")


@dataclass(frozen=True, slots=True)
class Place:
    """A page as somebody sees it: its form, words that are there once it is drawn, who looks (None: a visitor), and
    at which channel."""

    name: str
    form: str
    shows: str
    who: Standing | None = Standing.OWNER
    channel: str = "kiln"

    def address(self, world: World) -> str:
        return world.fill(self.form, getattr(world, self.channel))


PLACES = (
    Place("the wall", "/", "Team notes"),
    Place("the wall of a visitor", "/", "Otter kiln", None),
    Place("a channel", "/channels/<channel>", "Newest readings"),
    Place("a channel before its first reading", "/channels/<channel>", "Waiting for", channel="silent"),
    Place("a channel for a visitor", "/channels/<channel>", "Newest readings", None),
    Place("nothing", NOWHERE, "There is nothing here"),
    Place("my channels", "/mine", "Windowsill"),
    Place("a new channel", "/mine/new", "Create channel"),
    Place("code", "/channels/<channel>/code", "Choose your board", channel="silent"),
    Place("keys", "/channels/<channel>/keys", "the board"),
    Place("members", "/channels/<channel>/members", "Cy Heron"),
    Place("members for a viewer", "/channels/<channel>/members", "Ada Finch", Standing.VIEWER),
    Place("settings", "/channels/<channel>/settings", "Clear all readings"),
    Place("settings for staff", "/channels/<channel>/settings", "Archive the channel", Standing.STAFF),
    Place("joining", "/join/<secret>", "invites you", Standing.STAFF),
    Place("courses", "/courses", "ENGR114", Standing.STAFF),
    Place("a course", "/courses/<course>", "Windowsill", Standing.STAFF),
    Place("account", "/account", "this browser"),
    Place("tokens", "/account/tokens", "Make a token"),
    Place("audit", "/audit", "Key made", Standing.ADMIN),
    Place("signing in", "/sign-in", "College account", None),
)
"""Every page at least once; a page without a row fails."""

each_place = pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)


@dataclass(frozen=True, slots=True)
class Lab:
    """A running server with a small college in it."""

    server: LabfeedServer
    store: Store
    world: World


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with running_labfeed(tmp_path_factory.mktemp("college"), {"RATE_LIMIT": "off", **SETTINGS, **PROVIDER}) as server:
        store = Store.open(server.database_url)
        try:
            yield Lab(server, store, make_world(store, Vault(server.settings["SECRET_KEY"]), context.now()))
        finally:
            store.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all places: to start one takes as long as to look at a page."""
    with sync_playwright() as playwright, launched(playwright) as browser:
        yield browser


@pytest.fixture
def opened(lab, browser):
    """A function that opens a place in the browser, and returns when all of it is drawn."""
    looked: list[BrowserPage] = []

    def open_place(place: Place, width: int) -> Page:
        looked.append(open_page(browser, width=width, tolerates=("status of 404",)))
        if place.who is not None:
            person = lab.world.people[place.who]
            sign_in_browser(looked[-1].page.context, lab.store, person, lab.server.url, context.now())
        page = looked[-1].goto(lab.server.url + place.address(lab.world))
        page.locator("#content").get_by_text(place.shows).filter(visible=True).first.wait_for()
        expect(page.locator(".lf-bone")).to_have_count(0)
        expect(page.locator("[data-dash-is-loading]")).to_have_count(0)
        return page

    yield open_place
    for each in looked:
        each.page.context.close()
        each.expect_no_faults()


def test_every_page_has_a_row():
    assert {page.PATH for page in PAGES} <= {place.form for place in PLACES}


def findings(page: Page) -> list[str]:
    """What axe finds serious, a line each: the rule, where, and what to do."""
    found = Axe().run(page).response["violations"]
    return [
        f"{each['impact']} {each['id']} at {node['target']}: {cure(node)}\n      {node['html'][:160]}"
        for each in found
        if each["impact"] in GRAVE
        for node in each["nodes"]
    ]


def cure(node: dict[str, Any]) -> str:
    return "; ".join(check["message"] for kind in ("any", "all", "none") for check in node[kind])


@pytest.mark.long
@each_place
def test_axe_finds_nothing_serious(opened, place):
    page, found = opened(place, LOOKS[0][0]), {}
    for width, theme in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        found[f"{width} px, {theme}"] = findings(page)
    report = [f"\n{seen}:\n    " + "\n    ".join(lines) for seen, lines in found.items() if lines]
    assert not report, "".join(report)


CONTROLS = (
    "a[href]:not(.lf-skip), button:enabled, select:enabled, textarea:enabled, summary, "
    # Tab reaches one of a group of radio buttons, arrow keys the others.
    "input:enabled:not([type=hidden], [type=radio]:not(:checked))"
)
MOST_STOPS = 200
"""More than any page has; by then the walk goes in a circle without an end."""

MOST_WALKS = 5


def box_of(control: Locator) -> tuple[int, ...] | None:
    """Where it stands, which tells controls apart; None for what cannot be seen."""
    box = control.bounding_box() if control.is_visible() else None
    return tuple(round(box[side]) for side in ("x", "y", "width", "height")) if box else None


def reachable(page: Page) -> dict[tuple[int, ...], str]:
    """Every control that somebody with a mouse could use, by its place."""
    found = {box_of(each): each for each in page.locator(CONTROLS).all() if each.get_attribute("tabindex") != "-1"}
    return {box: name_of(each) for box, each in found.items() if box}


def name_of(control: Locator) -> str:
    """What a failing test calls it."""
    known = (control.get_attribute(name) for name in ("id", "aria-label", "title", "href"))
    return " ".join(filter(None, (control.inner_text(), *known)))


def walk(page: Page) -> Iterator[tuple[int, ...]]:
    """The places where Tab stops, until it leaves the page again; each must show that it has the focus."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count() == 0:
            return
        # A radio button is drawn by its label.
        drawn = page.locator(".lf-segment-input:focus + label, :focus:not(.lf-segment-input)")
        expect(drawn).not_to_have_css("outline-style", "none")
        box = box_of(focused)
        if box:
            yield box
    raise AssertionError("Tab never leaves the page")


@pytest.mark.long
@each_place
def test_every_control_is_reached_by_tab_and_shows_it(opened, place):
    page = opened(place, LOOKS[1][0])
    page.set_viewport_size({"width": LOOKS[1][0], "height": 6000})  # nothing scrolls, so places stay what they are
    for _ in range(MOST_WALKS):
        wanted = reachable(page)
        page.locator("body").press("Home")
        reached = set(walk(page))
        if reachable(page).keys() == wanted.keys():
            break  # nothing moved meanwhile, as a live card may: its place tells a control from the others
    assert [control for box, control in wanted.items() if box not in reached] == []


def test_what_is_copied_by_keyboard_says_so_and_tab_goes_on_from_there(opened):
    page = opened(next(place for place in PLACES if place.name == "keys"), LOOKS[1][0])
    page.get_by_role("button", name="Copy the key the board").press("Enter")
    page.get_by_role("button", name="Copied the key the board").wait_for()
    page.get_by_role("button", name="Copy the key the board").wait_for()  # Dash exchanges the button, twice
    page.keyboard.press("Tab")
    expect(page.locator("#content :focus")).to_have_count(1)
