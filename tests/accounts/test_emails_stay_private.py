"""Who sees members' e-mails: members, staff of the course and admins. Every route, page and callback is walked."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

import context
from api import streaming
from dashapp.app import PAGES
from domain.people import Person
from domain.roles import Standing
from tests.lab import Lab, opened_lab
from tests.people import sign_in
from tests.tab import Tab, post
from tests.tokens import bearing, make_token
from tests.world import SETTINGS, World, make_world

EMAIL = re.compile(r"canary-\w+@", re.I)
"""Addresses of members, and of who was invited."""

# Files of installed packages and our own style sheets, the same for everybody.
FILES = {
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
    "/assets/<path:filename>",
    "/bootstrap/static/<path:filename>",
    "/styles/<digest>.css",
    "/<path:path>",
}


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with opened_lab(tmp_path_factory.mktemp("college"), **SETTINGS) as lab:
        yield lab


@pytest.fixture(scope="module")
def world(lab) -> World:
    return make_world(lab.store, lab.parts.vault, context.now())


OUTSIDERS: dict[str, Callable[[World], Person | None]] = {
    "visitor": lambda world: None,
    "stranger": lambda world: world.stranger,
    "classmate": lambda world: world.classmate,
}
each_outsider = pytest.mark.parametrize("who", OUTSIDERS)


def client_of(lab: Lab, person: Person | None):
    return lab.client if person is None else sign_in(lab.client, lab.store, person, context.now())


@pytest.fixture(scope="module")
def asked_at(lab, world) -> Callable[[str], list[Any]]:
    """A function: what the page at this address asks of the server when the owner looks, found out once."""
    return cache(lambda address: Tab(client_of(lab, world.people[Standing.OWNER]), address).asked)


def routes(lab: Lab) -> list[str]:
    """The forms of all addresses that answer GET."""
    rules = lab.app.url_map.iter_rules()
    return sorted({rule.rule for rule in rules if "GET" in (rule.methods or ()) and not rule.websocket} - FILES)


@each_outsider
class TestOutsiders:
    def test_no_route_tells_them_an_address(self, lab, world, who, monkeypatch):
        monkeypatch.setattr(streaming, "LASTS_S", 0.0)  # or its answer would go on for hours
        person = OUTSIDERS[who](world)
        client = client_of(lab, person)
        carried = [{}] if person is None else [{}, bearing(make_token(lab, person))]
        addresses = [address for form in routes(lab) for address in world.filled(form)]
        answers = [(address, client.get(address, headers=each).data) for address in addresses for each in carried]
        assert [address for address, data in answers if EMAIL.search(data.decode(errors="replace"))] == []

    @pytest.mark.parametrize("page", PAGES, ids=lambda page: page.__name__)
    def test_no_page_tells_them_an_address(self, lab, world, who, page):
        client = client_of(lab, OUTSIDERS[who](world))
        for address in world.filled(page.PATH):
            found = [EMAIL.search(answer) for answer in Tab(client, address).answers]
            assert not any(found), address

    @pytest.mark.parametrize("page", PAGES, ids=lambda page: page.__name__)
    def test_what_a_members_page_asks_is_not_answered_to_them(self, lab, world, asked_at, who, page):
        client = client_of(lab, OUTSIDERS[who](world))
        client.get("/")  # for the token that goes with the session
        for address in world.filled(page.PATH):
            answers = [post(client, payload) for payload in asked_at(address)]
            assert {answer.status_code for answer in answers} <= {200, 204, 401, 403, 404}
            assert not any(EMAIL.search(answer.text) for answer in answers), address


class TestThoseWhoMay:
    """The walk finds addresses where there are any: it can fail."""

    def test_what_stands_in_the_addresses_is_there(self, lab, world):
        owner = bearing(make_token(lab, world.people[Standing.OWNER]))
        for form in ("removals/<removal>", "keys"):
            answer = lab.client.get(world.fill(f"/api/v1/channels/<channel>/{form}", world.private), headers=owner)
            assert answer.status_code == 200
        assert world.keys[world.private] in {each["id"] for each in answer.json["keys"]}

    @pytest.mark.parametrize(
        "standing", [Standing.OWNER, Standing.EDITOR, Standing.VIEWER, Standing.STAFF, Standing.ADMIN]
    )
    def test_they_see_them_on_the_page_of_members(self, lab, world, standing):
        tab = Tab(client_of(lab, world.people[standing]), f"/channels/{world.kiln}/members")
        assert tab.status == 200
        assert {"canary-owner@", "canary-editor@", "canary-viewer@"} <= set(EMAIL.findall("".join(tab.answers)))
