"""Start everything named in Procfile.dev on this machine, and say where to look once the server answers."""

from __future__ import annotations

import argparse
import http.client
import os
import socket
import sys
import threading
from collections.abc import Collection
from pathlib import Path

from dotenv import dotenv_values
from honcho.environ import parse_procfile
from honcho.manager import Manager

from tools import practice_provider

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_PORT = 8000
DEFAULT_MQTT_PORT = 1883
MOST_PORT = 65_536
LOOK_EVERY_S = 0.2


def main() -> int:
    """Run until Ctrl-C or until one of the processes ends; 1 when it cannot start."""
    port, tolerant_port = chosen_ports()
    if not is_free(port):
        print(f"Port {port} is taken by another program. Take another one: make run PORT={port + 1}", file=sys.stderr)
        return 1
    if tolerant_port is not None and (tolerant_port == port or not is_free(tolerant_port)):
        print(f"Port {tolerant_port} is taken by another program. Take another TOLERANT_PORT.", file=sys.stderr)
        return 1
    mqtt_port = port_for_mqtt(but=(port, tolerant_port))
    practice_port = free_port_after(port, but=(tolerant_port, mqtt_port)) if needs_practice() else None
    manager = manager_of(port, practice_port, tolerant_port, mqtt_port)
    threading.Thread(target=announce, args=(port, practice_port is not None, mqtt_port), daemon=True).start()
    print("Starting Labfeed. Ctrl-C stops everything.", flush=True)
    manager.loop()
    return 0 if was_stopped_on_purpose(manager) else 1


def chosen_ports() -> tuple[int, int | None]:
    """The port of the command line, else of the environment, else of .env, else 8000; and that for simple boards."""
    parser = argparse.ArgumentParser(description=__doc__)
    set_before = setting("PORT") or DEFAULT_PORT
    parser.add_argument("--port", type=int, default=set_before, help=f"where to listen ({DEFAULT_PORT})")
    for_simple = "where boards are heard that cannot write a whole request (they are not)"
    parser.add_argument("--tolerant-port", type=int, default=setting("TOLERANT_PORT"), help=for_simple)
    chosen = parser.parse_args()
    return chosen.port, chosen.tolerant_port


def setting(name: str) -> str | None:
    """A setting of the environment, else of .env; None where it is empty or missing."""
    return os.environ.get(name) or dotenv_values(ROOT / ".env").get(name) or None


def needs_practice() -> bool:
    """Whether people would have nobody to sign in with: the practice provider is for development alone."""
    return not setting("OIDC_ISSUER") and (setting("LABFEED_ENV") or "development").lower() == "development"


def port_for_mqtt(but: Collection[int | None] = ()) -> int:
    """The port of the setting, else 1883; where another program has it, the next that is free, and it is said."""
    wanted = int(setting("MQTT_PORT") or DEFAULT_MQTT_PORT)
    if wanted not in but and is_free(wanted):
        return wanted
    chosen = free_port_after(wanted, but)
    print(f"Port {wanted}, MQTT's, is taken by another program: MQTT is spoken on port {chosen} instead.", flush=True)
    return chosen


def free_port_after(port: int, but: Collection[int | None] = ()) -> int:
    """The next port that is free, and is none of those."""
    return next(each for each in range(port + 1, MOST_PORT) if each not in but and is_free(each))


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of this machine now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))  # noqa: S104 (where gunicorn.conf.py listens)
        except OSError:
            return False
    return True


def manager_of(
    port: int, practice_port: int | None, tolerant_port: int | None = None, mqtt_port: int = DEFAULT_MQTT_PORT
) -> Manager:
    """The processes of Procfile.dev, with the programs of this virtual environment found first.

    Without a port for it there is no practice provider, and nothing is said of one; nor is there a tolerant listener.
    """
    environment = os.environ | {
        "PORT": str(port),
        "MQTT_PORT": str(mqtt_port),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONUNBUFFERED": "1",
    }
    if practice_port is not None:
        environment |= practice_provider.settings(practice_port) | {"PRACTICE_PORT": str(practice_port)}
    if tolerant_port is not None:
        environment["TOLERANT_PORT"] = str(tolerant_port)
    ports = {"practice": practice_port, "tolerant": tolerant_port}
    manager = Manager()
    for name, command in parse_procfile((ROOT / "Procfile.dev").read_text()).processes.items():
        if ports.get(name, port) is not None:
            manager.add_process(name, command, env=environment, cwd=str(ROOT))
    return manager


def announce(port: int, is_practice: bool, mqtt_port: int) -> None:
    """Wait until the server answers, then print its address and who can sign in."""
    pause = threading.Event()
    while not answers(port):
        pause.wait(LOOK_EVERY_S)
    print(f"\n    Labfeed is ready: http://localhost:{port}/", flush=True)
    print(f"    MQTT is spoken on port {mqtt_port}.\n", flush=True)
    if is_practice:
        print("    Sign in with the practice provider, as whom you like:", flush=True)
        for each in practice_provider.PEOPLE:
            print(f"      {each.email:<24} {each.part}", flush=True)
        print(flush=True)


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
