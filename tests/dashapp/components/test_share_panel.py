from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from dashapp.components.share_panel import Shared, share_panel
from domain.channels import Visibility
from domain.selection import Range, Selection
from domain.snapshots import Form, Theme
from tests.dashapp.shapes import a_channel, as_json, texts

ORIGIN = "https://labfeed.example.edu"
CHOSEN = Selection(range=Range("2026-03-08", "2026-03-09"), zone="Europe/Berlin", hidden=frozenset({"door"}))


def shared(**more) -> Shared:
    return replace(Shared(a_channel(), CHOSEN, ORIGIN, may_be_framed=True), **more)


def words(of: Shared) -> str:
    return " ".join(texts(as_json(share_panel(of))))


class TestShared:
    def test_the_link_holds_everything(self):
        assert shared().link == f"{ORIGIN}/channels/7?from=2026-03-08&to=2026-03-09&zone=Europe/Berlin&hide=door"

    def test_a_link_shows_the_same_again(self):
        assert Selection.parse(shared().link.partition("?")[2]) == CHOSEN

    def test_a_frame_is_html_whatever_the_channel_is_called(self):
        frame = ElementTree.fromstring(shared(channel=a_channel(name='"><script>&')).frame)
        assert (frame.get("title"), frame.get("src")) == ('"><script>&', f"{ORIGIN}/embed/7{CHOSEN.query}")

    @pytest.mark.parametrize(
        ("selection", "theme", "address"),
        [
            (Selection(), Theme.LIGHT, "/channels/7/snapshot.png"),
            (Selection(), Theme.DARK, "/channels/7/snapshot.png?theme=dark"),
            (CHOSEN, Theme.DARK, f"/channels/7/snapshot.png{CHOSEN.query}&theme=dark"),
        ],
    )
    def test_a_picture_shows_the_same(self, selection, theme, address):
        assert shared(selection=selection).picture(Form.PNG, theme) == address


class TestSharePanel:
    def test_a_link_that_moves_says_so(self):
        assert "what is new then" in words(shared(selection=Selection()))
        assert "this very range" in words(shared())

    @pytest.mark.parametrize(
        ("seen_by", "sentence"), [("public", "Everybody"), ("college", "signs in"), ("members", "members")]
    )
    def test_it_says_who_will_see_it(self, seen_by, sentence):
        assert sentence in words(shared(channel=a_channel(visibility=Visibility(seen_by))))

    def test_what_is_not_public_is_shown_on_no_other_site(self):
        drawn = str(share_panel(shared(channel=a_channel(visibility=Visibility.COLLEGE))))
        assert "iframe" not in drawn
        assert "Only a public channel" in drawn

    def test_where_no_site_may_frame_it_that_is_said_instead_of_code_that_shows_nothing(self):
        drawn = str(share_panel(shared(may_be_framed=False)))
        assert "iframe" not in drawn
        assert "lets no other site" in drawn
