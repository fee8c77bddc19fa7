"""Keys of a channel on its page: who sees them, who makes, rotates and revokes them."""

from __future__ import annotations

import random

import pytest

import context
from dashapp.components.key_list import Press, grace_id, press_id, used_id
from dashapp.pages.keys import Ids
from domain.channels import Visibility
from domain.errors import KeyUnknown
from domain.keys import Grace, is_well_formed
from domain.readings import Door
from domain.roles import Right, Role
from domain.timespan import DAY, MINUTE
from domain.tokens import Life, Scope, new_token
from models import keys, memberships, tokens
from models.keys import LastUse
from tests.builders import make_channel
from tests.lab import opened_lab
from tests.people import acting, make_member, make_person, sign_in, viewing
from tests.tab import Tab

ADMIN = "root@example.edu"
ENDS_WITHIN = MINUTE
"""How long a test may take between an act and its being looked at."""


@pytest.fixture
def lab(tmp_path):
    with opened_lab(tmp_path, COLLEGE_DOMAINS="example.edu", ADMINS=ADMIN) as lab:
        yield lab


@pytest.fixture
def channel(lab):
    lab.make_key(make_channel(lab.store, "Other").id, Right.WRITE)
    return make_channel(lab.store, "Otter kiln", visibility=Visibility.MEMBERS)


@pytest.fixture
def key(lab, channel) -> str:
    return lab.make_key(channel.id, Right.WRITE)


@pytest.fixture
def opened(lab, channel, key):
    """A function that opens the page as a member of this role, or as a person."""

    def open_page(role: Role | None = Role.OWNER, person=None) -> Tab:
        person = person or make_person(lab.store, "Ada Finch")
        if role is not None:
            make_member(lab.store, channel.id, person, role)
        return Tab(sign_in(lab.client, lab.store, person, context.now()), f"/channels/{channel.id}/keys")

    return open_page


def key_ids(tab: Tab, press: Press) -> list[int]:
    """The keys for which the page offers this."""
    return [number for number in range(1, 20) if f'{{"keys":"{press}","of":{number}}}' in tab.ids()]


def stored(lab, channel) -> list[keys.KeyShown]:
    """The keys of the channel, as its owner sees them."""
    ada = viewing(make_person(lab.store, "Ada Finch"))
    return lab.store.ask(keys.list_of, lab.parts.vault, ada, channel.id, revoked_since=0)


def is_good(lab, written: str, at: int | None = None) -> bool:
    try:
        return bool(lab.store.ask(keys.find, lab.parts.vault.digest(written), at or context.now()))
    except KeyUnknown:
        return False


class TestWhoSees:
    def test_an_owner_sees_the_key_and_may_change_it(self, opened, key):
        tab = opened()
        assert key in tab.words
        assert (key_ids(tab, Press.ROTATE), key_ids(tab, Press.REVOKE)) == ([2], [2])
        assert tab.prop(Ids.MAKING, "hidden") is False

    def test_an_editor_sees_the_key_and_changes_nothing(self, opened, key):
        tab = opened(Role.EDITOR)
        assert key in tab.words
        assert (key_ids(tab, Press.ROTATE), key_ids(tab, Press.REVOKE)) == ([], [])
        assert tab.prop(Ids.MAKING, "hidden") is True

    def test_an_admin_changes_it_without_seeing_the_key(self, lab, opened, key):
        tab = opened(None, make_person(lab.store, "Grace Root", email=ADMIN))
        assert not any(key in answer for answer in tab.answers)
        assert key_ids(tab, Press.REVOKE) == [2]
        assert tab.prop(Ids.MAKING, "hidden") is False

    @pytest.mark.parametrize("role", [Role.VIEWER, None])
    def test_nobody_else_finds_the_page(self, opened, key, role):
        tab = opened(role)
        assert tab.status == 404
        assert not any(key in answer for answer in tab.answers)
        assert tab.prop(Ids.FRAME, "hidden") is True

    def test_a_visitor_is_led_to_sign_in(self, lab, channel, key):
        answer = lab.client.get(f"/channels/{channel.id}/keys")
        assert answer.status_code == 302
        assert answer.location.startswith("/sign-in?next=")

    def test_a_token_of_its_owner_does_not_show_them(self, lab, channel, key):
        owner, written, client = make_person(lab.store, "Ada Finch"), new_token(random.choice), lab.client
        make_member(lab.store, channel.id, owner)
        told = (acting(owner, at=context.now()), lab.parts.vault, "Logger", list(Scope), Life.DAY_1, written)
        lab.store.tell(tokens.make, *told)
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {written}"
        assert client.get(f"/api/v1/channels/{channel.id}/readings").status_code == 200
        tab = Tab(client, f"/channels/{channel.id}/keys")
        assert tab.status == 302
        assert not any(key in answer for answer in tab.answers)


