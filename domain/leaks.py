"""Keys and tokens that stand where others may read them: in a name, a description, a title, a log."""

from __future__ import annotations

import re

from domain import keys, tokens
from domain.errors import Invalid

KEY_PATTERN = rf"(?<![0-9A-Za-z])[0-9A-Z]{{{keys.LENGTH}}}(?![0-9A-Za-z])"
"""A key; one of 1291 other words of this form has the right checksum by chance."""

TOKEN_PATTERN = rf"(?<![0-9A-Za-z_]){tokens.PREFIX}[0-9A-Za-z]{{{tokens.RANDOM + tokens.CHECKSUM}}}(?![0-9A-Za-z])"
"""A personal token; other words of this form there are none."""

_secrets = re.compile(f"{KEY_PATTERN}|{TOKEN_PATTERN}").sub
_keys = re.compile(KEY_PATTERN).findall
_tokens = re.compile(TOKEN_PATTERN).findall


def is_leaking(text: str) -> bool:
    """Whether a key or a token stands in the text."""
    return any(map(keys.is_well_formed, _keys(text))) or any(map(tokens.is_well_formed, _tokens(text)))


def masked(text: str) -> str:
    """The text without keys and tokens, for a log. What is no key but looks like one goes, too."""
    return _secrets("…", text)


def refuse_leak(text: str) -> str:
    """The text itself. Raises Invalid where a key or a token stands in it: others would read it there."""
    if is_leaking(text):
        raise Invalid(
            "There is a key or a token in this text, and others can read it.",
            hint="Take it out. If it was shown to anybody, revoke it and make another.",
        )
    return text
