"""Every lens, in the order of its tab."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from dash.development.base_component import Component

from dashapp.lenses import events, histogram, statistics, table, xy
from dashapp.lenses import map as places
from dashapp.wiring import Wiring
from domain.channels import Channel


class Lens(Protocol):
    """A lens's module; see `dashapp.lenses`."""

    @property
    def NAME(self) -> str: ...  # noqa: N802 (a module's constant)
    @property
    def LABEL(self) -> str: ...  # noqa: N802
    @property
    def PICTURE(self) -> str: ...  # noqa: N802
    @property
    def wire(self) -> Wiring: ...
    @property
    def applies(self) -> Callable[[Channel], bool]: ...
    @property
    def layout(self) -> Callable[[], Component]: ...


LENSES: tuple[Lens, ...] = (statistics, table, xy, histogram, events, places)
