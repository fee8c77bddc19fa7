"""What the current request knows: the parts of the app that serves it, and who is looking."""

from __future__ import annotations

import time
from dataclasses import dataclass

from flask import current_app, request

from domain.credentials import key_in_fields, key_in_headers
from domain.errors import KeyUnknown
from domain.keys import is_well_formed
from domain.roles import Right, Viewer
from live.bus import Bus
from live.hub import Hub
from models import keys
from models.keys import Vault
from models.store import Store
from models.writer import Writer

NAME = "labfeed"


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one app, made by `server.create_app`."""

    store: Store
    writer: Writer
    vault: Vault
    bus: Bus
    hub: Hub


def parts() -> Parts:
    found: Parts = current_app.extensions[NAME]
    return found


def store() -> Store:
    return parts().store


def bus() -> Bus:
    return parts().bus


def hub() -> Hub:
    return parts().hub


def vault() -> Vault:
    return parts().vault


def viewer() -> Viewer:
    """Who is looking: a program with a read key, else a visitor. Raises KeyUnknown for a key that is not valid."""
    carried = key_in_headers(request.headers.get("X-API-Key", ""), request.headers.get("Authorization", ""))
    written = carried or key_in_fields(request.args.items())
    if not written:
        return Viewer.visitor()
    if not is_well_formed(written):
        raise KeyUnknown
    holder = store().ask(keys.find, vault().digest(written))
    return Viewer.with_key_of(holder.channel.id) if holder.right is Right.READ else Viewer.visitor()


def now() -> int:
    """The server's clock: µs since the epoch, UTC."""
    return time.time_ns() // 1000
