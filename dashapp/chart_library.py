"""What the browser draws charts with: Plotly's bundle of lines and bars, where it is installed.

The plotly package carries all of plotly.js, 4.8 MB, most of it maps and surfaces that no chart here uses; a browser
reads and runs all of that before it draws its first line. `package.json` names Plotly's own bundle of the same version
with lines and bars alone, 1.2 MB. It is served at the same address; where it is not installed, Dash serves the whole.
Pages with charts ask for it in their head, not only when a chart is about to be drawn.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import plotly
from flask import Flask, Response, request
from flask.typing import ResponseReturnValue

from dashapp.serving import SUITES

View = Callable[..., ResponseReturnValue]

WHOLE = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
INSTALLED = Path(__file__).parent.parent / "node_modules" / "plotly.js-basic-dist-min"
BUNDLE = "plotly-basic.min.js"
ASKED_FOR = {"package_name": "plotly", "fingerprinted_path": "package_data/plotly.min.js"}

_SUITES_AT = "/_dash-component-suites"
EARLY = "".join(
    f'<link rel="preload" as="script" href="{_SUITES_AT}/{part}">'
    for part in ("plotly/package_data/plotly.min.js", "dash/dcc/async-graph.js")
)
"""For the head of a page that will draw a chart."""


def version_of_whole(whole: Path = WHOLE) -> str:
    """The version of plotly.js in the plotly package, such as `4.1.1`; it stands in the file's first lines."""
    with whole.open(encoding="utf-8") as script:
        return script.read(100).partition("plotly.js v")[2].split("\n")[0].strip()


def installed(folder: Path = INSTALLED, whole: Path = WHOLE) -> Path | None:
    """The small bundle. None where it is not installed or is of another version than the figures are made for."""
    bundle, about = folder / BUNDLE, folder / "package.json"
    if not bundle.is_file() or not about.is_file():
        return None
    return bundle if json.loads(about.read_text(encoding="utf-8"))["version"] == version_of_whole(whole) else None


def prefer(server: Flask, bundle: Path | None) -> None:
    """Serve this bundle where the pages ask for plotly.js; with None, the whole as Dash does."""
    if bundle is not None:
        views: dict[str, Any] = server.view_functions
        views[SUITES] = _instead(views[SUITES], bundle)


def _instead(view: View, bundle: Path) -> View:
    @wraps(view)
    def part(**asked: str) -> ResponseReturnValue:
        if asked != ASKED_FOR:
            return view(**asked)
        answer = Response(bundle.read_bytes(), mimetype="text/javascript")
        answer.add_etag()
        return answer.make_conditional(request)

    return part
