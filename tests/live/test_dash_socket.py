"""Dash's websocket callbacks on Flask; and what that takes for granted of the pinned Dash."""

from __future__ import annotations

import contextlib
import inspect
import json
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import dash
import pytest
from dash import Dash, Input, Output, Patch, ctx, dcc, html, set_props
from dash.backends import ws
from dash.backends._flask import FlaskDashServer, FlaskResponseAdapter
from dash.exceptions import PreventUpdate
from flask import Flask, abort, g, request
from werkzeug.test import EnvironBuilder

from domain.errors import TooFast
from live import dash_socket
from live.bus import LocalBus
from live.dash_socket import FORGET_AFTER_S, MOST_PAGES, PROBE_AFTER_S, Exchange, set_props_piece
from live.hub import Hub
from live.open_pages import OpenPages
from live.page import Page, Wanted
from live.peer import Closed
from live.sockets import Doors
from tests.live.fake_peer import FakePeer
from tests.live.ledger import Ledger, Plain
from tests.processes import ROOT

RENDERER = Path(dash.__file__).parent / "dash-renderer" / "build"


class TestContract:
    """Fails when Dash is upgraded: then read dash/backends/_fastapi.py and the worker again, and mend dash_socket."""

    def test_dash_is_the_version_this_was_read_in(self):
        assert dash.__version__ == "4.4.1"
        assert re.search(r"(?m)^dash==4\.4\.1\b", (ROOT / "requirements.txt").read_text())

    @pytest.mark.parametrize(
        ("function", "parameters"),
        [
            (Dash._prepare_callback, ["self", "g", "body"]),
            (Dash._inputs_to_vals, ["self", "inputs"]),
            (Dash._execute_callback, ["self", "func", "args", "outputs_list", "g"]),
            (ws.create_ws_context, ["payload", "response_adapter", "websocket_callback"]),
            (FlaskDashServer.serve_websocket_callback, ["self", "dash_app"]),
            (FlaskDashServer.get_callback_executor, ["self", "max_workers"]),
            (FlaskResponseAdapter, []),
            (dash._utils.to_json, ["value"]),
            (dash._utils.stringify_id, ["id_"]),
        ],
    )
    def test_the_private_names_are_as_they_were(self, function, parameters):
        assert list(inspect.signature(function).parameters) == parameters

    @pytest.mark.parametrize(
        "value",
        [
            {"x": [1.5, 2, None, float("nan"), 1795182111930.457], "y": ["é", "</script>", ""], 7: (True, False)},
            html.Div([html.Span("a", id={"part": "value", "of": 7}), None, "b"], style={"--lf": "1px"}),
            {"children": [dcc.Graph(figure={"data": [{"x": [1, 2]}]})]},
        ],
    )
    def test_json_says_what_dash_s_own_says(self, value):
        patch = Patch()
        patch["data"][0]["x"].extend([1.5, 2])
        patch["layout"] = value
        for each in (value, patch):
            assert json.loads(dash_socket._to_json(each)) == json.loads(dash._utils.to_json(each))

    def test_our_callback_interface_offers_all_of_dash_s(self):
        theirs = {name for name in vars(ws.DashWebsocketCallback) if not name.startswith("_")}
        assert theirs <= {name for name in dir(dash_socket.SocketCallback) if not name.startswith("_")}

    def test_the_flask_backend_has_no_websocket_of_its_own_yet(self):
        assert not FlaskDashServer.websocket_capability
        assert "serve_websocket_callback" not in vars(FlaskDashServer)

    @pytest.mark.parametrize(
        "message",
        [
            "callback_request",
            "callback_response",
            "set_props",
            "get_props_request",
            "get_props_response",
            "heartbeat_ack",
        ],
    )
    def test_the_browser_s_worker_knows_our_messages(self, message):
        assert f'"{message}"' in (RENDERER / "dash-ws-worker.js").read_text()

    def test_the_browser_s_worker_comes_back_after_every_close_but_1000_and_4001(self):
        assert "1e3!==e.code&&4001!==e.code&&this.scheduleReconnect()" in (RENDERER / "dash-ws-worker.js").read_text()

    def test_persistent_callbacks_run_again_after_a_reconnect(self):
        assert "cb.noOutput && cb.inputs.length === 0" in (RENDERER / "dash_renderer.dev.js").read_text()


