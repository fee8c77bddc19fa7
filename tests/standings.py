"""Everybody who may stand to a channel in some way, each in one way alone."""

from __future__ import annotations

from domain.audit import Actor
from domain.roles import Role, Standing, Viewer
from models.store import Store
from tests.builders import NOW
from tests.people import acting, enrol, make_member, make_person

ROLES = {Standing.VIEWER: Role.VIEWER, Standing.EDITOR: Role.EDITOR, Standing.OWNER: Role.OWNER}


def everybody(store: Store, channel_id: int, course_id: int, *, at: int = NOW) -> dict[Standing, Actor]:
    """Who acts, by standing. `signed in` is a classmate: enrolled in the course, and no more."""
    found = {Standing.VISITOR: Actor(Viewer.visitor(), "127.0.0.1", at)}
    for standing in Standing:
        if standing is not Standing.VISITOR:
            person = make_person(store, f"Some {standing.name.title()}")
            found[standing] = acting(person, is_admin=standing is Standing.ADMIN, at=at)
            if standing in ROLES:
                make_member(store, channel_id, person, ROLES[standing])
            if standing is Standing.STAFF:
                enrol(store, course_id, person)
    return found
