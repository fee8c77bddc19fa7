"""ID tokens (OpenID Connect Core §3.1.3.7): believed only when signed by the provider's own key, and for this sign-in.

The rules are narrower than the standard's: RS256 alone, no key or rule that the token brings along.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from accounts.refusals import Refused, Why

ALGORITHM = "RS256"
LEEWAY_S = 60
"""By how much the provider's clock and ours may differ."""

MOST_SUBJECT_CHARS = 255
"""OpenID Connect Core §2; ASCII."""

BRINGS_ITS_OWN_RULES = {"jwk", "jku", "x5c", "x5u", "crit", "b64"}
"""Header fields (RFC 7515 §4.1, RFC 7797) by which a token would name its own key or its own reading."""

FetchKeys = Callable[[bool], Sequence[RSAKey]]
"""The provider's keys; True: fetched anew, not remembered."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the token of this very sign-in must say."""

    issuer: str
    client_id: str
    nonce: str


def verified(written: object, keys: FetchKeys, expected: Expected, now_s: float) -> dict[str, Any]:
    """The claims of an ID token. Raises Refused for one that is not to be believed, or has not been sent."""
    if not isinstance(written, str) or not written:
        raise Refused(Why.TOKEN, "no ID token")
    claims = _signed_claims(written, keys)
    if fault := _fault_in(claims, expected, now_s):
        raise Refused(Why.TOKEN, fault)
    return claims


def usable_keys(key_set: object) -> list[RSAKey]:
    """The keys of a JWKS (RFC 7517) that may have signed an ID token; others are passed over. Raises Refused."""
    listed = key_set.get("keys") if isinstance(key_set, dict) else None
    if not isinstance(listed, list):
        raise Refused(Why.NONSENSE, "no list of keys")
    return [key for each in listed if (key := _as_key(each)) is not None]


def _as_key(written: object) -> RSAKey | None:
    if not isinstance(written, dict) or written.get("kty") != "RSA" or "d" in written:
        return None
    if written.get("use", "sig") != "sig" or written.get("alg", ALGORITHM) != ALGORITHM:
        return None
    try:
        return RSAKey.import_key(written)
    except (JoseError, ValueError, TypeError, KeyError):
        return None


def _signed_claims(written: str, keys: FetchKeys) -> dict[str, Any]:
    try:
        header = jws.extract_compact(written.encode("ascii")).headers()
        _refuse_strange(header)
        key = _key_named(header.get("kid"), keys(False)) or _key_named(header.get("kid"), keys(True))
        if key is None:
            raise Refused(Why.TOKEN, "signed with a key that is not the provider's")
        return dict(jwt.decode(written, key, algorithms=[ALGORITHM]).claims)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as wrong:  # whatever is not in its form
        raise Refused(Why.TOKEN, type(wrong).__name__) from wrong


def _refuse_strange(header: Mapping[str, Any]) -> None:
    if header.get("alg") != ALGORITHM:
        raise Refused(Why.TOKEN, "another algorithm than RS256")
    if strange := BRINGS_ITS_OWN_RULES & header.keys():
        raise Refused(Why.TOKEN, f"header with {', '.join(sorted(strange))}")


def _key_named(kid: object, keys: Sequence[RSAKey]) -> RSAKey | None:
    """The key of that name; where the token names none, the provider's only key."""
    if kid is None:
        return keys[0] if len(keys) == 1 else None
    return next((key for key in keys if key.kid == kid), None)


def _fault_in(claims: Mapping[str, Any], expected: Expected, now_s: float) -> str | None:
    """What is wrong with the claims, for the log."""
    subject = claims.get("sub")
    audiences = claims.get("aud") if isinstance(claims.get("aud"), list) else [claims.get("aud")]
    faults: Iterable[tuple[bool, str]] = (
        (claims.get("iss") != expected.issuer, "of another issuer"),
        (audiences != [expected.client_id], "for another client, or for several"),
        (claims.get("azp", expected.client_id) != expected.client_id, "asked for by another client"),
        (not _is_instant(claims.get("exp")) or claims["exp"] <= now_s - LEEWAY_S, "expired"),
        (not _is_instant(claims.get("iat")) or claims["iat"] > now_s + LEEWAY_S, "issued in the future"),
        (not _is_instant(claims.get("nbf", 0)) or claims.get("nbf", 0) > now_s + LEEWAY_S, "not valid yet"),
        (claims.get("nonce") != expected.nonce, "of another sign-in (nonce)"),
        (not _is_subject(subject), "without a subject"),
    )
    return next((fault for is_wrong, fault in faults if is_wrong), None)


def _is_instant(value: object) -> bool:
    """Whether it is seconds since the epoch (RFC 7519 §2, NumericDate)."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_subject(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and len(value.strip()) >= 1 and len(value) <= MOST_SUBJECT_CHARS
