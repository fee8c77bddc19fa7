"""Dash's answers packed for the way: a wall's cards are mostly digits, and scripts pack well.

Only Dash's own addresses are packed. Its callbacks answer nobody but our own pages (accounts/csrf.py), so no other site
can have a secret weighed by the length of an answer (the BREACH attack).
"""

from __future__ import annotations

import gzip
from hashlib import blake2b
from http import HTTPStatus

from flask import Response, request

from dashapp.serving import CALLBACKS, SUITES

DATA = frozenset({CALLBACKS, "/_dash-layout", "/_dash-dependencies"})
PARTS = frozenset({SUITES})
"""Scripts, the same for everybody."""

WORTH_IT_BYTES = 1024
LEVEL = 4
"""A wall of sixty cards takes a few milliseconds; higher levels take several times that for a tenth less."""


class Packer:
    """Packs the answers of one app. Scripts are packed once: there are only so many."""

    def __init__(self) -> None:
        self._parts: dict[bytes, bytes] = {}

    def pack(self, response: Response) -> Response:
        """The answer, packed where that pays and the browser takes it."""
        if request.endpoint not in DATA | PARTS or not _is_packable(response):
            return response
        response.vary.add("Accept-Encoding")
        if request.accept_encodings["gzip"]:
            body = response.get_data()
            response.set_data(self._packed_part(body) if request.endpoint in PARTS else gzip.compress(body, LEVEL))
            response.content_encoding = "gzip"
        return response

    def _packed_part(self, body: bytes) -> bytes:
        digest = blake2b(body).digest()
        if digest not in self._parts:
            self._parts[digest] = gzip.compress(body, LEVEL)
        return self._parts[digest]


def _is_packable(response: Response) -> bool:
    return (
        response.status_code == HTTPStatus.OK
        and not response.is_streamed
        and not response.direct_passthrough
        and not response.content_encoding
        and (response.content_length or 0) >= WORTH_IT_BYTES
    )
