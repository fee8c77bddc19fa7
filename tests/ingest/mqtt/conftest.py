"""A broker for a module's tests: make channels of your own and do not stop it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.schema import entry, feed, reading
from tests.brokers import RawClient, running_broker


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    with running_broker(tmp_path_factory.mktemp("broker")) as broker:
        yield broker


@pytest.fixture
def channel(broker):
    """A public channel."""
    return broker.create_channel("Greenhouse", feeds=("temperature:°C", "door:text"))


@pytest.fixture
def hidden(broker):
    """A channel that its members alone may see."""
    return broker.create_channel("Hidden", feeds=("temperature:°C",), visibility="members")


@pytest.fixture
def client(broker):
    """A function that lets a new client come with a key."""
    opened = []

    def come(key, **more):
        opened.append(RawClient(broker.port))
        assert opened[-1].connect(key, client_id=f"raw-{len(opened)}", **more) == 0
        return opened[-1]

    yield come
    for each in opened:
        each.line.close()


@pytest.fixture
def values(broker):
    """A function that lists what a channel holds: (feed, value or text), in the order of their entries."""

    def found(channel):
        wanted = (
            select(feed.c.name, reading.c.value, reading.c.text)
            .join(feed, feed.c.id == reading.c.feed_id)
            .where(feed.c.channel_id == channel.channel_id)
            .order_by(reading.c.entry_id)
        )
        with broker.store() as store:
            rows = store.ask(lambda connection: connection.execute(wanted).all())
        return [(name, text if value is None else value) for name, value, text in rows]

    return found


@pytest.fixture
def statuses(broker):
    """A function that lists the status texts of a channel."""

    def found(channel):
        wanted = select(entry.c.status).where(entry.c.channel_id == channel.channel_id, entry.c.status.is_not(None))
        with broker.store() as store:
            return store.ask(lambda connection: list(connection.scalars(wanted)))

    return found
