from __future__ import annotations

import gzip
import json

import pytest

from domain.downloads import Shape
from domain.errors import Invalid
from domain.imports import FileForm, Hints, Mapping, Rest, Source
from domain.incoming import beginnings, surveying
from domain.incoming.guessing import guess
from domain.incoming.surveying import Survey, Surveyor, completed, survey_from
from domain.readings import Feed, Kind
from tests.builders import NOW

AT = "2026-03-01T10:00:00Z"
TIDY = Mapping(shape=Shape.TIDY, time=0, feed=1, value=2, text=3, unit=4, rest=Rest.BY_NAME)
HEADING = "time_utc,feed,value,text,unit"


@pytest.fixture(autouse=True)
def few_rows(monkeypatch):
    """Two rows are looked at first, and three by one step, so that a test's file is a long one."""
    monkeypatch.setattr(beginnings, "SAMPLE", 3)
    monkeypatch.setattr(surveying, "AT_ONCE", 3)


def feed(name: str, kind: Kind = Kind.NUMBER) -> Feed:
    return Feed(1, 1, name, "", kind, None, None, None, 0)


def looked_through(told: Mapping, *lines: str, end: str = "\n") -> Survey:
    surveyor = Surveyor(told, [end.join([*lines, ""]).encode()])
    while surveyor.next():
        pass
    surveyor.survey.is_whole = True
    return surveyor.survey


def tidy(*rows: str) -> Survey:
    return looked_through(TIDY, HEADING, *(f"{AT},{row}" for row in rows))


def made_of(told: Mapping) -> dict[str, tuple[str, Kind | None]]:
    return {source.name: (source.feed, source.kind) for source in told.sources}


class TestWhatAFileNames:
    def test_names_are_found_to_the_last_row_with_the_line_they_first_stand_in(self):
        found = tidy("t,1,,°C", "t,2,,°C", 't,3,"a\nb",°C', "t,4,,°C", "door,,open,")
        assert {name: seen.line for name, seen in found.sightings.items()} == {"t": 2, "door": 7}
        assert found.sightings["t"].unit == "°C"

    @pytest.mark.parametrize(
        ("rows", "kind"),
        [
            (["x,1,,", "x,,,", "x,nan,,"], Kind.NUMBER),
            (["x,,open,", "x,,5,"], Kind.TEXT),
            (["x,1,,", "x,,5,"], Kind.MIXED),
            (["x,1,,", "x,2,,", "x,3,,", "x,off,,"], Kind.MIXED),
            (["x,21.5,21.50,"], Kind.NUMBER),
            (['x,,"",'], Kind.TEXT),
            (["x,,,", "x,nan,,"], None),
        ],
    )
    def test_a_feed_is_to_hold_what_all_of_the_file_has_for_it(self, rows, kind):
        assert tidy(*rows).sightings["x"].kind is kind

    @pytest.mark.parametrize(
        ("values", "kind"),
        [
            ([1, 2.5, "3"], Kind.NUMBER),
            (["1", "2"], Kind.NUMBER),
            (["1", "open"], Kind.TEXT),
            ([1, "open"], Kind.MIXED),
            ([None], None),
        ],
    )
    def test_in_objects_words_are_told_from_numbers(self, values, kind):
        told = Mapping(FileForm.NDJSON, rest=Rest.BY_NAME)
        found = looked_through(told, *(json.dumps({"at": AT, "x": value}) for value in values), "no object", "")
        assert found.sightings["x"].kind is kind

    def test_columns_are_looked_down_to_their_end(self):
        told = Mapping(sources=(Source("a", "a", Kind.NUMBER, place=1), Source("b", "b", Kind.NUMBER, place=2)))
        found = looked_through(told, "time,a,b", *[f"{AT},1,"] * 5, f"{AT},1,open", "short", f"{AT},1,shut,,")
        assert {place: seen.kind for place, seen in found.sightings.items()} == {"1": Kind.NUMBER, "2": Kind.TEXT}

    def test_the_first_values_are_kept_cut(self):
        assert tidy("x,1,,", f"x,,{'w' * 99},", "x,3,,", "x,4,,").sightings["x"].first == ["w" * 60, "1", "3"]

    def test_it_goes_on_after_a_row_that_cannot_be_read(self):
        assert list(tidy("t,1,,", 't,"1"2,,', "door,,open,").sightings) == ["t", "door"]

    def test_a_name_too_long_for_any_feed_is_none(self):
        assert tidy(f"{'x' * 300},1,,", "t,1,,").sightings.keys() == {"t"}

    @pytest.mark.parametrize("form", FileForm)
    def test_thousands_of_names_are_refused_by_name_and_line(self, form):
        rows = [f"f{place},1,," for place in range(1_001)]
        lines = [json.dumps({"at": AT, f"f{place}": 1}) for place in range(1_001)]
        with pytest.raises(Invalid, match=r'more than 1000 feeds: the next, "f1000", stands in line 100[12]\.'):
            looked_through(Mapping(form), *lines) if form is FileForm.NDJSON else tidy(*rows)

    def test_damage_is_told(self):
        packed = gzip.compress("\n".join([HEADING, f"{AT},t,1,,"]).encode())
        surveyor = Surveyor(TIDY, [packed[:-9]])
        with pytest.raises(Invalid, match="ends too early"):
            all(iter(surveyor.next, False))


