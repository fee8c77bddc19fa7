"""The wall: what its address asks for, what stays while somebody looks, what is drawn again and what is not."""

from __future__ import annotations

import pytest

import context
from dashapp import shell
from dashapp.components.star import star_id
from dashapp.pages import wall
from dashapp.pages.wall import STALE, VIEW, Ids
from domain.channels import Visibility
from domain.describing import About
from domain.timespan import MINUTE
from models import channel_settings, stars, walls
from tests.builders import append, entry, make_channel
from tests.people import acting, enrol, make_course, make_member, make_person, sign_in, viewing
from tests.tab import Tab


@pytest.fixture
def open_wall(lab, ada, now):
    """A function: the wall at an address, as Ada or as a visitor."""

    def opened(query: str = "", *, is_visitor: bool = False) -> Tab:
        client = lab.client if is_visitor else sign_in(lab.client, lab.store, ada, now)
        return Tab(client, f"/{query}")

    return opened


@pytest.fixture
def make(lab, now):
    """A function: a public channel that has just been heard."""

    def made(name: str, **more):
        channel = make_channel(lab.store, name, **more)
        append(lab.store, channel, entry(now, temperature=21.5), received_at=now)
        return channel

    return made


def shown(tab: Tab) -> list[int]:
    return [channel_id for channel_id, _ in tab.prop(VIEW, "data")["channels"]]


def go(tab: Tab, query: str) -> None:
    """What a link to the same page does."""
    tab.change(shell.Ids.ADDRESS, "search", query)


def hrefs(part) -> list[str]:
    """Every address that is linked within."""
    if isinstance(part, list):
        return [found for each in part for found in hrefs(each)]
    if not isinstance(part, dict) or "props" not in part:
        return []
    return [*filter(None, [part["props"].get("href")]), *hrefs(part["props"].get("children"))]


@pytest.mark.parametrize(("cards", "pace_s"), [(0, 0.5), (10, 0.5), (45, 0.75), (60, 0.9)])
def test_the_more_cards_the_slower_each_changes(cards, pace_s):
    assert wall.pace_s(cards) == pace_s


class TestWhatTheAddressAsksFor:
    def test_without_a_word_all_channels(self, make, open_wall):
        made = [make(name).id for name in ("Kiln", "Pond")]
        tab = open_wall()
        assert shown(tab) == made
        assert "2 channels · last 15 minutes" in tab.words

    @pytest.mark.parametrize("query", ["?q=kil", "?tag=clay", "?show=starred", "?show=mine", "?course=1"])
    def test_each_filter_narrows(self, lab, ada, make, open_wall, query):
        kiln, _pond = make("Kiln", course_id=make_course(lab.store)), make("Pond")
        make_member(lab.store, kiln.id, ada)
        lab.store.tell(channel_settings.describe, acting(ada), kiln.id, About("Kiln", tags=("clay",)))
        lab.store.tell(stars.toggle, acting(ada), kiln.id)
        tab = open_wall(query)
        assert shown(tab) == [kiln.id]
        assert "1 channel found" in tab.words

    def test_what_needs_attention(self, lab, now, make, open_wall):
        make("Kiln")
        lost = make_channel(lab.store, "Lost", expected_interval_s=10)
        append(lab.store, lost, entry(now - MINUTE, temperature=1), received_at=now - MINUTE)
        tab = open_wall("?show=attention")
        assert shown(tab) == [lost.id]
        assert "1 channel needs attention" in tab.words

    def test_another_address_draws_another_wall_and_the_top_bar_tells(self, lab, ada, make, open_wall):
        kiln, pond = make("Kiln"), make("Pond")
        tab = open_wall()
        go(tab, "?q=pond")
        assert shown(tab) == [pond.id]
        assert tab.prop(shell.Ids.SEARCH, "value") == "pond"
        go(tab, "")
        assert shown(tab) == [kiln.id, pond.id]
        assert tab.prop(shell.Ids.SEARCH, "value") == ""

    def test_each_thing_that_narrows_is_a_link_that_takes_it_away(self, lab, ada, open_wall):
        course_id = make_course(lab.store)
        enrol(lab.store, course_id, ada)
        tab = open_wall(f"?course={course_id}&tag=clay&q=kiln")
        assert hrefs(tab.prop(Ids.CHIPS)) == [
            "/?tag=clay&q=kiln",
            f"/?course={course_id}&q=kiln",
            f"/?course={course_id}&tag=clay",
        ]
        assert "ENGR114" in tab.words

    def test_of_a_course_one_is_not_in_no_name_is_told(self, lab, open_wall):
        assert "ENGR114" not in open_wall(f"?course={make_course(lab.store)}").words

    def test_the_address_of_another_page_is_no_matter_of_the_wall(self, make, open_wall):
        make("Kiln")
        tab = open_wall()
        before = tab.prop(VIEW, "data")
        tab.change(shell.Ids.ADDRESS, "pathname", "/mine")
        go(tab, "?q=nothing")
        assert tab.prop(VIEW, "data") == before


