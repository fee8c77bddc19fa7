"""Every address, page and callback, tried by everybody: nothing is shown and nothing changed where they may not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import product
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

import context
from dashapp import create_dash
from dashapp.app import PAGES as MODULES
from dashapp.components.export_button import open_id
from domain.errors import Forbidden, NotFound
from domain.people import Person
from domain.roles import ALLOWED, Standing
from domain.selection import LENSES
from live.sockets import Doors
from models import keys, talkbacks
from models.schema import metadata
from tests.accounts.replaying import Recorded
from tests.accounts.rights_table import ADDRESSES, CALLBACKS, PAGES, SEE, Also, By, Needs
from tests.lab import Lab, opened_lab
from tests.people import sign_in, viewing
from tests.tab import post, read_key
from tests.world import SETTINGS, World, make_world

CANARIES = ("Team notes", "Clay at 1000", "canary-", "20.125")
"""What only those are told who see the private channel."""

ONCE = re.compile(r'"end_id":"[^"]+"')
"""What Dash writes anew into every page."""

REFUSALS = (NotFound.title, Forbidden.title, "nothing here", "no channel", "does not allow")

UNNOTICED = {"session", "refusal", "sign_in"}
"""Tables in which it shows that somebody was there."""

DECIDING = {
    "/channels/<channel>",
    "/embed/<channel>",
    "/channels/<channel>/charts/<field>",
    "/channels/<channel>/widgets/<field>",
    "/channels/<channel>/maps/channel_show",
}
"""Pages that visitors may ask for, too: what they see depends on the channel."""

SILENT = {
    "stepping.stand",
    "pages.channel.follow",
    "pages.channel.poll",
    "pages.embed.follow",
    "pages.embed.poll",
    "pages.code.listen",
    "pages.keys.draw",
    "pages.keys.look_again",
    "pages.commands.draw",
    "pages.commands.look_again",
    "pages.members.offer",
    "pages.members.look_again",
    "pages.audit.draw",
    "pages.course.draw_book",
    "pages.course.preview",
    "pages.course.apply",
}
"""Callbacks that say nothing of it to those who may not, instead of refusing: the page as such is refused to them."""

OPEN = (
    "pages.channel.",
    "pages.embed.",
    "pages.chart_frame.",
    "pages.widget_frame.",
    "pages.map_frame.",
    "stepping.",
    "exporting.",
    "notebook_views.",
    "choosing.",
)
"""Callbacks of pages that visitors may ask for: what they answer depends on the channel."""

WHO: dict[str, Callable[[World], Person | None]] = {
    "visitor": lambda world: None,
    "stranger": lambda world: world.stranger,
    "classmate": lambda world: world.classmate,
    "viewer": lambda world: world.people[Standing.VIEWER],
    "editor": lambda world: world.people[Standing.EDITOR],
    "owner": lambda world: world.people[Standing.OWNER],
    "staff of its course": lambda world: world.people[Standing.STAFF],
    "admin": lambda world: world.people[Standing.ADMIN],
}
ENROLLED = {"classmate", "editor", "owner", "staff of its course", "admin"}
OVERSEERS = {"staff of its course", "admin"}


def may(who: str, needs: Needs) -> bool:
    """Whether they may: of acts, with a channel that its members alone see."""
    if isinstance(needs, frozenset):
        return who in {str(standing) for act in needs for standing in ALLOWED[act]}
    return {
        Also.ANYBODY: True,
        Also.SIGNED_IN: who != "visitor",
        Also.ENROLLED: who in ENROLLED,
        Also.TEACHING: who in OVERSEERS,
        Also.ADMINS: who == "admin",
    }[needs]


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with opened_lab(tmp_path_factory.mktemp("college"), **SETTINGS) as lab:
        yield lab


@pytest.fixture(scope="module")
def world(lab) -> World:
    return make_world(lab.store, lab.parts.vault, context.now())


@pytest.fixture(scope="module")
def clients(lab, world) -> dict[str, FlaskClient]:
    """Everybody, with a browser of their own that has loaded a page."""
    clients = {}
    for who, person_of in WHO.items():
        person = person_of(world)
        clients[who] = lab.client if person is None else sign_in(lab.client, lab.store, person, context.now())
        clients[who].get("/")
    return clients


@cache
def outputs() -> dict[str, str]:
    """The callbacks' names, by what Dash calls them."""
    app = Flask("labfeed", static_folder=None)
    found = create_dash(app, Doors()).dash
    app.test_client().get("/")
    functions = {output: callback.get("callback") for output, callback in found.callback_map.items()}
    return {
        output: f"{function.__module__}.{function.__name__}".removeprefix("dashapp.")
        for output, function in functions.items()
        if function is not None
    }