# --- the exchange with a browser ------------------------------------------------------------------------------------


@pytest.fixture
def may_enter() -> dict[str, bool]:
    return {"now": True}


@pytest.fixture
def held() -> Iterator[threading.Event]:
    """A long callback goes on when this is set."""
    held = threading.Event()
    yield held
    held.set()


@pytest.fixture
def dash_app(may_enter, held) -> Dash:
    flask_app = Flask("app")

    @flask_app.before_request
    def guard():
        g.person = request.cookies.get("person", "nobody")
        if not may_enter["now"]:
            abort(401)

    app = Dash("app", server=False, backend=dash_socket.backend_class(Doors()), use_async=False)
    app.layout = html.Div([dcc.Input(id="in"), html.Div(id="out"), html.Div(id="side")])

    def over_socket(name, function):
        app.callback(Output("out", name), Input("in", "value"), websocket=True)(function)

    def side(value):
        set_props("side", {"children": html.B(value)})
        raise PreventUpdate

    def fail(value):
        raise ValueError("a secret of the server")

    def refuse(value):
        raise TooFast("Slower, please.")

    def wait(value):
        held.wait(10)
        return "waited"

    over_socket("children", lambda value: f"{value} by {g.person} at {request.path}")
    over_socket("title", side)
    over_socket("lang", fail)
    over_socket("dir", refuse)
    over_socket("role", wait)
    over_socket("style", lambda value: ctx.websocket.get_prop_sync("in", "value", timeout=10))
    over_socket("className", lambda value: getattr(dash_socket.current_page(), "id", None))
    app.callback(Output("side", "title"), Input("in", "value"))(lambda value: value)
    app.init_app(flask_app)
    app._setup_server()
    return app


class Browser:
    """The exchange with one browser, its server's side running on a thread."""

    def __init__(self, dash_app: Dash, open_pages: OpenPages | None = None, cookie: str = "person=Ada") -> None:
        headers = [("Cookie", cookie), ("Upgrade", "websocket"), ("Connection", "Upgrade")]
        environ = EnvironBuilder("/_dash-ws-callback", headers=headers).get_environ()
        self.peer = FakePeer(environ)
        self.exchange = Exchange(self.peer, dash_app, "probe", open_pages)
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        with contextlib.suppress(Closed):
            self.exchange.run()

    def calls(self, output: str, value: object = 1, *, page: str = "tab-1", request_id: str = "r-1") -> None:
        prop = {"id": "in", "property": "value", "value": value}
        outputs = {"id": output.partition(".")[0], "property": output.partition(".")[2]}
        payload = {"output": output, "outputs": outputs, "inputs": [prop], "changedPropIds": ["in.value"]}
        self.peer.hears({"type": "callback_request", "rendererId": page, "requestId": request_id, "payload": payload})

    def answers(self) -> list[dict]:
        return [said for said in self.peer.told if isinstance(said, dict) and said["type"] == "callback_response"]


@pytest.fixture
def browser(dash_app) -> Iterator[Browser]:
    browser = Browser(dash_app)
    yield browser
    browser.peer.hang_up()
    browser.thread.join(10)


