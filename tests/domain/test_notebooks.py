"""The texts that read a channel. What they do is tried in tests/contracts/test_notebooks.py."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.downloads import Aggregate, Binned, Download, Form, Shape
from domain.notebooks import NOTEBOOKS, Holds, Source, notebook_of, source_of
from domain.readings import Feed, Kind
from domain.selection import Range
from domain.timespan import HOUR

ORIGIN = "https://labfeed.example.edu"
TEMPERATURE = Feed(1, 7, "temperature", "", Kind.NUMBER, "°C", None, None, 0)
DOOR = Feed(2, 7, "door", "", Kind.TEXT, None, None, None, 1)
CHOSEN = Download(7, range=Range("now-1h"), zone="Europe/Berlin", feeds=("temperature", "door"))

INSTANT, CLOCK, NUMBER, WORD = Holds


def source(**chosen) -> Source:
    return source_of(ORIGIN, CHOSEN.but(**chosen), (TEMPERATURE, DOOR))


def fields(**chosen) -> list[tuple[str, Holds]]:
    return [(field.name, field.holds) for field in source(**chosen).fields]


class TestFields:
    def test_a_row_a_time(self):
        named = [("time_utc", INSTANT), ("time_local", CLOCK), ("temperature [°C]", NUMBER), ("door", WORD)]
        assert fields() == named

    def test_a_row_a_reading(self):
        assert [holds for _, holds in fields(shape=Shape.TIDY)] == [INSTANT, WORD, WORD, NUMBER, WORD, WORD]

    def test_words_of_bins_are_counted(self):
        hourly = Binned(HOUR, (Aggregate.MEAN, Aggregate.COUNT))
        named = [("temperature mean [°C]", NUMBER), ("temperature count", NUMBER), ("door count", NUMBER)]
        assert fields(binned=hourly)[2:] == named
        assert fields(binned=hourly, shape=Shape.TIDY)[3:5] == [("mean", NUMBER), ("count", NUMBER)]

    def test_a_feed_of_numbers_and_words_is_read_as_words(self):
        mixed = replace(TEMPERATURE, kind=Kind.MIXED)
        assert source_of(ORIGIN, CHOSEN, (mixed,)).fields[2].holds is WORD

    def test_a_name_stands_there_as_the_file_has_it(self):
        led = replace(DOOR, name="=door")
        assert source_of(ORIGIN, CHOSEN, (led,)).fields[2].name == "'=door"


class TestSource:
    def test_programs_read_a_table_with_decimal_points_whatever_the_file_is(self):
        chosen = source(form=Form.JSON, decimal_comma=True, for_excel=True)
        query = "?from=now-1h&feeds=temperature,door&zone=Europe/Berlin"
        assert chosen.file == f"{ORIGIN}/api/v1/channels/7/download.json{query}&decimal=comma&excel=1"
        assert chosen.table == f"{ORIGIN}/api/v1/channels/7/download.csv{query}"

    def test_what_the_browser_keeps_is_all_but_the_key(self):
        assert "SECRET" not in str(source().with_key("SECRET").kept())
        assert Source.read(source().kept()) == source()


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.slug)
class TestEach:
    def test_its_key_is_filled_in(self, notebook):
        assert "SECRET" in notebook.snippet(source().with_key("SECRET")).pieces[0].text

    def test_without_one_nothing_speaks_of_it(self, notebook):
        assert "key" not in str(notebook.snippet(source())).lower()

    def test_it_ends_with_a_line_of_its_own(self, notebook):
        for piece in notebook.snippet(source()).pieces:
            assert piece.text.endswith("\n")
            assert not piece.text.endswith("\n\n")

    def test_without_words_nothing_speaks_of_apostrophes(self, notebook):
        numbers = source_of(ORIGIN, CHOSEN, (TEMPERATURE,))
        assert "apostrophe" not in str(notebook.snippet(numbers))

    def test_it_is_found_by_its_name(self, notebook):
        assert notebook_of(notebook.slug) is notebook


def test_a_name_nobody_knows_is_the_first():
    assert notebook_of("abacus") is notebook_of(None) is NOTEBOOKS[0]
