"""Buttons that lead to another look at the same page."""

from __future__ import annotations

import pytest

import context
from dashapp import shell
from dashapp.components.ways import way_id
from dashapp.lenses.registry import LENSES
from tests.builders import append, entry, make_channel, reread
from tests.lab import opened_lab
from tests.tab import Tab


@pytest.fixture
def tab(tmp_path):
    with opened_lab(tmp_path) as lab:
        channel = make_channel(lab.store, feeds=("temperature", "humidity"))
        append(lab.store, reread(lab.store, channel), entry(context.now(), temperature=1, humidity=2))
        yield Tab(lab.client, f"/channels/{channel.id}?from=now-1h")


def tab_of(name):
    return way_id(("lens", [lens.NAME for lens in LENSES].index(name)))


def test_a_press_becomes_the_address(tab):
    tab.press(tab_of("histogram"))
    assert tab.prop(shell.Ids.ADDRESS, "search") == "?from=now-1h&lens=histogram"


def test_the_button_pressed_says_so(tab):
    tab.press(tab_of("histogram"))
    pressed = [name for name in ("table", "histogram") if tab.prop(tab_of(name), "aria-pressed") == "true"]
    assert pressed == ["histogram"]


def test_what_is_no_selection_is_refused(tab):
    tab.change(tab_of("histogram"), "value", "?from=yesterday")
    tab.press(tab_of("histogram"))
    assert tab.prop(shell.Ids.ADDRESS, "search") == "?from=now-1h"
