from __future__ import annotations

import pytest

from dashapp.components.status import MARKS, status_chip
from domain.channels import Pulse
from domain.status import Status
from domain.timespan import SECOND
from tests.builders import NOW
from tests.dashapp.shapes import as_json, texts


def chip(pulse):
    return as_json(status_chip(pulse, NOW))


class TestStatusChip:
    def test_a_channel_that_speaks_carries_the_words_it_will_turn_to(self):
        assert texts(chip(Pulse(NOW, 1.0))) == ["Live", "Late", "Silent"]

    def test_it_turns_late_and_silent_as_long_after_the_arrival_as_the_rules_say(self):
        style = chip(Pulse(NOW - 4 * SECOND, 10.0))["props"]["style"]
        assert style == {"--lf-late-in": "16.0s", "--lf-silent-in": "46.0s"}

    def test_a_moment_long_past_is_negative_so_that_it_has_come(self):
        style = chip(Pulse(NOW - 100 * SECOND, 10.0))["props"]["style"]
        assert style["--lf-silent-in"] == "-50.0s"

    def test_each_arrival_mounts_it_anew(self):
        assert chip(Pulse(NOW, 1.0))["props"]["key"] != chip(Pulse(NOW + 1, 1.0))["props"]["key"]

    @pytest.mark.parametrize(
        ("pulse", "said"),
        [(Pulse(None, None), "Never connected"), (Pulse(None, None, refused=12), "12 refused")],
    )
    def test_other_words_stand_alone(self, pulse, said):
        assert texts(chip(pulse)) == [said]

    def test_every_word_has_its_own_picture(self):
        assert len({picture for _, picture in MARKS.values()}) == len(Status)
