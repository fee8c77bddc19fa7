"""The server's clock, for boards that have none, and whether the server is well, for whoever watches it."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

import context
from api.described import Access, Answer, Group, Operation, Said
from domain.errors import Busy, LabfeedError
from domain.timespan import to_rfc3339
from models import upgrading

routes = Blueprint("clock", __name__)


class TimeSaid(Said):
    """The same instant in three forms."""

    time: str
    epoch_s: int
    epoch_ms: int


class StateSaid(Said):
    """How the server is."""

    status: str


TIME = Operation(
    "getTime",
    "GET",
    "/time",
    Group.SERVER,
    "The server's clock",
    "For boards that have none.",
    access=Access.ANYBODY,
    answers=(Answer(200, "The time, UTC.", TimeSaid),),
)
HEALTHZ = Operation(
    "getHealth",
    "GET",
    "/healthz",
    Group.SERVER,
    "Whether the process answers",
    access=Access.ANYBODY,
    answers=(Answer(200, "It does; nothing else was asked.", StateSaid),),
)
READYZ = Operation(
    "getReadiness",
    "GET",
    "/readyz",
    Group.SERVER,
    "Whether the process can store and show",
    access=Access.ANYBODY,
    answers=(Answer(200, "It can.", StateSaid),),
    refusals=(Busy,),
)


@TIME.on(routes)
def time() -> Response:
    now = context.now()
    return jsonify(time=to_rfc3339(now), epoch_s=now // 1_000_000, epoch_ms=now // 1000)


@HEALTHZ.on(routes)
def healthz() -> Response:
    """The process answers; nothing else is asked."""
    return jsonify(status="ok")


@READYZ.on(routes)
def readyz() -> Response:
    """The process can store and show. Raises Busy with what is missing."""
    try:
        is_current = upgrading.is_current(context.store())
    except LabfeedError as refused:
        raise Busy(refused.detail, retry_after_s=2) from refused
    if not is_current:
        raise Busy("The database has not the tables of this version: run flask --app wsgi:server db upgrade.")
    return jsonify(status="ready")


OPERATIONS = (TIME, HEALTHZ, READYZ)
