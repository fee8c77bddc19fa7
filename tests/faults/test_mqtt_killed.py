"""Nothing that the MQTT broker acknowledged is lost and nothing is stored twice, whenever it is killed."""

from __future__ import annotations

import json
import sys
import threading
import time
from contextlib import suppress
from random import Random

import pytest

from tests.brokers import PUBACK, RawClient, running_broker
from tests.faults.effort import TIMES, choose_seed
from tests.faults.ledger import NUMBER, Audit, Ledger, Stamped, audit
from tests.processes import wait_until

BOARDS = 4
WINDOW = 10
"""Messages that a board has under way at once."""
BLOWS = 8
NUMBERS_A_BOARD = 1_000_000


class Board(threading.Thread):
    """Sends windows of dated readings, and each again until it is acknowledged, over as many lines as it takes."""

    def __init__(self, broker, channel, ledger, first) -> None:
        super().__init__(daemon=True)
        self.broker, self.channel, self.ledger, self.number = broker, channel, ledger, first
        self.is_to_end = threading.Event()
        self.begun_us = time.time_ns() // 1000

    def run(self) -> None:
        left: dict[int, Stamped] = {}
        while left or not self.is_to_end.is_set():
            with suppress(OSError, AssertionError), RawClient(self.broker.port) as line:
                if line.connect(self.channel.write_key, client_id=str(self.number // NUMBERS_A_BOARD)) == 0:
                    self.send_over(line, left)

    def send_over(self, line, left) -> None:
        """Send until the line breaks; `left` are those that are not acknowledged yet, by packet number."""
        while left or not self.is_to_end.is_set():
            if not left:
                left |= {each: self.measured() for each in range(1, WINDOW + 1)}
            for packet_number, reading in left.items():
                said = {"at": reading.at / 1_000_000, "values": {NUMBER: reading.number}}
                line.publish(f"c/{self.channel.channel_id}", json.dumps(said), qos=1, number=packet_number)
            while left:
                settled = left.pop(line.expect(PUBACK).number)
                self.ledger.note_acknowledged([settled], settled.number)

    def measured(self) -> Stamped:
        self.number += 1
        reading = Stamped(self.number, self.begun_us + self.number * 1000 % 10_000_000_000)
        self.ledger.note_sent([reading])
        return reading


def stand(broker, channel, blows) -> Ledger:
    """Let boards send while the broker is killed so often; what they wrote down."""
    chance, ledger = Random(choose_seed()), Ledger()
    boards = [Board(broker, channel, ledger, each * NUMBERS_A_BOARD) for each in range(1, BOARDS + 1)]
    for board in boards:
        board.start()
    for _ in range(blows):
        enough = len(ledger.acknowledged) + chance.randrange(20, 400)
        wait_until(lambda enough=enough: len(ledger.acknowledged) > enough, within_s=60)
        broker.daemon.kill9()
        broker.daemon.start()
    for board in boards:
        board.is_to_end.set()
    for board in boards:
        board.join(60)
        assert not board.is_alive()
    return ledger


def examined(broker, channel, ledger) -> Audit:
    with broker.store() as store:
        return audit(ledger, store, channel.channel_id)


@pytest.mark.long
@pytest.mark.timeout(180 * TIMES)
@pytest.mark.xdist_group(name="MQTT killed")
class TestTheBrokerIsKilled:
    def test_nothing_acknowledged_is_lost_and_nothing_stored_twice(self, tmp_path):
        with running_broker(tmp_path) as broker:
            channel = broker.create_channel("Killed", feeds=(NUMBER,))
            ledger = stand(broker, channel, BLOWS * TIMES)
            assert examined(broker, channel, ledger) == Audit()
            assert ledger.acknowledged.keys() == ledger.sent.keys()

    def test_the_ledger_turns_red_where_it_acknowledges_too_early(self, tmp_path):
        with running_broker(tmp_path) as broker:
            channel = broker.create_channel("Sabotaged", feeds=(NUMBER,))
            broker.daemon.kill9()
            broker.daemon.command = [sys.executable, "-m", "tests.faults.mqtt_sabotage"]
            broker.daemon.start()
            ledger = stand(broker, channel, 3)
            broker.daemon.kill9()
            assert examined(broker, channel, ledger).lost
