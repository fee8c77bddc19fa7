"""Who may import whom: the picture in ARCHITECTURE.md, read from the source with `ast` and held."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.sources import product_sources

BELOW_THE_DOORS = {"context", "live", "models", "domain"}

# Each part of the product → which of our parts it may import, besides itself.
MAY_IMPORT = {
    "domain": set(),
    "models": {"domain"},
    "live": {"domain"},
    "context": {"domain", "models", "live"},
    "config": {"domain"},
    "ingest": BELOW_THE_DOORS,
    "ingest.mqtt.__main__": BELOW_THE_DOORS | {"config", "ingest", "running"},
    "api": BELOW_THE_DOORS,
    "accounts": BELOW_THE_DOORS,
    "dashapp": BELOW_THE_DOORS,
    "dialects": BELOW_THE_DOORS | {"ingest.intake"},
    "rehearsal": set(),
    "wsgi": {"config", "server"},
    "server": {"config", "ingest", "api", "accounts", "dashapp", "dialects", *BELOW_THE_DOORS, "commands", "running"},
    "commands": {"config", *BELOW_THE_DOORS},
    "running": {"domain", "live"},
    "gunicorn.conf": {"config", "domain.leaks"},
}

# Outside packages that only some places may know → those places.
ONLY_KNOWN_TO = {
    "sqlalchemy": {"models"},
    "alembic": {"models"},
    "pysqlite3": {"models"},
    "sqlite3": {"models"},
    "psycopg": {"models"},
    "redis": {"live", "config"},
    "gevent": {"models.offload", "gunicorn.conf"},
    "matplotlib": {"dashapp.pictures"},
    "pyarrow": {"api.rendering"},
    "xlsxwriter": {"api.rendering"},
    "amqtt": {"ingest.mqtt"},
}

# Places that may import nothing from outside but this, besides the standard library.
ONLY_KNOWS = {
    "domain": set(),
    "dashapp.figures": {"plotly"},
    "rehearsal": {"requests", "simple_websocket", "wsproto"},
}

# `dashapp.figures` draws what it is given, so of our parts it knows only the plain values.
FIGURES_MAY_IMPORT = {"domain", "dashapp.figures"}


@dataclass(frozen=True)
class Import:
    """Module `importer` imports `imported` (both dotted)."""

    importer: str
    imported: str

    def __str__(self) -> str:
        return f"{self.importer} imports {self.imported}"


def is_within(module: str, place: str) -> bool:
    return module == place or module.startswith(f"{place}.")


def part_of(module: str) -> str:
    """The top of the product that a module belongs to."""
    return module if module in MAY_IMPORT else module.partition(".")[0]


def imports_in(source: str, importer: str) -> Iterator[Import]:
    """Every import statement of a source, those within functions and under TYPE_CHECKING included."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(importer, alias.name)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{importer} imports relatively; write the whole name"
            for alias in node.names:
                yield Import(importer, f"{node.module}.{alias.name}")


def faults_in(found: Import) -> Iterator[str]:
    """What an import breaks, a sentence each."""
    yield from faults_among_our_parts(found)
    yield from faults_outside(found)


def faults_among_our_parts(found: Import) -> Iterator[str]:
    importer, imported = part_of(found.importer), part_of(found.imported)
    if imported not in MAY_IMPORT:
        return
    allowed = {importer} | MAY_IMPORT[importer]
    if not any(is_within(found.imported, place) for place in allowed):
        yield f"{found}, but {importer} may import only {sorted(allowed)}"
    is_figure = is_within(found.importer, "dashapp.figures")
    if is_figure and not any(is_within(found.imported, place) for place in FIGURES_MAY_IMPORT):
        yield f"{found}, but a figure knows only {sorted(FIGURES_MAY_IMPORT)}"


def faults_outside(found: Import) -> Iterator[str]:
    outside = found.imported.partition(".")[0]
    if outside in MAY_IMPORT:
        return
    places = ONLY_KNOWN_TO.get(outside)
    if places is not None and not any(is_within(found.importer, place) for place in places):
        yield f"{found}, but only {sorted(places)} may know {outside}"
    if outside in sys.stdlib_module_names:
        return
    for place, known in ONLY_KNOWS.items():
        if is_within(found.importer, place) and outside not in known:
            yield f"{found}, but {place} knows only {sorted(known)} and the standard library"


def faults_of(source: str, importer: str) -> list[str]:
    return [fault for found in imports_in(source, importer) for fault in faults_in(found)]


SOURCES = product_sources()


class TestTheHouse:
    @pytest.mark.parametrize("module", sorted(SOURCES))
    def test_a_module_imports_only_what_its_place_allows(self, module):
        assert faults_of(SOURCES[module].read_text(encoding="utf-8"), module) == []

    def test_every_part_has_a_row_in_the_table(self):
        assert {part_of(module) for module in SOURCES} <= set(MAY_IMPORT)


class TestTheRulesCanFail:
    """Each row breaks one rule, and the checker says so."""

    @pytest.mark.parametrize(
        ("importer", "source"),
        [
            ("domain.readings", "from models import store"),
            ("domain.readings", "import flask"),
            ("models.writer", "from live import bus"),
            ("models.writer", "import context"),
            ("live.hub", "from models import readings"),
            ("ingest.http_api", "from api import channels"),
            ("ingest.http_api", "import config"),
            ("api.channels", "import dashapp.shell"),
            ("dashapp.pages.wall", "from accounts.routes import login"),
            ("dashapp.figures.lines", "from models import readings"),
            ("dashapp.figures.lines", "import dashapp.wiring"),
            ("dashapp.figures.lines", "import dash"),
            ("dialects.kazarinoff", "from ingest import keys"),
            ("api.channels", "import sqlalchemy"),
            ("server", "from sqlalchemy import text"),
            ("ingest.payload", "import sqlite3"),
            ("dashapp.shell", "import redis.client"),
            ("models.store", "import gevent"),
            ("live.hub", "from gevent import queue"),
            ("api.downloads", "import pyarrow"),
            ("wsgi", "from ingest import http_api"),
            ("rehearsal.cast", "from domain import units"),
            ("rehearsal.cast", "import numpy"),
            ("ingest.http_api", "def late():\n    from api import channels"),
            ("ingest.http_api", "if TYPE_CHECKING:\n    import api.channels"),
        ],
    )
    def test_it_finds_the_fault(self, importer, source):
        assert len(faults_of(source, importer)) == 1

    @pytest.mark.parametrize(
        ("importer", "source"),
        [
            ("domain.channels", "from domain.readings import Feed\nimport json"),
            ("models.store", "import sqlalchemy\nfrom domain import errors"),
            ("models.offload", "import gevent"),
            ("live.redis_bus", "import redis"),
            ("ingest.http_api", "from context import store\nfrom models import keys\nfrom flask import request"),
            ("dashapp.figures.lines", "import plotly.graph_objects as go\nfrom dashapp.figures import columns"),
            ("dialects.kazarinoff", "from ingest.intake import accept\nfrom ingest import intake"),
            ("server", "from ingest import http_api\nfrom live import hub"),
            ("rehearsal.cast", "import requests\nfrom rehearsal.noise import Scene"),
        ],
    )
    def test_it_leaves_what_is_allowed(self, importer, source):
        assert faults_of(source, importer) == []

    def test_it_refuses_relative_imports(self):
        with pytest.raises(AssertionError, match="whole name"):
            faults_of("from . import readings", "domain.channels")
