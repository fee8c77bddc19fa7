"""`python -m api.rendering`: reads a table and its lines, and writes the file. `api.rendering.making` begins it."""

from __future__ import annotations

import errno
import os
import signal
import sys
from types import FrameType

from api.rendering import tables
from api.rendering.tables import DISK_FULL, NICENESS, STOPPED
from domain.downloads import Form


def main() -> None:
    os.nice(NICENESS)
    signal.signal(signal.SIGTERM, _stop)
    with open(sys.stdout.fileno(), "wb", closefd=False) as to:
        table = tables.read_table(sys.stdin.buffer)
        if table.form is Form.PARQUET:
            from api.rendering.parquet import write  # each loads only its own library
        else:
            from api.rendering.xlsx import write
        write(table, tables.read_lines(sys.stdin.buffer), to)


def _stop(_number: int, _frame: FrameType | None) -> None:
    """Leave as usual, so that nothing stays on disk."""
    sys.exit(STOPPED)


if __name__ == "__main__":
    try:
        main()
    except EOFError:
        sys.exit(STOPPED)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        sys.exit(DISK_FULL)
