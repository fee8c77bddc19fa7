"""One page in one tab, as the server knows it: what it watches, what it is sent, on what its rights rest."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson

from live.frames import CloseCode, Frame
from live.gathering import Gatherer
from live.groups import Encoder, Sink, Watch
from live.hub import Hub
from live.open_pages import VISITOR, Decision, Grounds
from live.peer import AnyPeer

logger = logging.getLogger(__name__)

DRAWN = "drawn"
"""The question a page answers when it has drawn what it was sent before it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a page wants to watch: a channel, from an entry on, in some form. The encoder's batches are pieces.

    `version` is the channel's when it was decided that the page may.
    """

    channel_id: int
    cursor: int
    encoder: Encoder[Sequence[bytes]]
    version: int = 0


class Page:
    """One page in one tab, as seen from the server, for as long as its socket lives.

    `ask(name)` sends the browser a question of that name, to be answered when all before it is drawn.
    """

    def __init__(self, peer: AnyPeer, renderer_id: str, ask: Callable[[str], None] | None = None) -> None:
        self.id = renderer_id
        self.ask = ask or _nobody_answers
        self._peer = peer
        self._ask_if_drawn = partial(ask, DRAWN) if ask is not None else None
        self._head = b'{"type":"set_props","rendererId":' + orjson.dumps(renderer_id) + b","
        self._mutex = threading.Lock()
        self._watches: dict[tuple[int, Encoder[Any]], Watch] = {}
        self._versions: dict[int, int] = {}
        self._followed: dict[int, int] = {}
        self.grounds = VISITOR
        self._closers: list[Callable[[], None]] = []
        self._silent_s = 0.0
        self._gatherer: Gatherer | None = None
        self.memory: Any = None
        """What one callback of the page leaves for the next, while its socket lives."""
        self.is_closed = False

    def send(self, pieces: Sequence[bytes]) -> bool:
        """Send what was made by `set_props_piece`, to be drawn together. False: no room just now, or closed.

        The pieces are shared with other pages; only this page's id is joined to them, and all go in one frame.
        """
        if self.is_closed:
            return False
        if not pieces:
            return True
        return self._peer.send(Frame.text(self._joined(pieces)))

    def say(self, pieces: Sequence[bytes]) -> None:
        """The same for an answer the page waits for: there is always room."""
        if pieces and not self.is_closed:
            self._peer.say(Frame.text(self._joined(pieces)))

    @property
    def environ(self) -> dict[str, Any]:
        """The handshake of its socket."""
        return self._peer.environ

    def watched(self) -> dict[int, int]:
        """The channels it watches, each with the version for which that was decided."""
        with self._mutex:
            return dict(self._versions)

    def shown(self) -> dict[int, int]:
        """Up to which entry it was shown its channels, where it was sent any since it began to watch."""
        with self._mutex:
            reached = [(channel_id, watch) for (channel_id, _), watch in self._watches.items()]
        shown: dict[int, int] = {}
        for channel_id, watch in reached:
            if watch.shown > watch.since:
                shown[channel_id] = max(watch.shown, shown.get(channel_id, 0))
        return shown

    def redraw(self, shown: Mapping[int, int]) -> None:
        """Draw anew what began before these entries of its channels, or will: up to there the tab was shown them by an
        older page, and has drawn that by now."""
        with self._mutex:
            self._followed.update(shown)
            repeated = [
                watch for (channel_id, _), watch in self._watches.items() if self._is_repeated(channel_id, watch)
            ]
        for watch in repeated:
            watch.redraw()

    def _is_repeated(self, channel_id: int, watch: Watch) -> bool:
        return watch.since < self._followed.get(channel_id, 0)

    def keep(self, decision: Decision, asked: Collection[int]) -> bool:
        """Watch nothing of `asked` any more that is not in the decision; True if something was lost."""
        with self._mutex:
            lost = set(asked) - decision.seen.keys()
            ended = [key for key in self._watches if key[0] in lost]
            for key in ended:
                _end(self._watches.pop(key))
            self._versions = {
                channel_id: decision.seen.get(channel_id, version)
                for channel_id, version in self._versions.items()
                if channel_id not in lost
            }
            self.grounds = decision.grounds
        for _, encoder in ended:
            self._say_lost(encoder)
        return bool(lost)

    def _say_lost(self, encoder: Encoder[Any]) -> None:
        try:
            self.say(getattr(encoder, "lost", tuple)())
        except Exception:  # what cannot be drawn must not keep this page, or another, from being told
            logger.exception("What is lost could not be taken off a page by %r", encoder)

    def come_again(self) -> None:
        """Have the browser open its socket anew, with the cookies it has now."""
        self._peer.close(CloseCode.SERVICE_RESTART, "Somebody else is signed in.")

    def watch_only(self, hub: Hub, wanted: Iterable[Wanted], grounds: Grounds = VISITOR) -> None:
        """Make the page watch this and nothing else. Blocks for the database until the page is caught up.

        What it watches already in the same form, and was shown at least up to the wanted cursor, just goes on: those
        frames are on their way, so to start again from the cursor would show them twice. Of all else nothing is sent
        any more when this returns. `grounds`: whose page it is.
        """
        by_key = {(each.channel_id, each.encoder): each for each in wanted}
        with self._mutex:
            kept = {key: watch for key, watch in self._watches.items() if key in by_key and _covers(watch, by_key[key])}
            for key, watch in self._watches.items():
                if key not in kept:
                    _end(watch)
            self._watches, self.grounds = kept, grounds
            self._versions = {each.channel_id: each.version for each in by_key.values()}
            for key, each in by_key.items():
                if key not in kept and not self.is_closed:
                    kept[key] = hub.watch(
                        each.channel_id, each.cursor, each.encoder, Gate(self._sink(hub, each.encoder)), tag=self
                    )
                    if self._is_repeated(key[0], kept[key]):
                        kept[key].redraw()

    def on_close(self, callback: Callable[[], None]) -> None:
        """Call back once when the page is gone: its tab or socket closed; at once if it is."""
        with self._mutex:
            if not self.is_closed:
                self._closers.append(callback)
                return
        callback()

    def close(self) -> None:
        """End everything the page watches. A page that turns out to live gets a new Page with its next callback."""
        self.is_closed = True
        with self._mutex:
            watches, self._watches, self._versions = self._watches, {}, {}
            closers, self._closers = self._closers, []
        for watch in watches.values():
            _end(watch)
        for callback in closers:
            callback()

    def resume(self) -> None:
        """The socket has room again."""
        if self._gatherer is not None:
            self._gatherer.resume()
        for watch in list(self._watches.values()):
            watch.resume()

    def is_drawn(self) -> None:
        """What it was sent is on its screen: it answered `ask_if_drawn`, which it was asked behind it."""
        if self._gatherer is not None and self._gatherer.is_drawn():
            for watch in list(self._watches.values()):
                watch.resume()

    def is_alive(self) -> None:
        """Note a sign of life."""
        self._silent_s = 0.0

    def grow_silent(self, by_s: float) -> float:
        """Note time without a sign of life; returns how long it has been."""
        self._silent_s += by_s
        return self._silent_s

    def _sink(self, hub: Hub, encoder: Encoder[Any]) -> Sink[Sequence[bytes]]:
        """Where the hub hands this encoder's batches: at once to the socket, or where others join them."""
        within_s: float | None = getattr(encoder, "gathers_s", None)
        if within_s is None:
            return self.send
        if self._gatherer is None:
            self._gatherer = Gatherer(self.send, hub.later, within_s, ask=self._ask_if_drawn)
        return self._gatherer.take

    def _joined(self, pieces: Sequence[bytes]) -> bytes:
        return b"[" + self._head + (b"}," + self._head).join(pieces) + b"}]"


def _nobody_answers(_name: str) -> None:
    """The question of a page that has no browser."""


class Gate:
    """Between the hub and a page. Once it is shut nothing passes, not even what was being handed out just then."""

    __slots__ = ("_is_open", "_mutex", "_sink")

    def __init__(self, sink: Sink[Any]) -> None:
        self._sink = sink
        self._mutex = threading.Lock()
        self._is_open = True

    def __call__(self, batch: Any) -> bool:
        with self._mutex:
            return self._sink(batch) if self._is_open else True

    def shut(self) -> None:
        with self._mutex:
            self._is_open = False


def _end(watch: Watch) -> None:
    watch.cancel()
    if isinstance(watch.sink, Gate):
        watch.sink.shut()


def _covers(watch: Watch, wanted: Wanted) -> bool:
    return not watch.is_over and watch.shown >= wanted.cursor
