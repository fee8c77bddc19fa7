"""What goes on beside the requests: long chores hold up nobody."""

from __future__ import annotations

import threading

import pytest

from running import Chore, Running

PATIENCE_S = 10


@pytest.fixture
def begun():
    """A function that begins a background with these chores; it ends with the test."""
    running: list[Running] = []

    def begin(*chores: Chore) -> Running:
        running.append(Running(starts=(), goodbyes=(), ends=(), chores=chores))
        running[-1].begin()
        return running[-1]

    yield begin
    for each in running:
        each.end()


def test_a_small_chore_is_done_while_a_long_one_is_at_work(begun):
    is_working, may_end, is_done = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        is_working.set()
        may_end.wait(PATIENCE_S)

    begun(Chore(0.001, work, is_long=True), Chore(0.001, lambda: is_working.is_set() and is_done.set()))
    assert is_done.wait(PATIENCE_S)
    may_end.set()


def test_at_the_end_small_chores_are_done_a_last_time_and_long_ones_are_not(begun):
    done: list[str] = []
    running = begun(Chore(3600, lambda: done.append("small")), Chore(3600, lambda: done.append("long"), is_long=True))
    running.end()
    assert done == ["small"]
