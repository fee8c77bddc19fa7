"""Who watches a channel in one form: the watchers, where each stands to its group, what the group holds for them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Protocol, TypeAlias, TypeVar

from domain.readings import FreshReadings

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Sink: TypeAlias = Callable[[T], bool]
"""Takes one encoded batch without waiting. False: no room, nothing was taken; `Watch.resume` tells of room again."""

Fill: TypeAlias = Callable[[int, int, int | None], list[FreshReadings]]
"""(channel id, after, up to or None) → the stored entries after `after`, in order; a part of them may come first."""


class Encoder(Protocol[T_co]):
    """How a group is shown its channel. Hashable: watchers with equal encoders share their batches.

    Three hooks may be added. `rebase_every_s` and `rebase(channel_id) -> (T, cursor) | None`: a fresh picture that
    replaces all that was shown, read once for the whole group. `tick_every_s` and `tick(channel_id) -> T | None`: a
    beat that shows time passing. `afterwards_s` and `afterwards(channel_id) -> T | None`: so long after a batch, what
    it left for later. All may block. A time that is absent or None says there is no such hook. `gathers_s` says for how
    long a page may hold a batch, to be drawn together with those of its other watches. `lost() -> T`: what takes the
    channel off a page that may not see it any more.
    """

    @property
    def window_s(self) -> float:
        """After a batch was shown, what follows within this time is shown as one. 0: everything at once."""

    def encode(self, channel_id: int, runs: Sequence[FreshReadings]) -> T_co | None:
        """The batch that shows these runs, in order; None where there is nothing to show.

        Several threads may call this at once: for the group, and for members that are being caught up.
        """


class Keeper(Protocol):
    """What a watch asks of whoever keeps it: the hub."""

    def resume(self, watch: Watch) -> None: ...

    def redraw(self, watch: Watch) -> None: ...

    def cancel(self, watch: Watch) -> bool: ...


class State(Enum):
    """Where a watch stands to its group."""

    SHARING = auto()
    """At the group's cursor: gets what the group gets."""
    BEHIND = auto()
    """Before the group's cursor; about to be caught up."""
    CATCHING_UP = auto()
    """Some thread is showing it what it lacks."""
    FULL = auto()
    """Before the group's cursor, and its sink has no room."""
    AHEAD = auto()
    """Past the group's cursor: waits until the group comes by."""
    ENDED = auto()


@dataclass(eq=False, slots=True)
class Watch:
    """One watcher of one channel, made by `Hub.watch`. Only `hub` and `delivery` change it.

    Its group's mutex guards it. It began after the entry `since`. `cursor` is the newest entry it was shown, except
    while it shares its group's. `has_room` notes a `resume` that came while its sink was being asked. `must_redraw`:
    the next it is shown is a fresh picture.
    """

    hub: Keeper
    group: Group
    cursor: int
    sink: Sink[Any]
    tag: object
    on_end: Callable[[], None] | None
    state: State
    since: int
    has_room: bool = False
    must_redraw: bool = False

    @property
    def shown(self) -> int:
        """The newest entry that was handed to the sink."""
        with self.group.mutex:
            return self.group.cursor if self.state is State.SHARING else self.cursor

    @property
    def is_over(self) -> bool:
        return self.state is State.ENDED

    def resume(self) -> None:
        """Say that the sink has room again."""
        self.hub.resume(self)

    def redraw(self) -> None:
        """Have it shown a fresh picture in place of all it was shown, where its encoder draws one."""
        self.hub.redraw(self)

    def cancel(self) -> None:
        """Stop watching. Nothing is handed to the sink afterwards, but for what is on its way just now."""
        self.hub.cancel(self)


@dataclass(eq=False, slots=True)
class Group:
    """Watchers of one channel with one encoder. `mutex` guards all that changes; whoever set `busy` may show."""

    channel_id: int
    encoder: Encoder[Any]
    cursor: int
    mutex: threading.Lock = field(default_factory=threading.Lock)
    sharing: dict[Watch, None] = field(default_factory=dict)
    apart: dict[Watch, None] = field(default_factory=dict)
    pending: list[FreshReadings] = field(default_factory=list)
    must_check: bool = False
    is_busy: bool = False
    is_planned: bool = False
    owes: bool = False
    is_over: bool = False
    shown_at: float = float("-inf")

    def members(self) -> list[Watch]:
        with self.mutex:
            return [*self.sharing, *self.apart]

    def seize(self) -> bool:
        """Become the one who may show. False: somebody else is, or nobody watches any more."""
        with self.mutex:
            if self.is_busy or self.is_over:
                return False
            self.is_busy = True
            return True

    def release(self, *, failed: bool = False) -> bool:
        """Let others show; True if there is something to show."""
        with self.mutex:
            self.is_busy = False
            self.must_check = self.must_check or failed
            return bool(self.pending) or self.must_check
