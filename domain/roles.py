"""Who is looking, and what they may do. Rights are decided inside the queries, with these values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Right(StrEnum):
    """What a key allows on its channel."""

    WRITE = "write"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who looks: a visitor, or a program holding a key that reads one channel."""

    reads_channel_id: int | None = None

    @classmethod
    def visitor(cls) -> Viewer:
        return cls()

    @classmethod
    def with_key_of(cls, channel_id: int) -> Viewer:
        return cls(reads_channel_id=channel_id)
