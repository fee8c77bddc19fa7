"""WebSocket: one line that stays open, for boards that send often."""

from __future__ import annotations

import json

from dashapp.components.boards.place import Board, Code, File, Place
from dashapp.components.boards.pythonic import measure
from dashapp.components.boards.samples import samples


def code(place: Place) -> Code:
    return Code(
        (
            "For whatever sends several times a second: the key is said once, then each message is one frame.",
            "In a terminal: pip install websockets, save the program as line.py, then python3 line.py",
        ),
        (
            File("line.py", _program(place)),
            File("The conversation, for any other WebSocket client", _conversation(place)),
        ),
        'First {"channel_id":…}, then {"entry_id":1,…} for every message. A status in the answer means: refused.',
    )


def _conversation(place: Place) -> str:
    first = samples(place)[0]
    frames = [json.dumps(said, ensure_ascii=False) for said in ({"api_key": place.key}, {first.name: first.example})]
    return f"connect  {place.websocket_url}\n" + "".join(f"send     {frame}\n" for frame in frames)


def _program(place: Place) -> str:
    return f'''\
import json
import random
import time

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

URL = "{place.websocket_url}"
KEY = "{place.key}"


{measure(samples(place))}

def ask(line, message):
    """Say one thing and show the answer to it."""
    line.send(json.dumps(message))
    print(line.recv(timeout=10), flush=True)


def talk():
    """Open the line, show the key, and send until the line breaks."""
    with connect(URL, open_timeout=10, close_timeout=1) as line:
        ask(line, {{"api_key": KEY}})
        while True:
            ask(line, measure())
            time.sleep(1)  # seconds between readings


while True:
    try:
        talk()
    except (OSError, WebSocketException) as problem:
        print("No line:", problem, flush=True)
    time.sleep(3)  # then open it again
'''


BOARD = Board("websocket", "WebSocket", "arrow-left-right", code, is_apart=False)
