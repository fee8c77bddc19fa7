"""Channels as ThingSpeak's lists show them: whose they are, who sees their keys, and which public ones are found."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from domain.channels import Visibility
from domain.errors import NotFound
from domain.readings import Position
from domain.roles import Right, Role, Standing, Viewer
from domain.timespan import DAY, HOUR
from domain.tokens import Scope, reach_of
from models import deleting, shown_channels
from models.schema import channel as channel_table
from models.schema import key as key_table
from models.shown_channels import Near, Wanted
from tests.builders import KEYS, NOW, VAULT, append, entry, make_channel, make_key, reread
from tests.people import make_member, make_person, viewing
from tests.standings import everybody

EVERY = frozenset(Scope)
WORKS = {Standing.OWNER, Standing.EDITOR}


def with_token(viewer: Viewer, *scopes: Scope) -> Viewer:
    return Viewer.person(viewer.person_id or 0, acts=reach_of(scopes))


def put(store, channel, **values) -> None:
    store.tell(
        lambda connection: connection.execute(
            update(channel_table).where(channel_table.c.id == channel.id).values(**values)
        )
    )


def own(store, viewer, tag=""):
    return store.ask(shown_channels.own, viewer, VAULT, tag)


def one(store, viewer, channel):
    return store.ask(shown_channels.one, viewer, channel.id, VAULT)


def written(shown):
    return [key.written for key in shown.keys]


@pytest.fixture
def keyed(store, noise, course_id):
    """A public channel with a read key that is older than its write key, one that is revoked and one that is ending."""
    made = make_channel(store, "Otter kiln", course_id=course_id)
    for letters, right in zip(KEYS, (Right.READ, Right.WRITE, Right.WRITE, Right.WRITE), strict=True):
        make_key(store, made.id, letters + "00", right)
    values = {KEYS[2]: {"revoked_at": NOW}, KEYS[3]: {"ends_at": NOW + HOUR}}
    for letters, over in values.items():
        mine = key_table.c.digest == VAULT.digest(letters + "00")
        store.tell(
            lambda connection, mine=mine, over=over: connection.execute(update(key_table).where(mine).values(over))
        )
    return made


@pytest.fixture
def by(store, keyed, course_id):
    return everybody(store, keyed.id, course_id)


class TestOwn:
    @pytest.mark.parametrize("standing", Standing)
    def test_it_lists_what_one_owns_or_edits(self, store, keyed, by, standing):
        listed = [shown.channel.name for shown in own(store, by[standing].viewer)]
        assert listed == (["Otter kiln"] if standing in WORKS else [])

    @pytest.mark.parametrize("standing", Standing)
    def test_another_channel_is_not_there(self, store, keyed, by, standing):
        ask = (shown_channels.own_one, by[standing].viewer, VAULT, keyed.id)
        if standing in WORKS:
            assert store.ask(*ask).channel == reread(store, keyed)
        else:
            with pytest.raises(NotFound):
                store.ask(*ask)

    def test_by_their_number_and_by_tag(self, store, noise):
        ada = make_person(store)
        for name, tags in {"One": " kiln clay ", "Two": " kilns ", "Three": " kiln "}.items():
            made = make_channel(store, name, visibility=Visibility.MEMBERS)
            make_member(store, made.id, ada)
            put(store, made, tags=tags)
        assert [shown.channel.name for shown in own(store, viewing(ada))] == ["One", "Two", "Three"]
        assert [shown.channel.name for shown in own(store, viewing(ada), "kiln")] == ["One", "Three"]

    def test_one_in_the_bin_is_not_listed(self, store, keyed, by):
        put(store, keyed, deleted_at=NOW)
        assert own(store, by[Standing.OWNER].viewer) == []


class TestKeys:
    def test_the_write_key_stands_first_and_those_that_end_are_left_out(self, store, keyed, by):
        shown = one(store, by[Standing.OWNER].viewer, keyed)
        assert written(shown) == [KEYS[1] + "00", KEYS[0] + "00"]
        assert [key.right for key in shown.keys] == [Right.WRITE, Right.READ]

    @pytest.mark.parametrize("standing", Standing)
    def test_they_are_for_those_who_see_them_on_its_page(self, store, keyed, by, standing):
        shown = one(store, by[standing].viewer, keyed)
        assert bool(shown.keys) is (standing in WORKS)
        assert shown.is_own is (standing in WORKS)

    @pytest.mark.parametrize("scopes", [(Scope.READ,), (Scope.READ, Scope.WRITE), (Scope.MANAGE,)])
    def test_a_token_is_told_them_where_it_could_make_others(self, store, keyed, by, scopes):
        viewer = with_token(by[Standing.OWNER].viewer, *scopes)
        assert bool(one(store, viewer, keyed).keys) is (Scope.MANAGE in scopes)
        assert [bool(shown.keys) for shown in own(store, viewer)] == [Scope.MANAGE in scopes]

    def test_a_key_of_the_channel_is_told_none(self, store, keyed):
        assert one(store, Viewer.with_key_of(keyed.id), keyed).keys == ()


class TestOne:
    def test_a_private_channel_is_there_for_its_people_alone(self, store, keyed, by):
        put(store, keyed, visibility="members")
        for standing in (Standing.VISITOR, Standing.SIGNED_IN):
            with pytest.raises(NotFound):
                one(store, by[standing].viewer, keyed)
        assert one(store, Viewer.with_key_of(keyed.id), keyed).channel.id == keyed.id

    def test_the_last_entry_is_the_one_that_is_there(self, store, keyed, by):
        assert one(store, Viewer.visitor(), keyed).last_entry_id is None
        append(store, reread(store, keyed), entry(NOW, temperature=1), entry(NOW + 1, temperature=2))
        assert one(store, Viewer.visitor(), keyed).last_entry_id == 2
        assert not store.ask(shown_channels.is_empty, keyed.id)
        store.tell(deleting.clear, by[Standing.OWNER], keyed.id)
        assert one(store, Viewer.visitor(), keyed).last_entry_id is None
        assert store.ask(shown_channels.is_empty, keyed.id)

    def test_its_owner_is_who_has_owned_it_longest(self, store, noise):
        made = make_channel(store)
        assert one(store, Viewer.visitor(), made).owner_id is None
        make_member(store, made.id, make_person(store, "Eddy Editor"), Role.EDITOR)
        first, later = make_person(store, "Zoe First"), make_person(store, "Ada Later")
        make_member(store, made.id, first)
        make_member(store, made.id, later)
        assert one(store, Viewer.visitor(), made).owner_id == first.id

    @pytest.mark.parametrize(
        ("said", "ranking"),
        [
            ({}, 15),
            ({"description": "Clay"}, 35),
            ({"tags": " kiln "}, 35),
            ({"latitude": 1.0, "longitude": 2.0}, 30),
            ({"web_address": "https://example.org"}, 30),
            ({"description": "Clay", "tags": " kiln ", "latitude": 0.0, "longitude": 0.0, "web_address": "x"}, 85),
        ],
    )
    def test_its_ranking_tells_how_much_it_says_of_itself(self, store, noise, said, ranking):
        made = make_channel(store)
        put(store, made, name="Kiln", **said)
        assert one(store, Viewer.visitor(), made).ranking == ranking


def names(store, wanted=Wanted(), offset=0, limit=15):  # noqa: B008 (it is frozen)
    page = store.ask(shown_channels.public, wanted, offset, limit)
    return [shown.channel.name for shown in page.shown], page.total


class TestPublic:
    def test_what_says_most_of_itself_comes_first_then_what_spoke_last(self, store, noise):
        quiet, spoke, described = (make_channel(store, name) for name in ("Quiet", "Spoke", "Described"))
        append(store, quiet, entry(NOW - 2 * DAY, temperature=1), received_at=NOW - 2 * DAY)
        append(store, spoke, entry(NOW + DAY, temperature=1), received_at=NOW + DAY)
        put(store, described, description="Clay")
        assert names(store) == (["Described", "Spoke", "Noise public", "Quiet"], 4)

    def test_neither_others_nor_what_is_archived_or_in_the_bin(self, store, noise):
        put(store, make_channel(store, "Archived"), archived_at=NOW)
        put(store, make_channel(store, "In the bin"), deleted_at=NOW)
        assert names(store) == (["Noise public"], 1)

    def test_page_by_page(self, store):
        for number in range(5):
            make_channel(store, f"Channel {number}")
        assert names(store, offset=2, limit=2) == (["Channel 2", "Channel 1"], 5)
        assert names(store, offset=6, limit=2) == ([], 5)

    def test_by_their_numbers(self, store, noise):
        made = make_channel(store, "Kiln")
        assert names(store, Wanted(channel_ids={made.id, *(each.id for each in noise)})) == (
            ["Noise public", "Kiln"],
            2,
        )
        assert names(store, Wanted(channel_ids=frozenset())) == ([], 0)

    def test_by_their_owner(self, store, noise):
        ada, made, edited = make_person(store), make_channel(store, "Owned"), make_channel(store, "Edited")
        make_member(store, made.id, ada)
        make_member(store, edited.id, ada, Role.EDITOR)
        assert names(store, Wanted(owner_id=ada.id)) == (["Owned"], 1)

    def test_by_a_tag(self, store, noise):
        put(store, make_channel(store, "Kiln"), tags=" kiln ")
        put(store, make_channel(store, "Kilns"), tags=" kilns ")
        assert names(store, Wanted(tag="kiln")) == (["Kiln"], 1)
        assert names(store, Wanted(tag="k%")) == ([], 0)

    def test_the_nearest_first(self, store, noise):
        for name, latitude in {"Far": 49.0, "Here": 48.5, "Near": 48.6, "Farther": 60.0}.items():
            put(store, make_channel(store, name), latitude=latitude, longitude=9.0)
        put(store, make_channel(store, "Hidden", visibility=Visibility.COLLEGE), latitude=48.5, longitude=9.0)
        near = Wanted(near=Near(Position(48.5, 9.0), 100.0))
        assert names(store, near) == (["Here", "Near", "Far"], 3)
        assert names(store, near, offset=1, limit=1) == (["Near"], 3)

    def test_no_key_is_told(self, store, keyed):
        page = store.ask(shown_channels.public, Wanted(), 0, 15)
        assert {shown.keys for shown in page.shown} == {()}


class TestOwnedBy:
    def test_others_are_told_of_the_public_ones(self, store, noise, keyed, by):
        ada = make_person(store)
        for seen in Visibility:
            make_member(store, make_channel(store, f"Ada's {seen}", visibility=seen).id, ada)
        listed = {
            "visitor": store.ask(shown_channels.owned_by, Viewer.visitor(), ada.id),
            "stranger": store.ask(shown_channels.owned_by, by[Standing.SIGNED_IN].viewer, ada.id),
            "ada": store.ask(shown_channels.owned_by, viewing(ada), ada.id),
        }
        found = {who: [shown.channel.name for shown in each] for who, each in listed.items()}
        every = [f"Ada's {seen}" for seen in Visibility]
        assert found == {"visitor": every[:1], "stranger": every[:1], "ada": every}
