from __future__ import annotations

import pytest

from dashapp.components.event_list import event_table
from dashapp.components.readings_grid import Clock
from dashapp.lenses import events as lens
from dashapp.lenses.events import Ids, turned
from domain import zones
from domain.readings import Kind
from domain.timespan import MINUTE, TimeSpan
from models.events import Event
from tests.builders import NOW
from tests.dashapp.shapes import a_channel, as_json, feed, texts, word_feed


@pytest.fixture
def board(lab):
    return lab.enrol(feeds=("temperature:°C", "door:text", "command:text"))


def say(board, *words: str, feed_name: str = "door") -> None:
    """The words, one a second until now, in one message."""
    count = len(words)
    board.post([{"values": {feed_name: word}, "age_ms": 1_000 * (count - order)} for order, word in enumerate(words)])


class TestApplies:
    @pytest.mark.parametrize(
        ("feeds", "applies"),
        [
            ([feed()], False),
            ([feed(), word_feed()], True),
            ([feed(1, "noise", Kind.MIXED)], True),
            ([word_feed(is_hidden=True)], False),
        ],
    )
    def test_it_takes_a_feed_of_words(self, feeds, applies):
        assert lens.applies(a_channel(*feeds)) is applies


class TestDraw:
    def test_it_lists_what_was_said_newest_first(self, board, look):
        say(board, "shut", "open", "open", "ajar")
        said = look(board, "lens=events").words
        assert said.index("ajar") < said.index("open", said.index("ajar")) < said.index("shut", said.index("ajar"))
        assert " 2 s " in said

    def test_the_address_says_of_which_feed(self, board, look):
        say(board, "shut")
        say(board, "set 5", feed_name="command")
        tab = look(board, "lens=events&x=command")
        assert "set 5" in drawn(tab)
        assert "shut" not in drawn(tab)

    def test_a_feed_that_is_not_there_is_the_first_one(self, board, look):
        say(board, "shut")
        assert "shut" in drawn(look(board, "lens=events&x=temperature"))

    def test_where_nothing_was_said_it_says_so(self, board, look):
        say(board, "shut")
        tab = look(board, "lens=events&from=2020-01-01&to=2020-01-02")
        assert "door said no word in this range." in tab.words
        assert tab.prop(Ids.WAYS, "hidden")


class TestPages:
    def test_many_events_come_page_by_page(self, board, look, monkeypatch):
        monkeypatch.setattr(lens, "AT_ONCE", 2)
        say(board, "one", "two", "three", "four", "five")
        tab = look(board, "lens=events")
        told = [words_of(tab)]
        for button in (Ids.OLDER, Ids.OLDER, Ids.OLDER, Ids.NEWER, Ids.NEWEST):
            tab.press(button)
            told.append(words_of(tab))
        pages = [{"five", "four"}, {"three", "two"}, {"one"}]
        assert told == [*pages, pages[2], pages[1], pages[0]]

    def test_as_time_goes_on_the_open_page_stays(self, board, look, go_on, monkeypatch):
        monkeypatch.setattr(lens, "AT_ONCE", 2)
        say(board, "one", "two", "three", "four", "five")
        tab = look(board, "lens=events")
        tab.press(Ids.OLDER)
        board.post({"door": "six"})
        go_on(tab, 1)
        assert words_of(tab) == {"three", "two"}
        assert "Page 2" in tab.words

    def test_a_press_too_many_changes_nothing(self):
        assert turned(Ids.OLDER, [5], None) == turned(Ids.OLDER, [5], 5) == [5]
        assert turned(Ids.NEWER, [], 3) == []


class TestEventTable:
    @pytest.mark.parametrize(
        ("more", "said"),
        [
            ({"goes_on": True}, "goes on"),
            ({"fell_silent": True}, "20 Nov 10:01:00.00 then silent"),
            ({"is_cut": True}, "20 Nov 10:00:00.00 or earlier"),
        ],
    )
    def test_it_says_how_an_event_began_and_ended(self, more, said):
        clock = Clock(zones.zone_named("UTC"), TimeSpan(NOW, NOW + MINUTE), NOW)
        table = event_table("Door", [Event("", NOW, NOW + MINUTE, **more)], clock)
        told = " ".join(texts(as_json(table)))
        assert said in told
        assert "(empty)" in told
        assert told.endswith("1 min")


def drawn(tab) -> str:
    return " ".join(texts(tab.prop(Ids.BODY)[-1]))


def words_of(tab) -> set[str]:
    return set(drawn(tab).split()) & {"one", "two", "three", "four", "five", "six"}
