"""Retained messages played again: what another broker kept, and hands on each time a bridge or a program comes back."""

from __future__ import annotations

from collections.abc import Sequence

from domain.channels import Channel
from domain.readings import Item
from models import readings
from models.store import Store


class Replayed(Exception):
    """All of a message is older than what is stored: there is nothing to store, and nothing to complain of."""


def left(store: Store, channel: Channel, items: Sequence[Item]) -> list[Item]:
    """The items of a retained message that are news. Raises Replayed where none is.

    News is what is not dated, or later than the newest reading of one of its feeds, or of a feed that has none.
    """
    wanted = {name for item in items if item.at is not None for name in item.values}
    newest = {feed.name: store.ask(readings.newest, feed) for feed in channel.feeds if feed.name in wanted}
    reached = {name: found.at for name, found in newest.items() if found is not None}
    news = [item for item in items if _is_news(item, reached)]
    if items and not news:
        raise Replayed
    return news


def _is_news(item: Item, reached: dict[str, int]) -> bool:
    at = item.at
    return at is None or not item.values or any(at > reached.get(name, -1) for name in item.values)
