"""How boards send: over HTTP, as bare values, or over a WebSocket. Each knows one key and one address."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from threading import Thread
from typing import Any, Protocol
from urllib.parse import quote

import requests
import simple_websocket
from wsproto.utilities import ProtocolError

from rehearsal.cast import Board, Measured, Voice
from rehearsal.enrolment import Credentials

ANSWER_WITHIN_S = 15.0
STALE_AFTER_MS = 2_000
"""A bare value says nothing of its time; older than this it is sent with its time instead."""


class Unreachable(Exception):
    """No answer came: the server is down, or the line is."""


class Refused(Exception):
    """The server answered that it does not take the message. The text is the server's sentence."""

    def __init__(self, status: int, sentence: str, retry_after_s: float | None = None) -> None:
        self.status = status
        self.sentence = sentence
        self.retry_after_s = retry_after_s
        super().__init__(f"{status}, {sentence}")

    @property
    def is_about_the_key(self) -> bool:
        """The key is wrong or revoked, or its channel is gone."""
        return self.status in (401, 403, 404)

    @property
    def may_be_repeated(self) -> bool:
        """The same message may be taken later."""
        return self.status in (408, 425, 429) or self.status >= 500


class Sender(Protocol):
    """One board's line to the server."""

    def send(self, moments: Sequence[Measured]) -> None:
        """Hand these over; returns when the server says they are stored. Raises Unreachable or Refused."""

    def close(self) -> None:
        """Hang up; the next `send` connects anew."""


def sender_for(board: Board, url: str, credentials: Credentials, now_ms: Callable[[], int]) -> Sender:
    """The line that suits the board's voice."""
    match board.voice:
        case Voice.HTTP:
            return HttpBoard(url, credentials)
        case Voice.BARE:
            return BareValueBoard(url, credentials, now_ms)
        case Voice.SOCKET:
            return SocketBoard(url, credentials)


class HttpBoard:
    """POSTs one dated message, or several as an array."""

    def __init__(self, url: str, credentials: Credentials) -> None:
        self._url = url
        self._channel = f"{url}/api/v1/channels/{credentials.channel_id}"
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["X-API-Key"] = credentials.write_key

    def send(self, moments: Sequence[Measured]) -> None:
        items = [as_item(moment) for moment in moments]
        body = json.dumps(items[0] if len(items) == 1 else items)
        self._post(f"{self._url}/api/v1/readings", body, "application/json")

    def close(self) -> None:
        self._session.close()

    def _post(self, address: str, body: str, content_type: str) -> None:
        try:
            answer = self._session.post(
                address, data=body.encode(), headers={"Content-Type": content_type}, timeout=ANSWER_WITHIN_S
            )
        except requests.RequestException as error:
            raise Unreachable(str(error)) from error
        if not answer.ok:
            raise refusal(answer.status_code, _document(answer.text), answer.headers.get("Retry-After"))


class BareValueBoard(HttpBoard):
    """POSTs each value alone to its feed's address, as the smallest boards do; what is old goes dated."""

    def __init__(self, url: str, credentials: Credentials, now_ms: Callable[[], int]) -> None:
        super().__init__(url, credentials)
        self._now_ms = now_ms

    def send(self, moments: Sequence[Measured]) -> None:
        if len(moments) > 1 or self._now_ms() - moments[0].at_ms > STALE_AFTER_MS:
            super().send(moments)
        else:
            self._send_bare(moments[0])

    def _send_bare(self, moment: Measured) -> None:
        for feed, value in moment.values.items():
            self._post(f"{self._channel}/feeds/{quote(feed)}", str(value), "text/plain")


class SocketBoard:
    """Speaks on /ws/sensor: the key first, then each message with an id of its own; each is answered before the next.

    The line is given up when an answer does not come in time, so an answer is always that of the last message.
    """

    def __init__(self, url: str, credentials: Credentials) -> None:
        self._address = "ws" + url.removeprefix("http") + "/ws/sensor"
        self._write_key = credentials.write_key
        self._line: simple_websocket.Client | None = None
        self._last_id = 0

    def send(self, moments: Sequence[Measured]) -> None:
        try:
            line = self._line or self._connect()
            self._exchange(line, moments)
        except simple_websocket.ConnectionError as error:
            raise _turned_away(error.status_code) from error
        except (simple_websocket.ConnectionClosed, ProtocolError, OSError) as error:
            self.close()
            raise Unreachable(str(error)) from error

    def close(self) -> None:
        line, self._line = self._line, None
        if line:
            with suppress(simple_websocket.ConnectionClosed, ProtocolError, OSError):  # it has hung up already
                line.close()

    def _connect(self) -> simple_websocket.Client:
        """A line whose key was taken: the server answers the key before anything else is said."""
        line = simple_websocket.Client(self._address, thread_class=partial(Thread, daemon=True))
        self._line = line
        _say(line, {"api_key": self._write_key})
        _hear(line)
        return line

    def _exchange(self, line: simple_websocket.Client, moments: Sequence[Measured]) -> None:
        self._last_id += 1
        items = [as_item(moment) for moment in moments]
        _say(line, {"id": self._last_id} | (items[0] if len(items) == 1 else {"readings": items}))
        _hear(line)


def _say(line: simple_websocket.Client, message: Mapping[str, Any]) -> None:
    line.send(json.dumps(message))


def _hear(line: simple_websocket.Client) -> Mapping[str, Any]:
    """The next frame. Raises Refused for a problem, TimeoutError where nothing comes."""
    frame = line.receive(timeout=ANSWER_WITHIN_S)
    if frame is None:
        raise TimeoutError(f"no answer within {ANSWER_WITHIN_S:.0f} s")
    answer = _document(frame)
    if answer.get("status", 200) >= 400:
        raise refusal(answer["status"], answer, None)
    return answer


def _turned_away(status: int | None) -> Refused | Unreachable:
    """A handshake that ended otherwise than in a WebSocket; without a status it was no HTTP answer at all."""
    return Refused(status, "the WebSocket was not opened") if status else Unreachable("the handshake failed")


def as_item(moment: Measured) -> dict[str, Any]:
    """The message of one moment: {"at": "2026-11-20T10:00:00.130Z", "values": {…}}."""
    whole_s, ms = divmod(moment.at_ms, 1000)
    at = datetime.fromtimestamp(whole_s, UTC)
    return {"at": f"{at:%Y-%m-%dT%H:%M:%S}.{ms:03d}Z", "values": moment.values}


def refusal(status: int, problem: Mapping[str, Any], retry_after: str | None) -> Refused:
    """What a problem document (RFC 9457) or a bare error page says, as one sentence."""
    sentence = problem.get("detail") or problem.get("title") or "without a reason"
    wait = retry_after or problem.get("retry_after")
    return Refused(status, str(sentence), _seconds(wait))


def _seconds(wait: object) -> float | None:
    try:
        return float(str(wait))
    except ValueError:
        return None


def _document(text: str | bytes) -> Mapping[str, Any]:
    """The JSON object in an answer; empty where somebody else (a proxy) answered with something else."""
    try:
        document = json.loads(text)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
