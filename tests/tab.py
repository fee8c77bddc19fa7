"""A page in a tab, without a browser: as much of Dash's renderer as pages need, over the app's own HTTP.

Quick enough to walk through every page as every kind of person; what only a browser can tell stands in journeys/.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.dashapp.shapes import patched, texts

MOST_CALLS = 200
"""Callbacks that may follow from one change; more would be a circle."""

Component = dict[str, Any]
Dependency = dict[str, str]


class Tab:
    """One page, loaded by a client; its callbacks run when what they listen to is there or changes.

    `answers` are all answers of the server so far, as text; `asked` what callbacks were asked for.
    """

    def __init__(self, client: FlaskClient, address: str) -> None:
        self.client = client
        self.answers: list[str] = []
        self.asked: list[Any] = []
        self.status = self._take(client.get(address)).status_code
        self._callbacks = callbacks_in(self._take(client.get("/_dash-dependencies")).text)
        self._tree: Any = self._take(client.get("/_dash-layout")).json
        self._parts: dict[str, Component] = {}
        self._address = address
        self._run(self._appear())

    @property
    def words(self) -> str:
        """All that stands on the page."""
        return " ".join(" ".join(texts(self._tree)).split())

    def prop(self, component_id: Any, name: str = "children") -> Any:
        return self._parts[as_key(component_id)]["props"].get(name)

    def ids(self) -> set[str]:
        return set(self._parts)

    def change(self, component_id: Any, name: str, value: Any) -> None:
        """What somebody does on the page: `tab.change(Ids.NAME, "value", "Kiln")`."""
        key = as_key(component_id)
        self._parts[key]["props"][name] = value
        changed = [(key, name), *self._heard(key, name, value)]
        self._run([(callback, f"{key}.{name}") for key, name in changed for callback in self._listening(key, name)])

    def press(self, component_id: Any) -> None:
        """Press a button."""
        self.change(component_id, "n_clicks", (self.prop(component_id, "n_clicks") or 0) + 1)

    def _run(self, calls: list[tuple[Any, str]]) -> None:
        waiting, count = deque(calls), 0
        while waiting:
            count += 1
            assert count < MOST_CALLS, "the page's callbacks follow one another without end"
            waiting.extend(self._call(*waiting.popleft()))

    def _call(self, callback: Any, changed: str) -> list[tuple[Any, str]]:
        """Run one callback, draw what it answers, and say which callbacks follow."""
        payload = self._payload(callback, changed)
        answer = self._take(post(self.client, payload)) if payload is not None else None
        if answer is None or answer.status_code != 200:
            return []
        said: Any = answer.json
        return self._draw({**said.get("sideUpdate", {})}) + self._draw(said.get("response") or {})

    def _payload(self, callback: Any, changed: str) -> Any:
        """What the renderer asks of a callback; None where it does not ask."""
        inputs, states = ([self._given(each) for each in callback[kind]] for kind in ("inputs", "state"))
        outputs = [self._target(each) for each in outputs_of(callback["output"])]
        if None in inputs or None in states or None in outputs:  # it is about parts of another page
            return None
        payload = {
            "output": callback["output"],
            "outputs": outputs[0] if len(outputs) == 1 and not callback["output"].startswith("..") else outputs,
            "inputs": inputs,
            "state": states,
            "changedPropIds": [changed] if changed else [],
        }
        self.asked.append(payload)
        return payload

    def _draw(self, changes: dict[str, dict[str, Any]]) -> list[tuple[Any, str]]:
        drawn = []
        for key, props in changes.items():
            if as_key(key) not in self._parts:
                continue
            part = self._parts[as_key(key)]["props"]
            for name, value in props.items():
                is_patch = isinstance(value, dict) and "__dash_patch_update" in value
                part[name] = patched(part.get(name), value) if is_patch else value
                drawn += [(as_key(key), name), *self._heard(as_key(key), name, value)]
        follow = [(callback, f"{key}.{name}") for key, name in drawn for callback in self._listening(key, name)]
        return follow + self._appear()

    def _heard(self, key: str, name: str, value: Any) -> list[tuple[str, str]]:
        """The other Locations of the page, which hear of another query string, too."""
        if self._parts[key]["type"] != "Location" or name != "search":
            return []
        others = [each for each, part in self._parts.items() if part["type"] == "Location" and each != key]
        for each in others:
            self._parts[each]["props"][name] = value
        return [(each, name) for each in others]

    def _appear(self) -> list[tuple[Any, str]]:
        """What runs because what it listens to or draws has just appeared; a Location reads the address by then."""
        known, self._parts = set(self._parts), index(self._tree)
        new, read = set(self._parts) - known, []
        for key in new:
            if self._parts[key]["type"] == "Location":
                self._parts[key]["props"].update(address_props(self._address))
                read += [(callback, f"{key}.pathname") for callback in self._listening(key, "pathname")]
        starting = [
            (callback, "")
            for callback in self._callbacks
            if not callback["prevent_initial_call"] and any(is_among(new, each["id"]) for each in parts_of(callback))
        ]
        return read + [call for call in starting if call[0] not in [callback for callback, _ in read]]

    def _listening(self, key: str, name: str) -> Iterator[Any]:
        for callback in self._callbacks:
            if any(each["property"] == name and matches(each["id"], key) for each in callback["inputs"]):
                yield callback

    def _given(self, dependency: Dependency) -> Any:
        """A component's property as the renderer sends it; of a pattern a list; None where it is not on the page."""
        found = [
            {
                "id": read_key(key),
                "property": dependency["property"],
                "value": part["props"].get(dependency["property"]),
            }
            for key, part in self._parts.items()
            if matches(dependency["id"], key)
        ]
        if is_pattern(dependency["id"]):
            return found
        return found[0] if found else None

    def _target(self, output: Dependency) -> Any:
        if not is_pattern(output["id"]):
            return {**output, "id": read_key(output["id"])} if output["id"] in self._parts else None
        return [{**output, "id": read_key(key)} for key in self._parts if matches(output["id"], key)]

    def _take(self, answer: TestResponse) -> TestResponse:
        self.answers.append(answer.text)
        return answer


