"""Python on a Raspberry Pi or any computer, with and without a Sense HAT."""

from __future__ import annotations

from dashapp.components.boards.literals import python_string
from dashapp.components.boards.place import Board, Code, File, Place
from dashapp.components.boards.pythonic import measure
from dashapp.components.boards.samples import samples

SENSE_HAT: dict[str, str] = {
    "temperature": "round(sense.get_temperature(), 1)",
    "humidity": "round(sense.get_humidity(), 1)",
    "pressure": "round(sense.get_pressure(), 2)",
    "pitch": 'round(orientation["pitch"], 1)',
    "roll": 'round(orientation["roll"], 1)',
    "yaw": 'round(orientation["yaw"], 1)',
}
"""What a Sense HAT measures, by the name of the feed."""


def code(place: Place) -> Code:
    with_hat = _sense_hat(place)
    return Code(
        (
            "Python 3 is all you need, on a Raspberry Pi or any other computer.",
            "Save the program as board.py and start it in a terminal: python3 board.py",
            *(["For the Sense HAT, once: sudo apt install sense-hat"] if with_hat else []),
        ),
        (
            File("board.py", _program("import random\n", "", measure(samples(place)), place)),
            *([File("board.py, reading a Sense HAT", with_hat)] if with_hat else []),
        ),
        '201 {"entry_id":1,…} every five seconds; Ctrl-C ends it. Any other number says in its detail what is wrong.',
    )


def _sense_hat(place: Place) -> str:
    """The program for a Sense HAT; empty where the channel takes nothing that it measures."""
    names = {feed.name for feed in place.feeds}
    taken = [name for name in SENSE_HAT if place.accepts_new or name in names]
    if not taken:
        return ""
    lines = "".join(f"        {python_string(name)}: {SENSE_HAT[name]},\n" for name in taken)
    looks = "    orientation = sense.get_orientation_degrees()\n" if "orientation" in lines else ""
    reading = f'def measure():\n    """What the Sense HAT says now."""\n{looks}    return {{\n{lines}    }}\n'
    return _program("", "\nfrom sense_hat import SenseHat\n", reading, place, "\nsense = SenseHat()\n")


def _program(chance: str, library: str, measuring: str, place: Place, made: str = "") -> str:
    return f'''\
import json
{chance}import time
import urllib.error
import urllib.request
{library}
URL = "{place.url}"
KEY = "{place.key}"
{made}

{measuring}

def send(values):
    """Send one message and return what the server says."""
    headers = {{"X-API-Key": KEY, "Content-Type": "application/json"}}
    request = urllib.request.Request(URL, json.dumps(values).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return f"{{answer.status}} {{answer.read().decode()}}"
    except urllib.error.HTTPError as refusal:
        return f"{{refusal.code}} {{refusal.read().decode()}}"
    except OSError as problem:
        return f"No answer: {{problem}}"


while True:
    print(send(measure()), flush=True)
    time.sleep(5)  # seconds between readings
'''


BOARD = Board("python", "Raspberry Pi, Python", "pc-display", code, is_apart=False)
