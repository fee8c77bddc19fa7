from __future__ import annotations

import json
import time
from contextlib import closing
from datetime import datetime
from itertools import count

import pytest
import requests

from rehearsal.boards import BareValueBoard, HttpBoard, Refused, SocketBoard, Unreachable, as_item, refusal
from rehearsal.cast import Measured
from rehearsal.enrolment import Credentials

UNKNOWN_KEY = Credentials(1, "0123456789ABCDEF", "")
ticks = count(time.time_ns() // 1_000_000 - 60_000, 10)


def moment(temperature=21.4, door="open"):
    """A moment of the last minute; no two have the same instant."""
    return Measured(next(ticks), {"temperature": temperature, "door": door})


def now_ms():
    return time.time_ns() // 1_000_000


@pytest.fixture(scope="module")
def channel(shared_labfeed):
    """One for all tests: what each sends is told by its instants."""
    return shared_labfeed.create_channel("Rehearsed", feeds=("temperature:°C", "door:text"))


@pytest.fixture
def credentials(channel):
    return Credentials(channel.channel_id, channel.write_key, channel.read_key)


@pytest.fixture(params=["http", "bare", "socket"])
def board(request, labfeed, credentials):
    made = {
        "http": lambda: HttpBoard(labfeed.url, credentials),
        "bare": lambda: BareValueBoard(labfeed.url, credentials, now_ms),
        "socket": lambda: SocketBoard(labfeed.url, credentials),
    }[request.param]()
    yield made
    made.close()


@pytest.fixture
def stored(labfeed, channel):
    """What the channel holds of the instants from one to another: (ms since the epoch, feed, value), oldest first."""

    def ask(from_ms, to_ms):
        address = f"{labfeed.url}/api/v1/channels/{channel.channel_id}/readings?format=json&from=now-1h&limit=10000"
        readings = requests.get(address, timeout=10).json()["readings"]
        told = sorted((_ms(reading["at"]), reading["feed"], reading["value"]) for reading in readings)
        return [row for row in told if from_ms <= row[0] <= to_ms]

    return ask


def _ms(at):
    return round(datetime.fromisoformat(at).timestamp() * 1000)


def rows(*moments):
    return sorted((moment.at_ms, feed, value) for moment in moments for feed, value in moment.values.items())


class TestAsItem:
    def test_an_instant_is_written_with_its_zone_and_milliseconds(self):
        told = as_item(Measured(1_795_166_213_004, {"temperature": 21.4}))
        assert told == {"at": "2026-11-20T09:16:53.004Z", "values": {"temperature": 21.4}}


class TestEverySender:
    def test_several_moments_arrive_at_their_instants(self, board, stored):
        sent = [moment(21.4, "open"), moment(21.5, "closed"), moment(0, "open")]
        board.send(sent)
        assert stored(sent[0].at_ms, sent[-1].at_ms) == rows(*sent)

    def test_sending_again_stores_nothing_twice(self, board, stored):
        sent = [moment(), moment()]
        board.send(sent)
        board.send(sent)
        assert stored(sent[0].at_ms, sent[-1].at_ms) == rows(*sent)

    def test_it_can_send_after_hanging_up(self, board, stored):
        sent = [moment() for _ in range(4)]
        board.send(sent[:2])
        board.close()
        board.send(sent[2:])
        assert stored(sent[0].at_ms, sent[-1].at_ms) == rows(*sent)

    def test_a_refusal_says_why(self, board):
        with pytest.raises(Refused) as refused:
            board.send([Measured(next(ticks), {"temperature": "warm"}), moment()])
        assert refused.value.status == 422
        assert "temperature" in refused.value.sentence
        assert not refused.value.may_be_repeated


class TestOneMoment:
    def test_over_http_it_keeps_its_instant(self, labfeed, credentials, stored):
        sent = moment()
        with closing(HttpBoard(labfeed.url, credentials)) as line:
            line.send([sent])
        assert stored(sent.at_ms, sent.at_ms) == rows(sent)

    def test_over_the_socket_it_keeps_its_instant(self, labfeed, credentials, stored):
        sent = moment()
        with closing(SocketBoard(labfeed.url, credentials)) as line:
            line.send([sent])
        assert stored(sent.at_ms, sent.at_ms) == rows(sent)

    def test_a_fresh_bare_value_is_stamped_on_arrival(self, labfeed, credentials, stored):
        before_ms = now_ms()
        with closing(BareValueBoard(labfeed.url, credentials, now_ms)) as line:
            line.send([Measured(before_ms - 1_500, {"door": "open"})])
        ((_, feed, value),) = stored(before_ms, now_ms())
        assert (feed, value) == ("door", "open")

    def test_a_stale_bare_value_is_sent_with_its_instant(self, labfeed, credentials, stored):
        sent = Measured(now_ms() - 30_000, {"door": "open"})
        with closing(BareValueBoard(labfeed.url, credentials, now_ms)) as line:
            line.send([sent])
        assert stored(sent.at_ms, sent.at_ms) == rows(sent)


@pytest.mark.parametrize("kind", [HttpBoard, SocketBoard])
class TestWithoutWelcome:
    def test_an_unknown_key_is_known_as_such(self, labfeed, kind):
        with closing(kind(labfeed.url, UNKNOWN_KEY)) as line, pytest.raises(Refused) as refused:
            line.send([moment()])
        assert refused.value.is_about_the_key

    @pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
    def test_a_server_that_is_not_there_is_unreachable(self, free_port, kind):
        """simple_websocket leaves its socket to the garbage collector when nobody answers, which warns."""
        with closing(kind(f"http://127.0.0.1:{free_port}", UNKNOWN_KEY)) as line, pytest.raises(Unreachable):
            line.send([moment()])


class TestRefusal:
    def test_it_takes_the_waiting_time_from_the_header_or_the_problem(self):
        assert refusal(429, {"retry_after": 2.5}, None).retry_after_s == 2.5
        assert refusal(503, {}, "7").retry_after_s == 7
        assert refusal(503, {}, "Fri, 20 Nov 2026 10:00:00 GMT").retry_after_s is None

    @pytest.mark.parametrize(("status", "may_be_repeated"), [(422, False), (409, False), (429, True), (503, True)])
    def test_some_refusals_are_for_now_and_some_for_good(self, status, may_be_repeated):
        assert refusal(status, {}, None).may_be_repeated == may_be_repeated

    def test_it_reads_well_where_somebody_else_answered(self):
        assert str(refusal(502, {}, None)) == "502, without a reason"

    def test_it_says_what_the_server_said(self):
        problem = json.loads('{"title": "The key is not valid", "detail": "The key has a typo."}')
        assert str(refusal(401, problem, None)) == "401, The key has a typo."
