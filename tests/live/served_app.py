"""A small app with every kind of socket, run by the tests under the real gunicorn.

Entries are kept in memory; POST /entries stores some and publishes them unless `?lost`. /counts tells what the live
path knows of itself.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from dash import Dash, Input, Output, Patch, State, dcc, html, set_props
from flask import Flask, Response, g, request

from domain.errors import LabfeedError, NotFound
from domain.readings import FreshReadings
from live import dash_socket, stream
from live.bus import LocalBus
from live.dash_socket import set_props_piece
from live.event_stream import EventPeer, events
from live.frames import Frame
from live.hub import Hub
from live.open_pages import Standings
from live.outgoing import Limits
from live.page import Wanted
from live.peer import Peer
from live.sockets import Doors, Origin
from tests.live.ledger import Ledger

ledger, bus = Ledger(), LocalBus()
hub = Hub(bus, ledger.fill)
doors = Doors(
    origins=["https://friend.example"],
    public_url="https://lab.example.edu/",
    ping_interval_s=2.0,
    limits=Limits(frames=8, size_bytes=200_000, stuck_s=3.0),
)
server = Flask("served")
may_read = {"channel": True}


@server.before_request
def remember_the_path() -> None:
    g.path = request.path


@server.errorhandler(LabfeedError)
def answer_problem(error: LabfeedError):
    return error.to_problem(), error.status, {"Content-Type": "application/problem+json", **error.headers}


@server.get("/counts")
def counts():
    pages = sorted(registered)
    resident = int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGESIZE")  # noqa: PTH123, SIM115
    return {
        "hub": asdict(hub.counts()),
        "sockets": asdict(doors.counts()),
        "pages": pages,
        "resident": resident,
        "threads": threading.active_count(),
        "newest": ledger.newest(),
    }


@server.post("/entries")
def entries():
    for _ in range(int(request.args.get("times", 1))):
        fresh = ledger.append(1, entries=int(request.args.get("entries", 1)))
        if "lost" not in request.args:
            bus.publish(fresh)
    return {"newest": ledger.newest()}


@server.post("/may-read")
def change_right():
    may_read["channel"] = request.args["is"] == "yes"
    stream_door.recheck(Standings(lambda ids: {1: 1 if may_read["channel"] else 2}, lambda ids: {}, lambda ids: ()))
    return {}


# --- sockets --------------------------------------------------------------------------------------------------------


def echo(peer: Peer) -> None:
    """Answer each message with itself; some words do something else."""
    while True:
        said = peer.receive()
        if said == "fail":
            raise ValueError("a secret of the server")
        if said == "key, please":
            peer.receive(within_s=1.0)
        if said == "leave":
            return
        if isinstance(said, str) and said.startswith("large "):
            peer.say(Frame.text(b"L" * int(said.removeprefix("large "))))
            peer.say(Frame.text(b"after"))
        else:
            peer.say(Frame.text(said.encode() if isinstance(said, str) else b"bytes " + said.hex().encode()))


def admit(name: str) -> str:
    if name == "nobody":
        raise NotFound
    return f"hello {name}"


def greet(peer: Peer, admitted: str) -> None:
    peer.say(Frame.text(admitted.encode()))
    peer.receive()


@dataclass(frozen=True)
class Padded:
    """Entries as large frames, for peers who do not read."""

    window_s: float = 0.0

    def encode(self, channel_id: int, runs: Sequence[FreshReadings]) -> Frame:
        return Frame.joined(Frame.text(b"%d " % run.last + b"x" * 20_000) for run in runs)


def padded(peer: Peer) -> None:
    watch = hub.watch(1, ledger.newest(), Padded(), peer.send)
    peer.on_drained(watch.resume)
    try:
        peer.receive()
    finally:
        watch.cancel()


def open_channel(written: str) -> stream.OpenChannel:
    if written != "1" or not may_read["channel"]:
        raise NotFound
    return stream.OpenChannel(1, 1, ledger.newest(), {1: "temperature"})


doors.route(server, "/echo", echo, endpoint="echo", max_message_size=1_000_000)
doors.route(server, "/browsers", echo, endpoint="browsers", origin=Origin.REQUIRED)
doors.route(server, "/greet/<name>", greet, endpoint="greet", before=admit)
doors.route(server, "/padded", padded, endpoint="padded")
stream_door = stream.register(doors, server, hub=hub, open_channel=open_channel)


@server.get("/events/<channel>")
def told(channel: str) -> Response:
    """Entries as events; `?lasts=` so many seconds."""
    reader = stream_door.reader_of(channel, request.headers.get("Last-Event-ID") or request.args.get("after"))
    doors.refuse_crowd()
    lasts_s = float(request.args.get("lasts", 3600))
    pieces = events(stream_door, doors, EventPeer(request.environ), reader, lasts_s)
    return Response(pieces, content_type="text/event-stream")


# --- a Dash page ----------------------------------------------------------------------------------------------------

registered: list[str] = []


@dataclass(frozen=True)
class Drawn:
    """Entries as points of two graphs, one with a dictionary for an id."""

    window_s: float = 0.0

    def updates(self, runs: Sequence[FreshReadings]) -> list[tuple[Any, dict[str, Any]]]:
        points = [(at, value or 0.0) for run in runs for _, at, value, _ in run.rows]
        figures = [Patch(), Patch()]
        for figure, sign in zip(figures, (1, -1), strict=True):
            figure["data"][0]["x"].extend([at for at, _ in points])
            figure["data"][0]["y"].extend([sign * value for _, value in points])
        cursor = Patch()
        cursor["1"] = runs[-1].last
        return [
            ("graph", {"figure": figures[0]}),
            ({"kind": "graph", "feed": 2}, {"figure": figures[1]}),
            ("not-on-this-page", {"children": "passed over"}),
            ("latest", {"children": html.B(str(runs[-1].last))}),
            ("live-cursor", {"data": cursor}),
        ]

    def encode(self, channel_id: int, runs: Sequence[FreshReadings]) -> tuple[bytes, ...]:
        return tuple(set_props_piece(component_id, props) for component_id, props in self.updates(runs))


def empty_figure() -> dict[str, Any]:
    return {"data": [{"x": [], "y": [], "type": "scatter"}], "layout": {"uirevision": "live", "height": 200}}


dash_app = Dash(
    __name__,
    server=False,
    backend=dash_socket.backend_class(doors, probe_id="live-cursor"),
    use_async=False,
    websocket_inactivity_timeout=0,
    suppress_callback_exceptions=True,
)
dash_app.layout = html.Div(
    [
        dcc.Graph(id="graph", figure=empty_figure()),
        dcc.Graph(id={"kind": "graph", "feed": 2}, figure=empty_figure()),
        html.Div("0", id="latest"),
        html.Div("", id="road"),
        html.Button("press", id="button"),
        html.Div("", id="pressed"),
        dcc.Store(id="live-cursor", data={"1": 0}),
        dcc.Interval(id="poll", interval=200, disabled=True),
    ]
)


@dash_app.callback(State("live-cursor", "data"), websocket=True, persistent=True)
def register(cursor):
    page = dash_socket.current_page()
    if page is None:
        set_props("poll", {"disabled": False})
        set_props("road", {"children": "polling"})
        return
    registered.append(page.id)
    page.on_close(lambda: registered.remove(page.id))
    set_props("road", {"children": f"socket, {g.path}"})
    page.watch_only(hub, [Wanted(1, cursor["1"], Drawn())])


@dash_app.callback(
    Input("poll", "n_intervals"),
    State("live-cursor", "data"),
    running=[(Output("poll", "disabled"), True, False)],
    prevent_initial_call=True,
)
def poll(_, cursor):
    runs = ledger.fill(1, cursor["1"], None)
    for component_id, props in Drawn().updates(runs) if runs else []:
        set_props(component_id, props)


@dash_app.callback(
    Output("pressed", "children"), Input("button", "n_clicks"), websocket=True, prevent_initial_call=True
)
def press(times):
    if times == 2:
        raise ValueError("a secret of the server")
    return f"pressed {times}"


@dash_app.callback(Output("pressed", "title"), Input("button", "title"), prevent_initial_call=True)
def only_over_http(title):
    return title


dash_app.init_app(server)
hub.start()
