"""The server's clock, for boards that have none, and whether the server is well, for whoever watches it."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

import context
from domain.errors import Busy, LabfeedError
from domain.timespan import to_rfc3339
from models import upgrading

routes = Blueprint("clock", __name__)


@routes.get("/time")
def time() -> Response:
    now = context.now()
    return jsonify(time=to_rfc3339(now), epoch_s=now // 1_000_000, epoch_ms=now // 1000)


@routes.get("/healthz")
def healthz() -> Response:
    """The process answers; nothing else is asked."""
    return jsonify(status="ok")


@routes.get("/readyz")
def readyz() -> Response:
    """The process can store and show. Raises Busy with what is missing."""
    try:
        is_current = upgrading.is_current(context.store())
    except LabfeedError as refused:
        raise Busy(refused.detail, retry_after_s=2) from refused
    if not is_current:
        raise Busy("The database has not the tables of this version: run flask --app wsgi:server db upgrade.")
    return jsonify(status="ready")
