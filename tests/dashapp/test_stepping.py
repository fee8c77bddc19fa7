"""Stepping below a channel's chart, as somebody does it who presses its buttons."""

from __future__ import annotations

import pytest

import context
from dashapp import shell
from dashapp.stepping import VIEW, Ids, Place
from domain.timespan import SECOND
from tests.builders import append, entry, make_channel, reread
from tests.dashapp.shapes import texts
from tests.lab import opened_lab
from tests.tab import Tab, read_key

VALUES = {300: 20.0, 200: 0.0, 100: 22.5}
"""What was read so many seconds ago."""


@pytest.fixture
def lab(tmp_path):
    with opened_lab(tmp_path) as lab:
        yield lab


@pytest.fixture
def now():
    return context.now()


@pytest.fixture
def channel(lab, now):
    made = make_channel(lab.store, "Otter kiln", feeds=("temperature:°C", "humidity:%", "door:text"))
    for ago_s, value in VALUES.items():
        append(lab.store, made, entry(now - ago_s * SECOND, temperature=value, door="open"))
    append(lab.store, made, entry(now - 7200 * SECOND, temperature=5.0, humidity=40.0))
    return reread(lab.store, made)


@pytest.fixture
def tab(lab, channel):
    return Tab(lab.client, f"/channels/{channel.id}")


def said(tab) -> str:
    return " ".join(texts(tab.prop(Ids.READOUT)))


def line(tab):
    """Where the chart is marked, in ms; None where it is not."""
    part = next(read_key(key) for key in tab.ids() if '"figure"' in key)
    shapes = tab.prop(part, "figure")["layout"].get("shapes")
    return shapes[0]["x0"] if shapes else None


def show(tab, search):
    tab.change(shell.Ids.ADDRESS, "search", search)


class TestStanding:
    def test_before_the_first_step_nothing_is_marked(self, tab):
        assert tab.prop(Ids.STRIP, "hidden") is False
        assert "Step through" in said(tab)
        assert line(tab) is None

    def test_backwards_one_comes_in_at_the_newest(self, tab, now):
        tab.press(Ids.PREVIOUS)
        assert "22.5 °C" in said(tab)
        assert "Last in view." in said(tab)
        assert line(tab) == (now - 100 * SECOND) / 1000

    def test_zero_is_a_value_and_who_said_nothing_is_named(self, tab):
        for _ in range(2):
            tab.press(Ids.PREVIOUS)
        assert "temperature" in said(tab)
        assert "0 °C" in said(tab)
        assert "open" in said(tab)
        assert "Nothing of humidity." in said(tab)

    def test_forwards_one_comes_in_at_the_oldest_in_view(self, tab):
        tab.press(Ids.NEXT)
        assert "20 °C" in said(tab)
        assert "First in view." in said(tab)

    def test_there_and_back_is_where_one_was(self, tab):
        tab.press(Ids.NEXT)
        before = said(tab)
        tab.press(Ids.NEXT)
        tab.press(Ids.PREVIOUS)
        assert said(tab) == before

    def test_newest_leads_to_the_end_from_anywhere(self, tab):
        tab.press(Ids.NEXT)
        tab.press(Ids.NEWEST)
        assert "22.5 °C" in said(tab)

    def test_a_reading_that_came_since_is_stepped_to(self, tab, lab, channel, now):
        tab.press(Ids.NEWEST)
        append(lab.store, reread(lab.store, channel), entry(now, temperature=30.0))
        tab.press(Ids.NEXT)
        assert "30 °C" in said(tab)

    def test_presses_on_their_way_together_all_count(self, tab):
        tab.press(Ids.NEXT)
        place = tab.prop(Ids.PLACE, "data")
        for _ in range(2):
            tab.press(Ids.NEXT)
            tab.change(Ids.PLACE, "data", place)  # as if the answer had not come yet
        tab.press(Ids.PREVIOUS)
        assert "0 °C" in said(tab)


class TestAnotherView:
    def test_another_range_ends_it(self, tab):
        tab.press(Ids.NEWEST)
        show(tab, "?from=now-3h")
        assert line(tab) is None
        assert "Step through" in said(tab)
        assert Place.read(tab.prop(Ids.PLACE, "data")).at is None

    def test_there_the_next_step_begins_anew(self, tab):
        tab.press(Ids.NEWEST)
        show(tab, "?from=now-3h")
        tab.press(Ids.NEXT)
        assert "5 °C" in said(tab)
        assert "40 %" in said(tab)

    def test_another_lens_leaves_it(self, tab, now):
        tab.press(Ids.NEWEST)
        show(tab, "?lens=histogram")
        assert line(tab) == (now - 100 * SECOND) / 1000
        assert "22.5 °C" in said(tab)

    def test_another_zone_moves_the_mark_and_tells_the_time_there(self, tab, now):
        tab.press(Ids.NEWEST)
        show(tab, "?zone=Asia/Kolkata")
        assert line(tab) == (now - 100 * SECOND + 19_800 * SECOND) / 1000
        assert "IST" in said(tab)

    def test_a_feed_that_is_left_out_is_not_stepped_through(self, lab, channel, now):
        append(lab.store, reread(lab.store, channel), entry(now - SECOND, humidity=50.0))
        tab = Tab(lab.client, f"/channels/{channel.id}?hide=humidity")
        tab.press(Ids.NEWEST)
        assert "22.5 °C" in said(tab)
        assert "humidity" not in said(tab)


def test_in_an_empty_range_there_is_nothing_to_step_to(lab, channel):
    tab = Tab(lab.client, f"/channels/{channel.id}?from=2026-01-01&to=2026-01-02")
    tab.press(Ids.PREVIOUS)
    assert said(tab) == "Nothing in this range."


def test_a_channel_that_waits_has_no_strip(lab):
    silent = make_channel(lab.store, "Silent", feeds=("x",))
    tab = Tab(lab.client, f"/channels/{silent.id}")
    assert tab.prop(VIEW, "data")["waits"] is True
    assert tab.prop(Ids.STRIP, "hidden") is True


def test_show_as_table_opens_the_table(tab):
    show(tab, "?from=now-3h")
    tab.press(Ids.TABLE)
    assert tab.prop(shell.Ids.ADDRESS, "search") == "?from=now-3h&lens=table"
