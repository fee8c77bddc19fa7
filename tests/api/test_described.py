"""What `/openapi.json` says is what the server does: tried with what nobody would think of sending.

Every answer is one that is described, in its status, kind, headers and form; nothing makes the server fail; and what
the description does not allow is refused. What it cannot say (that a date is in the calendar, that a feed is there)
may be refused beyond it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import CHECKS, load_all_checks

import context
from api import streaming
from api.described import Access, Operation
from api.operations import EVERY
from domain.channels import Visibility
from tests.lab import Board, Lab, opened_lab
from tests.people import enrol, make_course, make_member, make_person
from tests.tokens import bearing, make_token

STAMPS = ("2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", "2026-01-01T00:00:02.5Z")

load_all_checks()
LEFT_OUT = [
    CHECKS.get_one(name)
    for name in (
        "positive_data_acceptance",  # not every text is a time, and not every number a channel
        "ignored_auth",  # rights have tests of their own, for everybody: tests/accounts/test_matrix.py
        "use_after_free",
        "ensure_resource_availability",
    )
]

TRIED = settings(
    max_examples=25, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)

each_operation = pytest.mark.parametrize("operation", EVERY, ids=lambda operation: operation.name)


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture(scope="module")
def described(lab):
    return schemathesis.openapi.from_wsgi("/openapi.json", lab.app)


@pytest.fixture(autouse=True)
def streams_end(monkeypatch):
    """At once, for whoever tries them waits for the whole of an answer."""
    monkeypatch.setattr(streaming, "LASTS_S", 0.0)


@pytest.fixture
def board(lab) -> Board:
    board = lab.enrol(visibility=Visibility.MEMBERS)
    rows = [{"at": at, "values": {"temperature": number, "door": "open"}} for number, at in enumerate(STAMPS)]
    assert board.post(rows).status_code == 201
    return board


@pytest.fixture
def known(lab, board) -> dict[str, int]:
    """What the variables of addresses stand for."""
    return {"channel": board.channel_id, "course": make_course(lab.store, f"C{board.channel_id}")}


@pytest.fixture
def token(lab, known) -> str:
    """Of somebody who owns the channel and teaches the course."""
    person = make_person(lab.store, f"Owner {known['channel']}", now=context.now())
    make_member(lab.store, known["channel"], person)
    enrol(lab.store, known["course"], person)
    return make_token(lab, person)


def attempt(described, operation: Operation, known: dict[str, int], headers: dict[str, str]) -> None:
    """Ask for one operation in many ways, of a channel that is there."""

    @TRIED
    @given(case=described.find_operation_by_id(operation.name).as_strategy())
    def tried(case):
        case.path_parameters.update({name: known[name] for name in case.path_parameters.keys() & known})
        case.call_and_validate(headers=headers, excluded_checks=LEFT_OUT)

    tried()


@each_operation
def test_whoever_may_is_answered_as_described(described, operation, known, board, token):
    needs_key = operation.access is Access.SEND_KEY
    attempt(described, operation, known, {"X-API-Key": board.key} if needs_key else bearing(token))


@each_operation
def test_a_visitor_is_answered_as_described(described, operation, known):
    attempt(described, operation, known, {})


def test_every_address_of_the_interface_is_described(lab):
    put = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method)
        for rule in lab.app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/") and not rule.endpoint.startswith("kazarinoff.")  # another server's language
    }
    told = {(each.path, each.method) for each in EVERY if each.path.startswith("/api/")}
    assert put == told


def test_the_names_are_all_different():
    assert len({each.name for each in EVERY}) == len(EVERY)


def test_the_description_is_one_of_openapi_3_1(lab):
    said = lab.client.get("/openapi.json")
    assert (said.status_code, said.json["openapi"], said.json["servers"]) == (
        200,
        "3.1.0",
        [{"url": "http://localhost"}],
    )


class TestTheTrialCanFail:
    def test_an_answer_that_is_not_described_is_found(self, described, lab, board, token, monkeypatch):
        operation = next(each for each in EVERY if each.name == "getChannel")
        view = lab.app.view_functions["channels.get_channel"]
        monkeypatch.setitem(lab.app.view_functions, "channels.get_channel", lambda **named: (view(**named).data, 418))
        with pytest.raises(BaseException, match="418"):
            attempt(described, operation, {"channel": board.channel_id}, bearing(token))
