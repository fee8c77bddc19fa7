"""Stored readings: what a channel holds, for how long, and ranges that are deleted and put back."""

from __future__ import annotations

import pytest

from dashapp.components import settings_panels, stored_panels
from dashapp.components.course_panels import Ids as Course
from dashapp.components.stored_panels import Ids, undo_id
from dashapp.pages import mine
from domain.channels import Visibility
from domain.roles import Role
from domain.timespan import DAY, SECOND, TimeSpan
from models import removals, retention
from tests.builders import append, entry, make_channel, reread
from tests.dashapp.shapes import texts
from tests.people import acting, enrol, make_course, make_member, make_person, sign_in, viewing
from tests.tab import Tab


@pytest.fixture
def channel(lab, ada, now):
    """A channel of Ada's in a course, with five readings of each of two feeds, ten days apart."""
    feeds = ("temperature:°C", "door:text")
    course_id = make_course(lab.store)
    made = make_channel(lab.store, "Otter kiln", feeds=feeds, visibility=Visibility.COLLEGE, course_id=course_id)
    make_member(lab.store, made.id, ada)
    for step in range(5):
        append(lab.store, made, entry(now - step * 10 * DAY - SECOND, temperature=step, door="open"))
    return reread(lab.store, made)


@pytest.fixture
def client(lab, ada, now):
    return sign_in(lab.client, lab.store, ada, now)


@pytest.fixture
def tab(client, channel):
    return Tab(client, f"/channels/{channel.id}/settings/stored")


@pytest.fixture
def removed(lab, channel, ada, now):
    return lambda: lab.store.ask(removals.list_of, viewing(ada), channel.id, now)


def show(tab, **fields) -> None:
    """Write a range and ask what it is."""
    for component_id, value in {Ids.START: "", Ids.END: "", **fields}.items():
        tab.change(component_id, "value", value)
    tab.press(Ids.LOOK)


class TestWhatItHolds:
    def test_each_feed_has_a_row(self, tab):
        assert "10 readings, about" in tab.words
        assert "temperature" in tab.words
        assert "Readings are kept for ever." in tab.words
        assert "Nothing was deleted in the last 30 days." in tab.words

    def test_an_editor_does_not_find_the_page(self, lab, channel, now):
        ed = make_person(lab.store, "Ed Reed")
        make_member(lab.store, channel.id, ed, Role.EDITOR)
        assert Tab(sign_in(lab.client, lab.store, ed, now), f"/channels/{channel.id}/settings/stored").status == 404


class TestKeeping:
    def test_it_says_how_many_are_older_before_it_is_saved(self, tab):
        tab.change(Ids.DAYS, "value", 25)
        assert "4 readings are older than that" in tab.words

    def test_it_is_saved_and_said(self, lab, channel, tab):
        tab.change(Ids.DAYS, "value", 25)
        tab.press(Ids.KEEP)
        assert reread(lab.store, channel).keep_days == 25
        assert "Readings are kept for 25 days. From " in tab.words

    @pytest.mark.parametrize(("written", "said"), [(0, "1 to 3660 days"), ("2.5", "whole days"), (9999, "1 to 3660")])
    def test_what_is_wrong_stands_at_the_field(self, lab, channel, tab, written, said):
        tab.change(Ids.DAYS, "value", written)
        tab.press(Ids.KEEP)
        assert said in tab.words
        assert tab.prop(Ids.DAYS, "value") == str(written)
        assert reread(lab.store, channel).keep_days is None

    def test_empty_means_for_ever(self, lab, channel, ada, client):
        lab.store.tell(retention.keep, acting(ada), channel.id, 7)
        tab = Tab(client, f"/channels/{channel.id}/settings/stored")
        tab.change(Ids.DAYS, "value", None)
        tab.press(Ids.KEEP)
        assert reread(lab.store, channel).keep_days is None


