"""ESPHome: boards that are described rather than programmed. Checked with `esphome config` of 2026.6."""

from __future__ import annotations

from dashapp.components.boards.literals import c_octal_string
from dashapp.components.boards.place import Board, Code, File, Place
from dashapp.components.boards.samples import Sample, samples


def code(place: Place) -> Code:
    return Code(
        (
            "ESPHome 2025.2 or newer: pip install esphome",
            "Save the description as labfeed.yaml, write your Wi-Fi into it and, where it is not an ESP32, your board.",
            "With the board at the USB port: esphome run labfeed.yaml",
        ),
        (
            File(
                "labfeed.yaml",
                _description(place),
                "Your own sensor: give it an id and write id(that_id).state in place of the made-up value.",
            ),
        ),
        'In the log: 201 {"entry_id":1,…} every ten seconds. Any other number says in its detail what is wrong.',
    )


def _description(place: Place) -> str:
    values = "".join(f"            root[{c_octal_string(each.name)}] = {_value(each)};\n" for each in samples(place))
    return f"""\
esphome:
  name: labfeed-board

esp32:
  board: esp32dev

wifi:
  ssid: "the name of your Wi-Fi"
  password: "its password"

logger:

http_request:
  timeout: 10s

interval:
  - interval: 10s
    then:
      - http_request.post:
          url: {place.url}
          request_headers:
            X-API-Key: "{place.key}"
            Content-Type: application/json
          json: |-
{values}\
          capture_response: true
          on_response:
            then:
              - logger.log:
                  format: "%d %s"
                  args: ["response->status_code", "body.c_str()"]
          on_error:
            then:
              - logger.log: "No answer. Is the board in the same network as the server?"
"""


def _value(sample: Sample) -> str:
    if sample.words:
        return c_octal_string(sample.words[0])
    spread = round(sample.high - sample.low, 1)
    return f"roundf(({sample.low}f + {spread}f * random_float()) * 10.0f) / 10.0f"


BOARD = Board("esphome", "ESPHome", "house-gear", code)
