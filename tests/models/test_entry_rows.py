"""Entries as rows, compared with a naive look through everything that was sent."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.channels import Visibility
from domain.errors import NotFound
from domain.readings import Door, NewEntry, NewReading, Position
from domain.roles import Viewer
from domain.spelling import spelled
from domain.timespan import SECOND, TimeSpan
from models import entry_rows, readings
from models.entry_rows import EntryRow
from tests.builders import ALWAYS, NOW, append, entry, make_channel, reread

VISITOR = Viewer.visitor()
ON_STORED = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

INSTANTS = st.integers(-20, 20).map(lambda half: NOW + half * SECOND // 2)
SENT = st.tuples(
    INSTANTS,
    st.none() | st.floats(-100, 100),
    st.none() | st.sampled_from(["open", "shut", ""]),
    st.none() | st.just("all is well"),
    st.none() | st.just(Position(48.5, 9.25)) | st.just(Position(48.5, 9.25, 340.0)),
)
MESSAGES = st.lists(st.lists(SENT, min_size=1, max_size=6), max_size=6)
SPANS = st.tuples(INSTANTS, INSTANTS).map(lambda ends: TimeSpan(min(ends), max(ends)))
LIMITS = st.integers(0, 30)


def stored(store, messages) -> tuple[object, list[EntryRow]]:
    """A channel that was sent these messages, and the rows that should be seen; no feed gets one instant twice."""
    made = make_channel(store, feeds=("temperature", "door:text", "spare"))
    ids = {feed.name: feed.id for feed in made.feeds}
    seen: set[tuple[str, int]] = set()
    rows: list[EntryRow] = []
    for message in messages:
        entries = []
        for at, number, word, status, position in message:
            said = {"temperature": number, "door": word}
            said = {feed: value for feed, value in said.items() if value is not None and (feed, at) not in seen}
            seen |= {(feed, at) for feed in said}
            entries.append(entry(at, status=status, position=position, **said))
            texts = {ids[feed]: value if isinstance(value, str) else spelled(value) for feed, value in said.items()}
            rows.append(EntryRow(len(rows) + 1, at, texts, status, position))
        append(store, made, *entries)
    return made, sorted(rows, key=lambda row: row.place)


def newest(store, channel, span=ALWAYS, limit=100, viewer=VISITOR) -> list[EntryRow]:
    return list(store.ask(entry_rows.newest, viewer, channel.id, span, limit).rows)


def numbered(store, channel, first, last, limit=100) -> list[EntryRow]:
    return list(store.ask(entry_rows.numbered, VISITOR, channel.id, first, last, limit).rows)


def last(store, channel, feed_id=None) -> list[EntryRow]:
    return list(store.ask(entry_rows.last, VISITOR, channel.id, feed_id).rows)


class TestNewest:
    @ON_STORED
    @given(MESSAGES, SPANS, LIMITS)
    def test_they_are_the_last_ones_of_the_span_each_whole(self, store, messages, span, limit):
        channel, rows = stored(store, messages)
        within = [row for row in rows if span.start <= row.at < span.end]
        assert newest(store, channel, span, limit) == within[len(within) - min(limit, len(within)) :]

    def test_they_are_of_no_other_channel(self, store, channel):
        append(store, channel, entry(NOW, temperature=21.5, door="open"))
        assert [list(row.values.values()) for row in newest(store, channel)] == [["21.5", "open"]]

    def test_a_number_reads_back_as_the_text_that_was_sent(self, store, channel):
        append(store, channel, NewEntry(NOW, [NewReading("temperature", 21.5, "21.50")]))
        assert [list(row.values.values()) for row in newest(store, channel)] == [["21.50"]]

    @pytest.mark.parametrize("door", Door)
    def test_entries_of_every_door_count(self, store, channel, door):
        append(store, channel, entry(NOW, temperature=0), entry(NOW + SECOND, status="resting"), door=door)
        assert [(row.entry_id, row.status) for row in newest(store, channel)] == [(1, None), (2, "resting")]

    def test_entries_that_brought_nothing_count(self, store, channel):
        append(store, channel, entry(NOW), entry(NOW + SECOND), entry(NOW + 2 * SECOND, temperature=1))
        assert newest(store, channel)[:2] == [EntryRow(1, NOW), EntryRow(2, NOW + SECOND)]

    def test_an_entry_whose_readings_were_deleted_is_gone(self, store, channel):
        append(store, channel, entry(NOW, temperature=1), entry(NOW + SECOND, temperature=2))
        ids = [feed.id for feed in channel.feeds]
        store.tell(readings.delete_span, channel.id, ids, TimeSpan(NOW, NOW + 1))
        assert [row.entry_id for row in newest(store, channel)] == [2]


class TestNumbered:
    @ON_STORED
    @given(MESSAGES, st.integers(-3, 40), st.integers(-3, 40), LIMITS)
    def test_they_are_those_with_the_highest_numbers_in_the_order_of_time(self, store, messages, low, high, limit):
        channel, rows = stored(store, messages)
        asked = sorted((row for row in rows if low <= row.entry_id <= high), key=lambda row: row.entry_id)
        kept = sorted(asked[len(asked) - min(limit, len(asked)) :], key=lambda row: row.place)
        assert numbered(store, channel, low, high, limit) == kept

    def test_numbers_that_lie_far_apart_in_time_are_all_found(self, store, channel):
        far = [entry(NOW - 10**13 * (each % 40), temperature=each, status="alone") for each in range(60)]
        for each in far[:40]:
            append(store, channel, each)
        assert [row.entry_id for row in numbered(store, channel, 1, 40)] == list(range(40, 0, -1))


class TestLast:
    @ON_STORED
    @given(MESSAGES)
    def test_it_is_the_one_with_the_highest_number(self, store, messages):
        channel, rows = stored(store, messages)
        assert last(store, channel) == sorted(rows, key=lambda row: row.entry_id)[-1:]

    @ON_STORED
    @given(MESSAGES)
    def test_of_a_feed_it_is_the_one_that_has_a_value_for_it(self, store, messages):
        channel, rows = stored(store, messages)
        feed_id = channel.feeds[0].id
        carrying = [row for row in sorted(rows, key=lambda row: row.entry_id) if feed_id in row.values]
        assert last(store, channel, feed_id) == carrying[-1:]

    def test_a_value_is_found_however_many_entries_came_without_it(self, store, channel):
        append(store, channel, entry(NOW, temperature=0), *[entry(NOW + each, door="open") for each in range(1, 301)])
        assert [row.entry_id for row in last(store, channel, channel.feeds[0].id)] == [1]

    def test_where_the_newest_is_gone_it_is_the_newest_there_is(self, store, channel):
        append(store, channel, *[entry(NOW + each, temperature=each) for each in range(300)])
        ids = [feed.id for feed in channel.feeds]
        store.tell(readings.delete_span, channel.id, ids, TimeSpan(NOW + 50, NOW + 300))
        assert [row.entry_id for row in last(store, channel)] == [50]

    def test_a_feed_of_another_channel_has_none(self, store, noise, channel):
        append(store, channel, entry(NOW, temperature=1))
        assert last(store, channel, noise[0].feeds[0].id) == []


class TestPieces:
    @ON_STORED
    @given(MESSAGES, st.integers(1, 5))
    def test_together_they_are_everything_once(self, store, messages, many):
        channel, rows = stored(store, messages)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(entry_rows, "IN_A_PIECE", many)
            pieces = list(entry_rows.pieces(store, VISITOR, channel.id))
        assert [row for piece in pieces for row in piece.rows] == rows


QUESTIONS = {
    "newest": lambda store, viewer, channel_id: store.ask(entry_rows.newest, viewer, channel_id, ALWAYS, 9),
    "numbered": lambda store, viewer, channel_id: store.ask(entry_rows.numbered, viewer, channel_id, 1, 9, 9),
    "last": lambda store, viewer, channel_id: store.ask(entry_rows.last, viewer, channel_id),
    "pieces": lambda store, viewer, channel_id: next(entry_rows.pieces(store, viewer, channel_id)),
}


class TestWhoMaySeeThem:
    @pytest.mark.parametrize("question", QUESTIONS)
    def test_a_key_shows_its_own_channel_and_no_other(self, store, question):
        private = make_channel(store, visibility=Visibility.MEMBERS)
        append(store, private, entry(NOW, temperature=1))
        ask = QUESTIONS[question]
        assert len(ask(store, Viewer.with_key_of(private.id), private.id).rows) == 1
        for viewer in (VISITOR, Viewer.with_key_of(private.id + 1)):
            with pytest.raises(NotFound):
                ask(store, viewer, private.id)

    def test_the_head_tells_how_far_the_channel_is(self, store, channel):
        append(store, channel, entry(NOW, temperature=1))
        assert store.ask(entry_rows.newest, VISITOR, channel.id, ALWAYS, 9).channel == reread(store, channel)
