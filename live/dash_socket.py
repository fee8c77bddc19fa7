"""Dash's websocket callbacks on Flask.

Dash 4.2 and later run callbacks over a websocket, but ship the server's side for FastAPI and Quart only. This is that
side for Flask, with plain threads (or gevent's greenlets) in place of asyncio:

    app = Dash(__name__, server=False, backend=backend_class(doors), use_async=False, websocket_inactivity_timeout=0)
    app.init_app(flask_app)

(Passing `server=` would replace the backend class by Dash's own.) The browser's side is Dash's renderer, unchanged.

What travels, all of it JSON text; `rendererId` is one page in one tab, and one socket serves all tabs of a browser:

    in   {"type": "callback_request", "rendererId", "requestId", "payload"}       as POSTed over HTTP
         {"type": "get_props_response", "rendererId", "requestId", "payload"}
         {"type": "heartbeat"}
    out  {"type": "callback_response", "rendererId", "requestId", "payload": {"status", "data" | "message"}}
                                                                    status is "ok", "prevent_update" or "error"
         {"type": "set_props", "rendererId", "payload": {"componentId", "props"}}
         {"type": "get_props_request", "rendererId", "requestId", "payload": {"componentId", "properties"}}
         {"type": "heartbeat_ack"}
         [ … ]                                                      a batch; its set_props are drawn together

A callback without Output and Input, marked `websocket=True, persistent=True`, runs when its page loads and again after
every reconnect. There it registers its page, `current_page()`, with whatever will push to it later, and returns; no
thread waits for the page. The browser does not say when a tab closes while another one lives, so pages are asked for a
sign of life now and then (an empty `get_props_request`, which a hidden tab answers too).

Callbacks of one page run one after the other, in the order of their requests on the socket: of two choices the later
one is drawn later, and what a page watches is decided by what it asked last. Other pages do not wait for them.

Dash has no public names for running a callback. The private ones used here stand together in `_execute`, and a contract
test holds them to the pinned version.
"""

from __future__ import annotations

import functools
import inspect
import logging
import re
import threading
import uuid
from collections.abc import Mapping, Sequence
from contextvars import ContextVar, copy_context
from typing import Any

import msgspec
import orjson
from dash import Dash
from dash._utils import stringify_id
from dash.backends._flask import FlaskDashServer, FlaskResponseAdapter
from dash.backends.ws import create_ws_context
from dash.exceptions import PreventUpdate, WebsocketDisconnected

from domain.errors import LabfeedError
from live.dash_requests import complaint_about
from live.frames import CloseCode, Frame
from live.open_pages import OpenPages
from live.page import Page
from live.peer import AnyPeer
from live.sockets import Doors, Origin
from live.turns import Turns

logger = logging.getLogger(__name__)

MAX_MESSAGE_SIZE = 1 << 20
"""A callback request carries its States; a figure among them makes it large."""

CALLBACK_WORKERS = 64
"""Callbacks of all sockets that run at once: greenlets under gevent, made when they are needed."""

MOST_PAGES = 64
MOST_RUNNING = 32
"""Callbacks of one socket that may wait or run at once."""

PROBE_AFTER_S = 20.0
"""A page is asked for a sign of life after so long without one…"""
FORGET_AFTER_S = 60.0
"""… and closed after so long."""

HEARTBEAT_ACK = Frame.text(b'{"type":"heartbeat_ack"}')
_IDENTIFIER = re.compile(r"[\w.-]{1,100}")


def current_page() -> Page | None:
    """The page whose websocket callback is running; None in a callback over HTTP, and outside of callbacks."""
    return _current_page.get()


def set_props_piece(component_id: str | Mapping[str, Any], props: Mapping[str, Any]) -> bytes:
    """One component's new props, ready to be joined into any page's frame. They may hold Patch and components.

    A component that a page does not have is passed over. A Patch needs a value to be applied to: on a prop the browser
    does not have yet it fails there, and takes the rest of its batch with it.
    """
    payload = {"componentId": stringify_id(component_id), "props": props}
    return b'"payload":' + _to_json(payload)


