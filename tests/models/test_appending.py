"""What is new, what repeats, what contradicts; and which entry gets which number."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from domain.errors import Conflict, Invalid
from domain.readings import Door, Kind, NewEntry, NewReading, Position
from domain.roles import Viewer
from domain.timespan import HOUR, SECOND
from models import answers, keys, readings
from models.appending import MOST_FEEDS, Stale
from models.schema import entry as entry_table
from models.schema import reading as reading_table
from models.writer import store_together
from tests.builders import ALWAYS, NOW, VAULT, append, entry, make_channel, make_key, reread, submission

KEY = "THE-BOARDS-OWN-1"
LATER = NOW + SECOND


def stored(store, channel) -> list[tuple]:
    """(feed, at, value or text, entry id) of all a channel holds, ascending in time."""
    rows = store.ask(readings.between, Viewer.with_key_of(channel.id), channel.id, None, ALWAYS, 100_000)
    return [(row.feed.name, row.at, row.text if row.value is None else row.value, row.entry_id) for row in rows]


def runs(store, channel) -> list:
    question = select(entry_table).where(entry_table.c.channel_id == channel.id).order_by(entry_table.c.entry_id)
    return store.ask(lambda connection: connection.execute(question).all())


def together(store, *submissions) -> list:
    """What becomes of messages that share one commit."""
    outcomes, _ = store.tell(store_together, submissions)
    return outcomes


class TestReceipt:
    def test_it_tells_what_was_stored(self, store, channel):
        receipt = append(store, channel, entry(temperature=21.4, door="open"), entry(LATER, temperature=21.5))
        assert (receipt.entry_id, receipt.entries, receipt.stored, receipt.repeated) == (2, 2, 3, 0)

    def test_entries_count_on_from_message_to_message(self, store, channel):
        numbers = [append(store, channel, entry(NOW + second, temperature=1)).entry_id for second in range(3)]
        assert numbers == [1, 2, 3]
        assert reread(store, channel).cursor == 3

    def test_what_is_stored_is_what_was_sent(self, store, channel):
        append(store, channel, entry(temperature=0, door=""))
        assert stored(store, channel) == [("temperature", NOW, 0.0, 1), ("door", NOW, "", 1)]

    def test_a_number_keeps_its_spelling_beside_its_value(self, store, channel):
        append(store, channel, NewEntry(NOW, [NewReading("temperature", 21.5, "21.50")]))
        found = store.ask(readings.newest, channel.feeds[0])
        assert (found.value, found.text) == (21.5, "21.50")

    @pytest.mark.parametrize("value", [5e-324, 1.7976931348623157e308, -0.1, 1e15 + 0.5])
    def test_no_digit_of_a_number_is_lost(self, store, channel, value):
        append(store, channel, entry(temperature=value))
        assert stored(store, channel)[0][2] == value


class TestRepeats:
    def test_the_same_message_again_stores_nothing_and_names_the_first_entry(self, store, channel, count_rows):
        append(store, channel, entry(temperature=20, door="open"))
        before = count_rows()
        receipt = append(store, channel, entry(temperature=20, door="open"))
        assert (receipt.entry_id, receipt.entries, receipt.stored, receipt.repeated) == (1, 0, 0, 2)
        assert count_rows() == before

    def test_what_is_new_in_a_repeated_entry_is_stored(self, store, channel):
        append(store, channel, entry(temperature=20))
        receipt = append(store, channel, entry(temperature=20, door="open"))
        assert (receipt.entry_id, receipt.stored, receipt.repeated) == (2, 1, 1)

    def test_new_rows_among_repeated_ones_are_stored(self, store, channel):
        append(store, channel, entry(temperature=20), entry(LATER, temperature=21))
        receipt = append(
            store, channel, entry(temperature=20), entry(LATER, temperature=21), entry(LATER + 1, temperature=22)
        )
        assert (receipt.entry_id, receipt.entries, receipt.stored, receipt.repeated) == (3, 1, 1, 2)

    def test_a_row_twice_in_one_message_is_stored_once(self, store, channel):
        receipt = append(store, channel, entry(temperature=20), entry(temperature=20))
        assert (receipt.entry_id, receipt.entries, receipt.stored, receipt.repeated) == (1, 1, 1, 1)

    def test_the_same_message_twice_in_one_commit_is_stored_once(self, store, channel):
        outcomes = together(store, *[submission(channel, entry(temperature=20))] * 2)
        assert [(each.entry_id, each.stored, each.repeated) for each in outcomes] == [(1, 1, 0), (1, 0, 1)]

    def test_zero_and_an_empty_word_repeat_as_any_value(self, store, channel):
        append(store, channel, entry(temperature=0, door=""))
        assert append(store, channel, entry(temperature=0, door="")).repeated == 2

    def test_a_late_reading_is_new(self, store, channel):
        append(store, channel, entry(LATER, temperature=21))
        assert append(store, channel, entry(NOW, temperature=20)).stored == 1

    def test_the_same_instant_in_another_channel_is_another_reading(self, store, channel, noise):
        assert append(store, channel, entry(temperature=20)).stored == 1
        assert append(store, noise[0], entry(temperature=-999)).repeated == 1


class TestConflicts:
    def test_another_value_for_a_stored_instant_is_refused_and_named(self, store, channel):
        append(store, channel, entry(temperature=20.123456789))
        with pytest.raises(Conflict) as refused:
            append(store, channel, entry(temperature=20))
        assert refused.value.detail == (
            'Feed "temperature" already has 20.123456789 at 2026-11-20T10:00:00Z; '
            "a stored reading is not changed by sending another."
        )
        assert refused.value.complaints[0].pointer == "/temperature"

    def test_every_row_that_contradicts_is_named(self, store, channel):
        append(store, channel, entry(door="open"), entry(LATER, door="open"))
        with pytest.raises(Conflict) as refused:
            append(store, channel, entry(door="shut"), entry(LATER, door="shut"))
        assert [each.pointer for each in refused.value.complaints] == ["/0/door", "/1/door"]
        assert refused.value.detail.startswith('Row 1, feed "door" already has open at ')

    def test_nothing_of_the_message_is_stored(self, store, channel, count_rows):
        append(store, channel, entry(temperature=20))
        before = count_rows()
        message = submission(
            channel, entry(LATER, temperature=1, new=1), entry(temperature=21), new_feeds={"new": Kind.NUMBER}
        )
        assert isinstance(together(store, message)[0], Conflict)
        assert count_rows() == before
        assert reread(store, channel) == channel.__class__(**as_dict(channel) | {"cursor": 1})

    def test_rows_of_one_message_may_not_contradict_each_other(self, store, channel, count_rows):
        before = count_rows()
        with pytest.raises(Conflict):
            append(store, channel, entry(temperature=20), entry(temperature=21))
        assert count_rows() == before

    def test_messages_of_one_commit_may_not_either(self, store, channel):
        first, second, third = together(
            store,
            submission(channel, entry(temperature=20)),
            submission(channel, entry(temperature=21)),
            submission(channel, entry(LATER, temperature=22)),
        )
        assert (first.entry_id, third.entry_id) == (1, 2)
        assert isinstance(second, Conflict)
        assert [row[2] for row in stored(store, channel)] == [20, 22]

    def test_a_refused_new_feed_does_not_hinder_the_next_message(self, store, channel):
        append(store, channel, entry(temperature=20))
        refused, taken = together(
            store,
            submission(channel, entry(temperature=21, new=1), new_feeds={"new": Kind.NUMBER}),
            submission(channel, entry(temperature=20, new=2), new_feeds={"new": Kind.NUMBER}),
        )
        assert isinstance(refused, Conflict)
        assert (taken.new_feeds, taken.stored) == (("new",), 1)

    def test_a_word_where_a_word_of_other_case_stands_is_another_value(self, store, channel):
        append(store, channel, entry(door="open"))
        with pytest.raises(Conflict):
            append(store, channel, entry(door="Open"))


class TestArrivalStamps:
    def test_readings_without_a_time_get_the_arrival(self, store, channel):
        append(store, channel, entry(None, temperature=20))
        assert stored(store, channel) == [("temperature", NOW, 20.0, 1)]

    def test_rows_of_one_message_are_moved_apart(self, store, channel):
        append(store, channel, *[entry(None, temperature=each) for each in range(3)])
        assert [row[1:3] for row in stored(store, channel)] == [(NOW, 0), (NOW + 1, 1), (NOW + 2, 2)]

    def test_messages_of_one_microsecond_are_moved_apart(self, store, channel):
        together(store, *[submission(channel, entry(None, temperature=each)) for each in range(3)])
        append(store, channel, entry(None, temperature=3))
        assert [row[1:3] for row in stored(store, channel)] == [(NOW + each, each) for each in range(4)]

    def test_all_feeds_of_an_entry_share_its_instant(self, store, channel):
        append(store, channel, entry(None, temperature=20), entry(None, temperature=21, door="open"))
        assert stored(store, channel)[1:] == [("temperature", NOW + 1, 21, 2), ("door", NOW + 1, "open", 2)]

    def test_a_reading_from_the_future_does_not_draw_them_along(self, store, channel):
        append(store, channel, entry(NOW + HOUR, temperature=99))
        append(store, channel, entry(None, temperature=20), entry(None, temperature=21))
        assert [row[1] for row in stored(store, channel)] == [NOW, NOW + 1, NOW + HOUR]

    def test_an_instant_free_for_one_feed_but_not_for_another_is_passed_over(self, store):
        channel = make_channel(store, feeds=("a", "b", "c"))
        append(store, channel, entry(NOW + HOUR, a=0, b=0, c=0))
        append(store, channel, entry(None, c=1), entry(None, a=1, c=2), entry(None, b=1))
        receipt = append(store, channel, entry(None, a=2, b=2))
        assert receipt.stored == 2

    def test_a_long_batch_without_times_is_stored_whole(self, store, channel):
        append(store, channel, entry(NOW + HOUR, temperature=99))
        receipt = append(store, channel, *[entry(None, temperature=each) for each in range(2_000)])
        assert receipt.stored == 2_000

    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.lists(
            st.lists(
                st.tuples(st.none() | st.integers(0, 3), st.sets(st.sampled_from("abc"), min_size=1)),
                min_size=1,
                max_size=5,
            ),
            min_size=1,
            max_size=6,
        )
    )
    def test_they_never_collide(self, store, messages):
        channel = make_channel(store, feeds=("a", "b", "c"))
        numbers = iter(range(1_000))
        sent = 0
        for message in messages:
            rows = [
                entry(None if at is None else NOW + at, **dict.fromkeys(feeds, next(numbers))) for at, feeds in message
            ]
            try:
                append(store, channel, *rows)
            except Conflict:
                assert any(at is not None for at, _ in message)
            else:
                sent += sum(len(row.readings) for row in rows)
        assert len(stored(store, channel)) == sent


class TestEntries:
    def test_a_status_makes_its_own_row(self, store, channel):
        append(
            store,
            channel,
            entry(temperature=1),
            entry(LATER, temperature=2, status="hot"),
            entry(LATER + 1, temperature=3),
        )
        found = [(run.first_entry_id, run.entry_id, run.status) for run in runs(store, channel)]
        assert found == [(1, 1, None), (2, 2, "hot"), (3, 3, None)]

    def test_so_does_a_position(self, store, channel):
        where = Position(48.1, 11.6)
        append(store, channel, entry(temperature=1, position=where), entry(LATER, temperature=2))
        first, second = runs(store, channel)
        assert (first.latitude, first.longitude, first.elevation) == (48.1, 11.6, None)
        assert (second.latitude, second.entry_id) == (None, 2)

    def test_a_status_needs_no_reading(self, store, channel):
        receipt = append(store, channel, entry(status="started"))
        assert (receipt.entry_id, receipt.stored) == (1, 0)

    def test_plain_neighbours_share_a_row(self, store, channel):
        append(store, channel, *[entry(NOW - second, temperature=second) for second in range(100)])
        [run] = runs(store, channel)
        assert (run.first_entry_id, run.entry_id, run.at_min, run.at_max) == (1, 100, NOW - 99, NOW)

    def test_each_message_has_a_row_of_its_own(self, store, channel):
        together(
            store,
            submission(channel, entry(temperature=1), received_at=NOW),
            submission(channel, entry(LATER, temperature=2), received_at=LATER, door=Door.WEBSOCKET),
        )
        found = [(run.entry_id, run.received_at, run.door) for run in runs(store, channel)]
        assert found == [(1, NOW, "http"), (2, LATER, "websocket")]


class TestNewFeeds:
    def test_they_are_made_with_their_first_reading(self, store, channel):
        message = submission(
            channel, entry(humidity=40, mood="fine"), new_feeds={"humidity": Kind.NUMBER, "mood": Kind.TEXT}
        )
        [receipt] = together(store, message)
        made = reread(store, channel).feeds[2:]
        assert receipt.new_feeds == ("humidity", "mood")
        assert [(feed.name, feed.kind, feed.unit) for feed in made] == [
            ("humidity", Kind.NUMBER, "%RH"),
            ("mood", Kind.TEXT, None),
        ]

    def test_the_channel_is_another_version_then(self, store, channel):
        together(store, submission(channel, entry(new=1), new_feeds={"new": Kind.NUMBER}))
        assert reread(store, channel).version == channel.version + 1

    def test_who_comes_second_is_to_look_again(self, store, channel):
        message = submission(channel, entry(None, new=1), new_feeds={"new": Kind.NUMBER})
        first, second = together(store, message, message)
        assert first.stored == 1
        assert isinstance(second, Stale)
        assert isinstance(together(store, message)[0], Stale)

    def test_the_sixty_fifth_is_refused(self, store, count_rows):
        channel = make_channel(store, feeds=[f"feed {number}" for number in range(MOST_FEEDS - 1)])
        names = {"last": Kind.NUMBER, "one more": Kind.NUMBER}
        before = count_rows()
        message = submission(channel, NewEntry(NOW, [NewReading(name, 1.0, None) for name in names]), new_feeds=names)
        assert isinstance(together(store, message)[0], Invalid)
        assert count_rows() == before
        assert together(store, submission(channel, entry(last=1), new_feeds={"last": Kind.NUMBER}))[0].stored == 1


class TestVersions:
    def test_a_channel_changed_since_is_to_be_looked_at_again(self, store, channel):
        make_key(store, channel.id, KEY)
        assert isinstance(together(store, submission(channel, entry(temperature=1)))[0], Stale)

    def test_a_channel_that_is_gone_as_well(self, store, channel):
        gone = channel.__class__(**as_dict(channel) | {"id": 999})
        assert isinstance(together(store, submission(gone, entry(temperature=1)))[0], Stale)

    def test_the_others_of_the_commit_are_stored(self, store, channel, noise):
        make_key(store, channel.id, KEY)
        stale, taken = together(
            store, submission(channel, entry(temperature=1)), submission(noise[0], entry(NOW + HOUR, temperature=1))
        )
        assert isinstance(stale, Stale)
        assert taken.stored == 1


class TestIdempotency:
    @pytest.fixture
    def keyed(self, store, channel):
        """A channel with a key, and a function that makes a message with a token."""
        make_key(store, channel.id, KEY)
        channel = reread(store, channel)

        def message(token: str, *entries, fingerprint: bytes = b"body"):
            return submission(channel, *entries, idempotency=(key_id(store), token, fingerprint))

        return channel, message

    def test_the_same_again_gets_the_same_answer(self, store, keyed):
        channel, message = keyed
        [first] = together(store, message("t1", entry(None, temperature=1, door="open"), entry(None, temperature=2)))
        [again] = together(store, message("t1", entry(None, temperature=1, door="open"), entry(None, temperature=2)))
        assert again == first
        assert len(stored(store, channel)) == 3

    def test_in_one_commit_too(self, store, keyed):
        channel, message = keyed
        first, again = together(store, *[message("t1", entry(None, temperature=1))] * 2)
        assert again == first
        assert len(stored(store, channel)) == 1

    def test_another_message_under_the_same_token_is_refused(self, store, keyed, count_rows):
        _, message = keyed
        together(store, message("t1", entry(None, temperature=1)))
        before = count_rows()
        [refused] = together(store, message("t1", entry(None, temperature=2), fingerprint=b"another"))
        assert isinstance(refused, Invalid)
        assert count_rows() == before

    def test_in_one_commit_too_it_is_refused(self, store, keyed):
        _, message = keyed
        _, refused = together(
            store,
            message("t1", entry(None, temperature=1)),
            message("t1", entry(None, temperature=2), fingerprint=b"x"),
        )
        assert isinstance(refused, Invalid)

    def test_another_token_is_another_message(self, store, keyed):
        channel, message = keyed
        together(store, message("t1", entry(None, temperature=1)), message("t2", entry(None, temperature=1)))
        assert len(stored(store, channel)) == 2

    def test_a_refusal_is_not_remembered(self, store, keyed):
        channel, message = keyed
        append(store, channel, entry(temperature=1))
        [refused] = together(store, message("t1", entry(temperature=2)))
        [taken] = together(store, message("t1", entry(LATER, temperature=2)))
        assert isinstance(refused, Conflict)
        assert taken.stored == 1

    def test_new_feeds_are_told_again(self, store, channel):
        make_key(store, channel.id, KEY)
        first = submission(
            reread(store, channel), entry(new=1), new_feeds={"new": Kind.NUMBER}, idempotency=(key_id(store), "t", b"b")
        )
        [receipt] = together(store, first)
        again = submission(reread(store, channel), entry(new=1), idempotency=(key_id(store), "t", b"b"))
        assert together(store, again) == [receipt]

    def test_forgotten_answers_let_it_be_stored_again(self, store, keyed):
        channel, message = keyed
        together(store, message("t1", entry(None, temperature=1)))
        store.tell(answers.forget_old, NOW + answers.KEPT + 1)
        together(store, message("t1", entry(None, temperature=1)))
        assert len(stored(store, channel)) == 2


class TestPoison:
    def test_a_message_the_database_cannot_digest_leaves_nothing(self, store, channel, count_rows):
        before = count_rows()
        with pytest.raises((OverflowError, DBAPIError)):
            append(store, channel, entry(2**70, temperature=1))
        assert count_rows() == before

    def test_readings_lie_where_their_entry_says(self, store, channel):
        append(store, channel, *[entry(NOW + each, temperature=each) for each in (5, -5, 0)])
        [run] = runs(store, channel)
        question = select(reading_table.c.at).where(reading_table.c.feed_id == channel.feeds[0].id)
        found = store.ask(lambda connection: connection.scalars(question).all())
        assert (run.at_min, run.at_max) == (min(found), max(found))


def as_dict(channel) -> dict:
    return {name: getattr(channel, name) for name in channel.__dataclass_fields__}


def key_id(store) -> int:
    return store.ask(keys.find, VAULT.digest(KEY), NOW).key_id
