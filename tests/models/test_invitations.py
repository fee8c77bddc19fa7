"""Invitations by e-mail and by link: who may make them, what they bring, and when they bring nothing."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from domain.audit import Actor, Deed
from domain.channels import Visibility
from domain.errors import Forbidden, Invalid, NotFound, SignInNeeded, TooMany
from domain.people import College
from domain.roles import Act, Role, Viewer
from domain.timespan import DAY, HOUR
from models import invitations, memberships, people
from models.invitations import Outcome
from models.schema import audit, invitation, membership
from models.schema import channel as channel_table
from tests.builders import NOW, VAULT, make_channel, reread
from tests.people import acting, make_member, make_new_member, make_person, viewing

COLLEGE = College(frozenset({"example.edu", "cs.example.edu"}))
SECRET = "uCkzGQBvJ2w6bJ3p4H9m0sXr7TqLd1Yf"
LATER = NOW + DAY


@pytest.fixture
def channel(store, noise, course_id):
    """A college channel of a course, beside another one with its own people and invitations."""
    other = make_channel(store, "Other", visibility=Visibility.COLLEGE, course_id=course_id)
    holder = make_person(store, "Other Owner")
    make_member(store, other.id, holder)
    invite_to(store, other, holder, "new.one@example.edu", Role.OWNER)
    store.tell(invitations.make_link, acting(holder), VAULT, other.id, Role.OWNER, LATER, "secret of the other")
    return make_channel(store, visibility=Visibility.COLLEGE, course_id=course_id)


def invite_to(store, channel, by, email, role=Role.VIEWER, **more):
    return store.tell(invitations.invite, acting(by, **more), COLLEGE, channel.id, email, role)


def make_link(store, channel, by, role=Role.EDITOR, ends_at=LATER, written=SECRET) -> int:
    return store.tell(invitations.make_link, acting(by), VAULT, channel.id, role, ends_at, written)


def listed(store, channel, who, now=NOW, **more):
    return store.ask(invitations.waiting, viewing(who, **more), VAULT, channel.id, now)


def look_up(store, who, written=SECRET, now=NOW):
    return store.ask(invitations.look_up, viewing(who), VAULT.digest(written), now)


def accept(store, who, written=SECRET, at=NOW):
    return store.tell(invitations.accept, acting(who, at=at), VAULT.digest(written))


def role_of(store, channel, person) -> Role | None:
    return store.ask(memberships.role_of, channel.id, person.id)


def newest_deed(store):
    return store.ask(lambda connection: connection.execute(select(audit).order_by(audit.c.id.desc())).first())


def counts(store) -> tuple[int, int]:
    """How many memberships and invitations there are."""
    tables = [select(func.count()).select_from(table) for table in (membership, invitation)]
    return tuple(store.ask(lambda connection: [connection.execute(each).scalar_one() for each in tables]))


class TestInvite:
    def test_somebody_who_has_signed_in_before_is_a_member_at_once(self, store, channel, owner, stranger):
        invited = invite_to(store, channel, owner, " Sam.Stranger@Example.edu ", Role.EDITOR)
        assert (invited.email, invited.outcome) == ("sam.stranger@example.edu", Outcome.JOINED)
        assert role_of(store, channel, stranger) is Role.EDITOR
        assert listed(store, channel, owner) == []

    def test_anybody_else_is_one_as_soon_as_they_sign_in(self, store, channel, owner):
        assert invite_to(store, channel, owner, "New.One@example.edu", Role.EDITOR).outcome is Outcome.WAITS
        new = make_person(store, "New One")
        assert role_of(store, channel, new) is None
        store.tell(memberships.take_up, new, NOW + DAY)
        assert role_of(store, channel, new) is Role.EDITOR
        assert listed(store, channel, owner) == []

    def test_who_comes_too_late_is_none(self, store, channel, owner):
        invite_to(store, channel, owner, "new.one@example.edu")
        new = make_person(store, "New One")
        store.tell(memberships.take_up, new, NOW + invitations.WAITS)
        assert role_of(store, channel, new) is None

    @pytest.mark.parametrize(
        "email",
        ["a@gmail.com", "a@example.edu.evil.com", "a@evilexample.edu", "a@sub.example.edu", "a@example.ed"],
    )
    def test_an_address_outside_the_college_is_refused_with_the_reason(self, store, channel, owner, email):
        before = counts(store)
        with pytest.raises(Invalid, match=r"@cs\.example\.edu or @example\.edu") as refused:
            invite_to(store, channel, owner, email)
        assert email in refused.value.detail
        assert counts(store) == before

    @pytest.mark.parametrize("email", ["", "ada", "ada@", "a b@example.edu", "ada@example.edu, bob@example.edu"])
    def test_what_is_no_address_is_refused(self, store, channel, owner, email):
        with pytest.raises(Invalid):
            invite_to(store, channel, owner, email)

    def test_an_address_of_each_domain_is_taken(self, store, channel, owner):
        assert invite_to(store, channel, owner, "a@cs.example.edu").outcome is Outcome.WAITS

    def test_a_member_who_is_that_already_is_left_alone(self, store, channel, owner, editor):
        invited = invite_to(store, channel, owner, editor.email, Role.VIEWER)
        assert (invited.outcome, invited.role) == (Outcome.MEMBER_ALREADY, Role.EDITOR)
        assert role_of(store, channel, editor) is Role.EDITOR

    def test_a_member_who_is_less_is_raised(self, store, channel, owner, viewer):
        assert invite_to(store, channel, owner, viewer.email, Role.EDITOR).outcome is Outcome.RAISED
        assert role_of(store, channel, viewer) is Role.EDITOR

    def test_inviting_again_changes_the_role_and_says_so(self, store, channel, owner):
        said = [
            invite_to(store, channel, owner, "new.one@example.edu", role).outcome
            for role in (Role.VIEWER, Role.EDITOR, Role.EDITOR)
        ]
        assert said == [Outcome.WAITS, Outcome.CHANGED, Outcome.WAITS_ALREADY]
        assert [(each.email, each.role) for each in listed(store, channel, owner)] == [
            ("new.one@example.edu", Role.EDITOR)
        ]

    def test_an_editor_invites_up_to_their_own_role(self, store, channel, owner, editor):
        assert invite_to(store, channel, editor, "new.one@example.edu", Role.EDITOR).outcome is Outcome.WAITS
        with pytest.raises(Forbidden):
            invite_to(store, channel, editor, "new.two@example.edu", Role.OWNER)

    def test_an_editor_does_not_lower_the_invitation_of_an_owner(self, store, channel, owner, editor):
        invite_to(store, channel, owner, "new.one@example.edu", Role.OWNER)
        with pytest.raises(Forbidden):
            invite_to(store, channel, editor, "new.one@example.edu", Role.VIEWER)

    @pytest.mark.parametrize("who", ["viewer", "teacher", "stranger", "admin"])
    def test_others_invite_nobody(self, store, channel, owner, request, who):
        before = counts(store)
        with pytest.raises(Forbidden):
            invite_to(store, channel, request.getfixturevalue(who), "new.two@example.edu", is_admin=who == "admin")
        assert counts(store)[1] == before[1]

    def test_to_a_channel_one_may_not_see_nobody_invites(self, store, stranger):
        with pytest.raises(NotFound):
            invite_to(store, make_channel(store, visibility=Visibility.MEMBERS), stranger, "new.one@example.edu")

    @pytest.mark.parametrize("kind", ["members", "invitations"])
    def test_a_channel_can_be_full(self, store, channel, owner, stranger, kind, monkeypatch):
        if kind == "members":
            make_new_member(store, channel.id, "Second Member", Role.VIEWER)
        else:
            invite_to(store, channel, owner, "new.one@example.edu")
        monkeypatch.setattr(invitations, "MOST_PEOPLE", 2)
        for email in ("new.two@example.edu", stranger.email):
            with pytest.raises(TooMany):
                invite_to(store, channel, owner, email)

    def test_it_is_written_down_without_the_address(self, store, channel, owner):
        invite_to(store, channel, owner, "new.one@example.edu", Role.EDITOR)
        deed = newest_deed(store)
        assert (deed.act, deed.person_id, deed.channel_id) == (Deed.MEMBER_INVITED, owner.id, channel.id)
        assert json.loads(deed.detail) == {"role": "editor"}

    def test_the_channel_is_another_version_then(self, store, channel, owner):
        invite_to(store, channel, owner, "new.one@example.edu")
        assert reread(store, channel).version == channel.version + 1


class TestMakeLink:
    def test_those_who_may_give_its_role_see_it_again(self, store, channel, owner, editor):
        link = make_link(store, channel, owner, Role.EDITOR)
        for who in (owner, editor):
            shown = listed(store, channel, who)[0]
            assert (shown.id, shown.written, shown.role, shown.ends_at) == (link, SECRET, Role.EDITOR, LATER)
            assert shown.made_by_name == "Olga Owner"

    def test_an_editor_does_not_see_a_link_that_makes_owners(self, store, channel, owner, editor):
        make_link(store, channel, owner, Role.OWNER)
        assert [(each.role, each.written) for each in listed(store, channel, editor)] == [(Role.OWNER, None)]

    def test_an_admin_who_is_no_member_sees_that_it_is_there_and_not_its_secret(self, store, channel, owner, admin):
        make_link(store, channel, owner)
        assert [each.written for each in listed(store, channel, admin, is_admin=True)] == [None]

    def test_the_secret_stands_nowhere(self, store, channel, owner):
        make_link(store, channel, owner)
        rows = store.ask(lambda connection: connection.execute(select(invitation)).all())
        assert SECRET not in repr(rows)

    @pytest.mark.parametrize("ends_at", [NOW, NOW - DAY, NOW + invitations.LONGEST_LINK + 1])
    def test_it_ends_in_the_future_within_a_year(self, store, channel, owner, ends_at):
        with pytest.raises(Invalid):
            make_link(store, channel, owner, ends_at=ends_at)

    def test_an_editor_makes_none_for_owners(self, store, channel, owner, editor):
        with pytest.raises(Forbidden):
            make_link(store, channel, editor, Role.OWNER)

    @pytest.mark.parametrize("who", ["viewer", "teacher", "stranger", "admin"])
    def test_others_make_none(self, store, channel, owner, request, who):
        with pytest.raises(Forbidden):
            make_link(store, channel, request.getfixturevalue(who), Role.VIEWER)

    def test_there_are_only_so_many_at_a_time(self, store, channel, owner):
        for number in range(invitations.MOST_LINKS):
            make_link(store, channel, owner, ends_at=NOW + HOUR, written=f"secret {number}")
        with pytest.raises(TooMany):
            make_link(store, channel, owner)
        later = acting(owner, at=NOW + HOUR)
        store.tell(invitations.make_link, later, VAULT, channel.id, Role.VIEWER, LATER, SECRET)
        assert len(listed(store, channel, owner, now=NOW + HOUR)) == 1

    def test_it_is_written_down_without_the_secret(self, store, channel, owner):
        link = make_link(store, channel, owner)
        deed = newest_deed(store)
        assert (deed.act, json.loads(deed.detail)) == (Deed.MEMBER_INVITED, {"link": link, "role": "editor"})


class TestWaiting:
    def test_it_leaves_out_what_is_over(self, store, channel, owner):
        make_link(store, channel, owner)
        assert listed(store, channel, owner, now=LATER) == []

    @pytest.mark.parametrize("who", ["viewer", "teacher", "stranger"])
    def test_others_see_none(self, store, channel, owner, request, who):
        make_link(store, channel, owner)
        assert listed(store, channel, request.getfixturevalue(who)) == []

    def test_a_token_learns_no_link(self, store, channel, owner):
        make_link(store, channel, owner)
        with_token = Viewer.person(owner.id, acts=frozenset(Act))
        assert store.ask(invitations.waiting, with_token, VAULT, channel.id, NOW) == []

    def test_of_a_channel_one_may_not_see_there_is_nothing(self, store, stranger):
        with pytest.raises(NotFound):
            listed(store, make_channel(store, visibility=Visibility.MEMBERS), stranger)


class TestEnd:
    def test_the_link_works_no_longer(self, store, channel, owner, stranger):
        link = make_link(store, channel, owner)
        store.tell(invitations.end, acting(owner), channel.id, link)
        with pytest.raises(NotFound):
            accept(store, stranger)
        assert newest_deed(store).act == Deed.INVITATION_ENDED

    def test_the_invitation_brings_nothing(self, store, channel, owner):
        invite_to(store, channel, owner, "late.one@example.edu")
        store.tell(invitations.end, acting(owner), channel.id, listed(store, channel, owner)[0].id)
        late = make_person(store, "Late One")
        store.tell(memberships.take_up, late, NOW)
        assert role_of(store, channel, late) is None

    def test_an_admin_ends_one(self, store, channel, owner, admin):
        link = make_link(store, channel, owner, Role.OWNER)
        store.tell(invitations.end, acting(admin, is_admin=True), channel.id, link)
        assert listed(store, channel, owner) == []

    def test_an_editor_ends_none_that_gives_more_than_theirs(self, store, channel, owner, editor):
        link = make_link(store, channel, owner, Role.OWNER)
        with pytest.raises(Forbidden):
            store.tell(invitations.end, acting(editor), channel.id, link)

    @pytest.mark.parametrize("who", ["viewer", "teacher", "stranger"])
    def test_others_end_none(self, store, channel, owner, request, who):
        link = make_link(store, channel, owner)
        with pytest.raises(Forbidden):
            store.tell(invitations.end, acting(request.getfixturevalue(who)), channel.id, link)
        assert len(listed(store, channel, owner)) == 1

    def test_one_of_another_channel_is_none_of_this_one(self, store, channel, owner):
        before = counts(store)
        for number in range(1, 4):
            with pytest.raises(NotFound):
                store.tell(invitations.end, acting(owner), channel.id, number)
        assert counts(store) == before


class TestLookUp:
    def test_it_says_what_who_and_by_whom(self, store, channel, owner, stranger):
        make_link(store, channel, owner)
        offer = look_up(store, stranger)
        assert (offer.channel_id, offer.channel_name, offer.role) == (channel.id, "Greenhouse", Role.EDITOR)
        assert (offer.made_by_name, offer.own_role, offer.brings_something) == ("Olga Owner", None, True)

    @pytest.mark.parametrize(("role", "brings"), [(Role.VIEWER, True), (Role.EDITOR, False), (Role.OWNER, False)])
    def test_it_knows_what_one_is_already(self, store, channel, owner, role, brings):
        make_link(store, channel, owner)
        offer = look_up(store, make_new_member(store, channel.id, "Some One", role))
        assert (offer.own_role, offer.brings_something) == (role, brings)

    def test_unknown_ended_over_and_in_the_bin_are_one_answer(self, store, channel, owner, stranger):
        link = make_link(store, channel, owner)
        said = {refusal_of(store, stranger, "never was"), refusal_of(store, stranger, now=LATER)}
        store.tell(lambda connection: connection.execute(channel_table.update().values(deleted_at=NOW)))
        said.add(refusal_of(store, stranger))
        store.tell(lambda connection: connection.execute(channel_table.update().values(deleted_at=None)))
        store.tell(invitations.end, acting(owner), channel.id, link)
        said.add(refusal_of(store, stranger))
        assert len(said) == 1


def refusal_of(store, who, written=SECRET, now=NOW) -> str:
    with pytest.raises(NotFound) as refused:
        look_up(store, who, written, now)
    with pytest.raises(NotFound):
        accept(store, who, written, now)
    return str(refused.value.to_problem())


class TestAccept:
    def test_it_makes_a_member_of_a_channel_nobody_else_sees(self, store, owner, stranger):
        hidden = make_channel(store, visibility=Visibility.MEMBERS)
        make_member(store, hidden.id, owner)
        make_link(store, hidden, owner)
        assert accept(store, stranger) == hidden.id
        assert role_of(store, hidden, stranger) is Role.EDITOR

    def test_the_channel_the_person_and_the_log_know(self, store, channel, owner, stranger):
        make_link(store, channel, owner)
        before = reread(store, channel).version
        accept(store, stranger)
        deed = newest_deed(store)
        assert (deed.act, deed.person_id, deed.channel_id) == (Deed.MEMBER_JOINED, stranger.id, channel.id)
        assert reread(store, channel).version == before + 1
        assert store.ask(people.find, stranger.id).version == stranger.version + 1

    def test_several_join_by_one_link(self, store, channel, owner, stranger, teacher):
        make_link(store, channel, owner)
        accept(store, stranger)
        accept(store, teacher)
        assert [role_of(store, channel, who) for who in (stranger, teacher)] == [Role.EDITOR, Role.EDITOR]

    def test_a_viewer_becomes_more_an_owner_nothing_less(self, store, channel, owner, viewer):
        make_link(store, channel, owner)
        for who in (viewer, owner):
            assert accept(store, who) == channel.id
        assert [role_of(store, channel, who) for who in (viewer, owner)] == [Role.EDITOR, Role.OWNER]

    def test_who_was_removed_does_not_come_back_by_a_link(self, store, channel, owner, editor):
        make_link(store, channel, editor)
        store.tell(memberships.remove, acting(owner), channel.id, editor.id)
        with pytest.raises(NotFound):
            accept(store, editor)
        assert role_of(store, channel, editor) is None

    def test_a_full_channel_takes_nobody(self, store, channel, owner, stranger, monkeypatch):
        make_link(store, channel, owner)
        monkeypatch.setattr(invitations, "MOST_PEOPLE", 1)
        with pytest.raises(TooMany):
            accept(store, stranger)

    def test_a_visitor_signs_in_first(self, store, channel, owner):
        make_link(store, channel, owner)
        with pytest.raises(SignInNeeded):
            store.tell(invitations.accept, Actor(Viewer.visitor(), "", NOW), VAULT.digest(SECRET))


class TestForgetEnded:
    def test_it_forgets_what_is_over_and_nothing_else(self, store, channel, owner):
        make_link(store, channel, owner, ends_at=NOW + HOUR)
        invite_to(store, channel, owner, "late.one@example.edu")
        before = counts(store)[1]
        store.tell(invitations.forget_ended, NOW + HOUR)
        assert counts(store)[1] == before - 1
