from __future__ import annotations

from dash import Dash, Input, Output, html

from dashapp.wiring import Wiring


def wired() -> Wiring:
    wire = Wiring()

    @wire(Output("out", "children"), Input("in", "n_clicks"), prevent_initial_call=True)
    def answer(clicks: int) -> int:
        return clicks

    return wire


def an_app() -> Dash:
    app = Dash("wiring", server=True)
    app.layout = html.Div([html.Div(id="out"), html.Button(id="in")])
    return app


class TestWiring:
    def test_two_apps_of_one_process_both_get_every_callback(self):
        wiring, apps = wired(), (an_app(), an_app())
        for app in apps:
            wiring.attach(app)
        assert [list(app.callback_map) for app in apps] == [["out.children"]] * 2

    def test_the_function_stays_a_function(self):
        (wire,) = wired()
        assert wire.function(3) == 3
