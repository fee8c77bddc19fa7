"""Why a message is not JSON, in words that lead whoever wrote the board's program to the mistake.

Called only after reading failed, so it may take its time.
"""

from __future__ import annotations

import re
from json import JSONDecodeError

from domain.errors import Malformed
from ingest.faults import quoted

UTF_8_BOM = b"\xef\xbb\xbf"

EXAMPLE = 'Send JSON such as {"temperature": 21.4}.'
LEAVE_OUT = "The sensor gave no value: leave the feed out. JSON knows neither NaN nor Infinity."
DOUBLE_QUOTES = 'JSON takes double quotes only: {"temperature": 21.4}. In Python let json.dumps write it.'
QUOTE_NAMES = 'Names stand in double quotes: {"temperature": 21.4}. A text value does, too.'
POINT = "Write decimals with a point: 21.4, not 21,4."
NUMBER_FORM = "Write numbers plainly, with a digit before and after the point: 0.5, 1.0, -3, 1e5."
LOWER_CASE = "JSON writes true, false and null in lower case. In Python let json.dumps write it."
TRAILING_COMMA = "Take the comma before the closing bracket away."
ONE_VALUE = "Send several readings as one list: [ …, … ]."
CLOSE_IT = (
    "A bracket or a quote is not closed, or Content-Length is too small: it counts bytes, and ° and µ are two each. "
    "On a microcontroller the buffer may be too short."
)
SAVE_AS_UTF_8 = "Send the text as UTF-8."
FORM = "This looks like form data. Send it with Content-Type: application/x-www-form-urlencoded, or send JSON."
FLAT = 'A message is flat: {"temperature": 21.4, "door": "open"}, or a list of such.'

_offset_in = re.compile(r"\(byte (\d+)\)").search
_no_number = re.compile(rb"[+-]?(nan|inf|infinity)", re.IGNORECASE).fullmatch
_python_word = re.compile(rb"True|False|None|TRUE|FALSE|NULL|undefined").fullmatch
_number_like = re.compile(rb"[+-]?\.?\d[\w.+-]*|[+-]?\.\d*|[+-]").fullmatch
_token = re.compile(rb"[\w.+-]*").match
_form_like = re.compile(rb"[\w.%\-]+=").match
_half_pair = re.compile(rb"\\u[dD][89a-fA-F]").search
_name_before = re.compile(r'"([^"\\]{1,64})"\s*:\s*$').search

_TOKEN_BYTES = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+-")


def explain(body: bytes, error: Exception) -> Malformed:
    """The refusal of a body that could not be read as JSON, from what the reader said and what stands there."""
    whole = _fault_of_whole(body, error)
    if whole is not None:
        return Malformed(whole[0], hint=whole[1])
    offset = _offset(body, error)
    what, hint = _fault_at(body, offset, str(error))
    return Malformed(f"{_place(body, offset)}: {what}.", hint=hint)


def not_utf_8(body: bytes) -> Malformed:
    """The refusal of a body whose bytes are not UTF-8, naming the first that is not."""
    offset = _first_bad_byte(body)
    return Malformed(f"{_place(body, offset)}: the byte 0x{body[offset]:02x} is not UTF-8.", hint=SAVE_AS_UTF_8)


