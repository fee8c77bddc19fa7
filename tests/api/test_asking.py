"""What a program asks, checked by the struct that describes it: every complaint names the parameter or member."""

from __future__ import annotations

from contextlib import suppress
from enum import StrEnum
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, Meta, UnsetType, field

from api import asking
from api.described import Body, Query
from domain.errors import Invalid, Malformed


class Tone(StrEnum):
    HIGH = "high"
    LOW = "low"


class Wanted(Query):
    start: Annotated[str, Meta(max_length=20, description="From when on.")] = field(name="from", default="")
    limit: Annotated[int, Meta(ge=1, le=100)] = 10
    tones: tuple[Tone, ...] = ()
    names: Annotated[tuple[str, ...], Meta(max_length=3)] = ()
    tone: Tone | UnsetType = UNSET
    loud: bool = False


class Part(Body):
    name: str
    size: Annotated[int, Meta(ge=0)] = 0


class Thing(Body):
    name: Annotated[str, Meta(max_length=5)]
    parts: list[Part] = field(default_factory=list)


def asked(query: str) -> Wanted:
    return asking.query_from(Wanted, query.encode())


class TestQuery:
    def test_what_is_left_out_has_its_usual_value(self):
        assert asked("") == Wanted()

    def test_each_kind_of_value_is_understood(self):
        found = asked("from=now-2h&limit=7&tones=high,low&names=a,b&tone=low&loud=true")
        assert found == Wanted(
            start="now-2h", limit=7, tones=(Tone.HIGH, Tone.LOW), names=("a", "b"), tone=Tone.LOW, loud=True
        )

    def test_a_blank_parameter_counts_as_left_out(self):
        assert asked("from=&limit=&tones=&tone=") == Wanted()

    def test_a_list_may_stand_in_several_parameters(self):
        assert asked("names=a&names=b,c").names == ("a", "b", "c")

    def test_the_key_is_no_parameter_of_it(self):
        assert asked("api_key=0AAAAAAAAAAAAA00&limit=2").limit == 2

    @pytest.mark.parametrize(
        ("query", "told"),
        [
            ("limit=0", "The parameter limit is a whole number from 1 to 100."),
            ("limit=101", "The parameter limit is a whole number from 1 to 100."),
            ("limit=ten", "The parameter limit is a whole number from 1 to 100."),
            ("tone=shrill", "The parameter tone is one of high, low."),
            ("tones=high,shrill", "The parameter tones is any of high, low, parted by commas."),
            ("names=a,b,c,d", "The parameter names is a list, at most 3 of them."),
            ("loud=very", "The parameter loud is true or false."),
            (f"from={'x' * 21}", "The parameter from is a text of at most 20 characters."),
            ("limit=1&limit=2", "The parameter limit stands 2 times in the address."),
            ("limt=3", 'There is no parameter "limt" here. Did you mean limit?'),
            ("form=3", 'There is no parameter "form" here. Did you mean from?'),
            ("Limit=3", 'There is no parameter "Limit" here. Did you mean limit?'),
            ("zzz=3", 'There is no parameter "zzz" here.'),
        ],
    )
    def test_what_it_is_not_is_refused_by_name(self, query, told):
        with pytest.raises(Invalid) as refused:
            asked(query)
        assert refused.value.detail == told

    def test_an_unknown_one_is_told_which_there_are(self):
        with pytest.raises(Invalid) as refused:
            asked("zzz=3")
        assert refused.value.hint == "It takes from, limit, tones, names, tone, loud."

    def test_where_none_is_taken_that_is_said(self):
        with pytest.raises(Invalid) as refused:
            asking.query_from(Query, b"limit=3")
        assert refused.value.hint == "It takes no parameters."

    @pytest.mark.parametrize("query", [b"from=\xff", b"from=%ff", b"%ff=1"])
    def test_what_is_not_utf_8_is_malformed(self, query):
        with pytest.raises(Malformed):
            asking.query_from(Wanted, query)

    def test_too_many_are_refused(self):
        with pytest.raises(Invalid, match="more than 100"):
            asked("&".join(f"a{number}=1" for number in range(101)))

    @given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")))
    def test_whatever_comes_is_understood_or_refused(self, query):
        with suppress(Malformed, Invalid):
            assert isinstance(asking.query_from(Wanted, query), Wanted)


class TestBody:
    def test_its_members_are_understood(self):
        found = asking.body_from(Thing, b'{"name": "kiln", "parts": [{"name": "lid", "size": 2}]}')
        assert found == Thing(name="kiln", parts=[Part(name="lid", size=2)])

    @pytest.mark.parametrize(
        ("body", "pointer", "words"),
        [
            (b'{"name": 7}', "/name", "a text"),
            (b'{"name": "too long"}', "/name", "length <= 5"),
            (b'{"name": "kiln", "parts": [{"name": "lid"}, {"name": 3}]}', "/parts/1/name", "a text"),
            (b'{"name": "kiln", "parts": [{"name": "lid", "size": -1}]}', "/parts/0/size", ">= 0"),
            (b"{}", "/name", "missing"),
            (b'{"name": "kiln", "parts": [{}]}', "/parts/0/name", "missing"),
            (b"[]", "/", "an object"),
        ],
    )
    def test_what_is_wrong_is_pointed_at(self, body, pointer, words):
        with pytest.raises(Invalid) as refused:
            asking.body_from(Thing, body)
        assert refused.value.pointer == pointer
        assert words in refused.value.detail

    def test_a_member_that_is_not_known_is_told_the_near_one(self):
        with pytest.raises(Invalid, match="Did you mean parts"):
            asking.body_from(Thing, b'{"name": "kiln", "prats": []}')

    @pytest.mark.parametrize("body", [b"", b"{", b"name=kiln", b'{"name": "kiln"} more', b"\xff", b"[" * 100_000])
    def test_what_is_no_json_is_malformed_or_wrong(self, body):
        with pytest.raises((Malformed, Invalid)):
            asking.body_from(Thing, body)
