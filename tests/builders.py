"""Builders of what tests store: channels, entries, submissions, noise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from domain.channels import Channel, Visibility
from domain.readings import Kind, NewEntry, NewReading, Position, Receipt
from domain.roles import Right
from domain.timespan import MINUTE, SECOND, TimeSpan, from_datetime
from models import channels, keys
from models.appending import Submission
from models.channels import NewFeed
from models.schema import refusal
from models.store import Store
from models.vault import Vault
from models.writer import store_together
from tests import ready

NOW = from_datetime(datetime(2026, 11, 20, 10, tzinfo=UTC))
ALWAYS = TimeSpan(0, 2**62)
SECRET = "a-secret-of-the-tests-and-of-nothing-else"
VAULT = Vault(SECRET)
KEYS = ("0AAAAAAAAAAAAA", "1BBBBBBBBBBBBB", "2CCCCCCCCCCCCC", "3DDDDDDDDDDDDD")


@contextmanager
def opened_store(database_url: str, *, synchronous: str = "OFF") -> Iterator[Store]:
    """A store with all its tables. It does not wait for the disk: what that is worth has tests of its own."""
    has_tables = ready.lay(database_url, ready.tables)
    store = Store.open(database_url, synchronous=synchronous)
    try:
        if not has_tables:
            ready.tables(store)
        yield store
    finally:
        store.close()


def url_of(store: Store) -> str:
    """The address of a store's database, for a second look at it."""
    return store.engine.url.render_as_string(hide_password=False)


def lose_patience(connection: Connection) -> None:
    """For a store that shall not wait long for another's writing: `store.tell(lose_patience)`."""
    is_sqlite = connection.dialect.name == "sqlite"
    connection.exec_driver_sql("PRAGMA busy_timeout=50" if is_sqlite else "SET lock_timeout = 50")


def feed_named(spelled: str) -> NewFeed:
    """`temperature`, `temperature:°C`, `door:text` or `probe:mixed`."""
    name, _, rest = spelled.partition(":")
    if rest in (Kind.TEXT, Kind.MIXED):
        return NewFeed(name, Kind(rest))
    return NewFeed(name, Kind.NUMBER, rest or None)


def make_channel(store: Store, name: str = "Greenhouse", *, feeds: Sequence[str] = ("temperature",), **more) -> Channel:
    """A channel; `more` goes to `channels.create`."""
    made = tuple(map(feed_named, feeds))
    return store.tell(channels.create, name=name, now=more.pop("now", NOW), feeds=made, **more)


def make_key(store: Store, channel_id: int, written: str, right: Right = Right.WRITE) -> str:
    store.tell(keys.create, VAULT, channel_id, right, written, now=NOW)
    return written


def reread(store: Store, channel: Channel) -> Channel:
    """The channel as it stands now: its version and feeds grow."""
    return store.ask(channels.known, channel.id)


def reading(feed: str, value: float | str) -> NewReading:
    return NewReading(feed, None, value) if isinstance(value, str) else NewReading(feed, float(value), None)


def entry(at: int | None = NOW, *, status: str | None = None, position: Position | None = None, **values) -> NewEntry:
    """An entry of readings by feed name: `entry(NOW, temperature=21.4, door="open")`."""
    return NewEntry(at, [reading(feed, value) for feed, value in values.items()], status, position)


def submission(channel: Channel, *entries: NewEntry, received_at: int = NOW, **more) -> Submission:
    """A message for a channel as it stood when the channel was read."""
    feed_ids = {feed.name: feed.id for feed in channel.feeds}
    return Submission(channel.id, channel.version, entries, feed_ids, received_at, **more)


def append(store: Store, channel: Channel, *entries: NewEntry, **more) -> Receipt:
    """Store entries as one message, alone in its transaction; raises what the message is refused with."""
    outcomes, _ = store.tell(store_together, [submission(channel, *entries, **more)])
    if isinstance(outcomes[0], Exception):
        raise outcomes[0]
    return outcomes[0]


def make_noise(store: Store) -> list[Channel]:
    """Other channels with feeds of the same names and readings at the same instants, which no query may confuse."""
    noisy = [
        make_channel(store, f"Noise {each}", feeds=("temperature", "door:text"), visibility=each) for each in Visibility
    ]
    instants = range(NOW - MINUTE, NOW + MINUTE, 10 * SECOND)
    for channel in noisy:
        append(store, channel, *[entry(at, temperature=-999, door="noise") for at in instants])
    return noisy


def refusals_of(connection: Connection, channel_id: int) -> list[tuple[Any, ...]]:
    """(at, code, count, sentence) of what a channel was refused, newest first."""
    rows = select(refusal.c.at, refusal.c.code, refusal.c.count, refusal.c.detail)
    rows = rows.where(refusal.c.channel_id == channel_id).order_by(refusal.c.at.desc())
    return [tuple(row) for row in connection.execute(rows)]
