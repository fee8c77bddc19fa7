from __future__ import annotations

import pytest

from dashapp.components.browsers import browser_words

LIKE_GECKO = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64) {LIKE_GECKO} Chrome/140.0 Safari/537.36", "Chrome on Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0) {LIKE_GECKO} Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        (f"Mozilla/5.0 (X11; CrOS x86_64 1.0) {LIKE_GECKO} Chrome/140.0 Safari/537.36", "Chrome on ChromeOS"),
        (f"Mozilla/5.0 (Linux; Android 16; K) {LIKE_GECKO} Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) AppleWebKit/605 Version/19.0 Safari/604", "Safari on iPhone"),
        ("Mozilla/5.0 (iPad; CPU OS 19_0) AppleWebKit/605 CriOS/140.0 Safari/604", "Chrome on iPad"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605 Version/19 Safari/605", "Safari on macOS"),
        ("curl/8.16.0", "curl"),
        ("Something (Linux)", "A browser on Linux"),
        ("", "An unknown browser"),
    ],
)
def test_it_says_browser_and_system(agent, words):
    assert browser_words(agent) == words
