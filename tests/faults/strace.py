"""What a server asked the kernel to do, in order: `strace` started around it, its log read back.

Only what the power-cut replay needs: writing, cutting, removing and syncing files, and speaking to a socket.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

TRACED = (
    "pwrite64", "pwritev", "pwritev2", "fallocate", "ftruncate", "fsync", "fdatasync", "sync_file_range",
    "unlink", "unlinkat", "rename", "renameat", "renameat2", "link", "linkat", "sendto", "sendmsg", "sendfile",
)  # fmt: skip
"""The kernel's calls that change what a power cut leaves behind, and those by which an answer leaves."""

LONGEST_DATA = 70_000
"""More than the largest page of a database."""


@dataclass(frozen=True, slots=True)
class Call:
    """One finished call. `begin` and `end` are lines of the log: what others did meanwhile lies between them.

    `path` is the file (or socket) spoken of, `data` what was written, `number` the offset of a write or the length a
    file is cut to, `result` what the kernel answered, -1 for an error.
    """

    name: str
    begin: int
    end: int
    path: str
    data: bytes
    number: int
    result: int
    fd: int = -1


def command(log_path: Path, inner: Sequence[str]) -> list[str]:
    """The command line that runs `inner` with all its processes and threads under strace."""
    options = ["-f", "--seccomp-bpf", "-qq", "-y", "-xx", "-s", str(LONGEST_DATA), "-e", f"trace={','.join(TRACED)}"]
    return ["strace", *options, "-e", "signal=none", "-o", str(log_path), *inner]


def calls(lines: Iterable[str]) -> Iterator[Call]:
    """The finished calls of a log, by the line they ended in; halves that another thread interrupted are joined."""
    begun: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(lines):
        thread, _, said = line.rstrip("\n").partition(" ")
        said = said.lstrip()
        begin = number
        if said.endswith(UNFINISHED):
            begun[thread] = (number, said.removesuffix(UNFINISHED))
            continue
        if resumed := RESUMED.match(said):
            begin, first_half = begun.pop(thread)
            said = first_half + said[resumed.end() :]
        if finished := FINISHED.fullmatch(said):
            yield _call(begin, number, *finished.groups())


UNFINISHED = " <unfinished ...>"
RESUMED = re.compile(r"<\.\.\. \w+ resumed>")
FINISHED = re.compile(r"(\w+)\((.*)\) += (-?\d+|\?)(?: .*)?", re.S)
HEX = r"((?:\\x[0-9a-f]{2})*)"
DESCRIPTOR = re.compile(rf"(\d+|AT_FDCWD)<{HEX}>")
STRING = re.compile(rf'"{HEX}"(\.\.\.)?')


def _call(begin: int, end: int, name: str, arguments: str, result: str) -> Call:
    descriptor = DESCRIPTOR.match(arguments)
    strings = [_bytes(found[1], was_cut=bool(found[2])) for found in STRING.finditer(arguments)]
    path = _bytes(descriptor[2]).decode() if descriptor else ""
    if name.startswith(("unlink", "rename", "link")) and strings:
        path, strings = str(Path(path, strings[0].decode())), strings[1:]
    last = arguments.rpartition(", ")[2]
    return Call(
        name=name,
        begin=begin,
        end=end,
        path=path,
        data=b"".join(strings),
        number=int(last) if last.isdecimal() else 0,
        result=int(result) if result != "?" else -1,
        fd=int(descriptor[1]) if descriptor and descriptor[1].isdecimal() else -1,
    )


def _bytes(spelled: str, *, was_cut: bool = False) -> bytes:
    if was_cut:
        raise ValueError("strace cut a string short; LONGEST_DATA is too small")
    return bytes.fromhex(spelled.replace("\\x", ""))
