"""A message's bytes → its items, in every form that a board may send.

What cannot be read at all is refused here. What is wrong with one item (its time, its shape) is noted in the item's
`faults`, so that the other items may still be stored where the sender asked for that; the values themselves are checked
against the channel's feeds in `checking`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn
from urllib.parse import parse_qsl

import msgspec

from domain.errors import Complaint, Invalid, Malformed, TooLarge, UnsupportedMedia
from domain.readings import Item, Position
from domain.spelling import MOST_NUMBER_CHARS, fault_in_text, number_from
from ingest.faults import Fault, member_pointer, quoted, refusal
from ingest.instants import instant_from, instant_of_age
from ingest.syntax import EXAMPLE, UTF_8_BOM, explain, not_utf_8

MOST_ITEMS = 5000
"""Items of one message. A backlog of an hour and a half at one a second fits."""

MOST_VALUES = 64
"""Values of one item: as many as a channel has feeds."""

MOST_FIELDS = MOST_VALUES + 3
"""Fields of a form: values, a time, and the key."""

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
PLAIN = "text/plain"

SENDS_NOTHING = 'Name at least one feed with its value, as in {"temperature": 21.4}.'

_SPECIAL = frozenset({"at", "age_ms", "values", "api_key"})
_BESIDE_FLAT = ("at", "age_ms", "api_key")
_POSITION = ("latitude", "longitude", "elevation")
_NESTED = frozenset({*_BESIDE_FLAT, "values", "status", *_POSITION})
_LIMITS = {"latitude": 90.0, "longitude": 180.0, "elevation": 1e7}

_decode = msgspec.json.Decoder().decode
# A NamedTuple's own constructor costs twice as much, and this is paid for every reading.
_tuple = tuple.__new__


class _NamedTwice(dict[str, Any]):
    """A JSON object in which a name is written twice: which value was meant is unknown."""

    def __init__(self, pairs: Sequence[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.twice = Counter(name for name, _ in pairs).most_common(1)[0][0]


def parse_body(body: bytes, content_type: str | None, now: int) -> list[Item]:
    """The items of a POSTed message: a JSON object, a JSON list of objects, or a form; `now` for what is told by age.

    Raises Malformed for what is not JSON, UnsupportedMedia for another Content-Type, TooLarge for over 5000 items,
    Invalid for a message that brings nothing.
    """
    if content_type != JSON and _is_form(content_type, body):
        return parse_form(_form_fields(body), now)
    return items_of(_read(body), now)


def parted(frame: bytes) -> tuple[Any, Any]:
    """A frame's own `id`, None if it has none, and its message without it, for `items_of`.

    The message of a frame with an id is its other members, or the list in `readings` where that is its only one.
    Raises Malformed.
    """
    message = _read(frame)
    if not isinstance(message, dict) or "id" not in message:
        return None, message
    number = message.pop("id")
    batch = message.get("readings")
    return number, batch if isinstance(batch, list) and len(message) == 1 else message


def items_of(message: Any, now: int) -> list[Item]:
    """The items of a message that was read as JSON. Raises TooLarge or Invalid."""
    if type(message) is list:
        return _items(message, now)
    if isinstance(message, dict):
        return [_only(message, now)]
    raise Invalid(f"The message is {_called(message)}, not an object or a list of objects.", hint=EXAMPLE)


def parse_form(fields: Iterable[tuple[str, str]], now: int) -> list[Item]:
    """The one item of a form or of an address: every field is a feed, but `at`, `age_ms` and `api_key`.

    The values stay texts; the feed's kind decides what they mean.
    """
    return [_only(_object(list(fields)), now)]


def parse_bare(body: bytes, content_type: str | None, feed: str, now: int) -> list[Item]:
    """The one item of a message to one feed: `21.4`, `"open"`, `open`, `value=21.4`, or `{"value": 21.4, "at": …}`.

    Raises as `parse_body` does; a word without quotes is a text unless the Content-Type says JSON.
    """
    kind = _media_type(content_type)
    if kind not in (JSON, FORM, PLAIN):
        _refuse_media(content_type)
    body = body.strip()
    if (content_type and kind == JSON) or body[:1] in (b"{", b"[", b'"'):
        message = _read(body)
    elif kind == FORM and body.startswith(b"value="):
        message = _object(_form_fields(body))
    else:
        message = _text(body)
    if isinstance(message, dict):
        return [_sound(_of_one_feed(message, feed, now))]
    return [Item({feed: message}, pointer="")]


def _read(body: bytes) -> Any:
    """The JSON of a body: the quick reader, and the careful one where that cannot be sure."""
    body = body.removeprefix(UTF_8_BOM)
    try:
        message = _decode(body)
    except msgspec.ValidationError:  # a number beyond a double: it is read again to say whose
        return _read_carefully(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise explain(body, error) from error
    return message if _names_are_distinct(body, message) else _read_carefully(body)


def _names_are_distinct(body: bytes, message: Any) -> bool:
    """Whether every name is surely written once, told from the number of colons; the quick reader keeps the last.

    A colon follows each name written. There may be more of them, in texts; with the usual times they are counted.
    """
    colons = body.count(b":")
    objects = message if type(message) is list else (message,)
    if set(map(type, objects)) != {dict}:
        return not colons
    names = sum(map(len, objects))
    return colons == names or (b"\\" not in body and colons == names + sum(map(_further_colons, objects)))


def _further_colons(found: dict[str, Any]) -> int:
    """The colons inside one object's `values` and `at`."""
    values, at = found.get("values"), found.get("at")
    return (len(values) if type(values) is dict else 0) + (at.count(":") if type(at) is str else 0)