class TestPages:
    def test_one_page_has_no_pager_and_two_have(self, lab, make, open_wall):
        for each in range(walls.A_PAGE):
            make_channel(lab.store, f"Board {each}", feeds=())
        assert not open_wall().prop(Ids.PAGER)
        last = make_channel(lab.store, "Board last", feeds=())
        tab = open_wall("?q=board")
        assert hrefs(tab.prop(Ids.PAGER)) == ["/?q=board&page=2", "/?q=board&page=2"]
        go(tab, "?q=board&page=2")
        assert shown(tab) == [last.id]


class TestNothingToShow:
    @pytest.mark.parametrize(
        ("query", "is_visitor", "said", "leads_to"),
        [
            ("", False, "No channel yet", "/mine/new"),
            ("", True, "No channel yet", None),
            ("?show=mine", False, "No channel of yours yet", "/mine/new"),
            ("?show=mine", True, "Your channels wait for you", "/sign-in?next=/%3Fshow%3Dmine"),
            ("?show=starred", False, "No starred channel yet", "/"),
            ("?show=starred", True, "Your stars wait for you", "/sign-in?next=/%3Fshow%3Dstarred"),
            ("?show=attention&course=7", False, "All is well", "/?course=7"),
            ("?course=7", False, "No channel of this course here", "/"),
            ("?tag=kiln", False, "Nothing found for the tag kiln", "/"),
            ("?q=<b>", False, "Nothing found for “<b>”", "/"),
        ],
    )
    def test_each_way_to_choose_has_a_sentence_and_a_way_on(self, open_wall, query, is_visitor, said, leads_to):
        tab = open_wall(query, is_visitor=is_visitor)
        assert said in tab.words
        assert hrefs(tab.prop(Ids.GRID)) == [leads_to] * (leads_to is not None)


class TestVisitors:
    def test_they_are_offered_nothing_personal(self, make, open_wall):
        make("Kiln")
        tab = open_wall(is_visitor=True)
        assert hrefs(tab.prop(Ids.FILTERS)) == ["/", "/?show=attention"]
        assert not any('"star"' in each for each in tab.ids())
        assert tab.prop(shell.Ids.COURSES) is None


class TestWhileSomebodyLooks:
    def test_the_same_cards_are_not_drawn_again(self, make, open_wall):
        make("Kiln")
        tab = open_wall()
        before, cards = tab.prop(VIEW, "data"), tab.prop(Ids.GRID)
        tab.change(STALE, "data", "anything")
        assert tab.prop(VIEW, "data") == before
        assert tab.prop(Ids.GRID) is cards

    def test_a_new_channel_comes_after_those_that_are_shown(self, lab, make, open_wall):
        quiet = make_channel(lab.store, "Quiet")
        tab = open_wall()
        loud = make("Loud")
        assert shown(tab) == [quiet.id]
        tab.change(Ids.NEWS, "n_intervals", 1)
        assert shown(tab) == [quiet.id, loud.id]

    def test_only_one_that_matches_comes(self, make, open_wall):
        kiln = make("Kiln")
        tab = open_wall("?q=kiln")
        make("Pond")
        tab.change(Ids.NEWS, "n_intervals", 1)
        assert shown(tab) == [kiln.id]
        other = make("Another kiln")
        tab.change(Ids.NEWS, "n_intervals", 2)
        assert shown(tab) == [kiln.id, other.id]

    def test_what_lost_its_star_stays_until_one_looks_elsewhere(self, lab, ada, make, open_wall):
        kiln, pond = make("Kiln"), make("Pond")
        for each in (kiln, pond):
            lab.store.tell(stars.toggle, acting(ada), each.id)
        tab = open_wall("?show=starred")
        tab.press(star_id(kiln.id))
        tab.change(Ids.NEWS, "n_intervals", 1)
        assert shown(tab) == [kiln.id, pond.id]
        go(tab, "")
        go(tab, "?show=starred")
        assert shown(tab) == [pond.id]

    def test_what_may_not_be_seen_any_more_goes(self, lab, ada, make, open_wall):
        kiln, pond = make("Kiln"), make("Pond")
        owner = make_person(lab.store, "Bo Owl")
        make_member(lab.store, kiln.id, owner)
        tab = open_wall()
        lab.store.tell(channel_settings.show_to, acting(owner), kiln.id, Visibility.MEMBERS)
        tab.change(Ids.SAFETY, "n_intervals", 1)
        assert shown(tab) == [pond.id]

    def test_it_is_asked_for_news_slowly_where_a_filter_is_on(self, make, open_wall):
        make("Kiln")
        assert open_wall("?q=kiln").prop(Ids.NEWS, "disabled") is False


