"""All pages open in one process, and what their rights rest on: who may not see any more is shown nothing more.

A right may end in many ways and in any process: a member is removed, a channel is made private, a session is over. All
of them leave a trace in the database: a channel's version grows, or a person's, or a session holds no longer. So the
versions are asked for now and then, once for all pages, and only pages for which one differs are decided anew.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Any, Protocol

from live.bus import Bus, LocalBus

OPENED = "page opened"
"""The kind of notice by which processes tell one another of their pages."""

FOLLOWED = "page followed"
"""The kind by which they tell that a tab has drawn all it was sent by a page that ended for a newer one."""

BETWEEN_PAGES_S = 0.002
"""Without a pause, deciding anew for a thousand pages would hold up everything else."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """Whose page it is (None: a visitor's), with their version when that was last looked at, and their session.

    Or, where nobody is signed in, of which kiosk's link it is the screen.
    """

    person_id: int | None = None
    person_version: int = 0
    session_id: int | None = None
    kiosk_id: int | None = None

    @property
    def number(self) -> int:
        """The session's number; a screen's is below 0, a visitor's is 0."""
        return self.session_id or -(self.kiosk_id or 0)


VISITOR = Grounds()


@dataclass(frozen=True, slots=True)
class Decision:
    """What a page may watch from now on: channel id → version. And what to set on it where that is not all it did.

    `anew` is set where it may watch all it did, but some of it is no longer what was drawn.
    """

    grounds: Grounds
    seen: Mapping[int, int]
    pieces: tuple[bytes, ...]
    anew: tuple[bytes, ...] = ()


@dataclass(frozen=True, order=True, slots=True)
class Opened:
    """That a tab has come, as all processes are told. Of two of one tab the greater is the later."""

    tab: str
    at_ns: int
    token: str


@dataclass(frozen=True, slots=True)
class Followed:
    """What a tab was shown by an older page than the one of this token: (channel id, up to which entry)."""

    token: str
    shown: tuple[tuple[int, int], ...]

    @property
    def question(self) -> str:
        """As the name of a question, so that whoever hears the answer knows what it is about."""
        return f"{FOLLOWED} {json.dumps([self.token, self.shown])}"

    @classmethod
    def of(cls, question: str) -> Followed | None:
        """The same, from the name of any question; a browser may answer what it was not asked."""
        if not question.startswith(FOLLOWED):
            return None
        try:
            token, shown = json.loads(question.removeprefix(FOLLOWED))
            return cls(str(token), tuple((int(channel_id), int(entry_id)) for channel_id, entry_id in shown))
        except (TypeError, ValueError, RecursionError):
            return None


class AnyPage(Protocol):
    """What is needed of a page; see `page.Page`."""

    id: str
    grounds: Grounds

    @property
    def environ(self) -> dict[str, Any]: ...
    @property
    def ask(self) -> Callable[[str], None]: ...
    def watched(self) -> dict[int, int]: ...
    def shown(self) -> dict[int, int]: ...
    def redraw(self, shown: Mapping[int, int]) -> None: ...
    def keep(self, decision: Decision, asked: Collection[int]) -> bool: ...
    def send(self, pieces: tuple[bytes, ...]) -> bool: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Standings:
    """How to ask how things stand now, once for all. Who or what is gone has no version."""

    channels: Callable[[Collection[int]], Mapping[int, int]]
    people: Callable[[Collection[int]], Mapping[int, int]]
    sessions: Callable[[Collection[int]], Collection[int]]
    """Those that hold."""
    kiosks: Callable[[Collection[int]], Collection[int]] = frozenset
    """Those whose links work."""


class OpenPages:
    """Every page of one app in one process; by the bus it hears of those in the others."""

    def __init__(self, bus: Bus | None = None) -> None:
        self._pages: dict[AnyPage, Opened] = {}
        self._mutex = threading.Lock()
        self._bus = bus or LocalBus()
        self._bus.on_notice(OPENED, self._end_older)
        self._bus.on_notice(FOLLOWED, self._redraw)

    def __iter__(self) -> Iterator[AnyPage]:
        with self._mutex:
            return iter(list(self._pages))

    def __len__(self) -> int:
        return len(self._pages)

    def add(self, page: AnyPage) -> None:
        """Know of a page. What its tab is shown over an older socket ends, or it would be shown everything twice.

        Dash's worker may open two sockets after a break: one for a callback that waits, one when its timer rings. It
        speaks over the later alone, and hears both, whichever process they have come to. The newer page begins where
        the tab was when it asked; what the older was still showing it meanwhile came twice. So the tab is asked over
        the older socket whether it has drawn all of that, and then what came twice is drawn anew (`answered`).
        """
        opened = Opened(_tab_of(page), time.time_ns(), uuid.uuid4().hex)
        with self._mutex:
            self._pages[page] = opened
        self._bus.notice(OPENED, asdict(opened))

    def _end_older(self, told: Mapping[str, Any]) -> None:
        newer = Opened(**told)
        with self._mutex:
            older = [page for page, opened in self._pages.items() if opened.tab == newer.tab and opened < newer]
        for page in older:
            shown = page.shown()
            page.close()
            if shown:
                page.ask(Followed(newer.token, tuple(shown.items())).question)

    def answered(self, question: str) -> None:
        """A tab has answered a question over one of its sockets, and drawn what it was sent before it."""
        followed = Followed.of(question)
        if followed is not None:
            self._bus.notice(FOLLOWED, asdict(followed))

    def _redraw(self, told: Mapping[str, Any]) -> None:
        with self._mutex:
            newer = [page for page, opened in self._pages.items() if opened.token == told["token"]]
        for page in newer:
            page.redraw(dict(told["shown"]))

    def discard(self, page: AnyPage) -> None:
        with self._mutex:
            self._pages.pop(page, None)

    def recheck(
        self,
        now: Standings,
        request_of: Callable[[dict[str, Any]], AbstractContextManager[Any]],
        decide: Callable[[Collection[int]], Decision],
    ) -> None:
        """Decide anew for the pages whose channels, person or session changed, each within a request like its own.

        A page that lost something is shown nothing more of it at once, and then told; one whose channels changed
        otherwise (a reading was put right, a feed has another name) is told that too.
        """
        pages = list(self)
        watched = {channel_id for page in pages for channel_id in page.watched()}
        current = Current.of(watched, [page.grounds for page in pages], now)
        for page in pages:
            asked = page.watched()
            is_other = current.differs_from(page.grounds)
            if is_other or current.differs_in(asked):
                with request_of(dict(page.environ)):
                    decision = decide(asked)
                has_lost = page.keep(decision, asked)
                page.send(decision.pieces if has_lost or is_other else decision.anew)
                time.sleep(BETWEEN_PAGES_S)


def _tab_of(page: AnyPage) -> str:
    """Which tab of which browser it is. Nobody can tell from it what the browser's cookies are."""
    browser = (page.environ.get("HTTP_COOKIE"), page.environ.get("REMOTE_ADDR"))
    return blake2b(repr((page.id, *browser)).encode(), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Current:
    """How it stands now with some channels, people and sessions."""

    channels: Mapping[int, int]
    people: Mapping[int, int]
    sessions: Collection[int]
    kiosks: Collection[int] = ()

    @classmethod
    def of(cls, channel_ids: Collection[int], grounds: Collection[Grounds], now: Standings) -> Current:
        people = {each.person_id for each in grounds if each.person_id is not None}
        sessions = {each.session_id for each in grounds if each.session_id is not None}
        kiosks = {each.kiosk_id for each in grounds if each.kiosk_id is not None}
        return cls(
            now.channels(channel_ids) if channel_ids else {},
            now.people(people) if people else {},
            now.sessions(sessions) if sessions else (),
            now.kiosks(kiosks) if kiosks else (),
        )

    def differs_from(self, grounds: Grounds) -> bool:
        """Whether this person's rights may have changed, or the session is over; or the screen's link."""
        if grounds.kiosk_id is not None:
            return grounds.kiosk_id not in self.kiosks
        if grounds.person_id is None:
            return False
        is_over = grounds.session_id is not None and grounds.session_id not in self.sessions
        return is_over or self.people.get(grounds.person_id) != grounds.person_version

    def differs_in(self, versions: Mapping[int, int]) -> bool:
        """Whether one of these channels changed."""
        return any(self.channels.get(channel_id) != version for channel_id, version in versions.items())