class TestCallbacks:
    def test_one_is_answered_with_its_outputs_inside_a_request_of_the_handshake(self, browser, eventually):
        browser.calls("out.children", "hello")
        eventually(browser.answers)
        assert browser.answers() == [
            {
                "type": "callback_response",
                "rendererId": "tab-1",
                "requestId": "r-1",
                "payload": {
                    "status": "ok",
                    "data": {
                        "multi": True,
                        "response": {"out": {"children": "hello by Ada at /_dash-ws-callback"}},
                    },
                },
            }
        ]

    def test_set_props_is_sent_at_once_and_no_update_is_no_error(self, browser, eventually):
        browser.calls("out.title", "word")
        eventually(browser.answers)
        pushed, answer = browser.peer.told
        assert pushed["payload"]["componentId"] == "side"
        assert pushed["payload"]["props"]["children"]["props"]["children"] == "word"
        assert answer["payload"] == {"status": "prevent_update"}

    def test_an_error_is_answered_without_its_words(self, browser, eventually, caplog):
        browser.calls("out.lang")
        eventually(browser.answers)
        assert browser.answers()[0]["payload"] == {"status": "error", "message": "Something went wrong on the server."}
        assert "a secret of the server" in caplog.text

    def test_one_of_our_own_errors_is_answered_with_its_sentence(self, browser, eventually):
        browser.calls("out.dir")
        eventually(browser.answers)
        assert browser.answers()[0]["payload"] == {"status": "error", "message": "Slower, please."}

    def test_a_callback_may_ask_the_browser_for_a_prop(self, browser, eventually):
        browser.calls("out.style")
        question = eventually(lambda: [said for said in browser.peer.told if said["type"] == "get_props_request"])[0]
        assert question["payload"] == {"componentId": "in", "properties": ["value"]}
        browser.peer.hears({**question, "type": "get_props_response", "payload": {"value": {"color": "red"}}})
        eventually(browser.answers)
        assert browser.answers()[0]["payload"]["data"]["response"] == {"out": {"style": {"color": "red"}}}

    def test_the_current_page_is_the_one_that_asked(self, browser, eventually):
        browser.calls("out.className", page="tab-2")
        eventually(browser.answers)
        assert browser.answers()[0]["payload"]["data"]["response"] == {"out": {"className": "tab-2"}}
        assert dash_socket.current_page() is None

    def test_a_long_one_keeps_no_heartbeat_and_no_other_page_waiting(self, browser, held, eventually):
        browser.calls("out.role", request_id="long")
        browser.peer.hears({"type": "heartbeat"})
        browser.calls("out.className", page="tab-2", request_id="short")
        eventually(lambda: {"type": "heartbeat_ack"} in browser.peer.told and browser.answers())
        assert [answer["requestId"] for answer in browser.answers()] == ["short"]
        held.set()
        eventually(lambda: len(browser.answers()) == 2)

    def test_who_may_not_enter_any_more_is_refused_at_the_next_callback(self, browser, may_enter, eventually):
        may_enter["now"] = False
        browser.calls("out.children")
        eventually(browser.answers)
        assert browser.answers()[0]["payload"]["status"] == "error"

    @pytest.mark.parametrize("output", ["side.title", "no.such", "..", "out.children...side.title"])
    def test_what_is_no_websocket_callback_is_refused(self, browser, eventually, output):
        browser.calls(output)
        eventually(browser.answers)
        assert browser.answers()[0]["payload"]["status"] == "error"

    def test_those_of_one_page_run_in_the_order_in_which_it_asked(self, browser, held, eventually):
        browser.calls("out.role", request_id="first")
        browser.calls("out.className", request_id="second")
        browser.calls("out.className", page="tab-2", request_id="another page's")
        eventually(browser.answers)
        assert [answer["requestId"] for answer in browser.answers()] == ["another page's"]
        held.set()
        eventually(lambda: len(browser.answers()) == 3)
        assert [answer["requestId"] for answer in browser.answers()][1:] == ["first", "second"]


class TestGuards:
    @pytest.mark.parametrize(
        "message", ["", "{", "null", "[]", "7", '{"type": 5}', '{"no": "type"}', "[" * 100_000, b"\xff", '"\\ud800"']
    )
    def test_what_is_no_message_closes_with_1007(self, browser, eventually, message):
        browser.peer.hears(message)
        assert eventually(lambda: browser.peer.closed)[0] == 1007

    @pytest.mark.parametrize("renderer_id", ["", "a b", "x" * 101, '","type":"', "tab\n"])
    def test_a_strange_renderer_id_closes_with_1008(self, browser, eventually, renderer_id):
        browser.calls("out.children", page=renderer_id)
        assert eventually(lambda: browser.peer.closed)[0] == 1008

    def test_pages_without_end_close_with_1008(self, browser, eventually):
        for number in range(MOST_PAGES + 1):
            browser.calls("out.className", page=f"tab-{number}", request_id=f"r-{number}")
        assert eventually(lambda: browser.peer.closed)[0] == 1008

    @pytest.mark.parametrize(
        "payload",
        [{}, {"output": 7}, {"output": "out.children"}, {"output": "out.children", "inputs": "x", "outputs": 1}],
    )
    def test_a_strange_request_is_answered_with_an_error(self, browser, eventually, payload):
        browser.peer.hears({"type": "callback_request", "rendererId": "t", "requestId": "r", "payload": payload})
        eventually(browser.answers)
        assert browser.answers()[0]["payload"]["status"] == "error"
        assert "Traceback" not in json.dumps(browser.answers())

    def test_an_unknown_type_and_an_answer_nobody_asked_for_are_passed_over(self, browser, eventually):
        browser.peer.hears({"type": "news", "rendererId": "t"})
        browser.peer.hears({"type": "get_props_response", "rendererId": "t", "requestId": "x", "payload": {"a": 1}})
        browser.peer.hears({"type": "heartbeat"})
        eventually(lambda: browser.peer.told == [{"type": "heartbeat_ack"}])


