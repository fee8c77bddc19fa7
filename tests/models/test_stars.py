"""Stars: given, taken away, each person's own, and no way to learn of what one may not see."""

from __future__ import annotations

import pytest

from domain.channels import Visibility
from domain.errors import NotFound
from domain.roles import Viewer
from models import channels, own_data, privacy, stars
from tests.builders import make_channel
from tests.people import acting, viewing


@pytest.fixture
def toggle(store):
    return lambda person, channel_id: store.tell(stars.toggle, acting(person), channel_id)


@pytest.fixture
def starred(store):
    return lambda person: store.ask(stars.of, viewing(person))


class TestToggle:
    def test_it_gives_and_takes_away(self, channel, stranger, toggle, starred):
        assert toggle(stranger, channel.id) is True
        assert starred(stranger) == {channel.id}
        assert toggle(stranger, channel.id) is False
        assert starred(stranger) == set()

    def test_it_is_nobody_elses_matter(self, store, channel, stranger, owner, toggle, starred):
        toggle(owner, channel.id)
        assert starred(stranger) == set()
        assert store.ask(stars.of, Viewer.visitor()) == set()

    def test_what_one_may_not_see_gets_no_star(self, store, stranger, toggle, starred):
        hidden = make_channel(store, visibility=Visibility.MEMBERS)
        for channel_id in (hidden.id, 999_999):
            with pytest.raises(NotFound):
                toggle(stranger, channel_id)
        assert starred(stranger) == set()

    def test_it_changes_nothing_of_the_channel(self, store, channel, stranger, toggle):
        toggle(stranger, channel.id)
        assert store.ask(channels.known, channel.id) == channel


class TestWhatEnds:
    def test_with_the_channel_its_stars_go(self, store, channel, stranger, toggle, starred):
        toggle(stranger, channel.id)
        store.tell(channels.remove, channel.id)
        assert starred(stranger) == set()

    def test_with_the_person_their_stars_go(self, store, channel, stranger, owner, toggle, count_rows):
        for person in (stranger, owner):
            toggle(person, channel.id)
        store.tell(privacy.erase, acting(stranger), {})
        assert count_rows()["star"] == 1

    def test_they_are_among_what_is_kept_of_somebody(self, store, channel, stranger, toggle):
        toggle(stranger, channel.id)
        kept = store.tell(own_data.everything_about, acting(stranger))["stars"]
        assert [each["channel"] for each in kept] == [channel.name]
