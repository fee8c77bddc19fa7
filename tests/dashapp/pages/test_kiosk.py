"""The wall on a screen: a few cards at a time, turned by itself or by hand, and nothing to press but that."""

from __future__ import annotations

import json

import pytest

import context
from dashapp.kiosk_views import CARDS
from dashapp.pages.kiosk import CURSOR, VIEW, Ids
from domain.channels import Visibility
from tests.builders import append, entry, make_channel
from tests.people import make_course, sign_in
from tests.tab import Tab


def make(lab, name: str, **more) -> int:
    channel = make_channel(lab.store, name, **more)
    append(lab.store, channel, entry(context.now(), temperature=20), received_at=context.now())
    return channel.id


def cards(tab: Tab) -> list[int]:
    return [channel_id for channel_id, _ in tab.prop(VIEW, "data")["channels"]]


@pytest.fixture
def ids(lab) -> list[int]:
    return [make(lab, f"Channel {each:02}") for each in range(CARDS + 2)]


class TestAScreen:
    def test_it_shows_as_many_as_can_be_read_and_turns_to_the_others(self, lab, ids):
        tab = Tab(lab.client, "/kiosk")
        assert cards(tab) == ids[:CARDS]
        tab.change(Ids.TURN, "n_intervals", 1)
        assert cards(tab) == ids[CARDS:]
        tab.change(Ids.TURN, "n_intervals", 2)
        assert cards(tab) == ids[:CARDS]

    def test_it_is_turned_back_by_hand(self, lab, ids):
        tab = Tab(lab.client, "/kiosk")
        tab.press(Ids.BACK)
        assert cards(tab) == ids[CARDS:]

    def test_each_drawing_has_cursors_for_its_cards_alone(self, lab, ids):
        tab = Tab(lab.client, "/kiosk")
        tab.press(Ids.ON)
        assert sorted(int(key.partition("@")[0]) for key in tab.prop(CURSOR, "data")) == ids[CARDS:]

    def test_cards_that_stand_there_already_are_not_drawn_again(self, lab):
        make(lab, "Alone")
        tab = Tab(lab.client, "/kiosk")
        drawn = tab.prop(VIEW, "data")["drawing"]
        tab.change(Ids.TURN, "n_intervals", 1)
        assert tab.prop(VIEW, "data")["drawing"] == drawn

    def test_a_channel_that_comes_is_shown_with_the_next_turn(self, lab):
        tab = Tab(lab.client, "/kiosk")
        assert "No channel here yet" in tab.words
        make(lab, "Newcomer")
        tab.change(Ids.TURN, "n_intervals", 1)
        assert "Newcomer" in tab.words

    def test_no_card_leads_anywhere(self, lab, ids):
        assert '"type":"Link"' not in drawn_grid(Tab(lab.client, "/kiosk"))

    def test_it_says_how_far_it_has_turned(self, lab, ids):
        tab = Tab(lab.client, "/kiosk")
        assert f"{CARDS + 2} channels" in tab.words
        tab.press(Ids.ON)
        assert "Page 2 of 2" in str(tab.prop(Ids.HEAD))

    def test_of_a_course_it_shows_that_alone(self, lab, ids):
        course_id = make_course(lab.store)
        own = make(lab, "Of the course", course_id=course_id)
        assert cards(Tab(lab.client, f"/kiosk?rotate=20&course={course_id}")) == [own]

    def test_somebody_signed_in_sees_their_own_wall_on_it(self, lab, ada):
        hidden = make(lab, "College", visibility=Visibility.COLLEGE)
        assert cards(Tab(lab.client, "/kiosk")) == []
        assert cards(Tab(sign_in(lab.client, lab.store, ada, context.now()), "/kiosk")) == [hidden]


class TestPausing:
    def test_it_turns_at_the_pace_of_the_address(self, lab):
        tab = Tab(lab.client, "/kiosk?rotate=30")
        assert (tab.prop(Ids.TURN, "interval"), tab.prop(Ids.TURN, "disabled")) == (30_000, False)

    def test_a_press_stops_it_and_another_lets_it_go_on(self, lab):
        tab = Tab(lab.client, "/kiosk")
        tab.press(Ids.PAUSE)
        assert tab.prop(Ids.TURN, "disabled")
        tab.press(Ids.PAUSE)
        assert not tab.prop(Ids.TURN, "disabled")

    def test_by_hand_alone_there_is_nothing_to_pause(self, lab):
        tab = Tab(lab.client, "/kiosk?rotate=0")
        assert tab.prop(Ids.TURN, "disabled")
        assert tab.prop(Ids.PAUSE, "disabled")


def drawn_grid(tab: Tab) -> str:
    return json.dumps(tab.prop(Ids.GRID), separators=(",", ":"))
