"""A Flask route that does nothing: as fast as any Flask app on this server can be."""

from __future__ import annotations

from flask import Flask

server = Flask(__name__, static_folder=None)


@server.post("/api/v1/readings")
def take() -> tuple[str, int]:
    return "", 201


@server.get("/healthz")
def healthz() -> str:
    return "ok"
