"""Tasmota: a rule for each sensor value. `WebQuery` is in the usual builds; it speaks HTTP only."""

from __future__ import annotations

import json

from dashapp.components.boards.place import Board, Code, File, Place
from dashapp.components.boards.samples import Sample, samples

MOST_VALUES = 3
"""Values of one rule: a rule has room for 511 characters."""

SENSORS = (
    ("temp", "Tele-AM2301#Temperature"),
    ("humid", "Tele-AM2301#Humidity"),
    ("press", "Tele-BME280#Pressure"),
    ("light", "Tele-BH1750#Illuminance"),
    ("lux", "Tele-BH1750#Illuminance"),
    ("dist", "Tele-SR04#Distance"),
)
"""Part of a feed's name, and what Tasmota calls such a value."""

ANALOGUE, SWITCH = "Tele-ANALOG#A0", "Switch1#State"


def code(place: Place) -> Code:
    found = samples(place)[:MOST_VALUES]
    first = {each.name: each.example for each in found}
    return Code(
        (
            "Open the device's own page and there its Console. Paste one line at a time.",
            "The first line sends one reading now. The rules send what your sensors say: in their place after Tele- "
            "write the names that stand in the console's SENSOR line.",
        ),
        (
            File("One reading, now", f"WebQuery {_request(place)} {json.dumps(first)}\n", wraps=True),
            File("Then every ten seconds", "".join(_rules(place, found)) + "TelePeriod 10\n", wraps=True),
        ),
        "Tasmota says Done whatever the server answers; whether a reading was stored or refused is shown on this page.",
    )


def _request(place: Place) -> str:
    return f"{place.url} POST [X-API-Key:{place.key}|Content-Type:application/json]"


def _rules(place: Place, found: list[Sample]) -> list[str]:
    lines = []
    for number, sample in enumerate(found, 1):
        body = json.dumps({sample.name: 0}).replace(": 0}", ': "%value%"}' if sample.words else ":%value%}")
        lines.append(f"Rule{number} ON {_trigger(sample)} DO WebQuery {_request(place)} {body} ENDON\n")
        lines.append(f"Rule{number} 1\n")
    return lines


def _trigger(sample: Sample) -> str:
    if sample.words:
        return SWITCH
    name = sample.name.casefold()
    return next((trigger for part, trigger in SENSORS if part in name), ANALOGUE)


BOARD = Board("tasmota", "Tasmota", "plug", code, speaks_https=False)
