"""ID tokens (S8): one that the provider did not sign for this sign-in lets nobody in, whatever else it says."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey, RSAKey

from accounts import id_tokens
from accounts.id_tokens import LEEWAY_S
from accounts.refusals import Refused
from tests.accounts.browsing import count_sessions
from tests.provider.strict import CLIENT_ID, KEY, STRANGE_KEY

Claims = dict[str, Any]
Sign = Callable[[Claims], str]

GOOD_HEADER = {"alg": "RS256", "kid": "now"}
PUBLIC_PEM = KEY.as_pem(private=False)
SECOND_KEY = RSAKey.generate_key(2048, {"kid": "later"})


@dataclass(frozen=True)
class Now:
    """The instant at which the token is signed, and so many seconds."""

    plus_s: float


def changed(said: Claims, claims: Claims) -> Claims:
    """The claims with these instead; None takes one away."""
    now = int(time.time())
    values = {name: now + each.plus_s if isinstance(each, Now) else each for name, each in {**said, **claims}.items()}
    return {name: value for name, value in values.items() if value is not None}


def encoded(part: object) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def by_hand(header: object, signature: Callable[[bytes], bytes] = lambda signed: b"") -> Sign:
    """A token put together without a library's conscience."""

    def sign(claims: Claims) -> str:
        signed = f"{encoded(header)}.{encoded(claims)}"
        return f"{signed}.{encoded(signature(signed.encode()))}"

    return sign


def rs256(signed: bytes, key: RSAKey = KEY) -> bytes:
    return jws.JWSRegistry.algorithms["RS256"].sign(signed, key)


def hs256(signed: bytes, secret: bytes) -> bytes:
    return hmac.digest(secret, signed, "sha256")


def signed_with(header: dict[str, Any], key: RSAKey = KEY) -> Sign:
    return by_hand(header, lambda signed: rs256(signed, key))


def good(claims: Claims) -> str:
    return jwt.encode(GOOD_HEADER, claims, KEY)


def tampered(claims: Claims) -> str:
    header, _, signature = good(claims).split(".")
    return f"{header}.{encoded({**claims, 'email': 'dean@example.edu'})}.{signature}"


STRANGE_JWK = STRANGE_KEY.as_dict(private=False)

FORGED: dict[str, Sign] = {
    "alg none": by_hand({"alg": "none", "kid": "now"}),
    "alg None": by_hand({"alg": "None", "kid": "now"}),
    "alg nOnE": by_hand({"alg": "nOnE"}),
    "no alg": by_hand({"kid": "now"}, rs256),
    "an alg that is no text": by_hand({"alg": ["RS256"], "kid": "now"}, rs256),
    "HS256 with the public key (PEM)": by_hand(
        {"alg": "HS256", "kid": "now"}, lambda signed: hs256(signed, PUBLIC_PEM)),
    "HS256 with the public key (JWK)": by_hand(
        {"alg": "HS256", "kid": "now"}, lambda signed: hs256(signed, json.dumps(KEY.as_dict(private=False)).encode())),
    "HS256 with nothing": by_hand({"alg": "HS256"}, lambda signed: hs256(signed, b"x")),
    "RS256 said, HS256 signed": by_hand(GOOD_HEADER, lambda signed: hs256(signed, PUBLIC_PEM)),
    "RS512": lambda claims: jwt.encode({"alg": "RS512", "kid": "now"}, claims, RSAKey.import_key(
        {name: value for name, value in KEY.as_dict(private=True).items() if name not in ("alg", "use")}),
        algorithms=["RS512"]),
    "ES256": lambda claims: jwt.encode({"alg": "ES256", "kid": "now"}, claims, ECKey.generate_key("P-256")),
    "a key of another": signed_with(GOOD_HEADER, STRANGE_KEY),
    "a key that it brings along": signed_with({**GOOD_HEADER, "jwk": STRANGE_JWK}, STRANGE_KEY),
    "a key that it brings along, without a name": signed_with({"alg": "RS256", "jwk": STRANGE_JWK}, STRANGE_KEY),
    "an address of keys": signed_with({**GOOD_HEADER, "jku": "http://localhost/keys"}, STRANGE_KEY),
    "an address of keys, signed well": signed_with({**GOOD_HEADER, "jku": "http://localhost/keys"}),
    "a certificate": signed_with({**GOOD_HEADER, "x5c": ["MIIB"]}),
    "an address of certificates": signed_with({**GOOD_HEADER, "x5u": "https://evil.example/x5u"}),
    "a rule nobody knows": signed_with({**GOOD_HEADER, "crit": ["sudo"], "sudo": True}),
    "an unencoded payload": signed_with({**GOOD_HEADER, "crit": ["b64"], "b64": False}),
    "a field nobody knows": signed_with({**GOOD_HEADER, "sudo": True}),
    "a name of no key": signed_with({"alg": "RS256", "kid": "never"}),
    "a name that is no text": signed_with({"alg": "RS256", "kid": 7}),
    "a name like a path": signed_with({"alg": "RS256", "kid": "../../../dev/null"}, STRANGE_KEY),
    "a changed claim": tampered,
    "a cut signature": lambda claims: good(claims)[:-8],
    "no signature": lambda claims: good(claims).rpartition(".")[0] + ".",
    "two parts": lambda claims: good(claims).rpartition(".")[0],
    "four parts": lambda claims: good(claims) + ".AAAA",
    "five parts": lambda claims: good(claims) + ".AAAA.AAAA",
    "a header that is no object": by_hand(["RS256"], rs256),
    "claims that are no object": lambda claims: by_hand(GOOD_HEADER, rs256)(list(claims.items())),  # type: ignore[arg-type]
    "claims that are no JSON": lambda claims: by_hand(GOOD_HEADER, rs256)(b"claims"),  # type: ignore[arg-type]
    "letters of another alphabet": lambda claims: "é" + good(claims),
    "only dots": lambda claims: "..",
    "a megabyte": lambda claims: good({**claims, "x": "x" * 1_000_000}),
}  # fmt: skip

