"""An archive written in one go: what any program reads again, and what none takes for whole when it is not."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
import zipfile
import zlib
from datetime import UTC, datetime

import pytest

from domain.zips import LEVEL, ZipStream

AT = datetime(2026, 11, 20, 10, 15, 30, tzinfo=UTC)


@pytest.fixture
def archive():
    archive = ZipStream(AT)
    yield archive
    archive.abandon()


def all_of(archive: ZipStream) -> bytes:
    return b"".join(archive.take())


class TestAWholeArchive:
    def test_it_holds_what_was_written_piece_by_piece(self, archive):
        sent = []
        archive.begin("channels/kiln.csv")
        for piece in (b"time_utc\r\n", b"2026\r\n" * 100_000, b"end"):
            archive.write(piece)
            sent.append(all_of(archive))
        archive.end()
        archive.add("README.txt", "21 °C")
        archive.finish()
        sent.append(all_of(archive))
        found = zipfile.ZipFile(io.BytesIO(b"".join(sent)))
        assert found.testzip() is None
        assert found.read("channels/kiln.csv") == b"time_utc\r\n" + b"2026\r\n" * 100_000 + b"end"
        assert found.read("README.txt").decode() == "21 °C"

    def test_the_files_have_the_hour_of_the_archive_and_may_be_read_by_all(self, archive):
        archive.add("a.csv", "1")
        archive.finish()
        told = zipfile.ZipFile(io.BytesIO(all_of(archive))).getinfo("a.csv")
        assert (told.date_time, told.external_attr >> 16) == ((2026, 11, 20, 10, 15, 30), 0o644)

    def test_a_small_file_asks_no_more_of_a_program_than_thirty_years_ago(self, archive):
        archive.add("a.csv", "1")
        archive.finish()
        assert zipfile.ZipFile(io.BytesIO(all_of(archive))).getinfo("a.csv").extract_version == 20

    @pytest.mark.skipif(shutil.which("unzip") is None, reason="unzip is not installed here")
    def test_one_that_may_be_large_is_read_by_other_programs_too(self, archive, tmp_path):
        archive.begin("large.csv", may_be_large=True)
        archive.write(b"1,2\r\n" * 1000)
        archive.end()
        archive.finish()
        (tmp_path / "large.zip").write_bytes(all_of(archive))
        subprocess.run(["unzip", "-t", tmp_path / "large.zip"], check=True, capture_output=True)

    def test_it_packs_as_quickly_as_was_meant(self, archive):
        content = "".join(f"2026-03-01T00:00:{random.random() * 60:.3f}Z,{random.gauss():.4f}\r\n" for _ in range(9999))
        archive.add("a.csv", content)
        archive.finish()
        packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -15)
        size = len(packer.compress(content.encode()) + packer.flush())
        assert zipfile.ZipFile(io.BytesIO(all_of(archive))).getinfo("a.csv").compress_size == size

    @pytest.mark.parametrize("year", [1970, 9999])
    def test_a_year_that_no_archive_can_say_is_the_nearest(self, year):
        archive = ZipStream(AT.replace(year=year))
        archive.add("a", "1")
        archive.finish()
        told = zipfile.ZipFile(io.BytesIO(all_of(archive))).getinfo("a")
        assert told.date_time[0] == {1970: 1980, 9999: 2107}[year]


class TestHalfAnArchive:
    def test_it_is_no_archive_wherever_it_was_let_go(self):
        for steps in range(4):
            archive, sent = ZipStream(AT), b""
            for step in (
                lambda a=archive: a.add("a.csv", "1" * 1000),
                lambda a=archive: a.begin("b.csv"),
                lambda a=archive: a.write(b"2" * 1000),
            )[:steps]:
                step()
                sent += all_of(archive)
            archive.abandon()
            sent += all_of(archive)
            assert not zipfile.is_zipfile(io.BytesIO(sent))

    def test_it_is_no_archive_at_any_byte_but_the_last(self, archive):
        archive.add("a.csv", "1,2\r\n" * 50)
        archive.add("b.csv", "3,4\r\n" * 50)
        archive.finish()
        whole = all_of(archive)
        assert zipfile.is_zipfile(io.BytesIO(whole))
        assert [cut for cut in range(len(whole)) if zipfile.is_zipfile(io.BytesIO(whole[:cut]))] == []

    def test_to_let_go_of_a_whole_one_changes_nothing(self, archive):
        archive.add("a.csv", "1")
        archive.finish()
        archive.abandon()
        assert zipfile.is_zipfile(io.BytesIO(all_of(archive)))
