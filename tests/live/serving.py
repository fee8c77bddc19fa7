"""gunicorn's settings for tests/live/served_app.py: goodbyes are said as soon as the worker is to stop."""

from __future__ import annotations

import threading
import time

worker_class = "gevent"
worker_connections = 2000
graceful_timeout = 10
control_socket_disable = True
loglevel = "debug"


def post_worker_init(worker):
    def say_goodbye():
        while worker.alive:
            time.sleep(0.1)
        from tests.live.served_app import doors

        doors.close_all()

    threading.Thread(target=say_goodbye, daemon=True).start()
