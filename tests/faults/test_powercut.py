"""A power cut at any instant leaves every acknowledged reading, and a sound database."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from tests.faults import powercut, proof, stage, strace
from tests.faults.boards import burst, sending
from tests.faults.effort import TIMES, choose_seed
from tests.faults.ledger import Ledger
from tests.faults.powercut import REBUILT, Acknowledged, Disk, Recording, Survives, Verdict
from tests.faults.strace import Call
from tests.processes import require_program

READINGS_A_BOARD = 300
CUTS = 1000 * TIMES
CUTS_OF_THE_SABOTAGED = 100


@dataclass(frozen=True, slots=True)
class Run:
    """A server's life under strace: its calls, what can be replayed of them, the files it left, its boards' notes."""

    calls: list[Call]
    recording: Recording
    left: dict[str, bytes]
    ledger: Ledger

    @property
    def wal(self) -> str:
        return f"{self.recording.database}-wal"

    @property
    def proofs(self) -> list[proof.Proof]:
        return list(proof.proofs(self.calls, self.wal, self.recording.numbers))

    def cut(self, times: int, seed: int) -> list[Verdict]:
        """What so many cuts at random instants leave."""
        chance = Random(seed)
        instants = sorted(chance.randrange(len(self.recording.events) + 1) for _ in range(times))
        return list(powercut.cut(self.recording, instants, seed))


def files_of(database: Path) -> dict[str, bytes]:
    found = {ending: Path(f"{database}{ending}") for ending in REBUILT}
    return {ending: path.read_bytes() for ending, path in found.items() if path.exists()}


def record(folder: Path, app: str) -> Run:
    """Run the server from start to stop under strace while boards send as fast as they are answered."""
    require_program("strace")
    database, log_path, ledger = folder / "labfeed.db", folder / "calls.log", Ledger()
    with stage.labfeed_with_channel(folder) as scene:
        scene.server.stop()
        base = files_of(database)
        stage.start_recorded(scene.server, log_path, app)
        with sending(burst(scene.server, scene.channel.write_key, ledger, time.time_ns() // 1000, READINGS_A_BOARD)):
            pass  # they end by themselves
        stage.stop_recorded(scene.server)
    assert ledger.complaints == []
    with log_path.open(encoding="ascii", errors="replace") as log:
        calls = list(strace.calls(log))
    numbers = {entry_id: number for number, entry_id in ledger.acknowledged.items()}
    recording = Recording(database, base, powercut.events_of(calls, database), numbers)
    return Run(calls, recording, files_of(database), ledger)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The product."""
    return record(tmp_path_factory.mktemp("recorded"), stage.PRODUCT)


