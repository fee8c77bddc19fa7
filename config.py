"""Every setting of the server, read from the environment once and checked before anything starts."""

from __future__ import annotations

import os
import re
import secrets
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import urlsplit

from dotenv import dotenv_values

from domain.errors import ConfigError, Invalid
from domain.network_addresses import Proxies, proxies_from
from domain.people import College, normal_email
from domain.providers import PRACTICE_CLIENT, Provider, slug_of
from domain.rates import Rate, parse_rate
from domain.zones import WORLD, zone_named

SETTINGS = {
    "LABFEED_ENV": "development (the default) or production. Production refuses to start with anything unsafe.",
    "SECRET_KEY": "At least 32 characters nobody can guess. Keys of channels are sealed with it: keep it, back it up. "
    "Needed in production; development makes one in DATA_DIR.",
    "PUBLIC_URL": "Where people reach the server, such as https://labfeed.example.edu. Needed in production.",
    "PORT": "The port the web process listens on. Default 8000.",
    "MQTT_PORT": "The port the MQTT broker (python -m ingest.mqtt) listens on. Default 1883.",
    "WEB_CONCURRENCY": "How many web processes. Default 1; more need REDIS_URL.",
    "DATA_DIR": "Where the default database and the development secret live. Default var.",
    "DATABASE_URL": "Default: an SQLite file in DATA_DIR. Or postgresql+psycopg://user:password@host/name.",
    "REDIS_URL": "redis://host:6379/0. Carries live readings between web processes; storing works without it.",
    "RATE_LIMIT": "What a write key may send: 10/s burst 600 (the default), or off. Rehearsal channels are free.",
    "COLLEGE_DOMAINS": "The e-mail domains of the college's people, such as example.edu; several with blanks between.",
    "COLLEGE_ZONE": "The college's time zone, such as Europe/Berlin: times are shown in it to whoever has not chosen "
    "another. Default UTC.",
    "ADMINS": "E-mail addresses of those who run this server, with blanks between.",
    "TEACHERS": "E-mail addresses of those who may start courses, with blanks between.",
    "OIDC_ISSUER": "The college's sign-in provider (OpenID Connect), such as https://accounts.google.com. A second one "
    "is described by the same names with _2 behind them, up to _5; see docs/operators/sign-in.md.",
    "OIDC_CLIENT_ID": "What this server is to the provider.",
    "OIDC_CLIENT_SECRET": "What the provider knows this server by.",
    "OIDC_NAME": "The words on the button, such as Google; also the provider's part of the address to which it sends "
    "people back. Default College account.",
    "OIDC_HOSTED_CLAIM": "The claim that says whose account it is. Default hd; Microsoft Entra: tid.",
    "OIDC_HOSTED_VALUES": "What that claim must be, several with blanks between. Default COLLEGE_DOMAINS.",
    "OIDC_VERIFIED_CLAIM": "The claim that says that the e-mail address was checked. Default email_verified; Microsoft "
    "Entra: xms_edov.",
    "EMBED_ORIGINS": "The sites that may show a public channel's chart in a frame, such as https://canvas.example.edu; "
    "several with blanks between. Default: none.",
    "THINGSPEAK_AVERAGE": "What an average in ThingSpeak's language is divided by: true (the default), the number of "
    "values; or rows, the number of entries, as ThingSpeak does it.",
    "CONNECTIONS_PER_ADDRESS": "How many live connections (WebSockets and event streams) one network address may have "
    "with one web process. Default 400: a class whose tablets and boards all have the same one.",
    "CONNECTIONS_PER_PERSON": "The same for one person, a kiosk's link, or the read keys of a channel. Default 100.",
    "FORWARDED_ALLOW_IPS": "The proxies that are believed when they say for whom they ask (X-Forwarded-For) and how "
    "(X-Forwarded-Proto): addresses or networks with commas between, or * for whoever asks. Default 127.0.0.1,::1.",
    "MAX_BODY_BYTES": "The largest message accepted, packed or unpacked. Default 1048576.",
    "LOG_LEVEL": "debug, info (the default), warning or error.",
}
"""Name → what it says in `.env.example`; a test holds the two together."""

GUESSABLE = ("secret", "changeme", "change-me", "password", "development", "labfeed", "0123456789", "abcdefgh")
"""What no random secret contains, and what those in examples and tests do."""

THIS_MACHINE = "127.0.0.1,::1"

MORE_PROVIDERS = ("_2", "_3", "_4", "_5")
DEFAULT_PROVIDER = "College account"

EXIT_CONFIG = 78
"""What a process leaves with that cannot start for its settings (EX_CONFIG of sysexits.h)."""

SHORTEST_SECRET = 32