def _fault_of_whole(body: bytes, error: Exception) -> tuple[str, str] | None:
    """What is wrong with the message as a whole, with its hint; None when one place in it is to blame."""
    if not body.strip():
        return "The message is empty.", EXAMPLE
    if isinstance(error, RecursionError):
        return "The message is nested too deeply.", FLAT
    if body[:2] == b"\x1f\x8b":
        return "The message is packed with gzip, but does not say so.", "Send the header Content-Encoding: gzip."
    if body[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in body[:4]:
        return "The message is not UTF-8 text; it looks like UTF-16 or binary data.", SAVE_AS_UTF_8
    if isinstance(error, UnicodeDecodeError):
        refused = not_utf_8(body)
        return refused.detail, SAVE_AS_UTF_8
    if body.lstrip()[:1] == b"<":
        return "The message is XML or HTML.", EXAMPLE
    if _form_like(body):
        return "The message is not JSON.", FORM
    return _fault_of_end(body, error)


def _fault_of_end(body: bytes, error: Exception) -> tuple[str, str] | None:
    if "truncated" not in str(error):
        return None
    if _half_pair(body):
        return "A \\u escape in the message is half of a surrogate pair.", SAVE_AS_UTF_8
    return "The message ends before its JSON is complete.", CLOSE_IT


def _offset(body: bytes, error: Exception) -> int:
    """The place in bytes where reading failed, moved back to the beginning of the word or number it is in."""
    if isinstance(error, JSONDecodeError):
        offset = len(error.doc[: error.pos].encode())
    else:
        found = _offset_in(str(error))
        offset = _before_literal(body, int(found[1])) if found else 0
        offset -= "trailing characters" in str(error)  # msgspec points behind the first of them
    offset = min(offset, len(body) - 1)
    in_word = body[offset] in _TOKEN_BYTES
    if in_word or (body[offset] >= 0x20 and "expected" not in str(error)):
        while offset and body[offset - 1] in _TOKEN_BYTES:
            offset -= 1
    return offset


def _before_literal(body: bytes, offset: int) -> int:
    """The start of what was taken for null, true or false: msgspec points behind as many bytes as those have."""
    for literal in (b"n", b"t", b"f"):
        start = offset - (5 if literal == b"f" else 4)
        if start >= 0 and body[start : start + 1] == literal and body[:start].rstrip()[-1:] in (b"", b":", b",", b"["):
            return start
    return offset


def _fault_at(body: bytes, offset: int, said: str) -> tuple[str, str]:
    """What is wrong at a place, with its hint; the commonest mistakes by name."""
    sign = body[offset : offset + 1]
    found = _token(body, offset)
    word = found[0] if found else b""
    shown = quoted(word.decode()) if word else _shown_sign(body, offset)
    if sign == b"'":
        return "single quotes are not JSON", DOUBLE_QUOTES
    if "trailing comma" in said or _ends_after_comma(body, offset):
        return "a comma stands before the closing bracket", TRAILING_COMMA
    if "keys must be strings" in said or "property name" in said:
        after_comma = body[:offset].rstrip()[-1:] == b","
        return f"{shown} is not a name", POINT if word[:1].isdigit() and after_comma else QUOTE_NAMES
    if "trailing characters" in said or "Extra data" in said:
        return "something follows the end of the JSON", ONE_VALUE
    if "invalid escape" in said:
        return "the backslash begins no escape that JSON knows", "Write a backslash in a text as two."
    if "expected ':'" in said:
        return "a colon is missing after the name", EXAMPLE
    if "expected ','" in said and not word:
        return f"{shown} stands where a comma or the closing bracket should", EXAMPLE
    return _fault_of_word(word, shown, sign)


def _fault_of_word(word: bytes, shown: str, sign: bytes) -> tuple[str, str]:
    if _no_number(word):
        return f"{word.decode()} is not JSON", LEAVE_OUT
    if _python_word(word):
        return f"{word.decode()} is not JSON", LOWER_CASE
    if _number_like(word):
        return f"{shown} is not a number in JSON", NUMBER_FORM
    if word[:1].isalpha():
        return f"{shown} is not JSON", QUOTE_NAMES
    if sign < b" ":
        return f"{shown} stands inside a text", "Write a line break in a text as \\n, a tab as \\t."
    return f"{shown} is not expected here", EXAMPLE


def _ends_after_comma(body: bytes, offset: int) -> bool:
    return body[offset : offset + 1] in (b"}", b"]") and body[:offset].rstrip()[-1:] == b","


def _place(body: bytes, offset: int) -> str:
    """`Line 2, column 9`, counted in characters from 1, and the name before it if a value is to blame."""
    before = body[:offset].decode("utf-8", "replace")
    line = before.count("\n") + 1
    column = len(before) - before.rfind("\n")
    name = _name_before(before[-100:])
    return f"Line {line}, column {column}" + (f", {quoted(name[1])}" if name else "")


def _shown_sign(body: bytes, offset: int) -> str:
    sign = body[offset : offset + 4].decode("utf-8", "ignore")[:1]
    return quoted(sign) if sign != '"' else "a quote"


def _first_bad_byte(body: bytes) -> int:
    try:
        body.decode()
    except UnicodeDecodeError as error:
        return error.start
    return 0
