"""Group commit: the one way readings reach the disk.

Whoever has something to store joins the queue. The first to come leads: it takes everything that waits, stores it in
one transaction (entry ids, readings, rollups), and wakes all of them when that is on disk; one of those who came
meanwhile leads next. So an answer is sent only after its rows are durable, and a busy server needs one sync for many.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from domain.errors import NOT_KNOWN, Busy, LabfeedError
from domain.readings import FreshReadings, Receipt
from models.appending import Stale, Submission, Transaction
from models.store import Store

QUEUE_LIMIT = 2_000
"""Messages that may wait at once; more are told to come back. At 5 000 a second this is under half a second."""

GROUP_LIMIT = 512
"""Messages stored by one commit."""

GROUP_ENTRIES = 20_000
"""No further message joins a commit that has so many entries; keeps the longest wait short when batches are large."""


@dataclass(slots=True, eq=False)
class _Waiting:
    submission: Submission
    woken: threading.Lock
    outcome: Receipt | Exception | None = None

    def settle(self) -> Receipt:
        if isinstance(self.outcome, Exception):
            raise self.outcome
        assert self.outcome is not None
        return self.outcome


class Writer:
    """The writer of one process. `publish` is called with what is fresh, after it is on disk."""

    def __init__(
        self, store: Store, publish: Callable[[FreshReadings], None], *, queue_limit: int = QUEUE_LIMIT
    ) -> None:
        self._store = store
        self._publish = publish
        self._queue_limit = queue_limit
        self._queue: deque[_Waiting] = deque()
        self._mutex = threading.Lock()
        self._someone_leads = False

    def append(self, submission: Submission) -> Receipt:
        """Store one message as one or more entries and say how much of it was new; durable when this returns.

        Repeats (same feed, same instant, same value) are left as first stored. Raises Conflict for another value at a
        stored instant, Stale when the channel changed meanwhile, Busy when too much waits, StorageFull when the disk
        is full; then nothing of the message is stored.
        """
        mine = _Waiting(submission, threading.Lock())
        mine.woken.acquire()
        with self._mutex:
            if len(self._queue) >= self._queue_limit:
                raise Busy("Too many messages wait to be stored.", retry_after_s=1)
            self._queue.append(mine)
            leads, self._someone_leads = not self._someone_leads, True
        if not leads:
            mine.woken.acquire()
        if mine.outcome is None:
            self._lead()
        return mine.settle()

    @property
    def waiting(self) -> int:
        """Messages in the queue just now."""
        return len(self._queue)

    def _lead(self) -> None:
        time.sleep(0)  # whoever is at the door already comes along: the larger the group, the cheaper its sync
        group = self._take_group()
        fresh: list[FreshReadings] = []
        try:
            fresh = self._store_group(group)
        finally:
            self._hand_over()
            for waiting in group:
                if waiting.outcome is None:  # the leader itself was interrupted
                    waiting.outcome = Busy("The server is stopping.", hint=NOT_KNOWN, retry_after_s=1)
                waiting.woken.release()
        for readings in fresh:
            self._publish(readings)

    def _take_group(self) -> list[_Waiting]:
        """The messages that come first, for one commit."""
        group: list[_Waiting] = []
        entries = 0
        with self._mutex:
            while self._queue and len(group) < GROUP_LIMIT and entries < GROUP_ENTRIES:
                group.append(self._queue.popleft())
                entries += len(group[-1].submission.entries)
        return group

    def _hand_over(self) -> None:
        with self._mutex:
            if self._queue:
                self._queue[0].woken.release()
            else:
                self._someone_leads = False

    def _store_group(self, group: Sequence[_Waiting]) -> list[FreshReadings]:
        try:
            outcomes, fresh = self._store.tell(store_together, [waiting.submission for waiting in group])
        except Exception as error:  # noqa: BLE001 - handed to each message that it concerns
            if len(group) > 1 and not isinstance(error, LabfeedError):
                return self._store_one_by_one(group)
            for waiting in group:
                waiting.outcome = error
            return []
        for waiting, outcome in zip(group, outcomes, strict=True):
            waiting.outcome = outcome
        return fresh

    def _store_one_by_one(self, group: Sequence[_Waiting]) -> list[FreshReadings]:
        """One message the database cannot digest must not take the others with it."""
        return [readings for waiting in group for readings in self._store_group([waiting])]


def store_together(
    connection: Connection, submissions: Sequence[Submission]
) -> tuple[list[Receipt | Exception], list[FreshReadings]]:
    """Store what can be stored of several messages; a refused one leaves no trace. For the writing transaction."""
    transaction = Transaction(connection, submissions)
    outcomes: list[Receipt | Exception] = []
    for submission in submissions:
        try:
            outcomes.append(transaction.take(submission))
        except (LabfeedError, Stale) as refused:
            outcomes.append(refused)
    return outcomes, transaction.write()