@cache
def callbacks_in(dependencies: str) -> list[Any]:
    """Those that the server answers; nobody changes them, so all pages of an app share them."""
    return [callback for callback in json.loads(dependencies) if not callback["clientside_function"]]


def post(client: FlaskClient, payload: Any) -> TestResponse:
    """Ask for a callback as a page of ours does."""
    token = client.get_cookie("_csrf_token")
    headers = {"Origin": "http://localhost", "X-CSRFToken": token.value if token else ""}
    return client.post("/_dash-update-component", json=payload, headers=headers)


def address_props(address: str) -> dict[str, str]:
    """What a Location says of an address."""
    pathname, _, search = address.partition("?")
    return {"pathname": pathname, "search": f"?{search}" if search else "", "hash": "", "href": address}


def index(tree: Any) -> dict[str, Component]:
    """Every component that has an id, by its id as text."""
    if isinstance(tree, list):
        return {key: part for each in tree for key, part in index(each).items()}
    if not isinstance(tree, dict) or "props" not in tree:
        return {}
    found = index(tree["props"].get("children"))
    return {as_key(tree["props"]["id"]): tree, **found} if "id" in tree["props"] else found


def as_key(component_id: Any) -> str:
    if not isinstance(component_id, dict):
        return str(component_id)
    return json.dumps(component_id, sort_keys=True, separators=(",", ":"))


def read_key(key: str) -> Any:
    return json.loads(key) if key.startswith("{") else key


def is_pattern(wanted: str) -> bool:
    return wanted.startswith("{") and ("ALL" in wanted or "MATCH" in wanted)


def matches(wanted: str, key: str) -> bool:
    """Whether a component's id is the one wanted, or one of those its pattern means."""
    if not wanted.startswith("{") or not key.startswith("{"):
        return wanted == key
    return fits(wanted, key)


@lru_cache(100_000)
def fits(wanted: str, key: str) -> bool:
    """Whether a pattern means this id of several parts."""
    pattern, found = json.loads(wanted), json.loads(key)
    return found.keys() == pattern.keys() and all(
        isinstance(value, list) or found[name] == value for name, value in pattern.items()
    )


def is_among(keys: set[str], wanted: str) -> bool:
    """Whether one of these components is the one wanted, or one of those its pattern means."""
    return wanted in keys or (wanted.startswith("{") and any(matches(wanted, key) for key in keys))


def parts_of(callback: Any) -> list[Dependency]:
    """What a callback listens to and what it draws: the renderer runs it when either has just appeared."""
    return [*callback["inputs"], *outputs_of(callback["output"])]


@cache
def outputs_of(spelled: str) -> list[Dependency]:
    """`..a.children...b.data..` → the two; nothing for a callback without outputs."""
    each = spelled[2:-2].split("...") if spelled.startswith("..") else [spelled]
    pairs = [one.partition("@")[0].rpartition(".") for one in each]
    return [{"id": component_id, "property": name} for component_id, _, name in pairs if component_id]
