"""Words as Plotly should show them: it reads a little HTML in its texts, and names are words, not markup."""

from __future__ import annotations

LONGEST = 60


def plain(text: str) -> str:
    """The text without markup, cut where it would be longer than any label is wide."""
    short = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return short.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
