"""A person's channels made, changed and deleted by programs."""

from __future__ import annotations

import pytest

from domain.audit import Deed
from domain.channels import Besides, Visibility
from domain.describing import WantedFeed
from domain.errors import Forbidden, Invalid, NotFound, SignInNeeded
from domain.readings import Kind, Position
from domain.roles import Right, Standing
from models import channels, feeds, user_channels
from models.ownership import NewChannel
from models.user_channels import Changes
from tests.builders import VAULT, make_channel, reread
from tests.models.hands import deeds
from tests.people import acting, make_person
from tests.standings import everybody

WRITTEN = {Right.WRITE: "0AAAAAAAAAAAAA00", Right.READ: "1BBBBBBBBBBBBB00"}
EVERYTHING = Changes(
    {"name": "Kiln", "tags": ("clay",), "latitude": 48.5, "longitude": 9.25, "visibility": Visibility.MEMBERS},
    {"elevation": 340.0, "metadata": "{}"},
    lambda found: [feeds.as_wanted(feed) for feed in found.feeds] + [WantedFeed(None, "field2", Kind.MIXED)],
)


@pytest.fixture
def channel(store, noise, course_id):
    return make_channel(store, visibility=Visibility.PUBLIC, course_id=course_id)


@pytest.fixture
def by(store, channel, course_id):
    return everybody(store, channel.id, course_id)


def change(store, actor, channel, changes=EVERYTHING):
    return store.tell(user_channels.change, actor, VAULT, channel.id, changes)


class TestMake:
    def test_it_belongs_to_who_makes_it_with_a_key_of_each_sort(self, store, noise):
        ada = acting(make_person(store))
        more = Changes({"tags": ("clay",)}, {"web_address": "https://example.org"})
        made = store.tell(user_channels.make, ada, VAULT, WRITTEN, NewChannel("Kiln"), more)
        assert (made.is_own, made.owner_id) == (True, ada.person_id)
        assert [(key.right, key.written) for key in made.keys] == list(WRITTEN.items())
        assert (made.channel.tags, made.channel.besides.web_address) == (("clay",), "https://example.org")
        noted = [deed for deed, _ in deeds(store, made.channel.id)]
        assert noted[:1] == [Deed.CHANNEL_MADE]
        assert Deed.KEY_MADE in noted

    def test_without_a_name_it_is_called_by_its_number(self, store, noise):
        ada = acting(make_person(store))
        made = store.tell(user_channels.make, ada, VAULT, WRITTEN, NewChannel("  "), Changes())
        assert made.channel.name == f"Channel {made.channel.id}"

    def test_of_what_is_wrong_nothing_is_made(self, store, noise, count_rows):
        ada = acting(make_person(store))
        before = count_rows()
        with pytest.raises(Invalid):
            store.tell(
                user_channels.make, ada, VAULT, WRITTEN, NewChannel("Kiln"), Changes(besides={"metadata": "x" * 20_000})
            )
        assert count_rows() == before

    def test_nobody_makes_none(self, store, by):
        with pytest.raises(SignInNeeded):
            store.tell(user_channels.make, by[Standing.VISITOR], VAULT, WRITTEN, NewChannel("Kiln"), Changes())


class TestChange:
    def test_all_of_it_is_there_afterwards(self, store, channel, by):
        found = change(store, by[Standing.OWNER], channel).channel
        assert found == reread(store, channel)
        assert (found.name, found.tags, found.visibility) == ("Kiln", ("clay",), Visibility.MEMBERS)
        assert (found.position, found.besides) == (Position(48.5, 9.25), Besides(340.0, "", "{}"))
        assert [feed.name for feed in found.feeds] == ["temperature", "field2"]

    def test_what_is_not_named_stays(self, store, channel, by):
        before = change(store, by[Standing.OWNER], channel)
        assert change(store, by[Standing.OWNER], channel, Changes()) == before
        after = change(store, by[Standing.OWNER], channel, Changes(besides={"web_address": "https://example.org"}))
        assert after.channel.besides == Besides(340.0, "https://example.org", "{}")

    @pytest.mark.parametrize("standing", sorted(set(Standing) - {Standing.OWNER, Standing.EDITOR}))
    def test_what_is_not_ones_own_is_not_there(self, store, channel, by, standing):
        before = reread(store, channel)
        with pytest.raises(NotFound):
            change(store, by[standing], channel)
        assert reread(store, channel) == before
        assert deeds(store, channel.id) == []

    def test_an_editor_does_not_decide_who_sees_it(self, store, channel, by):
        with pytest.raises(Forbidden):
            change(store, by[Standing.EDITOR], channel)
        assert change(store, by[Standing.EDITOR], channel, Changes({"name": "Kiln"})).channel.name == "Kiln"

    def test_of_what_is_wrong_nothing_is_changed(self, store, channel, by):
        before = reread(store, channel)
        with pytest.raises(Invalid):
            change(store, by[Standing.OWNER], channel, Changes({"name": "Kiln"}, {"elevation": 1e12}))
        assert reread(store, channel) == before

    @pytest.mark.parametrize(
        ("now", "wanted", "then"),
        [
            (Visibility.COLLEGE, Visibility.MEMBERS, Visibility.COLLEGE),
            (Visibility.MEMBERS, Visibility.MEMBERS, Visibility.MEMBERS),
            (Visibility.COLLEGE, Visibility.PUBLIC, Visibility.PUBLIC),
            (Visibility.PUBLIC, Visibility.MEMBERS, Visibility.MEMBERS),
        ],
    )
    def test_what_is_not_public_already_is_left_to_those_who_see_it(self, store, course_id, now, wanted, then):
        made = make_channel(store, visibility=now)
        owner = everybody(store, made.id, course_id)[Standing.OWNER]
        assert change(store, owner, made, Changes({"visibility": wanted})).channel.visibility is then


class TestDelete:
    @pytest.mark.parametrize("standing", Standing)
    def test_it_is_for_its_owners(self, store, channel, by, standing):
        if standing is Standing.OWNER:
            was = store.tell(user_channels.delete, by[standing], VAULT, channel.id)
            assert was.channel.name == "Greenhouse"
            assert not store.ask(channels.exists, channel.id)
        else:
            with pytest.raises(Forbidden if standing is Standing.EDITOR else NotFound):
                store.tell(user_channels.delete, by[standing], VAULT, channel.id)
            assert store.ask(channels.exists, channel.id)
