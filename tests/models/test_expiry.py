"""Keys and tokens whose time is over end by themselves."""

from __future__ import annotations

import random

import pytest

from domain.keys import Grace
from domain.timespan import DAY, HOUR
from domain.tokens import Life, Scope, new_token
from models import expiry, keys, tokens
from tests.builders import KEYS, NOW, VAULT, make_key, reread
from tests.people import acting, make_member, make_person

KEY, OTHER, *_ = KEYS


@pytest.fixture
def owner(store, channel):
    found = make_person(store)
    make_member(store, channel.id, found)
    return found


class TestEndDue:
    def test_until_something_is_due_nothing_is_written(self, store, channel, owner, statements):
        make_key(store, channel.id, KEY)
        with statements() as said:
            expiry.end_due(store, NOW)
        assert not [each for each in said if "UPDATE" in each or "IMMEDIATE" in each]

    def test_a_key_that_is_due_ends(self, store, channel, owner):
        key_id = store.tell(keys.make, acting(owner), VAULT, channel.id, "write", KEY, "")
        store.tell(keys.rotate, acting(owner), VAULT, channel.id, key_id, OTHER, Grace.HOUR_1)
        before = reread(store, channel).version
        expiry.end_due(store, NOW + HOUR - 1)
        assert reread(store, channel).version == before
        expiry.end_due(store, NOW + HOUR)
        assert reread(store, channel).version == before + 1
        assert not store.ask(expiry.is_any_due, NOW + HOUR)

    def test_a_token_that_is_due_ends(self, store, owner):
        written = new_token(random.Random(1).choice)
        store.tell(tokens.make, acting(owner), VAULT, "Logger", [Scope.READ], Life.DAY_1, written)
        assert not store.ask(expiry.is_any_due, NOW + DAY - 1)
        assert store.ask(expiry.is_any_due, NOW + DAY)
        expiry.end_due(store, NOW + DAY)
        assert not store.ask(expiry.is_any_due, NOW + DAY)
