"""What holds for every page: its contract, its wires, and that two apps of one process are two whole apps."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum

import dash
import pytest
from dash import Input, Output, State
from dash.dependencies import ALL
from flask import Flask

from dashapp import (
    channel_ids,
    choosing,
    create_dash,
    exporting,
    finding,
    going,
    notebook_views,
    reconnecting,
    shell,
    standing,
    starring,
    stepping,
)
from dashapp.app import ASSETS, PAGES, STYLES
from dashapp.lenses.registry import LENSES
from dashapp.pages import not_found
from live.sockets import Doors
from tests.dashapp.shapes import as_json

EVERY_PAGE = (*PAGES, not_found)
SHARED = {
    "shell": shell.wire,
    "standing": standing.wiring(PAGES),
    "reconnecting": reconnecting.wire,
    "finding": finding.wire,
    "starring": starring.wire,
    "choosing": choosing.wire,
    "exporting": exporting.wire,
    "notebook_views": notebook_views.wire,
    "stepping": stepping.wire,
    "going": going.wire,
}
LENS_WIRINGS = {f"lens {lens.NAME}": lens.wire for lens in LENSES}
WIRINGS = SHARED | {page.__name__: page.wire for page in EVERY_PAGE} | LENS_WIRINGS
each_page = pytest.mark.parametrize("page", EVERY_PAGE, ids=lambda page: page.__name__)


@pytest.fixture
def server() -> Flask:
    return Flask("labfeed", static_folder=None)


def ids_in(part) -> list:
    """Every id in a component, strings and patterns."""
    if isinstance(part, list):
        return [found for each in part for found in ids_in(each)]
    if not isinstance(part, dict) or "props" not in part:
        return []
    own = [part["props"]["id"]] if "id" in part["props"] else []
    return own + ids_in(part["props"].get("children"))


def ids_on(page) -> list:
    """Every id that a page draws: in its layout and, where it has a `sample`, in what its callbacks draw later."""
    later = [ids_in(as_json(page.sample()))] if hasattr(page, "sample") else []
    return sum(later, ids_in(as_json(page.layout())))


def dependencies(kind) -> list:
    return [
        each for wiring in WIRINGS.values() for wire in wiring for each in wire.dependencies if isinstance(each, kind)
    ]


def as_id(component_id):
    """An id as it stands in a layout; ALL stands for any."""
    return str(component_id) if isinstance(component_id, StrEnum) else component_id


@each_page
class TestAPage:
    def test_it_has_an_address_a_title_and_a_wiring(self, page):
        assert page.PATH.startswith("/")
        assert page.TITLE.endswith("Labfeed")
        assert page.__name__ in WIRINGS

    def test_its_layout_is_drawn_without_a_request_and_without_arguments(self, page):
        assert as_json(page.layout())

    def test_whatever_the_address_says_its_layout_is_the_same(self, page):
        assert as_json(page.layout()) == as_json(page.layout(channel="7/9", channel_id="9", anything="<b>"))

    def test_no_id_stands_twice(self, page):
        counts = Counter(map(repr, ids_in(as_json(page.layout())) + ids_in(as_json(shell.layout()))))
        assert [found for found, count in counts.items() if count > 1] == []


class TestWires:
    def test_every_wired_id_is_drawn(self):
        drawn = ids_in(as_json(shell.layout())) + [found for part in (*EVERY_PAGE, *LENSES) for found in ids_on(part)]
        for wired in dependencies((Input, Output, State)):
            assert any(matches(as_id(wired.component_id), found) for found in drawn), wired

    def test_every_output_has_one_writer(self):
        written = Counter(str(output) for output in dependencies(Output))
        assert [output for output, count in written.items() if count > 1] == []

    @each_page
    def test_every_wired_string_id_is_a_name_of_the_page_or_the_shell(self, page):
        known = {*getattr(page, "Ids", ()), *shell.Ids, *channel_ids.Ids}
        strings = [
            each.component_id for wire in page.wire for each in wire.dependencies if isinstance(each.component_id, str)
        ]
        assert [literal for literal in strings if not isinstance(literal, StrEnum) or literal not in known] == []


def matches(wired, drawn) -> bool:
    if not isinstance(wired, dict) or not isinstance(drawn, dict):
        return wired == drawn
    return wired.keys() == drawn.keys() and all(value is ALL or drawn[key] == value for key, value in wired.items())


class TestCreateDash:
    def test_two_apps_of_one_process_serve_the_same_pages(self, server):
        other = Flask("labfeed", static_folder=None)
        apps = [create_dash(each, Doors()).dash for each in (server, other)]
        assert [len(app.callback_map) for app in apps] == [len(apps[0].callback_map)] * 2
        assert [page["module"] for page in dash.page_registry.values()] == [
            *(page.__name__ for page in PAGES),
            "not_found_404",
        ]
        for each in (server, other):
            assert each.test_client().get("/").status_code == 200

    def test_its_open_endpoints_are_those_it_made(self, server):
        before = set(server.view_functions)
        pages = create_dash(server, Doors())
        never_open = {"/_reload-hash"}
        assert set(server.view_functions) - before - never_open == pages.open_endpoints

    @pytest.mark.parametrize("address", ["/", "/channels/7", "/no/such/page"])
    def test_a_page_loads_nothing_from_another_host(self, server, address):
        create_dash(server, Doors())
        html = server.test_client().get(address).text
        assert "cdn" not in html
        assert 'src="http' not in html
        assert 'href="http' not in html

    def test_every_asset_of_ours_is_linked_or_an_image(self, server):
        create_dash(server, Doors())
        linked = {path.name for path, _ in STYLES.files} & {asset.name for asset in ASSETS.iterdir()}
        assert [asset.name for asset in ASSETS.iterdir() if asset.name not in linked and asset.suffix != ".svg"] == []
