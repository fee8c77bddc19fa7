"""Values against feeds: what may be stored, and what is said of the rest."""

from __future__ import annotations

import struct

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import Invalid, LabfeedError
from domain.readings import Feed, Item, Kind, NewEntry, NewReading, Position
from domain.spelling import spelled
from ingest.checking import Checked, check


def feed(name: str, kind: Kind = Kind.NUMBER) -> Feed:
    return Feed(1, 1, name, "", kind, None, None, None, 0)


FEEDS = {"temperature": feed("temperature"), "humidity": feed("humidity"), "door": feed("door", Kind.TEXT)}
PROBE = {"probe": feed("probe", Kind.MIXED)}


def checked(*rows: dict, accepts_new: bool = True, feed_limit: int = 64) -> Checked:
    items = [Item(row, pointer="/{row}/{feed}") for row in rows]
    return check(items, FEEDS, accepts_new=accepts_new, feed_limit=feed_limit)


def stored(name: str, value: object) -> tuple[float | None, str | None]:
    """What is stored of one value."""
    result = check([Item({name: value})], FEEDS, accepts_new=True, feed_limit=64)
    assert result.complaints == ()
    (reading,) = result.entries[0].readings
    assert reading.feed == name
    return reading.value, reading.text


def complaint(name: str, value: object, **options) -> tuple[str, str | None]:
    result = check([Item({name: value})], FEEDS, **{"accepts_new": True, "feed_limit": 64} | options)
    assert result.entries == []
    return result.complaints[0].detail, result.complaints[0].hint


class TestNumberFeed:
    @pytest.mark.parametrize(
        ("sent", "value", "text"),
        [
            (21.4, 21.4, None),
            (21, 21.0, None),
            (0, 0.0, None),
            (-0.0, 0.0, None),
            (1.7976931348623157e308, 1.7976931348623157e308, None),
            (5e-324, 5e-324, None),
            (2**53, 9007199254740992.0, None),
            (2**53 + 1, 9007199254740992.0, "9007199254740993"),
            (2**63, 9223372036854775808.0, None),
            ("21.4", 21.4, None),
            ("21", 21.0, None),
            ("21.50", 21.5, "21.50"),
            ("21.0", 21.0, "21.0"),
            ("+21.4", 21.4, "+21.4"),
            ("007", 7.0, "007"),
            (" 21.4\n", 21.4, None),
            (" 21.50 ", 21.5, "21.50"),
            ("1e3", 1000.0, "1e3"),
            (".5", 0.5, ".5"),
            ("-0", 0.0, "-0"),
            ("0.1000000000000000055511151231257827", 0.1, "0.1000000000000000055511151231257827"),
        ],
    )
    def test_numbers_and_their_spellings_are_stored(self, sent, value, text):
        assert stored("temperature", sent) == (value, text)

    @pytest.mark.parametrize(
        ("sent", "said", "hint"),
        [
            (None, "a null is not a reading", "Leave the feed out"),
            (True, "true is neither a number nor a text", "Send 1 or 0"),
            (False, "false is neither a number nor a text", "Send 1 or 0"),
            ([1], "a list is not a reading", "a feed of its own"),
            ({"x": 1}, "an object is not a reading", "a feed of its own"),
            ("warm", '"warm" is not a number', "words need a feed of their own"),
            ("", "an empty text is not a number", "Leave the feed out"),
            (" ", "an empty text is not a number", "Leave the feed out"),
            ("21,5", '"21,5" is not a number', "Write a point: 21.5"),
            ("21.5 °C", '"21.5 °C" is not a number', "the unit belongs to the feed"),
            ("0x1F", '"0x1F" is not a number', "numbers"),
            ("1_000", '"1_000" is not a number', "numbers"),
            ("٢١", '"٢١" is not a number', "numbers"),
            pytest.param("1" * 5000, f'"{"1" * 39}…" is not a number', "numbers", id="5000 digits in a text"),
            ("a\0b", '"a\\x00b" is not a number', "numbers"),
            ("\ud800", '"\\ud800" is not a number', "numbers"),
            *(
                (word, f'"{word}" is not a reading', "Leave the feed out")
                for word in ("nan", "NaN", "-nan", "nan(ind)")
            ),
            *(
                (word, f'"{word}" is not a reading', "Leave")
                for word in ("inf", "-inf", "+Infinity", "1.#QNAN", "1.#INF")
            ),
            (float("nan"), "NaN is not a reading", "Leave the feed out"),
            (float("inf"), "the number is too great to be stored", "1.8e308"),
            (float("-inf"), "the number is too great to be stored", "1.8e308"),
            ("1e400", "the number is too great to be stored", "1.8e308"),
            (10**309, "the number is too great to be stored", "1.8e308"),
            pytest.param(-(10**5000), "the number is too great to be stored", "1.8e308", id="5000 digits"),
        ],
    )
    def test_others_are_refused_with_the_cure(self, sent, said, hint):
        detail, given_hint = complaint("temperature", sent)
        assert detail == f'Feed "temperature": {said}.'
        assert hint in given_hint

    @given(st.floats(allow_nan=False, allow_infinity=False))
    def test_every_double_is_stored_bit_for_bit(self, value):
        assert struct.pack("d", stored("temperature", value)[0]) == struct.pack("d", value)

    @given(st.floats(allow_nan=False, allow_infinity=False))
    def test_the_usual_spelling_reads_back_the_same_and_is_not_kept(self, value):
        value += 0.0  # a negative zero is spelled 0
        assert stored("temperature", spelled(value)) == (value, None)


