"""People for tests: made and signed in without a provider; what the provider is asked is tested in tests/accounts."""

from __future__ import annotations

import secrets

from flask.testing import FlaskClient
from playwright.sync_api import BrowserContext
from sqlalchemy import insert

from accounts.sessions import COOKIE
from domain.audit import Actor
from domain.people import Person
from domain.roles import Part, Role, Viewer
from models import people, sessions
from models.people import Claimed
from models.schema import course, enrolment, membership
from models.store import Store
from tests.builders import NOW

ISSUER = "https://accounts.example.edu"
DOMAIN = "example.edu"


def make_person(store: Store, name: str = "Ada Finch", *, email: str | None = None, now: int = NOW) -> Person:
    """Somebody who has signed in once: `Ada Finch` is ada.finch@example.edu."""
    email = email or f"{name.lower().replace(' ', '.')}@{DOMAIN}"
    return store.tell(people.find_or_create, Claimed(ISSUER, f"subject of {email}", email, name), now)


def make_member(store: Store, channel_id: int, person: Person, role: Role = Role.OWNER) -> None:
    values = {"channel_id": channel_id, "person_id": person.id, "role": str(role), "added_at": NOW}
    store.tell(lambda connection: connection.execute(insert(membership).values(values)))


def make_new_member(store: Store, channel_id: int, name: str, role: Role) -> Person:
    """Somebody who has signed in, and is a member of the channel."""
    person = make_person(store, name)
    make_member(store, channel_id, person, role)
    return person


def make_course(store: Store, code: str = "ENGR114", term: str = "2026 autumn") -> int:
    values = {"code": code, "term": term, "created_at": NOW}
    return store.tell(
        lambda connection: connection.execute(insert(course).values(values).returning(course.c.id)).scalar_one()
    )


def enrol(store: Store, course_id: int, person: Person, part: Part = Part.STAFF, **more) -> None:
    """Put somebody on a course's roster; `more`: name, section, team."""
    values = {"course_id": course_id, "email": person.email, "person_id": person.id, "part": str(part), **more}
    store.tell(lambda connection: connection.execute(insert(enrolment).values(values)))


def acting(person: Person, *, is_admin: bool = False, at: int = NOW) -> Actor:
    """The person doing something at that instant."""
    return Actor(viewing(person, is_admin=is_admin), "127.0.0.1", at)


def viewing(person: Person, *, is_admin: bool = False) -> Viewer:
    return Viewer.person(person.id, is_admin=is_admin)


def begin_session(store: Store, person: Person, now: int) -> str:
    """A session of this person; what its cookie carries."""
    carried = secrets.token_urlsafe(32)
    store.tell(sessions.begin, person.id, carried, now=now)
    return carried


def sign_in(client: FlaskClient, store: Store, person: Person, now: int) -> FlaskClient:
    """The client, signed in as this person."""
    client.set_cookie(COOKIE, begin_session(store, person, now))
    return client


def sign_in_browser(browser: BrowserContext, store: Store, person: Person, url: str, now: int) -> None:
    """Give a real browser a session of this person at the server of this address."""
    browser.add_cookies([{"name": COOKIE, "value": begin_session(store, person, now), "url": url}])
