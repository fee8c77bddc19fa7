"""The export drawer as its reader drives it: what is chosen becomes the link, and the link is followed."""

from __future__ import annotations

import csv
from collections.abc import Iterator

import pytest

import context
from dashapp.components.export_button import open_id
from dashapp.components.export_panel import Ids
from domain.channels import Visibility
from domain.timespan import SECOND
from tests.builders import append, entry, make_channel, reread
from tests.lab import Lab, opened_lab
from tests.people import make_member, make_person, sign_in
from tests.tab import Tab


@pytest.fixture
def lab(tmp_path) -> Iterator[Lab]:
    with opened_lab(tmp_path, COLLEGE_ZONE="Europe/Berlin") as lab:
        yield lab


@pytest.fixture
def now() -> int:
    return context.now()


@pytest.fixture
def channel(lab, now):
    made = make_channel(lab.store, "Otter kiln", feeds=("temperature:°C", "humidity:%", "door:text"))
    for ago_s in (7200, 300, 200, 100):
        append(lab.store, made, entry(now - ago_s * SECOND, temperature=ago_s / 10, humidity=0.0, door="open"))
    return reread(lab.store, made)


@pytest.fixture
def opened(lab, channel):
    """A function that opens the drawer on the page with a query string."""

    def open_drawer(query: str = "", where: str = "tools", client=None) -> Tab:
        tab = Tab(client or lab.client, f"/channels/{channel.id}{query}")
        tab.press(open_id(where))
        return tab

    return open_drawer


def link(tab) -> str:
    """The link's address without the word of its page."""
    return tab.prop(Ids.LINK, "href").rpartition("progress=")[0].rstrip("?&")


class TestOpening:
    def test_before_it_is_opened_it_holds_nothing(self, lab, channel):
        assert Ids.LINK not in Tab(lab.client, f"/channels/{channel.id}").ids()

    @pytest.mark.parametrize("where", ["tools", "chart", "statistics"])
    def test_it_opens_from_beside_whatever_shows_readings(self, opened, where):
        tab = opened(where=where)
        assert tab.prop(Ids.DRAWER, "is_open")
        assert "9 readings as otter-kiln_" in tab.words

    def test_the_link_is_of_what_the_page_shows(self, opened):
        assert link(opened("?from=now-1h")) == "/api/v1/channels/1/download.csv?from=now-1h&zone=Europe/Berlin"

    def test_who_may_contribute_is_shown_the_way_to_import(self, lab, channel, opened, now):
        assert "Import a file" not in opened().words
        ada = make_person(lab.store)
        make_member(lab.store, channel.id, ada)
        assert "Import a file" in opened(client=sign_in(lab.client, lab.store, ada, now)).words

    def test_a_channel_that_may_not_be_seen_any_more_is_not_there(self, lab, opened):
        tab = opened()
        lab.store.tell(hide)
        tab.change(Ids.FORM, "value", "json")
        assert "There is nothing here that you may see" in tab.words


def hide(connection) -> None:
    """Let only members see the channel."""
    connection.exec_driver_sql(f"UPDATE channel SET visibility = '{Visibility.MEMBERS}', version = version + 1")


class TestChoosing:
    def test_what_is_shown_is_the_feeds_that_are_drawn(self, opened):
        tab = opened("?hide=door")
        tab.change(Ids.WHAT, "value", "shown")
        assert "feeds=temperature,humidity" in link(tab)
        assert "as closely as the chart draws them: every reading." in tab.words

    def test_the_whole_channel_is_more_than_is_in_range(self, opened):
        tab = opened()
        tab.change(Ids.WHAT, "value", "channel")
        assert link(tab) == "/api/v1/channels/1/download.csv?zone=Europe/Berlin"
        assert "12 readings as" in tab.words

    def test_every_choice_is_in_the_link(self, opened):
        tab = opened()
        for part, value in {Ids.FORM: "csv", Ids.SHAPE: "tidy", Ids.ZONE: "UTC", Ids.BIN: "1m"}.items():
            tab.change(part, "value", value)
        tab.change(Ids.AGGREGATES, "value", ["count", "min"])
        tab.change(Ids.MANNERS, "value", ["comma", "excel", "newest"])
        asked = "from=now-15m&shape=tidy&bin=1m&agg=min,count&order=desc&decimal=comma&excel=1"
        assert link(tab) == f"/api/v1/channels/1/download.csv?{asked}"

    def test_of_bins_it_says_that_words_are_left_out(self, opened):
        tab = opened()
        tab.change(Ids.BIN, "value", "1m")
        assert "Words can only be counted, so door is left out." in tab.words
        assert not tab.prop(Ids.OF_BIN, "hidden")

    @pytest.mark.parametrize(
        ("part", "said"),
        [(Ids.FEEDS, "Choose one feed at least."), (Ids.AGGREGATES, "Choose what is told of each bin.")],
    )
    def test_without_a_choice_there_is_no_link(self, opened, part, said):
        tab = opened()
        tab.change(Ids.BIN, "value", "1m")
        tab.change(part, "value", [])
        assert said in tab.words
        assert tab.prop(Ids.LINK, "href") is None


class TestTaking:
    def test_the_file_is_what_was_said(self, lab, opened):
        tab = opened()
        answer = lab.client.get(tab.prop(Ids.LINK, "href"), follow_redirects=True)
        rows = list(csv.reader(answer.text.splitlines()))
        assert rows[0] == ["time_utc", "time_local", "temperature [°C]", "humidity [%]", "door"]
        assert len(rows) == 4

    def test_the_page_says_when_it_is_complete(self, lab, opened):
        tab = opened()
        address = tab.prop(Ids.LINK, "href")
        tab.press(Ids.LINK)
        assert "The download begins" in tab.words
        assert lab.client.get(address, follow_redirects=True).text
        tab.change(Ids.TIMER, "n_intervals", 1)
        assert "Complete: 9 readings." in tab.words
        assert tab.prop(Ids.TIMER, "disabled")

    def test_each_download_has_a_word_of_its_own(self, opened):
        tab = opened()
        before = tab.prop(Ids.LINK, "href")
        tab.press(Ids.LINK)
        assert tab.prop(Ids.LINK, "href") != before

    def test_one_that_never_began_is_not_waited_for(self, opened):
        tab = opened()
        tab.press(Ids.LINK)
        tab.change(Ids.BEGUN, "data", {**tab.prop(Ids.BEGUN, "data"), "at": 0})
        tab.change(Ids.TIMER, "n_intervals", 1)
        assert "Nothing has come of it. Press Download again." in tab.words
        assert tab.prop(Ids.TIMER, "disabled")
