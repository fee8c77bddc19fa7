"""Entries that are stored only where their channel has none at their instant."""

from __future__ import annotations

import pytest

from domain.errors import Conflict
from domain.readings import Position
from models.writer import store_together
from tests.builders import NOW, append, entry, make_channel, make_noise, reread, submission

TAKEN = [
    entry(NOW, temperature=1),
    entry(NOW, door="open"),
    entry(NOW, status="well"),
    entry(NOW, position=Position(1, 2)),
    entry(NOW),
]


@pytest.fixture
def channel(store):
    make_noise(store)
    return make_channel(store, feeds=("temperature", "door:text"))


def wanting(channel, *entries):
    return submission(channel, *entries, free_instant=True)


class TestFreeInstants:
    @pytest.mark.parametrize("taken", TAKEN)
    @pytest.mark.parametrize("wanted", TAKEN)
    def test_none_is_stored_at_one_that_is_taken(self, store, channel, taken, wanted):
        append(store, channel, taken)
        with pytest.raises(Conflict):
            append(store, channel, wanted, free_instant=True)
        assert reread(store, channel).cursor == 1

    @pytest.mark.parametrize("wanted", TAKEN)
    def test_a_free_one_is_had(self, store, channel, wanted):
        append(store, channel, entry(NOW - 1, temperature=1), entry(NOW + 1, door="open"))
        assert append(store, channel, wanted, free_instant=True).entry_id == 3

    @pytest.mark.parametrize("first", TAKEN)
    def test_of_two_in_one_transaction_the_second_is_refused(self, store, channel, first):
        both = [wanting(channel, first), wanting(channel, entry(NOW, temperature=2))]
        (_, second), _ = store.tell(store_together, both)
        assert isinstance(second, Conflict)

    def test_what_is_stamped_on_arrival_is_not_asked(self, store, channel):
        append(store, channel, entry(NOW, temperature=1))
        append(store, channel, entry(None, temperature=2), free_instant=True)
        assert reread(store, channel).cursor == 2

    def test_a_channel_without_feeds_has_instants_too(self, store):
        bare = make_channel(store, feeds=())
        append(store, bare, entry(NOW, status="well"), free_instant=True)
        with pytest.raises(Conflict):
            append(store, bare, entry(NOW), free_instant=True)