@dataclass(frozen=True, slots=True)
class Config:
    """The settings, checked. Secrets do not show in `repr`."""

    is_production: bool
    secret_key: str = field(repr=False)
    public_url: str | None
    port: int
    mqtt_port: int
    processes: int
    data_dir: Path
    database_url: str = field(repr=False)
    redis_url: str | None = field(repr=False)
    rate_limit: Rate | None
    max_body_bytes: int
    log_level: str
    college: College
    college_zone: str
    providers: tuple[Provider, ...]
    embed_origins: frozenset[str]
    averages_by_rows: bool
    connections_per_address: int
    connections_per_person: int
    proxies: Proxies

    @property
    def is_https(self) -> bool:
        """Whether people reach the server over https."""
        return (self.public_url or "").startswith("https://")

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Config:
        """The configuration an environment describes. Raises ConfigError with a sentence that names the variable."""
        is_production = _one_of(environ, "LABFEED_ENV", ("development", "production")) == "production"
        college = _college(environ)
        data_dir = Path(environ.get("DATA_DIR") or "var").resolve()
        config = cls(
            is_production=is_production,
            secret_key=_secret(environ, data_dir, is_production),
            public_url=_public_url(environ, is_production),
            port=_whole(environ, "PORT", 8000, 1, 65_535),
            mqtt_port=_whole(environ, "MQTT_PORT", 1883, 1, 65_535),
            processes=_whole(environ, "WEB_CONCURRENCY", 1, 1, 64),
            data_dir=data_dir,
            database_url=_database_url(environ, data_dir),
            redis_url=environ.get("REDIS_URL") or None,
            rate_limit=_rate(environ),
            max_body_bytes=_whole(environ, "MAX_BODY_BYTES", 1_048_576, 1_024, 64 * 1_048_576),
            log_level=_one_of(environ, "LOG_LEVEL", ("info", "debug", "warning", "error")),
            college=college,
            college_zone=_zone(environ),
            providers=_providers(environ, college, is_production),
            embed_origins=_origins(environ, "EMBED_ORIGINS"),
            averages_by_rows=_one_of(environ, "THINGSPEAK_AVERAGE", ("true", "rows")) == "rows",
            connections_per_address=_whole(environ, "CONNECTIONS_PER_ADDRESS", 400, 1, 1_000_000),
            connections_per_person=_whole(environ, "CONNECTIONS_PER_PERSON", 100, 1, 1_000_000),
            proxies=_proxies(environ),
        )
        if config.processes > 1 and not config.redis_url:
            raise ConfigError("WEB_CONCURRENCY is above 1 but REDIS_URL is not set: pages would miss live readings.")
        return config


def read() -> Config:
    """The settings of this process, from the environment and `.env`; leaves with a sentence where they are wrong."""
    try:
        written = {name: value or "" for name, value in dotenv_values(".env").items()}
        return Config.from_env(written | dict(os.environ))
    except ConfigError as wrong:
        sys.stderr.write(f"Labfeed cannot start: {wrong}\n")
        raise SystemExit(EXIT_CONFIG) from wrong


