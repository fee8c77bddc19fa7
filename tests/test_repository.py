"""What the repository as a whole promises: no JavaScript of ours, nothing from other hosts, words that stay true."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import config
from tests.processes import ROOT
from tests.sources import product_sources

# The rehearsal is a program of its own that knows the product only from outside, so it follows PORT by itself.
READERS_OF_THE_ENVIRONMENT = {"config", "gunicorn.conf", "rehearsal.__main__", "rehearsal.enrolment", "server"}
READING = re.compile(r"\bos\.(environ|getenv)\b|from os import .*\b(environ|getenv)\b")
NAME_READ = re.compile(r"""\bos\.(?:environ|getenv)(?:\.\w+)?[\[(]["'](\w+)""")

JAVASCRIPT = re.compile(
    r"clientside_callback|ClientsideFunction|dash_extensions\.javascript|<script\b|\bjavascript:", re.I
)
OTHER_HOSTS = re.compile(
    r"https?://(cdn|unpkg|fonts\.|stackpath|maxcdn|code\.jquery)|cdnjs|jsdelivr|dbc\.(themes|icons)\."
)
MACHINE_PATHS = re.compile(r"(?<![\w.])/(root/|Users/\w|home/(?!pi/)\w)")
THIRD_PARTY_BANNER = re.compile(r"/\*!|@license|sourceMappingURL", re.I)


def files_of_the_repository() -> list[Path]:
    """What git tracks or would track."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


FILES = files_of_the_repository()


def lines_matching(pattern: re.Pattern[str], *suffixes: str, without: tuple[str, ...] = ()) -> list[str]:
    """`file:line: text` wherever the pattern stands in files with these endings; `without` are folders."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in FILES
        if path.suffix in suffixes and path.relative_to(ROOT).parts[0] not in without
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]


class TestPythonOnly:
    def test_there_is_no_javascript_file(self):
        assert [path for path in FILES if path.suffix in {".js", ".mjs", ".cjs", ".ts", ".jsx", ".tsx", ".vue"}] == []

    def test_no_javascript_hides_in_python_or_html(self):
        assert lines_matching(JAVASCRIPT, ".py", ".html", ".jinja", ".svg", without=("tests",)) == []

    def test_the_pattern_finds_what_it_is_for(self):
        for line in ("app.clientside_callback(", "ClientsideFunction(", '<script src="x">', 'href="javascript:x"'):
            assert JAVASCRIPT.search(line)


class TestNothingFromElsewhere:
    def test_nothing_is_loaded_from_another_host(self):
        assert lines_matching(OTHER_HOSTS, ".py", ".html", ".css", without=("tests",)) == []

    def test_no_stylesheet_or_script_of_others_is_kept_here(self):
        kept = [path for path in FILES if ".min." in path.name or path.name.endswith(".map")]
        assert kept == []
        assert lines_matching(THIRD_PARTY_BANNER, ".css", ".html") == []

    def test_no_path_of_a_machine_stands_anywhere(self):
        texts = (".py", ".md", ".toml", ".txt", ".html", ".css", ".sh", ".yml", ".yaml", ".ini", "")
        assert lines_matching(MACHINE_PATHS, *texts) == []
        assert lines_matching(re.compile(re.escape(f"{ROOT}/")), *texts) == []


class TestSettings:
    """One reader of the environment, and an example file that knows exactly its settings."""

    def test_only_the_configuration_reads_the_environment(self):
        readers = {module for module, source in sources() if READING.search(source)}
        assert readers <= READERS_OF_THE_ENVIRONMENT

    def test_the_server_hands_it_over_whole(self):
        assert NAME_READ.findall(dict(sources())["server"]) == []

    def test_gunicorn_reads_only_its_own_names(self):
        names = NAME_READ.findall(dict(sources())["gunicorn.conf"])
        assert set(names) == {"PORT", "WEB_CONCURRENCY", "FORWARDED_ALLOW_IPS", "PSYCOPG_WAIT_FUNC"}

    def test_the_configuration_reads_exactly_the_documented_settings(self, tmp_path):
        assert settings_read(tmp_path) == set(config.SETTINGS)

    def test_the_example_file_has_exactly_the_documented_settings(self):
        example = (ROOT / ".env.example").read_text(encoding="utf-8")
        assert re.findall(r"^#?([A-Z][A-Z0-9_]*)=", example, re.M) == list(config.SETTINGS)

    @pytest.mark.parametrize("name", config.SETTINGS)
    def test_each_setting_says_what_it_is_for(self, name):
        example = (ROOT / ".env.example").read_text(encoding="utf-8")
        assert re.search(rf"^# .+\n#?{name}=", example, re.M)


class TestWords:
    def test_the_readme_shows_both_commands(self):
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        assert "make run" in readme
        assert "make test" in readme

    def test_the_architecture_page_names_every_package(self):
        page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
        assert [package for package in packages() if f"{package}/" not in page] == []


def packages() -> set[str]:
    """The folders at the top that hold a file of the repository, the hidden ones aside."""
    return {path.relative_to(ROOT).parts[0] for path in FILES if path.parent != ROOT} - {".ci", ".github"}


def sources() -> list[tuple[str, str]]:
    """Each module of the product with its text."""
    return [(module, path.read_text(encoding="utf-8")) for module, path in product_sources().items()]


class Listening(Mapping[str, str]):
    """An environment that remembers which names it was asked for."""

    def __init__(self, values: dict[str, str]) -> None:
        self._values = values
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def settings_read(folder: Path) -> set[str]:
    """The names that the configuration asks for, in development and in production."""
    secret = "5vJ2mXkQ8rWzN4tYbH7cL1pD9gFsA3eU6iO0"
    production = {"LABFEED_ENV": "production", "SECRET_KEY": secret, "PUBLIC_URL": "https://labfeed.example.edu"}
    development = Listening({"DATA_DIR": str(folder)})
    hardened = Listening(production | {"DATA_DIR": str(folder)})
    for environ in (development, hardened):
        config.Config.from_env(environ)
    return development.asked | hardened.asked
