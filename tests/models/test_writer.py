"""Group commit: durable when it returns, together when it can be, apart when it must be."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from itertools import pairwise

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import DBAPIError

from domain.errors import Busy, Conflict, LabfeedError
from domain.readings import FreshReadings, Kind
from models.appending import Stale
from models.schema import entry as entry_table
from models.schema import reading as reading_table
from models.writer import Writer
from tests.builders import NOW, entry, make_channel, opened_store, reread, submission, url_of
from tests.processes import ROOT


def nothing(_fresh: FreshReadings) -> None:
    """Nobody watches."""


def arrival(channel, value: float, at: int = NOW):
    return submission(channel, entry(None, temperature=value), received_at=at)


class Interrupted(BaseException):
    """As when a greenlet is killed."""


class HeldStore:
    """A store whose writing waits until it is let go: whoever comes meanwhile queues. It may interrupt one writing."""

    def __init__(self, store) -> None:
        self._store = store
        self.is_writing = threading.Event()
        self.may_write = threading.Event()
        self.groups: list[int] = []
        self.interrupts_at: int | None = None

    def tell(self, change, submissions):
        self.groups.append(len(submissions))
        self.is_writing.set()
        assert self.may_write.wait(20)
        if self.interrupts_at == len(self.groups) - 1:
            raise Interrupted
        return self._store.tell(change, submissions)


class Crowd:
    """Threads that append, and what became of each message, in the order given."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._threads: list[threading.Thread] = []
        self.outcomes: dict[int, object] = {}

    def send(self, message) -> None:
        thread = threading.Thread(target=self._append, args=(len(self._threads), message))
        self._threads.append(thread)
        thread.start()

    def _append(self, number: int, message) -> None:
        try:
            self.outcomes[number] = self._writer.append(message)
        except (Exception, Interrupted) as error:  # noqa: BLE001 (looked at by the test)
            self.outcomes[number] = error

    def join(self) -> list:
        for thread in self._threads:
            thread.join(30)
        return [self.outcomes[number] for number in range(len(self._threads))]


@pytest.fixture
def held(store) -> HeldStore:
    return HeldStore(store)


@pytest.fixture
def crowd_at(held, eventually):
    """A function: who sends these messages, all but the first of which wait while the first is being written."""

    def gather(writer: Writer, messages: list) -> Crowd:
        crowd = Crowd(writer)
        crowd.send(messages[0])
        assert held.is_writing.wait(20)
        for waiting, message in enumerate(messages[1:], start=1):
            crowd.send(message)
            eventually(lambda waiting=waiting: writer.waiting == waiting)
        return crowd

    return gather


class TestAppend:
    def test_it_is_stored_when_it_returns(self, store, channel):
        receipt = Writer(store, nothing).append(arrival(channel, 21))
        assert receipt.entry_id == 1
        with opened_store(url_of(store)) as other:
            assert reread(other, channel).cursor == 1

    def test_a_refusal_reaches_its_sender(self, store, channel):
        writer = Writer(store, nothing)
        writer.append(submission(channel, entry(temperature=1)))
        with pytest.raises(Conflict):
            writer.append(submission(channel, entry(temperature=2)))

    def test_who_relied_on_an_old_look_is_told_and_may_try_again(self, store, channel):
        writer = Writer(store, nothing)
        writer.append(submission(channel, entry(new=1), new_feeds={"new": Kind.NUMBER}))
        with pytest.raises(Stale):
            writer.append(arrival(channel, 1))
        assert writer.append(arrival(reread(store, channel), 1)).stored == 1

    def test_an_error_of_the_database_reaches_its_sender(self, store, channel):
        writer = Writer(store, nothing)
        with pytest.raises((OverflowError, DBAPIError)):
            writer.append(submission(channel, entry(2**70, temperature=1)))
        assert writer.append(arrival(channel, 1)).entry_id == 1


