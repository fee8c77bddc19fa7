"""A channel's page as its reader drives it: the address says what is drawn, and what is chosen becomes the address."""

from __future__ import annotations

import json

import pytest

import context
from dashapp import shell
from dashapp.channel_ids import Ids
from dashapp.choosing import move_id
from dashapp.parts import Part
from domain.channels import Visibility
from domain.timespan import HOUR, MINUTE, SECOND
from tests.builders import append, entry, make_channel, reread
from tests.people import make_person, sign_in
from tests.tab import Tab, read_key

ADDRESS = shell.Ids.ADDRESS


@pytest.fixture
def channel(lab, now):
    made = make_channel(lab.store, "Otter kiln", feeds=("temperature:°C", "humidity:%", "door:text"))
    for ago_s, value in ((7200, 5.0), (300, 20.0), (200, 0.0), (100, 22.0)):
        at = now - ago_s * SECOND
        append(lab.store, reread(lab.store, made), entry(at, temperature=value, humidity=41.0, door="open"))
    return reread(lab.store, made)


@pytest.fixture
def other(lab, now):
    made = make_channel(lab.store, "Greenhouse", feeds=("temperature:°C", "door:text"))
    append(lab.store, made, entry(now - 60 * SECOND, temperature=30.0, door="open"))
    return reread(lab.store, made)


@pytest.fixture
def opened(lab, channel):
    """A function that opens the page with a query string."""
    return lambda query="": Tab(lab.client, f"/channels/{channel.id}{query}")


def figure(tab):
    part = next(read_key(key) for key in tab.ids() if '"figure"' in key)
    assert part["part"] == Part.FIGURE
    return tab.prop(part, "figure")


def line(tab, name):
    return next(trace for trace in figure(tab)["data"] if trace.get("name") == name)


def zoom(tab, start, end):
    part = next(read_key(key) for key in tab.ids() if '"figure"' in key)
    tab.change(part, "relayoutData", {"xaxis.range[0]": start / 1000, "xaxis.range[1]": end / 1000})


def notice(tab):
    return json.dumps(tab.prop(shell.Ids.NOTICE))


class TestOpening:
    def test_it_draws_the_last_quarter_of_an_hour(self, opened):
        tab = opened()
        assert line(tab, "temperature")["y"] == [20.0, 0.0, 22.0]
        assert tab.prop(Ids.TIME_WORDS) == "Last 15 minutes"
        assert tab.prop(Ids.TOOLS, "hidden") is False

    def test_an_address_draws_what_it_says(self, opened):
        tab = opened("?from=now-3h&hide=humidity&smooth=mean&over=5m")
        assert line(tab, "temperature")["y"][0] == 5.0
        assert "humidity" not in [trace.get("name") for trace in figure(tab)["data"]]
        assert line(tab, "temperature, mean over 5 minutes")["y"][-1] == 14.0
        assert tab.prop(Ids.SMOOTH, "value") == "mean"

    def test_one_that_cannot_be_understood_is_answered_in_words_and_shows_the_usual(self, opened):
        tab = opened("?from=yesterday")
        assert "yesterday" in notice(tab)
        assert line(tab, "temperature")["y"] == [20.0, 0.0, 22.0]

    def test_a_range_that_ends_before_it_begins_shows_the_usual(self, opened):
        tab = opened("?from=now-1h&to=2026-01-01")
        assert "ends before it begins" in notice(tab)
        assert tab.prop(Ids.TIME_WORDS) == "Last 15 minutes"

    def test_a_range_with_nothing_in_it_says_so_and_when_there_was_something(self, opened):
        assert "Nothing in this range. The newest reading is of" in opened("?from=2026-01-01&to=2026-01-02").words

    def test_of_a_channel_that_may_not_be_seen_nothing_is_said(self, lab):
        hidden = make_channel(lab.store, "Xylophone", visibility=Visibility.MEMBERS)
        tab = Tab(lab.client, f"/channels/{hidden.id}")
        assert "Xylophone" not in "".join(tab.answers)
        assert tab.prop(Ids.TOOLS, "hidden") is True


class TestHiding:
    def test_the_others_keep_their_colours(self, opened):
        before, after = opened(), opened("?hide=temperature")
        assert line(after, "humidity")["line"]["color"] == line(before, "humidity")["line"]["color"]

    def test_with_every_feed_hidden_it_says_so(self, opened):
        assert "All feeds are hidden" in opened("?hide=temperature,humidity,door").words


