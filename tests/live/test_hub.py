"""Every watcher is shown every entry once and in order, whatever the bus and the watchers do."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from domain.readings import FreshReadings
from live.bus import LocalBus
from live.delivery import FAR_BEHIND_ENTRIES
from live.hub import Hub
from tests.live.ledger import Ledger, Plain, Watcher, run

LONG_S = 3600.0


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def bus() -> LocalBus:
    return LocalBus()


@pytest.fixture
def hub(bus: LocalBus, ledger: Ledger) -> Iterator[Hub]:
    hub = Hub(bus, ledger.fill)
    hub.start()
    yield hub
    ledger.may_fill.set()
    hub.close()


class TestWatch:
    def test_it_shows_what_is_published_from_then_on(self, hub, bus, ledger, eventually):
        watcher = Watcher()
        hub.watch(1, 0, Plain(), watcher)
        bus.publish(ledger.append(1))
        bus.publish(ledger.append(2))
        bus.publish(ledger.append(1, entries=2))
        eventually(lambda: watcher.entries == [1, 2, 3])

    def test_it_first_shows_what_was_stored_after_the_cursor(self, hub, ledger):
        ledger.append(1, entries=5)
        watcher = Watcher()
        hub.watch(1, 2, Plain(), watcher)
        assert watcher.entries == [3, 4, 5]

    def test_a_second_member_is_brought_to_where_the_group_is(self, hub, bus, ledger, eventually):
        early, late = Watcher(), Watcher()
        hub.watch(1, 0, Plain(), early)
        bus.publish(ledger.append(1, entries=90))
        eventually(lambda: len(early.entries) == 90)
        hub.watch(1, 7, Plain(), late)
        bus.publish(ledger.append(1))
        eventually(lambda: late.entries == [*range(8, 92)])
        assert early.entries == [*range(1, 92)]

    def test_a_member_ahead_of_the_group_is_shown_nothing_twice(self, hub, bus, ledger, eventually):
        early, ahead = Watcher(), Watcher()
        hub.watch(1, 0, Plain(), early)
        fresh = [ledger.append(1) for _ in range(4)]
        hub.watch(1, 3, Plain(), ahead)
        for each in fresh:
            bus.publish(each)
        eventually(lambda: early.entries == [1, 2, 3, 4] and ahead.entries == [4])

    def test_what_a_member_ahead_knows_is_asked_for_when_its_message_never_comes(self, hub, ledger, eventually):
        early, ahead = Watcher(), Watcher()
        hub.watch(1, 0, Plain(), early)
        ledger.append(1, entries=3)
        hub.watch(1, 3, Plain(), ahead)
        eventually(lambda: early.entries == [1, 2, 3])
        assert ahead.entries == []

    def test_members_in_step_share_one_encoded_batch(self, hub, bus, ledger, eventually):
        watchers = [Watcher() for _ in range(20)]
        for watcher in watchers:
            hub.watch(1, 0, Plain(), watcher)
        bus.publish(ledger.append(1))
        eventually(lambda: all(watcher.entries == [1] for watcher in watchers))
        assert hub.counts().encoded == 1
        assert len({id(watcher.batches[0]) for watcher in watchers}) == 1

    def test_a_cancelled_watch_is_shown_nothing_more_and_leaves_no_group_behind(self, hub, bus, ledger, eventually):
        gone, stays = Watcher(), Watcher()
        watch = hub.watch(1, 0, Plain(), gone)
        hub.watch(2, 0, Plain(), stays)
        watch.cancel()
        bus.publish(ledger.append(1))
        bus.publish(ledger.append(2))
        eventually(lambda: stays.entries == [1])
        assert gone.entries == []
        assert (hub.counts().watchers, hub.counts().groups) == (1, 1)


class TestHoles:
    def test_a_lost_message_is_read_from_the_database_before_anything_after_it(self, hub, bus, ledger, eventually):
        watcher = Watcher()
        hub.watch(1, 0, Plain(), watcher)
        bus.publish(ledger.append(1))
        ledger.append(1, entries=3)
        bus.publish(ledger.append(1))
        eventually(lambda: watcher.entries == [1, 2, 3, 4, 5])
        assert hub.counts().holes >= 1

    def test_a_gap_report_reveals_what_no_later_message_would(self, hub, bus, ledger, eventually):
        watcher = Watcher()
        hub.watch(1, 0, Plain(), watcher)
        ledger.append(1, entries=2)
        bus.report_gap(None)
        eventually(lambda: watcher.entries == [1, 2])

    def test_a_gap_report_names_the_channels_to_look_at(self, hub, bus, ledger, eventually):
        one, other = Watcher(), Watcher()
        hub.watch(1, 0, Plain(), one)
        hub.watch(2, 0, Plain(), other)
        ledger.append(1)
        ledger.append(2)
        asked = len(ledger.fills)
        bus.report_gap(frozenset({1}))
        eventually(lambda: one.entries == [1])
        assert {fill[0] for fill in ledger.fills[asked:]} == {1}

    def test_repeated_and_old_messages_are_ignored(self, hub, bus, ledger, eventually):
        watcher = Watcher()
        hub.watch(1, 0, Plain(), watcher)
        fresh = [ledger.append(1) for _ in range(3)]
        for each in [*fresh, *fresh, ledger.append(1)]:
            bus.publish(each)
        eventually(lambda: watcher.entries == [1, 2, 3, 4])

    def test_of_a_message_that_overlaps_only_the_rest_is_shown(self, hub, bus, ledger, eventually):
        watcher = Watcher()
        hub.watch(1, 0, Plain(), watcher)
        ledger.append(1, entries=6)
        bus.publish(run(1, 1, 4))
        eventually(lambda: watcher.entries == [1, 2, 3, 4])
        bus.publish(run(1, 3, 6))
        eventually(lambda: watcher.entries == [1, 2, 3, 4, 5, 6])

    def test_a_failing_database_delays_and_loses_nothing(self, hub, bus, ledger, eventually):
        watcher = Watcher()
        hub.watch(1, 0, Plain(), watcher)
        ledger.append(1, entries=2)
        ledger.failures_to_come = 1
        bus.publish(ledger.append(1))
        eventually(lambda: watcher.entries == [1, 2, 3])

    def test_a_slow_database_holds_up_no_other_channel(self, hub, bus, ledger, eventually):
        waits, goes_on = Watcher(), Watcher()
        hub.watch(1, 0, Plain(), waits)
        hub.watch(2, 0, Plain(), goes_on)
        ledger.append(1)
        ledger.may_fill.clear()
        bus.publish(ledger.append(1))
        bus.publish(ledger.append(2))
        eventually(lambda: goes_on.entries == [1])
        assert waits.entries == []
        ledger.may_fill.set()
        eventually(lambda: waits.entries == [1, 2])

    def test_watchers_of_a_channel_that_is_gone_are_ended(self, hub, bus, eventually):
        watcher = Watcher()
        hub.watch(-1, 0, Plain(), watcher, on_end=watcher.end)
        eventually(lambda: watcher.has_ended)
        assert hub.counts().watchers == 0


class TestConflation:
    def test_the_first_is_shown_at_once_and_what_follows_within_the_window_as_one(self, bus, ledger, eventually):
        time_s = [0.0]
        hub = Hub(bus, ledger.fill, clock=lambda: time_s[0])
        hub.start()
        watcher = Watcher()
        hub.watch(1, 0, Plain(window_s=5.0), watcher)
        bus.publish(ledger.append(1))
        eventually(lambda: watcher.batches == [(1,)])
        for _ in range(3):
            bus.publish(ledger.append(1))
        time_s[0] = 5.0
        bus.publish(ledger.append(2))
        hub.watch(2, 0, Plain(), Watcher())
        bus.publish(ledger.append(2))  # wakes the hub, as a real clock would
        eventually(lambda: watcher.batches == [(1,), (2, 3, 4)])
        assert hub.counts().conflated == 2
        hub.close()


class TestSlowMembers:
    def test_one_whose_queue_is_full_holds_up_nobody_and_catches_up_later(self, hub, bus, ledger, eventually):
        slow, quick = Watcher(room=1), Watcher()
        slow.resume = hub.watch(1, 0, Plain(), slow).resume
        hub.watch(1, 0, Plain(), quick)
        for newest in range(1, 11):
            bus.publish(ledger.append(1))
            eventually(lambda newest=newest: len(quick.entries) == newest)
        assert slow.refusals
        assert hub.counts().behind == 1
        eventually(lambda: slow.drain() or len(slow.entries) == 10)
        assert slow.entries == quick.entries == [*range(1, 11)]
        eventually(lambda: hub.counts().behind == 0)

    def test_one_who_was_full_is_shown_what_it_missed_in_few_batches(self, hub, bus, ledger, eventually):
        slow, quick = Watcher(room=1), Watcher()
        slow.resume = hub.watch(1, 0, Plain(), slow).resume
        hub.watch(1, 0, Plain(), quick)
        for newest in range(1, 31):
            bus.publish(ledger.append(1))
            eventually(lambda newest=newest: len(quick.entries) == newest)
        eventually(lambda: slow.drain() or len(slow.entries) == 30)
        assert slow.batches == [(1,), tuple(range(2, 31))]

    def test_room_that_comes_while_a_sink_refuses_is_not_overlooked(self, hub, bus, ledger, eventually):
        class Hesitant(Watcher):
            def __call__(self, batch):
                if self.refusals == 0:
                    self.refusals += 1
                    self.resume()
                    return False
                return super().__call__(batch)

        sharing, joining = Hesitant(), Hesitant()
        sharing.resume = hub.watch(1, 0, Plain(), sharing).resume
        bus.publish(ledger.append(1))
        eventually(lambda: sharing.entries == [1])
        joining.resume = lambda: [watch.resume() for group in hub._groups.values() for watch in group.members()]
        hub.watch(1, 0, Plain(), joining)
        eventually(lambda: joining.entries == [1])

    def test_one_who_is_far_behind_gets_a_fresh_picture(self, hub, ledger):
        watcher = Watcher()
        hub.watch(1, 0, Picture(ledger=ledger), Watcher())
        ledger.append(1, entries=FAR_BEHIND_ENTRIES + 50)
        hub.end(1)
        hub.watch(1, ledger.newest(), Picture(ledger=ledger), Watcher())
        hub.watch(1, 0, Picture(ledger=ledger), watcher)
        assert watcher.batches == [("picture", FAR_BEHIND_ENTRIES + 50)]


@dataclass(frozen=True)
class Picture(Plain):
    """An encoder that can draw a fresh picture, and beats."""

    ledger: Ledger = field(kw_only=True)
    rebase_every_s: float = LONG_S
    tick_every_s: float = LONG_S
    afterwards_s: float | None = None

    def rebase(self, channel_id: int) -> tuple[tuple[str, int], int]:
        newest = self.ledger.newest(channel_id)
        return ("picture", newest), newest

    def tick(self, channel_id: int) -> tuple[str]:
        return ("beat",)

    def afterwards(self, channel_id: int) -> tuple[str]:
        return ("rest",)


class TestRedraw:
    """A fresh picture for one member, in place of what it was shown."""

    @pytest.fixture
    def encoder(self, ledger) -> Picture:
        return Picture(ledger=ledger)

    def test_it_is_given_to_that_one_and_all_go_on(self, hub, bus, ledger, encoder, eventually):
        one, two = Watcher(), Watcher()
        watch = hub.watch(1, 0, encoder, one)
        hub.watch(1, 0, encoder, two)
        bus.publish(ledger.append(1, entries=3))
        eventually(lambda: one.batches == two.batches == [(1, 2, 3)])
        watch.redraw()
        eventually(lambda: one.batches[1:] == [("picture", 3)])
        bus.publish(ledger.append(1))
        eventually(lambda: one.batches[2:] == two.batches[1:] == [(4,)])

    def test_what_the_picture_holds_already_is_not_shown_again(self, hub, bus, ledger, encoder, eventually):
        one = Watcher()
        watch = hub.watch(1, 0, encoder, one)
        late = ledger.append(1, entries=2)
        watch.redraw()
        eventually(lambda: one.batches == [("picture", 2)])
        bus.publish(late)
        bus.publish(ledger.append(1))
        eventually(lambda: one.batches == [("picture", 2), (3,)])

    def test_one_without_room_is_given_it_when_there_is_some(self, hub, ledger, encoder, eventually):
        ledger.append(1, entries=2)
        one = Watcher(room=1)
        watch = hub.watch(1, 0, encoder, one)
        one.resume = watch.resume
        watch.redraw()
        eventually(lambda: one.refusals == 1)
        one.drain()
        one.drain()
        eventually(lambda: one.drain() or one.batches == [(1, 2), ("picture", 2)])

    def test_where_there_is_no_picture_everything_goes_on(self, hub, bus, ledger, eventually):
        one = Watcher()
        hub.watch(1, 0, Plain(), one).redraw()
        bus.publish(ledger.append(1))
        eventually(lambda: one.entries == [1])


class TestHooks:
    def test_a_rebase_reaches_all_and_nothing_in_it_is_shown_again(self, hub, bus, ledger, eventually):
        one, two = Watcher(), Watcher()
        encoder = Picture(ledger=ledger, rebase_every_s=0.05)
        hub.watch(1, 0, encoder, one)
        hub.watch(1, 0, encoder, two)
        late = ledger.append(1, entries=3)
        eventually(lambda: ("picture", 3) in one.batches and ("picture", 3) in two.batches)
        bus.publish(late)
        bus.publish(ledger.append(1))
        eventually(lambda: one.batches[-1] == ("picture", 4) or (4,) in one.batches)
        assert not any(1 in batch or 2 in batch for batch in one.batches)

    def test_a_tick_is_given_to_all(self, hub, ledger, eventually):
        one, two = Watcher(), Watcher()
        encoder = Picture(ledger=ledger, tick_every_s=0.05)
        hub.watch(1, 0, encoder, one)
        hub.watch(1, 0, encoder, two)
        eventually(lambda: ("beat",) in one.batches and ("beat",) in two.batches)

    def test_what_a_batch_left_for_later_comes_once(self, hub, bus, ledger, eventually):
        one, two = Watcher(), Watcher()
        encoder = Picture(ledger=ledger, afterwards_s=0.05)
        hub.watch(1, 0, encoder, one)
        hub.watch(1, 0, encoder, two)
        bus.publish(ledger.append(1, entries=2))
        eventually(lambda: one.batches[-1:] == two.batches[-1:] == [("rest",)])
        bus.publish(ledger.append(1))
        eventually(lambda: one.batches == [(1, 2), ("rest",), (3,), ("rest",)])


@dataclass(frozen=True)
class Broken(Plain):
    name: str = "broken"

    def encode(self, channel_id: int, runs: Sequence[FreshReadings]) -> tuple[int, ...]:
        raise ValueError("a drawing error")


class TestIsolation:
    def test_an_encoder_that_fails_hurts_no_other_group(self, hub, bus, ledger, eventually, caplog):
        watcher = Watcher()
        hub.watch(1, 0, Broken(), Watcher())
        hub.watch(1, 0, Plain(), watcher)
        bus.publish(ledger.append(1))
        eventually(lambda: watcher.entries == [1] and "could not be encoded" in caplog.text)


class TestEnd:
    def test_it_ends_whom_it_is_told_to_and_tells_them(self, hub, bus, ledger, eventually):
        stranger, member = Watcher(), Watcher()
        hub.watch(1, 0, Plain(), stranger, tag="stranger", on_end=stranger.end)
        hub.watch(1, 0, Plain(), member, tag="member", on_end=member.end)
        assert hub.end(1, lambda watch: watch.tag == "stranger") == 1
        bus.publish(ledger.append(1))
        eventually(lambda: member.entries == [1])
        assert stranger.has_ended
        assert not member.has_ended
        assert stranger.entries == []


class TestAnyInterleaving:
    @pytest.mark.parametrize("seed", range(12))
    def test_every_watcher_is_shown_every_entry_once_and_in_order(self, hub, bus, ledger, eventually, seed):
        chance = random.Random(seed)
        window_s = chance.choice([0.0, 0.01])
        encoders = [Plain(window_s), Plain(0.0, "other")]
        joined: list[tuple[int, Watcher]] = []

        def join() -> None:
            newest = ledger.newest(1)
            cursor = chance.choice([0, newest, max(0, newest - chance.randrange(60))])
            watcher = Watcher(room=chance.choice([None, 1, 3]))
            watch = hub.watch(1, cursor, chance.choice(encoders), watcher)
            watcher.resume = watch.resume
            if chance.random() < 0.2:
                watch.cancel()
            else:
                joined.append((cursor, watcher))

        joiners = [threading.Thread(target=lambda: [join() for _ in range(8)]) for _ in range(3)]
        publisher = threading.Thread(target=unreliable_publishing, args=(bus, ledger, chance))
        threads = [*joiners, publisher]
        for thread in threads:
            thread.start()
        eventually(lambda: drain(joined) or not any(thread.is_alive() for thread in threads))
        bus.report_gap(None)
        newest = ledger.newest(1)
        eventually(lambda: drain(joined) or all(seen(watcher, newest) for cursor, watcher in joined if cursor < newest))
        for cursor, watcher in joined:
            assert watcher.entries == [*range(cursor + 1, newest + 1)]
        eventually(lambda: drain(joined) or hub.counts().behind == 0)


def unreliable_publishing(bus: LocalBus, ledger: Ledger, chance: random.Random) -> None:
    """Store many entries; publish most of them: some late, some twice, some out of order, some never."""
    late: list[FreshReadings] = []
    for _ in range(400):
        fresh = ledger.append(1, entries=chance.choice([1, 1, 1, 5]))
        fate = chance.random()
        if fate < 0.1:
            late.append(fresh)
        elif fate < 0.9:
            bus.publish(fresh)
        if fate > 0.8 and late:
            bus.publish(late.pop(chance.randrange(len(late))))
        if fate < 0.02:
            bus.publish(run(1, max(1, fresh.first - 3), fresh.last))


def drain(joined: list[tuple[int, Watcher]]) -> None:
    for _, watcher in list(joined):
        watcher.drain()


def seen(watcher: Watcher, entry_id: int) -> bool:
    return bool(watcher.batches) and watcher.batches[-1][-1] == entry_id
