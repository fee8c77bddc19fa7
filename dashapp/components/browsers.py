"""What a browser calls itself, in a few words: enough to tell one's own sessions apart."""

from __future__ import annotations

BROWSERS = (
    # The first whose mark stands in the User-Agent; those that pretend to be another come before it.
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Firefox/", "Firefox"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
    ("python", "A Python program"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)


def browser_words(agent: str) -> str:
    """`Firefox on Linux`, by simple rules; as much of it as the User-Agent says."""
    browser, system = (_first(marks, agent) for marks in (BROWSERS, SYSTEMS))
    if browser and system:
        return f"{browser} on {system}"
    return browser or (f"A browser on {system}" if system else "An unknown browser")


def _first(marks: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((words for mark, words in marks if mark in agent), "")
