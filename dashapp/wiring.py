"""Callbacks remembered beside their layout, attached when an app exists.

`@dash.callback` loses its callbacks when a second app is built in one process; this does not.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

from dash import Dash
from dash.dependencies import DashDependency

import context

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Wire:
    """One callback: what it depends on, Dash's options, and the function."""

    dependencies: tuple[DashDependency, ...]
    options: dict[str, Any]
    function: Callable[..., Any]


@dataclass(slots=True)
class Wiring:
    """A page's callbacks. `wire = Wiring()`, then `@wire(Output(...), Input(...))` above each function.

    The page and its callbacks are closed to visitors, over HTTP and over the websocket alike, unless it says
    `Wiring(open_to_visitors=True)`.
    """

    wires: list[Wire] = field(default_factory=list)
    open_to_visitors: bool = field(default=False, kw_only=True)

    def __call__(self, *dependencies: DashDependency, **options: Any) -> Callable[[Function], Function]:
        def remember(function: Function) -> Function:
            self.wires.append(Wire(dependencies, options, function))
            return function

        return remember

    def __iter__(self) -> Iterator[Wire]:
        return iter(self.wires)

    def attach(self, app: Dash, on_error: Callable[[Exception], Any] | None = None) -> None:
        """Give every callback to this app. `on_error` answers what they raise, in place of the app's own way."""
        with warnings.catch_warnings():
            # Dash's own servers would keep a worker for it as long as the page lives; ours registers and returns.
            warnings.filterwarnings("ignore", message="persistent=True callback", category=RuntimeWarning)
            for wire in self.wires:
                function = wire.function if self.open_to_visitors else _for_people(wire.function)
                app.callback(*wire.dependencies, on_error=on_error, **wire.options)(function)


def _for_people(function: Function) -> Function:
    """The callback, for those who are signed in. Raises SignInNeeded."""

    @wraps(function)
    def guarded(*arguments: Any, **named: Any) -> Any:
        context.person()
        return function(*arguments, **named)

    return guarded  # type: ignore[return-value]  # it takes and returns what the function does
