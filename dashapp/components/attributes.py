"""Attributes of HTML whose names Python cannot spell."""

from __future__ import annotations

from typing import Any


def aria(**names: str) -> dict[str, Any]:
    """`aria(label="Main")` → `{"aria-label": "Main"}`, to be handed to a component with `**`."""
    return {f"aria-{name}": text for name, text in names.items()}


def data(**values: str) -> Any:
    """`data(label="Name")`: the attribute data-label, read by the style sheets."""
    return {f"data-{name}": value for name, value in values.items()}
