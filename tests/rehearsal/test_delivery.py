from __future__ import annotations

import logging
from dataclasses import dataclass, field
from random import Random
from threading import Event

import pytest

from rehearsal.boards import Refused, Unreachable
from rehearsal.cast import Measured
from rehearsal.delivery import Courier, KeyRefused

MOMENTS = [Measured(1_000, {"temperature": 21.4}), Measured(2_000, {"temperature": 21.5})]
TOO_FAST = Refused(429, "This key sends faster than it may", retry_after_s=12.0)


class PatientEvent(Event):
    """A sign to stop that notes how long it was waited for instead of waiting."""

    def __init__(self):
        super().__init__()
        self.waited_s = []

    def wait(self, timeout=None):
        self.waited_s.append(timeout)
        return self.is_set()


@dataclass
class Answering:
    """A sender that answers as written down: with an error, or by taking the message (None)."""

    answers: list[Exception | None] = field(default_factory=list)
    taken: list[list[Measured]] = field(default_factory=list)
    asked: int = 0

    def send(self, moments):
        self.asked += 1
        if self.answers and (answer := self.answers.pop(0)):
            raise answer
        self.taken.append(list(moments))

    def close(self):
        pass


@pytest.fixture
def stop():
    return PatientEvent()


@pytest.fixture
def courier(stop):
    return Courier("Kiln 2", Random(7), stop)


class TestDeliver:
    def test_it_hands_the_message_over_once(self, courier):
        sender = Answering()
        courier.deliver(sender, MOMENTS)
        assert sender.taken == [MOMENTS]

    def test_much_is_cut_into_messages_of_at_most_a_thousand(self, courier):
        sender = Answering()
        many = [Measured(at_ms, {}) for at_ms in range(2_001)]
        courier.deliver(sender, many)
        assert [len(message) for message in sender.taken] == [1_000, 1_000, 1]
        assert [moment for message in sender.taken for moment in message] == many

    def test_an_outage_is_waited_out_with_growing_pauses(self, courier, stop):
        sender = Answering([Unreachable("refused")] * 8)
        courier.deliver(sender, MOMENTS)
        assert sender.taken == [MOMENTS]
        assert all(0.25 * 2**tries <= pause_s <= 0.5 * 2**tries for tries, pause_s in enumerate(stop.waited_s[:5]))
        assert max(stop.waited_s) <= 10

    def test_an_outage_is_told_once_and_its_end_too(self, courier, caplog):
        with caplog.at_level(logging.INFO):
            courier.deliver(Answering([Unreachable("refused")] * 5), MOMENTS)
        assert caplog.messages == [
            "Kiln 2: the server cannot be reached; its readings are kept and sent later.",
            "Kiln 2: the server is back.",
        ]

    def test_a_line_that_was_closed_meanwhile_is_not_worth_a_word(self, courier, caplog):
        with caplog.at_level(logging.INFO):
            courier.deliver(Answering([Unreachable("reset")]), MOMENTS)
        assert not caplog.messages

    def test_it_waits_as_long_as_the_server_asks(self, courier, stop):
        sender = Answering([TOO_FAST])
        courier.deliver(sender, MOMENTS)
        assert stop.waited_s == [12.0]
        assert sender.taken == [MOMENTS]

    def test_what_is_refused_for_itself_is_let_go_and_told(self, courier, caplog):
        sender = Answering([Refused(422, 'feed "pump": "maybe" is not a number')])
        courier.deliver(sender, MOMENTS)
        assert sender.asked == 1
        assert caplog.messages == ['Kiln 2: a message of 2 was refused with 422, feed "pump": "maybe" is not a number']

    @pytest.mark.parametrize("status", [401, 403, 404])
    def test_a_refused_key_is_not_tried_again(self, courier, status):
        sender = Answering([Refused(status, "The key is not valid")])
        with pytest.raises(KeyRefused, match="The key is not valid"):
            courier.deliver(sender, MOMENTS)
        assert sender.asked == 1

    def test_the_sign_to_stop_ends_it(self, courier, stop):
        stop.set()
        sender = Answering()
        courier.deliver(sender, MOMENTS)
        assert sender.asked == 0


class TestPauses:
    def test_two_boards_do_not_come_back_in_step(self, stop):
        one, other = (Courier(name, Random(name), stop).pauses() for name in ("Otter", "Finch"))
        assert [next(one) for _ in range(4)] != [next(other) for _ in range(4)]