def _read_carefully(body: bytes) -> Any:
    """The JSON of a body, with objects that name something twice marked, and numbers beyond a double infinite."""
    try:
        return json.loads(
            body.decode(), object_pairs_hook=_object, parse_int=_whole_number, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError) as error:
        raise explain(body, error) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else _NamedTwice(pairs)


def _whole_number(digits: str) -> float:
    return int(digits) if len(digits) <= MOST_NUMBER_CHARS else float(digits)


def _refuse_constant(constant: str) -> NoReturn:
    raise Malformed(f"{constant} is not JSON.", hint="The sensor gave no value: leave the feed out.")


def _items(objects: list[Any], now: int) -> list[Item]:
    if not objects:
        raise Invalid("The list is empty: there is nothing to store.", hint=SENDS_NOTHING)
    if len(objects) > MOST_ITEMS:
        raise TooLarge(f"The message has {len(objects)} items; at most {MOST_ITEMS} are taken at once.")
    items: list[Item] = []
    for row, found in enumerate(objects):
        # The usual item has values and nothing else.
        if type(found) is not dict:
            items.append(_no_item(found, row))
        elif _SPECIAL.isdisjoint(found) and 0 < len(found) <= MOST_VALUES:
            items.append(_tuple(Item, (found, None, None, None, "/{row}/{feed}", ())))
        elif "values" in found:
            items.append(_nested(found, row, now))
        else:
            items.append(_flat(found, row, now))
    return items


def _only(found: dict[str, Any], now: int) -> Item:
    """The item of a message that is one object."""
    if type(found) is not dict:
        return _sound(_no_item(found, None))
    return _sound(_nested(found, None, now) if "values" in found else _flat(found, None, now))


def _flat(found: dict[str, Any], row: int | None, now: int) -> Item:
    """An object whose members are the feeds; it may also say when."""
    at, faults = _when(found, row, now)
    for name in _BESIDE_FLAT:
        found.pop(name, None)
    return _bounded(found, at, "/{feed}" if row is None else "/{row}/{feed}", faults, row)


def _sound(item: Item) -> Item:
    """The item of a message that has no other: its faults refuse the message."""
    if item.faults:
        raise refusal(item.faults)
    return item


