"""How rights stand now, asked for many at once, among other people's channels."""

from __future__ import annotations

import pytest

from domain.channels import Visibility
from domain.roles import Role, Viewer
from models import channel_settings, channels, deleting, sessions, standings
from tests.builders import NOW, make_channel, make_noise, reread
from tests.people import acting, begin_session, make_member, make_person, viewing


@pytest.fixture
def ada(store):
    return make_person(store)


@pytest.fixture
def channel(store, ada):
    """Ada's own, which nobody else sees."""
    make_noise(store)
    channel = make_channel(store, "Otter kiln", visibility=Visibility.MEMBERS)
    make_member(store, channel.id, ada, Role.OWNER)
    return channel


class TestSeen:
    def test_it_tells_the_versions_of_what_the_viewer_sees(self, store, channel, ada):
        others = {each.id: each for each in store.ask(channels.every) if each.id != channel.id}
        store.tell(channels.touch, channel.id)
        asked = [channel.id, *others, 999_999]
        public = {each.id: each.version for each in others.values() if each.visibility is Visibility.PUBLIC}
        college = {each.id: each.version for each in others.values() if each.visibility is Visibility.COLLEGE}
        assert store.ask(standings.seen, Viewer.visitor(), asked) == public
        mine = {channel.id: reread(store, channel).version}
        assert store.ask(standings.seen, viewing(ada), asked) == public | college | mine

    def test_nothing_that_is_not_asked_for(self, store, channel, ada):
        assert store.ask(standings.seen, viewing(ada), []) == {}

    def test_what_lies_in_the_bin_is_seen_by_nobody(self, store, channel, ada):
        store.tell(deleting.put_into_bin, acting(ada), channel.id)
        assert store.ask(standings.seen, viewing(ada), [channel.id]) == {}


class TestWall:
    def test_it_is_another_word_when_a_channel_comes_or_goes(self, store, channel, ada):
        said = [store.ask(standings.wall, viewing(ada))]
        made = make_channel(store, "College lake", visibility=Visibility.COLLEGE)
        said.append(store.ask(standings.wall, viewing(ada)))
        make_member(store, made.id, ada, Role.OWNER)
        store.tell(deleting.put_into_bin, acting(ada), channel.id)
        said.append(store.ask(standings.wall, viewing(ada)))
        assert len(set(said)) == 3

    def test_it_is_the_same_for_whom_nothing_changed(self, store, channel, ada):
        before = store.ask(standings.wall, Viewer.visitor())
        make_channel(store, "College lake", visibility=Visibility.COLLEGE)
        assert store.ask(standings.wall, Viewer.visitor()) == before

    def test_a_channel_made_public_is_news_to_visitors(self, store, channel, ada):
        before = store.ask(standings.wall, Viewer.visitor())
        store.tell(channel_settings.show_to, acting(ada), channel.id, Visibility.PUBLIC)
        assert store.ask(standings.wall, Viewer.visitor()) != before

    def test_an_empty_wall_has_a_word_too(self, store):
        assert store.ask(standings.wall, Viewer.visitor())


class TestHolding:
    def test_it_is_those_that_are_neither_ended_nor_over(self, store, ada):
        ben = make_person(store, "Ben Wren")
        carried = [begin_session(store, each, NOW) for each in (ada, ada, ben)]
        ids = [store.ask(sessions.find, each, NOW).id for each in carried]
        store.tell(sessions.revoke, ada.id, ids[0], NOW)
        assert store.ask(sessions.holding, [*ids, 999], NOW) == {ids[1], ids[2]}
        assert store.ask(sessions.holding, ids[2:], NOW) == {ids[2]}
        assert store.ask(sessions.holding, ids, NOW + sessions.IDLE + 1) == set()
