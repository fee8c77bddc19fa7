"""Frames are what another WebSocket implementation reads."""

from __future__ import annotations

import pytest
from wsproto.connection import Connection, ConnectionType
from wsproto.events import CloseConnection, Ping, Pong, TextMessage

from live.frames import CloseCode, Frame


def read(frame: bytes) -> list:
    browser = Connection(ConnectionType.CLIENT)
    browser.receive_data(frame)
    return list(browser.events())


class TestFrame:
    @pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 200_000])
    def test_a_text_of_any_size_arrives_whole(self, size):
        text = "".join(event.data for event in read(Frame.text(b"x" * size)) if isinstance(event, TextMessage))
        assert text == "x" * size

    def test_several_frames_joined_are_several_messages(self):
        frames = [Frame.text("°".encode()), Frame.text(b"b")]
        assert [event.data for event in read(Frame.joined(frames))] == ["°", "b"]

    def test_ping_and_pong_are_themselves(self):
        assert isinstance(read(Frame.ping())[0], Ping)
        pong = read(Frame.pong(b"payload"))[0]
        assert isinstance(pong, Pong)
        assert bytes(pong.payload) == b"payload"

    def test_a_close_says_why(self):
        event = read(Frame.close(CloseCode.TOO_SLOW, "too slow"))[0]
        assert isinstance(event, CloseConnection)
        assert (event.code, event.reason) == (1013, "too slow")

    def test_a_long_reason_is_cut_between_characters(self):
        event = read(Frame.close(CloseCode.RIGHT_ENDED, "é" * 100))[0]
        assert event.reason == "é" * 61
