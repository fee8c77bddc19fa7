from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from threading import Event

import pytest

from rehearsal.cast import MAST, Board, Measured, Voice, every
from rehearsal.delivery import Courier
from rehearsal.enrolment import Enrolment
from rehearsal.noise import Scene
from rehearsal.stage import Stage, as_they_come, send_live

BEGIN_MS = 1_795_166_213_404


class Clock(Event):
    """A clock that moves when somebody waits, and says stop at its end."""

    def __init__(self, until_ms):
        super().__init__()
        self.now_ms = BEGIN_MS
        self.until_ms = until_ms

    def wait(self, timeout=None):
        self.pass_by(round((timeout or 0) * 1000))
        return self.is_set()

    def pass_by(self, ms):
        self.now_ms += ms
        if self.now_ms > self.until_ms:
            self.set()


@dataclass
class Recording:
    """A sender that takes everything and remembers when; an answer takes it `busy_ms` of the clock."""

    clock: Clock
    busy_ms: list[int] = field(default_factory=list)
    taken: list[list[Measured]] = field(default_factory=list)
    at_ms: list[int] = field(default_factory=list)
    hung_up: int = 0

    def send(self, moments):
        self.taken.append(list(moments))
        self.at_ms.append(self.clock.now_ms)
        if self.busy_ms:
            self.clock.pass_by(self.busy_ms.pop(0))

    def close(self):
        self.hung_up += 1

    @property
    def moments(self):
        return [moment for message in self.taken for moment in message]


def board_of(script, per_message=1):
    return Board("Test board", "", {"second": "s"}, 1, Voice.HTTP, script, per_message)


EACH_SECOND = board_of(every(1_000, 130, lambda _scene, at_s: {"second": at_s}))


@pytest.fixture
def clock():
    return Clock(until_ms=BEGIN_MS + 60_000)


@pytest.fixture
def stage(clock, tmp_path):
    enrolment = Enrolment(tmp_path / "rehearsal.json")
    return Stage("http://127.0.0.1:9", Scene(7), enrolment, 3_600_000, lambda: clock.now_ms, clock)


def play(board, stage, sender):
    send_live(board, stage, sender, BEGIN_MS, Courier(board.name, Random(7), stage.stop))


class TestAsTheyCome:
    def test_each_moment_comes_once_and_not_before_its_time(self, stage, clock):
        came = [(clock.now_ms, moment) for fresh in as_they_come(EACH_SECOND, stage, BEGIN_MS) for moment in fresh]
        assert [moment for _, moment in came] == EACH_SECOND.script(stage.scene, BEGIN_MS, BEGIN_MS + 60_000)
        assert all(0 <= now_ms - moment.at_ms < 1_000 for now_ms, moment in came)

    def test_what_came_due_meanwhile_comes_in_one_list(self, stage, clock):
        lists = as_they_come(EACH_SECOND, stage, BEGIN_MS)
        assert next(lists) == []
        clock.pass_by(10_000)
        assert len(next(lists)) == 10

    def test_after_a_long_sleep_only_the_last_hour_is_told(self, stage, clock):
        clock.until_ms = BEGIN_MS + 10 * 3_600_000
        lists = as_they_come(EACH_SECOND, stage, BEGIN_MS)
        assert next(lists) == []
        clock.pass_by(5 * 3_600_000)
        assert len(next(lists)) == 3_600

    def test_a_clock_set_back_repeats_nothing(self, stage, clock):
        lists = as_they_come(EACH_SECOND, stage, BEGIN_MS)
        next(lists)
        told = next(lists)
        clock.now_ms -= 3_000
        again = [next(lists) for _ in range(3)]
        assert len(told) == 1
        assert all(moment.at_ms > told[0].at_ms for fresh in again for moment in fresh)


class TestSendLive:
    def test_nothing_is_lost_or_repeated_while_an_answer_is_slow(self, stage, clock):
        sender = Recording(clock, busy_ms=[0, 7_500, 0, 12_000])
        play(EACH_SECOND, stage, sender)
        assert sender.moments == EACH_SECOND.script(stage.scene, BEGIN_MS, sender.at_ms[-1])

    def test_a_board_that_saves_up_sends_all_at_once(self, stage, clock):
        sender = Recording(clock)
        play(MAST, stage, sender)
        assert {len(message) for message in sender.taken} == {MAST.per_message}

    def test_a_board_that_is_away_hangs_up(self, stage, clock):
        until_s = (BEGIN_MS + 20_000) / 1000
        leaving = board_of(every(1_000, 0, lambda _scene, at_s: {"second": at_s} if at_s < until_s else None))
        sender = Recording(clock)
        play(leaving, stage, sender)
        assert sender.hung_up

    def test_a_board_that_speaks_keeps_its_line(self, stage, clock):
        sender = Recording(clock)
        play(EACH_SECOND, stage, sender)
        assert sender.hung_up == 0
