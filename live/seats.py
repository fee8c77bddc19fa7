"""How much somebody has open at a time, in this process: whoever has as much as they may gets nothing more for now."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Mapping
from types import TracebackType
from typing import TypeAlias

from domain.errors import TooManyOpen

Holder: TypeAlias = tuple[str, Hashable]
"""Somebody for whom it is counted what they have open: what they are, such as an address, and which one."""

COME_AGAIN_S = 30.0
NEARLY = 0.9
"""From this share on it is nearly all: see `Seats.are_nearly_taken`."""


class Seats:
    """So many for each holder, by what the holder is; no limit for what is not named in `most`."""

    def __init__(self, most: Mapping[str, int], what: str = "connections") -> None:
        self._most = dict(most)
        self._what = what
        self._taken: Counter[Holder] = Counter()
        self._mutex = threading.Lock()

    def take(self, holders: Collection[Holder]) -> Seat:
        """One that counts for each of these holders, until it is left. Raises TooManyOpen; then none is taken."""
        with self._mutex:
            for holder in holders:
                if self._taken[holder] >= self._most_for(holder):
                    raise self._refusal(holder)
            self._taken.update(holders)
        return Seat(lambda: self._leave(holders))

    def are_nearly_taken(self, holders: Collection[Holder]) -> bool:
        """Whether one of these has so many that whoever can do without should leave the last ones to others."""
        with self._mutex:
            return any(self._taken[holder] >= NEARLY * self._most_for(holder) for holder in holders)

    def _most_for(self, holder: Holder) -> float:
        return self._most.get(holder[0], float("inf"))

    def _refusal(self, holder: Holder) -> TooManyOpen:
        said = f"{self._most[holder[0]]} {self._what} are open for this {holder[0]}, and it may have no more at once."
        return TooManyOpen(said, retry_after_s=COME_AGAIN_S)

    def _leave(self, holders: Collection[Holder]) -> None:
        with self._mutex:
            self._taken.subtract(holders)
            for holder in holders:
                if self._taken[holder] <= 0:
                    del self._taken[holder]


class Seat:
    """One that is taken, until it is left."""

    def __init__(self, leave: Callable[[], None]) -> None:
        self._leave: Callable[[], None] | None = leave

    def leave(self) -> None:
        """Let others have it. Once is enough, twice does no harm."""
        leave, self._leave = self._leave, None
        if leave is not None:
            leave()

    def __enter__(self) -> Seat:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _e: BaseException | None, _at: TracebackType | None) -> None:
        self.leave()
