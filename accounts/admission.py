"""Who of those a provider vouches for may come in: people of the college, with a verified address of the college."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.refusals import Refused, Why
from domain.errors import Invalid
from domain.people import College, normal_email
from domain.providers import Provider
from models.people import Claimed

STANDARD_CLAIM = "email_verified"
MOST_NAME_CHARS = 200


def admitted(claims: Mapping[str, Any], provider: Provider, college: College) -> Claimed:
    """Who it is that may come in, from the claims of a verified ID token. Raises Refused.

    The hosted domain and the e-mail's domain must each be in their list, exactly: an account of the college may carry a
    foreign address, and a foreign account one that looks like the college's.
    """
    if not _is_verified(claims, provider.verified_claim):
        raise Refused(Why.UNVERIFIED)
    hosted = claims.get(provider.hosted_claim)
    if not isinstance(hosted, str) or hosted not in provider.hosted_values:
        raise Refused(Why.HOSTED, f"claim {provider.hosted_claim}")
    email = _email_in(claims)
    if not college.takes(email):
        raise Refused(Why.HOSTED, "domain of the e-mail address")
    return Claimed(provider.issuer, claims["sub"], email, _name_in(claims))


def _is_verified(claims: Mapping[str, Any], claim: str) -> bool:
    """Whether the provider says that it checked the address.

    The standard's claim is true or it is not. Microsoft Entra's `xms_edov` is met as true, as 1 and as "1".
    """
    value = claims.get(claim)
    return value is True or (claim != STANDARD_CLAIM and not isinstance(value, float) and value in (1, "1"))


def _email_in(claims: Mapping[str, Any]) -> str:
    written = claims.get("email")
    if not isinstance(written, str) or not written.isascii():  # some letters become ASCII when they are made small
        raise Refused(Why.EMAIL)
    try:
        return normal_email(written)
    except Invalid as wrong:
        raise Refused(Why.EMAIL) from wrong


def _name_in(claims: Mapping[str, Any]) -> str:
    written = claims.get("name")
    if not isinstance(written, str):
        return ""
    return " ".join("".join(each if each.isprintable() else " " for each in written).split())[:MOST_NAME_CHARS]