def backend_class(
    doors: Doors, *, probe_id: str = "probe", open_pages: OpenPages | None = None
) -> type[FlaskDashServer]:
    """The backend to build Dash with. Its socket is one of `doors`, its pages are kept in `open_pages`.

    `probe_id` is a component every page has: pages are asked about it for a sign of life. (One they lack answers too,
    with a warning on the browser's console.)

    A callback over the socket passes the Flask app's before_request functions like any request, with the handshake's
    headers and cookies, so whatever guards HTTP guards the socket, each time.
    """

    class WebsocketFlaskServer(FlaskDashServer):
        websocket_capability = True

        def serve_websocket_callback(self, dash_app: Dash) -> None:
            """Register the socket. Dash calls this when it is initialised on its Flask app."""

            def conversation(peer: AnyPeer) -> None:
                Exchange(peer, dash_app, probe_id, open_pages).run()

            doors.route(
                self.server,
                dash_app.config.routes_pathname_prefix + "_dash-ws-callback",
                conversation,
                endpoint=f"{dash_app.config.routes_pathname_prefix}_dash-ws-callback",
                origin=Origin.REQUIRED,
                max_message_size=MAX_MESSAGE_SIZE,
            )

    return WebsocketFlaskServer


class SocketCallback:
    """What `dash.ctx.websocket` is inside a callback: the interface of dash.backends.ws.DashWebsocketCallback.

    `dash.set_props` comes here and is sent at once. `get_prop` waits for the browser's answer.
    """

    def __init__(self, exchange: Exchange, page: Page) -> None:
        self._exchange = exchange
        self.page = page

    @property
    def is_shutdown(self) -> bool:
        return self.page.is_closed

    def set_prop_sync(self, component_id: str, prop_name: str, value: Any) -> None:
        payload = {"componentId": component_id, "props": {prop_name: value}}
        self._exchange.say({"type": "set_props", "rendererId": self.page.id, "payload": payload})

    async def set_prop(self, component_id: str, prop_name: str, value: Any) -> None:
        self.set_prop_sync(component_id, prop_name, value)

    def get_prop_sync(self, component_id: str, prop_name: str, timeout: float = 30.0) -> Any:
        """The prop as it stands in the browser, None if it has none. Raises TimeoutError or WebsocketDisconnected."""
        return self._exchange.ask(self.page, component_id, [prop_name], timeout).get(prop_name)

    async def get_prop(self, component_id: str, prop_name: str, timeout: float = 30.0) -> Any:
        return self.get_prop_sync(component_id, prop_name, timeout)


