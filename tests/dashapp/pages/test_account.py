"""One's own account: whose it is, sessions ended, data taken away, and the way out."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

import context
from dashapp.components.account_page import BIN, EVERYWHERE, OTHERS, end_id, heir_id
from dashapp.pages.account import Ids
from domain.audit import Deed
from domain.errors import NotFound
from domain.roles import Role
from models import audit, people, sessions
from models.schema import channel as channels
from tests.builders import make_channel
from tests.people import acting, begin_session, make_member, make_person, sign_in, viewing
from tests.tab import Tab


@pytest.fixture
def ben(lab):
    return make_person(lab.store, "Ben Otter")


@pytest.fixture
def tab(lab, ada) -> Tab:
    """Ada's account, opened by Ada."""
    return Tab(sign_in(lab.client, lab.store, ada, context.now()), "/account")


def deeds(lab, person) -> list[Deed]:
    found = lab.store.ask(audit.entries, viewing(person, is_admin=True), person_id=person.id)
    return [entry.deed for entry in found]


def count_sessions(lab, person) -> int:
    return len(lab.store.ask(sessions.of_person, person.id, context.now()))


class TestWhoItShows:
    def test_it_is_ones_own(self, lab, ada, ben, tab):
        begin_session(lab.store, ben, context.now())
        assert "ada.finch@example.edu" in tab.words
        assert "accounts.example.edu" in tab.words
        assert "Otter" not in tab.words

    def test_a_visitor_is_not_shown_it(self, lab):
        assert lab.client.get("/account").status_code in (302, 303)

    def test_it_marks_the_session_one_looks_with(self, lab, ada, tab):
        begin_session(lab.store, ada, context.now())
        tab.change(Ids.CHANGES, "data", 1)
        assert tab.words.count("this browser") == 1
        assert sum(key.startswith('{"account":"end"') for key in tab.ids()) == 4


class TestSigningOut:
    def test_one_session_ends_and_the_others_stay(self, lab, ada, ben, tab):
        theirs = begin_session(lab.store, ben, context.now())
        old = lab.store.tell(sessions.begin, ada.id, "old", now=context.now())
        tab.change(Ids.CHANGES, "data", 1)
        tab.press(end_id(old))
        assert lab.store.ask(sessions.find, "old", context.now()) is None
        assert count_sessions(lab, ada) == 1
        assert lab.store.ask(sessions.find, theirs, context.now())
        assert "1 session ended." in tab.words
        assert deeds(lab, ada) == [Deed.SESSIONS_ENDED]

    def test_everywhere_else_leaves_this_one(self, lab, ada, tab):
        for _ in range(3):
            begin_session(lab.store, ada, context.now())
        tab.change(Ids.CHANGES, "data", 1)
        tab.press(end_id(OTHERS))
        assert count_sessions(lab, ada) == 1
        assert tab.prop(Ids.LEAVE, "href") == "/account"
        assert lab.store.ask(people.find, ada.id).version == ada.version + 1

    def test_everywhere_leads_to_the_wall_as_a_visitor(self, lab, ada, tab):
        begin_session(lab.store, ada, context.now())
        tab.press(end_id(EVERYWHERE))
        assert count_sessions(lab, ada) == 0
        assert tab.prop(Ids.LEAVE, "href") == "/"
        assert tab.client.get("/account").status_code in (302, 303)

    def test_somebody_elses_session_is_not_found(self, lab, ada, ben):
        theirs = lab.store.tell(sessions.begin, ben.id, "theirs", now=context.now())
        with pytest.raises(NotFound):
            lab.store.tell(sessions.end, acting(ada, at=context.now()), theirs)
        assert count_sessions(lab, ben) == 1


class TestTakingData:
    def test_it_is_a_file_of_ones_own(self, lab, ada, tab):
        tab.press(Ids.DOWNLOAD)
        file = tab.prop(Ids.FILE, "data")
        assert file["filename"].startswith("labfeed-my-data-20")
        assert json.loads(file["content"])["person"]["email"] == ada.email
        assert deeds(lab, ada) == [Deed.DATA_TAKEN]


class TestErasing:
    def test_what_happens_is_said_before(self, lab, ada, ben, tab):
        shared, alone = make_channel(lab.store, "Shared kiln"), make_channel(lab.store, "My windowsill")
        for channel, person in ((shared, ada), (shared, ben), (alone, ada)):
            make_member(lab.store, channel.id, person)
        tab.change(Ids.CHANGES, "data", 1)
        assert "You leave channels that stay: Shared kiln" in tab.words
        assert "removed after 30 days: My windowsill" in tab.words

    def test_without_the_typed_address_nothing_is_erased(self, lab, ada, tab):
        for typed in (None, "", "ben.otter@example.edu"):
            tab.change(Ids.CONFIRM, "value", typed)
            tab.press(Ids.ERASE)
            assert "Nothing was erased" in tab.words
        assert lab.store.ask(people.find, ada.id) == ada

    def test_it_erases_and_leads_to_the_wall_as_a_visitor(self, lab, ada, tab):
        tab.change(Ids.CONFIRM, "value", " Ada.Finch@example.edu ")
        tab.press(Ids.ERASE)
        assert tab.prop(Ids.LEAVE, "href") == "/"
        assert tab.client.get("/account").status_code in (302, 303)
        with pytest.raises(NotFound):
            lab.store.ask(people.find, ada.id)

    @pytest.mark.parametrize("choice", ["heir", BIN])
    def test_a_channel_that_needs_a_decision_waits_for_one(self, lab, ada, ben, tab, choice):
        channel = make_channel(lab.store, "Ours")
        make_member(lab.store, channel.id, ada)
        make_member(lab.store, channel.id, ben, Role.VIEWER)
        tab.change(Ids.CHANGES, "data", 1)
        tab.change(Ids.CONFIRM, "value", ada.email)
        tab.press(Ids.ERASE)
        assert "It is not said what becomes of “Ours”" in tab.words
        tab.change(heir_id(channel.id), "value", str(ben.id) if choice == "heir" else BIN)
        tab.press(Ids.ERASE)
        assert tab.prop(Ids.LEAVE, "href") == "/"
        assert deleted_at(lab, channel.id) is None if choice == "heir" else deleted_at(lab, channel.id)


def deleted_at(lab, channel_id: int) -> int | None:
    asked = select(channels.c.deleted_at).where(channels.c.id == channel_id)
    return lab.store.ask(lambda connection: connection.execute(asked).scalar_one())
