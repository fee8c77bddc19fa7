"""All styles of the pages as one file: Bootstrap's, its icons' and our own.

A page would else ask for some forty files before it draws anything, and with every load whether they have changed. The
one is named by what is in it, so that browsers keep it, and it is packed once.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from urllib.parse import urljoin

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue

from domain.errors import NotFound

ENDPOINT = "styles"
KEPT = "public, max-age=31536000, immutable"

_MENTIONED = re.compile(r"""url\((["']?)(?!data:|#)([^"')]+)\1\)""")
_CHARSET = re.compile(r'^@charset "[^"]*";', re.IGNORECASE)


@dataclass(frozen=True)
class Stylesheet:
    """Files of styles in the order in which they count, each with its address, by which it names other files."""

    files: Sequence[tuple[Path, str]]

    @cached_property
    def text(self) -> str:
        """All of them, one after the other; what they name is named by its whole path."""
        return "\n".join(_standing_alone(path.read_text(encoding="utf-8"), base) for path, base in self.files)

    @cached_property
    def packed(self) -> bytes:
        return gzip.compress(self.text.encode(), mtime=0)

    @cached_property
    def address(self) -> str:
        return f"/styles/{blake2b(self.text.encode(), digest_size=12).hexdigest()}.css"

    @property
    def fonts(self) -> tuple[str, ...]:
        """The fonts of today's browsers that it names."""
        named = (found[2] for found in _MENTIONED.finditer(self.text))
        return tuple(dict.fromkeys(address for address in named if ".woff2" in address))

    @cached_property
    def early(self) -> str:
        """For the head of every page: fonts are else asked for only when the first sign is about to be drawn."""
        links = (
            f'<link rel="preload" as="font" type="font/woff2" href="{address}" crossorigin>' for address in self.fonts
        )
        return "".join(links)

    def serve(self, server: Flask) -> None:
        """Answer at `address`."""
        plain, packed = self.text.encode(), self.packed

        def styles(digest: str) -> ResponseReturnValue:
            if request.path != self.address:
                raise NotFound
            answer = Response(plain, mimetype="text/css")
            answer.vary.add("Accept-Encoding")
            if request.accept_encodings["gzip"]:
                answer.set_data(packed)
                answer.content_encoding = "gzip"
            answer.headers["Cache-Control"] = KEPT
            return answer

        server.add_url_rule("/styles/<digest>.css", ENDPOINT, styles)


def _standing_alone(text: str, base: str) -> str:
    """A file's styles for any place among others."""
    text = _CHARSET.sub("", text.lstrip("\ufeff"))
    return _MENTIONED.sub(lambda found: f'url("{urljoin(base, found[2])}")', text)