WITH_LENSES = tuple(f"/channels/<channel>?lens={lens}" for lens in LENSES)
WITH_A_FILE = "/channels/<channel>/import?file=<file>"
WITH_A_MOVE = "/mine/move-in?file=<move>"


@pytest.fixture(scope="module")
def recorded(lab, world, clients) -> dict[str, Any]:
    """What the pages of those who may ask of each callback, by its name."""
    found: dict[str, Any] = {}
    paths = (*WITH_LENSES, WITH_A_FILE, WITH_A_MOVE, *PAGES)
    for who, path in product(("owner", "staff of its course", "admin", "classmate"), paths):
        if found.keys() >= CALLBACKS.keys():
            break
        page = Recorded(clients[who], world.fill(path, world.private))
        if open_id("tools") in map(read_key, page.ids()):
            page.press(open_id("tools"))
        for output, name in outputs().items():
            is_known = name in found or not is_asked_at(path, name)
            asked = None if is_known else page.request_of(output, filled(world))
            if asked is not None:
                found[name] = asked
    return found


def is_asked_at(path: str, name: str) -> bool:
    """Whether the page there asks this of somebody: a lens draws while it is the one that is open."""
    _, _, lens = path.partition("?lens=")
    return name.startswith(f"lenses.{lens}") if lens else not name.startswith("lenses.")


def filled(world: World) -> dict[str, Any]:
    """What somebody would write who wants a change: without it forms would be refused for being empty."""
    return {
        "settings-name": "Taken over",
        "settings-transfer-name": "Team notes",
        "settings-clear-name": "Team notes",
        "settings-delete-name": "Team notes",
        "settings-heir": str(world.people[Standing.EDITOR].id),
        "settings-who-sees": "public",
        "settings-interval": "5",
        "stored-range": {"feeds": ["temperature"], "span": ["0", str(2**61)]},
        "stored-confirm": "Team notes",
        "export-begun": {"channel": world.private, "word": "canary-word-of-a-page", "at": 0, "made_first": False},
        "members-emails": "newcomer@example.edu",
        "members-role": "viewer",
        "members-link-role": "viewer",
        "keys-name": "a second board",
        "commands-name": "a second queue",
        "course-code": "ENGR999",
        "course-title": "Taken over",
        "course-term": "2027 spring",
        "course-place-which": str(world.kiln),
        "account-confirm": "canary-owner@example.edu",
    }


@pytest.fixture(scope="module")
def written(lab, world) -> list[str]:
    """The private channel's keys, and those of its queues."""
    owner = viewing(world.people[Standing.OWNER])
    listed = [lab.store.ask(of.list_of, lab.parts.vault, owner, world.private) for of in (keys, talkbacks)]
    return [each.written for kept in listed for each in kept if each.written]


def everything(lab: Lab) -> dict[str, list[Any]]:
    """All that is stored."""
    tables = [table for table in metadata.sorted_tables if table.name not in UNNOTICED]
    return lab.store.ask(
        lambda connection: {table.name: sorted(map(repr, connection.execute(select(table)).all())) for table in tables}
    )


def is_refused(answer: TestResponse) -> bool:
    """Whether it says, by its status or on the page, that there is nothing for them."""
    return answer.status_code in (302, 401, 403, 404) or any(words in answer.text for words in REFUSALS)


class TestTheTable:
    """Whoever adds an address, a page or a callback adds a row, and thinks of who may."""

    def test_every_address_has_a_row(self, lab):
        rules = list(lab.app.url_map.iter_rules())
        assert {rule.endpoint for rule in rules} == set(ADDRESSES)
        unsafe = {rule.endpoint: rule.methods - {"GET", "HEAD", "OPTIONS"} for rule in rules}
        assert unsafe == {endpoint: row.unsafe for endpoint, row in ADDRESSES.items()}

    def test_every_page_has_a_row(self):
        assert {page.PATH for page in MODULES} == set(PAGES)

    def test_a_page_is_open_to_visitors_where_its_row_says_so(self):
        told = {page.PATH: page.wire.open_to_visitors for page in MODULES}
        assert told == {path: needs is Also.ANYBODY or path in DECIDING for path, needs in PAGES.items()}

    def test_every_callback_has_a_row(self):
        assert set(outputs().values()) == set(CALLBACKS)

    def test_every_callback_is_tried(self, recorded):
        assert set(CALLBACKS) - set(recorded) == set()


