"""The bus: tells every process what was just stored.

Nothing here promises delivery. What it promises: storing never waits for it, and whoever listens is told afterwards
that something may be missing (`on_gap`). The hub then asks the database.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias

from domain.readings import FreshReadings

logger = logging.getLogger(__name__)

OnFresh: TypeAlias = Callable[[FreshReadings], None]
OnGap: TypeAlias = Callable[[frozenset[int] | None], None]
"""Called with the channels of which messages may have been lost; None: any channel."""
OnNotice: TypeAlias = Callable[[Mapping[str, Any]], None]
Unsubscribe: TypeAlias = Callable[[], None]


class Bus(Protocol):
    """What stores and doors know of the live path."""

    def publish(self, fresh: FreshReadings) -> None:
        """Tell everyone what was stored. Never raises and never waits."""

    def subscribe(self, callback: OnFresh, on_gap: OnGap | None = None) -> Unsubscribe:
        """Call back with what is published from now on. `on_gap` is told when messages may have been lost."""

    def notice(self, kind: str, payload: Mapping[str, Any]) -> None:
        """Tell every process, this one too, something small that is no reading: a revoked key, a changed right."""

    def on_notice(self, kind: str, callback: OnNotice) -> Unsubscribe:
        """Call back with the payload of each notice of that kind. A lost one is reported to subscribers as a gap."""

    def start(self) -> None:
        """Begin to listen. To be called in the process that serves, after any fork."""

    def close(self) -> None: ...


class LocalBus:
    """The bus of a single process: publishing calls the subscribers. One that fails is logged and hurts nobody."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._subscribers: tuple[tuple[OnFresh, OnGap | None], ...] = ()
        self._listeners: tuple[tuple[str, OnNotice], ...] = ()

    def publish(self, fresh: FreshReadings) -> None:
        for callback, _ in self._subscribers:
            _call(callback, fresh)

    def subscribe(self, callback: OnFresh, on_gap: OnGap | None = None) -> Unsubscribe:
        entry = (callback, on_gap)
        with self._mutex:
            self._subscribers += (entry,)
        return lambda: self._forget_subscriber(entry)

    def notice(self, kind: str, payload: Mapping[str, Any]) -> None:
        for wanted, callback in self._listeners:
            if wanted == kind:
                _call(callback, payload)

    def on_notice(self, kind: str, callback: OnNotice) -> Unsubscribe:
        entry = (kind, callback)
        with self._mutex:
            self._listeners += (entry,)
        return lambda: self._forget_listener(entry)

    def start(self) -> None:
        """Nothing to start in a single process."""

    def close(self) -> None:
        """Nothing to close in a single process."""

    def report_gap(self, channel_ids: frozenset[int] | None) -> None:
        """Tell the subscribers that messages of these channels (None: any) may have been lost."""
        for _, on_gap in self._subscribers:
            if on_gap is not None:
                _call(on_gap, channel_ids)

    def _forget_subscriber(self, entry: tuple[OnFresh, OnGap | None]) -> None:
        with self._mutex:
            self._subscribers = tuple(each for each in self._subscribers if each is not entry)

    def _forget_listener(self, entry: tuple[str, OnNotice]) -> None:
        with self._mutex:
            self._listeners = tuple(each for each in self._listeners if each is not entry)


def _call(callback: Callable[[Any], None], argument: Any) -> None:
    try:
        callback(argument)
    except Exception:  # a subscriber must not hurt the publisher, nor the other subscribers
        logger.exception("A subscriber of the live bus failed")
