"""Addresses of ThingSpeak's own pages, as links and books have them: each leads to our page that shows the same."""

from __future__ import annotations

from types import MappingProxyType

from flask import Response, request

from dialects.thingspeak.answering import Form, led_to
from dialects.thingspeak.asking import Asked
from dialects.thingspeak.door import Door

PAGES = MappingProxyType(
    {
        "/channels": "/mine",
        "/channels/public": "/",
        "/channels/<int:channel>/private_show": "/channels/{channel}",
        "/channels/<int:channel>/edit": "/channels/{channel}/settings",
        "/channels/<int:channel>/api_keys": "/channels/{channel}/keys",
    }
)
"""By theirs: ours."""


def open_on(door: Door) -> None:
    door.on("GET", *PAGES, forms=(Form.NONE,))(lead)


def lead(_asked: Asked, _form: Form, **parts: int) -> Response:
    """Elsewhere, without what was asked besides: a key stays out of the new address."""
    return led_to(PAGES[str(request.url_rule)].format(**parts))
