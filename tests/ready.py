"""What stands ready, made once by a worker, for tests that would otherwise wait for it each time.

SQLite databases with tables, laid down where a test wants one: how the tables are made has tests of its own
(tests/models/test_upgrading.py). And what builds addresses, of which an app has a thousand.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from werkzeug.routing import Rule

from models import upgrading
from models.schema import metadata
from models.store import Store

Make = Callable[[Store], object]
SQLITE = "sqlite:///"


def tables(store: Store) -> None:
    """The tables as the code describes them."""
    store.tell(metadata.create_all)


def migrated(store: Store) -> None:
    """The tables as the migrations leave them, with a note of the revision."""
    upgrading.upgrade(store)


def lay(database_url: str, make: Make) -> bool:
    """Put down a database as `make` makes it; False where there is one already, or it is none of SQLite's."""
    is_sqlite, path = database_url.startswith(SQLITE), Path(database_url.removeprefix(SQLITE))
    if not is_sqlite or path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_file_of(make))
    return True


def remember_builders() -> None:
    """Let werkzeug compile what builds an address once for all apps: it takes as long as all else of making one."""
    compiled: dict[Any, Any] = {}
    compile_anew = Rule._compile_builder

    def compile_once(self: Rule, append_unknown: bool = True) -> Any:
        if self.defaults:  # they are compiled in
            return compile_anew(self, append_unknown)
        form = self.rule, tuple(self._trace), append_unknown
        if form not in compiled:
            compiled[form] = compile_anew(self, append_unknown)
        return compiled[form]

    Rule._compile_builder = compile_once  # type: ignore[method-assign]


@cache
def _file_of(make: Make) -> bytes:
    with tempfile.TemporaryDirectory(prefix="labfeed-") as folder:
        path = Path(folder) / "labfeed.db"
        store = Store.open(f"{SQLITE}{path}", synchronous="OFF")
        try:
            make(store)
        finally:
            store.close()
        assert [each.name for each in path.parent.iterdir()] == [path.name], "all of it is in one file"
        return path.read_bytes()
