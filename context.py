"""What the current request knows: the parts of the app that serves it, and who is looking."""

from __future__ import annotations

import time
from dataclasses import dataclass

from flask import current_app, request
from flask_login import current_user

from domain.audit import Actor
from domain.credentials import key_in_fields, key_in_headers
from domain.errors import KeyUnknown, SignInNeeded
from domain.keys import is_well_formed
from domain.people import College, Person
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
    college: College
    is_https: bool


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


def college() -> College:
    return parts().college


def visitor_or_person() -> Person | None:
    """Who is signed in; None for a visitor."""
    found: Person | None = current_user.person if current_user.is_authenticated else None
    return found


def person() -> Person:
    """Who is signed in. Raises SignInNeeded."""
    found = visitor_or_person()
    if found is None:
        raise SignInNeeded
    return found


def actor() -> Actor:
    """Who is signed in and does something now. Raises SignInNeeded."""
    return Actor(_viewer_of(person()), request.remote_addr or "", now())


def viewer() -> Viewer:
    """Who is looking: a program with a read key, somebody signed in, else a visitor.

    Raises KeyUnknown for a key that is not valid.
    """
    carried = key_in_headers(request.headers.get("X-API-Key", ""), request.headers.get("Authorization", ""))
    written = carried or key_in_fields(request.args.items())
    if not written:
        found = visitor_or_person()
        return Viewer.visitor() if found is None else _viewer_of(found)
    if not is_well_formed(written):
        raise KeyUnknown
    holder = store().ask(keys.find, vault().digest(written))
    return Viewer.with_key_of(holder.channel.id) if holder.right is Right.READ else Viewer.visitor()


def _viewer_of(found: Person) -> Viewer:
    return Viewer.person(found.id, is_admin=college().is_admin(found))


def now() -> int:
    """The server's clock: µs since the epoch, UTC."""
    return time.time_ns() // 1000
