"""What the style sheets must keep: the colours of the figures, and that nothing comes from elsewhere."""

from __future__ import annotations

import re

import pytest

from dashapp.app import ASSETS
from dashapp.figures.palette import DARK, LIGHT
from dashapp.figures.sparkline import NAMES

OF_CARDS = {f"--lf-{line}{part}" for line in NAMES for part in ("", "-area", "-ink")} | {"--lf-heads", "--lf-band"}
"""What cards' charts set on themselves."""

SHEETS = {sheet.name: sheet.read_text() for sheet in ASSETS.glob("*.css")}


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[start : start + 2], 16)) for start in (1, 3, 5))})"


@pytest.mark.parametrize("slot", range(6))
class TestSeriesColours:
    def test_both_themes_have_the_palettes_colour(self, slot):
        assert f"--lf-series-{slot}: light-dark({LIGHT[slot].lower()}, {DARK[slot].lower()});" in SHEETS["tokens.css"]

    @pytest.mark.parametrize("paint", ["stroke", "fill"])
    def test_what_a_figure_paints_follows_the_theme(self, slot, paint):
        rule = f'[style*="{paint}: {rgb(LIGHT[slot])}"] {{ {paint}: var(--lf-series-{slot}) !important; }}'
        assert rule in SHEETS["plots.css"]


@pytest.mark.parametrize("sheet", SHEETS)
class TestEverySheet:
    def test_it_loads_nothing_from_another_host(self, sheet):
        assert re.findall(r"url\(['\"]?(?:https?:)?//|@import", SHEETS[sheet]) == []

    def test_every_token_it_uses_is_set_somewhere(self, sheet):
        used = set(re.findall(r"var\((--lf-[\w-]+)", SHEETS[sheet]))
        given_by_elements = {"--lf-age", "--lf-late-in", "--lf-silent-in", "--lf-ink"} | OF_CARDS
        assert used - given_by_elements <= set(re.findall(r"(--lf-[\w-]+):", SHEETS["tokens.css"] + SHEETS[sheet]))
