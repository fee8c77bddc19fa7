"""The one way in: who may, how fast, what is refused and what of it is remembered."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import select

from domain.channels import Channel
from domain.errors import Busy, Forbidden, Invalid, KeyMissing, KeyUnknown, Malformed, StorageFull, TooFast
from domain.keys import new_key
from domain.rates import Rate
from domain.readings import Door, FreshReadings, Item
from domain.roles import Right
from ingest.intake import CHANGED_AT_MOST, Intake, Message
from ingest.keys import KeyRing
from ingest.rate import Buckets
from models import channels, keys
from models.appending import Stale
from models.schema import key, refusal
from models.uses import Uses
from models.writer import Writer
from tests.builders import NOW, VAULT, make_channel, refusals_of, reread

WRITE_KEY, READ_KEY, REHEARSAL_KEY = (new_key(lambda alphabet, n=n: alphabet[n]) for n in range(3))


@pytest.fixture
def channel(store):
    made = make_channel(store, feeds=("temperature", "door:text"))
    rehearsal = make_channel(store, "Rehearsal", is_rehearsal=True)
    for channel_id, right, written in (
        (made.id, Right.WRITE, WRITE_KEY),
        (made.id, Right.READ, READ_KEY),
        (rehearsal.id, Right.WRITE, REHEARSAL_KEY),
    ):
        store.tell(keys.create, VAULT, channel_id, right, written, now=NOW)
    return reread(store, made)


@pytest.fixture
def published() -> list[FreshReadings]:
    return []


@pytest.fixture
def uses(store) -> Uses:
    return Uses(store)


@pytest.fixture
def make_intake(store, channel, uses, published) -> Callable[..., Intake]:
    """A function: an intake of a process of its own; its clock stands still."""

    def make(*, rate: Rate | None = None, writer=None) -> Intake:
        ring = KeyRing(store, VAULT, uses, lambda: NOW)
        buckets = Buckets(rate) if rate else None
        return Intake(store, writer or Writer(store, published.append), ring, buckets, lambda: 0.0)

    return make


@pytest.fixture
def intake(make_intake) -> Intake:
    return make_intake()


def message(*values: dict, key: str | None = WRITE_KEY, **more) -> Message:
    return Message(key, lambda _: [Item(dict(each)) for each in values], NOW, Door.HTTP, **more)


class TestSpeaker:
    @pytest.mark.parametrize("key", [None, ""])
    def test_without_a_key_there_is_none(self, intake, key):
        with pytest.raises(KeyMissing):
            intake.speaker(key)

    def test_a_read_key_does_not_write(self, intake):
        with pytest.raises(Forbidden):
            intake.speaker(READ_KEY)

    def test_nor_any_key_in_another_channel(self, intake, channel):
        assert intake.speaker(WRITE_KEY, str(channel.id)).channel.id == channel.id
        with pytest.raises(Forbidden):
            intake.speaker(WRITE_KEY, str(channel.id + 1))


class TestAccept:
    def test_it_stores_and_tells(self, intake, store, channel, published):
        accepted = intake.accept(message({"temperature": 1, "door": "open"}))
        assert (accepted.receipt.stored, accepted.refused, accepted.rate) == (2, (), None)
        assert reread(store, channel).cursor == published[0].last == 1

    def test_who_may_not_write_is_not_even_read(self, intake):
        def read(_channel: Channel) -> list[Item]:
            raise AssertionError("it was read")

        with pytest.raises(Forbidden):
            intake.accept(Message(READ_KEY, read, NOW, Door.HTTP))

    def test_a_feed_made_by_another_process_is_used(self, make_intake, store, channel):
        first, second = make_intake(), make_intake()
        second.speaker(WRITE_KEY)
        assert first.accept(message({"humidity": 1})).receipt.new_feeds == ("humidity",)
        assert second.accept(message({"humidity": 2})).receipt.new_feeds == ()
        assert len(reread(store, channel).feeds) == 3

    def test_a_feed_that_became_one_of_words_meanwhile_refuses_a_number_feeds_value(self, make_intake):
        first, second = make_intake(), make_intake()
        second.speaker(WRITE_KEY)
        first.accept(message({"mood": 1}))
        with pytest.raises(Invalid, match="mood"):
            second.accept(message({"mood": "fine"}))

    def test_a_key_revoked_by_another_process_stores_nothing_more(self, intake, store, channel):
        intake.accept(message({"temperature": 1}))
        store.tell(keys.revoke, VAULT.digest(WRITE_KEY), now=NOW)
        with pytest.raises(KeyUnknown):
            intake.accept(message({"temperature": 2}))
        assert reread(store, channel).cursor == 1

    def test_a_removed_channel_takes_nothing_more(self, intake, store, channel):
        intake.accept(message({"temperature": 1}))
        store.tell(channels.remove, channel.id)
        with pytest.raises(KeyUnknown):
            intake.accept(message({"temperature": 2}))

    def test_a_channel_that_never_stands_still_is_busy(self, make_intake):
        class AlwaysStale:
            tried = 0

            def append(self, submission):
                self.tried += 1
                raise Stale

        writer = AlwaysStale()
        with pytest.raises(Busy) as refused:
            make_intake(writer=writer).accept(message({"temperature": 1}))
        assert (writer.tried, refused.value.retry_after_s) == (CHANGED_AT_MOST, 1)

    def test_a_race_for_the_same_new_feeds_is_won_by_all(self, intake, store, channel):
        failed = []

        def send(number: int) -> None:
            try:
                intake.accept(message({"fresh": number}))
            except Exception as error:  # noqa: BLE001 (looked at below)
                failed.append(error)

        threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert failed == []
        assert [feed.name for feed in reread(store, channel).feeds[2:]] == ["fresh"]
        assert reread(store, channel).cursor == 8

    def test_lenient_it_stores_the_good_rows_and_lists_the_others(self, intake):
        accepted = intake.accept(message({"temperature": 1}, {"temperature": None}, is_lenient=True))
        assert accepted.receipt.stored == 1
        assert [complaint.code for complaint in accepted.refused] == ["null"]

    def test_lenient_without_a_good_row_it_refuses(self, intake):
        with pytest.raises(Invalid):
            intake.accept(message({"temperature": None}, is_lenient=True))


class TestRate:
    RATE = Rate(per_s=1, burst=3)

    def test_readings_are_counted_not_messages(self, make_intake):
        intake = make_intake(rate=self.RATE)
        accepted = intake.accept(message({"temperature": 1, "door": "open"}))
        assert accepted.rate.remaining == 1
        assert intake.rate_headers(accepted.rate)["RateLimit"].startswith('"readings";r=1;')

    def test_a_message_without_readings_counts_as_one(self, make_intake):
        intake = make_intake(rate=self.RATE)
        status = Message(WRITE_KEY, lambda _: [Item({}, status="well")], NOW, Door.HTTP)
        assert intake.accept(status).rate.remaining == 2

    def test_too_fast_stores_nothing(self, make_intake, store, channel):
        intake = make_intake(rate=self.RATE)
        intake.accept(message(*[{"temperature": each} for each in range(3)]))
        with pytest.raises(TooFast) as refused:
            intake.accept(message({"temperature": 4}))
        assert refused.value.retry_after_s == 1
        assert reread(store, channel).cursor == 3

    def test_rehearsals_are_free(self, make_intake):
        intake = make_intake(rate=self.RATE)
        for _ in range(3):
            assert intake.accept(message({"temperature": 1}, {"temperature": 2}, key=REHEARSAL_KEY)).rate is None

    def test_without_a_limit_there_is_nothing_to_tell(self, intake):
        assert intake.accept(message({"temperature": 1})).rate is None


class TestRefusals:
    def noted(self, intake, store, channel) -> list[tuple[str, int]]:
        intake.write_down_refusals()
        return [(code, count) for _, code, count, _ in store.ask(refusals_of, channel.id)]

    def test_what_is_refused_is_noted_with_its_channel(self, intake, store, channel):
        for _ in range(2):
            with pytest.raises(Invalid):
                intake.accept(message({"temperature": None}))
        assert self.noted(intake, store, channel) == [("invalid", 2)]

    def test_so_is_what_cannot_be_read(self, intake, store, channel):
        def unreadable(_channel: Channel) -> list[Item]:
            raise Malformed("No.")

        with pytest.raises(Malformed):
            intake.accept(Message(WRITE_KEY, unreadable, NOW, Door.HTTP))
        assert self.noted(intake, store, channel) == [("malformed", 1)]

    def test_so_is_a_key_that_may_only_read(self, intake, store, channel):
        with pytest.raises(Forbidden):
            intake.accept(message({"temperature": 1}, key=READ_KEY))
        assert self.noted(intake, store, channel) == [("forbidden", 1)]

    def test_the_cure_is_noted_and_where_the_message_came_from(self, intake, store, channel):
        with pytest.raises(Invalid):
            intake.accept(message({"temperature": "21,4"}, address="10.0.0.7"))
        intake.write_down_refusals()
        row = store.ask(lambda connection: connection.execute(select(refusal)).one())
        assert (row.hint, row.door, row.address) == ("Write a point: 21.4", "http", "10.0.0.7")

    def test_a_fault_of_the_server_is_not_the_boards(self, make_intake, store, channel):
        class Full:
            def append(self, submission):
                raise StorageFull

        intake = make_intake(writer=Full())
        with pytest.raises(StorageFull):
            intake.accept(message({"temperature": 1}))
        assert self.noted(intake, store, channel) == []

    def test_a_flood_of_them_takes_no_memory(self, intake, store, channel, monkeypatch):
        monkeypatch.setattr("ingest.intake.REFUSALS_KEPT", 3)
        for _ in range(5):
            with pytest.raises(Invalid):
                intake.accept(message({"temperature": None}))
        assert self.noted(intake, store, channel) == [("invalid", 3)]

    def test_they_are_written_down_once(self, intake, store, channel):
        with pytest.raises(Invalid):
            intake.accept(message({"temperature": None}))
        intake.write_down_refusals()
        assert self.noted(intake, store, channel) == [("invalid", 1)]


class TestUses:
    def test_only_what_was_stored_counts_as_a_use(self, intake, uses, store):
        with pytest.raises(Invalid):
            intake.accept(message({"temperature": None}))
        uses.write_down()
        assert last_uses(store) == []
        intake.accept(message({"temperature": 1}, address="10.0.0.1"))
        uses.write_down()
        assert last_uses(store) == [(NOW, "http", "10.0.0.1")]


def last_uses(store) -> list:
    question = select(key.c.last_used_at, key.c.last_used_door, key.c.last_used_from).where(
        key.c.last_used_at.is_not(None)
    )
    return store.ask(lambda connection: connection.execute(question).all())
