"""How the web processes are run; the reason for every number stands beside it."""

from __future__ import annotations

import gc
import logging
import os
import resource
import signal
from types import FrameType
from typing import Any

import gevent
from dotenv import load_dotenv
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from gunicorn.workers.base import Worker

from config import THIS_MACHINE
from config import read as read_settings
from domain.leaks import masked

# PORT and WEB_CONCURRENCY may stand in .env too; what is read here, the web processes inherit.
load_dotenv(".env")

# gevent: a thousand open pages are a thousand sockets that mostly wait. With threads the slowest hundredth of
# live messages came nine times later.
worker_class = "gevent"
bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"

# One process by default: SQLite has one writer and the bus without Redis lives in one process.
# With PostgreSQL and Redis it is one per core: WEB_CONCURRENCY=4.
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))

# Each open page keeps one socket, each board up to one more. 4 000 is four large lectures in one process, and what
# comes above it waits in the kernel's queue instead of taking memory. Each connection is one open file.
worker_connections = 4000
_files, _most_files = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (max(_files, min(_most_files, worker_connections + 1024)), _most_files))

# Boards send every 15 s or faster; with 20 s they keep their connection and the handshake is paid once.
keepalive = 20

# A worker that does not even beat for 30 s hangs; blocking work runs in native threads and does not stop the beat.
# The beat is a touched file: in memory where there is such a place, so that a busy disk is not taken for a hang.
timeout = 30
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 (gunicorn makes a private file)

# At a stop, requests under way get 5 s, far more than any needs. Open pages and boards, which would hold their sockets
# for ever, are told goodbye at once and come back by themselves.
graceful_timeout = 5

# The application is made in each worker, after gevent has patched the standard library, never before the fork:
# database connections and the writer's thread do not survive one.
preload_app = False

# The address-bar form of sending carries up to 64 feeds in one line; 8 190 is the most gunicorn allows.
# No browser or board sends near 100 header fields, nor one above 8 190 bytes.
limit_request_line = 8190
limit_request_fields = 100
limit_request_field_size = 8190

# gunicorn_h1c where it could be built, else gunicorn's own parser, which needs 8 µs more for a request. Both take
# HTTP/1.0 and requests without a Host; only the former also takes lines that end in a bare LF, as some boards send.
http_parser = "auto"

# Whose X-Forwarded-Proto is believed, and X-Forwarded-For too (accounts/forwarded.py). Gunicorn itself would read it
# before .env was.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS") or THIS_MACHINE

# No control socket: nothing here uses it, and two servers of one user would take it from each other.
control_socket_disable = True

# Problems go to stderr. No access log: it costs a tenth of a request, and a key in the address would land in it.
accesslog = None
errorlog = "-"
loglevel = "info"

# psycopg sees gevent's patches and would wait for PostgreSQL through gevent, but it runs in native threads, where that
# starts an event loop in each. Its wait in C blocks only its own thread. Read when psycopg is first imported.
os.environ.setdefault("PSYCOPG_WAIT_FUNC", "wait_c")


def _without_keys(record: logging.LogRecord) -> bool:
    record.msg, record.args = masked(record.getMessage()), ()
    return True


class _Log(Logger):
    """Gunicorn's own. Of a request that it cannot parse it tells the address, and there keys stand."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.addFilter(_without_keys)


logger_class = _Log


def on_starting(_server: Arbiter) -> None:
    """Stop before there is a worker where a setting is wrong: one that cannot start would be started for ever."""
    read_settings()


def post_worker_init(worker: Worker) -> None:
    """Leave what is loaded alone, and say goodbye to open sockets as soon as the worker is told to stop."""
    # The code and the tables of Flask, Dash and Plotly stay for good, yet the garbage collector walked through all of
    # them again and again, for half of the time of a batch. It also comes after 50 000 new objects now instead of
    # 700: one batch of 1000 readings makes 6 000.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)
    stop = worker.handle_exit

    def stop_and_say_goodbye(number: int, frame: FrameType | None) -> None:
        stop(number, frame)
        gevent.spawn(worker.wsgi.extensions["labfeed-running"].say_goodbye)  # a signal's handler itself may not wait

    signal.signal(signal.SIGTERM, stop_and_say_goodbye)


def worker_exit(_server: Arbiter, worker: Worker) -> None:
    """Write down what was still in memory (last uses of keys, refusals) and close what is open."""
    app = getattr(worker, "wsgi", None)  # missing where the app could not even be made
    if app is not None:
        app.extensions["labfeed-running"].end()
