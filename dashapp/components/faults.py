"""What is wrong with what somebody wrote, said at the field it is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from dash import html
from dash.development.base_component import Component

from dashapp.components.icons import icon
from domain.errors import Conflict, Invalid, LabfeedError, TooMany

Faults: TypeAlias = Mapping[str, str]
"""Field (`/name`, `/2/unit`) → the sentence; under "" what is about none of them."""

NONE: Faults = {}


def faults_of(change: Callable[[], Any]) -> Faults:
    """Make a change and say what was wrong with it; nothing when it was made.

    What nobody can mend in a field (a right that is gone) is raised on.
    """
    try:
        change()
    except (Invalid, Conflict, TooMany) as refused:
        return said(refused)
    return NONE


def said(refused: LabfeedError) -> Faults:
    """The sentences of a refusal by field."""
    if refused.complaints:
        return {each.pointer: each.detail for each in reversed(refused.complaints)}
    return {"": f"{refused.detail} {refused.hint or ''}".strip()}


def with_fault(field: html.Div, sentence: str | None) -> html.Div:
    """A field of a form, and below it what is wrong with it."""
    return html.Div([field, fault(sentence)], className="lf-field lf-field-faulty") if sentence else field


def fault(sentence: str) -> Component:
    """What is wrong, as a line of its own; read out at once."""
    return html.Small([icon("exclamation-circle"), html.Span(sentence)], className="lf-fault", role="alert")
