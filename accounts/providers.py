"""A sign-in provider as a partner in OpenID Connect's code flow, with Authlib: where people go and what is believed.

What a provider says of itself and its keys is remembered for an hour and believed only in the form it must have.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth, OAuthError
from flask import Flask
from joserfc.jwk import RSAKey

from accounts import id_tokens
from accounts.id_tokens import Expected
from accounts.refusals import Refused, Why
from domain.providers import Provider

TIMEOUT_S = 5
REMEMBERED_S = 3600
SCOPE = "openid email profile"

ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Started:
    """A sign-in that was begun: where the browser goes now, and what must be known when it comes back."""

    address: str
    state: str
    memory: dict[str, str]


@dataclass(eq=False)
class Partner:
    """One provider of one app."""

    provider: Provider
    client: Client
    _keys: tuple[RSAKey, ...] = ()
    _keys_until: float = 0.0

    def start(self, redirect_uri: str) -> Started:
        """Begin a sign-in with a state, a nonce and a verifier (PKCE) of its own. Raises Refused."""
        begun = self.client.create_authorization_url(redirect_uri, prompt="select_account", **self._hints())
        memory = {name: begun[name] for name in ("nonce", "code_verifier")} | {"redirect_uri": redirect_uri}
        return Started(begun["url"], begun["state"], memory)

    def finish(self, code: str, memory: Mapping[str, str], now_s: float) -> dict[str, Any]:
        """The claims of whoever comes back with this code. Raises Refused."""
        token = self._exchange(code, memory)
        expected = Expected(self.provider.issuer, self.provider.client_id, memory["nonce"])
        return id_tokens.verified(token.get("id_token"), self._signing_keys, expected, now_s)

    def check_sender(self, said_issuer: str | None) -> None:
        """Refuse an answer that says it is another issuer's, or does not say whose, though it would (RFC 9207)."""
        says_always = self.client.load_server_metadata().get("authorization_response_iss_parameter_supported") is True
        if said_issuer != self.provider.issuer and (said_issuer is not None or says_always):
            raise Refused(Why.ISSUER)

    def _hints(self) -> dict[str, str]:
        """For the provider's own choice of accounts; the server relies on none of it."""
        if self.provider.hosted_claim != "hd":
            return {}
        domains = sorted(self.provider.hosted_values)
        return {"hd": domains[0] if len(domains) == 1 else "*"}

    def _exchange(self, code: str, memory: Mapping[str, str]) -> Mapping[str, Any]:
        try:
            found: Mapping[str, Any] = self.client.fetch_access_token(
                redirect_uri=memory["redirect_uri"], code=code, code_verifier=memory["code_verifier"]
            )
        except OAuthError as refused:
            raise Refused(Why.CODE if refused.error == "invalid_grant" else Why.REQUEST, str(refused)) from refused
        except requests.RequestException as away:
            raise Refused(Why.AWAY, type(away).__name__) from away
        except (ValueError, TypeError, AttributeError, RecursionError) as nonsense:
            raise Refused(Why.NONSENSE, f"token endpoint: {type(nonsense).__name__}") from nonsense
        return found

    def _signing_keys(self, is_anew: bool) -> Sequence[RSAKey]:
        if is_anew or time.monotonic() > self._keys_until:
            self._keys = tuple(id_tokens.usable_keys(fetch_json(self.client.load_server_metadata()["jwks_uri"])))
            self._keys_until = time.monotonic() + REMEMBERED_S
        return self._keys


class Client(FlaskOAuth2App):  # type: ignore[misc]  # Authlib has no types
    """Authlib's client, told of the provider only what it needs: unknown metadata would become settings of it."""

    issuer: str = ""
    known_until: float = 0.0

    def load_server_metadata(self) -> dict[str, Any]:
        """What the provider says of itself (OpenID Connect Discovery §4). Raises Refused."""
        if time.monotonic() > self.known_until:
            found = fetch_json(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
            self.server_metadata = _believable(found, self.issuer)
            self.known_until = time.monotonic() + REMEMBERED_S
        known: dict[str, Any] = self.server_metadata
        return known


def partners_of(app: Flask, providers: Sequence[Provider]) -> dict[str, Partner]:
    """The providers of one app, by the name each has in addresses."""
    oauth = OAuth(app)
    oauth.oauth2_client_cls = Client
    return {each.slug: Partner(each, _client(oauth, each)) for each in providers}


def fetch_json(address: str) -> dict[str, Any]:
    """The JSON object at an address of the provider. Raises Refused."""
    try:
        answer = requests.get(address, timeout=TIMEOUT_S, allow_redirects=False)
    except requests.RequestException as away:
        raise Refused(Why.AWAY, f"{address}: {type(away).__name__}") from away
    if answer.status_code != HTTPStatus.OK:
        raise Refused(Why.AWAY, f"{address}: {answer.status_code}")
    try:
        found = answer.json()
    except (ValueError, RecursionError) as nonsense:
        raise Refused(Why.NONSENSE, f"{address}: no JSON") from nonsense
    if not isinstance(found, dict):
        raise Refused(Why.NONSENSE, f"{address}: no JSON object")
    return found


def _client(oauth: OAuth, provider: Provider) -> Client:
    client: Client = oauth.register(
        provider.slug,
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        client_kwargs={
            "scope": SCOPE,
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT_S,
            "max_redirects": 0,
        },
    )
    client.issuer = provider.issuer
    return client


def _believable(metadata: Mapping[str, Any], issuer: str) -> dict[str, Any]:
    if metadata.get("issuer") != issuer:
        raise Refused(Why.NONSENSE, f"metadata of another issuer than {issuer}")
    found: dict[str, Any] = {name: metadata.get(name) for name in ENDPOINTS}
    for name, address in found.items():
        if not isinstance(address, str) or not _is_address(address, _schemes(issuer)):
            raise Refused(Why.NONSENSE, f"metadata without {name}")
    name = "authorization_response_iss_parameter_supported"
    return found | {name: metadata.get(name), "token_endpoint_auth_method": _way_to_show_the_secret(metadata)}


def _schemes(issuer: str) -> tuple[str, ...]:
    """An issuer on https has nothing on http."""
    return ("https",) if issuer.startswith("https://") else ("https", "http")


def _is_address(written: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(written)
    except ValueError:
        return False
    return parts.scheme in schemes and bool(parts.hostname)


def _way_to_show_the_secret(metadata: Mapping[str, Any]) -> str:
    """In the form where the provider takes it there, which no character can spoil; else as all providers must."""
    ways = metadata.get("token_endpoint_auth_methods_supported")
    return "client_secret_post" if isinstance(ways, list) and "client_secret_post" in ways else "client_secret_basic"