class TestPage:
    def test_all_pieces_go_in_one_frame_with_the_page_s_id(self):
        peer = FakePeer()
        patch = Patch()
        patch["data"][0]["x"].extend([1, 2])
        pieces = (
            set_props_piece("graph", {"figure": patch}),
            set_props_piece({"b": 1, "a": 2}, {"children": html.B("x")}),
        )
        assert Page(peer, "tab-1").send(pieces)
        (batch,) = peer.told
        assert [each["rendererId"] for each in batch] == ["tab-1", "tab-1"]
        assert [each["type"] for each in batch] == ["set_props", "set_props"]
        assert batch[0]["payload"]["props"]["figure"]["operations"][0]["operation"] == "Extend"
        assert batch[1]["payload"]["componentId"] == '{"a":2,"b":1}'

    def test_nothing_to_send_is_no_frame(self):
        peer = FakePeer()
        assert Page(peer, "tab-1").send(())
        assert peer.frames == []

    def test_a_closed_page_takes_nothing(self):
        page = Page(FakePeer(), "tab-1")
        page.close()
        assert not page.send((set_props_piece("a", {"b": 1}),))

    def test_closing_is_told_once_and_to_latecomers_too(self):
        page, told = Page(FakePeer(), "tab-1"), []
        page.on_close(lambda: told.append("early"))
        page.close()
        page.close()
        page.on_close(lambda: told.append("late"))
        assert told == ["early", "late"]


class Pieces(Plain):
    """Entries as pieces."""

    def encode(self, channel_id, runs):
        return (set_props_piece("seen", {"children": list(super().encode(channel_id, runs))}),)


class TestWatchOnly:
    @pytest.fixture
    def ledger(self):
        return Ledger()

    @pytest.fixture
    def hub(self, ledger) -> Iterator[Hub]:
        hub = Hub(LocalBus(), ledger.fill)
        hub.start()
        yield hub
        hub.close()

    @staticmethod
    def seen(peer: FakePeer) -> list[int]:
        return [entry for batch in peer.told for each in batch for entry in each["payload"]["props"]["children"]]

    def test_it_brings_the_page_from_its_cursor_to_now(self, hub, ledger):
        ledger.append(1, entries=4)
        peer = FakePeer()
        Page(peer, "tab-1").watch_only(hub, [Wanted(1, 1, Pieces())])
        assert self.seen(peer) == [2, 3, 4]

    def test_a_second_registration_from_an_older_cursor_repeats_nothing(self, hub, ledger):
        ledger.append(1, entries=4)
        peer = FakePeer()
        page = Page(peer, "tab-1")
        page.watch_only(hub, [Wanted(1, 1, Pieces())])
        page.watch_only(hub, [Wanted(1, 1, Pieces())])
        assert self.seen(peer) == [2, 3, 4]
        assert hub.counts().watchers == 1

    def test_what_is_not_wanted_any_more_ends(self, hub):
        page = Page(FakePeer(), "tab-1")
        page.watch_only(hub, [Wanted(1, 0, Pieces()), Wanted(2, 0, Pieces())])
        page.watch_only(hub, [Wanted(2, 0, Pieces()), Wanted(2, 0, Pieces(name="other view"))])
        assert hub.counts().watchers == 2
        page.close()
        assert hub.counts().watchers == 0

    def test_a_page_without_room_is_caught_up_when_there_is_some(self, hub, ledger, eventually):
        ledger.append(1, entries=4)
        peer = FakePeer()
        peer.has_room = False
        page = Page(peer, "tab-1")
        page.watch_only(hub, [Wanted(1, 0, Pieces())])
        peer.has_room = True
        page.resume()
        eventually(lambda: self.seen(peer) == [1, 2, 3, 4])


