"""How answers to programs are written: JSON from the structs that describe them, with an ETag and the next page."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from urllib.parse import quote, urlencode

import msgspec
from flask import Response, request

from api.described import JSON
from domain.channels import Visibility

KEPT_BY_ANYBODY = "no-cache"
"""What is public may be kept, but is asked for anew each time: with the ETag that costs no more than the question."""
KEPT_BY_NOBODY = "no-store"


def answer(
    said: msgspec.Struct,
    headers: Mapping[str, str] | None = None,
    *,
    status: int = 200,
    visibility: Visibility = Visibility.MEMBERS,
) -> Response:
    """The struct as JSON; 304 instead for a GET that names its ETag. `visibility`: whom else the same is told."""
    return written(msgspec.json.encode(said), JSON, headers, status=status, visibility=visibility)


def written(
    body: bytes,
    content_type: str,
    headers: Mapping[str, str] | None = None,
    *,
    status: int = 200,
    visibility: Visibility = Visibility.MEMBERS,
) -> Response:
    """The same for any text."""
    response = Response(body, status, headers, content_type=content_type)
    is_public = visibility is Visibility.PUBLIC
    response.headers["Cache-Control"] = KEPT_BY_ANYBODY if is_public else KEPT_BY_NOBODY
    if request.method in ("GET", "HEAD") and status == 200:
        response.set_etag(blake2b(body, digest_size=12).hexdigest(), weak=True)
        response.make_conditional(request)
    return response


def answer_public(said: object) -> Response:
    """What tells nothing of anybody, as JSON."""
    return written(msgspec.json.encode(said), JSON, visibility=Visibility.PUBLIC)


def next_page(**changes: str) -> dict[str, str]:
    """The header that leads to the next page: the address asked for, with these parameters instead."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in changes]
    return {"Link": f'<{quote(request.path)}?{urlencode([*kept, *changes.items()])}>; rel="next"'}
