"""Somebody chooses again before the answer to what they chose first is there: what they chose last is what stays."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

import context
from dashapp import shell
from dashapp.channel_ids import STALE, VIEW, Ids
from dashapp.channel_views import ChannelChart, Held
from dashapp.choosing import FOLLOW, move_id
from dashapp.parts import Part
from dashapp.showing import Showing
from domain.selection import Range
from domain.timespan import SECOND
from tests.lab import Board, opened_lab
from tests.slow_tab import SlowTab, SocketTab, on_socket
from tests.tab import Tab, read_key

ADDRESS = shell.Ids.ADDRESS


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with opened_lab(tmp_path_factory.mktemp("college")) as lab:
        yield lab


@pytest.fixture(scope="module")
def board(lab) -> Board:
    board, now = lab.enrol(feeds=("temperature:°C",)), context.now() / SECOND
    board.post([{"at": now - ago_s, "values": {"temperature": float(ago_s)}} for ago_s in range(800, 0, -20)])
    return board


@pytest.fixture
def address(board):
    """The channel's page, at a range that is none of those chosen here."""
    return f"/channels/{board.channel_id}?from=now-20m"


@pytest.fixture
def tab(lab, address, eventually):
    """The page, drawn and followed over its socket."""
    with on_socket(lab, address) as tab:
        eventually(tab.settled, what="a page that is drawn")
        yield tab


@pytest.fixture
def polling(lab, address) -> SlowTab:
    """The page, drawn, without a socket."""
    return SlowTab(lab, address)


def showing(tab: Tab) -> Showing:
    found = Showing.read(tab.prop(VIEW, "data"))
    assert found is not None
    return found


def at(query: str) -> Callable[[Tab], None]:
    """A link, or the browser's way back."""
    return lambda tab: tab.change(ADDRESS, "search", query)


def press(component_id) -> Callable[[Tab], None]:
    return lambda tab: tab.press(component_id)


def draw_a_range(tab: Tab) -> None:
    now = context.now() // 1000
    tab.change(figures(tab)[0], "relayoutData", {"xaxis.range[0]": now - 300_000, "xaxis.range[1]": now - 200_000})


def smooth(tab: Tab) -> None:
    tab.change(Ids.SMOOTH, "value", "median")


CHOICES = {
    "pause": press(Ids.PAUSE),
    "earlier": press(move_id("earlier")),
    "zoom out": press(move_id("out")),
    "an hour": at("?from=now-1h"),
    "a zone": lambda tab: tab.change(Ids.ZONE, "value", "Asia/Kathmandu"),
    "a zoom": draw_a_range,
    "smoothing": smooth,
    "live": press(FOLLOW),
}
ENDS = {
    "pause": lambda found: not found.selection.range.is_live,
    "earlier": lambda found: not found.selection.range.is_live,
    "zoom out": lambda found: not found.selection.range.is_live,
    "an hour": lambda found: found.selection.range == Range("now-1h"),
    "a zone": lambda found: found.own_zone == "Asia/Kathmandu",
    "a zoom": lambda found: found.asked.span(context.now()).length == 100 * SECOND,
    "smoothing": lambda found: found.selection.smoothing is not None,
    "live": lambda found: found.selection.range.is_live,
}
"""What is shown where this was chosen last."""

OFTEN = {"earlier", "an hour"}
PAIRS = [pair for pair in itertools.permutations(CHOICES, 2) if OFTEN & set(pair)]


def expect_agreement(tab: Tab) -> Showing:
    """The chart, the tools and the address say the same."""
    found = showing(tab)
    assert found.answers(tab.prop(ADDRESS, "search"))
    assert ("nothing new" in tab.words) is not found.selection.range.is_live
    assert [read_key(key)["view"] for key in figures(tab)] == [found.name]
    return found


def figures(tab: Tab) -> list[str]:
    return [key for key in tab.ids() if f'"{Part.FIGURE}"' in key]


def line(tab: Tab) -> list[float]:
    traces = tab.prop(figures(tab)[0], "figure")["data"]
    return next(trace["y"] for trace in traces if trace.get("name") == "temperature")


class TestOverTheSocket:
    @pytest.mark.parametrize(("first", "then"), PAIRS, ids=map(" then ".join, PAIRS))
    def test_the_later_of_two_choices_stays(self, tab: SocketTab, eventually, first, then):
        CHOICES[first](tab)
        CHOICES[then](tab)
        eventually(tab.settled, what="all answers")
        assert ENDS[then](expect_agreement(tab))
        kind = ChannelChart if showing(tab).selection.range.is_live else Held
        assert [type(encoder) for encoder in tab.watches()] == [kind]
        assert [encoder.view for encoder in tab.watches()] == [showing(tab).name]

    @pytest.mark.parametrize(("first", "then"), PAIRS, ids=map(" then ".join, PAIRS))
    def test_also_where_the_first_was_answered_but_not_drawn(self, tab: SocketTab, eventually, first, then):
        CHOICES[first](tab)
        eventually(tab.is_answered, what="the first answer")
        CHOICES[then](tab)
        eventually(tab.settled, what="all answers")
        assert ENDS[then](expect_agreement(tab))

    def test_two_steps_lead_twice_as_far_as_one(self, tab: SocketTab, eventually):
        tab.press(Ids.PAUSE)
        eventually(tab.settled)
        before = showing(tab).asked.span(context.now())
        tab.press(move_id("earlier"))
        tab.press(move_id("earlier"))
        eventually(tab.settled)
        assert before.start - showing(tab).asked.span(context.now()).start == before.length

    def test_each_step_puts_off_what_waits_for_rest(self, tab: SocketTab, eventually):
        """The browser begins to wait anew where the length is another."""
        lengths = []
        for _ in range(3):
            tab.press(move_id("earlier"))
            eventually(tab.settled)
            lengths.append(tab.prop(Ids.REST, "interval"))
        assert lengths[0] != lengths[1] != lengths[2]

    def test_what_is_drawn_anew_meanwhile_shows_what_was_chosen(self, tab: SocketTab, eventually):
        tab.press(move_id("earlier"))
        tab.change(STALE, "data", "changed")
        eventually(tab.settled)
        assert not expect_agreement(tab).selection.range.is_live

    def test_what_comes_is_drawn_onto_what_was_chosen_last(self, tab: SocketTab, board, eventually):
        tab.press(move_id("earlier"))
        tab.change(ADDRESS, "search", "")
        eventually(tab.settled)
        assert board.post({"temperature": 99.5}).status_code == 201
        eventually(lambda: tab.settled() and 99.5 in line(tab), what="the new reading on the chart")
        assert line(tab).count(99.5) == 1


class TestPolling:
    @pytest.mark.parametrize("order", [(0, 0), (1, 0)], ids=["in order", "overtaken"])
    @pytest.mark.parametrize("then", ["an hour", "live", "pause", "zoom out"])
    @pytest.mark.parametrize("first", ["earlier", "pause", "zoom out", "an hour"])
    def test_the_later_of_two_choices_stays(self, polling, first, then, order):
        if first == then:
            return
        CHOICES[first](polling)
        CHOICES[then](polling)
        for place in order:
            polling.arrive(min(place, len(polling.on_the_way) - 1))
        polling.arrive_all()
        polls(polling)
        assert ENDS[then](expect_agreement(polling))


def polls(tab: SlowTab) -> None:
    """The page polls as often as it takes to draw what it should show."""
    for number in (1, 2):
        tab.change(Ids.POLL, "n_intervals", number)
        tab.arrive_all()
