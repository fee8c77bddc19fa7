"""Queues of commands on a channel's page: who sees them, who fills them, and what happens when a board asks."""

from __future__ import annotations

import random

import pytest

import context
from dashapp.components.queue_panels import Part, Press, part_id, press_id
from dashapp.pages.commands import Ids
from domain.channels import Visibility
from domain.keys import new_key
from domain.roles import Role
from models import memberships, talkback_commands, talkbacks
from tests.builders import NOW, make_channel
from tests.lab import opened_lab
from tests.people import acting, make_member, make_person, sign_in
from tests.tab import Tab

ADMIN = "root@example.edu"


@pytest.fixture
def lab(tmp_path):
    with opened_lab(tmp_path, COLLEGE_DOMAINS="example.edu", ADMINS=ADMIN) as lab:
        yield lab


@pytest.fixture
def ada(lab):
    return make_person(lab.store, "Ada Finch")


@pytest.fixture
def channel(lab, ada):
    made = make_channel(lab.store, "Otter kiln", visibility=Visibility.MEMBERS)
    make_member(lab.store, made.id, ada)
    return made


@pytest.fixture
def make(lab, ada, channel):
    """A function that makes a queue with these commands; (its number, its key)."""

    def make_queue(*texts: str, name: str = "Kiln board") -> tuple[int, str]:
        key = new_key(random.choice)
        number = lab.store.tell(talkbacks.make, acting(ada), lab.parts.vault, channel.id, key, name)
        for text in texts:
            lab.store.tell(talkback_commands.add, number, text, now=NOW, by=ada.id)
        return number, key

    return make_queue


@pytest.fixture
def opened(lab, ada, channel):
    """A function that opens the page as its owner, as a member of another role, or as a person."""

    def open_page(role: Role = Role.OWNER, person=None) -> Tab:
        if role is not Role.OWNER:
            person = make_person(lab.store, f"Some {role}")
            make_member(lab.store, channel.id, person, role)
        client = sign_in(lab.client, lab.store, person or ada, context.now())
        return Tab(client, f"/channels/{channel.id}/commands")

    return open_page


def waiting(lab, number: int) -> list[str]:
    return [each.text for each in lab.store.ask(talkback_commands.waiting, number)]


def commands_offered(tab: Tab, press: Press) -> set[str]:
    return {each for each in tab.ids() if f'"queue-press":"{press}"' in each}


class TestWhoSees:
    def test_an_owner_sees_commands_and_key_and_may_change_all(self, opened, make):
        _, key = make("TURN_ON")
        tab = opened()
        assert "TURN_ON" in tab.words
        assert key in tab.words
        assert commands_offered(tab, Press.DROP)
        assert tab.prop(Ids.MAKING, "hidden") is False

    def test_an_editor_fills_it_and_changes_no_queue(self, opened, make):
        _, key = make("TURN_ON")
        tab = opened(Role.EDITOR)
        assert key in tab.words
        assert commands_offered(tab, Press.REMOVE)
        assert not commands_offered(tab, Press.DROP)
        assert tab.prop(Ids.MAKING, "hidden") is True

    def test_an_admin_sees_no_key_and_fills_nothing(self, lab, opened, make):
        _, key = make("TURN_ON")
        tab = opened(person=make_person(lab.store, "Grace Root", email=ADMIN))
        assert not any(key in answer for answer in tab.answers)
        assert not commands_offered(tab, Press.REMOVE)
        assert commands_offered(tab, Press.DROP)

    def test_nobody_else_finds_the_page(self, lab, opened, make):
        _, key = make("TURN_ON")
        for tab in (opened(Role.VIEWER), opened(person=make_person(lab.store, "Sam Stranger"))):
            assert tab.status == 404
            assert not any(key in answer or "TURN_ON" in answer for answer in tab.answers)


class TestMaking:
    def test_the_new_queue_is_shown_at_once(self, lab, opened):
        tab = opened()
        assert "There is no queue yet" in tab.words
        tab.change(Ids.NAME, "value", "Kiln board")
        tab.press(Ids.MAKE)
        assert "Kiln board TalkBack 1" in tab.words
        assert tab.prop(Ids.NAME, "value") == ""

    @pytest.mark.parametrize("name", ["", "  ", "x" * 101])
    def test_what_is_wrong_with_the_name_is_said(self, opened, name):
        tab = opened()
        tab.change(Ids.NAME, "value", name)
        tab.press(Ids.MAKE)
        assert "name" in tab.words
        assert "There is no queue yet" in tab.words


