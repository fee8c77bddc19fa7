"""Every setting: read once, checked, and named in every complaint."""

from __future__ import annotations

import secrets
import subprocess
import sys

import pytest

from config import SETTINGS, Config
from domain.errors import ConfigError
from domain.rates import Rate
from tests.processes import ROOT

SECRET = "Xq3vT8mZr1LwB6yNc4KdH9sJf2PgV7aE"
PRODUCTION = {"LABFEED_ENV": "production", "SECRET_KEY": SECRET, "PUBLIC_URL": "https://labfeed.example.edu"}


@pytest.fixture
def read(tmp_path):
    """A function: the configuration that these settings describe, in a folder of the test's own."""
    return lambda **settings: Config.from_env({"DATA_DIR": str(tmp_path), **settings})


class TestDefaults:
    def test_without_any_setting_it_can_start(self, read, tmp_path):
        config = read()
        assert (config.is_production, config.port, config.processes) == (False, 8000, 1)
        assert config.database_url == f"sqlite:///{tmp_path / 'labfeed.db'}"
        assert (config.redis_url, config.public_url) == (None, None)
        assert (config.rate_limit, config.max_body_bytes, config.log_level) == (Rate(10, 600), 1_048_576, "info")

    @pytest.mark.parametrize("name", sorted(SETTINGS))
    def test_an_empty_setting_is_none(self, read, name):
        assert name == "DATA_DIR" or read(**{name: ""}) == read()

    def test_every_setting_is_read(self):
        source = (ROOT / "config.py").read_text()
        unread = [name for name in SETTINGS if source.count(f'"{name}"') < 2]
        assert unread == []


class TestComplaints:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("LABFEED_ENV", "prod"),
            ("PORT", "0"),
            ("PORT", "65536"),
            ("PORT", "http"),
            ("PORT", "80.5"),
            ("PORT", "9" * 5000),
            ("WEB_CONCURRENCY", "0"),
            ("WEB_CONCURRENCY", "65"),
            ("WEB_CONCURRENCY", "2"),
            ("MAX_BODY_BYTES", "10"),
            ("MAX_BODY_BYTES", "1e6"),
            ("LOG_LEVEL", "loud"),
            ("PUBLIC_URL", "labfeed.example.edu"),
            ("PUBLIC_URL", "ftp://labfeed.example.edu"),
            ("PUBLIC_URL", "https://"),
            ("PUBLIC_URL", "https://[::1"),
            ("DATABASE_URL", "nonsense"),
            ("DATABASE_URL", "mysql://host/name"),
            ("DATABASE_URL", "postgres://host/name"),
            ("SECRET_KEY", "short"),
            ("SECRET_KEY", "a" * 64),
            ("SECRET_KEY", "changeme" * 4),
        ],
    )
    def test_each_names_its_variable_in_a_sentence(self, read, name, value):
        with pytest.raises(ConfigError) as refused:
            read(**{name: value})
        assert name in str(refused.value)
        assert str(refused.value).endswith(".")

    @pytest.mark.parametrize(
        ("name", "value"), [("LABFEED_ENV", "Production "), ("LOG_LEVEL", "INFO"), ("PORT", "8001")]
    )
    def test_capitals_are_no_complaint(self, read, name, value):
        read(**PRODUCTION | {name: value.strip()})

    def test_several_processes_need_redis(self, read):
        config = read(WEB_CONCURRENCY="4", REDIS_URL="redis://127.0.0.1:6379/0")
        assert config.processes == 4


class TestProduction:
    def test_with_what_it_needs_it_starts(self, read):
        config = read(**PRODUCTION)
        assert (config.is_production, config.public_url) == (True, "https://labfeed.example.edu")

    @pytest.mark.parametrize("name", ["SECRET_KEY", "PUBLIC_URL"])
    def test_what_development_does_without_is_needed(self, read, name):
        with pytest.raises(ConfigError, match=name):
            read(**PRODUCTION | {name: ""})

    @pytest.mark.parametrize(
        "secret",
        [
            "short",
            "change-me-change-me-change-me-change-me",
            "a-secret-of-the-tests-and-of-nothing-else",
            "labfeed-labfeed-labfeed-labfeed-12345",
            "0123456789abcdef0123456789abcdef",
            "Password1234567890qwertzuiopasdfgh",
        ],
    )
    def test_a_secret_that_can_be_guessed_is_refused(self, read, secret):
        with pytest.raises(ConfigError, match="SECRET_KEY"):
            read(**PRODUCTION | {"SECRET_KEY": secret})

    def test_any_random_secret_will_do(self, read):
        for _ in range(200):
            read(**PRODUCTION | {"SECRET_KEY": secrets.token_urlsafe(32)})
            read(**PRODUCTION | {"SECRET_KEY": secrets.token_hex(32)})


class TestSecrets:
    def test_none_shows_when_the_configuration_is_printed(self, read):
        config = read(
            SECRET_KEY=SECRET, DATABASE_URL="postgresql+psycopg://u:hush@host/x", REDIS_URL="redis://:hush@host/0"
        )
        assert SECRET not in repr(config)
        assert "hush" not in repr(config)

    def test_development_makes_its_own_and_keeps_it(self, read, tmp_path):
        first = read().secret_key
        assert len(first) >= 32
        assert read().secret_key == first
        assert (tmp_path / "secret").stat().st_mode & 0o077 == 0

    def test_it_is_another_on_another_machine(self, read, tmp_path):
        assert read(DATA_DIR=str(tmp_path / "elsewhere")).secret_key != read().secret_key

    def test_processes_that_start_at_once_agree_on_it(self, tmp_path):
        command = [
            sys.executable,
            "-c",
            "import sys; from config import Config; print(Config.from_env({'DATA_DIR': sys.argv[1]}).secret_key)",
            str(tmp_path),
        ]
        started = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(4)]
        said = {process.communicate(timeout=60)[0] for process in started}
        assert len(said) == 1
        assert len(said.pop().strip()) >= 32
