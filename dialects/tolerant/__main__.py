"""`python -m dialects.tolerant --port 8080`: listens for boards that cannot write a whole HTTP request."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence

from dialects.tolerant.asking import WebServer
from dialects.tolerant.listening import Front


def main(words: Sequence[str] | None = None) -> int:
    """Listen until told to stop; 1 when the port cannot be had."""
    parser = argparse.ArgumentParser(prog="python -m dialects.tolerant", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="where to listen")
    parser.add_argument("--host", default="0.0.0.0", help="of which address of this machine (all)")  # noqa: S104
    parser.add_argument("--to", default="127.0.0.1:8000", metavar="HOST:PORT", help="the web server (127.0.0.1:8000)")
    chosen = parser.parse_args(words)
    host, colon, port = chosen.to.rpartition(":")
    if not (colon and host and port.isdecimal()):
        parser.error(f"--to is {chosen.to!r}; write HOST:PORT, such as 127.0.0.1:8000.")
    try:
        asyncio.run(_listen(Front(WebServer(host, int(port))), chosen.host, chosen.port))
    except OSError as taken:
        sys.stderr.write(f"Port {chosen.port} cannot be had: {taken.strerror}\n")
        return 1
    return 0


async def _listen(front: Front, host: str, port: int) -> None:
    server = await front.serve(host, port)
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    sys.stderr.write(f"Boards that cannot write a whole request are heard on port {port}.\n")
    await stop.wait()
    server.close()
    await front.finish()


if __name__ == "__main__":
    sys.exit(main())