class TestGroups:
    def test_all_that_wait_share_one_commit(self, store, channel, held, crowd_at):
        commits = []
        event.listen(store.engine, "commit", lambda _connection: commits.append(1))
        crowd = crowd_at(Writer(held, nothing), [arrival(channel, each) for each in range(20)])
        held.may_write.set()
        receipts = crowd.join()
        assert held.groups == [1, 19]
        assert len(commits) == 2
        assert sorted(receipt.entry_id for receipt in receipts) == list(range(1, 21))

    def test_a_group_has_a_limit(self, store, channel, held, crowd_at, monkeypatch):
        monkeypatch.setattr("models.writer.GROUP_LIMIT", 3)
        crowd = crowd_at(Writer(held, nothing), [arrival(channel, each) for each in range(8)])
        held.may_write.set()
        crowd.join()
        assert held.groups == [1, 3, 3, 1]

    def test_large_batches_are_not_all_stored_at_once(self, channel, held, crowd_at, monkeypatch):
        monkeypatch.setattr("models.writer.GROUP_ENTRIES", 5)
        messages = [submission(channel, *[entry(None, temperature=each)] * 3) for each in range(6)]
        crowd = crowd_at(Writer(held, nothing), messages)
        held.may_write.set()
        crowd.join()
        assert held.groups == [1, 2, 2, 1]

    def test_a_refused_message_leaves_the_others_alone(self, store, channel, held, crowd_at):
        values = (1, 2, 2, 3)
        messages = [submission(channel, entry(NOW + (0 if value < 3 else 1), temperature=value)) for value in values]
        crowd = crowd_at(Writer(held, nothing), messages)
        held.may_write.set()
        first, second, third, fourth = crowd.join()
        assert isinstance(second, Conflict)
        assert isinstance(third, Conflict)
        assert (first.entry_id, fourth.entry_id) == (1, 2)

    def test_a_message_the_database_cannot_digest_does_not_take_the_others_with_it(
        self, store, channel, held, crowd_at
    ):
        poison = submission(channel, entry(2**70, temperature=1))
        messages = [arrival(channel, 1), arrival(channel, 2), poison, arrival(channel, 3)]
        crowd = crowd_at(Writer(held, nothing), messages)
        held.may_write.set()
        first, second, poisoned, fourth = crowd.join()
        assert isinstance(poisoned, Exception)
        assert not isinstance(poisoned, LabfeedError)
        assert {first.entry_id, second.entry_id, fourth.entry_id} == {1, 2, 3}

    def test_a_full_queue_says_so_and_when_to_come_back(self, channel, held, crowd_at):
        writer = Writer(held, nothing, queue_limit=2)
        crowd = crowd_at(writer, [arrival(channel, each) for each in range(3)])
        with pytest.raises(Busy) as refused:
            writer.append(arrival(channel, 4))
        held.may_write.set()
        crowd.join()
        assert refused.value.retry_after_s == 1
        assert writer.append(arrival(channel, 4)).entry_id == 4

    def test_a_leader_that_is_interrupted_hands_over(self, channel, held, crowd_at):
        held.interrupts_at = 0
        crowd = crowd_at(Writer(held, nothing), [arrival(channel, 1), arrival(channel, 2)])
        held.may_write.set()
        interrupted, second = crowd.join()
        assert isinstance(interrupted, Interrupted)
        assert second.entry_id == 1

    def test_who_shares_its_group_is_told_to_come_back(self, channel, held, crowd_at):
        messages = [arrival(channel, each) for each in range(3)]
        writer = Writer(held, nothing)
        crowd = crowd_at(writer, messages)
        held.interrupts_at = 1
        held.may_write.set()
        kinds = sorted(type(outcome).__name__ for outcome in crowd.join())
        assert kinds == ["Busy", "Interrupted", "Receipt"]
        assert writer.append(arrival(channel, 9)).entry_id == 2