class TestTwoSockets:
    """After a break Dash's worker may open two: it speaks over the later alone, and hears both."""

    @pytest.fixture
    def opened(self, dash_app, eventually) -> Iterator[Callable[..., Page]]:
        """A function that opens a socket, calls over it, and gives the page that the server made for the call."""
        open_pages, browsers = OpenPages(), []

        def open_socket(cookie: str = "person=Ada", page: str = "tab-1") -> Page:
            browser = Browser(dash_app, open_pages, cookie)
            browsers.append(browser)
            browser.calls("out.className", page=page)
            eventually(browser.answers)
            return browser.exchange._pages[page]

        yield open_socket
        for browser in browsers:
            browser.peer.hang_up()
            browser.thread.join(10)

    def test_a_tab_is_shown_what_comes_over_the_later_alone(self, opened):
        first, second = opened(), opened()
        assert first.is_closed
        assert not second.is_closed

    @pytest.mark.parametrize("over", [0, 1], ids=["the older socket", "the later"])
    def test_a_tab_that_has_drawn_what_the_older_sent_says_so_over_either(self, dash_app, opened, eventually, over):
        ledger = Ledger()
        ledger.append(1, entries=2)
        hub = Hub(LocalBus(), ledger.fill)
        first = opened()
        first.watch_only(hub, [Wanted(1, 0, Pieces())])
        second = opened()
        redrawn = []
        second.redraw = redrawn.append
        question = next(each for each in first._peer.told if isinstance(each, dict) and "followed" in each["requestId"])
        (first, second)[over]._peer.hears({**question, "type": "get_props_response", "payload": {}})
        eventually(lambda: redrawn == [{1: 2}])
        assert not second.is_closed

    def test_another_tab_stays(self, opened):
        first = opened()
        opened(page="tab-2")
        assert not first.is_closed

    def test_nobody_ends_somebody_else_s_page(self, opened):
        first = opened()
        opened(cookie="person=Ben")
        assert not first.is_closed


class TestSignsOfLife:
    @pytest.fixture
    def registered(self, browser, eventually) -> Browser:
        browser.calls("out.className")
        eventually(browser.answers)
        browser.peer.tick(0.0)
        return browser

    @staticmethod
    def pass_time(browser: Browser, seconds: float, since: float = 0.0) -> None:
        for second in range(1, int(seconds) + 1):
            browser.peer.tick(since + second)

    def probes(self, browser: Browser) -> list[dict]:
        return [said for said in browser.peer.told if said["type"] == "get_props_request"]

    def test_a_silent_page_is_asked_and_one_that_answers_stays(self, registered, eventually):
        page = registered.exchange._pages["tab-1"]
        for minute in range(3):
            self.pass_time(registered, PROBE_AFTER_S, since=minute * PROBE_AFTER_S)
            probe = self.probes(registered)[minute]
            assert probe["payload"] == {"componentId": "probe", "properties": []}
            registered.peer.hears({**probe, "type": "get_props_response", "payload": {}})
            registered.peer.hears({"type": "heartbeat"})
            eventually(lambda minute=minute: registered.peer.told.count({"type": "heartbeat_ack"}) == minute + 1)
        assert not page.is_closed

    def test_one_that_does_not_answer_is_closed(self, registered):
        page = registered.exchange._pages["tab-1"]
        self.pass_time(registered, FORGET_AFTER_S)
        assert page.is_closed
        assert len(self.probes(registered)) == 2

    def test_a_page_that_was_given_up_and_calls_again_gets_a_new_one(self, registered, eventually):
        self.pass_time(registered, FORGET_AFTER_S)
        registered.calls("out.className", request_id="r-2")
        eventually(lambda: len(registered.answers()) == 2)
        assert not registered.exchange._pages["tab-1"].is_closed

    def test_a_process_that_stood_still_gives_nobody_up(self, registered):
        page = registered.exchange._pages["tab-1"]
        registered.peer.tick(10_000.0)
        assert not page.is_closed

    def test_all_pages_end_with_the_socket(self, registered):
        page = registered.exchange._pages["tab-1"]
        registered.peer.hang_up()
        registered.thread.join(10)
        assert page.is_closed
