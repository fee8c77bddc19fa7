"""Feeds somebody hid: stored and exported, and drawn nowhere."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from dashapp import looks
from dashapp.channel_views import ChannelChart
from dashapp.live_views import Source
from dashapp.wall_views import WallCard
from domain.roles import Role, Viewer
from domain.timespan import SECOND, TimeSpan
from models import feeds, readings
from tests.builders import ALWAYS, NOW, append, entry, make_channel, reread
from tests.dashapp.shapes import as_json
from tests.people import acting, make_member, make_person

VISITOR = Viewer.visitor()


@pytest.fixture
def channel(store):
    """Three feeds with a reading each, the second of them hidden."""
    made = make_channel(store, feeds=("temperature:°C", "battery:V", "door:text"))
    append(store, made, entry(NOW, temperature=21.5, battery=3.3, door="open"))
    ada = make_person(store)
    make_member(store, made.id, ada, Role.EDITOR)
    rows = [feeds.as_wanted(feed) for feed in made.feeds]
    rows[1] = replace(rows[1], is_hidden=True)
    store.tell(feeds.save, acting(ada), made.id, rows)
    return reread(store, made)


def names(series) -> list[str]:
    return [one.feed.name for one in series]


class TestAHiddenFeed:
    def test_it_stands_on_no_card(self, store, channel):
        card = next(look for look in store.ask(looks.wall, VISITOR, NOW) if look.channel_id == channel.id)
        assert names(card.series) == ["temperature", "door"]
        assert [feed.name for feed in card.overview.channel.feeds] == ["temperature", "door"]

    def test_it_stands_on_no_page(self, store, channel):
        look = store.ask(looks.channel, VISITOR, channel.id, looks.USUAL, NOW)
        assert names(look.series) == ["temperature", "door"]

    @pytest.mark.parametrize("form", [ChannelChart, WallCard])
    def test_what_it_says_draws_nothing_live(self, store, channel, form):
        view = form(channel.id, "15m-0-1", channel.version, False, Source(store, lambda: NOW))
        append(store, channel, entry(NOW + SECOND, battery=8.88))
        change = view.change(store.ask(readings.fresh_since, channel.id, 1))
        drawn = json.dumps(as_json([[str(part), props] for part, props in [*change.updates, *view.rest()]]))
        assert change.cursor == 2
        assert "8.88" not in drawn

    def test_it_is_exported(self, store, channel):
        found = store.ask(readings.between, VISITOR, channel.id, None, ALWAYS, 100)
        assert "battery" in [row.feed.name for row in found]
        spanned = store.ask(readings.snapshot, VISITOR, channel.id, TimeSpan.last(60 * SECOND, NOW + SECOND), 100)
        assert "battery" in names(spanned.series)
