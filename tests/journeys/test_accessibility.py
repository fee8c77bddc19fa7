"""For everybody: axe finds nothing serious on any page, and every control is reached and seen by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

import context
from dashapp.app import PAGES
from domain.roles import Standing
from models.store import Store
from models.vault import Vault
from tests.browser import BrowserPage, Browsers, open_page
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
    """A page as somebody sees it: its form, words that are there once it is drawn, who looks (None: a visitor), at
    which channel, and what they opened there (a summary of that id)."""

    name: str
    form: str
    shows: str
    who: Standing | None = Standing.OWNER
    channel: str = "kiln"
    opens: str = ""

    def address(self, world: World) -> str:
        return world.fill(self.form, getattr(world, self.channel))


PLACES = (
    Place("the wall", "/", "Team notes"),
    Place("the wall of a visitor", "/", "Otter kiln", None),
    Place("the wall, narrowed", "/?course=1&q=notes", "1 channel found"),
    Place("the wall with nothing found", "/?show=starred&tag=none", "Nothing found for"),
    Place("a channel", "/channels/<channel>", "Std. deviation"),
    Place("a channel that stands still", "/channels/<channel>?from=now-1h&to=now-1s", "Resume"),
    Place("a channel with its times open", "/channels/<channel>", "Times are those of", opens="channel-time"),
    Place("a channel, smoothed", "/channels/<channel>?smooth=rate&over=1m&hide=door", "is drawn"),
    Place("a table", "/channels/<channel>?lens=table", "newest first"),
    Place("one feed against another", "/channels/<channel>?lens=xy", "Correlation"),
    Place("a histogram", "/channels/<channel>?lens=histogram", "the fullest"),
    Place("events", "/channels/<channel>?lens=events", "open"),
    Place("a range with nothing in it", "/channels/<channel>?from=2026-01-01&to=2026-01-02", "Jump there"),
    Place("a channel without its feeds", "/channels/<channel>?hide=temperature,humidity,door", "Show all feeds"),
    Place("a channel before its first reading", "/channels/<channel>", "Waiting for", channel="silent"),
    Place("a channel for a visitor", "/channels/<channel>", "Std. deviation", None),
    Place("nothing", NOWHERE, "There is nothing here"),
    Place("my channels", "/mine", "Windowsill"),
    Place("a new channel", "/mine/new", "Create channel"),
    Place("moving in", "/mine/move-in", "Choose a file"),
    Place("a file to move in", "/mine/move-in?file=<move>", "Create the channel"),
    Place("code", "/channels/<channel>/code", "Choose your board", channel="silent"),
    Place("keys", "/channels/<channel>/keys", "the board"),
    Place("commands", "/channels/<channel>/commands", "canary-command"),
    Place("importing", "/channels/<channel>/import", "Choose a file"),
    Place("a file to import", "/channels/<channel>/import?file=<file>", "canary-word", channel="private"),
    Place("members", "/channels/<channel>/members", "Cy Heron"),
    Place("members for a viewer", "/channels/<channel>/members", "Ada Finch", Standing.VIEWER),
    Place("settings", "/channels/<channel>/settings", "Clear all readings"),
    Place("stored readings", "/channels/<channel>/settings/stored", "Delete a range"),
    Place("settings for staff", "/channels/<channel>/settings", "Archive the channel", Standing.STAFF),
    Place("joining", "/join/<secret>", "invites you", Standing.STAFF),
    Place("courses", "/courses", "ENGR114", Standing.STAFF),
    Place("a course", "/courses/<course>", "Windowsill", Standing.STAFF),
    Place("a course's export", "/courses/<course>/export", "readings", Standing.STAFF),
    Place("exports", "/exports", "ENGR114", Standing.STAFF),
    Place("account", "/account", "this browser"),
    Place("tokens", "/account/tokens", "Make a token"),
    Place("audit", "/audit", "Key made", Standing.ADMIN),
    Place("the interface", "/interface", "Sending readings"),
    Place("signing in", "/sign-in", "College account", None),
    Place("a screen", "/kiosk", "Otter kiln", None),
    Place("a chart in a frame", "/embed/<channel>", "Otter kiln", None),
    Place("ThingSpeak's chart", "/channels/<channel>/charts/<field>", "Otter kiln", None),
    Place("ThingSpeak's widget", "/channels/<channel>/widgets/<field>", "ago", None),
    Place("ThingSpeak's map", "/channels/<channel>/maps/channel_show", "No place yet", None),
    Place("screens", "/screens", "Make a link", Standing.STAFF),
)
"""Every page at least once; a page without a row fails."""


def each(*places: Place) -> pytest.MarkDecorator:
    """A test of each of these places. One worker has all tests of a place, which look at one and the same page."""
    params = [pytest.param(place, id=place.name, marks=pytest.mark.xdist_group(place.name)) for place in places]
    return pytest.mark.parametrize("place", params, scope="module")


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


@contextmanager
def looking(lab: Lab, browsers: Browsers) -> Iterator[Callable[[Place, int], Page]]:
    """A function that opens a place in the browser, and returns when all of it is drawn."""
    looked: list[BrowserPage] = []

    def open_place(place: Place, width: int) -> Page:
        looked.append(open_page(browsers.of(has_shared_worker=True), width=width, tolerates=("status of 404",)))
        if place.who is not None:
            person = lab.world.people[place.who]
            sign_in_browser(looked[-1].page.context, lab.store, person, lab.server.url, context.now())
        page = looked[-1].goto(lab.server.url + place.address(lab.world))
        if place.opens:
            page.locator("#content .main-svg").first.wait_for()
            page.locator(f"#{place.opens} > summary").press("Enter")
        page.locator("#content").get_by_text(place.shows).filter(visible=True).first.wait_for()
        expect(page.locator(".lf-bone")).to_have_count(0)
        expect(page.locator("[data-dash-is-loading]")).to_have_count(0)
        return page

    try:
        yield open_place
    finally:
        for one in looked:
            one.page.context.close()
    for one in looked:
        one.expect_no_faults()


@pytest.fixture
def opened(lab, browsers):
    with looking(lab, browsers) as opened:
        yield opened


@pytest.fixture(scope="module")
def page(lab, browsers, place) -> Iterator[Page]:
    """The page at that place, in a narrow window."""
    with looking(lab, browsers) as opened:
        yield opened(place, LOOKS[0][0])


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
@each(*PLACES)
def test_axe_finds_nothing_serious(page, place):
    found = {}
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
OUTLINED = ".lf-segment-input:focus + label, :focus:not(.lf-segment-input)"
MOST_STOPS = 200
"""More than any page has; by then the walk goes in a circle without an end."""

MOST_WALKS = 5


# Where a control stands, which tells controls apart; null for what cannot be seen.
BOX = """(each) => {
    const box = each.getBoundingClientRect();
    const isSeen = each.checkVisibility({visibilityProperty: true}) && box.width > 0 && box.height > 0;
    return isSeen ? [box.x, box.y, box.width, box.height].map(Math.round).join() : null;
}"""
# What a failing test calls it.
NAME = """(each) => [each.innerText, ...["id", "aria-label", "title", "href"].map((name) => each.getAttribute(name))]
    .filter(Boolean).join(" ")"""
BOXES_AND_NAMES = f"""(every) => every.filter((each) => each.getAttribute("tabindex") !== "-1").map(
    (each) => [({BOX})(each), ({NAME})(each)])"""
# What has the focus: its box, and how the outline is drawn that shows it. A radio button is drawn by its label.
FOCUSED = f"""() => [...document.querySelectorAll(":focus")].map((each) => [({BOX})(each), getComputedStyle(
    each.matches(".lf-segment-input") ? each.nextElementSibling : each).outlineStyle])"""


def reachable(page: Page) -> dict[str, str]:
    """The name of every control that somebody with a mouse could use, by its place."""
    return {box: name for box, name in page.locator(CONTROLS).evaluate_all(BOXES_AND_NAMES) if box}


def walk(page: Page) -> Iterator[str]:
    """The places where Tab stops, until it leaves the page again; each must show that it has the focus."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        # Asked in one go: a page has hundreds of stops, and what has the focus may be drawn anew meanwhile.
        focused = page.evaluate(FOCUSED)
        if not focused:
            return
        [(box, outline)] = focused
        if outline == "none":  # what fades in may come a moment later
            expect(page.locator(OUTLINED)).not_to_have_css("outline-style", "none")
        if box:
            yield box
    raise AssertionError("Tab never leaves the page")