class Exchange:
    """The conversation with one browser."""

    def __init__(self, peer: AnyPeer, dash_app: Dash, probe_id: str, open_pages: OpenPages | None = None) -> None:
        self._peer = peer
        self._open_pages = OpenPages() if open_pages is None else open_pages
        self._dash_app = dash_app
        self._probe_id = stringify_id(probe_id)
        self._pages: dict[str, Page] = {}
        self._turns: dict[str, Turns] = {}
        self._questions: dict[str, _Question] = {}
        self._running = 0
        self._mutex = threading.Lock()
        self._last_tick: float | None = None

    def run(self) -> None:
        """Serve the browser until the socket closes; then close its pages."""
        self._peer.on_drained(self._resume)
        self._peer.on_tick(self._tick)
        try:
            while True:
                self._on_message(self._peer.receive())
        finally:
            self._end()

    def say(self, message: Mapping[str, Any]) -> None:
        self._peer.say(Frame.text(_to_json(message)))

    def ask(self, page: Page, component_id: str, properties: Sequence[str], timeout_s: float) -> dict[str, Any]:
        """The values of these props in the browser. Raises TimeoutError or WebsocketDisconnected."""
        question = _Question()
        request_id = uuid.uuid4().hex
        self._questions[request_id] = question
        try:
            if page.is_closed:
                raise WebsocketDisconnected
            self._send_question(page, request_id, component_id, properties)
            return question.wait(timeout_s)
        finally:
            self._questions.pop(request_id, None)

    def _send_question(self, page: Page, request_id: str, component_id: str, properties: Sequence[str]) -> None:
        payload = {"componentId": component_id, "properties": properties}
        self.say({"type": "get_props_request", "rendererId": page.id, "requestId": request_id, "payload": payload})

    # --- what the browser says ----------------------------------------------------------------------------------------

    def _on_message(self, said: str | bytes) -> None:
        try:
            message = _DECODE(said)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            self._peer.close(CloseCode.INVALID_DATA, "This is no message of Dash's renderer.")
            return
        if message.type == "heartbeat":
            self._peer.say(HEARTBEAT_ACK)
            return
        if message.type == "get_props_response":
            self._on_response(message)
            return
        page = self._page(message.rendererId)
        if page is None:
            self._peer.close(CloseCode.RIGHT_ENDED, "No or too many renderer ids.")
        elif message.type == "callback_request":
            self._on_request(page, message)

    def _on_response(self, message: _Message) -> None:
        """An answer. It may have been asked over an older socket of its tab, and makes no page of its own."""
        page = self._pages.get(message.rendererId)
        if page is not None:
            page.is_alive()
            page.is_drawn()  # it answers in order: whatever was sent before the question
        self._open_pages.answered(message.requestId)
        if message.requestId in self._questions:
            self._questions[message.requestId].answer(message.payload)

    def _page(self, renderer_id: str) -> Page | None:
        """The page of that id, which has just shown that it lives."""
        page = self._pages.get(renderer_id)
        if page is not None and not page.is_closed:
            page.is_alive()
            return page
        if not _IDENTIFIER.fullmatch(renderer_id) or len(self._pages) >= MOST_PAGES:
            return None
        made = Page(self._peer, renderer_id, lambda name: self._send_question(made, name, self._probe_id, []))
        self._pages[renderer_id] = made
        self._turns.setdefault(renderer_id, Turns(self._workers().submit))
        self._open_pages.add(made)
        made.on_close(lambda: self._open_pages.discard(made))
        return made

    def _on_request(self, page: Page, message: _Message) -> None:
        """Run the callback elsewhere, in its page's turn, so that heartbeats and other pages are heard meanwhile."""
        complaint = self._complaint(message)
        with self._mutex:
            if complaint is None and self._running >= MOST_RUNNING:
                complaint = "Too many callbacks of this browser are running."
            if complaint is None:
                self._running += 1
        if complaint is not None:
            self._answer(page, message.requestId, _failed(complaint))
            return
        self._turns[page.id].add(functools.partial(self._run_callback, page, message))

    def _workers(self) -> Any:
        return self._dash_app.backend.get_callback_executor(CALLBACK_WORKERS)

    def _complaint(self, message: _Message) -> str | None:
        if not _IDENTIFIER.fullmatch(message.requestId):
            return "This is no callback request."
        complaint = complaint_about(self._dash_app.callback_map, message.payload)
        if complaint is not None:
            return complaint
        callback = self._dash_app.callback_map[message.payload["output"]]
        if not callback.get("websocket") and not self._dash_app._websocket_callbacks:
            return "This callback is not served over a websocket."
        if inspect.iscoroutinefunction(callback.get("callback")):
            return "Coroutines are not served on Flask."
        return None

    def _run_callback(self, page: Page, message: _Message) -> None:
        try:
            self._answer(page, message.requestId, self._outcome(page, message.payload))
        finally:
            with self._mutex:
                self._running -= 1

    def _outcome(self, page: Page, payload: dict[str, Any]) -> bytes:
        """What became of the callback, as the payload of its response."""
        try:
            with self._dash_app.server.request_context(dict(self._peer.environ)):
                if self._dash_app.server.preprocess_request() is not None:
                    return _failed("You may not do this any more. Load the page again.")
                return copy_context().run(_execute, self._dash_app, payload, SocketCallback(self, page))
        except (PreventUpdate, WebsocketDisconnected):
            return b'{"status":"prevent_update"}'
        except LabfeedError as error:
            return _failed(error.detail)
        except Exception:  # whatever a callback raises, its browser gets an answer, and never a stack trace
            logger.exception("The callback of %r failed", payload.get("output"))
            return _failed("Something went wrong on the server.")

    def _answer(self, page: Page, request_id: str, outcome: bytes) -> None:
        head = {"type": "callback_response", "rendererId": page.id, "requestId": request_id}
        self._peer.say(Frame.text(orjson.dumps(head)[:-1] + b',"payload":' + outcome + b"}"))

    # --- what the socket says -----------------------------------------------------------------------------------------

    def _resume(self) -> None:
        for page in list(self._pages.values()):
            page.resume()

    def _tick(self, now: float) -> None:
        """Ask silent pages for a sign of life, and close those that gave none for long."""
        passed_s = 0.0 if self._last_tick is None else min(now - self._last_tick, 2.0)
        self._last_tick = now
        for page in list(self._pages.values()):
            silent_s = page.grow_silent(passed_s)
            if silent_s >= FORGET_AFTER_S:
                del self._pages[page.id]
                del self._turns[page.id]
                page.close()
            elif silent_s % PROBE_AFTER_S < passed_s and silent_s >= PROBE_AFTER_S:
                self._send_question(page, "probe", self._probe_id, [])

    def _end(self) -> None:
        for page in list(self._pages.values()):
            page.close()
        for question in list(self._questions.values()):
            question.answer(None)


