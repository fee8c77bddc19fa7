"""Where somebody goes after signing in: whatever is asked for, it is a page of ours (S6)."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest

from accounts.next_address import MOST_CHARS, safe

OURS = ["/", "/mine", "/channels/7", "/channels/7/keys", "/channels/7?from=now-2h&to=now", "/courses/3#team", "/a%20b"]

FOREIGN = [
    "//evil.example", "///evil.example", "////evil.example", "//evil.example/%2f..", "/\\evil.example",
    "\\/evil.example", "\\\\evil.example", "/\\/evil.example", "/\\\\evil.example", "//\\evil.example",
    "/%2f/evil.example", "/%2fevil.example", "%2f%2fevil.example", "/%5cevil.example", "/%252f/evil.example",
    "/%25252fevil.example", "/%255cevil.example", "//%5cevil.example", "/%09/evil.example", "/%0a/evil.example",
    "/%0d%0aLocation:%20https://evil.example", "/\t/evil.example", "/\n/evil.example", "/\r/evil.example",
    "\t//evil.example", " //evil.example", "/ /evil.example", "\x00//evil.example", "/\x00/evil.example",
    "/\x0b/evil.example", "/\x7f/evil.example", "https://evil.example", "http://evil.example", "https:evil.example",
    "https:/evil.example", "https:///evil.example", "https:\\\\evil.example", "HTTPS://evil.example",
    "http:evil.example", "ftp://evil.example", "javascript:alert(1)", "JavaScript:alert(1)", "java\nscript:alert(1)",
    "/javascript:alert(1)/../..//evil.example", "data:text/html,x", "vbscript:x", "file:///etc/passwd",
    "blob:https://evil.example/x", "evil.example", "evil.example/", "@evil.example", "//@evil.example",
    "//localhost@evil.example", "https://localhost@evil.example", "//localhost:80@evil.example",
    "https://localhost.evil.example", "//evil.example:80", "//[::1]", "//[::1", "http://[::1]", "//127.0.0.1",
    "//2130706433", "//%65vil.example", "/.//evil.example", "/..//evil.example", "/./\\evil.example",
    "/a/..//evil.example", "/a/../../evil.example//x", "/%2e%2e//evil.example", "/%2e//evil.example",
    "/;//evil.example", "/?/../\\evil.example", "//evil.example?/", "//evil.example#/", "//evil。example",
    "/／evil.example", "／／evil.example", "//ｅvil.example", "/\u2028/evil.example", "/\u202e/evil.example",
    "/\ufeff/evil.example", "?next=//evil.example", "#//evil.example", "", ".", "..", "x", "*",
]  # fmt: skip


class TestSafe:
    @pytest.mark.parametrize("written", OURS)
    def test_an_address_of_ours_stays_as_it_is(self, written):
        assert safe(written) == written

    @pytest.mark.parametrize("written", FOREIGN)
    def test_what_could_lead_elsewhere_leads_home(self, written):
        assert safe(written) == "/"

    def test_there_are_enough_of_them(self):
        assert len(set(FOREIGN)) >= 80

    @pytest.mark.parametrize("written", [*OURS, *FOREIGN])
    def test_a_browser_stays_on_our_host(self, written):
        assert urlsplit(urljoin("https://labfeed.example.edu/sign-in/college/back", safe(written))).netloc == (
            "labfeed.example.edu"
        )

    @pytest.mark.parametrize("written", [None, "/" + "a" * MOST_CHARS, "/%2525252525252561"])
    def test_what_is_missing_or_endless_leads_home(self, written):
        assert safe(written) == "/"

    @pytest.mark.parametrize("written", ["/sign-in", "/sign-in/college?next=/", "/sign-out"])
    def test_it_does_not_go_in_circles(self, written):
        assert safe(written) == "/"


class TestThroughASignIn:
    @pytest.mark.parametrize("written", FOREIGN)
    def test_nobody_is_led_elsewhere(self, browser, written):
        answer = browser.come_back(**browser.visit_provider(browser.start(written)))
        assert (answer.status_code, answer.location) == (303, "/")

    def test_one_comes_back_to_where_one_was(self, browser):
        assert browser.sign_in("/channels/7?from=now-2h").location == "/channels/7?from=now-2h"