class TestAdding:
    def test_a_command_comes_last_and_the_field_is_empty_again(self, lab, opened, make):
        number, _ = make("TURN_ON")
        other, _ = make("NOISE", name="Other")
        tab = opened()
        tab.change(part_id(Part.TEXT, number), "value", "TURN_OFF")
        tab.press(part_id(Part.ADD, number))
        assert waiting(lab, number) == ["TURN_ON", "TURN_OFF"]
        assert waiting(lab, other) == ["NOISE"]
        assert tab.prop(part_id(Part.TEXT, number), "value") == ""
        assert "TURN_OFF added 0 s ago by Ada Finch" in tab.words

    def test_or_next_of_all_with_the_enter_key(self, lab, opened, make):
        number, _ = make("TURN_ON")
        tab = opened()
        tab.change(part_id(Part.TEXT, number), "value", "STOP")
        tab.change(part_id(Part.WHERE, number), "value", "first")
        tab.change(part_id(Part.TEXT, number), "n_submit", 1)
        assert waiting(lab, number) == ["STOP", "TURN_ON"]

    def test_nothing_is_no_command(self, lab, opened, make):
        number, _ = make()
        tab = opened()
        tab.press(part_id(Part.ADD, number))
        assert "The command is empty" in tab.words
        assert waiting(lab, number) == []

    def test_html_is_shown_as_it_is_written(self, opened, make):
        make("<b>on</b>")
        assert "<b>on</b>" in opened().words


class TestOrdering:
    @pytest.mark.parametrize(
        ("press", "which", "order"),
        [
            (Press.UP, 1, "BAC"),
            (Press.DOWN, 1, "ACB"),
            (Press.REMOVE, 0, "BC"),
            (Press.UP, 0, "ABC"),
            (Press.DOWN, 2, "ABC"),
        ],
    )
    def test_a_press_moves_or_removes_one(self, lab, opened, make, press, which, order):
        number, _ = make("A", "B", "C")
        command = lab.store.ask(talkback_commands.waiting, number)[which]
        tab = opened()
        tab.press(press_id(press, number, command.id))
        assert waiting(lab, number) == list(order)

    def test_a_queue_is_emptied(self, lab, opened, make):
        number, _ = make("A", "B")
        tab = opened()
        tab.press(press_id(Press.EMPTY, number))
        assert waiting(lab, number) == []
        assert "No command waits" in tab.words


class TestChanging:
    def test_name_and_logging_are_saved(self, lab, opened, make):
        number, key = make()
        tab = opened()
        tab.change(part_id(Part.NAME, number), "value", "Otter")
        tab.change(part_id(Part.LOGGED, number), "value", True)
        tab.press(press_id(Press.SAVE, number))
        assert lab.store.ask(talkbacks.find, lab.parts.vault.digest(key)).is_logged
        assert f"Otter TalkBack {number} logged" in tab.words

    def test_a_new_key_takes_the_place_of_the_old_one(self, opened, make):
        number, key = make("A")
        tab = opened()
        tab.press(press_id(Press.RENEW, number))
        assert key not in tab.words
        assert "A" in tab.words

    def test_a_queue_is_removed(self, opened, make):
        number, key = make("A")
        tab = opened()
        tab.press(press_id(Press.DROP, number))
        assert key not in tab.words
        assert "There is no queue yet" in tab.words

    def test_an_editor_who_asks_all_the_same_is_refused(self, lab, opened, make):
        number, _ = make("A")
        tab, theirs = opened(Role.EDITOR), opened()
        theirs.client = tab.client
        theirs.press(press_id(Press.DROP, number))
        assert "Your role in this channel does not allow this" in theirs.words
        assert waiting(lab, number) == ["A"]


class TestLookingAgain:
    def test_what_a_board_fetched_is_gone_from_the_list(self, lab, opened, make):
        number, key = make("TURN_ON", "TURN_OFF")
        tab = opened()
        assert "No board has asked yet" in tab.words
        assert lab.client.get(f"/talkbacks/{number}/commands/execute?api_key={key}").text == "TURN_ON"
        lab.do_chores()
        before = tab.prop(Ids.QUEUES)
        tab.change(Ids.LOOK_AGAIN, "n_intervals", 1)
        assert "Handed out TURN_ON" in tab.words
        assert "from 127.0.0.1" in tab.words
        assert tab.prop(Ids.QUEUES) is before

    def test_a_list_that_shows_the_same_is_not_drawn_again(self, opened, make):
        number, _ = make("TURN_ON")
        tab = opened()
        tab.change(Ids.LOOK_AGAIN, "n_intervals", 1)
        before = tab.prop(part_id(Part.LIST, number))
        tab.change(Ids.LOOK_AGAIN, "n_intervals", 2)
        assert tab.prop(part_id(Part.LIST, number)) is before

    def test_a_queue_that_somebody_else_made_is_drawn(self, opened, make):
        tab = opened()
        make("TURN_ON")
        tab.change(Ids.LOOK_AGAIN, "n_intervals", 1)
        assert "TURN_ON" in tab.words

    def test_who_may_no_longer_see_them_sees_them_no_longer(self, lab, ada, channel, opened, make):
        make("TURN_ON")
        tab = opened(Role.EDITOR)
        editor = make_person(lab.store, f"Some {Role.EDITOR}")
        lab.store.tell(memberships.remove, acting(ada, at=context.now()), channel.id, editor.id)
        tab.change(Ids.LOOK_AGAIN, "n_intervals", 1)
        assert "TURN_ON" not in tab.words
        assert tab.prop(Ids.FRAME, "hidden") is True
