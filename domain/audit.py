"""Who did what, when, from where: what the audit log keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.roles import Viewer


class Deed(StrEnum):
    """What is written down."""

    SIGNED_IN = "signed in"
    SIGN_IN_REFUSED = "sign-in refused"
    SIGNED_OUT = "signed out"
    SESSIONS_ENDED = "sessions ended"
    ADDRESS_RELEASED = "address released"
    CHANNEL_MADE = "channel made"
    CHANNEL_CHANGED = "channel changed"
    CHANNEL_CLEARED = "channel cleared"
    READING_CORRECTED = "reading corrected"
    READING_DELETED = "reading deleted"
    READINGS_REMOVED = "readings deleted"
    READINGS_PUT_BACK = "readings put back"
    READINGS_EXPIRED = "readings expired"
    CHANNEL_DELETED = "channel deleted"
    CHANNEL_RESTORED = "channel restored"
    CHANNEL_ARCHIVED = "channel archived"
    CHANNEL_TRANSFERRED = "channel transferred"
    MEMBER_INVITED = "member invited"
    INVITATION_ENDED = "invitation ended"
    MEMBER_JOINED = "member joined"
    MEMBER_CHANGED = "member changed"
    MEMBER_REMOVED = "member removed"
    KEY_MADE = "key made"
    KEY_ROTATED = "key rotated"
    KEY_REVOKED = "key revoked"
    TOKEN_MADE = "token made"  # noqa: S105 (a word, no secret)
    TOKEN_REVOKED = "token revoked"  # noqa: S105 (a word, no secret)
    QUEUE_MADE = "queue made"
    QUEUE_CHANGED = "queue changed"
    QUEUE_KEY_RENEWED = "queue's key renewed"
    QUEUE_REMOVED = "queue removed"
    KIOSK_MADE = "screen's link made"
    KIOSK_REVOKED = "screen's link ended"
    COURSE_MADE = "course made"
    COURSE_CHANGED = "course changed"
    ROSTER_APPLIED = "roster applied"
    ROSTER_UNDONE = "roster undone"
    DATA_TAKEN = "data taken away"
    DATA_IMPORTED = "data imported"
    IMPORT_UNDONE = "import undone"
    PERSON_ERASED = "person erased"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, from which address, at which instant (µs since the epoch). What they may is decided as for a viewer."""

    viewer: Viewer
    address: str
    at: int

    @property
    def person_id(self) -> int | None:
        return self.viewer.person_id


def told(detail: Mapping[str, Any]) -> str:
    """What an entry says besides, as people read it: `visibility: college → members · feeds: 3`."""
    return " · ".join(f"{name.replace('_', ' ')}: {_said(value)}" for name, value in detail.items())


def _said(value: Any) -> str:
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return " → ".join(map(_said, value.values())) if _is_change(value) else f"({told(value).replace(' · ', ', ')})"
    if isinstance(value, list | tuple):
        return ", ".join(map(_said, value)) or "none"
    return str(value)


def _is_change(value: Mapping[str, Any]) -> bool:
    return tuple(value) in (("from", "to"), ("before", "after"))
