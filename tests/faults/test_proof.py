"""The line-by-line proof, on lists of calls short enough to be read."""

from __future__ import annotations

from tests.faults.boards import word_of
from tests.faults.proof import Proof, proofs
from tests.faults.strace import Call

WAL = "/data/labfeed.db-wal"
NUMBERS = {1: 1001}


def frame(line: int, page: bytes, *, commits: bool) -> list[Call]:
    """A frame of the log: its head says whether the transaction ends here, then comes the page."""
    head = bytes(4) + (9).to_bytes(4) * commits + bytes(4) * (not commits) + bytes(16)
    return [wal_write(line, head), wal_write(line + 1, page)]


def wal_write(line: int, data: bytes) -> Call:
    return Call("pwrite64", line, line, WAL, data, 0, len(data))


def sync(begin: int, end: int, *, result: int = 0) -> Call:
    return Call("fsync", begin, end, WAL, b"", 0, result)


def answer(line: int) -> Call:
    return Call("sendto", line, line, "socket:[1]", b'HTTP/1.1 201 Created\r\n\r\n{"entry_id":1}', 0, 40)


def reading(line: int) -> list[Call]:
    """A transaction of two pages that holds reading 1001, from this line to three lines later."""
    page = word_of(1001).encode().ljust(4096, b".")
    return [*frame(line, page, commits=False), *frame(line + 2, bytes(4096), commits=True)]


class TestProofs:
    def test_it_holds_with_a_sync_between_the_last_write_and_the_answer(self):
        (found,) = proofs([*reading(1), sync(5, 7), answer(8)], WAL, NUMBERS)
        assert found == Proof(1001, written=4, synced=(5, 7), answered=8)
        assert found.holds

    def test_it_does_not_hold_without_a_sync(self):
        (found,) = proofs([*reading(1), answer(8)], WAL, NUMBERS)
        assert not found.holds

    def test_it_does_not_hold_when_the_sync_failed(self):
        (found,) = proofs([*reading(1), sync(5, 7, result=-1), answer(8)], WAL, NUMBERS)
        assert not found.holds

    def test_it_does_not_hold_when_the_answer_left_before_the_sync_returned(self):
        (found,) = proofs([*reading(1), sync(5, 9), answer(8)], WAL, NUMBERS)
        assert not found.holds

    def test_a_sync_that_began_before_the_last_write_does_not_count(self):
        (found,) = proofs([*reading(3), sync(4, 7), answer(8)], WAL, NUMBERS)
        assert not found.holds

    def test_the_transaction_that_first_held_the_reading_counts(self):
        """Its page is written again with each later reading beside it; those are not its own transaction."""
        (found,) = proofs([*reading(1), sync(5, 6), answer(7), *reading(8), sync(12, 13)], WAL, NUMBERS)
        assert found.holds
