"""The page of a channel's members, walked through over the app's own HTTP as people of every kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from dashapp.components.member_list import Press, press_id, role_id
from dashapp.pages.members import Ids
from domain.channels import Visibility
from domain.roles import Role
from models import invitations, memberships
from models.schema import invitation
from tests.builders import make_channel
from tests.lab import Lab, opened_lab
from tests.people import acting, enrol, make_course, make_new_member, make_person, sign_in
from tests.tab import Tab


@pytest.fixture
def lab(tmp_path) -> Iterator[Lab]:
    with opened_lab(tmp_path, COLLEGE_DOMAINS="example.edu", ADMINS="admin@example.edu") as lab:
        yield lab


@pytest.fixture
def channel(lab):
    return make_channel(lab.store, "Otter kiln", visibility=Visibility.COLLEGE, course_id=make_course(lab.store))


@pytest.fixture
def owner(lab, channel):
    return make_new_member(lab.store, channel.id, "Olga Owner", Role.OWNER)


@pytest.fixture
def editor(lab, channel, owner):
    return make_new_member(lab.store, channel.id, "Eddy Editor", Role.EDITOR)


@pytest.fixture
def viewer(lab, channel, owner):
    return make_new_member(lab.store, channel.id, "Vera Viewer", Role.VIEWER)


@pytest.fixture
def teacher(lab, channel):
    person = make_person(lab.store, "Tess Teacher")
    enrol(lab.store, channel.course_id, person)
    return person


@pytest.fixture
def admin(lab):
    return make_person(lab.store, "Ann Admin", email="admin@example.edu")


@pytest.fixture
def classmate(lab):
    return make_person(lab.store, "Cleo Classmate")


@pytest.fixture
def open_as(lab, channel, now):
    """A function that opens the page as somebody."""

    def open_page(person) -> Tab:
        return Tab(sign_in(lab.client, lab.store, person, now), f"/channels/{channel.id}/members")

    return open_page


def role_of(lab, channel, person) -> Role | None:
    return lab.store.ask(memberships.role_of, channel.id, person.id)


def waiting(lab) -> list:
    return lab.store.ask(lambda connection: connection.execute(select(invitation).order_by(invitation.c.id)).all())


def make_link(lab, channel, person, now, role=Role.VIEWER, written="a-secret-that-nobody-guesses") -> str:
    ends_at = now + 10**12
    lab.store.tell(invitations.make_link, acting(person, at=now), lab.parts.vault, channel.id, role, ends_at, written)
    return written


def patterns(tab, first_key) -> list[str]:
    """The ids of the controls of a row: those whose pattern begins so."""
    return [each for each in tab.ids() if f'"{first_key}"' in each]


class TestWhoSeesWhat:
    @pytest.mark.parametrize("who", ["owner", "editor", "viewer", "teacher", "admin"])
    def test_members_staff_and_admins_see_names_and_addresses(self, open_as, owner, request, who):
        tab = open_as(request.getfixturevalue(who))
        assert tab.status == 200
        assert "Olga Owner" in tab.words
        assert "olga.owner@example.edu" in tab.words

    def test_a_classmate_sees_nobody_and_what_to_do(self, open_as, owner, classmate):
        tab = open_as(classmate)
        assert tab.status == 404
        assert "olga" not in "".join(tab.answers).lower()
        assert "Ask somebody who takes part" in tab.words

    def test_a_visitor_is_led_to_the_sign_in(self, lab, channel, owner):
        answer = lab.client.get(f"/channels/{channel.id}/members")
        assert answer.status_code in (302, 303)
        assert "/sign-in" in answer.location

    @pytest.mark.parametrize("who", ["viewer", "teacher"])
    def test_who_may_change_nothing_has_no_controls_but_to_leave(self, open_as, editor, request, who):
        tab = open_as(request.getfixturevalue(who))
        assert tab.prop(Ids.FORMS, "hidden")
        assert patterns(tab, "role-of") == []
        assert [each for each in patterns(tab, "members") if '"leave"' not in each] == []

    def test_an_admin_who_is_no_member_changes_members_and_invites_nobody(self, open_as, editor, admin):
        tab = open_as(admin)
        assert tab.prop(Ids.FORMS, "hidden")
        assert len(patterns(tab, "role-of")) == 1

    def test_an_editor_has_no_control_for_owners_and_gives_no_such_role(self, open_as, lab, channel, owner, editor):
        tab = open_as(editor)
        assert patterns(tab, "role-of") == [next(iter(patterns(tab, "role-of")))]
        assert [each["value"] for each in tab.prop(Ids.ROLE, "options")] == ["editor", "viewer"]

    def test_the_only_owner_has_no_control(self, open_as, owner):
        tab = open_as(owner)
        assert "The only owner" in tab.words
        assert patterns(tab, "members") == []


class TestInvite:
    def test_each_address_is_answered(self, open_as, lab, channel, owner, classmate):
        tab = open_as(owner)
        written = f"new.one@example.edu, {classmate.email}\nmallory@gmail.com nonsense"
        invite(tab, written, Role.EDITOR)
        said = tab.words
        assert "new.one@example.edu is invited" in said
        assert f"{classmate.email} is an editor now." in said
        assert "mallory@gmail.com is not an address of the college: those end in @example.edu." in said
        assert "'nonsense' is not an e-mail address." in said
        assert role_of(lab, channel, classmate) is Role.EDITOR

    def test_those_who_were_refused_stay_to_be_mended(self, open_as, owner):
        tab = open_as(owner)
        invite(tab, "new.one@example.edu mallory@gmail.com")
        assert tab.prop(Ids.EMAILS, "value") == "mallory@gmail.com"

    def test_the_list_shows_who_is_waited_for(self, open_as, owner):
        tab = open_as(owner)
        invite(tab, "new.one@example.edu")
        assert "Waiting for new.one@example.edu" in tab.words

    def test_it_is_withdrawn(self, open_as, lab, owner):
        tab = open_as(owner)
        invite(tab, "new.one@example.edu")
        tab.press(press_id(Press.END, waiting(lab)[0].id))
        assert waiting(lab) == []
        assert "Waiting for" not in tab.words

    def test_an_editor_who_asks_for_more_is_refused(self, open_as, lab, editor):
        tab = open_as(editor)
        invite(tab, "new.one@example.edu", Role.OWNER)
        assert "Your role does not let you make somebody owner." in tab.words
        assert waiting(lab) == []

    def test_a_viewer_who_asks_all_the_same_is_refused(self, open_as, lab, viewer):
        tab = open_as(viewer)
        invite(tab, "new.one@example.edu", Role.VIEWER)
        assert "Your role in this channel does not allow this." in tab.words
        assert waiting(lab) == []

    def test_no_address_is_said(self, open_as, owner):
        tab = open_as(owner)
        invite(tab, "  \n ")
        assert "No address was written." in tab.words


def invite(tab, written, role=Role.VIEWER) -> None:
    tab.change(Ids.EMAILS, "value", written)
    tab.change(Ids.ROLE, "value", str(role))
    tab.press(Ids.INVITE)


class TestLinks:
    def test_a_link_is_shown_with_its_address_its_code_and_its_end(self, open_as, lab, owner):
        tab = open_as(owner)
        tab.press(Ids.MAKE_LINK)
        link = waiting(lab)[0]
        address = tab.prop({"link": link.id}, "value")
        written = address.removeprefix("http://localhost/join/")
        assert lab.parts.vault.digest(written) == bytes(link.digest)
        assert len(written) == 32
        assert "Makes viewers" in tab.words
        assert "QR code" in tab.words

    def test_its_address_is_the_one_people_reach_the_server_at(self, tmp_path, now):
        with opened_lab(tmp_path, PUBLIC_URL="http://labfeed.example.edu", COLLEGE_DOMAINS="example.edu") as lab:
            channel = make_channel(lab.store)
            holder = make_new_member(lab.store, channel.id, "Olga Owner", Role.OWNER)
            written = make_link(lab, channel, holder, now)
            tab = Tab(sign_in(lab.client, lab.store, holder, now), f"/channels/{channel.id}/members")
            shown = tab.prop({"link": waiting(lab)[0].id}, "value")
            assert shown == f"http://labfeed.example.edu/join/{written}"

    def test_the_day_is_asked_for_where_it_ends_with_one(self, open_as, owner):
        tab = open_as(owner)
        assert tab.prop(Ids.LINK_DAY_FIELD, "hidden")
        tab.change(Ids.LINK_END, "value", "after")
        assert not tab.prop(Ids.LINK_DAY_FIELD, "hidden")

    def test_an_editor_does_not_get_the_secret_of_a_link_that_makes_owners(
        self, open_as, lab, channel, editor, owner, now
    ):
        written = make_link(lab, channel, owner, now, Role.OWNER)
        tab = open_as(editor)
        assert "Makes owners" in tab.words
        assert written not in "".join(tab.answers)

    @pytest.mark.parametrize("who", ["viewer", "teacher", "admin", "classmate"])
    def test_others_never_get_a_secret(self, open_as, lab, channel, owner, now, request, who):
        written = make_link(lab, channel, owner, now)
        assert written not in "".join(open_as(request.getfixturevalue(who)).answers)

    def test_it_is_ended(self, open_as, lab, channel, owner, now):
        make_link(lab, channel, owner, now)
        tab = open_as(owner)
        tab.press(press_id(Press.END, waiting(lab)[0].id))
        assert waiting(lab) == []
        assert "Links that work" not in tab.words


class TestChanging:
    def test_a_role_is_changed_and_the_control_says_so(self, open_as, lab, channel, owner, viewer):
        tab = open_as(owner)
        tab.change(role_id(viewer.id, str(Role.VIEWER)), "value", "editor")
        assert role_of(lab, channel, viewer) is Role.EDITOR
        assert tab.prop(role_id(viewer.id, str(Role.EDITOR)), "value") == "editor"

    def test_to_open_the_page_changes_nothing(self, open_as, lab, channel, owner, viewer, editor):
        before = lab.count_rows()
        open_as(owner)
        assert {**lab.count_rows(), "session": 0} == {**before, "session": 0}
        assert role_of(lab, channel, viewer) is Role.VIEWER

    def test_a_refused_change_shows_the_true_role_again(self, open_as, lab, channel, owner, editor):
        tab = open_as(editor)
        tab.change(role_id(editor.id, str(Role.EDITOR)), "value", "owner")
        assert role_of(lab, channel, editor) is Role.EDITOR
        assert tab.prop(role_id(editor.id, str(Role.EDITOR)), "value") == "editor"
        assert "Your role does not let you make somebody owner." in tab.words

    def test_a_member_is_removed(self, open_as, lab, channel, owner, viewer):
        tab = open_as(owner)
        tab.press(press_id(Press.REMOVE, viewer.id))
        assert role_of(lab, channel, viewer) is None
        assert "Vera Viewer" not in tab.words

    def test_a_member_leaves(self, open_as, lab, channel, viewer):
        tab = open_as(viewer)
        tab.press(press_id(Press.LEAVE, viewer.id))
        assert role_of(lab, channel, viewer) is None
        assert "Ask somebody who takes part" in tab.words

    def test_one_of_two_owners_leaves_and_the_other_has_to_stay(self, open_as, lab, channel, owner):
        second = make_new_member(lab.store, channel.id, "Second Owner", Role.OWNER)
        first_tab, second_tab = open_as(owner), open_as(second)
        first_tab.press(press_id(Press.LEAVE, owner.id))
        second_tab.press(press_id(Press.LEAVE, second.id))
        assert role_of(lab, channel, second) is Role.OWNER
        assert "Make somebody else an owner first." in second_tab.words


class TestLookingAgain:
    def test_it_stands_still_while_nothing_changes(self, open_as, owner):
        tab = open_as(owner)
        asked = len(tab.asked)
        tab.change(Ids.LOOK_AGAIN, "n_intervals", 1)
        assert len(tab.asked) == asked + 1

    def test_who_joins_meanwhile_appears(self, open_as, lab, channel, owner, classmate, now):
        tab = open_as(owner)
        lab.store.tell(memberships.join, channel.id, classmate.id, Role.VIEWER, now=now)
        tab.change(Ids.LOOK_AGAIN, "n_intervals", 1)
        assert "Cleo Classmate" in tab.words

    def test_who_is_removed_meanwhile_sees_nobody_any_more(self, open_as, lab, channel, owner, viewer, now):
        tab = open_as(viewer)
        lab.store.tell(memberships.remove, acting(owner, at=now), channel.id, viewer.id)
        tab.change(Ids.LOOK_AGAIN, "n_intervals", 1)
        assert "Olga Owner" not in tab.words
        assert "Ask somebody who takes part" in tab.words
