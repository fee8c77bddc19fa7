"""The interface described for programs (OpenAPI 3.1), from the very operations and structs that the server goes by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec
from flask import Blueprint, Response

from api import asking
from api.answering import answer_public
from api.described import Access, Answer, Group, Header, Operation
from domain.errors import LabfeedError

VERSION = "1"
PROBLEM_JSON = "application/problem+json"
SCHEMAS = "#/components/schemas/"

Json: TypeAlias = dict[str, Any]

ABOUT = """\
Boards send readings, programs read them: one page says it all, [/interface](/interface).

Whatever is refused is answered with a problem document (RFC 9457): `detail` says in a sentence what is wrong, `hint`
what to do about it. What one may not see does not exist: 404. A parameter that is not known is refused, never passed
over. Live streams are told below; over WebSocket they are at `/ws/channels/{channel}`, and boards may send over one at
`/ws/sensor`.
"""

SCHEMES: Mapping[str, Json] = {
    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "A channel's key: 16 characters."},
    "keyInAddress": {
        "type": "apiKey",
        "in": "query",
        "name": "api_key",
        "description": "The same for whoever cannot set a header. A personal token is refused here.",
    },
    "token": {"type": "http", "scheme": "bearer", "description": "A personal token, `lfp_…`, or a channel's key."},
}

ALLOWED: Mapping[Access, Sequence[str | None]] = {
    Access.ANYBODY: (),
    Access.SEND: ("key", "keyInAddress", "token"),
    Access.SEND_KEY: ("key", "keyInAddress", "token"),
    Access.SEE: (None, "key", "keyInAddress", "token"),
    Access.SEE_THEIRS: (None, "key", "keyInAddress", "token"),
    Access.READ_TOKEN: ("token",),
    Access.SEND_TOKEN: ("token",),
    Access.MANAGE_TOKEN: ("token",),
    Access.EDIT_TOKEN: ("token",),
    Access.MAKE_TOKEN: ("token",),
}
"""Which schemes are taken; None: nothing at all is, too."""


class Problem(msgspec.Struct, kw_only=True):
    """Why something was refused (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    pointer: str | msgspec.UnsetType = msgspec.UNSET
    hint: str | msgspec.UnsetType = msgspec.UNSET
    retry_after: float | msgspec.UnsetType = msgspec.UNSET
    errors: list[Complaint] | msgspec.UnsetType = msgspec.UNSET
    errors_left_out: int | msgspec.UnsetType = msgspec.UNSET


class Complaint(msgspec.Struct, kw_only=True):
    """What is wrong with one value of a message."""

    pointer: str
    code: str
    detail: str
    hint: str | msgspec.UnsetType = msgspec.UNSET


def document(operations: Iterable[Operation], origin: str) -> Json:
    """The description, for a server that people reach at this address."""
    every = list(operations)
    paths: dict[str, Json] = {}
    for each in every:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Labfeed", "version": VERSION, "description": ABOUT},
        "servers": [{"url": origin}],
        "tags": [{"name": str(group)} for group in Group if any(each.group is group for each in every)],
        "paths": paths,
        "components": {"schemas": _schemas(every), "securitySchemes": dict(SCHEMES)},
    }


def blueprint(operations: Sequence[Operation], origin: Callable[[], str]) -> Blueprint:
    """The address of the description."""
    routes = Blueprint("openapi", __name__)

    @routes.get("/openapi.json")
    def openapi() -> Response:
        asking.no_query()
        return answer_public(document(operations, origin()))

    return routes


def _operation(each: Operation) -> Json:
    said: Json = {
        "operationId": each.name,
        "tags": [str(each.group)],
        "summary": each.summary,
        "description": " ".join(filter(None, (each.details, str(each.access)))),
        "parameters": [*_variables(each), *_parameters(each), *map(_request_header, each.headers)],
        "responses": _responses(each),
        "security": [{} if name is None else {name: []} for name in ALLOWED[each.access]],
    }
    if each.bodies:
        said["requestBody"] = {"required": each.needs_body, "content": _contents(each.bodies, each.body_example)}
    return said


def _variables(each: Operation) -> list[Json]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": place.says,
            "schema": dict(place.schema),
            "example": place.example,
        }
        for name, place in each.variables.items()
    ]


def _parameters(each: Operation) -> list[Json]:
    fields = {} if each.query is None else asking.schema_of(each.query)
    return [_parameter(name, schema) for name, schema in fields.items()]


def _parameter(name: str, field: Mapping[str, Any]) -> Json:
    schema = {key: value for key, value in field.items() if key not in ("description", "examples")}
    if not schema.get("default", True):  # what is left out is no value
        del schema["default"]
    said: Json = {"name": name, "in": "query", "description": field.get("description", ""), "schema": schema}
    if field.get("examples"):
        said["example"] = field["examples"][0]
    if schema.get("type") == "array":
        said |= {"style": "form", "explode": False}
    return said


def _request_header(header: Header) -> Json:
    return {"name": header.name, "in": "header", "description": header.says, "schema": {"type": "string"}}


def _responses(each: Operation) -> Json:
    said = {str(answer.status): _answer(answer) for answer in each.answers}
    for status in sorted({kind.status for kind in each.refused_with}):
        said[str(status)] = _refusal([kind for kind in each.refused_with if kind.status == status])
    return said


def _answer(answer: Answer) -> Json:
    said: Json = {"description": answer.says}
    if answer.contents:
        said["content"] = _contents(answer.contents, answer.example)
    if answer.headers:
        said["headers"] = {
            header.name: {"description": header.says, "schema": {"type": "string"}} for header in answer.headers
        }
    return said


def _refusal(kinds: Sequence[type[LabfeedError]]) -> Json:
    titles = " Or: ".join(f"{kind.title} ({kind.code})." for kind in kinds)
    return {"description": titles, "content": {PROBLEM_JSON: {"schema": {"$ref": f"{SCHEMAS}Problem"}}}}


def _contents(contents: Mapping[str, Any], example: Any) -> Json:
    return {kind: {"schema": _schema(content)} | _example(example) for kind, content in contents.items()}


def _example(example: Any) -> Json:
    return {} if example is None else {"example": example}


def _schema(content: Any) -> Json:
    if isinstance(content, Mapping):
        return dict(content)
    if isinstance(content, tuple):
        return {"anyOf": [_schema(each) for each in content]}
    return {"$ref": f"{SCHEMAS}{content.__name__}"} if content is not None else {}


def _structs(contents: Iterable[Any]) -> Iterable[type]:
    for content in contents:
        if isinstance(content, tuple):
            yield from _structs(content)
        elif isinstance(content, type):
            yield content


def _schemas(operations: Iterable[Operation]) -> Json:
    """The schemas of all bodies and answers, by the names of their structs."""
    found: dict[str, type] = {"Problem": Problem}
    for each in operations:
        contents = [*each.bodies.values(), *(one for answer in each.answers for one in answer.contents.values())]
        for struct in _structs(contents):
            assert found.setdefault(struct.__name__, struct) is struct, f"two structs are called {struct.__name__}"
    _, named = msgspec.json.schema_components(list(found.values()), ref_template=f"{SCHEMAS}{{name}}")
    return dict(named)
