"""A browser that goes to the provider and back by hand, and what is left in storage of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from models import sessions
from models.schema import audit, session
from tests.lab import Lab

START = "/sign-in/college"
BACK = "/sign-in/college/back"


@dataclass
class Browser:
    """A browser: Labfeed's cookies, and the way to the provider and back by hand."""

    lab: Lab
    client: FlaskClient

    def start(self, wanted: str | None = None) -> TestResponse:
        """The click on the button; `wanted` is the address to come back to."""
        return self.client.get(START + (f"?{urlencode({'next': wanted})}" if wanted is not None else ""))

    def visit_provider(self, started: TestResponse) -> dict[str, str]:
        """What the provider sends back, as the parameters of the address."""
        assert started.status_code == 303, started.text
        sent_back = requests.get(started.location, allow_redirects=False, timeout=5)
        assert sent_back.status_code == 302, sent_back.text
        assert sent_back.headers["Location"].startswith(f"http://localhost{BACK}?")
        return parameters_of(sent_back.headers["Location"])

    def come_back(self, **parameters: str) -> TestResponse:
        return self.client.get(f"{BACK}?{urlencode(parameters)}")

    def sign_in(self, wanted: str | None = None) -> TestResponse:
        """All of it, as a browser does by itself."""
        return self.come_back(**self.visit_provider(self.start(wanted)))

    @property
    def carried(self) -> str:
        """What the session cookie carries; empty without one."""
        cookie = self.client.get_cookie("labfeed")
        return cookie.value if cookie else ""

    @property
    def email(self) -> str | None:
        """Whose session this browser has."""
        found = self.lab.store.ask(sessions.find, self.carried, time.time_ns() // 1000)
        return found.person.email if found else None


def parameters_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def count_sessions(lab: Lab) -> int:
    return lab.store.ask(lambda connection: connection.execute(select(func.count()).select_from(session)).scalar_one())


def deeds_of(lab: Lab) -> list[tuple[str, str]]:
    """(deed, detail) of the audit log, oldest first."""
    columns = (audit.c.act, audit.c.detail)
    return lab.store.ask(
        lambda connection: [tuple(row) for row in connection.execute(select(*columns).order_by(audit.c.id))]
    )
