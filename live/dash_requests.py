"""What a message of Dash's renderer must say before a callback is run for it; Dash itself falls over what lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def complaint_about(callbacks: Mapping[str, Any], payload: object) -> str | None:
    """What is wrong with a callback's request, None if nothing is. `callbacks` is Dash's map of them.

    Inputs, States and Outputs must be those of the callback, in its order; a pattern stands for a list of components.
    """
    if not isinstance(payload, dict) or not isinstance(payload.get("output"), str):
        return "This is no callback request."
    callback = callbacks.get(payload["output"])
    if callback is None:
        return "There is no such callback."
    for part, wanted in (("inputs", callback["inputs"]), ("state", callback["state"])):
        if not _are(payload.get(part, []), wanted):
            return f"The callback's {part} are not what it takes."
    if not callback["no_output"] and not _are_outputs(payload.get("outputs"), callback["output"]):
        return "The callback's outputs are not what it writes."
    return None if _are_words(payload.get("changedPropIds", [])) else "This is no callback request."


def _are_outputs(given: object, written: Any) -> bool:
    """`written` is one Output, or several."""
    is_one = not isinstance(written, list | tuple)
    wanted = [
        {"id": each.component_id_str(), "property": each.component_property}
        for each in ([written] if is_one else written)
    ]
    return _are([given] if is_one else given, wanted)


def _are(given: object, wanted: Sequence[Mapping[str, str]]) -> bool:
    return (
        isinstance(given, list)
        and len(given) == len(wanted)
        and all(_is(one, asked) for one, asked in zip(given, wanted, strict=True))
    )


def _is(given: object, wanted: Mapping[str, str]) -> bool:
    """Whether this is the component's property; of a pattern, a list of components' properties."""
    is_pattern = wanted["id"].startswith("{")
    if isinstance(given, list):
        return is_pattern and all(isinstance(each, dict) and _names(each, wanted, is_pattern) for each in given)
    return isinstance(given, dict) and _names(given, wanted, is_pattern)


def _names(given: Mapping[str, Any], wanted: Mapping[str, str], is_pattern: bool) -> bool:
    is_component = isinstance(given.get("id"), dict) if is_pattern else given.get("id") == wanted["id"]
    name = str(given.get("property")).partition("@")[0]  # the rest tells writers of the same property apart
    return is_component and name == wanted["property"]


def _are_words(given: object) -> bool:
    return isinstance(given, list) and all(isinstance(each, str) for each in given)
