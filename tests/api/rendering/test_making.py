"""Files that are no text, made by the process that makes them."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from api.rendering import making, tables
from domain.downloads import Form
from domain.errors import Crowded, NotFound, StorageFull
from domain.roles import Viewer
from domain.timespan import SECOND
from models import exporting
from tests.api.rendering.readings import SUMMER_ENDS, kept, of
from tests.api.rendering.workbooks import sheets_of
from tests.builders import NOW
from tests.lab import opened_lab
from tests.processes import ROOT


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab.store


@pytest.fixture(scope="module")
def channel(store):
    return kept(store, {(SUMMER_ENDS + at * SECOND, 0): (at / 4, None) for at in range(50)})


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Where temporary files are put, here and in the process."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def planned(store, channel, form):
    return store.ask(exporting.plan, Viewer.visitor(), of(channel, form=form), NOW)


def lines(store, plan):
    for piece in exporting.pieces(store, Viewer.visitor(), making.lines_of(plan)):
        yield piece.content


class TestMade:
    def test_parquet(self, store, channel, tmp_path):
        plan = planned(store, channel, Form.PARQUET)
        with making.made(plan, lines(store, plan)) as file:
            content = b"".join(file.chunks())
        assert file.size == len(content)
        (tmp_path / "file").write_bytes(content)
        assert pq.read_table(tmp_path / "file")["temperature [°C]"].to_pylist() == [at / 4 for at in range(50)]

    def test_excel(self, store, channel):
        plan = planned(store, channel, Form.XLSX)
        with making.made(plan, lines(store, plan)) as file:
            (sheet,) = sheets_of(b"".join(file.chunks())).values()
        assert [row["C"] for row in sheet.rows[1:]] == [at / 4 for at in range(50)]

    @pytest.mark.parametrize("form", making.FORMS)
    def test_nothing_of_it_stays_on_disk(self, store, channel, form, folder):
        plan = planned(store, channel, form)
        with making.made(plan, lines(store, plan)):
            assert list(folder.iterdir()) == []  # it has no name
        assert list(folder.iterdir()) == []


class TestNotMade:
    @pytest.mark.parametrize("form", making.FORMS)
    def test_what_the_lines_raise_ends_the_process(self, store, channel, form, folder, monkeypatch):
        begun = watched(monkeypatch)
        plan = planned(store, channel, form)

        def cut():
            yield next(lines(store, plan))
            raise NotFound

        with pytest.raises(NotFound):
            making.made(plan, cut()).__enter__()
        (process,) = begun
        assert process.returncode in (tables.STOPPED, -signal.SIGTERM)
        assert list(folder.iterdir()) == []

    def test_a_process_that_fails_makes_no_file(self, store, channel):
        plan = planned(store, channel, Form.PARQUET)
        with pytest.raises(RuntimeError, match="ended with 1"):
            making.made(plan, [b"time_utc\r\n", b"no such line\r\n"]).__enter__()

    @pytest.mark.parametrize("form", making.FORMS)
    def test_a_disk_that_is_full_is_said(self, store, channel, form, monkeypatch):
        if not Path("/dev/full").exists():
            pytest.skip("there is no /dev/full here")
        plan = planned(store, channel, form)
        with Path("/dev/full").open("r+b", buffering=0) as full:
            monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: full)
            with pytest.raises(StorageFull):
                making.made(plan, lines(store, plan)).__enter__()

    def test_where_too_many_are_made_one_comes_again(self, store, channel, monkeypatch):
        monkeypatch.setattr(making, "PATIENCE_S", 0)
        plan = planned(store, channel, Form.PARQUET)
        for _ in range(making.AT_ONCE):
            making._room.acquire()
        try:
            with pytest.raises(Crowded):
                making.made(plan, []).__enter__()
        finally:
            for _ in range(making.AT_ONCE):
                making._room.release()
        with making.made(plan, lines(store, plan)) as file:
            assert file.size

    def test_nobody_takes_all_places(self, store, channel, monkeypatch):
        monkeypatch.setattr(making, "PATIENCE_S", 0.1)
        plan = planned(store, channel, Form.PARQUET)

        def while_hers_is_made():
            with pytest.raises(Crowded), making.made(plan, lines(store, plan), "hers"):
                pass
            with making.made(plan, lines(store, plan), "his") as file:
                assert file.size
            yield from lines(store, plan)

        with making.made(plan, while_hers_is_made(), "hers") as file:
            assert file.size
        with making.made(plan, lines(store, plan), "hers") as file:
            assert file.size


class TestServerThatIsGone:
    @pytest.mark.parametrize("form", making.FORMS)
    def test_the_process_ends_by_itself(self, store, channel, form, folder):
        plan = planned(store, channel, form)
        with tempfile.TemporaryFile() as content:
            process = subprocess.Popen(making.COMMAND, cwd=ROOT, stdin=subprocess.PIPE, stdout=content)
            told = io.BytesIO()
            tables.send(making.table_of(plan), lines(store, plan), told)
            process.communicate(told.getvalue()[:-1], timeout=60)
        assert process.returncode == tables.STOPPED
        assert list(folder.iterdir()) == []


def watched(monkeypatch) -> list[subprocess.Popen]:
    """The processes that are begun from now on."""
    begun = []
    begin = subprocess.Popen

    def note(*words, **more):
        begun.append(begin(*words, **more))
        return begun[-1]

    monkeypatch.setattr(subprocess, "Popen", note)
    return begun


class TestWhatIsLoaded:
    def run(self, code: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
        )
        return done.stdout.strip()

    def test_a_server_loads_neither_library(self):
        code = "import sys, server; print([name for name in ('pyarrow', 'xlsxwriter') if name in sys.modules])"
        assert self.run(code) == "[]"

    def test_the_process_loads_no_server(self):
        parts = ("flask", "sqlalchemy", "models", "context")
        loaded = "import sys, api.rendering.__main__, api.rendering.parquet, api.rendering.xlsx"
        code = f"{loaded}; print([name for name in {parts} if name in sys.modules])"
        assert self.run(code) == "[]"
