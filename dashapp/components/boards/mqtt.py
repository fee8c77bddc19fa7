"""MQTT: one line in any terminal, and what any MQTT client has to be told."""

from __future__ import annotations

import json
import shlex

from dashapp.components.boards.place import Board, Code, File, Place
from dashapp.components.boards.samples import samples


def code(place: Place) -> Code:
    return Code(
        (
            "Install the Mosquitto clients. Debian, Ubuntu, Raspberry Pi: sudo apt install mosquitto-clients",
            "Any other MQTT client does as well: MQTT 3.1.1, the key is the password, the user name may be anything.",
        ),
        (
            File("In any terminal", _one_value(place), "QoS 1: it returns when the reading is on the server's disk."),
            File("Several values at once", _object(place)),
            File("In a second terminal: why something is refused", _errors(place), "Start it first.", wraps=True),
        ),
        "Nothing at all, and the reading is here. With -d at its end it tells of CONNACK (0) and PUBACK.",
    )


def _one_value(place: Place) -> str:
    first = samples(place)[0]
    return _command(place, "mosquitto_pub", f"{place.topic}/{first.name}", "-m", str(first.example), "-q", "1")


def _object(place: Place) -> str:
    body = json.dumps({each.name: each.example for each in samples(place)}, ensure_ascii=False)
    return _command(place, "mosquitto_pub", place.topic, "-m", body, "-q", "1")


def _errors(place: Place) -> str:
    return _command(place, "mosquitto_sub", f"{place.topic}/$errors")


def _command(place: Place, program: str, topic: str, *more: str) -> str:
    where = [program, "-h", place.host, "-p", str(place.mqtt_port), "-u", "anything", "-P", place.key]
    return f"{shlex.join(where)} \\\n  {shlex.join(['-t', topic, *more])}\n"


BOARD = Board("mqtt", "MQTT", "broadcast", code, is_apart=False, speaks_https=False)
