"""Labfeed's own door and tables, but every request commits by itself: what group commit is compared with."""

from __future__ import annotations

import secrets
import time

from flask import Flask, jsonify

import config
from config import Config
from domain.errors import LabfeedError
from domain.keys import new_key
from domain.readings import Receipt
from domain.roles import Right
from ingest import quick_lane
from ingest.intake import Intake
from ingest.keys import KeyRing
from models import channels, keys, upgrading
from models.appending import Submission
from models.store import Store
from models.uses import Uses
from models.vault import Vault
from models.writer import store_together


class EachAlone:
    """A writer that makes one transaction, and so one sync, of each message."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def append(self, submission: Submission) -> Receipt:
        (outcome,), _ = self._store.tell(store_together, [submission])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def clock() -> int:
    return time.time_ns() // 1000


def create_app(config: Config) -> Flask:
    store = Store.open(config.database_url)
    upgrading.upgrade(store)
    vault = Vault(config.secret_key)
    intake = Intake(store, EachAlone(store), KeyRing(store, vault, Uses(store), clock), None, time.monotonic)  # type: ignore[arg-type]
    app = Flask(__name__, static_folder=None)
    app.add_url_rule("/healthz", "healthz", lambda: "ok")
    app.add_url_rule("/key", "key", lambda: jsonify(_new_key(store, vault)))
    app.register_error_handler(LabfeedError, lambda error: (error.detail, error.status))
    app.wsgi_app = quick_lane.in_front_of(app.wsgi_app, intake, clock, config.max_body_bytes)  # type: ignore[assignment, method-assign]
    return app


def _new_key(store: Store, vault: Vault) -> str:
    """The write key of a channel just made."""
    channel = store.tell(channels.create, name="Bench", now=clock(), feeds=(channels.NewFeed("temperature"),))
    written = new_key(secrets.choice)
    store.tell(keys.create, vault, channel.id, Right.WRITE, written, now=clock())
    return written


server = create_app(config.read())
