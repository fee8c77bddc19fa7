from __future__ import annotations

import pytest

from dashapp.components.age import age, age_text
from domain.timespan import SECOND
from tests.builders import NOW
from tests.dashapp.shapes import as_json, texts


class TestAge:
    def test_it_starts_from_how_old_it_was_when_drawn(self):
        assert as_json(age(NOW - 7 * SECOND, NOW))["props"]["style"] == {"--lf-age": "7.0s"}

    def test_a_clock_that_runs_ahead_is_not_a_negative_age(self):
        assert as_json(age(NOW + SECOND, NOW))["props"]["style"] == {"--lf-age": "0.0s"}

    def test_the_exact_instant_can_be_read(self):
        assert as_json(age(NOW, NOW))["props"]["dateTime"] == "2026-11-20T10:00:00Z"

    def test_from_a_minute_on_it_rests(self):
        assert texts(as_json(age(NOW - 61 * SECOND, NOW))) == ["1 min ago"]

    @pytest.mark.parametrize(
        ("passed_s", "said"),
        [(59, "59 s ago"), (60, "1 min ago"), (3599, "59 min ago"), (7200, "2 h ago"), (1e6, "11 d ago")],
    )
    def test_it_is_told_in_whole_units(self, passed_s, said):
        assert age_text(passed_s) == said
