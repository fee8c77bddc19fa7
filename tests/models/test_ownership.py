"""Channels made by people, and handed over."""

from __future__ import annotations

import pytest

from domain.audit import Deed
from domain.channels import Visibility
from domain.describing import WantedFeed
from domain.errors import Forbidden, Invalid, NotFound, SignInNeeded, TooMany
from domain.readings import Kind
from domain.roles import Right, Role, Standing, Viewer
from domain.timespan import DAY
from models import channel_settings, channels, deleting, invitations, keys, memberships, mine, ownership, people
from models.ownership import NewChannel
from tests.builders import NOW, VAULT, make_channel, reread
from tests.models.hands import deeds
from tests.people import acting, make_course, make_member, make_person, viewing
from tests.standings import everybody

KEY = "0AAAAAAAAAAAAA"
KILN = NewChannel(
    "Otter kiln",
    "Glaze firing",
    feeds=(WantedFeed(None, "temperature", unit="°C"), WantedFeed(None, "door", Kind.TEXT)),
)


@pytest.fixture
def ada(store, noise):
    return make_person(store, "Ada Finch")


def own_new(store, person, wanted=KILN, written=KEY):
    return store.tell(ownership.own_new, acting(person), VAULT, written, wanted)


class TestOwnNew:
    def test_who_makes_it_owns_it(self, store, ada):
        made = own_new(store, ada)
        assert store.ask(memberships.role_of, made.id, ada.id) is Role.OWNER
        assert deeds(store, made.id)[-1] == (Deed.CHANNEL_MADE, {"name": "Otter kiln"})

    def test_it_is_as_wanted_and_for_the_college_unless_it_says_otherwise(self, store, ada):
        made = own_new(store, ada)
        assert (made.name, made.description, made.visibility) == ("Otter kiln", "Glaze firing", Visibility.COLLEGE)
        assert [(feed.name, feed.kind, feed.unit) for feed in made.feeds] == [
            ("temperature", Kind.NUMBER, "°C"),
            ("door", Kind.TEXT, None),
        ]

    def test_its_first_key_writes(self, store, ada):
        made = own_new(store, ada)
        holder = store.ask(keys.find, VAULT.digest(KEY), NOW)
        assert (holder.channel.id, holder.right) == (made.id, Right.WRITE)

    def test_a_visitor_makes_none(self, store, noise, count_rows):
        before = count_rows()
        visitor = everybody(store, noise[0].id, make_course(store))[Standing.VISITOR]
        before = count_rows()
        with pytest.raises(SignInNeeded):
            store.tell(ownership.own_new, visitor, VAULT, KEY, KILN)
        assert count_rows() == before

    @pytest.mark.parametrize(
        ("wanted", "pointers"),
        [
            (NewChannel(" "), ["/name"]),
            (NewChannel("x" * 201), ["/name"]),
            (NewChannel("Kiln", "d" * 2001), ["/description"]),
            (NewChannel("Kiln", feeds=(WantedFeed(None, "a"),) * 2), ["/feeds/0/name", "/feeds/1/name"]),
            (NewChannel("Kiln", expected_interval_s=0), ["/interval"]),
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_said_field_by_field_and_nothing_is_made(self, store, ada, count_rows, wanted, pointers):
        before = count_rows()
        with pytest.raises(Invalid) as refused:
            own_new(store, ada, wanted)
        assert [each.pointer for each in refused.value.complaints] == pointers
        assert count_rows() == before

    def test_nobody_owns_more_than_the_most(self, store, ada, monkeypatch):
        monkeypatch.setattr(ownership, "MOST_OWNED", 2)
        other = make_person(store, "Other Owner")
        for number in range(2):
            own_new(store, ada, written=f"{number}AAAAAAAAAAAAA")
        with pytest.raises(TooMany, match="the most one person may own"):
            own_new(store, ada, written="2AAAAAAAAAAAAA")
        assert own_new(store, other, written="3AAAAAAAAAAAAA")


class TestTransfer:
    @pytest.fixture
    def course_id(self, store):
        return make_course(store)

    @pytest.fixture
    def channel(self, store, noise, course_id):
        return make_channel(store, visibility=Visibility.COLLEGE, course_id=course_id)

    @pytest.fixture
    def by(self, store, channel, course_id):
        return everybody(store, channel.id, course_id)

    def roles(self, store, channel, *actors):
        return [store.ask(memberships.role_of, channel.id, actor.person_id) for actor in actors]

    @pytest.mark.parametrize("standing", Standing)
    def test_it_is_for_owners_and_admins(self, store, channel, by, standing):
        heir, owner = by[Standing.VIEWER], by[Standing.OWNER]
        if standing in (Standing.OWNER, Standing.ADMIN):
            store.tell(ownership.transfer, by[standing], channel.id, heir.person_id)
            assert self.roles(store, channel, heir, owner) == [Role.OWNER, Role.EDITOR]
            assert deeds(store, channel.id) == [(Deed.CHANNEL_TRANSFERRED, {})]
        else:
            with pytest.raises(NotFound if standing is Standing.VISITOR else Forbidden):
                store.tell(ownership.transfer, by[standing], channel.id, heir.person_id)
            assert self.roles(store, channel, heir, owner) == [Role.VIEWER, Role.OWNER]

    def test_only_a_member_becomes_the_owner(self, store, channel, by):
        with pytest.raises(Invalid, match="Only a member"):
            store.tell(ownership.transfer, by[Standing.OWNER], channel.id, by[Standing.SIGNED_IN].person_id)
        assert self.roles(store, channel, by[Standing.OWNER]) == [Role.OWNER]

    def test_nobody_hands_over_to_themselves(self, store, channel, by):
        owner = by[Standing.OWNER]
        with pytest.raises(Invalid):
            store.tell(ownership.transfer, owner, channel.id, owner.person_id)
        assert self.roles(store, channel, owner) == [Role.OWNER]

    def test_another_owner_stays_one(self, store, channel, by):
        second = make_person(store, "Second Owner")
        make_member(store, channel.id, second)
        store.tell(ownership.transfer, by[Standing.OWNER], channel.id, by[Standing.EDITOR].person_id)
        assert self.roles(store, channel, by[Standing.OWNER], by[Standing.EDITOR], acting(second)) == [
            Role.EDITOR,
            Role.OWNER,
            Role.OWNER,
        ]

    def test_links_that_make_owners_end(self, store, channel, by):
        for role in Role:
            link = (channel.id, role, NOW + DAY, f"secret of the {role}")
            store.tell(invitations.make_link, by[Standing.OWNER], VAULT, *link)
        store.tell(ownership.transfer, by[Standing.OWNER], channel.id, by[Standing.EDITOR].person_id)
        left = store.ask(invitations.waiting, by[Standing.EDITOR].viewer, VAULT, channel.id, NOW)
        assert {each.role for each in left} == {Role.EDITOR, Role.VIEWER}

    def test_pages_of_both_are_looked_at_again(self, store, channel, by):
        both = [by[Standing.OWNER].person_id, by[Standing.EDITOR].person_id]
        before, version = store.ask(people.versions, both), reread(store, channel).version
        store.tell(ownership.transfer, by[Standing.OWNER], channel.id, both[1])
        after = store.ask(people.versions, both)
        assert all(after[each] > before[each] for each in both)
        assert reread(store, channel).version > version


class TestMine:
    def test_it_lists_what_one_belongs_to_and_nothing_else(self, store, ada):
        course_id = make_course(store, "ENGR114")
        member_of = make_channel(store, "Team Otter", visibility=Visibility.MEMBERS, course_id=course_id, team="Otter")
        make_member(store, member_of.id, ada, Role.VIEWER)
        make_member(store, member_of.id, make_person(store, "Ben Owl"))
        made = own_new(store, ada)
        found = store.ask(mine.list_of, viewing(ada), NOW)
        told = {each.overview.channel.id: (each.role, each.members, each.course_code) for each in found}
        assert told == {made.id: (Role.OWNER, 1, ""), member_of.id: (Role.VIEWER, 2, "ENGR114")}

    def test_what_lies_in_the_bin_is_not_among_them(self, store, ada):
        made = own_new(store, ada)
        store.tell(deleting.put_into_bin, acting(ada), made.id)
        assert store.ask(mine.list_of, viewing(ada), NOW) == []

    def test_an_archived_channel_is(self, store, ada):
        made = own_new(store, ada)
        admin = acting(make_person(store, "Admin"), is_admin=True)
        store.tell(channel_settings.archive, admin, made.id, True)
        assert [each.overview.pulse.is_archived for each in store.ask(mine.list_of, viewing(ada), NOW)] == [True]

    def test_a_visitor_has_none(self, store, noise):
        assert store.ask(mine.list_of, Viewer.visitor(), NOW) == []

    def test_it_asks_no_more_of_many_than_of_few(self, store, ada, statements):
        own_new(store, ada)
        with statements() as few:
            store.ask(mine.list_of, viewing(ada), NOW)
        for number in range(1, 4):
            own_new(store, ada, written=f"{number}AAAAAAAAAAAAA")
        with statements() as many:
            store.ask(mine.list_of, viewing(ada), NOW)
        assert len(many) == len(few)
        assert store.ask(channels.newest_id, viewing(ada))
