from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from live.agenda import Agenda


@pytest.fixture
def agenda() -> Iterator[Agenda]:
    agenda = Agenda("test", time.monotonic)
    agenda.start()
    yield agenda
    agenda.close()


class TestAgenda:
    def test_jobs_run_in_the_order_they_are_due(self, agenda, eventually):
        ran: list[str] = []
        now = time.monotonic()
        agenda.add(now + 0.06, lambda: ran.append("late"))
        agenda.add(now + 0.03, lambda: ran.append("soon"))
        agenda.add(now, lambda: ran.append("now"))
        eventually(lambda: ran == ["now", "soon", "late"])

    def test_jobs_due_together_run_in_the_order_they_came(self, agenda, eventually):
        ran: list[int] = []
        due = time.monotonic() + 0.02
        for number in range(5):
            agenda.add(due, lambda number=number: ran.append(number))
        eventually(lambda: ran == [0, 1, 2, 3, 4])

    def test_a_job_that_fails_stops_no_other(self, agenda, eventually, caplog):
        done = threading.Event()
        agenda.add(time.monotonic(), lambda: {}["missing"])
        agenda.add(time.monotonic(), done.set)
        eventually(done.is_set)
        assert "A job of the agenda 'test' failed" in caplog.text
