"""Every kind of answer says how browsers are to treat it."""

from __future__ import annotations

import pytest

from accounts.headers import HEADERS
from tests.lab import opened_lab

ANSWERS = (
    "/",
    "/sign-in",
    "/mine",
    "/join/secret",
    "/no/such/page",
    "/healthz",
    "/api/v1/channels/1/readings",
    "/sign-in/x",
)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab.client


@pytest.mark.parametrize("address", ANSWERS)
def test_no_page_may_be_framed_guessed_at_or_told_of(client, address):
    headers = client.get(address).headers
    assert {name: headers.get(name) for name in HEADERS} == HEADERS
