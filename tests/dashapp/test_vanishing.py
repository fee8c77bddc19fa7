"""A right that ends while a channel's page is open: whatever finds out empties the page, and says nothing besides."""

from __future__ import annotations

import json

import pytest

import context
from dashapp import looks, shell, shown
from dashapp.channel_ids import CURSOR, VIEW, Ids
from dashapp.channel_views import views_of
from dashapp.choosing import move_id
from dashapp.embed_views import framed_views
from dashapp.live_views import Source
from dashapp.showing import Showing
from domain.channels import Visibility
from domain.roles import Role, Viewer
from models import memberships
from tests.builders import append, entry, make_channel, reread
from tests.lab import opened_lab
from tests.people import acting, make_member, make_person, sign_in
from tests.tab import Tab

VALUE = "21.5"


@pytest.fixture
def lab(tmp_path):
    with opened_lab(tmp_path) as lab:
        yield lab


@pytest.fixture
def channel(lab):
    made = make_channel(lab.store, "Otter kiln", visibility=Visibility.MEMBERS, feeds=("temperature",))
    append(lab.store, made, entry(context.now(), temperature=float(VALUE)))
    return reread(lab.store, made)


@pytest.fixture
def owner(lab, channel):
    owner = make_person(lab.store, "Ada Finch")
    make_member(lab.store, channel.id, owner, Role.OWNER)
    return owner


@pytest.fixture
def remove(lab, channel, owner):
    """A function: somebody is no member any more."""
    return lambda person: lab.store.tell(memberships.remove, acting(owner, at=context.now()), channel.id, person.id)


@pytest.fixture
def viewer(lab, channel):
    viewer = make_person(lab.store, "Ben Wren")
    make_member(lab.store, channel.id, viewer, Role.VIEWER)
    return viewer


@pytest.fixture
def opened(lab, channel, viewer):
    """A function that opens the viewer's page with a lens."""
    client = sign_in(lab.client, lab.store, viewer, context.now())
    return lambda lens="statistics": Tab(client, f"/channels/{channel.id}?lens={lens}")


FINDING = {
    "time that goes on": lambda tab: tab.change(Ids.TICK, "n_intervals", 1),
    "a button": lambda tab: tab.press(move_id("earlier")),
    "another address": lambda tab: tab.change(shell.Ids.ADDRESS, "search", "?from=now-1h"),
    "a poll": lambda tab: tab.change(Ids.POLL, "n_intervals", 1),
    "the safety net": lambda tab: tab.change(Ids.SAFETY, "n_intervals", 1),
    "a share": lambda tab: tab.press(Ids.SHARE_OPEN),
}


class TestWhateverFindsOut:
    @pytest.mark.parametrize("lens", ["statistics", "table", "histogram"])
    @pytest.mark.parametrize("how", FINDING)
    def test_the_page_is_emptied_without_a_notice(self, opened, remove, viewer, how, lens):
        tab = opened(lens)
        assert VALUE in tab.words
        remove(viewer)
        FINDING[how](tab)
        assert tab.prop(shell.Ids.NOTICE) == []
        assert "There is nothing here that you may see" in tab.words
        assert [said for said in (VALUE, "Otter kiln", "temperature") if said in tab.words] == []
        assert (tab.prop(VIEW, "data"), tab.prop(CURSOR, "data")) == ({}, {})
        assert tab.prop(shown.store_of(lens), "data") == {}

    def test_it_is_emptied_by_the_very_answer_that_finds_out(self, opened, remove, viewer):
        tab = opened()
        remove(viewer)
        tab.change(shown.store_of("statistics"), "data", tab.prop(shown.store_of("statistics"), "data"))
        first = next(json.loads(answer) for answer in tab.answers if "nothing here" in answer)
        assert first["sideUpdate"][Ids.CONTENT]["children"]
        assert first["sideUpdate"][Ids.LENSES]["hidden"] is True

    def test_who_may_see_it_again_is_shown_it_again(self, lab, channel, opened, remove, viewer):
        tab = opened()
        remove(viewer)
        FINDING["time that goes on"](tab)
        make_member(lab.store, channel.id, viewer, Role.VIEWER)
        tab.change(shell.Ids.ASKED, "data", "rights")
        assert VALUE in tab.words
        assert tab.prop(Ids.LENSES, "hidden") is False


class TestTheLivePath:
    @pytest.fixture
    def kept(self, opened):
        return opened().prop(VIEW, "data")

    def views(self, lab, kept, views_of):
        showing, viewer = Showing.read(kept), Viewer.with_key_of(kept["channel"])
        seen = lab.store.ask(looks.visible, viewer, [showing.channel_id], context.now())
        found = {overview.channel.id: overview for overview in seen}
        return views_of(showing, found, Source(lab.store, context.now))

    @pytest.mark.parametrize("query", ["", "?from=2026-01-01&to=2026-01-02"])
    def test_what_a_page_watches_knows_how_to_empty_it(self, lab, kept, query):
        (view,) = self.views(lab, kept | {"query": query}, views_of)
        told = b"".join(view.lost()).decode()
        assert all(f'"componentId":"{each}"' in told for each in (Ids.CONTENT, Ids.LENSES, Ids.HEADING))
        assert VALUE not in told

    def test_in_another_site_s_frame_nothing_of_a_page_is_set(self, lab, kept):
        (view,) = self.views(lab, kept, framed_views)
        assert view.lost() == ()
