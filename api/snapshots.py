"""A channel's chart as a picture, for reports, chats and sites: `/channels/7/snapshot.png?from=now-1d&theme=dark`.

What it shows is said as in the address of the channel's page. Who may see the channel may have its picture.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from flask import Blueprint, Response, request

from domain.channels import channel_id_from
from domain.snapshots import Form, Wanted, wanted_from

Draw: TypeAlias = Callable[[Wanted], bytes]
"""Draws for who is looking. Raises NotFound, Invalid, Crowded."""

NOTHING_ELSE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
"""An SVG that is opened by itself is a page: nothing runs in this one."""


def blueprint(draw: Draw) -> Blueprint:
    """The addresses of pictures."""
    routes = Blueprint("snapshots", __name__)

    def answer(channel: str, form: Form) -> Response:
        query = request.query_string.decode("utf-8", "replace")
        wanted = wanted_from(channel_id_from(channel), form, query, request.args)
        return Response(draw(wanted), content_type=form.content_type, headers=_headers(wanted))

    @routes.get("/channels/<channel>/snapshot.svg")
    def svg(channel: str) -> Response:
        return answer(channel, Form.SVG)

    @routes.get("/channels/<channel>/snapshot.png")
    def png(channel: str) -> Response:
        return answer(channel, Form.PNG)

    return routes


def _headers(wanted: Wanted) -> dict[str, str]:
    return {
        "Cache-Control": "no-store",  # it may be for this viewer alone, and shows the present
        "Content-Security-Policy": NOTHING_ELSE,
        "Content-Disposition": f'inline; filename="channel-{wanted.channel_id}.{wanted.form}"',
    }
