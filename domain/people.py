"""People: who somebody is once the college's provider has said so."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.errors import Invalid

MOST_EMAIL_CHARS = 254
"""RFC 5321 §4.5.3.1.3."""

_EMAIL = re.compile(
    r"[^\s@\"<>,;:()\[\]\\]{1,64}@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+"
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has signed in. (issuer, subject) is who they are; the e-mail only tells people apart.

    `version` grows when their rights may have changed or a session of theirs ended.
    """

    id: int
    issuer: str
    subject: str
    email: str
    name: str
    version: int
    created_at: int

    @property
    def initials(self) -> str:
        """Up to two letters for a small picture."""
        return initials_of(self.name or self.email)


def initials_of(name: str) -> str:
    """AF of Ada King Finch, and of ada.finch; A of Ada."""
    words = [word for word in re.split(r"[\s.@_-]+", name) if word]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def normal_email(written: str) -> str:
    """The address in the one form it is stored and compared in. Raises Invalid for what is no e-mail address."""
    email = written.strip().lower()
    # Some letters become ASCII when they are made small: U+212A, the sign of the kelvin, a k.
    if len(email) > MOST_EMAIL_CHARS or not written.strip().isascii() or not _EMAIL.fullmatch(email):
        raise Invalid(f"{written.strip()[:100]!r} is not an e-mail address.", hint="Write it like ada@example.edu.")
    return email


def domain_of(email: str) -> str:
    """What stands after the @, in lower case."""
    return email.rpartition("@")[2].lower()


@dataclass(frozen=True, slots=True)
class College:
    """Whose server this is: the e-mail domains of its people, who runs it, and who may start courses."""

    domains: frozenset[str] = frozenset()
    admins: frozenset[str] = frozenset()
    teachers: frozenset[str] = frozenset()

    def takes(self, email: str) -> bool:
        """Whether the address is of one of the college's domains, exactly."""
        return domain_of(email) in self.domains

    def is_admin(self, person: Person) -> bool:
        return person.email in self.admins

    def may_teach(self, person: Person) -> bool:
        """Whether this person may start a course."""
        return person.email in self.teachers or self.is_admin(person)
