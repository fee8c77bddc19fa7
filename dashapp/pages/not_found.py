"""The page for addresses that lead nowhere."""

from __future__ import annotations

from dash import html

from dashapp.components import notices
from dashapp.wiring import Wiring

PATH = "/not-found"
TITLE = "Not found · Labfeed"

wire = Wiring(open_to_visitors=True)


def layout(**_address: str) -> html.Div:
    return html.Div(notices.not_found(), className="lf-page")