@pytest.mark.long
# A grid takes the focus by its own rules: each of its rows stops Tab, twice.
@each(*(place for place in PLACES if "lens=table" not in place.form))
def test_every_control_is_reached_by_tab_and_shows_it(page, place):
    page.set_viewport_size({"width": LOOKS[1][0], "height": 6000})  # nothing scrolls, so places stay what they are
    for _ in range(MOST_WALKS):
        wanted = reachable(page)
        page.locator(".lf-skip").focus()  # the first of all
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


CHANNEL = Place("a channel", "/channels/<channel>", "Std. deviation")


def tab_to(page: Page, name: str) -> Locator:
    """Go on with Tab until a control of that name has the focus."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        # Asked in one go: what has the focus may be drawn anew meanwhile.
        if name in page.evaluate("[...document.querySelectorAll(':focus')].map((each) => each.outerHTML).join()"):
            return page.locator(":focus")
    raise AssertionError(f"Tab does not come to {name}")


def test_a_channel_is_read_without_a_pointer(opened):
    """Pause, zoom in, step from reading to reading, choose another time: all by keyboard."""
    page = opened(CHANNEL, LOOKS[1][0])
    chart = page.locator(".lf-chart-panel figure")
    expect(chart.locator("figcaption")).to_contain_text("temperature 20")
    tab_to(page, "Pause").press("Enter")
    expect(page.locator(".lf-held")).to_contain_text("Paused")
    tab_to(page, "Zoom in").press("Enter")
    expect(page.locator(".lf-held")).to_contain_text("Held")
    tab_to(page, "Zoom out").press("Space")
    page.get_by_role("button", name="Zoom back").wait_for()
    page.keyboard.press("Shift+Tab")
    previous = tab_to(page, "Previous reading")
    previous.press("Enter")
    readout = page.get_by_role("status").filter(has_text="Last in view.")
    expect(readout).to_contain_text("temperature 20 °C")
    expect(chart.locator(".shapelayer path")).to_have_count(1)
    previous.press("Enter")
    expect(page.locator("#step-readout")).to_contain_text("temperature 20.125 °C")
    expect(previous).to_be_focused()
    page.locator("body").press("Home")
    tab_to(page, "Which time is shown").press("Enter")
    tab_to(page, "Last 1 hour").press("Enter")
    expect(page.locator("#channel-time-words")).to_have_text("Last 1 hour")
    assert "from=now-1h" in page.url
    expect(chart.locator(".shapelayer path")).to_have_count(0)


def test_who_resumes_by_keyboard_goes_on_from_live(opened):
    page = opened(Place("stands still", "/channels/<channel>?from=now-1h&to=now-1s", "Resume"), 360)
    tab_to(page, "Resume").press("Enter")
    live = page.get_by_role("button", name="Live", exact=True)
    expect(live).to_have_attribute("aria-pressed", "true")
    expect(live).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Pause")).to_be_focused()


@pytest.mark.parametrize("name", ["Table", "Histogram"])
def test_who_opens_a_lens_by_keyboard_stays_where_they_are(opened, name):
    page = opened(CHANNEL, 360)
    tab = page.get_by_role("button", name=name, exact=True)
    tab.press("Enter")
    expect(tab).to_have_attribute("aria-pressed", "true")
    expect(tab).to_be_focused()
    expect(tab).to_be_in_viewport()


def test_show_as_table_leads_to_the_table(opened):
    page = opened(CHANNEL, LOOKS[1][0])
    page.get_by_role("link", name="Show as table").press("Enter")
    page.get_by_text("newest first").wait_for()
    expect(page.locator(".lf-readings-grid")).to_be_in_viewport()


FITS = "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
TEXT_200 = "html { font-size: 200% }"


@pytest.mark.parametrize(
    ("form", "shows"),
    [
        ("/", "Otter kiln"),
        ("/channels/<channel>", "Std. deviation"),
        ("/channels/<channel>?from=now-1h&to=now-1s&smooth=mean&over=1m", "Resume"),
        ("/channels/<channel>?lens=table", "newest first"),
        ("/channels/<channel>?lens=histogram", "the fullest"),
    ],
)
def test_in_a_narrow_window_and_with_large_text_nothing_scrolls_sideways(opened, form, shows):
    page = opened(Place("narrow", form, shows), 320)
    page.wait_for_function(FITS)  # charts are as wide as they were until they have noticed
    page.set_viewport_size({"width": 1280, "height": 900})
    page.add_style_tag(content=TEXT_200)
    page.wait_for_function(FITS)


MOVING = """() => document.getAnimations().filter(each => each.playState === "running"
    && each.effect.getTiming().duration > 1 && !/^lf-(show|hide|tens|ones)/.test(each.animationName ?? "")
).map(each => each.animationName ?? each.transitionProperty)"""


@pytest.mark.parametrize("place", [PLACES[0], CHANNEL], ids=lambda place: place.name)
def test_who_asks_for_less_motion_sees_none(opened, place):
    page = opened(place, LOOKS[1][0])
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(MOVING) == []


def test_on_paper_stand_the_chart_the_range_and_the_address(opened, lab):
    page = opened(CHANNEL, LOOKS[1][0])
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator(".lf-printed")).to_contain_text("Last 15 minutes")
    expect(page.locator(".lf-printed")).to_contain_text(f"{lab.server.url}/channels/{lab.world.kiln}")
    for gone in (".lf-top", ".lf-rail", ".lf-channel-tools", ".lf-stepper"):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.locator(".lf-chart-panel")).to_have_css("background-color", "rgb(255, 255, 255)")
