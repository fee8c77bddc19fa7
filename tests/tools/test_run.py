"""`make run`, without the processes it would start."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from tests.processes import ROOT
from tools import run as runner


def run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tools.run", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)


@pytest.fixture
def settings(monkeypatch, tmp_path):
    """A function that says what stands in the environment of `make run`, where there is no .env."""
    monkeypatch.setattr(runner, "ROOT", tmp_path)
    (tmp_path / "Procfile.dev").write_text((ROOT / "Procfile.dev").read_text())
    for name in ("OIDC_ISSUER", "LABFEED_ENV"):
        monkeypatch.delenv(name, raising=False)
    return lambda **values: [monkeypatch.setenv(name, value) for name, value in values.items()]


class TestPractice:
    def test_without_a_provider_there_is_one_to_practise_with(self, settings):
        assert runner.needs_practice()

    @pytest.mark.parametrize(("name", "value"), [("OIDC_ISSUER", "https://x.example"), ("LABFEED_ENV", "production")])
    def test_where_there_is_one_or_it_is_meant_there_is_none(self, settings, name, value):
        settings(**{name: value})
        assert not runner.needs_practice()

    def test_what_stands_in_the_file_counts_too(self, settings, tmp_path):
        (tmp_path / ".env").write_text("OIDC_ISSUER=https://x.example\n")
        assert not runner.needs_practice()

    def test_all_processes_are_told_of_it(self, settings):
        manager = runner.manager_of(8000, 8001)
        assert set(manager._processes) == {"web", "rehearsal", "mqtt", "practice"}
        for process in manager._processes.values():
            assert process["obj"].env["OIDC_ISSUER"] == "http://localhost:8001"
            assert process["obj"].env["COLLEGE_DOMAINS"] == "example.edu"

    def test_without_it_nothing_is_said_of_it(self, settings):
        manager = runner.manager_of(8000, None)
        assert set(manager._processes) == {"web", "rehearsal", "mqtt"}
        assert "OIDC_ISSUER" not in manager._processes["web"]["obj"].env

    def test_simple_boards_are_heard_where_somebody_wants_it(self, settings):
        manager = runner.manager_of(8000, None, 8080)
        assert set(manager._processes) == {"web", "rehearsal", "mqtt", "tolerant"}
        assert manager._processes["tolerant"]["obj"].env["TOLERANT_PORT"] == "8080"

    def test_its_port_is_a_free_one(self):
        with socket.create_server(("0.0.0.0", 0)) as taken:
            port = taken.getsockname()[1]
            assert runner.free_port_after(port - 1) > port

    def test_nor_is_it_one_that_is_promised_to_somebody_else(self):
        with socket.create_server(("0.0.0.0", 0)) as taken:
            port = taken.getsockname()[1]
        free = runner.free_port_after(port - 1)
        assert runner.free_port_after(port - 1, but=(free,)) > free


class TestMqtt:
    def test_its_port_is_known_to_all(self, settings):
        manager = runner.manager_of(8000, None, mqtt_port=1884)
        assert {process["obj"].env["MQTT_PORT"] for process in manager._processes.values()} == {"1884"}

    def test_where_its_port_is_taken_it_takes_another_and_says_so(self, settings, capsys):
        with socket.create_server(("0.0.0.0", 0)) as taken:
            port = taken.getsockname()[1]
            settings(MQTT_PORT=str(port))
            chosen = runner.port_for_mqtt()
        assert chosen > port
        assert f"spoken on port {chosen} instead" in capsys.readouterr().out

    def test_a_free_one_is_kept(self, settings, free_port, capsys):
        settings(MQTT_PORT=str(free_port))
        assert runner.port_for_mqtt() == free_port
        assert capsys.readouterr().out == ""


class TestTakenPort:
    def test_it_says_so_and_starts_nothing(self):
        with socket.create_server(("0.0.0.0", 0)) as taken:
            port = taken.getsockname()[1]
            done = run("--port", str(port))
        assert done.returncode == 1
        assert f"Port {port} is taken" in done.stderr
        assert done.stdout == ""

    def test_so_it_does_of_that_for_simple_boards(self, free_port):
        done = run("--port", str(free_port), "--tolerant-port", str(free_port))
        assert done.returncode == 1
        assert f"Port {free_port} is taken" in done.stderr
