from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from dashapp.pictures import studio
from dashapp.pictures.studio import MOST_WAITING, Studio
from domain.errors import Crowded
from tests.dashapp.pictures.shown import picture
from tests.processes import ROOT


class TestStudio:
    def test_it_draws(self):
        assert Studio().draw(picture()).startswith(b"<?xml")

    def test_several_at_once_are_drawn_one_after_the_other(self):
        own = Studio()
        with ThreadPoolExecutor(4) as threads:
            drawn = list(threads.map(own.draw, [picture(width_px=400 + each) for each in range(4)]))
        assert [f'width="{400 + each}"'.encode() in svg for each, svg in enumerate(drawn)] == [True] * 4

    def test_too_many_are_refused(self, monkeypatch):
        own = Studio()
        refusals = []

        def full(_picture) -> bytes:
            """While the last that may wait is drawn, one more asks."""
            if own._waiting < MOST_WAITING:
                return own.draw(picture())
            with pytest.raises(Crowded) as refused:
                own.draw(picture())
            refusals.append(refused.value.retry_after_s)
            return b""

        monkeypatch.setattr(studio, "_render", full)
        monkeypatch.setattr(own, "_offload", lambda work, *args: work(*args))
        own.draw(picture())
        assert refusals == [2]

    def test_after_a_failure_there_is_room_again(self, monkeypatch):
        def fails(_picture) -> bytes:
            raise ZeroDivisionError

        own = Studio()
        with monkeypatch.context() as patched:
            patched.setattr(studio, "_render", fails)
            for _ in range(MOST_WAITING + 1):
                with pytest.raises(ZeroDivisionError):
                    own.draw(picture())
        assert own.draw(picture())


class TestTheServer:
    def test_it_starts_without_what_draws(self):
        """40 MB that a server does without until somebody wants a picture."""
        asks = "import server, sys; sys.exit('matplotlib' in sys.modules)"
        assert subprocess.run([sys.executable, "-c", asks], cwd=ROOT, check=False).returncode == 0