def _nested(found: dict[str, Any], row: int | None, now: int) -> Item:
    """An object whose feeds are in `values`, beside the members that belong to the whole entry."""
    values = found["values"]
    if type(values) is not dict:
        return _no_values(values, row)
    at, faults = _when(found, row, now)
    pointer = "/values/{feed}" if row is None else "/{row}/values/{feed}"
    if at is not None and len(found) == 2 and 0 < len(values) <= MOST_VALUES:
        return _tuple(Item, (values, at, None, None, pointer, ()))
    status, more = _status(found, row)
    position, still_more = _position(found, row)
    faults = (*faults, *more, *still_more, *_unknown_members(found, row))
    if not values and (status is not None or position is not None):
        return Item(values, at, status, position, pointer, faults)
    return _bounded(values, at, pointer, faults, row)._replace(status=status, position=position)


def _bounded(
    values: dict[str, Any], at: int | None, pointer: str, faults: tuple[Complaint, ...], row: int | None
) -> Item:
    """An item of values, with a fault if there is none or too many."""
    count = len(values)
    if 0 < count <= MOST_VALUES:
        return _tuple(Item, (values, at, None, None, pointer, faults))
    if count:
        fault = Fault(f"an item has at most {MOST_VALUES} values; this one has {count}", code="too-many-values")
    else:
        fault = Fault("there is nothing to store", SENDS_NOTHING, "empty")
    return Item({}, at, faults=(*faults, fault.at("", row=row, pointer=member_pointer(row))))


def _no_item(found: Any, row: int | None) -> Item:
    """What stands where an object should."""
    if isinstance(found, _NamedTwice):
        fault = Fault(f"{quoted(found.twice)} is written twice", "Write each name once.", "named-twice")
    else:
        fault = Fault(f"an item is an object, not {_called(found)}", EXAMPLE, "not-an-object")
    return Item({}, faults=(fault.at("", row=row, pointer=member_pointer(row)),))


def _no_values(values: Any, row: int | None) -> Item:
    """What stands in `values` where an object should."""
    if isinstance(values, _NamedTwice):
        fault = Fault(f"{quoted(values.twice)} is written twice", "Write each name once.", "named-twice")
    else:
        fault = Fault(f'"values" is an object of feeds, not {_called(values)}', EXAMPLE, "not-an-object")
    return Item({}, faults=(fault.at("", row=row, pointer=member_pointer(row, "values")),))


def _when(found: dict[str, Any], row: int | None, now: int) -> tuple[int | None, tuple[Complaint, ...]]:
    """When the item was taken, by its `at` or `age_ms`; None where it says neither, or says it wrongly."""
    try:
        if "age_ms" in found:
            return _by_age(found, now), ()
        return (instant_from(found["at"], now) if "at" in found else None), ()
    except Invalid as error:
        member = "age_ms" if "age_ms" in found else "at"
        fault = Fault(error.detail, error.hint, "bad-time")
        return None, (fault.at(f'"{member}"', row=row, pointer=member_pointer(row, member)),)


def _by_age(found: dict[str, Any], now: int) -> int:
    if "at" in found:
        raise Invalid('"at" is there as well', hint="Send one of the two.")
    return instant_of_age(found["age_ms"], now)


def _status(found: dict[str, Any], row: int | None) -> tuple[str | None, tuple[Complaint, ...]]:
    """The item's status text; an empty one is none."""
    status = found.get("status", "")
    if isinstance(status, str):
        problem = fault_in_text(status)
        if problem is None:
            return status or None, ()
        fault = Fault(f"the text {problem}", code="bad-text")
    else:
        fault = Fault(f"a status is a text, not {_called(status)}", "Leave it out when there is none.", "bad-text")
    return None, (fault.at('"status"', row=row, pointer=member_pointer(row, "status")),)


def _position(found: dict[str, Any], row: int | None) -> tuple[Position | None, tuple[Complaint, ...]]:
    """Where the item was taken: latitude and longitude together, elevation with them."""
    given = [name for name in _POSITION if name in found]
    if not given:
        return None, ()
    numbers = {name: _coordinate(found[name], _LIMITS[name]) for name in given}
    complaints = [_no_coordinate(name, row) for name in given if numbers[name] is None]
    complaints += [_missing_coordinate(name, row) for name in _POSITION[:2] if name not in found]
    latitude, longitude = numbers.get("latitude"), numbers.get("longitude")
    if complaints or latitude is None or longitude is None:
        return None, tuple(complaints)
    return Position(latitude, longitude, numbers.get("elevation")), ()