class TestEveryPage:
    @pytest.mark.parametrize("who", WHO)
    @pytest.mark.parametrize("path", PAGES)
    def test_it_is_there_for_those_who_may_and_for_nobody_else(self, world, clients, who, path):
        answer = clients[who].get(world.fill(path, world.private))
        is_led = who == "visitor" and not may("visitor", PAGES[path]) and path not in DECIDING
        assert answer.status_code == (200 if may(who, PAGES[path]) else 302 if is_led else 404)

    @pytest.mark.parametrize("path", [path for path in PAGES if "<channel>" in path])
    def test_what_one_may_not_see_does_not_differ_from_what_never_was(self, world, clients, path):
        hidden, never = (clients["stranger"].get(world.fill(path, each)) for each in (world.private, 999_999))
        assert hidden.status_code == never.status_code == 404
        told = re.sub(rf"(channels|embed)/{world.private}\b", r"\1/999999", hidden.text)
        assert ONCE.sub("", told) == ONCE.sub("", never.text)


CASES = [(name, who) for name, needs in CALLBACKS.items() for who in WHO if not may(who, needs)]


class TestEveryCallback:
    """What the page of somebody who may asks, asked by somebody who may not."""

    @pytest.mark.parametrize(("name", "who"), CASES)
    def test_it_shows_nothing_and_changes_nothing(self, lab, clients, recorded, written, name, who):
        before = everything(lab)
        answer = post(clients[who], recorded[name])
        assert is_refused(answer) or name in SILENT, answer.text[:1500]
        assert everything(lab) == before
        told = written if may(who, PAGES["/channels/<channel>"]) else [*written, *CANARIES]
        assert [canary for canary in told if canary in answer.text] == []

    @pytest.mark.parametrize("name", [name for name, needs in CALLBACKS.items() if needs is not Also.ANYBODY])
    def test_of_a_closed_page_it_answers_visitors_401(self, clients, recorded, name):
        answer = post(clients["visitor"], recorded[name])
        is_lens = name.startswith("lenses.") and CALLBACKS[name] == SEE
        is_open = is_lens or name.startswith(OPEN)
        assert is_open or (answer.status_code, answer.json["type"]) == (401, "/problems/sign-in-needed")


class TestTheWalkCanFail:
    @pytest.mark.parametrize("who", ["viewer", "owner"])
    def test_those_who_may_are_shown_the_canaries(self, clients, recorded, who):
        assert "Team notes" in post(clients[who], recorded["pages.channel.draw"]).text


class TestEveryAddress:
    @pytest.mark.parametrize("endpoint", [endpoint for endpoint, row in ADDRESSES.items() if row.by is By.NOBODY])
    def test_what_does_not_exist_does_not(self, lab, clients, endpoint):
        rule = next(rule.rule for rule in lab.app.url_map.iter_rules() if rule.endpoint == endpoint)
        assert {client.get(rule).status_code for client in clients.values()} == {404}

    @pytest.mark.parametrize("endpoint", [endpoint for endpoint, row in ADDRESSES.items() if row.by is By.VIEWER])
    @pytest.mark.parametrize("who", WHO)
    def test_it_shows_a_channel_to_those_alone_who_see_it(self, lab, world, clients, endpoint, who):
        rule = next(rule for rule in lab.app.url_map.iter_rules() if rule.endpoint == endpoint)
        if "<channel>" not in rule.rule or rule.websocket or endpoint == "channel_stream":
            return
        sees = may(who, PAGES["/channels/<channel>"])
        found = clients[who].get(world.fill(rule.rule, world.private)).status_code
        assert found in ((200, 307) if sees else (404,))  # a file is first led to the instants it is of

    @pytest.mark.parametrize("address", ["/_dash-layout", "/_dash-dependencies"])
    def test_skeletons_are_the_same_for_everybody(self, clients, address):
        assert len({client.get(address).text for client in clients.values()}) == 1