class TestChoosing:
    def test_another_range_is_another_address(self, opened):
        tab = opened()
        tab.change(ADDRESS, "search", "?from=now-3h")
        assert line(tab, "temperature")["y"][0] == 5.0
        assert tab.prop(Ids.TIME_WORDS) == "Last 3 hours"

    def test_pause_stands_still_and_says_so(self, opened):
        tab = opened()
        tab.press(Ids.PAUSE)
        assert tab.prop(ADDRESS, "search").startswith("?from=20")
        assert "Paused nothing new" in tab.words
        assert line(tab, "temperature")["y"] == [20.0, 0.0, 22.0]

    def test_a_zoom_shows_every_reading_of_what_was_drawn(self, opened, now):
        tab = opened()
        zoom(tab, now - 250 * SECOND, now - 150 * SECOND)
        assert line(tab, "temperature")["y"] == [0.0], "zero is a value"
        assert "Held" in tab.words

    def test_what_was_shown_before_the_zoom_is_a_press_away(self, opened, now):
        tab = opened("?from=now-3h")
        zoom(tab, now - 400 * SECOND, now)
        first = tab.prop(ADDRESS, "search")
        zoom(tab, now - 250 * SECOND, now - 150 * SECOND)
        assert tab.prop(Ids.BACK)[0]["props"]["value"] == first

    def test_buttons_do_what_the_pointer_does(self, opened, now):
        tab = opened("?from=now-420s")
        tab.press(move_id("in"))
        assert line(tab, "temperature")["y"] == [20.0, 0.0]
        tab.press(move_id("earlier"))
        assert line(tab, "temperature")["y"] == [20.0]

    def test_a_beginning_and_an_end_can_be_written(self, opened):
        tab = opened()
        tab.change(Ids.FROM, "value", " now-3h ")
        tab.press(Ids.SHOW)
        assert tab.prop(ADDRESS, "search") == "?from=now-3h"

    def test_what_is_no_time_is_refused_and_the_chart_stays(self, opened):
        tab = opened()
        tab.change(Ids.FROM, "value", "last christmas")
        tab.press(Ids.SHOW)
        assert "last christmas" in notice(tab)
        assert (tab.prop(ADDRESS, "search"), line(tab, "temperature")["y"]) == ("", [20.0, 0.0, 22.0])

    def test_smoothing_is_chosen_and_taken_off(self, opened):
        tab = opened()
        tab.change(Ids.SMOOTH, "value", "median")
        assert tab.prop(ADDRESS, "search") == "?smooth=median&over=1m"
        tab.change(Ids.SMOOTH, "value", "none")
        assert tab.prop(ADDRESS, "search") == ""

    def test_in_another_zone_the_same_instants_stand_elsewhere(self, opened):
        tab = opened()
        before = line(tab, "temperature")["x"]
        tab.change(Ids.ZONE, "value", "Asia/Kathmandu")
        shift_ms = (5 * HOUR + 45 * MINUTE) / 1000
        assert line(tab, "temperature")["x"] == [at + shift_ms for at in before]
        assert "Asia/Kathmandu" in tab.words


class TestOverlays:
    def test_a_feed_of_another_channel_is_laid_over(self, opened, other):
        tab = opened()
        tab.press(Ids.OVERLAY)
        offered = tab.prop(Ids.OVERLAY_FEEDS, "options")
        assert offered == [{"label": "Greenhouse · temperature", "value": f"{other.id}.temperature"}]
        tab.change(Ids.OVERLAY_FEEDS, "value", offered[0]["value"])
        assert tab.prop(ADDRESS, "search") == f"?overlay={other.id}.temperature"
        assert line(tab, "temperature · Greenhouse")["y"] == [30.0]

    def test_one_that_may_not_be_seen_is_not_there(self, lab, opened, now):
        hidden = make_channel(lab.store, "Xylophone", visibility=Visibility.MEMBERS, feeds=("temperature",))
        append(lab.store, hidden, entry(now - SECOND, temperature=12.5))
        tab = opened(f"?overlay={hidden.id}.temperature")
        assert f"{hidden.id}.temperature is not there" in tab.words
        assert "Xylophone" not in "".join(tab.answers)
        assert "12.5" not in "".join(tab.answers)


class TestZones:
    def test_a_link_that_names_a_zone_is_read_in_it_and_offers_ones_own(self, opened):
        tab = opened("?zone=Europe/Berlin")
        assert "Times are those of Europe/Berlin" in tab.words
        assert "Show UTC instead" in tab.words

    def test_the_college_has_a_zone(self, lab, channel):
        person = make_person(lab.store, "Ada Finch")
        client = sign_in(lab.client, lab.store, person, context.now())
        assert "Times are those of UTC" in Tab(client, f"/channels/{channel.id}").words
