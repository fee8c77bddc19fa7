"""Who vouches for people: the sign-in providers of a college (OpenID Connect)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

PRACTICE_CLIENT = "practice"
"""The client of the practice provider, which lets anybody be anybody; production refuses it."""


@dataclass(frozen=True, slots=True)
class WayIn:
    """A button of the sign-in page: the provider's part of the address, and the words on it."""

    slug: str
    label: str
    is_practice: bool = False


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider, and what its ID tokens must say. The secret does not show in `repr`.

    `hosted_claim` names the claim that says whose account it is; its value must be one of `hosted_values`, exactly.
    `verified_claim` names the one that says whether the e-mail address was checked.
    """

    label: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    hosted_values: frozenset[str]
    hosted_claim: str = "hd"
    verified_claim: str = "email_verified"

    @property
    def slug(self) -> str:
        return slug_of(self.label)

    @property
    def way_in(self) -> WayIn:
        return WayIn(self.slug, self.label, is_practice=self.client_id == PRACTICE_CLIENT)


MOST_SLUG_CHARS = 32


def slug_of(label: str) -> str:
    """The label as it stands in addresses: `College account` is college-account. May be empty."""
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")[:MOST_SLUG_CHARS].strip("-")
