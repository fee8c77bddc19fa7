"""A real browser for the tests: Debian's Chromium, driven by Playwright, with ears for everything that goes wrong.

To start one takes as long as to look at a page, so all tests of a worker share it, and each page is a stranger's to the
others: no cookie, no store, no worker in common. Playwright's synchronous interface keeps an event loop running in its
thread meanwhile; a test that wants asyncio runs it in another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Playwright, Request

from tests.processes import ROOT, require_program

PICTURES = ROOT / "tests" / "out"
HERE = ("127.0.0.1", "localhost")

# What Chromium's console says while the server is away; a test that kills the server tolerates it.
OUTAGE = ("net::ERR_", "WebSocket connection to", "Failed to fetch", "Failed to load resource")

# No sandbox, because CI is root; the others keep Chromium from asking hosts of its own.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


@dataclass
class BrowserPage:
    """A page, and what went wrong on it so far. `tolerates` are parts of errors that are expected."""

    page: Page
    tolerates: Sequence[str] = ()
    page_errors: list[str] = field(default_factory=list)
    console_errors: list[str] = field(default_factory=list)
    foreign_requests: list[str] = field(default_factory=list)

    def goto(self, url: str) -> Page:
        """Open the address and return when its document is there; live pages never fall silent, so wait for parts."""
        self.page.goto(url, wait_until="domcontentloaded")
        return self.page

    def screenshot(self, name: str) -> Path:
        """A picture of the whole page as tests/out/NAME.png."""
        path = PICTURES / f"{name}.png"
        self.page.screenshot(path=path, full_page=True)
        return path

    def faults(self) -> dict[str, list[str]]:
        """Everything that should not have happened, by kind; empty when all is well."""
        found = {
            "errors of the page": self.page_errors,
            "errors on the console": self.console_errors,
            "requests to other hosts": self.foreign_requests,
        }
        return {kind: faults for kind, faults in found.items() if faults}

    def expect_no_faults(self) -> None:
        """AssertionError when the page complained or asked another host."""
        faults = self.faults()
        assert not faults, faults

    def show_faults(self) -> None:
        """Print them; pytest shows it beneath the failure."""
        print(self.faults())  # noqa: T201 (meant for the report)

    def hear_page_error(self, error: Error) -> None:
        # Dash does not catch every fetch that fails while the server is away: Chromium then says so here, too.
        if not any(part in str(error) for part in self.tolerates):
            self.page_errors.append(str(error))

    def hear_console(self, message: ConsoleMessage) -> None:
        text = f"{message.text} ({message.location.get('url', '')})"
        if message.type == "error" and not any(part in text for part in self.tolerates):
            self.console_errors.append(text)

    def hear_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.hostname not in HERE:
            self.foreign_requests.append(request.url)


@dataclass
class Browsers:
    """Browsers to share, launched when they are first wanted, and again when they have ended."""

    playwright: Playwright
    _launched: dict[bool, Browser] = field(default_factory=dict)

    def of(self, *, has_shared_worker: bool) -> Browser:
        """The browser that has shared workers, or the one without: there Dash goes back from its websocket to HTTP."""
        known = self._launched.get(has_shared_worker)
        if known is None or not known.is_connected():
            known = self._launched[has_shared_worker] = _launch(self.playwright, has_shared_worker)
        return known

    def close(self) -> None:
        for browser in self._launched.values():
            browser.close()


@contextmanager
def opened_browser(playwright: Playwright) -> Iterator[BrowserPage]:
    """A new browser with one empty page."""
    browser = _launch(playwright, has_shared_worker=True)
    try:
        yield open_page(browser)
    finally:
        browser.close()


def _launch(playwright: Playwright, has_shared_worker: bool) -> Browser:
    # Debian's /usr/bin/chromium is a script that behaves differently under root; the program it calls does not.
    program = require_program("chromium", "/usr/lib/chromium/chromium")
    arguments = [*ARGUMENTS] if has_shared_worker else [*ARGUMENTS, "--disable-shared-workers"]
    return playwright.chromium.launch(executable_path=program, args=arguments)


def open_page(
    browser: Browser,
    *,
    width: int = 1280,
    height: int = 800,
    color_scheme: Literal["light", "dark"] = "light",
    tolerates: Sequence[str] = (),
) -> BrowserPage:
    """An empty page that shares nothing with the browser's others, as if it were in a browser of its own."""
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=color_scheme)
    heard = BrowserPage(context.new_page(), tolerates)
    context.on("request", heard.hear_request)
    heard.page.on("pageerror", heard.hear_page_error)
    heard.page.on("console", heard.hear_console)
    return heard
