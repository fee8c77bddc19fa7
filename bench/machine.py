"""The machine that measures: its cores, what it is, and what a process took of it."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_CORES = sorted(os.sched_getaffinity(0))

SERVER_CORE = _CORES[0]
LOAD_CORE = _CORES[-1]


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and when the figures were taken; without it they say nothing."""

    taken_at: str
    commit: str
    processor: str
    cores: int
    memory_gb: float
    system: str
    python: str
    sqlite: str

    def words(self) -> str:
        told = asdict(self)
        return (
            "{taken_at}, commit {commit}, {cores} × {processor}, {memory_gb:.0f} GB, {system}, "
            "Python {python}, SQLite {sqlite}"
        ).format(**told)


def setting() -> Setting:
    import pysqlite3.dbapi2 as sqlite

    return Setting(
        taken_at=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        commit=_commit(),
        processor=_from_proc("/proc/cpuinfo", "model name"),
        cores=os.cpu_count() or 1,
        memory_gb=int(_from_proc("/proc/meminfo", "MemTotal").split()[0]) / 1e6,
        system=f"Linux {platform.release()}",
        python=platform.python_version(),
        sqlite=sqlite.sqlite_version,
    )


def unpin() -> None:
    """Let this process, and what it starts from now on, have all cores."""
    os.sched_setaffinity(0, _CORES)


def pin(core: int) -> None:
    """Keep this process, and what it starts from now on, on one core."""
    os.sched_setaffinity(0, {core})


def cpu_s(pids: Iterable[int]) -> float:
    """The processor time these processes took so far, with all their threads, in steps of 10 ms."""
    return sum(_ticks(pid) for pid in pids) * _TICK_S


def memory_mb(pids: Iterable[int]) -> float:
    """What these processes take of the memory; pages that several share are divided among them (PSS)."""
    return sum(int(_from_proc(f"/proc/{pid}/smaps_rollup", "Pss").split()[0]) for pid in pids) / 1000


@dataclass(frozen=True, slots=True)
class _Times:
    all: int
    busy: int
    stolen: int

    @classmethod
    def now(cls, core: int) -> _Times:
        words = _from_proc("/proc/stat", f"cpu{core}", separator=" ").split()
        user, nice, system, idle, waiting, irq, soft_irq, stolen = map(int, words[:8])
        busy = user + nice + system + irq + soft_irq
        return cls(busy + idle + waiting + stolen, busy, stolen)


class Watch:
    """Looks at the server's core during one measurement: who had it."""

    def __init__(self, pids: Iterable[int]) -> None:
        self._pids = tuple(pids)
        self._before, self._cpu_before, self._at = _Times.now(SERVER_CORE), cpu_s(self._pids), time.monotonic()
        self.elapsed_s = self.cpu_s = self.others = 0.0

    def stop(self) -> Watch:
        """`elapsed_s`, the server's `cpu_s`, and the share of its core that `others` had (the hypervisor too)."""
        self.elapsed_s = time.monotonic() - self._at
        self.cpu_s = cpu_s(self._pids) - self._cpu_before
        after = _Times.now(SERVER_CORE)
        of_all = max(1, after.all - self._before.all) * _TICK_S
        taken = (after.busy - self._before.busy + after.stolen - self._before.stolen) * _TICK_S
        self.others = max(0.0, taken - self.cpu_s) / of_all
        return self

    @property
    def share(self) -> float:
        """The share of its core that the server took."""
        return self.cpu_s / self.elapsed_s


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _from_proc(path: str, name: str, separator: str = ":") -> str:
    for line in Path(path).read_text().splitlines():
        key, _, value = line.partition(separator)
        if key.strip() == name:
            return value.strip()
    return "unknown"


def _commit() -> str:
    command = ["git", "-c", "safe.directory=*", "describe", "--always", "--dirty=+"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return said.stdout.strip() or "unknown"
