"""`python -m rehearsal`: play the classroom until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import logging
import os
import re
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from threading import Event, Thread

import requests

from rehearsal.cast import CAST
from rehearsal.delivery import Courier
from rehearsal.enrolment import Enrolment
from rehearsal.noise import Scene
from rehearsal.stage import Stage, enrol, perform

UNITS_MS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
ASK_EVERY_S = 0.5
STOP_WITHIN_S = 5.0

log = logging.getLogger("rehearsal")


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    options = parse(arguments, environ)
    stop = Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _number, _frame: stop.set())
    scene = Scene(options.seed, time.localtime().tm_gmtoff)
    stage = Stage(options.url, scene, Enrolment(options.state), options.history, _now_ms, stop)
    if wait_for_server(stage):
        raise_curtain(stage)
    return 0


def parse(arguments: Sequence[str], environ: Mapping[str, str]) -> argparse.Namespace:
    """The options; the address follows PORT, as the server itself does."""
    parser = argparse.ArgumentParser(prog="python -m rehearsal", description="Play a classroom of boards.")
    default_url = f"http://127.0.0.1:{environ.get('PORT', '8000')}"
    parser.add_argument("--url", type=_address, default=default_url, help="the server (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=7, help="another number, another story (default: %(default)s)")
    parser.add_argument("--history", type=span_ms, default="1h", help="past of new channels (default: %(default)s)")
    parser.add_argument("--state", type=Path, default=Path("var/rehearsal.json"), help="where the keys are remembered")
    return parser.parse_args(arguments)


def span_ms(text: str) -> int:
    """`90s`, `15m`, `1h` or `2d` in milliseconds; `0` for none."""
    found = re.fullmatch(r"(\d+)([smhd])|0", text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is no length of time; write it like 90s, 15m, 1h or 2d")
    return int(found[1]) * UNITS_MS[found[2]] if found[1] else 0


def wait_for_server(stage: Stage) -> bool:
    """True as soon as the server says it is well; False when told to stop first."""
    while not stage.stop.is_set():
        if _is_well(stage.url):
            return True
        stage.stop.wait(ASK_EVERY_S)
    return False


def raise_curtain(stage: Stage) -> None:
    """Play every board in a thread of its own, enrolled in the cast's order, until the sign to stop."""
    threads = []
    for board in CAST:
        if enrol(board, stage, Courier(board.name, Random(stage.scene.seed), stage.stop)) is None:
            break
        threads.append(Thread(target=perform, args=(board, stage), name=board.name, daemon=True))
        threads[-1].start()
    log.info("Rehearsal: %d boards play on %s", len(threads), stage.url)
    while not stage.stop.wait(3_600):
        pass
    deadline_s = time.monotonic() + STOP_WITHIN_S
    for thread in threads:
        thread.join(max(0.0, deadline_s - time.monotonic()))


def _is_well(url: str) -> bool:
    with requests.Session() as session:
        session.trust_env = False
        try:
            return session.get(f"{url}/healthz", timeout=5).ok
        except requests.RequestException:
            return False


def _address(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError("an address begins with http:// or https://")
    # localhost may mean ::1 first, where a server need not listen; simple_websocket tries only the first.
    return text.rstrip("/").replace("//localhost", "//127.0.0.1", 1)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
