"""What people may write about a channel and its feeds."""

from __future__ import annotations

import pytest

from domain.describing import About, WantedFeed, faults_about, faults_in_feeds, interval_fault, name_fault, tags_in
from domain.keys import new_key
from domain.readings import Position

KEY = new_key(lambda alphabet: alphabet[0])


class TestTagsIn:
    @pytest.mark.parametrize(
        ("written", "tags"),
        [
            ("", ()),
            ("  ", ()),
            ("kiln", ("kiln",)),
            ("Kiln  otter", ("kiln", "otter")),
            ("#kiln, otter; kiln", ("kiln", "otter")),
            ("hő_mérés co2", ("hő_mérés", "co2")),
        ],
    )
    def test_they_are_the_words_of_the_line_each_once(self, written, tags):
        assert tags_in(written) == tags


class TestFaultsAbout:
    def test_a_name_alone_is_enough(self):
        assert faults_about(About("Otter kiln")) == []

    @pytest.mark.parametrize(
        ("about", "pointer"),
        [
            (About(""), "/name"),
            (About(" \t"), "/name"),
            (About("a\x00b"), "/name"),
            (About("n" * 201), "/name"),
            (About("Kiln", "d" * 2001), "/description"),
            (About("Kiln", tags=("a b",)), "/tags"),
            (About("Kiln", tags=("t" * 33,)), "/tags"),
            (About("Kiln", tags=tuple(f"tag{number}" for number in range(21))), "/tags"),
            (About("Kiln", place="p" * 201), "/place"),
            (About("Kiln", position=Position(90.1, 0)), "/position"),
            (About("Kiln", position=Position(0, -180.1)), "/position"),
            (About("Kiln", position=Position(float("nan"), 0)), "/position"),
        ],
    )
    def test_each_fault_is_said_at_its_field(self, about, pointer):
        assert [each.pointer for each in faults_about(about)] == [pointer]

    @pytest.mark.parametrize("field", ["description", "place"])
    def test_a_key_is_not_published(self, field):
        assert [each.pointer for each in faults_about(About("Kiln", **{field: f"my key is {KEY}"}))] == [f"/{field}"]

    def test_a_name_that_holds_a_key_is_refused(self):
        assert "a key or a token" in name_fault(f"Kiln {KEY}")


class TestIntervalFault:
    @pytest.mark.parametrize("interval_s", [None, 0.01, 10, 366 * 86_400])
    def test_boards_speak_at_such(self, interval_s):
        assert interval_fault(interval_s) is None

    @pytest.mark.parametrize("interval_s", [0, -1, 0.001, 366 * 86_400 + 1, float("inf"), float("nan")])
    def test_and_at_no_others(self, interval_s):
        assert interval_fault(interval_s)


class TestFaultsInFeeds:
    def test_several_faults_of_a_row_are_said_each_at_its_field(self):
        found = faults_in_feeds([WantedFeed(None, "fine"), WantedFeed(None, "a+b", unit="u" * 33, decimals=-1)])
        assert [each.pointer for each in found] == ["/1/name", "/1/unit", "/1/decimals"]

    def test_a_key_is_no_name(self):
        assert [each.pointer for each in faults_in_feeds([WantedFeed(None, KEY)])] == ["/0/name"]

    @pytest.mark.parametrize("colour", ["#0072b2", "#ABCDEF", None])
    def test_a_colour_is_six_digits_or_none(self, colour):
        assert faults_in_feeds([WantedFeed(None, "a", colour=colour)]) == []

    @pytest.mark.parametrize("colour", ["red", "#12", "#0072b2;", "url(x)", "#00g2b2"])
    def test_nothing_else_is_a_colour(self, colour):
        assert [each.pointer for each in faults_in_feeds([WantedFeed(None, "a", colour=colour)])] == ["/0/colour"]