class TestFeedOfBoth:
    def check(self, value: object) -> Checked:
        return check([Item({"probe": value})], PROBE, accepts_new=False, feed_limit=64)

    @pytest.mark.parametrize(
        ("sent", "value", "text"),
        [
            (21.4, 21.4, None),
            (0, 0.0, None),
            (2**53 + 1, 9007199254740992.0, "9007199254740993"),
            ("21.4", 21.4, None),
            ("21.50", 21.5, "21.50"),
            ("calibrating", None, "calibrating"),
            ("21.5 °C", None, "21.5 °C"),
            ("", None, ""),
        ],
    )
    def test_what_is_or_spells_a_number_is_one_and_the_rest_are_words(self, sent, value, text):
        assert self.check(sent).entries[0].readings == [NewReading("probe", value, text)]

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            (None, "a null is not a reading"),
            (True, "true is neither a number nor a text"),
            ([1], "a list is not a reading"),
            (float("nan"), "NaN is not a reading"),
            ("nan", "NaN is not a reading"),
            (" -Infinity ", "NaN is not a reading"),
            ("1e400", "the number is too great to be stored"),
            ("a\0", "the text contains a NUL character"),
        ],
    )
    def test_a_sensor_that_says_it_has_no_number_says_no_word(self, sent, said):
        assert self.check(sent).complaints[0].detail == f'Feed "probe": {said}.'

    def test_numbers_and_words_may_come_in_one_message(self):
        rows = [Item({"probe": value}, pointer="/{row}/{feed}") for value in (1.5, "error", 2, "2.50", 3.5)]
        found = check(rows, PROBE, accepts_new=False, feed_limit=64)
        readings = [reading for entry in found.entries for reading in entry.readings]
        assert [(reading.value, reading.text) for reading in readings] == [
            (1.5, None),
            (None, "error"),
            (2.0, None),
            (2.5, "2.50"),
            (3.5, None),
        ]

    def test_no_board_makes_one(self):
        assert checked({"new": 1}, {"new": "error"}).new_feeds == {"new": Kind.NUMBER}


class TestTextFeed:
    @pytest.mark.parametrize(
        ("sent", "text"),
        [
            ("open", "open"),
            ("", ""),
            (" half open ", " half open "),
            ("zu\n", "zu\n"),
            ("é", "é"),
            ("e\u0301", "e\u0301"),
            ("🚪", "🚪"),
            pytest.param("x" * 1000, "x" * 1000, id="longest"),
            (21, "21"),
            (21.0, "21.0"),
            (1e22, "1e+22"),
            ("nan", "nan"),
        ],
    )
    def test_texts_are_stored_as_sent_and_numbers_as_spelled(self, sent, text):
        assert stored("door", sent) == (None, text)

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            (None, "a null is not a reading"),
            (True, "true is neither a number nor a text"),
            ([], "a list is not a reading"),
            ({}, "an object is not a reading"),
            ("a\0", "the text contains a NUL character"),
            ("\ud800", "the text contains half of a surrogate pair"),
            pytest.param("x" * 1001, "the text is 1001 characters long; at most 1000 are stored", id="too long"),
            (float("nan"), "NaN is not a reading"),
            (10**400, "the number is too great to be stored"),
        ],
    )
    def test_others_are_refused(self, sent, said):
        assert complaint("door", sent)[0] == f'Feed "door": {said}.'


