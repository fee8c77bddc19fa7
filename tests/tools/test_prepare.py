"""The set-up script, where it changes nothing."""

from __future__ import annotations

import os
import subprocess

from tests.processes import ROOT


def prepare(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    settings = {"PATH": os.environ["PATH"], **environment}
    command = ["bash", "tools/prepare", *words]
    return subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, timeout=30, check=False)


class TestPrepare:
    def test_it_says_what_it_can_prepare_for(self):
        done = prepare("lunch")
        assert done.returncode == 1
        assert "tools/prepare run, develop or test" in done.stderr

    def test_the_practice_provider_is_not_among_what_a_server_needs(self):
        needed = (ROOT / "requirements.txt").read_text()
        practice = (ROOT / "requirements-practice.txt").read_text()
        assert "oidc-provider-mock" not in needed
        assert "oidc-provider-mock==" in practice

    def test_everything_is_pinned(self):
        for file in ROOT.glob("requirements*.txt"):
            lines = [line.partition("#")[0].strip() for line in file.read_text().splitlines()]
            loose = [line for line in lines if line and not line.startswith("-r ") and "==" not in line]
            assert loose == [], file

    def test_it_parses(self):
        assert subprocess.run(["bash", "-n", "tools/prepare"], cwd=ROOT, check=False).returncode == 0
