"""Arduino boards and ESP32, in C++."""

from __future__ import annotations

from dashapp.components.boards.literals import c_string, json_string
from dashapp.components.boards.place import Board, Code, File, Place
from dashapp.components.boards.samples import Sample, samples

PLAIN_LINE = "  WiFiClient line;\n"
SECURE_LINE = """\
  WiFiClientSecure line;  // UNO R4, MKR, Nano: WiFiSSLClient line; and without the line below
  line.setInsecure();     // the connection is encrypted; whose certificate it is goes unchecked
"""
INCLUDE = (
    "#include <WiFi.h>  // ESP32. Another board? ESP8266: <ESP8266WiFi.h>. UNO R4 WiFi: <WiFiS3.h>.\n"
    "                   // MKR WiFi 1010, Nano 33 IoT: <WiFiNINA.h>.\n"
)
INCLUDE_SECURE = "#include <WiFiClientSecure.h>  // ESP32 and ESP8266; the others have it in the line above\n"


def code(place: Place) -> Code:
    return Code(
        (
            "In the Arduino IDE choose your board: ESP32, ESP8266, UNO R4 WiFi, MKR WiFi 1010 or Nano 33 IoT. "
            "No library is needed beyond Wi-Fi.",
            "Paste the sketch, write the name and password of your Wi-Fi (2.4 GHz) into it, and upload it.",
            "Open the serial monitor at 115200 baud.",
        ),
        (File("labfeed_board.ino", _sketch(place)),),
        '201 {"entry_id":1,…} every five seconds. Any other number says in its detail what is wrong.',
    )


def _sketch(place: Place) -> str:
    included = INCLUDE + (INCLUDE_SECURE if place.is_secure else "")
    return f"""\
{included}
const char* WIFI_NAME = "the name of your Wi-Fi";
const char* WIFI_PASSWORD = "its password";
const char* HOST = "{place.host}";
const int PORT = {place.port};
const char* KEY = "{place.key}";

// Made-up values, until you read your own sensor here.
String measure() {{
  String values = "{{";
{_values(samples(place))}  return values + "}}";
}}

// One request, one answer: the server closes the line when it has said everything.
String sendReading(const String& values) {{
{SECURE_LINE if place.is_secure else PLAIN_LINE}\
  if (!line.connect(HOST, PORT)) return "No answer. Are HOST and PORT right? Is it the same network?";
  line.print(String("POST /api/v1/readings HTTP/1.1\\r\\n") +
             "Host: " + HOST + "\\r\\n" +
             "X-API-Key: " + KEY + "\\r\\n" +
             "Content-Type: application/json\\r\\n" +
             "Content-Length: " + String(values.length()) + "\\r\\n" +
             "Connection: close\\r\\n\\r\\n" + values);
  String answer;
  unsigned long askedAt = millis();
  while ((line.connected() || line.available()) && millis() - askedAt < 10000) {{
    if (line.available()) answer += (char)line.read();
    else delay(1);
  }}
  line.stop();
  int end = answer.indexOf("\\r\\n\\r\\n");
  if (end < 0) return "No answer within ten seconds.";
  return answer.substring(9, 12) + " " + answer.substring(end + 4);
}}

void setup() {{
  Serial.begin(115200);
  WiFi.begin(WIFI_NAME, WIFI_PASSWORD);
  while (WiFi.status() != WL_CONNECTED) {{
    Serial.println("Waiting for Wi-Fi");
    delay(1000);
  }}
}}

void loop() {{
  Serial.println(sendReading(measure()));
  delay(5000);
}}
"""


def _values(found: list[Sample]) -> str:
    lines = []
    for place, sample in enumerate(found):
        name = c_string(("," if place else "") + json_string(sample.name) + ":")
        lines.append(f"  values += String({name}) + {_value(sample)};\n")
    return "".join(lines)


def _value(sample: Sample) -> str:
    if sample.words:
        first, second = (c_string(json_string(word)) for word in sample.words)
        return f"(random(0, 2) ? {first} : {second})"
    steps = round((sample.high - sample.low) * 10) + 1
    return f"String({sample.low} + random(0, {steps}) / 10.0, 1)"


BOARD = Board("arduino", "Arduino, ESP32", "usb-symbol", code)
