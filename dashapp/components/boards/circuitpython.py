"""CircuitPython on boards with Wi-Fi."""

from __future__ import annotations

from dashapp.components.boards.place import Board, Code, File, Place
from dashapp.components.boards.pythonic import HEADERS, measure
from dashapp.components.boards.samples import samples

SETTINGS = """\
CIRCUITPY_WIFI_SSID = "the name of your Wi-Fi"
CIRCUITPY_WIFI_PASSWORD = "its password"
"""


def code(place: Place) -> Code:
    return Code(
        (
            "CircuitPython 9 or newer, on a board with Wi-Fi. Once, on your computer: pip install circup, then "
            "circup install adafruit_requests.",
            "Write both files onto the drive CIRCUITPY. The board joins the Wi-Fi by itself and begins.",
        ),
        (
            File("settings.toml", SETTINGS, "Press the reset button after saving this one."),
            File("code.py", _program(place)),
        ),
        'On the serial console: 201 {"entry_id":1,…} every five seconds. Any other number says what is wrong.',
    )


def _program(place: Place) -> str:
    return f'''\
import json
import random
import time

import adafruit_connection_manager
import adafruit_requests
import wifi

URL = "{place.url}"
KEY = "{place.key}"
{HEADERS}


{measure(samples(place))}

pool = adafruit_connection_manager.get_radio_socketpool(wifi.radio)
tls = adafruit_connection_manager.get_radio_ssl_context(wifi.radio)
requests = adafruit_requests.Session(pool, tls)

while True:
    try:
        body = json.dumps(measure()).encode()
        with requests.post(URL, data=body, headers=HEADERS, timeout=10) as answer:
            print(answer.status_code, answer.text)
    except (OSError, RuntimeError, adafruit_requests.OutOfRetries) as problem:
        print("No answer:", problem)
    time.sleep(5)  # seconds between readings
'''


BOARD = Board("circuitpython", "CircuitPython", "motherboard", code)
