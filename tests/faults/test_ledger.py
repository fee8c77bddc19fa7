"""Nothing that was acknowledged is lost and nothing is stored twice, whoever is killed when."""

from __future__ import annotations

import time
from collections.abc import Mapping
from random import Random

import pytest
from sqlalchemy import text

from domain.timespan import ROLLUP_WIDTHS
from models.store import Store
from tests import builders
from tests.builders import NOW, append, make_channel, make_noise, opened_store
from tests.faults import stage
from tests.faults.boards import classroom, sending
from tests.faults.effort import TIMES, choose_seed
from tests.faults.ledger import NUMBER, Audit, Ledger, Stamped, audit
from tests.faults.nemesis import Fault, Nemesis, kills_a_worker, kills_postgres, kills_redis, kills_the_group
from tests.faults.stage import Scene
from tests.processes import wait_until
from tests.servers import fresh_database, private_postgres


def stand(scene: Scene, faults: Mapping[str, tuple[int, Fault]], seed: int) -> Ledger:
    """Let a classroom of boards send while the server is struck; what they wrote down."""
    ledger = Ledger()
    nemesis = Nemesis(ledger, faults, Random(seed))
    with sending(classroom(scene.server, scene.channel.write_key, ledger, seed, time.time_ns() // 1000)):
        nemesis.strike()
    print(  # noqa: T201 (the figures of the run; pytest shows them with -s or beneath a failure)
        f"{len(nemesis.outages_s)} blows, felt {sum(nemesis.outages_s):.1f} s, at most {max(nemesis.outages_s):.1f} s; "
        f"{len(ledger.acknowledged)} readings acknowledged, {ledger.resent} messages sent again"
    )
    return ledger


def examined(scene: Scene, ledger: Ledger) -> Audit:
    store = Store.open(scene.server.database_url)
    try:
        return audit(ledger, store, scene.channel.channel_id)
    finally:
        store.close()


def expect_all_kept(scene: Scene, ledger: Ledger) -> None:
    assert ledger.complaints == []
    assert ledger.acknowledged.keys() == ledger.sent.keys()
    assert examined(scene, ledger) == Audit()


@pytest.mark.long
@pytest.mark.timeout(240 * TIMES)
class TestNothingAcknowledgedIsLost:
    """Thirty blows in all, under boards of every kind that send on."""

    @pytest.mark.xdist_group(name="ledger on SQLite")
    def test_on_sqlite(self, tmp_path):
        seed = choose_seed()
        with stage.labfeed_with_channel(tmp_path) as scene:
            faults = {
                "a worker is killed": (12 * TIMES, kills_a_worker(scene.server, Random(seed))),
                "the whole server is killed": (3 * TIMES, kills_the_group(scene.server)),
            }
            expect_all_kept(scene, stand(scene, faults, seed))

    @pytest.mark.xdist_group(name="ledger on PostgreSQL")
    def test_on_postgresql_with_two_workers_and_redis(self, tmp_path, redis_server):
        seed = choose_seed()
        with private_postgres(durable=True) as postgres:
            settings = {"DATABASE_URL": fresh_database(postgres), "REDIS_URL": redis_server.url}
            with stage.labfeed_with_channel(tmp_path, stage.PRODUCTION | settings | {"WEB_CONCURRENCY": "2"}) as scene:
                faults = {
                    "a worker is killed": (9 * TIMES, kills_a_worker(scene.server, Random(seed))),
                    "the whole server is killed": (2 * TIMES, kills_the_group(scene.server)),
                    "PostgreSQL is killed": (3 * TIMES, kills_postgres(postgres)),
                    "Redis is killed": (1 * TIMES, kills_redis(redis_server)),
                }
                expect_all_kept(scene, stand(scene, faults, seed))


@pytest.mark.long
@pytest.mark.xdist_group(name="ledger sabotaged")
class TestTheLedgerTurnsRed:
    """The same run over a server that answers before it stores."""

    def test_it_finds_what_was_acknowledged_too_early(self, tmp_path):
        seed = choose_seed()
        with stage.labfeed_with_channel(tmp_path) as scene:
            stage.restart_as(scene.server, stage.ACKNOWLEDGING_EARLY)
            ledger = stand(scene, {"a worker is killed": (3, kills_a_worker(scene.server, Random(seed)))}, seed)
            last = next(reversed(ledger.acknowledged))
            wait_until(
                lambda: last not in examined(scene, ledger).lost, within_s=10, what="what is still to come is stored"
            )
            assert examined(scene, ledger).lost


ENTRIES = range(1, 6)


class TestAudit:
    """Each kind of disagreement, made by hand in a database that was in order."""

    @pytest.fixture
    def store(self, sqlite_url):
        with opened_store(sqlite_url) as store:
            yield store

    @pytest.fixture
    def channel(self, store):
        """Five numbers, each an entry, among other channels."""
        make_noise(store)
        channel = make_channel(store, feeds=(NUMBER,))
        append(store, channel, *[builders.entry(NOW + each, number=each) for each in ENTRIES])
        return channel

    @pytest.fixture
    def ledger(self):
        """The notes of a board that sent the same five and was told so."""
        ledger = Ledger()
        told = [Stamped(each, NOW + each) for each in ENTRIES]
        ledger.note_sent(told)
        ledger.note_acknowledged(told, entry_id=5)
        return ledger

    def test_it_finds_nothing_where_all_is_in_order(self, store, channel, ledger):
        assert audit(ledger, store, channel.id) == Audit()

    def test_a_reading_that_was_sent_and_not_acknowledged_may_be_missing(self, store, channel, ledger):
        ledger.note_sent([Stamped(6, NOW + 6)])
        assert audit(ledger, store, channel.id) == Audit()

    def test_it_finds_an_acknowledged_reading_that_is_not_there(self, store, channel, ledger):
        ledger.note_acknowledged([Stamped(6, NOW + 6)], entry_id=6)
        assert audit(ledger, store, channel.id) == Audit(lost=(6,))

    def test_it_finds_a_reading_that_nobody_sent(self, store, channel, ledger):
        append(store, channel, builders.entry(NOW + 6, number=6))
        assert audit(ledger, store, channel.id) == Audit(never_sent=(6,))

    def test_it_finds_a_number_that_is_stored_twice(self, store, channel, ledger):
        ledger.sent[5] = None
        append(store, channel, builders.entry(NOW + 6, number=5))
        assert audit(ledger, store, channel.id) == Audit(twice=(5,))

    def test_it_finds_a_reading_at_another_instant_than_was_sent(self, store, channel, ledger):
        ledger.sent[5] = NOW
        assert audit(ledger, store, channel.id) == Audit(wrong_instant=(5,))

    @pytest.mark.parametrize(
        "damage",
        [
            "UPDATE reading SET entry_id = 4 WHERE at = :last",
            "UPDATE entry SET first_entry_id = 2 WHERE channel_id = :channel",
            "UPDATE channel SET last_entry_id = 6 WHERE id = :channel",
        ],
        ids=["a number given twice", "a hole in the entry table", "a cursor ahead of the entries"],
    )
    def test_it_finds_wrong_entry_numbers(self, store, channel, ledger, damage):
        self.harm(store, channel, damage)
        assert len(audit(ledger, store, channel.id).entry_faults) == 1

    @pytest.mark.parametrize(
        "damage",
        [
            "UPDATE rollup SET n = n + 1 WHERE feed_id = :feed AND width = :width",
            "UPDATE rollup SET last = 4 WHERE feed_id = :feed AND width = :width",
            "DELETE FROM rollup WHERE feed_id = :feed AND width = :width",
        ],
        ids=["one too many", "a wrong last value", "a missing summary"],
    )
    def test_it_finds_a_summary_that_is_not_what_its_readings_give(self, store, channel, ledger, damage):
        self.harm(store, channel, damage)
        assert len(audit(ledger, store, channel.id).rollup_faults) == 1

    @staticmethod
    def harm(store, channel, damage):
        known = {"channel": channel.id, "feed": channel.feeds[0].id, "last": NOW + 5, "width": ROLLUP_WIDTHS[0]}
        named = {name: value for name, value in known.items() if f":{name}" in damage}
        store.tell(lambda connection: connection.execute(text(damage), named) and None)