class TestMaking:
    def test_the_new_key_is_shown_at_once(self, lab, channel, opened):
        tab = opened()
        tab.change(Ids.NAME, "value", "Kiln board")
        tab.change(Ids.RIGHT, "value", "read")
        tab.press(Ids.MAKE)
        made = stored(lab, channel)[1]
        assert (made.name, made.right, made.made_by) == ("Kiln board", Right.READ, "Ada Finch")
        assert is_well_formed(made.written)
        assert made.written in tab.words
        assert tab.prop(Ids.NAME, "value") == ""

    def test_what_is_wrong_with_the_name_is_said(self, lab, channel, opened, key):
        tab = opened()
        tab.change(Ids.NAME, "value", f"Board with {key}")
        tab.press(Ids.MAKE)
        assert "There is a key or a token in this text" in tab.words
        assert len(stored(lab, channel)) == 1


class TestRotating:
    @pytest.mark.parametrize("grace", Grace)
    def test_the_old_one_ends_as_chosen(self, lab, channel, opened, key, grace):
        tab = opened()
        tab.change(grace_id(2), "value", grace.word)
        tab.press(press_id(Press.ROTATE, 2))
        old, new = sorted(stored(lab, channel), key=lambda each: each.id)
        assert 0 <= old.ends_at - grace.length - new.created_at < ENDS_WITHIN
        assert is_good(lab, key) == (grace is not Grace.NONE)
        assert is_good(lab, new.written, new.created_at + 30 * DAY)
        assert new.written in tab.words
        assert key_ids(tab, Press.ROTATE) == [new.id]


class TestRevoking:
    def test_it_ends_and_stays_listed_as_revoked(self, lab, opened, key):
        tab = opened()
        tab.press(press_id(Press.REVOKE, 2))
        assert not is_good(lab, key)
        assert key not in tab.words
        assert "1 revoked in the last 30 days" in tab.words

    def test_drawing_the_buttons_presses_none(self, lab, opened, key):
        opened()
        assert is_good(lab, key)

    def test_an_editor_who_asks_all_the_same_is_refused(self, lab, opened, key):
        tab, owner = opened(Role.EDITOR), make_person(lab.store, "Bea Otter")
        make_member(lab.store, 2, owner)
        client = sign_in(lab.client, lab.store, owner, context.now())
        theirs = Tab(client, "/channels/2/keys")
        theirs.client = tab.client
        theirs.press(press_id(Press.REVOKE, 2))
        assert is_good(lab, key)
        assert "Your role in this channel does not allow this" in theirs.words


class TestLookingAgain:
    def test_the_last_use_is_brought_up_to_date(self, lab, opened):
        tab = opened()
        assert "Never used" in tab.words
        lab.store.tell(keys.note_uses, {2: LastUse(context.now() - 2 * MINUTE, Door.WEBSOCKET, "10.0.0.7")})
        before = tab.prop(Ids.LIST)
        tab.change(Ids.LOOK_AGAIN, "n_intervals", 1)
        assert "Used 2 min ago · WebSocket · from 10.0.0.7" in tab.words
        assert tab.prop(Ids.LIST) is before
        assert tab.prop(used_id(2))

    def test_what_somebody_else_changed_is_drawn(self, lab, channel, opened, key):
        tab, other = opened(), make_person(lab.store, "Bea Otter")
        make_member(lab.store, channel.id, other)
        lab.store.tell(keys.revoke_one, acting(other, at=context.now()), channel.id, 2)
        tab.change(Ids.LOOK_AGAIN, "n_intervals", 1)
        assert key not in tab.words
        assert "No key works" in tab.words

    def test_who_may_no_longer_see_them_sees_them_no_longer(self, lab, channel, opened, key):
        ada, other = make_person(lab.store, "Ada Finch"), make_person(lab.store, "Bea Otter")
        tab = opened(Role.EDITOR, ada)
        make_member(lab.store, channel.id, other)
        lab.store.tell(memberships.remove, acting(other, at=context.now()), channel.id, ada.id)
        tab.change(Ids.LOOK_AGAIN, "n_intervals", 1)
        assert key not in tab.words
        assert tab.prop(Ids.FRAME, "hidden") is True
