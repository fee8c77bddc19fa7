from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from live.turns import Turns


@pytest.fixture
def workers():
    with ThreadPoolExecutor(8) as workers:
        yield workers


@pytest.fixture
def turns(workers) -> Turns:
    return Turns(workers.submit)


def test_jobs_are_done_in_the_order_in_which_they_were_added(turns, eventually):
    done: list[int] = []
    for number in range(200):
        turns.add(lambda number=number: done.append(number))
    eventually(lambda: len(done) == 200)
    assert done == list(range(200))


def test_the_next_one_begins_when_the_one_before_has_ended(turns, workers, eventually):
    may_end, begun = threading.Event(), threading.Event()
    turns.add(lambda: may_end.wait(10))
    turns.add(begun.set)
    workers.submit(lambda: None).result(10)
    assert not begun.is_set()
    may_end.set()
    assert begun.wait(10)


def test_one_that_fails_keeps_nobody_waiting(turns, eventually, caplog):
    done = threading.Event()

    def fail() -> None:
        raise ValueError("a job that fails")

    turns.add(fail)
    turns.add(done.set)
    assert done.wait(10)
    assert "a job that fails" in caplog.text


def test_after_a_rest_it_goes_on(turns, eventually):
    done: list[str] = []
    turns.add(lambda: done.append("first"))
    eventually(lambda: done == ["first"])
    turns.add(lambda: done.append("second"))
    eventually(lambda: done == ["first", "second"])
