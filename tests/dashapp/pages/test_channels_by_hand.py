"""My channels, a new one, and settings: walked through over the app's own HTTP as people of every kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import context
from dashapp.components.channel_list import restore_id
from dashapp.components.new_channel_form import BY_HAND
from dashapp.components.new_channel_form import Ids as New
from dashapp.components.settings_panels import Ids
from dashapp.feed_drafts import BRIEF, FULL, Cell, Press
from dashapp.pages import channel as live_page
from domain.channels import Channel, Visibility
from domain.readings import Kind
from domain.roles import Role, Standing
from models import channels, deleting, memberships, mine
from tests.builders import append, entry, make_channel, reread
from tests.lab import Lab, opened_lab
from tests.people import acting, enrol, make_course, make_member, make_person, sign_in, viewing
from tests.standings import ROLES
from tests.tab import Tab


@pytest.fixture
def lab(tmp_path) -> Iterator[Lab]:
    with opened_lab(tmp_path, COLLEGE_DOMAINS="example.edu", ADMINS="admin@example.edu") as lab:
        yield lab


@pytest.fixture
def channel(lab) -> Channel:
    course_id = make_course(lab.store)
    feeds = ("temperature:°C", "door:text")
    return make_channel(lab.store, "Otter kiln", feeds=feeds, visibility=Visibility.COLLEGE, course_id=course_id)


@pytest.fixture
def people(lab, channel):
    """Somebody of each standing to the channel, but no visitor."""
    found = {each: make_person(lab.store, f"Some {each.name.title()}") for each in ROLES}
    for each, role in ROLES.items():
        make_member(lab.store, channel.id, found[each], role)
    found[Standing.SIGNED_IN] = make_person(lab.store, "Some Classmate")
    found[Standing.STAFF] = make_person(lab.store, "Some Teacher")
    enrol(lab.store, channel.course_id, found[Standing.STAFF])
    found[Standing.ADMIN] = make_person(lab.store, "Some Admin", email="admin@example.edu")
    return found


@pytest.fixture
def open_as(lab, people):
    """A function that opens a page as somebody of a standing."""

    def open_page(standing: Standing, address: str) -> Tab:
        return Tab(sign_in(lab.client, lab.store, people[standing], context.now()), address)

    return open_page


@pytest.fixture
def settings_as(open_as, channel):
    return lambda standing: open_as(standing, f"/channels/{channel.id}/settings")


def names(lab, channel) -> list[str]:
    return [feed.name for feed in reread(lab.store, channel).feeds]


PANELS = {
    Standing.EDITOR: {Ids.SAVE_ABOUT, Ids.SAVE_READINGS, Ids.SAVE_FEEDS},
    Standing.OWNER: {Ids.SAVE_ABOUT, Ids.SAVE_READINGS, Ids.SAVE_FEEDS, Ids.SAVE_WHO_SEES, Ids.DELETE},
    Standing.STAFF: {Ids.ARCHIVE},
    Standing.ADMIN: {Ids.SAVE_ABOUT, Ids.SAVE_READINGS, Ids.SAVE_WHO_SEES, Ids.ARCHIVE, Ids.DELETE},
}


class TestSettings:
    @pytest.mark.parametrize("standing", PANELS)
    def test_each_sees_the_panels_that_may_be_used(self, settings_as, standing):
        tab = settings_as(standing)
        assert tab.status == 200
        assert {each for each in set().union(*PANELS.values()) if each in tab.ids()} == PANELS[standing]

    @pytest.mark.parametrize("standing", [Standing.SIGNED_IN, Standing.VIEWER])
    def test_who_may_change_nothing_is_told_whom_to_ask(self, settings_as, standing):
        tab = settings_as(standing)
        assert tab.status == 404
        assert not set().union(*PANELS.values()) & tab.ids()

    def test_a_visitor_is_led_to_the_sign_in(self, lab, channel):
        answer = lab.client.get(f"/channels/{channel.id}/settings")
        assert (answer.status_code, "/sign-in" in answer.location) == (302, True)

    def test_what_it_says_of_itself_is_stored_and_shown(self, lab, channel, settings_as):
        tab = settings_as(Standing.EDITOR)
        tab.change(Ids.NAME, "value", "Bee hive")
        tab.change(Ids.TAGS, "value", "#bees, hive")
        tab.press(Ids.SAVE_ABOUT)
        found = reread(lab.store, channel)
        assert (found.name, found.tags) == ("Bee hive", ("bees", "hive"))
        assert "Saved." in tab.words
        assert "Bee hive" in tab.words

    @pytest.mark.parametrize(
        ("field", "written", "said"),
        [
            (Ids.NAME, " ", "Give the channel a name."),
            (Ids.LATITUDE, 47.5, "Give both the latitude and the longitude, or neither."),
            (Ids.TAGS, "a!b", "is no tag"),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field(self, lab, channel, settings_as, field, written, said):
        tab = settings_as(Standing.OWNER)
        tab.change(field, "value", written)
        tab.press(Ids.SAVE_ABOUT)
        assert said in tab.words
        assert reread(lab.store, channel) == channel

    def test_the_interval_is_written_in_its_unit(self, lab, channel, settings_as):
        tab = settings_as(Standing.OWNER)
        tab.change(Ids.INTERVAL, "value", 5)
        tab.change(Ids.INTERVAL_UNIT, "value", "min")
        tab.press(Ids.SAVE_READINGS)
        assert reread(lab.store, channel).expected_interval_s == 300
        again = settings_as(Standing.OWNER)
        assert (again.prop(Ids.INTERVAL, "value"), again.prop(Ids.INTERVAL_UNIT, "value")) == ("5", "min")

    def test_the_pace_of_updates_is_written_in_seconds(self, lab, channel, settings_as):
        tab = settings_as(Standing.OWNER)
        assert tab.prop(Ids.PACE, "value") == "1"
        tab.change(Ids.PACE, "value", 0)
        tab.press(Ids.SAVE_READINGS)
        assert reread(lab.store, channel).pace_ms == 0
        assert settings_as(Standing.OWNER).prop(Ids.PACE, "value") == "0"

    def test_a_pace_beyond_an_hour_is_refused_at_its_field(self, lab, channel, settings_as):
        tab = settings_as(Standing.OWNER)
        tab.change(Ids.PACE, "value", 3601)
        tab.press(Ids.SAVE_READINGS)
        assert "The least time between updates lies between 0 and 3600 seconds." in tab.words
        assert reread(lab.store, channel) == channel

    def test_who_sees_it_is_stored(self, lab, channel, settings_as):
        tab = settings_as(Standing.ADMIN)
        tab.change(Ids.WHO_SEES, "value", "public")
        tab.press(Ids.SAVE_WHO_SEES)
        assert reread(lab.store, channel).visibility is Visibility.PUBLIC

    def test_staff_archive_it_and_take_it_out_again(self, lab, channel, settings_as):
        tab = settings_as(Standing.STAFF)
        tab.press(Ids.ARCHIVE)
        assert reread(lab.store, channel).archived_at is not None
        assert "Take it out of the archive" in tab.words
        tab.press(Ids.ARCHIVE)
        assert reread(lab.store, channel).archived_at is None


class TestFeedsInSettings:
    def test_they_are_moved_added_and_stored_together(self, lab, channel, settings_as):
        tab, (temperature, door) = settings_as(Standing.EDITOR), (feed.id for feed in channel.feeds)
        tab.press(FULL.id_of(Press.UP, door))
        tab.press(Ids.ADD_FEED)
        tab.change(FULL.id_of(Cell.NAME, -1), "value", "noise")
        tab.change(FULL.id_of(Cell.TITLE, temperature), "value", "Kiln")
        assert names(lab, channel) == ["temperature", "door"]
        tab.press(Ids.SAVE_FEEDS)
        assert names(lab, channel) == ["door", "temperature", "noise"]
        assert reread(lab.store, channel).feeds[1].title == "Kiln"

    def test_what_is_wrong_is_said_and_what_was_typed_stays(self, lab, channel, settings_as):
        tab, temperature = settings_as(Standing.EDITOR), channel.feeds[0].id
        tab.change(FULL.id_of(Cell.NAME, temperature), "value", "a/b")
        tab.press(Ids.SAVE_FEEDS)
        assert "The name contains /." in tab.words
        assert tab.prop(FULL.id_of(Cell.NAME, temperature), "value") == "a/b"
        assert reread(lab.store, channel) == channel

    def test_a_row_taken_away_is_a_feed_taken_away(self, lab, channel, settings_as):
        tab = settings_as(Standing.EDITOR)
        tab.press(FULL.id_of(Press.REMOVE, channel.feeds[1].id))
        tab.press(Ids.SAVE_FEEDS)
        assert names(lab, channel) == ["temperature"]

    def test_a_feed_with_readings_says_that_it_stays(self, lab, channel, settings_as):
        append(lab.store, channel, entry(door="open"))
        tab = settings_as(Standing.EDITOR)
        assert tab.prop(FULL.id_of(Press.REMOVE, channel.feeds[1].id), "disabled")
        tab.change(FULL.id_of(Cell.KIND, channel.feeds[1].id), "value", "number")
        tab.press(Ids.SAVE_FEEDS)
        assert "door holds readings, so it stays a feed of words." in tab.words

    def test_a_feed_that_a_board_made_meanwhile_stays(self, lab, channel, settings_as):
        tab = settings_as(Standing.EDITOR)
        append(lab.store, channel, entry(humidity=50), new_feeds={"humidity": Kind.NUMBER})
        tab.press(Ids.SAVE_FEEDS)
        assert names(lab, channel) == ["temperature", "door", "humidity"]


class TestThinkTwice:
    @pytest.mark.parametrize("typed", ["", None, "otter kiln", "Other"])
    @pytest.mark.parametrize(
        ("button", "field", "fault"),
        [
            (Ids.DELETE, Ids.DELETE_NAME, Ids.DELETE_FAULT),
            (Ids.CLEAR, Ids.CLEAR_NAME, Ids.CLEAR_FAULT),
            (Ids.TRANSFER, Ids.TRANSFER_NAME, Ids.TRANSFER_FAULT),
        ],
    )
    def test_without_the_name_nothing_happens(self, lab, channel, people, settings_as, button, field, fault, typed):
        append(lab.store, channel, entry(temperature=1))
        before = reread(lab.store, channel)
        tab = settings_as(Standing.OWNER)
        tab.change(field, "value", typed)
        tab.press(button)
        assert "Type the channel's name to confirm: Otter kiln" in str(tab.prop(fault))
        assert reread(lab.store, channel) == before
        assert lab.store.ask(memberships.role_of, channel.id, people[Standing.OWNER].id) is Role.OWNER

    def test_clearing_takes_the_readings(self, lab, channel, settings_as):
        append(lab.store, channel, entry(temperature=1))
        tab = settings_as(Standing.OWNER)
        tab.change(Ids.CLEAR_NAME, "value", "Otter kiln")
        tab.press(Ids.CLEAR)
        assert "All readings are cleared." in tab.words
        assert lab.count_rows()["reading"] == 0

    def test_handed_over_the_new_owner_owns_it(self, lab, channel, people, settings_as):
        tab = settings_as(Standing.OWNER)
        tab.change(Ids.HEIR, "value", str(people[Standing.EDITOR].id))
        tab.change(Ids.TRANSFER_NAME, "value", "Otter kiln")
        tab.press(Ids.TRANSFER)
        assert lab.store.ask(memberships.role_of, channel.id, people[Standing.EDITOR].id) is Role.OWNER
        assert lab.store.ask(memberships.role_of, channel.id, people[Standing.OWNER].id) is Role.EDITOR
        assert Ids.DELETE not in tab.ids()

    def test_deleted_it_lies_in_the_bin_and_comes_back(self, lab, channel, people, settings_as, open_as):
        tab = settings_as(Standing.OWNER)
        tab.change(Ids.DELETE_NAME, "value", "Otter kiln")
        tab.press(Ids.DELETE)
        assert tab.prop(Ids.GO, "pathname") == "/mine"
        assert settings_as(Standing.OWNER).status == 404
        bin_tab = open_as(Standing.OWNER, "/mine")
        assert "in 30 days" in bin_tab.words
        bin_tab.press(restore_id(channel.id))
        assert "Otter kiln is back" in bin_tab.words
        assert lab.store.ask(channels.find, viewing(people[Standing.OWNER]), channel.id).name == "Otter kiln"

    def test_a_press_by_somebody_who_was_lowered_meanwhile_changes_nothing(self, lab, channel, people, settings_as):
        make_member(lab.store, channel.id, second := make_person(lab.store, "Second Owner"))
        tab = settings_as(Standing.OWNER)
        owner = people[Standing.OWNER]
        lab.store.tell(memberships.change_role, acting(second), channel.id, owner.id, Role.VIEWER)
        tab.change(Ids.DELETE_NAME, "value", "Otter kiln")
        tab.press(Ids.DELETE)
        assert "Your role in this channel does not allow this." in tab.words
        assert lab.store.ask(deleting.in_bin, viewing(second), context.now()) == []


class TestMine:
    def test_it_lists_what_one_belongs_to(self, open_as):
        tab = open_as(Standing.VIEWER, "/mine")
        assert "Otter kiln" in tab.words
        assert "Viewer" in tab.words

    @pytest.mark.parametrize("standing", [Standing.SIGNED_IN, Standing.STAFF])
    def test_who_belongs_to_none_is_shown_the_way_to_a_first_one(self, open_as, standing):
        assert "No channel of yours yet" in open_as(standing, "/mine").words

    def test_only_who_controls_a_deleted_channel_sees_it_in_the_bin(self, lab, channel, people, open_as):
        lab.store.tell(deleting.put_into_bin, acting(people[Standing.OWNER], at=context.now()), channel.id)
        shows = {each for each in people if "Otter kiln" in open_as(each, "/mine").words}
        assert shows == {Standing.OWNER, Standing.ADMIN}


class TestNewChannel:
    def made(self, lab, person) -> list[Channel]:
        return [each.overview.channel for each in lab.store.ask(mine.list_of, viewing(person), context.now())]

    def test_a_name_is_enough_and_the_code_comes_next(self, lab, people, open_as):
        tab = open_as(Standing.SIGNED_IN, "/mine/new")
        tab.change(New.NAME, "value", "Bee hive")
        tab.press(New.CREATE)
        (made,) = self.made(lab, people[Standing.SIGNED_IN])
        assert (made.name, made.visibility, made.accepts_new_feeds) == ("Bee hive", Visibility.COLLEGE, True)
        assert tab.prop(New.GO, "pathname") == f"/channels/{made.id}/code"

    def test_feeds_named_by_hand_are_there(self, lab, people, open_as):
        tab = open_as(Standing.SIGNED_IN, "/mine/new")
        tab.change(New.NAME, "value", "Bee hive")
        tab.change(New.FEEDS, "value", BY_HAND)
        tab.press(New.ADD)
        tab.change(BRIEF.id_of(Cell.NAME, -1), "value", "weight")
        tab.change(BRIEF.id_of(Cell.UNIT, -1), "value", "kg")
        tab.press(New.CREATE)
        (made,) = self.made(lab, people[Standing.SIGNED_IN])
        assert [(feed.name, feed.unit) for feed in made.feeds] == [("weight", "kg")]
        assert not made.accepts_new_feeds

    @pytest.mark.parametrize(
        ("name", "feed", "said"),
        [
            ("", "weight", "Give the channel a name."),
            ("Bee hive", "a#b", "The name contains #."),
            ("Bee hive", "", "Name one feed at least, or let your board create them."),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_is_made(self, lab, people, open_as, name, feed, said):
        tab = open_as(Standing.SIGNED_IN, "/mine/new")
        tab.change(New.NAME, "value", name)
        tab.change(New.FEEDS, "value", BY_HAND)
        tab.change(BRIEF.id_of(Cell.NAME, -1), "value", feed)
        tab.press(New.CREATE)
        assert said in tab.words
        assert self.made(lab, people[Standing.SIGNED_IN]) == []


class TestTabsOnTheLivePage:
    @pytest.mark.parametrize(
        ("standing", "expected"),
        [
            (Standing.SIGNED_IN, set()),
            (Standing.VIEWER, {"Members"}),
            (Standing.STAFF, {"Members", "Settings"}),
            (Standing.EDITOR, {"Code", "Keys", "Members", "Settings", "Invite"}),
        ],
    )
    def test_they_stand_for_whoever_may_use_one(self, channel, open_as, standing, expected):
        drawn = str(open_as(standing, f"/channels/{channel.id}").prop(live_page.Ids.TABS))
        assert {each for each in ("Code", "Keys", "Members", "Settings", "Invite") if f"'{each}'" in drawn} == expected
