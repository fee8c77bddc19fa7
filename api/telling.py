"""The operations as a page tells them to people: the same structs and refusals as in the description for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import msgspec

from api import asking
from api.described import Access, Answer, Group, Operation
from domain.interface import Entry, Member, Needs, Outcome, Parameter, Refusal

NEEDS: Mapping[Access, Needs] = {
    Access.ANYBODY: Needs.NOTHING,
    Access.SEND: Needs.WRITE_KEY,
    Access.SEND_KEY: Needs.WRITE_KEY,
    Access.SEE: Needs.SIGHT,
    Access.SEE_THEIRS: Needs.SIGHT,
    Access.READ_TOKEN: Needs.READ_TOKEN,
    Access.SEND_TOKEN: Needs.SEND_TOKEN,
    Access.MANAGE_TOKEN: Needs.MANAGE_TOKEN,
    Access.EDIT_TOKEN: Needs.MANAGE_TOKEN,
    Access.MAKE_TOKEN: Needs.MANAGE_TOKEN,
}

_KINDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
    "array": "list",
    "null": "null",
}


def told(operations: Iterable[Operation]) -> tuple[Entry, ...]:
    """The operations, by what they are about."""
    groups = list(Group)
    return tuple(map(_entry, sorted(operations, key=lambda each: groups.index(each.group))))


def _entry(each: Operation) -> Entry:
    return Entry(
        name=each.name,
        method=each.method,
        path=each.path,
        group=str(each.group),
        summary=each.summary,
        details=each.details,
        who=str(each.access),
        needs=NEEDS[each.access],
        parameters=tuple(_parameters(each)),
        members=_members_of(each.bodies),
        media=tuple(each.bodies),
        body=each.body_example,
        example=each.example,
        outcomes=tuple(_outcome(answer) for answer in each.answers),
        refusals=tuple(Refusal(kind.status, kind.code, kind.title) for kind in each.refused_with),
    )


def _parameters(each: Operation) -> Iterator[Parameter]:
    for name, place in each.variables.items():
        yield Parameter(name, "address", _kind(place.schema), place.says, example=str(place.example))
    fields = {} if each.query is None else asking.schema_of(each.query)
    for name, schema in fields.items():
        yield _parameter(name, schema)
    for header in each.headers:
        yield Parameter(header.name, "header", "text", header.says, example=header.example)


def _parameter(name: str, schema: Mapping[str, Any]) -> Parameter:
    kind = "text" if schema.get("type") == "string" and "enum" not in schema else asking.wanted(schema)
    usual, example = schema.get("default") or "", next(iter(schema.get("examples", ())), "")
    written = ",".join(example) if isinstance(example, list) else str(example)
    return Parameter(name, "query", kind, schema.get("description", ""), str(usual), written)


def _outcome(answer: Answer) -> Outcome:
    return Outcome(answer.status, answer.says, tuple(answer.contents), _members_of(answer.contents))


def _members_of(contents: Mapping[str, Any]) -> tuple[Member, ...]:
    """The members of the JSON among these; of several forms those of each."""
    found: dict[str, Member] = {}
    for content in contents.values():
        for struct in content if isinstance(content, tuple) else (content,):
            if isinstance(struct, type):
                schema, named = _schema_of(struct)
                found |= {member.name: member for member in _members(schema, named, "")}
    return tuple(found.values())


@cache
def _schema_of(struct: type) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    (schema,), named = msgspec.json.schema_components([struct], ref_template="{name}")
    return schema, named


def _members(schema: Mapping[str, Any], named: Mapping[str, Any], above: str) -> Iterator[Member]:
    """The members of an object and of the objects in it, each named by its way from the top."""
    for name, field in _followed(schema, named).get("properties", {}).items():
        inner = _followed(field, named)
        items = _followed(inner.get("items", {}), named) if inner.get("type") == "array" else {}
        way = f"{above}{name}{'[]' if 'properties' in items else ''}"
        yield Member(way, _kind(inner), field.get("description", ""))
        if "properties" in items:
            yield from _members(items, named, f"{way}.")
        elif "properties" in inner:
            yield from _members(inner, named, f"{way}.")


def _followed(schema: Mapping[str, Any], named: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reference leads to; of what may also be null the rest."""
    if "$ref" in schema:
        return {**named[schema["$ref"]], "from": schema["$ref"]}
    others = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    if len(others) == 1:
        return {**_followed(others[0], named), "or_null": True}
    return schema


def _kind(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        words = ", ".join(map(str, schema["enum"]))
    elif "anyOf" in schema:
        words = " or ".join(_kind(each) for each in schema["anyOf"])
    else:
        kinds = schema.get("type", "object")
        words = " or ".join(_KINDS[each] for each in ([kinds] if isinstance(kinds, str) else kinds))
    return f"{words} or null" if schema.get("or_null") else words
