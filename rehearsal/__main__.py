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
from threading import Event, Thread
from types import FrameType

import requests

from rehearsal.cast import CAST, Board
from rehearsal.enrolment import Enrolment
from rehearsal.noise import Scene
from rehearsal.stage import Stage, perform

UNITS_MS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
LOOK_EVERY_S = 0.2
STOP_WITHIN_S = 5.0

log = logging.getLogger("rehearsal")


class Wish:
    """Whether somebody wants the play to end. A signal's handler may do no more than note it: locks would block it."""

    def __init__(self) -> None:
        self.is_to_end = False

    def note(self, _signal: int, _frame: FrameType | None) -> None:
        self.is_to_end = True


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    options = parse(arguments, environ)
    wish = Wish()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, wish.note)
    scene = Scene(options.seed, time.localtime().tm_gmtoff)
    stage = Stage(options.url, scene, Enrolment(options.state), options.history, _now_ms, Event())
    wait_for_server(stage, wish)
    threads = [] if wish.is_to_end else raise_curtain(stage, options.only or CAST)
    while not wish.is_to_end:
        time.sleep(LOOK_EVERY_S)
    drop_curtain(stage, threads)
    return 0


def parse(arguments: Sequence[str], environ: Mapping[str, str]) -> argparse.Namespace:
    """The options; the address follows PORT, as the server itself does."""
    parser = argparse.ArgumentParser(prog="python -m rehearsal", description="Play a classroom of boards.")
    default_url = f"http://127.0.0.1:{environ.get('PORT', '8000')}"
    parser.add_argument("--url", type=_address, default=default_url, help="the server (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=7, help="another number, another story (default: %(default)s)")
    parser.add_argument("--history", type=span_ms, default="1h", help="past of new channels (default: %(default)s)")
    parser.add_argument("--state", type=Path, default=Path("var/rehearsal.json"), help="where the keys are remembered")
    parser.add_argument(
        "--only", type=board_called, action="append", metavar="NAME", help="a board; all if never given"
    )
    return parser.parse_args(arguments)


def board_called(name: str) -> Board:
    """The member of the cast with that name, or whose name begins so."""
    found = [board for board in CAST if board.name.casefold().startswith(name.casefold())]
    if len(found) != 1:
        raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(board.name for board in CAST)}")
    return found[0]


def span_ms(text: str) -> int:
    """`90s`, `15m`, `1h` or `2d` in milliseconds; `0` for none."""
    found = re.fullmatch(r"(\d+)([smhd])|0", text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is no length of time; write it like 90s, 15m, 1h or 2d")
    return int(found[1]) * UNITS_MS[found[2]] if found[1] else 0


def wait_for_server(stage: Stage, wish: Wish) -> None:
    """Return as soon as the server says it is well, or somebody wants to end."""
    while not wish.is_to_end and not _is_well(stage.url):
        time.sleep(LOOK_EVERY_S)


def raise_curtain(stage: Stage, boards: Sequence[Board]) -> list[Thread]:
    """Start each board in a thread of its own."""
    threads = [Thread(target=perform, args=(board, stage), name=board.name, daemon=True) for board in boards]
    for thread in threads:
        thread.start()
    log.info("Rehearsal: %s on %s", "1 board plays" if len(threads) == 1 else f"{len(threads)} boards play", stage.url)
    return threads


def drop_curtain(stage: Stage, threads: Sequence[Thread]) -> None:
    """Let every board end what it is doing, for a few seconds."""
    stage.stop.set()
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