class TestPublish:
    def test_it_follows_the_commit(self, store, channel):
        seen = []

        def publish(fresh: FreshReadings) -> None:
            with opened_store(url_of(store)) as other:
                seen.append((fresh.last, reread(other, channel).cursor))

        Writer(store, publish).append(arrival(channel, 1))
        assert seen == [(1, 1)]

    def test_it_brings_every_row_and_says_which_entries(self, store, channel):
        published = []
        rows = [entry(temperature=1, door="open"), entry(NOW + 1, temperature=2)]
        Writer(store, published.append).append(submission(channel, *rows, received_at=NOW + 5))
        temperature, door = (feed.id for feed in channel.feeds)
        assert published == [
            FreshReadings(
                channel.id,
                1,
                2,
                NOW + 5,
                ((temperature, NOW, 1.0, None), (door, NOW, None, "open"), (temperature, NOW + 1, 2.0, None)),
            )
        ]

    def test_a_repeat_is_not_news(self, store, channel):
        published = []
        writer = Writer(store, published.append)
        for _ in range(2):
            writer.append(submission(channel, entry(temperature=1)))
        assert [(fresh.first, fresh.last) for fresh in published] == [(1, 1)]

    def test_a_refused_message_is_not_either(self, store, channel):
        published = []
        writer = Writer(store, published.append)
        writer.append(submission(channel, entry(temperature=1)))
        with pytest.raises(Conflict):
            writer.append(submission(channel, entry(temperature=2)))
        assert len(published) == 1

    def test_new_feeds_are_news(self, store, channel):
        published = []
        Writer(store, published.append).append(submission(channel, entry(new=1), new_feeds={"new": Kind.NUMBER}))
        assert [fresh.new_feeds for fresh in published] == [True]

    def test_the_pieces_of_a_channel_have_neither_hole_nor_overlap(self, store, channel, noise):
        published, counting = [], threading.Lock()

        def publish(fresh: FreshReadings) -> None:
            with counting:
                published.append(fresh)

        crowd = Crowd(Writer(store, publish))
        for number in range(60):
            crowd.send(arrival((channel, noise[0])[number % 2], number))
        crowd.join()
        for each in (channel, noise[0]):
            pieces = sorted((fresh.first, fresh.last) for fresh in published if fresh.channel_id == each.id)
            last = reread(store, each).cursor
            assert (pieces[0][0], pieces[-1][1]) == (last - 29, last)
            assert all(later[0] == earlier[1] + 1 for earlier, later in pairwise(pieces))


class TestManyWriters:
    @pytest.mark.long
    def test_entries_are_counted_without_gap_or_double(self, store, channel):
        """Three processes of eight threads each send to one channel at the same microsecond."""
        processes, threads, messages = 3, 8, 10
        started = [
            subprocess.Popen(
                [
                    sys.executable,
                    "-c",
                    SEND_FROM_A_PROCESS,
                    url_of(store),
                    str(channel.id),
                    str(threads),
                    str(messages),
                ],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(processes)
        ]
        numbers = [number for process in started for number in json.loads(process.communicate(timeout=60)[0])]
        everything = processes * threads * messages
        assert sorted(numbers) == list(range(1, everything + 1))
        assert reread(store, channel).cursor == everything
        assert len(stored_instants(store, channel)) == everything
        assert covered_entries(store, channel) == list(range(1, everything + 1))


SEND_FROM_A_PROCESS = """
import json, sys
from threading import Thread
from domain.errors import Busy
from models import channels
from models.store import Store
from models.writer import Writer
from tests.builders import NOW, entry, submission
url, channel_id, threads, messages = sys.argv[1], *map(int, sys.argv[2:])
store = Store.open(url, synchronous="OFF")
channel = store.ask(channels.known, channel_id)
writer, numbers = Writer(store, lambda fresh: None), []
def send_all():
    sent = 0
    while sent < messages:
        try:
            numbers.append(writer.append(submission(channel, entry(None, temperature=sent))).entry_id)
            sent += 1
        except Busy:
            continue
started = [Thread(target=send_all) for _ in range(threads)]
[thread.start() for thread in started]
[thread.join() for thread in started]
print(json.dumps(numbers))
"""


def stored_instants(store, channel) -> set[int]:
    question = select(reading_table.c.at).where(reading_table.c.feed_id == channel.feeds[0].id)
    return set(store.ask(lambda connection: connection.scalars(question).all()))


def covered_entries(store, channel) -> list[int]:
    """Every entry number that the rows of the entry table stand for."""
    question = (
        select(entry_table.c.first_entry_id, entry_table.c.entry_id)
        .where(entry_table.c.channel_id == channel.id)
        .order_by(entry_table.c.entry_id)
    )
    rows = store.ask(lambda connection: connection.execute(question).all())
    return [number for first, last in rows for number in range(first, last + 1)]


class TestNewFeedsInARace:
    def test_each_is_made_once_by_whoever_comes_first(self, store):
        channel = make_channel(store, feeds=())
        writer = Writer(store, nothing)

        def send_until_stored(number: int) -> None:
            while True:
                look = reread(store, channel)
                known = {feed.name for feed in look.feeds}
                new = {} if "fresh" in known else {"fresh": Kind.NUMBER}
                try:
                    writer.append(submission(look, entry(None, fresh=number), new_feeds=new))
                except Stale:
                    continue
                return

        threads = [threading.Thread(target=send_until_stored, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        after = reread(store, channel)
        assert [feed.name for feed in after.feeds] == ["fresh"]
        assert (after.cursor, after.version) == (8, channel.version + 1)
