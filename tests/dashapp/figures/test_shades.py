from __future__ import annotations

import pytest

from dashapp.figures import shades
from dashapp.figures.palette import luminance


class TestShades:
    @pytest.mark.parametrize("shade", shades.SHADES)
    @pytest.mark.parametrize("card", ["#FFFFFF", "#171D25"])
    def test_each_stands_out_from_the_cards_of_both_themes(self, shade, card):
        darker, lighter = sorted((luminance(shade), luminance(card)))
        assert (lighter + 0.05) / (darker + 0.05) >= 3

    def test_the_scale_goes_from_end_to_end(self):
        assert (shades.scale()[0][0], shades.scale()[-1][0]) == (0, 1)
