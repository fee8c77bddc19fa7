"""Channels as a list: what each may see, page by page."""

from __future__ import annotations

from domain.channels import Visibility
from domain.roles import Viewer
from models import catalogue
from models.catalogue import Wanted
from tests.builders import make_channel
from tests.people import make_course, make_member, make_person, viewing

VISITOR = Viewer.visitor()


def names(store, viewer=VISITOR, wanted=Wanted(), after=0, limit=100):  # noqa: B008 (it is frozen)
    return [channel.name for channel in store.ask(catalogue.page, viewer, wanted, after, limit)]


class TestPage:
    def test_each_is_told_of_what_they_may_see(self, store, noise):
        person = make_person(store)
        own = make_channel(store, "Own", visibility=Visibility.MEMBERS)
        make_member(store, own.id, person)
        make_channel(store, "Others", visibility=Visibility.MEMBERS)
        assert names(store) == ["Noise public"]
        assert names(store, viewing(person)) == ["Noise public", "Noise college", "Own"]
        assert names(store, Viewer.with_key_of(own.id)) == ["Noise public", "Own"]

    def test_a_page_goes_on_after_the_one_before(self, store):
        made = [make_channel(store, f"Channel {number}") for number in range(5)]
        assert names(store, after=made[1].id, limit=2) == ["Channel 2", "Channel 3"]

    def test_its_feeds_come_along(self, store, channel, noise):
        found = store.ask(catalogue.page, VISITOR, Wanted(), channel.id - 1, 1)
        assert [feed.name for feed in found[0].feeds] == ["temperature", "door"]

    def test_narrowed_to_a_course_or_ones_own(self, store, noise):
        person, course_id = make_person(store), make_course(store)
        make_channel(store, "Taught", course_id=course_id)
        make_member(store, make_channel(store, "Own").id, person)
        assert names(store, wanted=Wanted(course_id=course_id)) == ["Taught"]
        assert names(store, viewing(person), Wanted(is_mine=True)) == ["Own"]
        assert names(store, wanted=Wanted(is_mine=True)) == []
