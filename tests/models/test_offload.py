"""Blocking work away from gevent's loop; outside gevent it simply runs."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from models.offload import Offload
from tests.processes import ROOT


class TestOutsideGevent:
    def test_it_simply_runs(self):
        assert Offload(1)(max, 1, 2) == 2

    def test_it_raises_what_the_work_raises(self):
        with pytest.raises(ZeroDivisionError):
            Offload(1)(lambda: 1 / 0)

    def test_no_more_run_at_once_than_there_is_room_for(self):
        offload, at_once, most = Offload(2), [], []

        def work() -> None:
            at_once.append(1)
            most.append(len(at_once))
            at_once.pop()

        threads = [threading.Thread(target=offload, args=(work,)) for _ in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(most) == 50
        assert max(most) <= 2


class TestUnderGevent:
    def test_the_loop_goes_on_while_a_thread_of_its_own_works(self):
        done = subprocess.run(
            [sys.executable, "-c", UNDER_GEVENT], cwd=ROOT, capture_output=True, text=True, timeout=60
        )
        assert done.stdout.split() == ["ticked", "elsewhere", "raised"], done.stderr


UNDER_GEVENT = """
from gevent import monkey
monkey.patch_all()
import gevent
from gevent.monkey import get_original
from models.offload import Offload
thread_id, new_lock = get_original("_thread", "get_ident"), get_original("_thread", "allocate_lock")
offload, loop, held = Offload(1), thread_id(), new_lock()
held.acquire()
def work():
    held.acquire()  # blocks its own thread until the loop has ticked
    return thread_id()
def tick():
    print("ticked")
    held.release()
gevent.spawn(tick)
print("elsewhere" if offload(work) != loop else "on the loop")
try:
    offload(lambda: 1 / 0)
except ZeroDivisionError:
    print("raised")
offload.close()
"""