def _coordinate(value: Any, limit: float) -> float | None:
    number = number_from(value) if isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, (int, float)) or not -limit <= number <= limit:
        return None
    return float(number)


def _no_coordinate(name: str, row: int | None) -> Complaint:
    unit = "metres" if name == "elevation" else "degrees"
    fault = Fault(
        f"this is not a number of {unit} from {-_LIMITS[name]:g} to {_LIMITS[name]:g}",
        "Leave the position out while there is none.",
        "bad-position",
    )
    return fault.at(f'"{name}"', row=row, pointer=member_pointer(row, name))


def _missing_coordinate(name: str, row: int | None) -> Complaint:
    fault = Fault(f"the position has no {name}", "A position has latitude and longitude.", "bad-position")
    return fault.at("", row=row, pointer=member_pointer(row))


def _unknown_members(found: dict[str, Any], row: int | None) -> list[Complaint]:
    fault = Fault(
        'this member is not known beside "values"',
        'Feeds go into "values"; beside it: at, age_ms, status, latitude, longitude, elevation.',
        "unknown-member",
    )
    unknown = [name for name in found if name not in _NESTED][:MOST_VALUES]
    return [fault.at(quoted(name), row=row, pointer=member_pointer(row, name)) for name in unknown]


def _of_one_feed(message: dict[str, Any], feed: str, now: int) -> Item:
    """The item of `{"value": …}`, which may say when."""
    if isinstance(message, _NamedTwice):
        return _no_item(message, None)
    if "value" not in message:
        raise Invalid('"value" is missing.', hint='Send the value alone, or {"value": 21.4}.')
    unknown = [name for name in message if name not in _BESIDE_FLAT and name != "value"]
    if unknown:
        raise Invalid(
            f'{quoted(unknown[0])} is not known beside "value".',
            hint='Beside "value" may stand "at" or "age_ms".',
            pointer=member_pointer(None, unknown[0]),
        )
    at, faults = _when(message, None, now)
    return Item({feed: message["value"]}, at, pointer="/value", faults=faults)


def _is_form(content_type: str | None, body: bytes) -> bool:
    """Whether the body is a form; a form that begins like JSON is JSON: `curl -d` says form whatever it sends."""
    kind = _media_type(content_type)
    if kind not in (JSON, FORM):
        _refuse_media(content_type)
    return kind == FORM and body.lstrip()[:1] not in (b"{", b"[")


def _media_type(content_type: str | None) -> str:
    """The type without its parameters; JSON where none is given, and for each of JSON's dialects (RFC 6839)."""
    kind = (content_type or JSON).partition(";")[0].strip().lower()
    return JSON if not kind or kind == "text/json" or kind.endswith("+json") else kind


def _refuse_media(content_type: str | None) -> NoReturn:
    kind = _media_type(content_type)
    hint = "Set the header Content-Type: application/json, and send JSON."
    if kind == "multipart/form-data":
        hint = "With curl use -d instead of -F; or set the header Content-Type: application/json, and send JSON."
    raise UnsupportedMedia(f"The Content-Type {quoted(kind)} is not understood.", hint=hint)


def _form_fields(body: bytes) -> list[tuple[str, str]]:
    try:
        text = body.decode().strip()
    except UnicodeDecodeError as error:
        raise not_utf_8(body) from error
    if not text:
        raise Malformed("The message is empty.")
    if "=" not in text:
        raise Malformed("The message is neither a form nor JSON.", hint="Name the feed: temperature=21.4")
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except UnicodeDecodeError as error:
        raise Malformed("A % escape in the form is not UTF-8.") from error
    except ValueError as error:
        raise TooLarge(f"The form has more than {MOST_FIELDS} fields.") from error


def _text(body: bytes) -> str:
    try:
        text = body.removeprefix(UTF_8_BOM).decode()
    except UnicodeDecodeError as error:
        raise not_utf_8(body) from error
    if not text:
        raise Malformed("The message is empty.", hint="Send the value: 21.4, or open.")
    return text


def _called(value: Any) -> str:
    """What a JSON value is, in words."""
    if value is None:
        return "a null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, list) else "an object"