def _execute(dash_app: Any, payload: Any, websocket: Any) -> bytes:
    """Run a callback as Dash does; the payload of its response. All that is private to Dash is called here."""
    _current_page.set(websocket.page)
    context = create_ws_context(payload, FlaskResponseAdapter(), websocket)
    function = dash_app._prepare_callback(context, payload)
    arguments = dash_app._inputs_to_vals(context.inputs_list + context.states_list)
    run: functools.partial[str] = dash_app._execute_callback(function, arguments, context.outputs_list, context)
    return b'{"status":"ok","data":' + run().encode() + b"}"


def _to_json(value: object) -> bytes:
    """JSON as Dash writes it: components, figures and Patch among the values.

    Dash's own way looks at every number of a chart first; here there are only values that orjson knows, and components.
    """
    return orjson.dumps(value, default=_as_json, option=orjson.OPT_NON_STR_KEYS)


def _as_json(value: Any) -> Any:
    return value.to_plotly_json()


def _failed(sentence: str) -> bytes:
    return orjson.dumps({"status": "error", "message": sentence})


class _Question:
    """Something the browser was asked; its answer, once it is there."""

    def __init__(self) -> None:
        self._answered = threading.Event()
        self._values: dict[str, Any] | None = None

    def answer(self, values: dict[str, Any] | None) -> None:
        self._values = values
        self._answered.set()

    def wait(self, timeout_s: float) -> dict[str, Any]:
        if not self._answered.wait(timeout_s):
            raise TimeoutError("The browser did not answer in time.")
        if self._values is None:
            raise WebsocketDisconnected
        return self._values


class _Message(msgspec.Struct):
    """A message of the renderer, by its own names."""

    type: str
    rendererId: str = ""  # noqa: N815
    requestId: str = ""  # noqa: N815
    payload: dict[str, Any] = {}


_DECODE = msgspec.json.Decoder(_Message).decode
_current_page: ContextVar[Page | None] = ContextVar("current_page", default=None)