def _one_of(environ: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    value = (environ.get(name) or allowed[0]).lower()
    if value not in allowed:
        raise ConfigError(f"{name} is {value!r}; it may be {' or '.join(allowed)}.")
    return value


def _whole(environ: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isdecimal() or len(text) > 9 or not least <= int(text) <= most:
        raise ConfigError(f"{name} is {text!r}; it must be a whole number from {least} to {most}.")
    return int(text)


def _database_url(environ: Mapping[str, str], data_dir: Path) -> str:
    url = environ.get("DATABASE_URL") or f"sqlite:///{data_dir / 'labfeed.db'}"
    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise ConfigError("DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://.")
    return url


def _zone(environ: Mapping[str, str]) -> str:
    try:
        return zone_named(environ.get("COLLEGE_ZONE") or WORLD).key
    except Invalid as wrong:
        raise ConfigError(f"COLLEGE_ZONE: {wrong.detail} {wrong.hint}") from None


def _rate(environ: Mapping[str, str]) -> Rate | None:
    try:
        return parse_rate(environ.get("RATE_LIMIT") or "10/s burst 600")
    except ValueError as wrong:
        raise ConfigError(f"RATE_LIMIT: {wrong}.") from wrong


def _proxies(environ: Mapping[str, str]) -> Proxies:
    try:
        return proxies_from(environ.get("FORWARDED_ALLOW_IPS") or THIS_MACHINE)
    except ValueError as wrong:
        raise ConfigError(f"FORWARDED_ALLOW_IPS: {wrong}.") from wrong


def _words(environ: Mapping[str, str], name: str) -> list[str]:
    return environ.get(name, "").lower().replace(",", " ").split()


def _college(environ: Mapping[str, str]) -> College:
    domains = frozenset(_words(environ, "COLLEGE_DOMAINS"))
    return College(domains, _emails(environ, "ADMINS"), _emails(environ, "TEACHERS"))


def _providers(environ: Mapping[str, str], college: College, is_production: bool) -> tuple[Provider, ...]:
    """The sign-in providers: the first, and those whose settings carry a number behind them."""
    endings = sorted({name[-2:] for name in environ if name.startswith("OIDC_") and name.endswith(MORE_PROVIDERS)})
    found = [_provider(environ, ending, college) for ending in ("", *endings)]
    providers = tuple(each for each in found if each is not None)
    if providers and not college.domains:
        raise ConfigError("COLLEGE_DOMAINS is missing: with OIDC_ISSUER alone nobody could sign in.")
    if len({each.slug for each in providers}) < len(providers):
        raise ConfigError("OIDC_NAME: two sign-in providers have the same name.")
    if is_production:
        for provider in providers:
            _refuse_practice(provider)
    return providers


def _provider(environ: Mapping[str, str], ending: str, college: College) -> Provider | None:
    def said(name: str) -> str:
        return (environ.get(f"{name}{ending}") or "").strip()

    needed = {f"{name}{ending}": said(name) for name in ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")}
    issuer, client_id, client_secret = needed.values()
    label, claim, values = said("OIDC_NAME"), said("OIDC_HOSTED_CLAIM"), said("OIDC_HOSTED_VALUES")
    verified = said("OIDC_VERIFIED_CLAIM")
    if not any((*needed.values(), label, claim, values, verified)):
        return None
    for name, value in needed.items():
        if not value:
            raise ConfigError(f"{name} is missing: a sign-in provider needs {', '.join(needed)}.")
    if not _names_a_host(issuer) or "?" in issuer or "#" in issuer:
        raise ConfigError(
            f"OIDC_ISSUER{ending} is {issuer!r}; it must begin with https:// (or http://) and name a host."
        )
    if not slug_of(label or DEFAULT_PROVIDER):
        raise ConfigError(f"OIDC_NAME{ending} is {label!r}; it needs a letter from a to z or a digit.")
    hosted = frozenset(values.replace(",", " ").split()) or college.domains
    return Provider(
        label or DEFAULT_PROVIDER,
        issuer,
        client_id,
        client_secret,
        hosted,
        claim or "hd",
        verified or "email_verified",
    )


def _refuse_practice(provider: Provider) -> None:
    """The practice provider lets anybody be anybody, and what travels without encryption can be changed on its way."""
    host = (urlsplit(provider.issuer).hostname or "").lower()
    if provider.client_id == PRACTICE_CLIENT:
        raise ConfigError("OIDC_CLIENT_ID is that of the practice provider, which lets anybody be anybody.")
    if not provider.issuer.startswith("https://") or host == "localhost" or host.endswith(".localhost"):
        raise ConfigError(f"OIDC_ISSUER is {provider.issuer!r}; in production it must be a provider on https://.")
    if host.startswith("127.") or host == "::1":
        raise ConfigError(f"OIDC_ISSUER is {provider.issuer!r}; in production it may not be this very machine.")


def _emails(environ: Mapping[str, str], name: str) -> frozenset[str]:
    try:
        return frozenset(map(normal_email, _words(environ, name)))
    except Invalid as wrong:
        raise ConfigError(f"{name}: {wrong.detail}") from wrong


def _public_url(environ: Mapping[str, str], is_production: bool) -> str | None:
    url = (environ.get("PUBLIC_URL") or "").rstrip("/")
    if not url:
        if is_production:
            raise ConfigError("PUBLIC_URL is missing: set it to the address people use, such as https://host.")
        return None
    if not _names_a_host(url):
        raise ConfigError(f"PUBLIC_URL is {url!r}; it must begin with https:// (or http://) and name a host.")
    return url


def _origins(environ: Mapping[str, str], name: str) -> frozenset[str]:
    """Origins as browsers write them: a scheme, a host, perhaps a port. They go into a header, so nothing else may."""
    origins = _words(environ, name)
    for origin in origins:
        if not re.fullmatch(r"https?://(\*\.)?[a-z0-9.-]+(:\d{1,5})?", origin, re.ASCII):
            raise ConfigError(f"{name}: {origin!r} is no origin; write it like https://canvas.example.edu.")
    return frozenset(origins)


def _names_a_host(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _secret(environ: Mapping[str, str], data_dir: Path, is_production: bool) -> str:
    secret = environ.get("SECRET_KEY") or ""
    if secret:
        if len(secret) < SHORTEST_SECRET or len(set(secret)) < 8 or (is_production and _is_guessable(secret)):
            raise ConfigError(f"SECRET_KEY is too easy to guess: use at least {SHORTEST_SECRET} random characters.")
        return secret
    if is_production:
        raise ConfigError("SECRET_KEY is missing: set it to at least 32 random characters and keep a copy.")
    return _development_secret(data_dir / "secret")


def _is_guessable(secret: str) -> bool:
    return any(word in secret.lower() for word in GUESSABLE)


def _development_secret(place: Path) -> str:
    """A secret of this machine's own, made once: keys stay valid over restarts, and nobody else has it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.exists():
        with NamedTemporaryFile("w", encoding="ascii", dir=place.parent) as file:  # readable by its owner alone
            file.write(secrets.token_urlsafe(48))
            file.flush()
            with suppress(FileExistsError):  # another process was quicker; its secret counts, and is there whole
                place.hardlink_to(file.name)
    return place.read_text(encoding="ascii")
