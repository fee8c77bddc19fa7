"""The page a link to join leads to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dashapp.pages.join import Ids
from domain.channels import Visibility
from domain.roles import Role
from models import invitations, memberships
from tests.builders import make_channel
from tests.lab import Lab, opened_lab
from tests.people import acting, make_member, make_person, sign_in
from tests.tab import Tab

SECRET = "uCkzGQBvJ2w6bJ3p4H9m0sXr7TqLd1Yf"


@pytest.fixture
def lab(tmp_path) -> Iterator[Lab]:
    with opened_lab(tmp_path, COLLEGE_DOMAINS="example.edu") as lab:
        yield lab


@pytest.fixture
def owner(lab):
    return make_person(lab.store, "Olga Owner")


@pytest.fixture
def channel(lab, owner, now):
    """A channel for its members alone, with a link that makes editors."""
    made = make_channel(lab.store, "Otter kiln", visibility=Visibility.MEMBERS)
    make_member(lab.store, made.id, owner)
    link = (acting(owner, at=now), lab.parts.vault, made.id, Role.EDITOR, now + 10**12, SECRET)
    lab.store.tell(invitations.make_link, *link)
    return made


@pytest.fixture
def newcomer(lab):
    return make_person(lab.store, "Nell Newcomer")


@pytest.fixture
def open_as(lab, now):
    """A function that follows a link as somebody."""

    def open_page(person, written=SECRET) -> Tab:
        return Tab(sign_in(lab.client, lab.store, person, now), f"/join/{written}")

    return open_page


def role_of(lab, channel, person) -> Role | None:
    return lab.store.ask(memberships.role_of, channel.id, person.id)


class TestTheOffer:
    def test_it_says_who_invites_to_what_as_what(self, open_as, channel, newcomer):
        tab = open_as(newcomer)
        assert tab.status == 200
        assert "Olga Owner invites you to Otter kiln as editor" in tab.words

    def test_to_look_at_it_joins_nothing(self, open_as, lab, channel, newcomer):
        open_as(newcomer)
        assert role_of(lab, channel, newcomer) is None

    def test_pressing_joins_and_leads_to_the_channel(self, open_as, lab, channel, newcomer):
        tab = open_as(newcomer)
        tab.press(Ids.JOIN)
        assert role_of(lab, channel, newcomer) is Role.EDITOR
        assert tab.prop(Ids.WAY, "href") == f"/channels/{channel.id}"

    def test_a_viewer_is_offered_more(self, open_as, lab, channel, newcomer):
        make_member(lab.store, channel.id, newcomer, Role.VIEWER)
        tab = open_as(newcomer)
        assert "You are a viewer of it already." in tab.words
        tab.press(Ids.JOIN)
        assert role_of(lab, channel, newcomer) is Role.EDITOR

    def test_who_is_a_member_finds_the_way_and_nothing_to_press(self, open_as, channel, owner):
        tab = open_as(owner)
        assert "You take part in Otter kiln already" in tab.words
        assert Ids.JOIN not in tab.ids()
        assert "To the channel" in tab.words


class TestALinkThatDoesNotWork:
    @pytest.mark.parametrize("written", ["x" * 32, "short", "a" * 500, "%00" * 20, "' OR 1=1 --aaaaaaaaaa"])
    def test_an_unknown_one_says_what_to_do_and_nothing_of_channels(self, open_as, channel, newcomer, written):
        tab = open_as(newcomer, written)
        assert "Otter kiln" not in "".join(tab.answers)

    def test_one_that_has_ended_is_like_one_that_never_was(self, open_as, lab, channel, owner, newcomer, now):
        link = lab.store.ask(invitations.waiting, acting(owner).viewer, lab.parts.vault, channel.id, now)[0]
        lab.store.tell(invitations.end, acting(owner, at=now), channel.id, link.id)
        ended, unknown = open_as(newcomer), open_as(newcomer, "x" * 32)
        assert "This link does not work, or no longer." in ended.words
        assert ended.words == unknown.words

    def test_pressing_when_it_has_just_ended_joins_nothing(self, open_as, lab, channel, owner, newcomer, now):
        tab = open_as(newcomer)
        link = lab.store.ask(invitations.waiting, acting(owner).viewer, lab.parts.vault, channel.id, now)[0]
        lab.store.tell(invitations.end, acting(owner, at=now), channel.id, link.id)
        tab.press(Ids.JOIN)
        assert role_of(lab, channel, newcomer) is None
        assert "This link does not work, or no longer." in tab.words


class TestAVisitor:
    def test_they_sign_in_first_and_come_back(self, lab, channel):
        answer = lab.client.get(f"/join/{SECRET}")
        assert answer.status_code in (302, 303)
        assert "/sign-in" in answer.location
        assert SECRET in answer.location

    def test_they_learn_nothing_of_the_channel(self, lab, channel):
        tab = Tab(lab.client, f"/join/{SECRET}")
        assert "Otter kiln" not in "".join(tab.answers)