class TestDeleting:
    def test_what_it_is_is_shown_before_anything_happens(self, tab, removed):
        show(tab, **{Ids.START: "now-15d"})
        assert "4 readings would be deleted" in tab.words
        assert tab.prop(Ids.DECIDE, "hidden") is False
        assert tab.prop(Ids.CONFIRMING, "hidden") is True
        assert removed() == []

    def test_what_was_shown_is_deleted(self, tab, removed):
        show(tab, **{Ids.FEEDS: ["door"], Ids.START: "now-15d"})
        tab.press(Ids.DELETE)
        assert "2 readings deleted. For 30 days they can be put back." in tab.words
        assert "8 readings, about" in tab.words
        assert [(one.total, one.feeds[0].name) for one in removed()] == [(2, "door")]
        assert tab.prop(Ids.DECIDE, "hidden") is True

    def test_it_can_be_put_back(self, tab, removed):
        show(tab)
        tab.press(Ids.DELETE)
        assert "No reading yet" not in tab.words
        tab.press(undo_id(removed()[0].id))
        assert "10 readings put back." in tab.words
        assert "10 readings, about" in tab.words
        assert "Was put back" in tab.words

    def test_to_delete_many_the_name_is_typed(self, tab, removed, monkeypatch):
        monkeypatch.setattr(stored_panels, "MANY", 5)
        monkeypatch.setattr("dashapp.pages.stored.MANY", 5)
        show(tab)
        assert tab.prop(Ids.CONFIRMING, "hidden") is False
        tab.press(Ids.DELETE)
        assert "Type the channel's name to confirm" in tab.words
        assert removed() == []
        tab.change(Ids.CONFIRM, "value", "Otter kiln")
        tab.press(Ids.DELETE)
        assert removed()[0].total == 10

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({Ids.FEEDS: []}, "Choose one feed"),
            ({Ids.START: "yesterday"}, "is not a time"),
            ({Ids.START: "now-1d", Ids.END: "now-2d"}, "ends before it begins"),
        ],
    )
    def test_what_is_no_range_is_said(self, tab, fields, said):
        show(tab, **fields)
        assert said in tab.words
        assert tab.prop(Ids.DECIDE, "hidden") is True

    def test_a_range_with_nothing_in_it_cannot_be_deleted(self, tab):
        show(tab, **{Ids.START: "now-5d", Ids.END: "now-4d"})
        assert "There is no reading in this range." in tab.words
        assert tab.prop(Ids.DECIDE, "hidden") is True

    def test_what_goes_on_shows_how_far_it_is(self, lab, channel, ada, client, now):
        begun = lab.store.tell(removals.begin, acting(ada, at=now), channel.id, None, TimeSpan(0, now))
        tab = Tab(client, f"/channels/{channel.id}/settings/stored")
        assert "Deleting …" in tab.words
        assert tab.prop(Ids.AGAIN, "disabled") is False
        assert lab.parts.sweeper.finish(begun.id)
        tab.change(Ids.AGAIN, "n_intervals", 1)
        assert "for 30 days more" in tab.words
        assert tab.prop(Ids.AGAIN, "disabled") is True


class TestElsewhere:
    def test_settings_say_it_and_lead_there(self, client, channel):
        tab = Tab(client, f"/channels/{channel.id}/settings")
        assert "10 readings, about" in tab.words
        assert "Retention and deletion" in tab.words

    def test_clearing_takes_everything(self, client, channel):
        tab = Tab(client, f"/channels/{channel.id}/settings")
        tab.change(settings_panels.Ids.CLEAR_NAME, "value", "Otter kiln")
        tab.press(settings_panels.Ids.CLEAR)
        assert "No reading yet" in tab.words

    def test_my_channels_say_it(self, client, channel):
        assert "10 · " in Tab(client, mine.PATH).words

    def test_the_staff_of_its_course_see_it(self, lab, channel, now):
        tess = make_person(lab.store, "Tess Teacher")
        enrol(lab.store, channel.course_id, tess)
        tab = Tab(sign_in(lab.client, lab.store, tess, now), f"/courses/{channel.course_id}")
        assert "10 readings, about" in " ".join(stored_words(tab))


def stored_words(tab) -> list[str]:
    return list(texts(tab.prop(Course.STORED)))
