"""Start everything named in Procfile.dev on this machine, and say where to look once the server answers."""

from __future__ import annotations

import argparse
import http.client
import os
import socket
import sys
import threading
from pathlib import Path

from dotenv import dotenv_values
from honcho.environ import parse_procfile
from honcho.manager import Manager

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_PORT = 8000
LOOK_EVERY_S = 0.2


def main() -> int:
    """Run until Ctrl-C or until one of the processes ends; 1 when it cannot start."""
    port = chosen_port()
    if not is_free(port):
        print(f"Port {port} is taken by another program. Take another one: make run PORT={port + 1}", file=sys.stderr)
        return 1
    manager = manager_of(port)
    threading.Thread(target=announce, args=(port,), daemon=True).start()
    print("Starting Labfeed. Ctrl-C stops everything.", flush=True)
    manager.loop()
    return 0 if was_stopped_on_purpose(manager) else 1


def chosen_port() -> int:
    """The port of the command line, else of the environment, else of .env, else 8000."""
    parser = argparse.ArgumentParser(description=__doc__)
    set_before = os.environ.get("PORT") or dotenv_values(ROOT / ".env").get("PORT") or DEFAULT_PORT
    parser.add_argument("--port", type=int, default=set_before, help=f"where to listen ({DEFAULT_PORT})")
    port: int = parser.parse_args().port
    return port


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of this machine now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))  # noqa: S104 (where gunicorn.conf.py listens)
        except OSError:
            return False
    return True


def manager_of(port: int) -> Manager:
    """The processes of Procfile.dev, with the programs of this virtual environment found first."""
    environment = os.environ | {
        "PORT": str(port),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONUNBUFFERED": "1",
    }
    manager = Manager()
    for name, command in parse_procfile((ROOT / "Procfile.dev").read_text()).processes.items():
        manager.add_process(name, command, env=environment, cwd=str(ROOT))
    return manager


def announce(port: int) -> None:
    """Wait until the server answers, then print its address."""
    pause = threading.Event()
    while not answers(port):
        pause.wait(LOOK_EVERY_S)
    print(f"\n    Labfeed is ready: http://localhost:{port}/\n", flush=True)


def answers(port: int) -> bool:
    """Whether the server on this port says that it is well."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def was_stopped_on_purpose(manager: Manager) -> bool:
    """Whether Ctrl-C or a TERM ended it, not one of the processes."""
    stopped_by_signal = {130, 143}
    return manager.returncode in stopped_by_signal


if __name__ == "__main__":
    sys.exit(main())
