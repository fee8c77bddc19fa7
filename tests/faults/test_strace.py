"""Reading strace's log."""

from __future__ import annotations

import pytest

from tests.faults.strace import Call, calls


def hexed(text: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in text.encode())


class TestCalls:
    def test_a_write(self):
        line = f'7  pwrite64(11<{hexed("/d/a.db")}>, "{hexed("page")}", 4, 4096) = 4'
        assert list(calls([line])) == [Call("pwrite64", 0, 0, "/d/a.db", b"page", 4096, 4, 11)]

    def test_halves_that_another_thread_interrupted_are_one_call(self):
        lines = [
            f"7  fsync(11<{hexed('/d/a.db')}> <unfinished ...>",
            f'8  sendto(9<{hexed("socket:[5]")}>, "{hexed("hello")}", 5, 0, NULL, 0) = 5',
            "7  <... fsync resumed>)             = 0",
        ]
        sent, synced = calls(lines)
        assert (sent.name, sent.data, sent.begin, sent.end) == ("sendto", b"hello", 1, 1)
        assert (synced.name, synced.path, synced.begin, synced.end, synced.result) == ("fsync", "/d/a.db", 0, 2, 0)

    def test_a_failure(self):
        (found,) = calls([f"7 fdatasync(11<{hexed('/d/a.db')}>) = -1 EIO (Input/output error)"])
        assert found.result == -1

    @pytest.mark.parametrize(
        "line",
        [
            f'7 unlink("{hexed("/d/a.db-wal")}") = 0',
            f'7 unlinkat(AT_FDCWD<{hexed("/d")}>, "{hexed("a.db-wal")}", 0) = 0',
        ],
    )
    def test_a_removal_names_its_file(self, line):
        assert [found.path for found in calls([line])] == ["/d/a.db-wal"]

    def test_signals_and_ends_are_no_calls(self):
        assert list(calls(["7 --- SIGCHLD {si_signo=SIGCHLD} ---", "7 +++ exited with 0 +++"])) == []

    def test_a_call_that_never_came_back_did_not_happen(self):
        assert list(calls([f"7 fsync(11<{hexed('/d/a.db')}> <unfinished ...>"])) == []

    def test_data_that_strace_cut_short_is_refused(self):
        with pytest.raises(ValueError, match="cut a string short"):
            list(calls([f'7 pwrite64(11<{hexed("/d/a.db")}>, "{hexed("pa")}"..., 4, 0) = 4']))
