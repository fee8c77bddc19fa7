"""How much is stored: counted exactly, whatever the feeds hold; bytes near what the database takes."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from domain.channels import Visibility
from domain.errors import NotFound
from domain.roles import Standing
from domain.timespan import DAY, SECOND, TimeSpan
from models import removals, storage
from tests.builders import NOW, append, entry, make_channel, reread
from tests.models.test_removals import finish
from tests.people import make_course
from tests.standings import everybody

SIZE = {
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    "postgresql": "SELECT sum(pg_total_relation_size(name::regclass)) "
    "FROM unnest(array['reading', 'rollup', 'entry']) name",
}


@pytest.fixture
def channel(store, noise, course_id):
    made = make_channel(
        store,
        feeds=("temperature", "door:text", "probe:mixed", "spare"),
        visibility=Visibility.COLLEGE,
        course_id=course_id,
    )
    for number in range(10):
        append(store, made, entry(NOW + number * SECOND, temperature=1, probe="off" if number < 4 else number))
    append(store, made, entry(NOW + DAY, door="open"))
    return reread(store, made)


@pytest.fixture
def by(store, channel, course_id):
    return everybody(store, channel.id, course_id)


class TestOfChannel:
    def test_it_counts_each_feed(self, store, channel, by):
        found = store.ask(storage.of_channel, by[Standing.VIEWER].viewer, channel.id)
        counted = {each.feed.name: (each.stored.readings, each.first_at, each.last_at) for each in found.feeds}
        assert counted == {
            "temperature": (10, NOW, NOW + 9 * SECOND),
            "door": (1, NOW + DAY, NOW + DAY),
            "probe": (10, NOW, NOW + 9 * SECOND),
            "spare": (0, None, None),
        }
        assert found.stored.readings == 21
        assert found.stored.size_bytes > sum(each.stored.size_bytes for each in found.feeds) > 0

    def test_what_can_be_put_back_counts_apart(self, store, channel, by):
        owner = by[Standing.OWNER]
        before = store.ask(storage.of_channel, owner.viewer, channel.id).stored
        begun = store.tell(removals.begin, owner, channel.id, ["temperature"], TimeSpan(NOW, NOW + 5 * SECOND))
        finish(store, begun.id)
        after = store.ask(storage.of_channel, owner.viewer, channel.id).stored
        assert (before.readings, before.removed) == (21, 0)
        assert (after.readings, after.removed) == (16, 5)

    def test_others_do_not_find_it(self, store, channel, by):
        with pytest.raises(NotFound):
            store.ask(storage.of_channel, by[Standing.VISITOR].viewer, channel.id)


class TestOfChannels:
    def test_an_empty_one_holds_nothing(self, store):
        made = make_channel(store, "Empty", feeds=())
        assert store.ask(storage.of_channels, [made.id]) == {made.id: storage.Stored()}

    def test_of_none_there_is_nothing(self, store):
        assert store.ask(storage.of_channels, []) == {}

    def test_the_bytes_are_near_what_the_database_takes(self, store):
        def size():
            return int(
                store.ask(lambda connection: connection.execute(text(SIZE[store.engine.dialect.name])).scalar_one())
            )

        if not store.is_sqlite:  # nothing is to be put where rows of tests before stood
            store.tell(lambda connection: connection.exec_driver_sql("TRUNCATE reading, rollup, entry CASCADE"))
        made = make_channel(store, feeds=("temperature", "door:text"))
        before = size()
        for start in range(0, 20_000, 1000):
            sent = [entry(NOW + at * SECOND, temperature=at / 3, door="open") for at in range(start, start + 1000)]
            append(store, made, *sent)
        grown = size() - before
        assert 0.5 * grown < store.ask(storage.of_channels, [made.id])[made.id].size_bytes < 2 * grown


class TestOfCourse:
    def test_staff_see_its_channels_the_largest_first(self, store, channel, by, course_id):
        small = make_channel(store, "Small", course_id=course_id)
        make_channel(store, "Elsewhere", course_id=make_course(store, "ART1"))
        found = store.ask(storage.of_course, by[Standing.STAFF].viewer, course_id)
        assert [(one.channel_id, one.stored.readings) for one in found] == [(channel.id, 21), (small.id, 0)]

    @pytest.mark.parametrize("standing", [Standing.OWNER, Standing.SIGNED_IN, Standing.VISITOR])
    def test_others_see_none(self, store, channel, by, course_id, standing):
        assert store.ask(storage.of_course, by[standing].viewer, course_id) == []
