"""What the current request knows: the parts of the app that serves it, and who is looking."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias
from zoneinfo import ZoneInfo

from flask import current_app, request
from flask_login import current_user

from domain.audit import Actor
from domain.channels import Channel
from domain.credentials import key_in_headers, open_key_in_fields
from domain.errors import KeyUnknown, LabfeedError, SignInNeeded, TokenUnknown
from domain.frames import FramedField
from domain.interface import Entry
from domain.keys import is_well_formed
from domain.kiosks import Kiosk
from domain.network_addresses import counted_as
from domain.people import College, Person
from domain.providers import WayIn
from domain.readings import Door, Feed, Receipt
from domain.roles import Right, Viewer
from domain.tokens import is_token
from domain.tokens import is_well_formed as is_well_formed_token
from domain.zones import WORLD
from live.bus import Bus
from live.hub import Hub
from live.seats import Holder
from live.takers import Takers
from models import keys, tokens
from models.importer import Importer
from models.keys import LastUse
from models.store import Store
from models.sweeping import Sweeper
from models.uses import Uses
from models.vault import Vault
from models.writer import Writer

NAME = "labfeed"
KIOSK = "labfeed-kiosk"
"""Under this name the app keeps what tells which kiosk's link the current request carries: see `accounts.kiosks`."""

ADDRESS, PERSON, SCREEN, KEY = "address", "person", "screen", "channel's read keys"
"""Who may hold so much open, and no more: see `holders`."""

TryOut: TypeAlias = Callable[[int, bytes], Receipt]
"""Takes in a test reading: the channel's number and a message in JSON, on behalf of who is signed in."""


class Frames(Protocol):
    """How the addresses of charts and tiles in frames are read, in the language in which they were pasted.

    `query`: the query string. Each raises NotFound where its key shows nothing, and Invalid where it is no text.
    """

    def viewer(self, query: str) -> Viewer: ...
    def zone(self, query: str) -> ZoneInfo | None: ...
    def channel(self, query: str, channel_id: int) -> Channel: ...
    def feed(self, query: str, channel_id: int, number: int) -> Feed: ...
    def latest(self, query: str, channel_id: int, number: int) -> FramedField: ...
    def field(self, query: str, channel_id: int, number: int, since: int | None = None) -> FramedField: ...


@dataclass(frozen=True, slots=True)
class Carried:
    """What tells of the current request which kiosk's link it carries, and whether that works no longer."""

    kiosk: Callable[[], Kiosk | None]
    is_over: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one app, made by `server.create_app`."""

    store: Store
    writer: Writer
    vault: Vault
    bus: Bus
    hub: Hub
    uses: Uses
    sweeper: Sweeper
    importer: Importer
    takers: Takers
    college: College
    is_https: bool
    public_url: str | None = None
    ways_in: tuple[WayIn, ...] = ()
    college_zone: str = WORLD
    try_out: TryOut | None = None
    """Added once the way in stands."""
    may_be_framed: bool = False
    """Whether some other site may show charts in a frame."""
    interface: tuple[Entry, ...] = ()
    """What programs may ask, for the page that tells it."""
    mqtt_port: int = 1883
    frames: Frames | None = None
    """What frames at another language's addresses show."""


def parts() -> Parts:
    found: Parts = current_app.extensions[NAME]
    return found


def store() -> Store:
    return parts().store


def sweeper() -> Sweeper:
    return parts().sweeper


def bus() -> Bus:
    return parts().bus


def hub() -> Hub:
    return parts().hub


def vault() -> Vault:
    return parts().vault


def college() -> College:
    return parts().college


def college_zone() -> str:
    """The zone of times for whoever has not chosen another."""
    return parts().college_zone


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


def origin() -> str:
    """The address people reach this server at, without a slash at its end: for links that are passed on."""
    return parts().public_url or request.host_url.rstrip("/")


def try_out(channel_id: int, body: bytes) -> Receipt:
    """Take in a test reading as if one of the channel's boards had sent it.

    Raises NotFound or Forbidden for whoever may not contribute to the channel, and what a board would be refused with.
    """
    door = parts().try_out
    assert door is not None
    return door(channel_id, body)


def session_id() -> int:
    """The number of the session with which this request came. Raises SignInNeeded."""
    person()
    found: int = current_user.session.id
    return found


def actor() -> Actor:
    """Who is signed in and does something now. Raises SignInNeeded."""
    return Actor(_viewer_of(person()), request.remote_addr or "", now())


def viewer() -> Viewer:
    """Who is looking: a program with a read key or a personal token, somebody signed in, a screen, else a visitor.

    With a token its owner looks, within its scopes, and never with an admin's rights. Raises KeyUnknown or TokenUnknown
    for one that is not valid, Forbidden for a token in the address; of the channel asked for nothing was said by then.
    """
    carried = key_in_headers(request.headers.get("X-API-Key", ""), request.headers.get("Authorization", ""))
    written = carried or open_key_in_fields(request.args.items())
    if not written:
        found = visitor_or_person()
        return _nobody() if found is None else _viewer_of(found)
    return _viewer_with_token(written) if is_token(written) else _viewer_with_key(written)


def holders() -> tuple[Holder, ...]:
    """For whom it counts what the current request opens: its network address, and who asks, if somebody in particular.

    A key is known by its channel: all read keys of a channel are one.
    """
    address = (ADDRESS, counted_as(request.remote_addr or ""))
    try:
        found = viewer()
    except LabfeedError:  # whoever answers the request says what is wrong with what it carries
        return (address,)
    of = {PERSON: found.person_id, SCREEN: found.kiosk_id, KEY: found.reads_channel_id}
    return (address, *((kind, number) for kind, number in of.items() if number is not None))


def kiosk() -> Kiosk | None:
    """Of which link this browser is the screen; None where it is none, or somebody is signed in."""
    carried: Carried | None = current_app.extensions.get(KIOSK)
    return carried.kiosk() if carried is not None and visitor_or_person() is None else None


def kiosk_is_over() -> bool:
    """Whether this browser was the screen of a link that works no longer, and nobody is signed in."""
    carried: Carried | None = current_app.extensions.get(KIOSK)
    return carried is not None and visitor_or_person() is None and carried.is_over()


def _nobody() -> Viewer:
    """Who looks where nobody is signed in."""
    found = kiosk()
    return Viewer.visitor() if found is None else Viewer.at_kiosk(found.id)


def _viewer_with_key(written: str) -> Viewer:
    if not is_well_formed(written):
        raise KeyUnknown
    holder = store().ask(keys.find, vault().digest(written), now())
    if holder.right is not Right.READ:
        return Viewer.visitor()
    parts().uses.of_key(holder.key_id, _use())
    return Viewer.with_key_of(holder.channel.id)


def _viewer_with_token(written: str) -> Viewer:
    if not is_well_formed_token(written):
        raise TokenUnknown
    holder = store().ask(tokens.find, vault().digest(written), now())
    parts().uses.of_token(holder.token_id, _use())
    return holder.viewer


def _use() -> LastUse:
    door = Door.WEBSOCKET if request.path.startswith("/ws/") else Door.HTTP
    return LastUse(now(), door, request.remote_addr or "")


def _viewer_of(found: Person) -> Viewer:
    return Viewer.person(found.id, is_admin=college().is_admin(found))


def now() -> int:
    """The server's clock: µs since the epoch, UTC."""
    return time.time_ns() // 1000
