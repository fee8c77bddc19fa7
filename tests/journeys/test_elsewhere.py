"""Labfeed seen elsewhere: on a projector where nobody is signed in, and in the frame of another site."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests
from playwright.sync_api import expect

import context
from domain.kiosks import Lasting
from domain.people import College
from models import kiosks
from tests.builders import VAULT
from tests.people import acting, make_person
from tests.processes import find_free_port
from tests.servers import CreatedChannel, LabfeedServer, running_labfeed

SECRET = "a-secret-nobody-can-guess"

CLASSIC = 'width="450" height="260" style="border: 1px solid #cccccc;"'
"""The frame that ThingSpeak gives for pasting."""


@contextmanager
def other_site(port: int, frame: str, size: str = 'width="800" height="700"') -> Iterator[None]:
    """A site at this port that shows an address in a frame. (A host of another name is another site.)"""
    shown = f'<!doctype html><h1>A course</h1><iframe {size} src="{frame}"></iframe>'.encode()

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(shown)

        def log_message(self, *_said: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def send(labfeed: LabfeedServer, channel: CreatedChannel, value: float) -> None:
    headers = {"X-API-Key": channel.write_key}
    requests.post(f"{labfeed.url}/api/v1/readings", json={"temperature": value}, headers=headers, timeout=20)


class TestAProjector:
    def test_it_shows_the_wall_live_and_goes_dark_when_its_link_is_ended(self, labfeed, store, open_browser):
        grace, now = make_person(store, "Grace Root"), context.now()
        actor = acting(grace, is_admin=True, at=now)
        link = store.tell(kiosks.make, actor, College(), VAULT, None, "Hall", Lasting.DAY_1, SECRET)
        channel = labfeed.create_channel("Screened windowsill", visibility="college")
        send(labfeed, channel, 21.5)
        browser = open_browser()
        page = browser.goto(f"{labfeed.url}/kiosk/{SECRET}?rotate=0&q=screened")
        expect(page.get_by_role("heading", name="Screened windowsill")).to_be_visible()
        expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
        send(labfeed, channel, 22.25)
        expect(page.get_by_text("22.25")).to_be_visible()
        store.tell(kiosks.revoke, acting(grace, is_admin=True, at=now), College(), link)
        expect(page.get_by_text("This screen's link has ended")).to_be_visible(timeout=20_000)
        expect(page.get_by_text("Screened windowsill")).to_have_count(0)
        browser.expect_no_faults()


class TestAFrame:
    def test_a_public_chart_is_live_in_the_frame_of_a_site_that_may(self, tmp_path, open_browser):
        port = find_free_port()
        site = f"http://localhost:{port}"
        with running_labfeed(tmp_path, {"RATE_LIMIT": "off", "EMBED_ORIGINS": site}) as labfeed:
            channel = labfeed.create_channel("Otter kiln")
            send(labfeed, channel, 21.5)
            with other_site(port, f"{labfeed.url}/embed/{channel.channel_id}"):
                browser = open_browser()
                frame = browser.goto(site).frame_locator("iframe")
                expect(frame.locator(".lf-number").first).to_have_text("21.5", timeout=30_000)
                send(labfeed, channel, 22.25)
                expect(frame.locator(".lf-number").first).to_have_text("22.25", timeout=30_000)
                assert browser.page.context.cookies() == []
                browser.expect_no_faults()

    def test_a_frame_made_for_thingspeak_is_live_once_its_host_is_another(self, tmp_path, open_browser):
        port = find_free_port()
        site = f"http://localhost:{port}"
        with running_labfeed(tmp_path, {"RATE_LIMIT": "off", "EMBED_ORIGINS": site}) as labfeed:
            channel = labfeed.create_channel("Otter kiln")
            send(labfeed, channel, 21.5)
            asked = "bgcolor=%23ffffff&color=%23d62020&dynamic=true&results=60&type=line&update=1&export=true"
            frame = f"{labfeed.url}/channels/{channel.channel_id}/charts/1?{asked}"
            with other_site(port, frame, CLASSIC):
                browser = open_browser()
                page = browser.goto(site)
                chart = page.frame_locator("iframe")
                expect(chart.locator(".gtitle")).to_have_text("Otter kiln", timeout=30_000)
                expect(chart.locator(".point")).to_have_count(1)
                send(labfeed, channel, 22.25)
                expect(chart.locator(".point")).to_have_count(2, timeout=30_000)
                expect(chart.locator("figcaption")).to_contain_text("22.25 °C, range 21.50 to 22.25")
                drawn, room = chart.locator(".main-svg").first.bounding_box(), page.locator("iframe").bounding_box()
                assert (drawn["width"], drawn["height"]) == (room["width"] - 2, room["height"] - 2)
                with page.expect_download() as saved:
                    chart.locator(".modebar-btn").click()
                assert saved.value.suggested_filename == f"channel-{channel.channel_id}-temperature.png"
                assert browser.page.context.cookies() == []
                browser.expect_no_faults()

    def test_a_private_chart_shows_nothing_without_its_key(self, tmp_path, open_browser):
        port = find_free_port()
        site = f"http://localhost:{port}"
        with running_labfeed(tmp_path, {"RATE_LIMIT": "off", "EMBED_ORIGINS": site}) as labfeed:
            channel = labfeed.create_channel("Team notes", visibility="members")
            send(labfeed, channel, 21.5)
            address = f"{labfeed.url}/channels/{channel.channel_id}/charts/1"
            with other_site(port, address, CLASSIC):
                page = open_browser(tolerates=("404",)).goto(site)
                chart = page.frame_locator("iframe")
                expect(chart.get_by_text("There is nothing here that you may see")).to_be_visible(timeout=30_000)
                expect(chart.get_by_text("Team notes")).to_have_count(0)
            with other_site(port, f"{address}?api_key={channel.read_key}", CLASSIC):
                page = open_browser().goto(site)
                expect(page.frame_locator("iframe").locator(".gtitle")).to_have_text("Team notes", timeout=30_000)

    def test_a_site_that_may_not_is_shown_nothing(self, labfeed, open_browser):
        channel, port = labfeed.create_channel("Otter kiln"), find_free_port()
        with other_site(port, f"{labfeed.url}/embed/{channel.channel_id}"):
            browser = open_browser(tolerates=("frame-ancestors",))
            frame = browser.goto(f"http://localhost:{port}").frame_locator("iframe")
            expect(frame.locator("#sub-frame-error-details")).to_be_visible()
