"""MicroPython on boards with Wi-Fi."""

from __future__ import annotations

from dashapp.components.boards.place import Board, Code, File, Place
from dashapp.components.boards.pythonic import HEADERS, measure
from dashapp.components.boards.samples import samples


def code(place: Place) -> Code:
    return Code(
        (
            "Install Thonny, connect the board by USB and choose MicroPython in Thonny's corner.",
            "Paste the program, write the name and password of your Wi-Fi (2.4 GHz) into it, and run it.",
            "When it works, save it on the board as main.py: then it starts with the board.",
        ),
        (File("main.py", _program(place)),),
        '201 {"entry_id":1,…} every five seconds. Any other number says in its detail what is wrong.',
    )


def _program(place: Place) -> str:
    return f'''\
import json
import random
import time

import network
import requests  # missing on your board? Once, in the shell: import mip; mip.install("requests")

WIFI_NAME = "the name of your Wi-Fi"
WIFI_PASSWORD = "its password"
URL = "{place.url}"
KEY = "{place.key}"
{HEADERS}


{measure(samples(place))}

wifi = network.WLAN(network.STA_IF)
wifi.active(True)
if not wifi.isconnected():
    wifi.connect(WIFI_NAME, WIFI_PASSWORD)
while not wifi.isconnected():
    print("Waiting for Wi-Fi")
    time.sleep(1)  # then look again

while True:
    try:
        body = json.dumps(measure()).encode()
        answer = requests.post(URL, data=body, headers=HEADERS, timeout=10)
        print(answer.status_code, answer.text)
        answer.close()
    except OSError as problem:
        print("No answer:", problem)
    time.sleep(5)  # seconds between readings
'''


BOARD = Board("micropython", "MicroPython", "cpu", code)