class TestNewFeed:
    @pytest.mark.parametrize(
        ("value", "kind"),
        [(21.4, Kind.NUMBER), (0, Kind.NUMBER), ("21.50", Kind.NUMBER), ("open", Kind.TEXT), ("21 °C", Kind.TEXT)],
    )
    def test_its_first_value_decides_its_kind(self, value, kind):
        assert checked({"new": value}).new_feeds == {"new": kind}

    def test_later_rows_may_use_it(self):
        result = checked({"new": 1.5}, {"new": 2}, {"new": "3"})
        assert [entry.readings[0].value for entry in result.entries] == [1.5, 2.0, 3.0]

    @pytest.mark.parametrize(("first", "then"), [(1, "open"), ("open", 1), ("open", "1")])
    def test_it_is_not_of_two_kinds(self, first, then):
        result = checked({"new": first}, {"new": then})
        assert result.complaints[0].code == "mixed-kinds"
        assert result.complaints[0].pointer == "/1/new"

    @pytest.mark.parametrize(
        ("value", "said"),
        [
            (None, "a null is not a reading"),
            (True, "true is neither a number nor a text"),
            ([], "a list is not a reading"),
            ("", "an empty text does not show whether this new feed holds numbers or texts"),
            ("nan", "NaN is not a reading"),
            ("-inf", "NaN is not a reading"),
            (float("inf"), "the number is too great to be stored"),
            ("a\0", "the text contains a NUL character"),
        ],
    )
    def test_no_feed_is_made_by_what_is_no_value(self, value, said):
        result = checked({"new": value})
        assert result.complaints[0].detail == f'Row 1, feed "new": {said}.'
        assert result.new_feeds == {}

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("", "is empty"),
            ("x" * 65, "is longer than 64 characters"),
            ("a\tb", "contains an invisible character"),
            ("a\0b", "contains an invisible character"),
            ("\ud800", "contains an invisible character"),
            ("temp\u202eerutar", "contains an invisible character"),
            ("a\u200bb", "contains an invisible character"),
            (" a", "begins or ends with a blank"),
            ("a ", "begins or ends with a blank"),
            ("a/b", "contains /"),
            ("a#", "contains #"),
            ("a+b", "contains +"),
            ("a,b", "contains ,"),
            ("..", "is only dots"),
            ("key", "has a meaning of its own in a message"),
            ("At", "has a meaning of its own in a message"),
        ],
    )
    def test_its_name_is_fit_for_addresses_and_topics(self, name, said):
        assert complaint(name, 1)[0].endswith(f": the name {said}.")

    @pytest.mark.parametrize("name", ["t", "PM2.5", "soil moisture", "Größe", "温度", "x" * 64, "a-b_c.d", "$x"])
    def test_other_names_are_taken(self, name):
        assert checked({name: 1}).new_feeds == {name: Kind.NUMBER}

    def test_both_spellings_of_a_letter_are_one_feed(self):
        result = checked({"Größe": 1}, {"Gro\u0308ße": 2})
        assert result.new_feeds == {"Größe": Kind.NUMBER}
        assert [entry.readings[0].feed for entry in result.entries] == ["Größe", "Größe"]

    def test_a_name_of_very_many_accents_is_refused_unread(self):
        assert "is longer than 64 characters" in complaint("e" + "\u0301\u0316" * 50_000, 1)[0]

    def test_both_spellings_in_one_row_are_refused(self):
        assert "twice" in checked({"Größe": 1, "Gro\u0308ße": 2}).complaints[0].detail

    def test_there_are_at_most_so_many(self):
        result = checked({"a": 1}, {"b": 1, "c": 1}, feed_limit=5)
        assert [complaint.code for complaint in result.complaints] == ["too-many-feeds"]
        assert result.complaints[0].pointer == "/1/c"

    def test_a_bad_row_makes_no_feed(self):
        result = checked({"a": 1, "b": None}, {"c": 1}, feed_limit=4)
        assert result.new_feeds == {"c": Kind.NUMBER}


