"""A Dash page with nothing on it: what Flask, Dash and Plotly cost before there is a product."""

from __future__ import annotations

from dash import Dash, html
from flask import Flask

server = Flask(__name__, static_folder=None)
pages = Dash(__name__, server=False)
pages.layout = html.Div()
pages.init_app(server)


@server.get("/healthz")
def healthz() -> str:
    return "ok"
