"""Digests and seals of keys and tokens, by secrets that are kept outside the database."""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Vault:
    """Digests and seals keys with secrets drawn from the server's one secret; either tells nothing about the other."""

    def __init__(self, secret: str) -> None:
        self._pepper = _derive(secret, b"labfeed key digest")
        self._seal = Fernet(base64.urlsafe_b64encode(_derive(secret, b"labfeed key seal")))

    def digest(self, written: str) -> bytes:
        """What a key is looked up by (HMAC-SHA-256)."""
        return hmac.digest(self._pepper, written.encode(), hashlib.sha256)

    def seal(self, written: str) -> bytes:
        return self._seal.encrypt(written.encode())

    def unseal(self, sealed: bytes) -> str:
        return self._seal.decrypt(sealed).decode()

    def try_unseal(self, sealed: bytes) -> str | None:
        """The key, or None where it was sealed under another secret; such a key works no more either."""
        try:
            return self.unseal(sealed)
        except InvalidToken:
            return None


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
