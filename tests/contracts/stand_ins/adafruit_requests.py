"""Stands in for CircuitPython's library of that name: a session on this computer's network."""

from __future__ import annotations

import requests


class OutOfRetries(Exception):
    pass


class Session:
    def __init__(self, socket_pool: str, ssl_context: str) -> None:
        assert (socket_pool, ssl_context) == ("a pool", "a context")

    def post(self, url: str, *, data: bytes, headers: dict[str, str], timeout: float) -> requests.Response:
        return requests.post(url, data=data, headers=headers, timeout=timeout)
