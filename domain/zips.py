"""A zip archive written from its first byte to its last, into nothing that could be gone back in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

LEVEL = 1
"""Digits shrink to a fifth at once; higher levels take several times as long for a tenth less."""

EARLIEST_YEAR, LATEST_YEAR = 1980, 2107
"""What the date of a file in an archive can say."""


class ZipStream:
    """Files one after the other. Whatever is ready to be sent is taken out with `take`.

    An archive that was not finished has no directory at its end: no program takes it for a whole one.
    """

    def __init__(self, at: datetime) -> None:
        self._sink = _Sink()
        self._archive = ZipFile(self._sink, "w")  # type: ignore[call-overload]  # it is only written to
        year = min(max(at.year, EARLIEST_YEAR), LATEST_YEAR)
        self._at = (year, at.month, at.day, at.hour, at.minute, at.second)
        self._file: IO[bytes] | None = None

    def begin(self, name: str, *, may_be_large: bool = False) -> None:
        """Begin a file. One that may pass 2 GiB is written so that it can (ZIP64), which old programs do not read."""
        told = ZipInfo(name, self._at)
        told.compress_type, told.external_attr = ZIP_DEFLATED, 0o644 << 16
        told._compresslevel = LEVEL  # type: ignore[attr-defined]  # public from Python 3.13 on
        self._file = self._archive.open(told, "w", force_zip64=may_be_large)

    def write(self, content: bytes) -> None:
        """Go on with the file. Takes long and touches no lock: it may run in a native thread."""
        assert self._file is not None
        self._file.write(content)

    def end(self) -> None:
        """End the file. Raises RuntimeError where it became larger than was said."""
        assert self._file is not None
        file, self._file = self._file, None
        file.close()

    def add(self, name: str, content: str) -> None:
        """A whole file of text, in UTF-8."""
        self.begin(name)
        self.write(content.encode())
        self.end()

    def finish(self) -> None:
        """Write the directory: only now it is an archive."""
        self._archive.close()

    def take(self) -> Iterator[bytes]:
        """What was written since it was last taken; nothing where nothing was."""
        if written := self._sink.take():
            yield written

    def abandon(self) -> None:
        """Let go of it as it is; does nothing once it is finished."""
        self._sink.is_closed = True
        if self._file is not None:
            with suppress(RuntimeError):  # it had become too large
                self._file.close()
        self._archive.fp = None


class _Sink:
    """Keeps what is written until it is taken. It has neither seek nor tell: by that zipfile knows what it is."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self.is_closed = False

    def write(self, content: bytes) -> int:
        if not self.is_closed:
            self._kept += content
        return len(content)

    def flush(self) -> None:
        """Nothing waits."""

    def take(self) -> bytes:
        kept, self._kept = self._kept, bytearray()
        return bytes(kept)