class TestUnknownFeed:
    def test_it_is_refused_with_the_feeds_there_are(self):
        detail, hint = complaint("temprature", 1, accepts_new=False)
        assert detail == 'Feed "temprature": there is no such feed; this channel has door, humidity, temperature.'
        assert hint == 'Did you mean "temperature"?'

    def test_without_a_likeness_it_says_where_feeds_are_made(self):
        assert complaint("xyz", 1, accepts_new=False)[1] == "New feeds are made on the channel's page only."

    def test_a_channel_without_feeds_says_so(self):
        result = check([Item({"t": 1})], {}, accepts_new=False, feed_limit=64)
        assert "this channel has no feed yet" in result.complaints[0].detail

    def test_a_long_list_of_feeds_is_cut(self):
        many = {f"f{number:02}": feed(f"f{number:02}") for number in range(64)}
        result = check([Item({"t": 1})], many, accepts_new=False, feed_limit=64)
        assert result.complaints[0].detail.endswith("f15 and 48 more.")


class TestChecked:
    def test_a_good_message_keeps_all_it_said(self):
        position = Position(52.5, 13.4)
        item = Item({"temperature": 21.4, "door": "open"}, 5, "ok", position)
        readings = [NewReading("temperature", 21.4, None), NewReading("door", None, "open")]
        result = check([item], FEEDS, accepts_new=True, feed_limit=64)
        assert result.entries == [NewEntry(5, readings, "ok", position)]
        result.refuse()

    def test_the_first_complaint_leads_the_refusal(self):
        with pytest.raises(Invalid) as caught:
            checked({"temperature": 1}, {"door": "x"}, {"temperature": "warm", "door": True}, {"door": None}).refuse()
        assert caught.value.detail == 'Row 3, feed "temperature": "warm" is not a number. And 2 more.'
        assert caught.value.pointer == "/2/temperature"
        assert [complaint.pointer for complaint in caught.value.complaints] == ["/2/temperature", "/2/door", "/3/door"]

    def test_the_good_rows_are_there_for_who_asks_leniently(self):
        result = checked({"temperature": 1}, {"temperature": "warm", "humidity": 5}, {"temperature": 3})
        assert [entry.readings[0].value for entry in result.entries] == [1.0, 3.0]
        assert [complaint.pointer for complaint in result.complaints] == ["/1/temperature"]

    def test_a_row_with_a_fault_is_left_out(self):
        fault = checked({"temperature": "warm"}).complaints[0]
        result = check([Item({"temperature": 1}, faults=(fault,))], FEEDS, accepts_new=True, feed_limit=64)
        assert (result.entries, result.complaints) == ([], (fault,))

    def test_an_absurd_name_is_not_repeated_in_full(self):
        found = checked({"x" * 100_000: 1}).complaints[0]
        assert len(found.detail) < 200
        assert found.pointer == "/0"

    @pytest.mark.parametrize(
        ("template", "pointer"),
        [("/{feed}", "/a~1b~0"), ("/{row}/values/{feed}", "/0/values/a~1b~0"), ("/value", "/value"), ("", "")],
    )
    def test_pointers_are_escaped(self, template, pointer):
        result = check([Item({"a/b~": 1}, pointer=template)], FEEDS, accepts_new=True, feed_limit=64)
        assert result.complaints[0].pointer == pointer


names = st.sampled_from(["temperature", "door", "new", "Gro\u0308ße", "Größe", "a/b"]) | st.text(max_size=70)
values = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.none(), max_size=1)


class TestWhateverIsSent:
    @settings(max_examples=300, deadline=None)
    @given(st.lists(st.dictionaries(names, values, max_size=5), max_size=5), st.booleans(), st.integers(0, 6))
    def test_it_is_stored_or_complained_of(self, rows, accepts_new, feed_limit):
        result = checked(*rows, accepts_new=accepts_new, feed_limit=feed_limit)
        bad_rows = {complaint.pointer.split("/")[1] for complaint in result.complaints}
        assert len(result.entries) == len(rows) - len(bad_rows)
        try:
            result.refuse()
        except LabfeedError as error:
            msgspec.json.encode(error.to_problem())

    @settings(max_examples=200, deadline=None)
    @given(st.lists(st.dictionaries(names, values, max_size=5), max_size=5))
    def test_what_is_stored_fits_its_feed(self, rows):
        result = checked(*rows)
        kinds = {name: known.kind for name, known in FEEDS.items()} | result.new_feeds
        for entry in result.entries:
            for reading in entry.readings:
                is_number = kinds[reading.feed] is Kind.NUMBER
                assert (reading.value is not None) == is_number
                assert is_number or reading.text is not None
                (reading.text or "").encode()
