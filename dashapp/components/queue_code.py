"""How a board fetches the commands of a queue, and how a program adds some: code with address, number and key."""

from __future__ import annotations

from dataclasses import dataclass

from dashapp.components.boards.literals import python_string
from dashapp.components.boards.place import Code, File

KEY_PLACEHOLDER = "THE-QUEUE-S-KEY"


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """Where a queue is: the server's address without a slash at its end, the queue's number, and its key."""

    origin: str
    number: int
    key: str

    @property
    def url(self) -> str:
        return f"{self.origin}/talkbacks/{self.number}/commands"


def code(place: QueuePlace) -> Code:
    """As ThingSpeak's TalkBack: what was written for it needs this address, number and key alone."""
    return Code(
        (
            "The board asks every few seconds and does what it is told. Where nothing waits, the answer is empty.",
            "A board that sends with /update may add talkback_key instead: the answer is then the command.",
        ),
        (
            File("Fetch the next command", _fetch(place), "In any terminal.", wraps=True),
            File("Add a command", _add(place), "From any program that has the key.", wraps=True),
            File("main.py, for MicroPython", _board(place), "Below the lines that join your Wi-Fi."),
        ),
        "the text of the command, once; then an empty answer.",
    )


def _fetch(place: QueuePlace) -> str:
    return f'curl -d "api_key={place.key}" {place.url}/execute\n'


def _add(place: QueuePlace) -> str:
    return f'curl -d "api_key={place.key}&command_string=TURN_ON" {place.url}\n'


def _board(place: QueuePlace) -> str:
    return f"""\
import time
import requests  # on some boards: import urequests as requests

URL = {python_string(f"{place.url}/execute?api_key={place.key}")}

while True:
    answer = requests.get(URL)
    command = answer.text if answer.status_code == 200 else ""
    answer.close()
    if command == "TURN_ON":
        print("on")   # your relay, lamp or motor here
    elif command == "TURN_OFF":
        print("off")
    time.sleep(5)  # seconds between questions
"""
