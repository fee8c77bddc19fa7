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
            ("CONNECTIONS_PER_ADDRESS", "0"),
            ("CONNECTIONS_PER_PERSON", "many"),
            ("FORWARDED_ALLOW_IPS", "proxy.example.edu"),
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


PROVIDER = {
    "OIDC_ISSUER": "https://accounts.google.com",
    "OIDC_CLIENT_ID": "id",
    "OIDC_CLIENT_SECRET": "hush",
    "COLLEGE_DOMAINS": "example.edu",
}


class TestProviders:
    def test_without_any_there_is_none(self, read):
        assert read(COLLEGE_DOMAINS="example.edu").providers == ()

    def test_what_is_not_said_is_as_google_does_it(self, read):
        [provider] = read(**PROVIDER).providers
        assert (provider.issuer, provider.client_id, provider.client_secret) == (
            "https://accounts.google.com", "id", "hush",
        )  # fmt: skip
        assert (provider.label, provider.slug) == ("College account", "college-account")
        assert (provider.hosted_claim, provider.verified_claim) == ("hd", "email_verified")
        assert provider.hosted_values == {"example.edu"}

    def test_claims_of_others_are_named(self, read):
        entra = {"OIDC_HOSTED_CLAIM": "tid", "OIDC_HOSTED_VALUES": "72f9, 11Ab", "OIDC_VERIFIED_CLAIM": "xms_edov"}
        [provider] = read(**PROVIDER | entra).providers
        assert (provider.hosted_claim, provider.verified_claim) == ("tid", "xms_edov")
        assert provider.hosted_values == {"72f9", "11Ab"}

    def test_there_may_be_five(self, read):
        more = {
            f"{name}_{n}": f"{value}{n}"
            for name, value in PROVIDER.items()
            if name != "COLLEGE_DOMAINS"
            for n in range(2, 6)
        }
        names = {f"OIDC_NAME_{n}": f"Provider {n}" for n in range(2, 6)}
        found = read(**PROVIDER | more | names).providers
        assert [each.slug for each in found] == ["college-account", *(f"provider-{n}" for n in range(2, 6))]
        assert [each.client_id for each in found] == ["id", "id2", "id3", "id4", "id5"]

    def test_the_first_may_be_missing(self, read):
        second = {f"{name}_2": value for name, value in PROVIDER.items() if name != "COLLEGE_DOMAINS"}
        assert len(read(**second, COLLEGE_DOMAINS="example.edu").providers) == 1

    @pytest.mark.parametrize(
        ("names", "changed"),
        [
            ("OIDC_ISSUER", {"OIDC_ISSUER": ""}),
            ("OIDC_CLIENT_ID", {"OIDC_CLIENT_ID": " "}),
            ("OIDC_CLIENT_SECRET", {"OIDC_CLIENT_SECRET": ""}),
            ("OIDC_CLIENT_ID_2", {"OIDC_ISSUER_2": "https://other.example"}),
            ("OIDC_ISSUER_3", {"OIDC_NAME_3": "Other"}),
            ("OIDC_ISSUER", {"OIDC_ISSUER": "accounts.google.com"}),
            ("OIDC_ISSUER", {"OIDC_ISSUER": "ftp://accounts.google.com"}),
            ("OIDC_ISSUER", {"OIDC_ISSUER": "https://accounts.google.com?a=b"}),
            ("OIDC_ISSUER", {"OIDC_ISSUER": "https://[::1"}),
            ("OIDC_NAME", {"OIDC_NAME": "☃"}),
            ("OIDC_NAME", {f"{name}_2": value for name, value in PROVIDER.items() if name.startswith("OIDC")}),
            ("COLLEGE_DOMAINS", {"COLLEGE_DOMAINS": ""}),
        ],
    )
    def test_each_complaint_names_its_variable(self, read, names, changed):
        with pytest.raises(ConfigError, match=rf"{names}\b"):
            read(**PROVIDER | changed)

    def test_in_production_a_real_one_will_do(self, read):
        assert len(read(**PRODUCTION | PROVIDER).providers) == 1

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("OIDC_CLIENT_ID", "practice"),
            ("OIDC_ISSUER", "http://localhost:8001"),
            ("OIDC_ISSUER", "https://localhost:8001"),
            ("OIDC_ISSUER", "https://LOCALHOST"),
            ("OIDC_ISSUER", "https://provider.localhost"),
            ("OIDC_ISSUER", "https://127.0.0.1"),
            ("OIDC_ISSUER", "https://127.1.2.3:8001"),
            ("OIDC_ISSUER", "https://[::1]:8001"),
            ("OIDC_ISSUER", "http://accounts.google.com"),
            ("OIDC_ISSUER", "HTTP://accounts.google.com"),
            ("COLLEGE_DOMAINS", ""),
        ],
    )
    def test_production_refuses_practice_and_what_is_not_safe(self, read, name, value):
        with pytest.raises(ConfigError, match=name):
            read(**PRODUCTION | PROVIDER | {name: value})

    def test_development_practises(self, read):
        [provider] = read(**PROVIDER | {"OIDC_ISSUER": "http://localhost:1", "OIDC_CLIENT_ID": "practice"}).providers
        assert provider.way_in.is_practice

    def test_a_server_in_production_does_not_start_with_it(self, tmp_path):
        practice = {"OIDC_ISSUER": "http://localhost:8001", "OIDC_CLIENT_ID": "practice"}
        settings = {**PRODUCTION, **PROVIDER, **practice, "DATA_DIR": str(tmp_path), "FLASK_SKIP_DOTENV": "1"}
        done = subprocess.run(
            [sys.executable, "-c", "import config; config.read()"],
            cwd=tmp_path, env={**settings, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert done.returncode == 78
        assert "practice provider" in done.stderr


class TestWhoMayFrame:
    def test_nobody_unless_it_is_said(self, read):
        assert read().embed_origins == frozenset()

    def test_origins_are_read_as_browsers_write_them(self, read):
        read_as = read(EMBED_ORIGINS="https://canvas.example.edu, http://localhost:8000 https://*.example.org")
        assert read_as.embed_origins == {"https://canvas.example.edu", "http://localhost:8000", "https://*.example.org"}

    @pytest.mark.parametrize(
        "written", ["canvas.example.edu", "https://x.edu/page", "*", "'self'", "https://x.edu;a b", "javascript:x"]
    )
    def test_what_is_no_origin_stops_the_start(self, read, written):
        with pytest.raises(ConfigError, match="EMBED_ORIGINS"):
            read(EMBED_ORIGINS=written)


class TestSecrets:
    def test_none_shows_when_the_configuration_is_printed(self, read):
        config = read(
            SECRET_KEY=SECRET, DATABASE_URL="postgresql+psycopg://u:hush@host/x", REDIS_URL="redis://:hush@host/0"
        )
        assert SECRET not in repr(config)
        assert "hush" not in repr(config)
        assert "hush" not in repr(read(**PROVIDER))

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
