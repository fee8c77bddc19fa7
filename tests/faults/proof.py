"""Line by line, from a log of the kernel's calls: which sync put a reading on the disk before its board was answered.

A reading is found in the write-ahead log by the word that was sent with it. Its transaction ends with the first commit
frame from there on (SQLite's file format §4.2: bytes 4 to 8 of a frame's head are not zero).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.faults.powercut import SYNCS, acknowledgements
from tests.faults.strace import Call

WORD = re.compile(rb"reading-(\d{9})\.")
FRAME_HEAD_BYTES = 24


@dataclass(frozen=True, slots=True)
class Proof:
    """Lines of the log: the transaction's last write is over, a sync begins and returns 0, the answer begins.

    The sync is the first after the write, and None where there is none before the answer.
    """

    number: int
    written: int
    synced: tuple[int, int] | None
    answered: int

    @property
    def holds(self) -> bool:
        return self.synced is not None and self.written < self.synced[0] <= self.synced[1] < self.answered


def proofs(calls: Sequence[Call], wal: str, numbers: Mapping[int, int]) -> Iterator[Proof]:
    """One for each acknowledged reading; `numbers` is entry id → number, from the boards' notes."""
    written = dict(_commits(call for call in calls if call.path == wal and call.name == "pwrite64"))
    syncs = [call for call in calls if call.path == wal and call.name in SYNCS and call.result == 0]
    begins = [sync.begin for sync in syncs]
    for answer in acknowledgements(calls):
        for entry_id in answer.entry_ids:
            line = written[numbers[entry_id]]
            place = bisect_right(begins, line)
            found = [(sync.begin, sync.end) for sync in syncs[place : place + 1] if sync.end < answer.begin]
            yield Proof(numbers[entry_id], line, found[0] if found else None, answer.begin)


def _commits(writes: Iterable[Call]) -> Iterator[tuple[int, int]]:
    """(number, line in which its transaction's last write ended), for the transaction that first held it."""
    seen: set[int] = set()
    open_numbers: list[int] = []
    is_commit = False
    for write in writes:
        if len(write.data) == FRAME_HEAD_BYTES:
            is_commit = write.data[4:8] != bytes(4)
            continue
        fresh = {int(found) for found in WORD.findall(write.data)} - seen
        seen |= fresh
        open_numbers += fresh
        if is_commit:
            yield from ((number, write.end) for number in open_numbers)
            open_numbers, is_commit = [], False
