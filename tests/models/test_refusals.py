"""What was refused, counted per channel, minute and kind."""

from __future__ import annotations

import pytest

from domain.roles import Role, Viewer
from domain.timespan import MINUTE, SECOND
from models import channels, refusals
from models.refusals import KEPT, Attempt, Refused
from tests.builders import NOW, refusals_of
from tests.people import make_member, make_person, viewing


def refused(channel, at: int = NOW, code: str = "invalid", detail: str = "No.") -> Refused:
    return Refused(channel.id, at, code, detail)


def lately(store, channel) -> list:
    return store.ask(refusals_of, channel.id)


class TestNote:
    def test_one_kind_of_one_minute_is_one_row_with_the_newest_sentence(self, store, channel):
        store.tell(refusals.note, [refused(channel), refused(channel, NOW + SECOND, detail="Not this either.")])
        assert lately(store, channel) == [(NOW + SECOND, "invalid", 2, "Not this either.")]

    def test_it_counts_on_the_next_time(self, store, channel):
        for second in range(3):
            store.tell(refusals.note, [refused(channel, NOW + second * SECOND)] * 2)
        assert lately(store, channel) == [(NOW + 2 * SECOND, "invalid", 6, "No.")]

    def test_kinds_and_minutes_are_counted_apart(self, store, channel):
        store.tell(
            refusals.note,
            [refused(channel), refused(channel, code="too-fast"), refused(channel, NOW + MINUTE)],
        )
        assert sorted(lately(store, channel)) == [
            (NOW, "invalid", 1, "No."),
            (NOW, "too-fast", 1, "No."),
            (NOW + MINUTE, "invalid", 1, "No."),
        ]

    def test_channels_are_counted_apart(self, store, channel, noise):
        store.tell(refusals.note, [refused(channel), *[refused(each) for each in noise] * 2])
        assert lately(store, channel) == [(NOW, "invalid", 1, "No.")]
        assert lately(store, noise[1]) == [(NOW, "invalid", 2, "No.")]

    def test_a_channel_that_is_gone_is_passed_over(self, store, channel, noise, count_rows):
        store.tell(channels.remove, channel.id)
        store.tell(refusals.note, [refused(channel), refused(noise[0])])
        assert count_rows()["refusal"] == 1

    def test_only_channels_that_are_gone_leave_nothing(self, store, channel, count_rows):
        store.tell(channels.remove, channel.id)
        store.tell(refusals.note, [refused(channel)])
        assert count_rows()["refusal"] == 0

    def test_a_long_sentence_is_cut(self, store, channel):
        store.tell(refusals.note, [refused(channel, detail="x" * 10_000)])
        assert lately(store, channel)[0][3] == "x" * 500

    def test_after_a_week_they_are_forgotten(self, store, channel, noise):
        store.tell(refusals.note, [refused(channel), refused(noise[0])])
        store.tell(refusals.note, [refused(channel, NOW + KEPT + MINUTE)])
        assert [row[0] for row in lately(store, channel)] == [NOW + KEPT + MINUTE]
        assert lately(store, noise[0]) == []

    def test_nothing_to_note_is_no_fault(self, store):
        store.tell(refusals.note, [])


class TestRecent:
    @pytest.fixture
    def editor(self, store, channel) -> Viewer:
        person = make_person(store)
        make_member(store, channel.id, person, Role.EDITOR)
        return viewing(person)

    def recent(self, store, channel, viewer, since: int = NOW - MINUTE, **more) -> list[Attempt]:
        return store.ask(refusals.recent, viewer, channel.id, since=since, **more)

    def test_it_tells_the_newest_of_each_kind_with_its_cure_and_where_it_came_from(self, store, channel, noise, editor):
        newest = ("21,4 is no number.", "Write a point.", "http", "10.0.0.7")
        said = Refused(channel.id, NOW + SECOND, "invalid", *newest)
        store.tell(refusals.note, [refused(channel, detail="Before."), said, refused(noise[0])])
        assert self.recent(store, channel, editor) == [Attempt(NOW + SECOND, "invalid", 2, *newest)]

    def test_the_newest_comes_first(self, store, channel, editor):
        store.tell(refusals.note, [refused(channel, NOW - MINUTE), refused(channel, NOW, "too-fast")])
        assert [each.code for each in self.recent(store, channel, editor)] == ["too-fast", "invalid"]
        assert [each.code for each in self.recent(store, channel, editor, limit=1)] == ["too-fast"]

    def test_what_was_refused_before_is_left_out(self, store, channel, editor):
        store.tell(refusals.note, [refused(channel)])
        assert self.recent(store, channel, editor, since=NOW + 1) == []

    def test_whoever_may_not_contribute_is_told_nothing(self, store, channel):
        store.tell(refusals.note, [refused(channel)])
        viewer = make_person(store, "Ben Heron")
        make_member(store, channel.id, viewer, Role.VIEWER)
        admin = viewing(make_person(store, "Cleo Swift"), is_admin=True)
        assert [self.recent(store, channel, each) for each in (viewing(viewer), admin, Viewer.visitor())] == [[]] * 3