WRONG_CLAIMS: dict[str, Claims] = {
    "another issuer": {"iss": "https://evil.example"},
    "an issuer with a slash": {"iss": "http://localhost/"},
    "no issuer": {"iss": None},
    "issuers": {"iss": ["https://evil.example"]},
    "another audience": {"aud": "another-client"},
    "several audiences": {"aud": [CLIENT_ID, "another-client"]},
    "no audience": {"aud": None},
    "an empty list of audiences": {"aud": []},
    "another party": {"azp": "another-client"},
    "expired": {"exp": Now(-LEEWAY_S - 5)},
    "without an end": {"exp": None},
    "an end that is no number": {"exp": "9999999999"},
    "an end that never comes": {"exp": float("inf")},
    "an end that is yes": {"exp": True},
    "issued in the future": {"iat": Now(LEEWAY_S + 60)},
    "issued at no time": {"iat": None},
    "issued at nothing": {"iat": float("nan")},
    "not valid yet": {"nbf": Now(LEEWAY_S + 60)},
    "valid from no number": {"nbf": "soon"},
    "nobody": {"sub": None},
    "an empty name": {"sub": ""},
    "a blank": {"sub": " "},
    "a number": {"sub": 7},
    "a very long name": {"sub": "x" * 256},
    "a name of other letters": {"sub": "аda-1"},
}


class TestForged:
    @pytest.mark.parametrize("case", FORGED)
    def test_it_lets_nobody_in(self, browser, behaviour, lab, case):
        before = count_sessions(lab)
        behaviour.sign = FORGED[case]
        answer = browser.sign_in()
        assert (answer.status_code, browser.carried, count_sessions(lab)) == (403, "", before)
        behaviour.sign = good
        assert browser.sign_in().status_code == 303

    def test_there_are_enough_of_them(self):
        assert len(FORGED) >= 20

    def test_a_megabyte_of_keys_is_no_way_in(self, browser, behaviour):
        behaviour.sign = FORGED["a key of another"]
        behaviour.keys = lambda: [KEY] * 100
        assert browser.sign_in().status_code == 403

    def test_a_kid_nobody_knows_is_looked_up_once(self, browser, behaviour):
        browser.sign_in()
        behaviour.asked.clear()
        behaviour.sign = FORGED["a name of no key"]
        browser.sign_in()
        assert behaviour.asked.count("/keys") == 1


class TestClaims:
    @pytest.mark.parametrize("case", WRONG_CLAIMS)
    def test_a_wrong_one_lets_nobody_in(self, browser, behaviour, lab, case):
        before = count_sessions(lab)
        behaviour.claims = lambda said: changed(said, WRONG_CLAIMS[case])
        answer = browser.sign_in()
        assert (answer.status_code, browser.carried, count_sessions(lab)) == (403, "", before)

    @pytest.mark.parametrize(
        "claims",
        [
            {"exp": Now(-LEEWAY_S + 30)},
            {"iat": Now(LEEWAY_S - 30)},
            {"nbf": Now(-300), "iat": Now(-300)},
            {"exp": Now(300.5)},
            {"aud": [CLIENT_ID]},
            {"azp": CLIENT_ID},
            {"sub": "x" * 255},
            {"something": {"else": [1, 2, 3]}},
        ],
        ids=repr,
    )
    def test_clocks_differ_a_little_and_claims_may_be_more(self, fresh_lab, open_browser_at, behaviour, claims):
        behaviour.claims = lambda said: changed(said, claims)
        assert open_browser_at(fresh_lab).sign_in().status_code == 303

    def test_an_only_key_needs_no_name(self, browser, behaviour):
        behaviour.sign = signed_with({"alg": "RS256"})
        assert browser.sign_in().status_code == 303

    def test_one_of_two_keys_does(self, fresh_lab, open_browser_at, behaviour):
        behaviour.keys = lambda: [KEY, SECOND_KEY]
        behaviour.sign = signed_with({"alg": "RS256"})
        assert open_browser_at(fresh_lab).sign_in().status_code == 403


class TestUsableKeys:
    def test_only_public_rsa_keys_for_signatures_are_taken(self):
        public = KEY.as_dict(private=False)
        listed = [
            {**public, "kid": "good"},
            {**public, "kid": "encrypts", "use": "enc"},
            {**public, "kid": "other", "alg": "RS512"},
            {**KEY.as_dict(private=True), "kid": "told"},
            ECKey.generate_key("P-256", {"kid": "curve"}).as_dict(private=False),
            {"kty": "oct", "k": "c2VjcmV0", "kid": "symmetric"},
            {"kty": "AKP", "kid": "of the future"},
            {"kty": "RSA", "kid": "broken", "n": "?", "e": "AQAB"},
            {},
            None,
            "key",
        ]
        assert [key.kid for key in id_tokens.usable_keys({"keys": listed})] == ["good"]

    @pytest.mark.parametrize("answer", [None, [], {}, {"keys": None}, {"keys": {}}])
    def test_what_is_no_list_of_keys_is_refused(self, answer):
        with pytest.raises(Refused):
            id_tokens.usable_keys(answer)
