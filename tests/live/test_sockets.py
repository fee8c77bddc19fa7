"""The door for sockets, under the real gunicorn and its gevent worker."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import struct

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.frames import Opcode
from websockets.sync.client import connect

from live.sockets import origin_of


def masked(opcode: int, payload: bytes, *, final: bool = True) -> bytes:
    """A frame as clients send it, masked with zeros."""
    return bytes([(0x80 if final else 0) | opcode, 0x80 | len(payload)]) + b"\0\0\0\0" + payload


def has_closed(sock: socket.socket) -> bool:
    """Whether the server ended the connection; reads what it says until then."""
    sock.settimeout(10)
    try:
        while sock.recv(65536):
            pass
    except ConnectionResetError:
        pass
    return True


class TestOrigin:
    @pytest.mark.parametrize(
        "origin",
        [
            "null",
            "http://evil.example",
            "https://127.0.0.1:{port}",
            "http://127.0.0.1",
            "http://127.0.0.1:1",
            "http://127.0.0.1:{port}.evil.example",
            "http://evil.example:{port}",
            "http://sub.127.0.0.1:{port}",
            "http://127.0.0.1:{port}@evil.example",
            "http://lab.example.edu",
            "https://evil-lab.example.edu",
            "https://lab.example.edu.evil.example",
            "https://lab.example.edu:8443",
            "",
        ],
    )
    def test_a_page_of_another_site_is_refused(self, served, origin):
        for path in ("/echo", "/browsers", "/_dash-ws-callback", "/ws/channels/1"):
            sock, status, headers, body = served.handshake(path, Origin=origin.format(port=served.port))
            sock.close()
            assert status == 403
            assert headers["Content-Type"] == "application/problem+json"
            assert json.loads(body)["status"] == 403

    @pytest.mark.parametrize("origin", ["{own}", "https://lab.example.edu", "https://friend.example"])
    def test_our_own_pages_and_listed_ones_come_in(self, served, origin):
        sock, status, headers, _ = served.handshake("/browsers", Origin=origin.format(own=served.origin))
        sock.close()
        assert status == 101
        assert headers["Sec-WebSocket-Accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

    def test_a_program_sends_none_and_comes_in_where_programs_may(self, served):
        for path, expected in (("/echo", 101), ("/browsers", 403), ("/_dash-ws-callback", 403)):
            sock, status, _, _ = served.handshake(path)
            sock.close()
            assert status == expected


class TestHandshake:
    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec_WebSocket_Key": None},
            {"Sec_WebSocket_Key": "short"},
            {"Sec_WebSocket_Version": "8"},
            {"Sec_WebSocket_Version": None},
        ],
    )
    def test_a_broken_one_is_answered_with_a_problem(self, served, headers):
        sock, status, told, body = served.handshake("/echo", **headers)
        sock.close()
        assert status == 400
        assert told["Sec-WebSocket-Version"] == "13"
        assert json.loads(body)["detail"] == "This is no WebSocket handshake of version 13."

    def test_what_the_door_refuses_is_refused_before_the_upgrade(self, served):
        sock, status, told, body = served.handshake("/greet/nobody")
        sock.close()
        assert (status, json.loads(body)["status"]) == (404, 404)
        assert told["Content-Type"] == "application/problem+json"

    def test_what_it_admits_is_handed_to_the_conversation(self, dial):
        assert dial("/greet/Ada").recv() == "hello Ada"


class TestMessages:
    def test_words_and_bytes_arrive_as_such(self, dial):
        client = dial("/echo")
        client.send("21.4 °C")
        client.send(b"\x00\xff")
        assert client.recv() == "21.4 °C"
        assert client.recv() == "bytes 00ff"

    def test_a_fragmented_message_is_put_together(self, dial):
        client = dial("/echo")
        client.send(["one, ", "two, ", "three"])
        assert client.recv() == "one, two, three"

    def test_a_frame_far_larger_than_a_socket_buffer_arrives_whole(self, dial):
        client = dial("/echo", max_size=None)
        client.send("large 6000000")
        assert client.recv() == "L" * 6_000_000
        assert client.recv() == "after"

    def test_a_ping_is_answered_even_while_a_large_frame_is_on_its_way(self, dial):
        client = dial("/echo", max_size=None)
        client.send("large 5000000")
        pong = client.ping()
        assert len(client.recv()) == 5_000_000
        assert pong.wait(10)

    @pytest.mark.parametrize("size", [1_000_001, 3_000_000])
    def test_a_message_too_large_is_refused_with_1009(self, dial, size):
        client = dial("/echo")
        with contextlib.suppress(ConnectionClosed):
            client.send("x" * size)
        with pytest.raises(ConnectionClosed) as closed:
            client.recv()
        assert closed.value.rcvd.code == 1009

    def test_bytes_that_are_no_text_close_with_1007(self, served):
        sock, *_ = served.handshake("/echo")
        sock.sendall(masked(Opcode.TEXT, b"\xff\xfe"))
        assert sock.recv(4)[2:4] == struct.pack("!H", 1007)
        assert has_closed(sock)
        sock.close()

    def test_a_frame_without_a_mask_closes_with_1002(self, served):
        sock, *_ = served.handshake("/echo")
        sock.sendall(b"\x81\x01x")
        assert sock.recv(4)[2:4] == struct.pack("!H", 1002)
        assert has_closed(sock)
        sock.close()

    def test_compression_is_not_agreed_to(self, dial):
        assert dial("/echo", compression="deflate").response.headers.get("Sec-WebSocket-Extensions") is None


class TestClosing:
    def test_the_peer_s_goodbye_is_answered(self, dial):
        client = dial("/echo")
        client.close(4321)
        assert client.close_code == 4321

    def test_a_conversation_that_ends_says_goodbye(self, dial):
        client = dial("/echo")
        client.send("leave")
        with pytest.raises(ConnectionClosed) as closed:
            client.recv()
        assert closed.value.rcvd.code == 1000

    def test_one_that_fails_closes_with_1011_and_tells_no_secret(self, dial, served):
        client = dial("/echo")
        client.send("fail")
        with pytest.raises(ConnectionClosed) as closed:
            client.recv()
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1011, "Something went wrong on the server.")
        assert "a secret of the server" in served.daemon.log()

    def test_who_keeps_silent_when_a_message_is_due_is_closed_with_1008(self, dial):
        client = dial("/echo")
        client.send("key, please")
        with pytest.raises(ConnectionClosed) as closed:
            client.recv(timeout=10)
        assert closed.value.rcvd.code == 1008

    @pytest.mark.parametrize("how", ["close", "reset", "shutdown"])
    def test_a_viewer_who_leaves_a_quiet_channel_is_noticed(self, served, eventually, how):
        vanished = served.ask("/counts")["sockets"]["vanished"]
        sock, *_ = served.handshake("/ws/channels/1")
        eventually(lambda: served.ask("/counts")["sockets"]["open_now"] == 1)
        if how == "reset":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if how == "shutdown":
            sock.shutdown(socket.SHUT_WR)
        else:
            sock.close()
        eventually(lambda: served.ask("/counts")["sockets"]["open_now"] == 0)
        assert served.ask("/counts")["sockets"]["vanished"] == vanished  # it was not for a missing answer to a ping
        sock.close()

    def test_one_who_vanishes_is_pinged_and_given_up_and_one_who_answers_stays(self, served, dial, eventually):
        vanished = served.ask("/counts")["sockets"]["vanished"]
        stays = dial("/echo", ping_interval=None)
        sock, *_ = served.handshake("/echo")
        eventually(lambda: served.ask("/counts")["sockets"]["vanished"] == vanished + 1)
        assert sock.recv(2) == b"\x89\x00"
        stays.send("still here")
        assert stays.recv() == "still here"
        sock.close()


class TestSlowPeers:
    def test_one_who_does_not_read_is_dropped_and_nobody_waits_for_it(self, served, dial, eventually):
        reader = dial("/padded", max_size=None)
        sock, *_ = served.handshake("/padded")
        eventually(lambda: served.ask("/counts")["hub"]["watchers"] == 2)
        resident, newest = served.ask("/counts")["resident"], 0
        for _ in range(40):
            newest = served.store(times=10)
        seen = ""
        while not seen.startswith(f"{newest} "):
            seen = reader.recv(timeout=10)
        assert served.ask("/counts")["hub"]["behind"] == 1
        assert served.ask("/counts")["resident"] - resident < 10_000_000
        eventually(lambda: served.ask("/counts")["hub"]["watchers"] == 1)
        sock.close()

    def test_one_who_reads_on_later_misses_nothing(self, served, dial, eventually):
        slow = dial("/ws/channels/1", max_size=None, sock=deaf_socket(served.port))
        first = json.loads(slow.recv())["entry_id"]
        eventually(lambda: served.ask("/counts")["hub"]["watchers"] == 1)
        while not served.ask("/counts")["hub"]["behind"]:
            newest = served.store(times=10, entries=500)
        seen: list[float] = []
        while not seen or seen[-1] < newest:
            said = json.loads(slow.recv(timeout=10))
            seen += [value for each in said["readings"] for value in each["values"].values()]
        assert seen == [*range(first + 1, newest + 1)]


def deaf_socket(port: int) -> socket.socket:
    """A connection whose own end holds little, so that what is not read piles up at the server."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.connect(("127.0.0.1", port))
    return sock


class TestShutdown:
    def test_everyone_is_told_1001_and_the_server_ends_at_once_and_quietly(self, own_served):
        with connect(own_served.address + "/echo", close_timeout=2) as client:
            own_served.daemon.process.send_signal(signal.SIGTERM)
            with pytest.raises(ConnectionClosed) as closed:
                client.recv(timeout=10)
        assert closed.value.rcvd.code == 1001
        assert own_served.daemon.process.wait(8) == 0
        assert "graceful timeout" not in own_served.daemon.log()
        assert "Traceback" not in own_served.daemon.log()


class TestLog:
    def test_gunicorn_finds_no_fault_with_a_hijacked_request(self, own_served, eventually):
        for _ in range(5):
            with connect(own_served.address + "/echo", close_timeout=2) as client:
                client.send("x")
                client.recv()
        eventually(lambda: own_served.ask("/counts")["sockets"]["open_now"] == 0)
        log = own_served.daemon.log()
        assert "Error" not in log
        assert "Traceback" not in log


class TestOriginOf:
    def test_it_keeps_scheme_host_and_port(self):
        assert origin_of("https://lab.example.edu:8443/feeds?x=1") == "https://lab.example.edu:8443"
