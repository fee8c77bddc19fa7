"""Component libraries that a page loads when it first draws one of their components, and not with every page.

Dash writes the scripts of every library that was imported into every page. One that is held back here is left out of
that; the callback that draws its component says `bring`, and its answer then carries, in Dash's own form
(`"dist": [{"type", "url"}]`), what the browser has to load before it draws.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

import orjson
from dash import Dash
from dash.development.base_component import ComponentRegistry
from flask import Flask, Response, g

_WANTED = "late_libraries"


def hold_back(server: Flask, app: Dash, *libraries: ModuleType) -> None:
    """Serve these libraries, and leave them out of the pages until a callback brings them."""
    scripts = {library.__name__: _addresses(app, library) for library in libraries}
    for name in scripts:
        if name in ComponentRegistry.registry:  # which all apps of a process share
            ComponentRegistry.registry.discard(name)

    @server.after_request
    def name_scripts(answer: Response) -> Response:
        wanted = g.pop(_WANTED, ())
        if wanted and answer.is_json and answer.status_code == 200:
            said = orjson.loads(answer.get_data())
            said["dist"] = [{"type": "_js_dist", "url": url} for name in wanted for url in scripts[name]]
            answer.set_data(orjson.dumps(said))
        return answer


def bring(library: ModuleType) -> None:
    """Have the browser load the library before it draws what this callback answers. Over HTTP alone."""
    g.setdefault(_WANTED, set()).add(library.__name__)


def _addresses(app: Any, library: ModuleType) -> list[str]:
    """Where the library's scripts are; what those load by themselves is served from then on, too."""
    resources = app.scripts._resources._filter_resources(library._js_dist)
    found: list[str] = app._collect_and_register_resources(resources, include_async=False)
    return found
