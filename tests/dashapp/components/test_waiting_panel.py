from __future__ import annotations

import pytest

from dashapp.components import waiting_panel
from dashapp.first_run import State
from domain.readings import Point
from models.entries import Arrival
from models.refusals import Attempt
from tests.builders import NOW
from tests.dashapp.shapes import as_json, feed, texts, word_feed
from tests.dashapp.test_first_run import heard, refused


def said(*attempts, is_late: bool = False) -> str:
    return " ".join(texts(as_json(waiting_panel.content(heard(*attempts), is_late=is_late))))


class TestClock:
    @pytest.mark.parametrize(("waited_s", "shown"), [(0, "0:00"), (42.9, "0:42"), (605, "10:05"), (-1, "0:00")])
    def test_it_counts_minutes_and_seconds(self, waited_s, shown):
        assert waiting_panel.clock(State.WAITING, waited_s) == shown

    def test_it_stops_when_it_works(self):
        assert waiting_panel.clock(State.WORKS, 42) == ""


class TestContent:
    def test_a_refused_attempt_comes_with_time_door_address_reason_and_cure(self):
        shown = said(Attempt(NOW, "invalid", 1, '"21,4" is not a number.', "Write a point: 21.4", "http", "10.0.0.7"))
        assert "10:00:00 UTC · Refused · HTTP from 10.0.0.7" in shown
        assert '"21,4" is not a number.' in shown
        assert "Cure:  Write a point: 21.4" in shown

    def test_repeated_ones_are_counted(self):
        assert "Refused 7 times" in said(Attempt(NOW, "invalid", 7, "No.", "", "http", ""))

    def test_without_a_cure_of_its_own_the_kinds_is_told(self):
        assert "Retry-After" in said(Attempt(NOW, "too-fast", 1, "Too fast.", "", "http", ""))

    @pytest.mark.parametrize("code", ["invalid", "no-such-kind"])
    def test_a_refusal_nobody_knows_a_cure_for_stands_alone(self, code):
        assert "Cure" not in said(Attempt(NOW, code, 1, "No.", "", "", ""))

    def test_a_stored_one_shows_its_values_and_the_way_to_the_chart(self):
        values = ((feed(1, unit="°C"), Point(NOW, 0.0, None)), (word_feed(2), Point(NOW, None, "open")))
        shown = said(Arrival(NOW, "http", 3, values))
        assert "temperature 0 °C, door open and 2 more" in shown
        assert "Open the live page" in shown

    def test_advice_is_given_late_and_only_while_nothing_came(self):
        assert "What does your board say?" not in said()
        assert "What does your board say?" in said(is_late=True)
        assert "What does your board say?" not in said(refused(), is_late=True)

    def test_every_state_has_words_and_a_picture(self):
        assert set(waiting_panel.TITLES) == set(waiting_panel.SENTENCES) == set(State)
