"""Members of a channel: who sees them, who changes them, and that an owner always stays."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import insert, select

from domain.audit import Deed
from domain.channels import Visibility
from domain.errors import Forbidden, LastOwner, NotFound
from domain.roles import Role, Viewer
from domain.timespan import DAY
from models import memberships, people
from models.schema import audit, invitation, membership
from models.schema import channel as channel_table
from models.store import Store
from tests.builders import NOW, make_channel, reread, url_of
from tests.people import acting, make_member, make_new_member, make_person, viewing


@pytest.fixture
def channel(store, noise, course_id):
    """A college channel of a course, beside another one with members of its own."""
    other = make_channel(store, "Other", visibility=Visibility.COLLEGE, course_id=course_id)
    make_member(store, other.id, make_person(store, "Other Owner"), Role.OWNER)
    make_member(store, other.id, make_person(store, "Other Editor"), Role.EDITOR)
    return make_channel(store, visibility=Visibility.COLLEGE, course_id=course_id)


def join(store, channel, person, role, **more) -> None:
    store.tell(memberships.join, channel.id, person.id, role, now=more.pop("now", NOW), **more)


def roles(store, channel) -> dict[int, Role]:
    """What the members of the channel are, by person."""
    rows = select(membership.c.person_id, membership.c.role).where(membership.c.channel_id == channel.id)
    return {row[0]: Role(row[1]) for row in store.ask(lambda connection: connection.execute(rows).all())}


def row_of(store, channel, person):
    which = (membership.c.channel_id == channel.id) & (membership.c.person_id == person.id)
    return store.ask(lambda connection: connection.execute(select(membership).where(which)).one_or_none())


def deeds(store) -> list:
    return store.ask(lambda connection: connection.execute(select(audit).order_by(audit.c.id)).all())


def make_invitation(store, channel, **values) -> None:
    row = {"channel_id": channel.id, "role": str(Role.EDITOR), "made_at": NOW} | values
    store.tell(lambda connection: connection.execute(insert(invitation).values(row)))


def invitations(store) -> list:
    return store.ask(lambda connection: connection.execute(select(invitation).order_by(invitation.c.id)).all())


class TestOfChannel:
    @pytest.mark.parametrize("who", ["owner", "editor", "viewer", "teacher", "admin"])
    def test_members_staff_and_admins_see_them(self, store, channel, owner, request, who):
        person = request.getfixturevalue(who)
        seen = store.ask(memberships.of_channel, viewing(person, is_admin=who == "admin"), channel.id)
        assert (seen[0].name, seen[0].email) == ("Olga Owner", "olga.owner@example.edu")

    def test_who_may_only_see_the_channel_is_refused(self, store, channel, owner, stranger):
        with pytest.raises(Forbidden):
            store.ask(memberships.of_channel, viewing(stranger), channel.id)

    @pytest.mark.parametrize("looks", [Viewer.visitor(), Viewer.person(999)])
    def test_what_one_may_not_see_is_not_there(self, store, owner, looks):
        hidden = make_channel(store, visibility=Visibility.MEMBERS)
        with pytest.raises(NotFound):
            store.ask(memberships.of_channel, looks, hidden.id)

    def test_a_read_key_shows_no_people(self, store, channel, owner):
        with pytest.raises(Forbidden):
            store.ask(memberships.of_channel, Viewer.with_key_of(channel.id), channel.id)

    def test_owners_come_first_then_names(self, store, channel, viewer, editor, owner):
        make_new_member(store, channel.id, "adam Editor", Role.EDITOR)
        seen = store.ask(memberships.of_channel, viewing(owner), channel.id)
        assert [each.name for each in seen] == ["Olga Owner", "adam Editor", "Eddy Editor", "Vera Viewer"]

    def test_it_says_since_when_by_whom_and_whether_from_a_roster(self, store, channel, owner, stranger):
        join(store, channel, stranger, Role.VIEWER, now=NOW + 7, added_by=owner.id, is_from_roster=True)
        seen = store.ask(memberships.of_channel, viewing(owner), channel.id)[1]
        assert (seen.added_at, seen.added_by_name, seen.is_from_roster) == (NOW + 7, "Olga Owner", True)


class TestJoin:
    def test_it_makes_a_member(self, store, channel, stranger):
        join(store, channel, stranger, Role.EDITOR)
        assert roles(store, channel) == {stranger.id: Role.EDITOR}

    @pytest.mark.parametrize(
        ("was", "given", "becomes"),
        [
            (Role.VIEWER, Role.EDITOR, Role.EDITOR),
            (Role.EDITOR, Role.VIEWER, Role.EDITOR),
            (Role.OWNER, Role.EDITOR, Role.OWNER),
            (Role.EDITOR, Role.EDITOR, Role.EDITOR),
        ],
    )
    def test_it_raises_and_never_lowers(self, store, channel, stranger, was, given, becomes):
        make_member(store, channel.id, stranger, was)
        join(store, channel, stranger, given)
        assert roles(store, channel) == {stranger.id: becomes}

    def test_a_roster_lowers_what_a_roster_gave(self, store, channel, stranger):
        join(store, channel, stranger, Role.EDITOR, is_from_roster=True)
        join(store, channel, stranger, Role.VIEWER, is_from_roster=True)
        assert roles(store, channel) == {stranger.id: Role.VIEWER}

    def test_a_roster_lowers_nothing_that_was_given_by_hand(self, store, channel, editor):
        join(store, channel, editor, Role.VIEWER, is_from_roster=True)
        row = row_of(store, channel, editor)
        assert (row.role, row.is_from_roster) == (Role.EDITOR, False)

    def test_a_roster_does_not_lower_the_last_owner(self, store, channel, stranger):
        join(store, channel, stranger, Role.OWNER, is_from_roster=True)
        join(store, channel, stranger, Role.EDITOR, is_from_roster=True)
        assert roles(store, channel) == {stranger.id: Role.OWNER}

    def test_what_is_given_by_hand_on_top_is_no_matter_of_the_rosters(self, store, channel, stranger):
        join(store, channel, stranger, Role.EDITOR, is_from_roster=True)
        join(store, channel, stranger, Role.VIEWER)
        row = row_of(store, channel, stranger)
        assert (row.role, row.is_from_roster) == (Role.EDITOR, False)

    def test_the_channel_and_the_person_are_another_version_then(self, store, channel, stranger):
        join(store, channel, stranger, Role.EDITOR)
        assert reread(store, channel).version == channel.version + 1
        assert store.ask(people.find, stranger.id).version == stranger.version + 1


class TestTakeUp:
    def test_what_waits_for_the_address_becomes_a_membership(self, store, channel, noise, owner, stranger):
        make_invitation(store, channel, email=stranger.email, made_by=owner.id, ends_at=NOW + DAY)
        make_invitation(store, noise[0], email=stranger.email, role=str(Role.VIEWER))
        store.tell(memberships.take_up, stranger, NOW)
        row = row_of(store, channel, stranger)
        assert (row.role, row.added_by, row.added_at) == (Role.EDITOR, owner.id, NOW)
        assert roles(store, noise[0]) == {stranger.id: Role.VIEWER}
        assert invitations(store) == []

    def test_what_is_over_brings_nothing(self, store, channel, stranger):
        make_invitation(store, channel, email=stranger.email, ends_at=NOW)
        store.tell(memberships.take_up, stranger, NOW)
        assert roles(store, channel) == {}

    def test_what_waits_for_others_goes_on_waiting(self, store, channel, stranger):
        make_invitation(store, channel, email="somebody@example.edu")
        make_invitation(store, channel, digest=b"a link")
        store.tell(memberships.take_up, stranger, NOW)
        assert roles(store, channel) == {}
        assert len(invitations(store)) == 2

    def test_a_member_is_not_lowered_by_it(self, store, channel, owner):
        make_invitation(store, channel, email=owner.email, role=str(Role.VIEWER))
        store.tell(memberships.take_up, owner, NOW)
        assert roles(store, channel) == {owner.id: Role.OWNER}

    def test_it_is_written_down_without_the_address(self, store, channel, stranger):
        make_invitation(store, channel, email=stranger.email)
        store.tell(memberships.take_up, stranger, NOW)
        deed = deeds(store)[-1]
        assert (deed.act, deed.person_id, deed.channel_id) == (Deed.MEMBER_JOINED, stranger.id, channel.id)
        assert json.loads(deed.detail) == {"role": "editor", "by": "e-mail"}

    def test_what_a_roster_made_stays_the_rosters(self, store, channel, stranger):
        make_invitation(store, channel, email=stranger.email, is_from_roster=True)
        store.tell(memberships.take_up, stranger, NOW)
        assert row_of(store, channel, stranger).is_from_roster


class TestChangeRole:
    def test_an_owner_changes_a_member(self, store, channel, owner, viewer):
        store.tell(memberships.change_role, acting(owner), channel.id, viewer.id, Role.OWNER)
        assert roles(store, channel)[viewer.id] is Role.OWNER

    def test_an_admin_who_is_no_member_does_too(self, store, channel, owner, viewer, admin):
        store.tell(memberships.change_role, acting(admin, is_admin=True), channel.id, viewer.id, Role.OWNER)
        assert roles(store, channel)[viewer.id] is Role.OWNER

    def test_an_editor_raises_up_to_their_own_role(self, store, channel, owner, editor, viewer):
        store.tell(memberships.change_role, acting(editor), channel.id, viewer.id, Role.EDITOR)
        assert roles(store, channel)[viewer.id] is Role.EDITOR

    def test_an_editor_makes_no_owner_not_even_of_themselves(self, store, channel, owner, editor):
        with pytest.raises(Forbidden):
            store.tell(memberships.change_role, acting(editor), channel.id, editor.id, Role.OWNER)
        assert roles(store, channel)[editor.id] is Role.EDITOR

    def test_an_editor_does_not_lower_an_owner(self, store, channel, owner, editor):
        make_new_member(store, channel.id, "Second Owner", Role.OWNER)
        with pytest.raises(Forbidden):
            store.tell(memberships.change_role, acting(editor), channel.id, owner.id, Role.VIEWER)
        assert roles(store, channel)[owner.id] is Role.OWNER

    @pytest.mark.parametrize("who", ["viewer", "teacher", "stranger"])
    def test_others_change_nobody(self, store, channel, owner, editor, request, who):
        person = request.getfixturevalue(who)
        with pytest.raises(Forbidden):
            store.tell(memberships.change_role, acting(person), channel.id, editor.id, Role.VIEWER)
        assert roles(store, channel)[editor.id] is Role.EDITOR

    def test_in_a_channel_one_may_not_see_there_is_nobody(self, store, stranger):
        hidden = make_channel(store, visibility=Visibility.MEMBERS)
        someone = make_new_member(store, hidden.id, "Some One", Role.VIEWER)
        with pytest.raises(NotFound):
            store.tell(memberships.change_role, acting(stranger), hidden.id, someone.id, Role.EDITOR)

    def test_who_is_no_member_is_not_made_one(self, store, channel, owner, stranger):
        with pytest.raises(NotFound):
            store.tell(memberships.change_role, acting(owner), channel.id, stranger.id, Role.EDITOR)

    def test_the_last_owner_stays_one(self, store, channel, owner, editor, admin):
        for actor in (acting(owner), acting(admin, is_admin=True)):
            with pytest.raises(LastOwner):
                store.tell(memberships.change_role, actor, channel.id, owner.id, Role.EDITOR)
        assert roles(store, channel)[owner.id] is Role.OWNER

    def test_from_then_on_the_roster_leaves_it(self, store, channel, owner, stranger):
        join(store, channel, stranger, Role.EDITOR, is_from_roster=True)
        store.tell(memberships.change_role, acting(owner), channel.id, stranger.id, Role.OWNER)
        join(store, channel, stranger, Role.EDITOR, is_from_roster=True)
        assert roles(store, channel)[stranger.id] is Role.OWNER

    def test_links_that_give_more_than_the_new_role_end(self, store, channel, noise, owner, editor):
        for role in Role:
            make_invitation(store, channel, digest=role.encode(), role=str(role))
        make_invitation(store, channel, email="waits@example.edu")
        make_invitation(store, noise[0], digest=b"of another channel")
        store.tell(memberships.change_role, acting(owner), channel.id, editor.id, Role.VIEWER)
        left = [row.email or bytes(row.digest).decode() for row in invitations(store)]
        assert left == ["viewer", "waits@example.edu", "of another channel"]

    def test_it_is_written_down_and_known_at_once(self, store, channel, owner, editor):
        store.tell(memberships.change_role, acting(owner), channel.id, editor.id, Role.VIEWER)
        deed = deeds(store)[-1]
        assert (deed.act, deed.person_id, deed.about_person_id) == (Deed.MEMBER_CHANGED, owner.id, editor.id)
        assert json.loads(deed.detail) == {"before": "editor", "role": "viewer"}
        assert reread(store, channel).version == channel.version + 1
        assert store.ask(people.find, editor.id).version == editor.version + 1

    def test_the_same_role_again_changes_nothing(self, store, channel, owner, editor):
        store.tell(memberships.change_role, acting(owner), channel.id, editor.id, Role.EDITOR)
        assert deeds(store) == []
        assert reread(store, channel).version == channel.version


class TestRemove:
    @pytest.mark.parametrize("who", ["owner", "editor", "admin"])
    def test_who_may_ends_a_membership(self, store, channel, owner, viewer, request, who):
        actor = acting(request.getfixturevalue(who), is_admin=who == "admin")
        store.tell(memberships.remove, actor, channel.id, viewer.id)
        assert viewer.id not in roles(store, channel)

    @pytest.mark.parametrize("who", ["viewer", "teacher", "stranger"])
    def test_others_remove_nobody(self, store, channel, owner, editor, request, who):
        with pytest.raises(Forbidden):
            store.tell(memberships.remove, acting(request.getfixturevalue(who)), channel.id, editor.id)
        assert editor.id in roles(store, channel)

    def test_an_editor_does_not_remove_an_owner(self, store, channel, owner, editor):
        make_new_member(store, channel.id, "Second Owner", Role.OWNER)
        with pytest.raises(Forbidden):
            store.tell(memberships.remove, acting(editor), channel.id, owner.id)

    def test_the_last_owner_stays(self, store, channel, owner, admin):
        with pytest.raises(LastOwner):
            store.tell(memberships.remove, acting(admin, is_admin=True), channel.id, owner.id)
        assert roles(store, channel) == {owner.id: Role.OWNER}

    def test_a_member_of_another_channel_is_none_of_this_one(self, store, channel, owner):
        elsewhere = make_new_member(store, make_channel(store, "Elsewhere").id, "Else Where", Role.VIEWER)
        with pytest.raises(NotFound):
            store.tell(memberships.remove, acting(owner), channel.id, elsewhere.id)

    def test_all_links_end_with_it(self, store, channel, owner, viewer):
        for role in Role:
            make_invitation(store, channel, digest=role.encode(), role=str(role))
        make_invitation(store, channel, email="waits@example.edu")
        store.tell(memberships.remove, acting(owner), channel.id, viewer.id)
        assert [row.email for row in invitations(store)] == ["waits@example.edu"]

    def test_it_is_written_down_and_known_at_once(self, store, channel, owner, viewer):
        store.tell(memberships.remove, acting(owner), channel.id, viewer.id)
        deed = deeds(store)[-1]
        assert (deed.act, deed.person_id, deed.about_person_id) == (Deed.MEMBER_REMOVED, owner.id, viewer.id)
        assert reread(store, channel).version == channel.version + 1
        assert store.ask(people.find, viewer.id).version == viewer.version + 1


class TestLeave:
    @pytest.mark.parametrize("who", ["editor", "viewer"])
    def test_a_member_leaves(self, store, channel, owner, request, who):
        person = request.getfixturevalue(who)
        store.tell(memberships.leave, acting(person), channel.id)
        assert person.id not in roles(store, channel)

    def test_the_last_owner_does_not(self, store, channel, owner, editor):
        with pytest.raises(LastOwner):
            store.tell(memberships.leave, acting(owner), channel.id)
        assert owner.id in roles(store, channel)

    def test_one_of_two_owners_does(self, store, channel, owner):
        second = make_new_member(store, channel.id, "Second Owner", Role.OWNER)
        store.tell(memberships.leave, acting(owner), channel.id)
        assert roles(store, channel) == {second.id: Role.OWNER}

    def test_who_is_no_member_cannot(self, store, channel, owner, stranger):
        with pytest.raises(NotFound):
            store.tell(memberships.leave, acting(stranger), channel.id)

    def test_a_channel_in_the_bin_is_not_left(self, store, channel, owner, editor):
        store.tell(lambda connection: connection.execute(channel_table.update().values(deleted_at=NOW)))
        with pytest.raises(NotFound):
            store.tell(memberships.leave, acting(editor), channel.id)

    @pytest.mark.parametrize("attempt", range(3))
    def test_of_two_owners_who_leave_at_once_one_stays(self, store, channel, owner, attempt):
        second = make_new_member(store, channel.id, "Second Owner", Role.OWNER)
        outcomes = at_once(
            store, [owner, second], lambda one, who: one.tell(memberships.leave, acting(who), channel.id)
        )
        assert {type(outcome) for outcome in outcomes} == {LastOwner, type(None)}
        assert list(roles(store, channel).values()) == [Role.OWNER]

    @pytest.mark.parametrize("attempt", range(3))
    def test_of_two_owners_who_lower_each_other_at_once_one_stays(self, store, channel, owner, attempt):
        second = make_new_member(store, channel.id, "Second Owner", Role.OWNER)

        def lower_other(one, who):
            other = second if who is owner else owner
            one.tell(memberships.change_role, acting(who), channel.id, other.id, Role.VIEWER)

        at_once(store, [owner, second], lower_other)
        assert Role.OWNER in roles(store, channel).values()


def at_once(store, whos, act) -> list[Exception | None]:
    """Let each do it at the same time, each over a store of its own as in another process; what each was told."""
    gate = Barrier(len(whos))

    def do(who) -> Exception | None:
        own = Store.open(url_of(store), synchronous="OFF")
        try:
            own.ask(memberships.count, 0)
            gate.wait(timeout=20)
            act(own, who)
        except (LastOwner, Forbidden) as refused:
            return refused
        finally:
            own.close()
        return None

    with ThreadPoolExecutor(len(whos)) as pool:
        return list(pool.map(do, whos))
