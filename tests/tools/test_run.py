"""`make run`, without the processes it would start."""

from __future__ import annotations

import socket
import subprocess
import sys

from tests.processes import ROOT


def run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "tools/run.py", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)


class TestTakenPort:
    def test_it_says_so_and_starts_nothing(self):
        with socket.create_server(("0.0.0.0", 0)) as taken:
            port = taken.getsockname()[1]
            done = run("--port", str(port))
        assert done.returncode == 1
        assert f"Port {port} is taken" in done.stderr
        assert done.stdout == ""
