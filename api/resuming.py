"""Part of a file that is asked for: what RFC 9110 calls a range, for files that are made anew each time."""

from __future__ import annotations

import re
from dataclasses import dataclass

from werkzeug.datastructures import Headers
from werkzeug.wrappers import Request

from domain.errors import BeyondTheEnd

_single = re.compile(r"bytes\s*=\s*(\d{0,18})-(\d{0,18})", re.ASCII).fullmatch


@dataclass(frozen=True, slots=True)
class Wanted:
    """The bytes from `first` to `last`, included; None for the last `length` of them."""

    first: int | None
    last: int | None
    length: int = 0

    def within(self, size: int) -> tuple[int, int]:
        """First byte and the one after the last, of a file of this size. Raises BeyondTheEnd."""
        first, end = (max(0, size - self.length), size) if self.first is None else (self.first, size)
        if self.first is not None and self.last is not None:
            end = min(size, self.last + 1)
        if first >= end:
            raise BeyondTheEnd(headers={"Content-Range": f"bytes */{size}"})
        return first, end


def wanted(request: Request, tag: str) -> Wanted | None:
    """The part that is asked for; None where it is the whole, or where the part is of something else by now.

    Several parts at once are answered by the whole, as RFC 9110 allows.
    """
    if_range = request.headers.get("If-Range", "").strip()
    if request.method != "GET" or (if_range and if_range != f'"{tag}"'):
        return None
    found = _single(request.headers.get("Range", "").strip())
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        return Wanted(None, None, int(found[2]))
    first, last = int(found[1]), int(found[2]) if found[2] else None
    return None if last is not None and last < first else Wanted(first, last)


def headers_of(first: int, end: int, size: int) -> Headers:
    """What is said of a part."""
    return Headers({"Content-Range": f"bytes {first}-{end - 1}/{size}", "Content-Length": str(end - first)})
