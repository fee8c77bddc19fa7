"""What stands on a wall: each filter among other people's channels, searching, pages, what stays while one looks."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, update

from domain.channels import Visibility
from domain.describing import About
from domain.roles import Role, Viewer
from domain.status import Status, status_of
from domain.timespan import HOUR, MINUTE, SECOND
from domain.wall_selection import Show, WallSelection, folded
from models import channel_settings, channels, deleting, standings, stars, walls
from models.schema import feed as feed_table
from models.schema import refusal
from models.store import Store
from tests.builders import NOW, append, entry, make_channel, reread
from tests.people import acting, enrol, make_course, make_member, make_person, viewing


@dataclass(frozen=True, slots=True)
class Wall:
    """Looks at the wall of one viewer."""

    store: Store
    viewer: Viewer

    def listing(self, kept=(), *, now: int = NOW, **narrowed) -> walls.Listing:
        return self.store.ask(walls.listing, self.viewer, WallSelection(**narrowed), now=now, kept=kept)

    def names(self, **narrowed) -> list[str]:
        return [self.store.ask(channels.known, each).name for each in self.listing(**narrowed).channel_ids]


@pytest.fixture
def ada(store, noise):
    return make_person(store)


@pytest.fixture
def wall(store, ada):
    return Wall(store, viewing(ada))


@pytest.fixture
def visitors(store, ada):
    return Wall(store, Viewer.visitor())


def speak(store, channel, *ago_s: float) -> None:
    """Let the channel be heard at these moments, the oldest first."""
    for each in ago_s:
        at = NOW - round(each * SECOND)
        append(store, reread(store, channel), entry(at, temperature=1.0), received_at=at)


def describe(store, person, channel, **about) -> None:
    store.tell(channel_settings.describe, acting(person), channel.id, About(channel.name, **about))


class TestWhoSeesWhat:
    def test_nobody_is_shown_what_they_may_not_see(self, wall, visitors):
        assert sorted(wall.names()) == ["Noise college", "Noise public"]
        assert visitors.names() == ["Noise public"]

    @pytest.mark.parametrize("show", Show)
    def test_no_filter_shows_it_either(self, store, wall, visitors, noise, show):
        for each in noise:
            store.tell(lambda connection, of=each.id: connection.execute(insert(refusal).values(refused(of))))
        told = {*wall.names(show=show), *wall.names(show=show, search="noise"), *visitors.names(show=show)}
        assert "Noise members" not in told

    def test_neither_does_a_star_from_before(self, store, wall, ada, noise):
        channel = noise[1]
        store.tell(stars.toggle, acting(ada), channel.id)
        assert wall.names(show=Show.STARRED) == ["Noise college"]
        hidden = {"visibility": str(Visibility.MEMBERS)}
        table = channels.schema.channel
        store.tell(lambda connection: connection.execute(update(table).where(table.c.id == channel.id).values(hidden)))
        assert wall.names(show=Show.STARRED) == []

    def test_archived_channels_and_those_in_the_bin_do_not_stand_there(self, store, wall, ada):
        for name in ("binned", "archived", "kept"):
            channel = make_channel(store, name)
            make_member(store, channel.id, ada, Role.OWNER)
            if name == "binned":
                store.tell(deleting.put_into_bin, acting(ada), channel.id)
            if name == "archived":
                store.tell(channel_settings.archive, acting(ada, is_admin=True), channel.id, True)
        assert wall.names(show=Show.MINE) == ["kept"]


class TestFilters:
    def test_mine_are_those_i_am_a_member_of(self, store, wall, visitors, ada):
        for role in Role:
            make_member(store, make_channel(store, str(role), visibility=Visibility.MEMBERS).id, ada, role)
        make_member(store, make_channel(store, "somebody else's").id, make_person(store, "Ben Wren"))
        assert wall.names(show=Show.MINE) == [str(role) for role in Role]
        assert visitors.names(show=Show.MINE) == []

    def test_starred_are_those_with_my_star(self, store, wall, visitors, ada, noise):
        store.tell(stars.toggle, acting(ada), noise[0].id)
        store.tell(stars.toggle, acting(make_person(store, "Ben Wren")), noise[1].id)
        assert wall.names(show=Show.STARRED) == ["Noise public"]
        assert visitors.names(show=Show.STARRED) == []

    def test_of_a_course_are_its_channels(self, store, wall, ada):
        course_id, other = make_course(store), make_course(store, "ART1")
        enrol(store, course_id, ada)
        make_channel(store, "of the course", course_id=course_id)
        make_channel(store, "of another", course_id=other)
        assert wall.names(course_id=course_id) == ["of the course"]

    def test_with_a_tag_are_those_with_the_whole_tag(self, store, wall, ada):
        for name, tags in {"a": ("kiln", "otter"), "b": ("kilns",), "c": ("k_ln",)}.items():
            channel = make_channel(store, name)
            make_member(store, channel.id, ada)
            describe(store, ada, channel, tags=tags)
        assert wall.names(tag="kiln") == wall.names(tag="KILN") == ["a"]
        assert wall.names(tag="k_ln") == ["c"]
        assert wall.names(tag="%") == []

    def test_all_that_is_said_must_hold(self, store, wall, ada):
        course_id = make_course(store)
        both = make_channel(store, "both", course_id=course_id)
        make_channel(store, "of the course", course_id=course_id)
        make_member(store, both.id, ada)
        assert wall.names(show=Show.MINE, course_id=course_id) == ["both"]


class TestNeedsAttention:
    @pytest.fixture
    def channel(self, store):
        return make_channel(store, expected_interval_s=10)

    @pytest.mark.parametrize(
        ("ago_s", "is_shown"), [(1, False), (19, False), (21, True), (49, True), (51, True), (86_400, True)]
    )
    def test_late_and_silent_ones(self, store, wall, channel, ago_s, is_shown):
        speak(store, channel, ago_s)
        assert wall.names(show=Show.ATTENTION, search="Greenhouse") == ["Greenhouse"] * is_shown

    def test_one_that_never_spoke_was_not_lost(self, wall, channel):
        assert "Greenhouse" not in wall.names(show=Show.ATTENTION)

    @pytest.mark.parametrize(("ago", "is_shown"), [(MINUTE, True), (6 * MINUTE, False)])
    def test_one_that_was_refused_lately(self, store, wall, channel, ago, is_shown):
        row = refused(channel.id, NOW - ago)
        store.tell(lambda connection: connection.execute(insert(refusal).values(row)))
        assert ("Greenhouse" in wall.names(show=Show.ATTENTION)) is is_shown

    def test_the_last_heard_come_first(self, store, wall):
        for name, ago_s in {"long ago": 9000, "just now": 300, "a while ago": 600}.items():
            speak(store, make_channel(store, f"lost {name}", expected_interval_s=10), ago_s)
        assert wall.names(show=Show.ATTENTION, search="lost") == ["lost just now", "lost a while ago", "lost long ago"]

    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        heard=st.lists(st.lists(st.integers(0, 400), max_size=4), min_size=1, max_size=6),
        expected=st.none() | st.sampled_from([1.0, 10.0, 60.0]),
    )
    def test_they_are_those_whose_chip_says_so(self, store, wall, heard, expected):
        for gaps in heard:
            channel = make_channel(store, "tried", expected_interval_s=expected)
            speak(store, channel, *sorted(gaps, reverse=True))
        every = store.ask(channels.overviews, wall.viewer, now=NOW, limit=10_000)
        trouble = {Status.LATE, Status.SILENT, Status.REFUSED}
        wanted = {each.channel.id for each in every if status_of(each.pulse, NOW) in trouble}
        found: set[int] = set()
        for page in range(1, wall.listing(show=Show.ATTENTION).pages + 1):
            found |= {*wall.listing(show=Show.ATTENTION, page=page).channel_ids}
        assert found == wanted


class TestSearch:
    @pytest.fixture
    def kiln(self, store, ada):
        channel = make_channel(store, "Ötter kiln", feeds=("flue:°C", "hatch:text"), team="Finch & Söhne")
        make_member(store, channel.id, ada)
        describe(store, ada, channel, description="Clay at 1000 °C.", tags=("firing",))
        return channel

    @pytest.mark.parametrize(
        "search",
        ["ötter", "OTTER", "kiln", "iln", "clay", "firing", "söhne", "sohne", "flue", "hatch", "kiln hatch", "1000 °c"],
    )
    def test_it_looks_in_name_description_team_tags_and_feeds(self, wall, kiln, search):
        assert wall.names(search=search) == [kiln.name]

    @pytest.mark.parametrize("search", ["glaze", "kiln glaze", "%", "_"])
    def test_every_word_must_be_found_as_it_is(self, wall, kiln, search):
        assert wall.names(search=search) == []

    def test_a_hidden_feed_is_not_found(self, store, wall, kiln):
        hide = update(feed_table).where(feed_table.c.channel_id == kiln.id, feed_table.c.name == "hatch")
        store.tell(lambda connection: connection.execute(hide.values(is_hidden=True)))
        assert wall.names(search="ötter hatch") == []

    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(names=st.lists(st.text("aäAÄßsz %_", min_size=1, max_size=6), max_size=4), search=st.text("aäAÄßsz %_"))
    def test_it_is_what_comparing_one_by_one_finds(self, store, wall, names, search):
        made = {make_channel(store, name).id: name for name in names}
        wanted = {
            each for each, name in made.items() if all(word in folded(f"{name} temperature") for word in words(search))
        }
        found = {*wall.listing(search=search).channel_ids} & {*made}
        assert found == wanted or wall.listing(search=search).pages > 1


def words(search: str) -> tuple[str, ...]:
    return WallSelection(search=search).words


class TestOrder:
    def test_those_heard_lately_come_first_and_keep_their_order(self, store, wall):
        made = [make_channel(store, f"ordered {each}") for each in range(3)]
        speak(store, made[2], 60)
        speak(store, made[0], 3600)
        assert wall.names(search="ordered") == ["ordered 2", "ordered 0", "ordered 1"]


class TestPages:
    @pytest.fixture
    def many(self, store):
        return [make_channel(store, f"many {each}").id for each in range(walls.A_PAGE + 5)]

    def test_a_page_holds_so_many_and_the_last_the_rest(self, wall, many):
        first, second = (wall.listing(search="many", page=page) for page in (1, 2))
        assert [*first.channel_ids, *second.channel_ids] == many
        assert (first.total, first.page, first.pages) == (65, 1, 2)
        assert len(first.channel_ids) == walls.A_PAGE

    def test_beyond_the_last_is_the_last(self, wall, many):
        assert wall.listing(search="many", page=9) == wall.listing(search="many", page=2)

    def test_a_wall_with_nothing_on_it_has_one_page(self, wall):
        found = wall.listing(search="no such thing", page=3)
        assert (found.channel_ids, found.total, found.page, found.pages) == ((), 0, 1, 1)


class TestWhatStays:
    def test_what_one_looks_at_keeps_its_place_and_new_ones_come_after(self, store, wall):
        first, second, third = (make_channel(store, f"frozen {each}").id for each in range(3))
        assert wall.listing([second, first], search="frozen").channel_ids == (second, first, third)

    def test_it_stays_even_when_it_matches_no_more(self, store, wall, ada, noise):
        store.tell(stars.toggle, acting(ada), noise[0].id)
        found = wall.listing([noise[0].id, noise[1].id], show=Show.STARRED)
        assert (found.channel_ids, found.total) == ((noise[0].id, noise[1].id), 1)

    def test_it_goes_with_the_right_to_see_it(self, wall, noise):
        assert noise[2].id not in wall.listing([noise[2].id, noise[0].id]).channel_ids

    def test_a_full_page_stays_as_it_is(self, store, wall):
        shown = [make_channel(store, f"full {each}").id for each in range(walls.A_PAGE)]
        speak(store, make_channel(store, "full and new"), 1)
        found = wall.listing(shown, search="full")
        assert (list(found.channel_ids), found.total, found.pages) == (shown, 61, 2)


class TestWord:
    @pytest.mark.parametrize("narrowed", [{}, {"search": "new"}, {"show": Show.MINE}])
    def test_it_is_another_one_when_a_channel_comes_that_matches(self, store, wall, ada, narrowed):
        selection = WallSelection(**narrowed)
        before = store.ask(walls.word, wall.viewer, selection, NOW)
        make_member(store, make_channel(store, "new").id, ada)
        after = store.ask(walls.word, wall.viewer, selection, NOW)
        assert before != after == wall.listing(**narrowed).word

    def test_what_does_not_match_does_not_change_it(self, store, wall):
        before = store.ask(walls.word, wall.viewer, WallSelection(search="kiln"), NOW)
        make_channel(store, "Greenhouse")
        assert store.ask(walls.word, wall.viewer, WallSelection(search="kiln"), NOW) == before

    def test_of_the_whole_wall_it_is_the_one_that_everybody_is_told(self, store, wall):
        assert wall.listing().word == store.ask(standings.wall, wall.viewer)


class TestTags:
    def test_they_are_those_of_channels_one_sees(self, store, wall, ada):
        ben = make_person(store, "Ben Wren")
        for name, tags, seen in (
            ("a", ("kiln", "otter"), Visibility.PUBLIC),
            ("b", ("kiln",), Visibility.COLLEGE),
            ("c", ("secret",), Visibility.MEMBERS),
        ):
            channel = make_channel(store, name, visibility=seen)
            make_member(store, channel.id, ben)
            describe(store, ben, channel, tags=tags)
        assert store.ask(walls.tags, wall.viewer) == ["kiln", "otter"]

    def test_of_a_course_they_are_its_channels_own(self, store, wall, ada):
        course_id = make_course(store)
        for name, placed in (("of", course_id), ("not-of", None)):
            channel = make_channel(store, name, course_id=placed)
            make_member(store, channel.id, ada)
            describe(store, ada, channel, tags=(name,))
        assert store.ask(walls.tags, wall.viewer, course_id) == ["of"]


class TestMessagesASecond:
    def rate(self, store, *channels_asked, now: int = NOW) -> float:
        return store.ask(walls.messages_a_second, [each.id for each in channels_asked], now)

    def test_it_counts_what_came_within_ten_seconds(self, store, noise, channel):
        speak(store, channel, *(each / 2 for each in range(40, 0, -1)))
        assert self.rate(store, channel) == 2.0

    def test_a_few_are_counted_over_a_minute(self, store, noise, channel):
        speak(store, channel, 90, 50, 30, 9)
        assert self.rate(store, channel) == 3 / 60

    def test_channels_add_up_and_others_do_not_count(self, store, noise, channel):
        other = make_channel(store, "other")
        for each in (channel, other):
            speak(store, each, *(place / 2 for place in range(20, 0, -1)))
        assert self.rate(store, channel, other) == 4.0

    def test_nothing_came(self, store, channel):
        speak(store, channel, 3600)
        assert self.rate(store, channel) == 0.0
        assert self.rate(store, channel, now=NOW + HOUR) == 0.0
        assert self.rate(store) == 0.0


def refused(channel_id: int, at: int = NOW) -> dict:
    return {"channel_id": channel_id, "minute": at - at % MINUTE, "code": "invalid", "count": 1, "detail": "", "at": at}
