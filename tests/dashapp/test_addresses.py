"""Addresses: which page they lead to, and which number they name."""

from __future__ import annotations

import pytest

from dashapp.addresses import channel_id_in, number_in, page_at
from dashapp.app import PAGES
from domain.errors import NotFound


class TestPageAt:
    @pytest.mark.parametrize("page", PAGES, ids=lambda page: page.__name__)
    def test_every_page_is_found_by_an_address_of_its_form(self, page):
        address = page.PATH.replace("<channel>", "7").replace("<course>", "7").replace("<secret>", "a-secret")
        assert page_at(PAGES, address) is page
        assert page_at(PAGES, f"{address.rstrip('/')}/") is page

    @pytest.mark.parametrize(
        "address",
        [
            "/nothing",
            "/mine/7",
            "/channels",
            "/channels//keys",
            "/channels/7/8",
            "/channels/7/keys/8",
            "//",
            "/channels/7\n",
        ],
    )
    def test_what_leads_nowhere_is_no_page(self, address):
        assert page_at(PAGES, address) is None


class TestNumberIn:
    def test_it_is_the_one_of_the_form(self):
        assert number_in("/courses/<course>", "/courses/12") == 12
        assert channel_id_in("/channels/7") == channel_id_in("/channels/7/keys", "/keys") == 7

    @pytest.mark.parametrize(
        "address",
        [
            "/channels/0",
            "/channels/07",
            "/channels/-7",
            "/channels/7.0",
            "/channels/seven",
            "/channels/٧",
            "/channels/7/8",
            "/channels/7?channel=8",
            "/channels/7 ",
            "/channels/7\n",
            "/channels/" + "9" * 40,
            "/courses/7",
            "",
        ],
    )
    def test_what_names_no_channel_is_not_found(self, address):
        with pytest.raises(NotFound):
            channel_id_in(address)

    def test_another_tail_is_another_address(self):
        with pytest.raises(NotFound):
            channel_id_in("/channels/7/keys", "/members")
