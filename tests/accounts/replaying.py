"""What somebody's page asks of the server, kept to be asked again by somebody else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.tab import Tab, outputs_of


class Recorded(Tab):
    """A page of somebody who may use all of it."""

    def request_of(self, output: str, filled: Mapping[str, Any]) -> Any:
        """What the page asks of this callback when everything it listens to is pressed; None if it is no part of it.

        `filled`: what stands in fields, by id.
        """
        callback = next(each for each in self._callbacks if each["output"] == output)
        inputs, states = (
            [self._given(each) or absent(each) for each in callback[kind]] for kind in ("inputs", "state")
        )
        outputs = [self._target(each) for each in outputs_of(callback["output"])]
        if None in inputs or None in states or None in outputs:
            return None
        for one in states:
            if isinstance(one, dict) and isinstance(one["id"], str) and one["id"] in filled:
                one["value"] = filled[one["id"]]
        for each in inputs:
            for one in each if isinstance(each, list) else [each]:
                if one["property"] in ("n_clicks", "n_intervals"):
                    one["value"] = 1
        return {
            "output": callback["output"],
            "outputs": outputs if callback["output"].startswith("..") else next(iter(outputs), []),
            "inputs": inputs,
            "state": states,
            "changedPropIds": [spelled(each) for each in inputs[:1]],
        }


def absent(dependency: dict[str, str]) -> Any:
    """Of a pattern of which no part stands on the page just now: one that could."""
    if "ALL" not in dependency["id"]:
        return None
    names = {name: 1 if isinstance(value, list) else value for name, value in json.loads(dependency["id"]).items()}
    return [{"id": names, "property": dependency["property"], "value": None}]


def spelled(given: Any) -> str:
    """What the renderer says was changed."""
    one = given[0] if isinstance(given, list) else given
    of = one["id"] if isinstance(one["id"], str) else json.dumps(one["id"], sort_keys=True, separators=(",", ":"))
    return f"{of}.{one['property']}"