class TestCompleted:
    def test_names_go_to_the_feeds_that_are_called_so_and_the_others_are_made(self):
        told = completed(TIDY, tidy("t,1,,°C", "Door,,open,", "a [b],1,,K"), [feed("t"), feed("door", Kind.TEXT)])
        assert made_of(told) == {"t": ("t", None), "Door": ("door", None), "a [b]": ("a [b]", Kind.NUMBER)}
        assert (told.rest, told.sources[2].unit) == (Rest.NONE, "K")

    def test_or_are_left_out(self):
        told = TIDY.but(rest=Rest.LEFT_OUT, sources=(Source("t", "t"),))
        assert made_of(completed(told, tidy("t,1,,", "door,,open,"), [feed("t")])) == {
            "t": ("t", None),
            "door": ("", None),
        }

    def test_where_they_are_led_is_left_as_it_is_and_the_kind_put_right(self):
        told = TIDY.but(sources=(Source("t", "u", Kind.NUMBER, "°C"), Source("door", "")))
        assert completed(told, tidy("t,1,,", "t,off,,", "door,,open,"), []).sources == (
            Source("t", "u", Kind.MIXED, ""),
            Source("door", ""),
        )

    def test_what_a_feed_is_said_to_hold_it_holds(self):
        told = TIDY.but(kinds_said=(("late", Kind.TEXT),))
        assert made_of(completed(told, tidy("late,1,,"), []))["late"] == ("late", Kind.TEXT)

    def test_a_name_that_is_nowhere_is_told_with_those_that_are(self):
        with pytest.raises(Invalid, match='names no feed "T"') as caught:
            completed(TIDY.but(sources=(Source("T", "t"),)), tidy("t,1,,", "door,,open,"), [])
        assert caught.value.hint == "It names t, door."

    def test_a_column_without_anything_makes_no_feed(self):
        told = Mapping(sources=(Source("a", "a", Kind.NUMBER, place=1), Source("b", "b", place=2)), rest=Rest.BY_NAME)
        found = looked_through(told, "time,a,b", f"{AT},nan,")
        assert made_of(completed(told, found, [feed("b")])) == {"a": ("", None), "b": ("b", None)}

    def test_of_a_part_of_the_file_nothing_is_concluded_from_what_is_missing(self):
        found = tidy("t,1,,")
        found.is_whole = False
        told = completed(TIDY.but(sources=(Source("late", "x", Kind.TEXT),)), found, [])
        assert made_of(told) == {"late": ("x", Kind.TEXT), "t": ("t", Kind.NUMBER)}
        assert told.rest is Rest.BY_NAME


class TestTheGuessOfALongFile:
    LONG = "\n".join([HEADING, *[f"{AT},t,1,,"] * 5, f"{AT},door,,open,", ""])

    def test_it_says_that_there_may_be_others(self):
        told = guess(self.LONG.encode(), [], "UTC", NOW)
        assert (made_of(told), told.rest, told.is_to_be_surveyed) == ({"t": ("t", Kind.NUMBER)}, Rest.BY_NAME, True)

    def test_with_a_survey_it_has_them(self):
        head = self.LONG.encode()
        survey = tidy(*["t,1,,"] * 5, "door,,open,")
        survey.frame = surveying.frame_of(guess(head, [], "UTC", NOW))
        told = guess(head, [], "UTC", NOW, Hints(columns={"door": "gate"}), survey_from(survey.to_json()))
        assert (made_of(told)["door"], told.rest) == (("gate", Kind.TEXT), Rest.NONE)

    def test_a_survey_of_other_cells_counts_for_nothing(self):
        survey = tidy("x,1,,")
        survey.frame = ["of another separator"]
        assert "x" not in made_of(guess(self.LONG.encode(), [], "UTC", NOW, survey=survey))

    def test_what_a_survey_found_wrong_is_told(self):
        told = guess(self.LONG.encode(), [], "UTC", NOW)
        survey = Survey(surveying.frame_of(told), refused="The gzip data is damaged.")
        with pytest.raises(Invalid, match="gzip data is damaged"):
            guess(self.LONG.encode(), [], "UTC", NOW, survey=survey)

    def test_a_name_that_was_not_seen_yet_may_be_said(self):
        told = guess(self.LONG.encode(), [], "UTC", NOW, Hints(columns={"door": "gate"}))
        assert made_of(told)["door"] == ("gate", Kind.NUMBER)

    def test_the_others_can_be_left_out(self):
        told = guess(self.LONG.encode(), [], "UTC", NOW, Hints(columns={"door": "gate"}, only_named=True))
        assert (made_of(told)["t"][0], told.rest) == ("", Rest.LEFT_OUT)

    def test_a_column_that_is_empty_at_first_is_not_left_out(self):
        rows = "\n".join(["time,a,b", *[f"{AT},1,"] * 5, f"{AT},1,2", ""])
        assert made_of(guess(rows.encode(), [], "UTC", NOW))["b"] == ("b", Kind.NUMBER)

    def test_into_feeds_that_are_there_a_wide_file_need_not_be_looked_through(self):
        rows = "\n".join(["time,a", *[f"{AT},1"] * 5, ""])
        assert not guess(rows.encode(), [feed("a")], "UTC", NOW).is_to_be_surveyed

    def test_short_files_are_known_whole(self):
        short = f"{HEADING}\n{AT},t,1,,\n"
        for body in (short.encode(), gzip.compress(short.encode())):
            assert guess(body, [], "UTC", NOW).rest is Rest.NONE

    def test_rows_that_are_too_short_are_told_of_later(self):
        assert made_of(guess(f"{HEADING}\n{AT},t\n".encode(), [], "UTC", NOW)) == {}
