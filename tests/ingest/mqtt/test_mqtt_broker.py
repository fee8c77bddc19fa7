"""The broker: who is let in, what may be said and heard, when something is acknowledged, and how a line ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from contextlib import ExitStack

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from sqlalchemy import select, update

from models import channels, schema
from models.schema import refusal
from tests.brokers import PINGRESP, PUBACK, PUBCOMP, PUBLISH, PUBREC, SUBACK, RawClient, mosquitto, running_broker, text
from tests.servers import fresh_database, private_postgres

NOT_AUTHORISED = 5
REFUSED = 0x80


def errors_of(channel):
    return f"c/{channel.channel_id}/$errors"


def temperature_of(channel):
    return f"c/{channel.channel_id}/temperature"


def hide(connection, channel_id):
    connection.execute(update(schema.channel).where(schema.channel.c.id == channel_id).values(visibility="members"))
    channels.touch(connection, channel_id)


def pub(broker, key, topic, message, *more):
    command = [mosquitto("mosquitto_pub"), "-h", "localhost", "-p", str(broker.port)]
    command += ["-u", "anything", "-P", key, "-t", topic, "-m", message, *more]
    return subprocess.run(command, capture_output=True, text=True, timeout=30)


class TestWhoIsLetIn:
    @pytest.mark.parametrize("qos", ["0", "1", "2"])
    def test_mosquitto_pub_stores_a_reading(self, broker, channel, values, eventually, qos):
        done = pub(broker, channel.write_key, temperature_of(channel), "21.4", "-q", qos)
        assert done.returncode == 0, done.stderr
        eventually(lambda: values(channel) == [("temperature", 21.4)])

    @pytest.mark.parametrize("key", ["WRONGWRONGWRONG1", "", "0AAAAAAAAAAAAA11"])
    def test_a_key_that_is_none_is_not_authorised(self, broker, key):
        with RawClient(broker.port) as stranger:
            assert stranger.connect(key) == NOT_AUTHORISED
            assert stranger.is_ended()

    def test_nobody_is_let_in_without_a_key(self, broker):
        with RawClient(broker.port) as stranger:
            assert stranger.connect(None) == NOT_AUTHORISED

    def test_a_revoked_key_is_not_let_in(self, broker, channel):
        broker.revoke(channel.write_key)
        with RawClient(broker.port) as board:
            assert board.connect(channel.write_key) == NOT_AUTHORISED

    @pytest.mark.parametrize(("level", "code"), [(5, 0x84), (3, 1), (6, 1)])
    def test_who_speaks_another_mqtt_is_told_in_its_own(self, broker, channel, level, code):
        with RawClient(broker.port) as board:
            assert board.connect(channel.write_key, level=level) == code
            assert board.is_ended()

    def test_a_stranger_with_the_same_client_id_harms_nobody(self, broker, channel, hidden):
        with RawClient(broker.port) as mine, RawClient(broker.port) as other, RawClient(broker.port) as stranger:
            assert mine.connect(channel.write_key, client_id="esp") == 0
            assert stranger.connect("WRONGWRONGWRONG1", client_id="esp") == NOT_AUTHORISED
            assert other.connect(hidden.write_key, client_id="esp") == 0
            for each in (mine, other):
                each.ping()
                each.expect(PINGRESP)

    @pytest.mark.parametrize("said", [b"GET / HTTP/1.1\r\n\r\n", b"\x10\xff\xff\xff\xff", b"\x30\x03\x00\x01a", b"\0"])
    def test_who_speaks_something_else_is_hung_up_on(self, broker, said):
        with RawClient(broker.port) as stranger:
            stranger.line.sendall(said)
            stranger.line.shutdown(1)
            assert stranger.is_ended()

    def test_a_client_id_makes_no_lines_in_the_log(self, broker, channel, eventually):
        with RawClient(broker.port) as board:
            assert board.connect(channel.write_key, client_id="two\nlines") == 0
        eventually(lambda: r"two\nlines" in broker.log())

    def test_who_has_too_many_lines_is_told_to_come_later(self, tmp_path):
        with running_broker(tmp_path, {"CONNECTIONS_PER_PERSON": "2"}) as broker, ExitStack() as stack:
            channel = broker.create_channel("Crowded")
            boards = [stack.enter_context(RawClient(broker.port)) for _ in range(3)]
            codes = [board.connect(channel.write_key, client_id=str(place)) for place, board in enumerate(boards)]
            assert codes == [0, 0, 3]

    def test_an_address_with_too_many_lines_is_hung_up_on(self, tmp_path):
        with running_broker(tmp_path, {"CONNECTIONS_PER_ADDRESS": "2"}) as broker, ExitStack() as stack:
            channel = broker.create_channel("Crowded")
            boards = [stack.enter_context(RawClient(broker.port)) for _ in range(3)]
            assert [
                board.connect(channel.write_key, client_id=str(place)) for place, board in enumerate(boards[:2])
            ] == [0, 0]
            assert boards[2].is_ended()

    def test_keys_are_in_no_log(self, broker, channel):
        assert pub(broker, channel.write_key, temperature_of(channel), "1").returncode == 0
        assert channel.write_key not in broker.log()


class TestWhatMayBePublished:
    @pytest.mark.parametrize(
        ("topic", "payload", "status"),
        [
            ("c/{other}/temperature", "21.4", 403),
            ("c/{own}/live", "21.4", 422),
            ("$SYS/broker", "21.4", 422),
            ("temperature", "21.4", 422),
            ("c/{own}/temperature", "warm", 422),
            ("c/{own}/temperature", "", 400),
            ("c/{own}", "{", 400),
            ("c/{own}", '{"temperature": NaN}', 400),
        ],
    )
    def test_what_is_refused_is_acknowledged_and_said_on_errors(
        self, broker, channel, hidden, client, values, topic, payload, status
    ):
        board = client(channel.write_key)
        assert board.subscribe(errors_of(channel)) == [0]
        topic = topic.format(own=channel.channel_id, other=hidden.channel_id)
        board.publish(topic, payload, qos=1, number=9)
        refused = board.expect(PUBLISH)
        assert refused.topic == errors_of(channel)
        assert (refused.said["topic"], refused.said["status"]) == (topic, status)
        assert refused.said["detail"]
        assert board.expect(PUBACK).number == 9
        assert values(channel) == values(hidden) == []

    def test_a_read_key_sends_nothing(self, channel, client, values):
        program = client(channel.read_key)
        program.subscribe(errors_of(channel))
        program.publish(temperature_of(channel), "21.4", qos=1)
        assert program.expect(PUBLISH).said["status"] == 403
        program.expect(PUBACK)
        assert values(channel) == []

    def test_a_refusal_is_said_to_nobody_else(self, channel, client):
        board, other = client(channel.write_key), client(channel.write_key)
        for each in (board, other):
            each.subscribe(errors_of(channel))
        board.publish(temperature_of(channel), "warm", qos=1)
        board.expect(PUBLISH)
        other.ping()
        other.expect(PINGRESP)

    def test_a_refusal_is_seen_by_the_channels_people(self, broker, channel, eventually):
        pub(broker, channel.write_key, temperature_of(channel), "warm", "-q", "1")

        def noted():
            with broker.store() as store:
                return store.ask(lambda connection: connection.execute(wanted).all())

        wanted = select(refusal.c.code, refusal.c.door).where(refusal.c.channel_id == channel.channel_id)
        assert eventually(noted) == [("invalid", "mqtt")]

    def test_wildcards_are_no_topic(self, channel, client):
        board = client(channel.write_key)
        board.publish(f"c/{channel.channel_id}/#", "1", qos=1)
        assert board.is_ended()

    def test_a_message_too_large_ends_the_line_after_saying_so(self, channel, client):
        board = client(channel.write_key)
        board.subscribe(errors_of(channel))
        board.publish(temperature_of(channel), b"1" * 1_200_000, qos=1)
        assert board.expect(PUBLISH).said["status"] == 413
        assert board.is_ended()

    def test_one_a_little_too_large_is_refused_alone(self, channel, client):
        board = client(channel.write_key)
        board.subscribe(errors_of(channel))
        board.publish(temperature_of(channel), b"1" * 1_048_577, qos=1)
        assert board.expect(PUBLISH).said["status"] == 413
        board.expect(PUBACK)

    def test_an_object_brings_several_values_and_their_time(self, channel, client, values):
        board = client(channel.write_key)
        said = {"at": "2026-11-20T10:00:00Z", "values": {"temperature": 0, "door": "öffen"}}
        for number in (1, 2):
            board.publish(f"c/{channel.channel_id}", json.dumps(said), qos=1, number=number)
            board.expect(PUBACK)
        assert sorted(values(channel)) == [("door", "öffen"), ("temperature", 0)]


class TestRetained:
    """Flag 1 of a PUBLISH: a bridge hands on what another broker had kept."""

    RETAIN = 1

    def send(self, board, channel, said, number):
        board.publish(f"c/{channel.channel_id}", json.dumps(said), qos=1, number=number, flags=self.RETAIN)
        assert board.expect(PUBACK).number == number

    def test_what_is_older_than_the_newest_reading_is_passed_over(self, channel, client, values):
        board = client(channel.write_key)
        board.subscribe(errors_of(channel))
        self.send(board, channel, {"at": "2026-11-20T10:00:01Z", "values": {"temperature": 2}}, 1)
        self.send(board, channel, {"at": "2026-11-20T10:00:00Z", "values": {"temperature": 1}}, 2)
        self.send(board, channel, {"at": "2026-11-20T10:00:01Z", "values": {"temperature": 2}}, 3)
        assert values(channel) == [("temperature", 2)]

    def test_what_is_news_to_one_of_its_feeds_is_stored(self, channel, client, values):
        board = client(channel.write_key)
        self.send(board, channel, {"at": "2026-11-20T10:00:01Z", "values": {"temperature": 2}}, 1)
        self.send(board, channel, {"at": "2026-11-20T10:00:00Z", "values": {"door": "open"}}, 2)
        self.send(board, channel, {"at": "2026-11-20T10:00:02Z", "values": {"temperature": 3}}, 3)
        assert values(channel) == [("temperature", 2), ("door", "open"), ("temperature", 3)]

    def test_what_says_no_time_is_of_now(self, channel, client, values):
        board = client(channel.write_key)
        for number in (1, 2):
            self.send(board, channel, {"temperature": number}, number)
        assert [value for _, value in values(channel)] == [1, 2]

    def test_without_the_flag_what_is_older_is_stored(self, channel, client, values):
        board = client(channel.write_key)
        self.send(board, channel, {"at": "2026-11-20T10:00:01Z", "values": {"temperature": 2}}, 1)
        older = {"at": "2026-11-20T10:00:00Z", "values": {"temperature": 1}}
        board.publish(f"c/{channel.channel_id}", json.dumps(older), qos=1, number=2)
        board.expect(PUBACK)
        assert len(values(channel)) == 2

    def test_nothing_is_kept_for_who_subscribes_later(self, channel, client):
        board, program = client(channel.write_key), client(channel.read_key)
        self.send(board, channel, {"temperature": 1}, 1)
        program.subscribe(f"c/{channel.channel_id}/#")
        program.ping()
        program.expect(PINGRESP)


class TestWhatMayBeHeard:
    @pytest.mark.parametrize("what", ["live", "live/temperature", "live/+", "+", "#", "$errors"])
    @pytest.mark.parametrize(
        ("right", "which"), [("read_key", "hidden"), ("write_key", "channel"), ("read_key", "channel")]
    )
    def test_a_key_hears_its_own_channel(self, request, client, what, right, which):
        which = request.getfixturevalue(which)
        assert client(getattr(which, right)).subscribe(f"c/{which.channel_id}/{what}") == [0]

    @pytest.mark.parametrize("what", ["live", "live/temperature", "+", "#"])
    def test_a_write_key_does_not_read_what_is_not_public(self, hidden, client, what):
        board = client(hidden.write_key)
        board.subscribe(errors_of(hidden))
        board.say(0x82, b"\0\7" + text(f"c/{hidden.channel_id}/{what}") + b"\0")
        assert board.expect(PUBLISH).said["status"] == 403
        assert list(board.expect(SUBACK).body[2:]) == [REFUSED]

    @pytest.mark.parametrize(
        "topic_filter",
        ["#", "+/#", "$SYS/#", "c/#", "c/+/live", "c/{other}/live", "c/{other}/#", "c/{own}/temperature", "c/{own}/a#"],
    )
    def test_nothing_else_is_heard(self, channel, hidden, client, topic_filter):
        program = client(channel.read_key)
        assert program.subscribe(topic_filter.format(own=channel.channel_id, other=hidden.channel_id)) == [REFUSED]

    def test_what_one_sends_another_hears_whole_and_by_feed(self, channel, client):
        board, program = client(channel.write_key), client(channel.read_key)
        program.subscribe(f"c/{channel.channel_id}/#")
        board.publish(f"c/{channel.channel_id}", '{"temperature": "21.50", "door": "open"}', qos=1)
        board.expect(PUBACK)
        whole = program.expect(PUBLISH)
        assert whole.topic == f"c/{channel.channel_id}/live"
        assert whole.said["readings"][0]["values"]["door"] == "open"
        heard = {each.topic.rpartition("/")[2]: each.payload for each in (program.read(), program.read())}
        assert heard == {"temperature": b"21.50", "door": b"open"}

    def test_a_feed_made_since_has_its_topic(self, channel, client):
        board, program = client(channel.write_key), client(channel.read_key)
        program.subscribe(f"c/{channel.channel_id}/live/light")
        board.publish(f"c/{channel.channel_id}/light", "7", qos=1)
        assert program.expect(PUBLISH).payload == b"7"

    def test_who_unsubscribes_hears_no_more(self, channel, client):
        board, program = client(channel.write_key), client(channel.read_key)
        live = f"c/{channel.channel_id}/live/temperature"
        program.subscribe(live)
        program.unsubscribe(live)
        board.publish(temperature_of(channel), "1", qos=1)
        board.expect(PUBACK)
        program.ping()
        program.expect(PINGRESP)

    def test_there_is_an_end_to_subscriptions(self, channel, client):
        program = client(channel.read_key)
        filters = [f"c/{channel.channel_id}/live/{number}" for number in range(101)]
        assert program.subscribe(*filters) == [0] * 100 + [REFUSED]

    def test_many_questions_at_once_are_all_answered(self, channel, client):
        program = client(channel.read_key)
        for number in range(100):
            program.say(0x82, number.to_bytes(2, "big") + text(f"c/{channel.channel_id}/live") + b"\0")
        assert [program.expect(SUBACK).number for _ in range(100)] == [*range(100)]

    def test_mosquitto_sub_hears(self, broker, channel, client, eventually):
        command = [mosquitto("mosquitto_sub"), "-p", str(broker.port), "-u", "x", "-P", channel.read_key, "-C", "1"]
        command += ["-t", f"c/{channel.channel_id}/live/temperature", "-v", "-W", "30"]
        board = client(channel.write_key)
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as listening:
            eventually(lambda: board.publish(temperature_of(channel), "21.4") or listening.poll() is not None)
            assert f"c/{channel.channel_id}/live/temperature 21.4" in listening.stdout.read()


class TestPaho:
    def test_it_sends_and_hears(self, broker, channel):
        heard, is_granted = [], threading.Event()
        arrived = threading.Event()
        program = paho.Client(CallbackAPIVersion.VERSION2, client_id="paho", protocol=paho.MQTTv311)
        program.username_pw_set("anything", channel.write_key)
        program.on_subscribe = lambda *_: is_granted.set()
        program.on_message = lambda _client, _data, message: (heard.append(message.payload), arrived.set())
        program.connect("127.0.0.1", broker.port)
        program.loop_start()
        try:
            program.subscribe(f"c/{channel.channel_id}/live/temperature", qos=1)
            assert is_granted.wait(20)
            sent = [program.publish(temperature_of(channel), "21.4", qos=qos) for qos in (1, 2)]
            for each in sent:
                each.wait_for_publish(20)
            assert arrived.wait(20)
            assert heard[0] == b"21.4"
        finally:
            program.disconnect()
            program.loop_stop()

    def test_it_is_told_of_a_wrong_key(self, broker):
        codes, is_told = [], threading.Event()
        program = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv311)
        program.username_pw_set("anything", "WRONGWRONGWRONG1")
        program.on_connect = lambda _client, _data, _flags, code, _properties: (codes.append(str(code)), is_told.set())
        program.connect("127.0.0.1", broker.port)
        program.loop_start()
        assert is_told.wait(20)
        program.disconnect()
        program.loop_stop()
        assert codes[0] == "Not authorized"


class TestAcknowledgement:
    def test_it_comes_only_after_the_commit(self, broker, channel, client, values):
        board = client(channel.write_key)
        board.subscribe(errors_of(channel))
        with broker.store() as store, store.engine.connect() as other:
            with other.begin() as holding:  # as another process that writes for long
                board.publish(temperature_of(channel), "21.4", qos=1, number=5)
                waiting = board.expect(PUBLISH)  # and no PUBACK before it
                assert waiting.said["status"] == 503
                board.ping()
                board.expect(PINGRESP)
                holding.rollback()
        assert board.expect(PUBACK).number == 5
        assert values(channel) == [("temperature", 21.4)]

    def test_large_messages_wait_for_their_turn(self, channel, client):
        board = client(channel.write_key)
        board.subscribe(errors_of(channel))
        for number in range(1, 8):
            board.publish(f"c/{channel.channel_id}", b" " * 900_000 + b"{}", qos=1, number=number)
        packets = [board.read() for _ in range(14)]
        assert [each.number for each in packets if each.kind == PUBACK] == [*range(1, 8)]

    def test_they_come_in_the_order_of_the_messages(self, channel, client, values):
        board = client(channel.write_key)
        for number in range(1, 200):
            board.publish(temperature_of(channel), str(number), qos=1, number=number)
        assert [board.expect(PUBACK).number for _ in range(1, 200)] == [*range(1, 200)]
        assert [value for _, value in values(channel)] == [*range(1, 200)]

    def test_what_is_sent_twice_before_its_release_is_stored_once(self, channel, client, values):
        board = client(channel.write_key)
        for flags in (0, 8):
            board.publish(temperature_of(channel), "21.4", qos=2, number=3, flags=flags)
            assert board.expect(PUBREC).number == 3
        board.release(3)
        assert board.expect(PUBCOMP).number == 3
        assert values(channel) == [("temperature", 21.4)]

    def test_what_was_sent_before_the_line_broke_is_stored(self, broker, channel, values, eventually):
        with RawClient(broker.port) as board:
            board.connect(channel.write_key)
            for number in range(20):
                board.publish(temperature_of(channel), str(number))
        eventually(lambda: len(values(channel)) == 20)

    def test_a_flood_is_told_waits_and_is_stored(self, tmp_path):
        with running_broker(tmp_path, {"RATE_LIMIT": "20/s burst 2"}) as broker, RawClient(broker.port) as board:
            channel = broker.create_channel("Flooded")
            board.connect(channel.write_key)
            board.subscribe(errors_of(channel))
            for number in range(1, 11):
                board.publish(temperature_of(channel), str(number), qos=1, number=number)
            told, acknowledged = [], []
            while len(acknowledged) < 10:
                packet = board.read()
                (acknowledged if packet.kind == PUBACK else told).append(packet)
            assert {each.said["status"] for each in told} == {429}
            assert [each.number for each in acknowledged] == [*range(1, 11)]


class TestOtherStorage:
    def test_on_postgresql_with_redis(self, tmp_path, postgres_url, redis_server):
        """Two brokers, as of two machines: what one takes the other tells."""
        settings = {"DATABASE_URL": postgres_url, "REDIS_URL": redis_server.url}
        (tmp_path / "one").mkdir()
        (tmp_path / "two").mkdir()
        with (
            running_broker(tmp_path / "one", settings) as one,
            running_broker(tmp_path / "two", settings) as two,
            RawClient(one.port) as board,
            RawClient(two.port) as program,
        ):
            channel = one.create_channel("Two machines")
            assert (board.connect(channel.write_key), program.connect(channel.read_key)) == (0, 0)
            program.subscribe(f"c/{channel.channel_id}/live/temperature")
            board.publish(temperature_of(channel), "21.4", qos=1)
            board.expect(PUBACK)
            assert program.expect(PUBLISH).payload == b"21.4"
            two.revoke(channel.write_key)
            assert board.is_ended()

    def test_a_database_that_stands_still_is_waited_for(self, tmp_path):
        with private_postgres() as postgres:
            settings = {"DATABASE_URL": fresh_database(postgres)}
            with running_broker(tmp_path, settings) as broker, RawClient(broker.port) as board:
                channel = broker.create_channel("Standing still")
                board.connect(channel.write_key)
                board.publish(temperature_of(channel), "1", qos=1, number=1)
                assert board.expect(PUBACK).number == 1
                helpers = postgres.daemon.pids()
                for pid in helpers:
                    os.kill(pid, signal.SIGSTOP)
                board.publish(temperature_of(channel), "2", qos=1, number=2)
                board.ping()
                board.expect(PINGRESP)  # and no PUBACK before it
                for pid in helpers:
                    os.kill(pid, signal.SIGCONT)
                assert board.expect(PUBACK).number == 2


class TestHowALineEnds:
    def test_who_names_no_keep_alive_stays(self, broker, channel, client):
        board = client(channel.write_key, keep_alive_s=0)
        board.ping()
        board.expect(PINGRESP)

    @pytest.mark.parametrize("right", ["read_key", "write_key"])
    def test_a_revoked_key_is_hung_up_on(self, broker, channel, client, right):
        key = getattr(channel, right)
        board = client(key)
        broker.revoke(key)
        assert board.is_ended()

    def test_other_keys_of_the_channel_go_on(self, broker, channel, client):
        board, program = client(channel.write_key), client(channel.read_key)
        program.subscribe(f"c/{channel.channel_id}/live/temperature")
        broker.revoke(channel.write_key)
        assert board.is_ended()
        program.ping()
        program.expect(PINGRESP)

    @pytest.mark.parametrize("right", ["write_key", "read_key"])
    def test_who_may_listen_no_more_is_hung_up_on(self, broker, channel, client, right):
        """The channel is no longer public: its write key hears nothing more, its read key all."""
        program = client(getattr(channel, right))
        program.subscribe(f"c/{channel.channel_id}/live")
        with broker.store() as store:
            store.tell(hide, channel.channel_id)
        if right == "write_key":
            assert program.is_ended()
        else:
            other = client(channel.write_key)
            other.publish(temperature_of(channel), "1", qos=1)
            assert program.expect(PUBLISH).topic == f"c/{channel.channel_id}/live"

    def test_the_same_client_takes_its_older_lines_place(self, broker, channel):
        with RawClient(broker.port) as older, RawClient(broker.port) as newer:
            assert older.connect(channel.write_key, client_id="esp") == 0
            assert newer.connect(channel.write_key, client_id="esp") == 0
            assert older.is_ended()
            newer.ping()
            newer.expect(PINGRESP)

    def test_who_is_silent_for_too_long_is_hung_up_on_and_its_will_is_done(self, broker, channel, statuses, eventually):
        with RawClient(broker.port) as board:
            board.connect(channel.write_key, keep_alive_s=1, will=(f"c/{channel.channel_id}/$status", "offline"))
            assert board.is_ended()
        eventually(lambda: statuses(channel) == ["offline"])

    def test_a_will_is_not_done_after_a_goodbye(self, broker, channel, statuses, eventually):
        will = (f"c/{channel.channel_id}/$status", "offline")
        with RawClient(broker.port) as polite, RawClient(broker.port) as broken:
            polite.connect(channel.write_key, client_id="polite", will=(will[0], "polite is offline"))
            broken.connect(channel.write_key, client_id="broken", will=will)
            polite.goodbye()
            assert polite.is_ended()
        eventually(lambda: statuses(channel) == ["offline"])

    def test_a_status_is_the_entrys(self, channel, client, statuses):
        board = client(channel.write_key)
        board.publish(f"c/{channel.channel_id}/$status", "online", qos=1)
        board.expect(PUBACK)
        assert statuses(channel) == ["online"]

    def test_the_broker_stops_politely(self, tmp_path):
        with running_broker(tmp_path) as broker, RawClient(broker.port) as board:
            channel = broker.create_channel("Stopped")
            board.connect(channel.write_key, will=(f"c/{channel.channel_id}/$status", "offline"))
            board.publish(temperature_of(channel), "1", qos=1)
            board.expect(PUBACK)
            process = broker.daemon.process
            process.terminate()
            assert board.is_ended()
            assert process.wait(20) == 0