@pytest.fixture(scope="module")
def sabotaged_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The product with `synchronous=NORMAL`."""
    return record(tmp_path_factory.mktemp("sabotaged"), stage.WITHOUT_SYNCS)


@pytest.mark.long
@pytest.mark.timeout(240 * TIMES)
@pytest.mark.xdist_group(name="power cut")
class TestPowerCut:
    """The real server under strace, the power cut at random instants of its life."""

    def test_it_loses_no_acknowledged_reading_and_leaves_a_sound_database(self, run):
        verdicts = run.cut(CUTS, choose_seed())
        assert [verdict for verdict in verdicts if verdict.is_corrupt or verdict.lost] == []
        assert len(verdicts) == CUTS
        assert max(verdict.acknowledged for verdict in verdicts) > len(run.ledger.acknowledged) // 2

    def test_the_recording_holds_every_answer_the_boards_had(self, run):
        answers = [event for event in run.recording.events if isinstance(event, Acknowledged)]
        told = [entry_id for answer in answers for entry_id in answer.entry_ids]
        assert sorted(told) == sorted(run.ledger.acknowledged.values())
        assert len(told) == 5 * READINGS_A_BOARD

    def test_the_recording_holds_every_write(self, run):
        """Replayed without a cut it gives, byte for byte, the files that the server left."""
        assert self.replayed(run).now() == run.left

    def test_the_recording_holds_checkpoints_and_a_log_begun_anew(self, run):
        writes = [event for event in run.recording.events if isinstance(event, Call) and event.name == "pwrite64"]
        assert [write for write in writes if write.path == str(run.recording.database)]
        assert len([write for write in writes if write.path == run.wal and write.number == 0]) > 1

    def test_a_sync_that_returned_0_lies_between_each_reading_and_its_answer(self, run):
        proofs = run.proofs
        assert len(proofs) == len(run.ledger.acknowledged)
        assert [each for each in proofs if not each.holds] == []

    @staticmethod
    def replayed(run: Run) -> Disk:
        disk = Disk.holding(run.recording.database, run.recording.base)
        for event in run.recording.events:
            if isinstance(event, Call):
                disk.follow(event)
        return disk


@pytest.mark.long
@pytest.mark.xdist_group(name="power cut sabotaged")
class TestTheReplayTurnsRed:
    """The same over a server that commits without waiting for the disk, as most guides advise."""

    def test_it_finds_that_normal_loses_acknowledged_readings(self, sabotaged_run):
        verdicts = sabotaged_run.cut(CUTS_OF_THE_SABOTAGED, choose_seed())
        losing = [verdict for verdict in verdicts if verdict.lost]
        lost = sum(len(verdict.lost) for verdict in losing)
        print(f"NORMAL: {len(losing)} of {len(verdicts)} cuts lost {lost} readings")  # noqa: T201 (the run's figures)
        assert len(losing) > CUTS_OF_THE_SABOTAGED // 2

    def test_it_finds_answers_that_no_sync_went_before(self, sabotaged_run):
        assert [each for each in sabotaged_run.proofs if not each.holds]


DATABASE = Path("/data/labfeed.db")
LINES = iter(range(1, 1_000_000))


def call(name: str, path: str, data: bytes = b"", number: int = 0, *, lines: int = 0) -> Call:
    """A call that lasts so many lines of the log."""
    begin = next(LINES)
    end = begin + lines
    for _ in range(lines):
        next(LINES)
    return Call(name, begin, end, path, data, number, len(data))


class TestDisk:
    """The model of a disk, call by call."""

    @pytest.fixture
    def disk(self) -> Disk:
        return Disk.holding(DATABASE, {"": b"old."})

    @pytest.fixture
    def chances(self) -> list[Random]:
        return [Random(seed) for seed in range(40)]

    def images(self, disk, survives, chances) -> set[bytes | None]:
        return {disk.images(survives, chance).get("") for chance in chances}

    def test_what_was_written_before_a_sync_stays(self, disk, chances):
        disk.follow(call("pwrite64", str(DATABASE), b"new."))
        disk.follow(call("fdatasync", str(DATABASE)))
        for survives in Survives:
            assert self.images(disk, survives, chances) == {b"new."}

    def test_what_was_written_after_it_may_be_gone(self, disk, chances):
        disk.follow(call("pwrite64", str(DATABASE), b"new."))
        assert self.images(disk, Survives.NOTHING, chances) == {b"old."}
        assert self.images(disk, Survives.PREFIX, chances) == {b"old.", b"new."}

    def test_a_sync_does_not_cover_a_write_that_was_under_way(self, disk, chances):
        slow = Call("pwrite64", 10, 20, str(DATABASE), b"new.", 0, 4)
        sync = Call("fsync", 15, 25, str(DATABASE), b"", 0, 0)
        for each in (slow, sync):
            disk.follow(each)
        assert self.images(disk, Survives.NOTHING, chances) == {b"old."}

    def test_a_later_write_may_be_there_without_an_earlier_one(self, disk, chances):
        disk.follow(call("pwrite64", str(DATABASE), b"ne", 0))
        disk.follow(call("pwrite64", str(DATABASE), b"w!", 2))
        assert b"olw!" in self.images(disk, Survives.SUBSET, chances)
        assert b"olw!" not in self.images(disk, Survives.PREFIX, chances)

    def test_the_last_write_may_be_torn_between_two_sectors(self, disk, chances):
        disk.follow(call("pwrite64", str(DATABASE), b"n" * 1024, 256))
        lengths = {len(image or b"") for image in self.images(disk, Survives.TORN, chances)}
        assert lengths == {4, 512, 1024, 1280}

    def test_a_file_cut_short_stays_short_after_a_sync(self, disk, chances):
        disk.follow(call("ftruncate", str(DATABASE), number=1))
        disk.follow(call("fsync", str(DATABASE)))
        assert self.images(disk, Survives.NOTHING, chances) == {b"o"}

    def test_a_removed_file_is_gone(self, disk, chances):
        disk.follow(call("unlink", str(DATABASE)))
        assert self.images(disk, Survives.PREFIX, chances) == {None}

    def test_a_new_file_is_there_for_certain_only_after_a_sync_of_its_folder(self, disk):
        disk.follow(call("pwrite64", f"{DATABASE}-wal", b"log"))
        disk.follow(call("fsync", f"{DATABASE}-wal"))
        assert "-wal" not in disk.images(Survives.NOTHING, Random(1))
        disk.follow(call("fsync", str(DATABASE.parent)))
        assert disk.images(Survives.NOTHING, Random(1))["-wal"] == b"log"

    def test_files_of_others_do_not_matter(self, disk, chances):
        disk.follow(call("pwrite64", "/data/labfeed.db-shm", b"memory"))
        assert disk.now() == {"": b"old."}

    def test_it_refuses_to_guess(self, disk):
        with pytest.raises(ValueError, match="fallocate"):
            disk.follow(call("fallocate", str(DATABASE)))


class TestEvents:
    def test_each_counts_at_the_moment_that_spares_the_server_least(self):
        write = Call("pwrite64", 1, 4, str(DATABASE), b"x", 0, 1)
        sync = Call("fsync", 2, 6, str(DATABASE), b"", 0, 0)
        answer = Call("sendto", 5, 7, "socket:[1]", b'HTTP/1.1 201 Created\r\n\r\n{"entry_id":7,"entries":2}', 0, 60)
        assert powercut.events_of([write, sync, answer], DATABASE) == [write, Acknowledged(5, range(6, 8)), sync]

    def test_an_answer_counts_from_its_head(self):
        head = Call("sendto", 1, 1, "socket:[1]", b"HTTP/1.1 201 Created\r\n\r\n", 0, 24, fd=9)
        body = Call("sendto", 2, 2, "socket:[1]", b'{"entry_id":7,"stored":1}', 0, 24, fd=9)
        assert list(powercut.acknowledgements([head, body])) == [Acknowledged(1, range(7, 8))]

    def test_a_refusal_acknowledges_nothing(self):
        said = Call("sendto", 1, 1, "socket:[1]", b'HTTP/1.1 422 \r\n\r\n{"type":"/problems/invalid"}', 0, 60)
        assert list(powercut.acknowledgements([said])) == []

    def test_a_sync_that_failed_is_none(self):
        assert powercut.events_of([Call("fsync", 1, 1, str(DATABASE), b"", 0, -1)], DATABASE) == []