class TestStars:
    def test_a_press_gives_one_and_another_takes_it_away(self, lab, ada, make, open_wall):
        kiln = make("Kiln")
        tab = open_wall()
        for is_starred in (True, False):
            tab.press(star_id(kiln.id))
            assert tab.prop(star_id(kiln.id), "aria-pressed") == ("true" if is_starred else "false")
            assert lab.store.ask(stars.of, viewing(ada)) == ({kiln.id} if is_starred else set())

    def test_it_is_there_when_one_comes_back(self, lab, ada, make, open_wall):
        kiln = make("Kiln")
        lab.store.tell(stars.toggle, acting(ada), kiln.id)
        assert open_wall().prop(star_id(kiln.id), "aria-pressed") == "true"

    def test_drawing_them_presses_none(self, lab, ada, make, open_wall):
        make("Kiln")
        go(open_wall(), "?show=all")
        assert lab.store.ask(stars.of, viewing(ada)) == set()


class TestFinders:
    def test_the_switch_names_ones_running_courses(self, lab, ada, open_wall):
        course_id, over = make_course(lab.store), make_course(lab.store, "OLD1")
        make_course(lab.store, "ART1")
        for each in (course_id, over):
            enrol(lab.store, each, ada)
        table = walls.channel.metadata.tables["course"]
        lab.store.tell(
            lambda connection: connection.execute(
                table.update().where(table.c.id == over).values(archived_at=context.now())
            )
        )
        tab = open_wall("?q=kiln")
        assert hrefs(tab.prop(shell.Ids.COURSES)) == ["/?q=kiln", f"/?course={course_id}&q=kiln"]

    @pytest.mark.parametrize(
        ("pathname", "query", "leads_to"),
        [
            ("/", "", "/?q=otter%20kiln"),
            ("/", "?show=mine&page=3", "/?show=mine&q=otter%20kiln"),
            ("/channels/7", "?from=now-1h", "/?q=otter%20kiln"),
        ],
    )
    def test_a_search_leads_to_the_wall(self, open_wall, pathname, query, leads_to):
        tab = open_wall()
        tab.change(shell.Ids.ADDRESS, "pathname", pathname)
        go(tab, query)
        tab.change(shell.Ids.SEARCH, "value", "  otter   kiln ")
        tab.change(shell.Ids.SEARCH, "n_submit", 1)
        assert tab.prop(shell.Ids.GO, "href") == leads_to


class TestRate:
    def test_it_says_what_the_channels_shown_bring(self, lab, now, open_wall):
        kiln, pond = make_channel(lab.store, "Kiln"), make_channel(lab.store, "Pond")
        for place, channel in enumerate((kiln, kiln, kiln, pond)):
            append(lab.store, channel, entry(now + place, temperature=1.0), received_at=now)
        assert open_wall().prop(Ids.RATE) == "4 msg/min"
        assert open_wall("?q=pond").prop(Ids.RATE) == "1 msg/min"

    def test_a_page_that_polls_is_told_too(self, lab, now, open_wall):
        kiln = make_channel(lab.store, "Kiln")
        tab = open_wall()
        assert tab.prop(Ids.RATE) == ""
        append(lab.store, kiln, entry(temperature=1.0), received_at=context.now())
        tab.change(Ids.POLL, "n_intervals", wall.POLLS_A_RATE)
        assert tab.prop(Ids.RATE) == "1 msg/min"
