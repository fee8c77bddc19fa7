"""Channels for the cast: made with the product's command line, remembered in a file for the next start."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Lock, Semaphore

from rehearsal.cast import Board

COMMAND_WITHIN_S = 60.0
COMMANDS_AT_ONCE = 2
"""Each is a Python that loads the whole product: more at once would only be slower."""


class EnrolmentFailed(Exception):
    """The command line made no channel. The text says why."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A board's channel and keys; `has_history`: its past was sent, so only what is new is still to come."""

    channel_id: int
    write_key: str
    read_key: str
    has_history: bool = False


class Enrolment:
    """The register of channels, kept in a file that only its owner may read; one thread for each board may use it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._turn = Semaphore(COMMANDS_AT_ONCE)
        self._known = _load(path)

    def credentials(self, board: Board) -> Credentials:
        """The board's channel: the remembered one, or one made now. Raises EnrolmentFailed."""
        with self._lock:
            known = self._known.get(board.name)
        if known:
            return known
        with self._turn:
            made = create_channel(board)
        with self._lock:
            self._remember(board, made)
        return made

    def forget(self, board: Board) -> None:
        """The server no longer takes this board's key: the next question makes a new channel."""
        with self._lock:
            self._known.pop(board.name, None)
            self._save()

    def history_sent(self, board: Board) -> None:
        with self._lock:
            self._remember(board, replace(self._known[board.name], has_history=True))

    def _remember(self, board: Board, credentials: Credentials) -> None:
        self._known[board.name] = credentials
        self._save()

    def _save(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".draft")
        known = {name: asdict(credentials) for name, credentials in self._known.items()}
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(known, ensure_ascii=False, indent=2), encoding="utf-8")
        draft.replace(self._path)


def create_channel(board: Board) -> Credentials:
    """Make the board's channel with `flask channel create`. Raises EnrolmentFailed with the command's last words."""
    try:
        done = subprocess.run(
            command(board), capture_output=True, text=True, encoding="utf-8", timeout=COMMAND_WITHIN_S, check=True
        )
        made = json.loads(done.stdout.strip().splitlines()[-1])
        return Credentials(made["channel_id"], made["write_key"], made["read_key"])
    except subprocess.CalledProcessError as error:
        raise EnrolmentFailed(_last_line(error.stderr)) from error
    except subprocess.TimeoutExpired as error:
        raise EnrolmentFailed(f"no answer within {COMMAND_WITHIN_S:.0f} s") from error
    except (ValueError, LookupError) as error:
        raise EnrolmentFailed(f"its answer was not understood: {_last_line(done.stdout)}") from error


def command(board: Board) -> list[str]:
    """The command line that makes the board's channel."""
    flask = [sys.executable, "-m", "flask", "--app", "wsgi:server"]
    feeds = [word for name, kind in board.feeds.items() for word in ("--feed", f"{name}:{kind}")]
    told = ["--description", board.description, "--visibility", "public", "--rehearsal"]
    return [
        *flask,
        "channel",
        "create",
        board.name,
        *feeds,
        *told,
        "--expected-interval",
        f"{board.interval_s:g}",
        "--json",
    ]


def _load(path: Path) -> dict[str, Credentials]:
    """What the file remembers; nothing where it is missing or not ours."""
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        return {name: Credentials(**credentials) for name, credentials in known.items()}
    except (FileNotFoundError, ValueError, TypeError, AttributeError):
        return {}


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "it said nothing"
