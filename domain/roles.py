"""Who is looking, and what they may do. Rights are decided inside the queries, with these values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Right(StrEnum):
    """What a key allows on its channel."""

    WRITE = "write"
    READ = "read"


class Role(StrEnum):
    """What a member is to a channel; each role may what the ones after it may."""

    OWNER = "owner"
    EDITOR = "editor"
    VIEWER = "viewer"

    @property
    def rank(self) -> int:
        """0 for an owner; the lower a role, the higher its number."""
        return list(Role).index(self)

    def may_give(self, role: Role) -> bool:
        """Whether somebody of this role may make another a member of that role: up to one's own, viewers none."""
        return self is not Role.VIEWER and role.rank >= self.rank


class Part(StrEnum):
    """What somebody is to a course."""

    STUDENT = "student"
    STAFF = "staff"


class Standing(StrEnum):
    """How somebody stands to a channel; one person may stand to it in several ways."""

    VISITOR = "visitor"
    SIGNED_IN = "signed in"
    VIEWER = "viewer"
    EDITOR = "editor"
    OWNER = "owner"
    STAFF = "staff of its course"
    ADMIN = "admin"


class Act(StrEnum):
    """What may be done with a channel."""

    SEE = "see"
    """See it, listen to it, download it. Depends on its visibility, too."""
    SEE_PEOPLE = "see people"
    """See who its members are, with their e-mails."""
    CONTRIBUTE = "contribute"
    """See its keys, send test readings, describe it and its feeds, add members up to one's own role."""
    CONTROL = "control"
    """Make and revoke keys, change who sees it, clear, delete, transfer."""
    TEACH = "teach"
    """Place it in a course, archive it."""


MEMBERS = frozenset({Standing.VIEWER, Standing.EDITOR, Standing.OWNER})
OVERSEERS = frozenset({Standing.STAFF, Standing.ADMIN})

ALLOWED: Mapping[Act, frozenset[Standing]] = MappingProxyType(
    {
        Act.SEE: MEMBERS | OVERSEERS,
        Act.SEE_PEOPLE: MEMBERS | OVERSEERS,
        Act.CONTRIBUTE: frozenset({Standing.EDITOR, Standing.OWNER}),
        Act.CONTROL: frozenset({Standing.OWNER, Standing.ADMIN}),
        Act.TEACH: OVERSEERS,
    }
)
"""Who may what with any channel. A public channel may be seen by everybody, a college channel by all signed in."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who looks: a visitor, a person signed in, a program with a key that reads one channel, or a screen with
    a kiosk's link.

    `acts` limits a person's rights to these, for a program that holds a personal token; None: no limit.
    """

    reads_channel_id: int | None = None
    person_id: int | None = None
    is_admin: bool = False
    acts: frozenset[Act] | None = None
    kiosk_id: int | None = None

    @classmethod
    def visitor(cls) -> Viewer:
        return cls()

    @classmethod
    def with_key_of(cls, channel_id: int) -> Viewer:
        return cls(reads_channel_id=channel_id)

    @classmethod
    def person(cls, person_id: int, *, is_admin: bool = False, acts: frozenset[Act] | None = None) -> Viewer:
        return cls(person_id=person_id, is_admin=is_admin, acts=acts)

    @classmethod
    def at_kiosk(cls, kiosk_id: int) -> Viewer:
        return cls(kiosk_id=kiosk_id)

    def is_limited_from(self, act: Act) -> bool:
        """Whether the token held does not reach as far as this."""
        return self.acts is not None and act not in self.acts

    @property
    def takes_emails(self) -> bool:
        """Whether lists of people hold e-mail addresses: for a program only where its token may manage."""
        return not self.is_limited_from(Act.CONTROL)
