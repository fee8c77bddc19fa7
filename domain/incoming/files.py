"""A file of readings, opened as it is told to be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from domain.imports import Chunk, FileForm
from domain.imports import Mapping as Told
from domain.incoming.objects import Objects
from domain.incoming.tables import Table
from domain.readings import Kind


class File(Protocol):
    """A file being read."""

    def next(self) -> Chunk | None:
        """The next rows; None at the end. Raises Invalid where the file cannot be read on."""


def opened(told: Told, kinds: Mapping[str, Kind], pieces: Iterable[bytes], now: int, most: int) -> File:
    """The file in these pieces, about `most` readings a chunk; `kinds` of the feeds that it is to fill, by name."""
    kind = Table if told.form is FileForm.CSV else Objects
    return kind(told, kinds, pieces, now, most)
