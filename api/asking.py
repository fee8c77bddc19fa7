"""What a program asks, checked by the structs that describe it; every complaint names the parameter or member."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from flask import request

from api.described import JSON, Body, Query
from domain.errors import Invalid, LabfeedError, Malformed, UnsupportedMedia

MOST_PARAMETERS = 100
KEY = "api_key"
"""The parameter that may carry a channel's key; who looks is found by it before."""

Asked = TypeVar("Asked", bound=Query)
Sent = TypeVar("Sent", bound=Body)

_at_path = re.compile(r" - at `\$(.*)`$").search
_step = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]").findall
_unknown = re.compile(r"unknown field `(.*)`").search
_missing = re.compile(r"missing required field `(.*)`").search

_WORDS = {
    "`str`": "a text",
    "`int`": "a whole number",
    "`float`": "a number",
    "`bool`": "true or false",
    "`object`": "an object",
    "`array`": "a list",
    "`null`": "null",
}


def query(kind: type[Asked]) -> Asked:
    """The parameters of the current request. Raises Malformed or Invalid."""
    return query_from(kind, request.query_string)


def query_from(kind: type[Asked], written: bytes) -> Asked:
    """The parameters of a query string. Raises Malformed for what is not UTF-8, Invalid by name for all else."""
    fields = schema_of(kind)
    found = _parted({name: value for name, value in _pairs(written, fields) if value}, fields)
    try:
        return msgspec.convert(found, kind, strict=False)
    except msgspec.ValidationError as error:
        raise _fault_in_parameter(str(error), fields) from None


def no_query() -> None:
    """For an address that takes no parameter. Raises Malformed or Invalid."""
    query(Query)


def body(kind: type[Sent]) -> Sent:
    """The JSON body of the current request. Raises Malformed, UnsupportedMedia, or Invalid with a pointer."""
    if request.mimetype not in ("", JSON):
        raise UnsupportedMedia(f"The body is {request.mimetype[:60]}.", hint=f"Send JSON with Content-Type: {JSON}.")
    return body_from(kind, request.get_data(cache=False))


def body_from(kind: type[Sent], written: bytes) -> Sent:
    """The members of a JSON text. Raises Malformed or Invalid."""
    try:
        return msgspec.json.decode(written, type=kind)
    except msgspec.ValidationError as error:
        raise _fault_in_member(str(error), schema_of(kind)) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Malformed("The body is not JSON.", hint=f"Send an object, without anything after it: {error}") from None


@cache
def schema_of(kind: type[msgspec.Struct]) -> dict[str, dict[str, Any]]:
    """The JSON Schema of each field, by the name it is written with; references are resolved."""
    _, named = msgspec.json.schema_components([kind], ref_template="{name}")
    properties = named[kind.__name__].get("properties", {})
    return {name: _resolved(schema, named) for name, schema in properties.items()}


def _resolved(schema: Mapping[str, Any], named: Mapping[str, Any]) -> dict[str, Any]:
    """A schema of parameters stands for itself: it refers to no other, and what means "left out" is no value of it."""
    found = dict(schema)
    if "$ref" in found:
        found = {**named[found.pop("$ref")], **found}
        found.pop("title", None)
    if "items" in found:
        found["items"] = _resolved(found["items"], named)
    return found


def _pairs(written: bytes, fields: Mapping[str, Any]) -> list[tuple[str, str]]:
    try:
        pairs = parse_qsl(
            written.decode(),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_PARAMETERS,
            strict_parsing=False,
        )
    except UnicodeDecodeError:
        raise Malformed("The parameters are not UTF-8 text.", hint="Write %C2%B0 for °, for example.") from None
    except ValueError:
        raise Invalid(f"There are more than {MOST_PARAMETERS} parameters.") from None
    pairs = [(name, value) for name, value in pairs if name != KEY]
    for name in dict(pairs):
        if name not in fields:
            raise unknown("parameter", name, fields)
    return _refused_twice(pairs, fields)


def _refused_twice(pairs: list[tuple[str, str]], fields: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What may hold several values may be written several times."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    for name, written in values.items():
        if len(written) > 1 and fields[name].get("type") != "array":
            raise Invalid(f"The parameter {name} stands {len(written)} times in the address.", hint="Write it once.")
    return [(name, ",".join(written)) for name, written in values.items()]


def _parted(values: Mapping[str, str], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Lists parted at their commas, all else as it is written."""
    return {
        name: [each for each in value.split(",") if each] if fields[name].get("type") == "array" else value
        for name, value in values.items()
    }


def unknown(what: str, name: str, known: Iterable[str]) -> Invalid:
    """There is no such parameter or member; the nearest one is named."""
    near = get_close_matches(name.lower(), known, n=1, cutoff=0.5)
    meant = f" Did you mean {near[0]}?" if near else ""
    names = ", ".join(known)
    hint = f"It takes {names}." if names else f"It takes no {what}s."
    return Invalid(f'There is no {what} "{name[:40]}" here.{meant}', hint=hint)


def _fault_in_parameter(said: str, fields: Mapping[str, dict[str, Any]]) -> LabfeedError:
    place = _at_path(said)
    name = _step(place[1])[0][0] if place else ""
    if name not in fields:
        return Invalid(f"The parameters cannot be understood: {said}.")
    schema = fields[name]
    return Invalid(f"The parameter {name} is {wanted(schema)}.", hint=schema.get("description"))


def wanted(schema: Mapping[str, Any]) -> str:
    """What a value has to be, worded to follow "is"."""
    if "enum" in schema:
        return "one of " + ", ".join(schema["enum"])
    kind = schema.get("type")
    if kind == "integer":
        low, high = schema.get("minimum"), schema.get("maximum")
        return "a whole number" + (f" from {low} to {high}" if high is not None else "")
    if kind == "boolean":
        return "true or false"
    if kind == "array":
        most = f", at most {schema['maxItems']} of them" if "maxItems" in schema else ""
        item = schema.get("items", {})
        return f"any of {', '.join(item['enum'])}, parted by commas{most}" if "enum" in item else f"a list{most}"
    return "a text" + (f" of at most {schema['maxLength']} characters" if "maxLength" in schema else "")


def _fault_in_member(said: str, fields: Mapping[str, Any]) -> LabfeedError:
    place = _at_path(said)
    steps = [name or number for name, number in _step(place[1])] if place else []
    words = said[: place.start()] if place else said
    if found := _unknown(words):
        return unknown("member", found[1], () if steps else fields)
    if found := _missing(words):
        steps, words = [*steps, found[1]], "It is missing"
    for name, plain in _WORDS.items():
        words = words.replace(name, plain)
    member = f'The member "{".".join(steps)}"' if steps else "The body"
    return Invalid(f"{member} is not as it has to be: {words[:1].lower()}{words[1:]}.", pointer="/" + "/".join(steps))
