"""What each database writes, beside what the same is in Python."""

from __future__ import annotations

import json
import math
import random
import struct

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from domain import cells
from domain.spelling import spelled
from domain.timespan import DAY, TimeSpan, to_rfc3339
from models.written import tongue_of
from tests.builders import ALWAYS, opened_store
from tests.servers import fresh_database

ON_STORED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
DANGERS = st.builds(
    lambda lead, rest: lead + rest, st.sampled_from(["=", "+", "-", "@", "\t", "\r", "'=", "''@"]), WORDS
)


def written(store, make, values, kind, span=ALWAYS):
    """Each of the values as the database writes it."""

    def ask(connection):
        tongue = tongue_of(connection, span)
        if store.is_sqlite:
            rows = "SELECT value AS given FROM json_each(:many)"
            many = json.dumps(values)
        else:
            rows, many = f"SELECT given FROM unnest(%(many)s::{kind}[]) AS given", list(values)
        asked = connection.exec_driver_sql(
            f"SELECT {make(tongue)} || '' FROM ({rows}) AS rows", {"many": many} | tongue.parameters
        )
        return list(asked.scalars())

    return store.ask(ask)


def numbers_of_every_kind(many: int) -> list[float]:
    """Doubles by their bits, by their digits, beside powers of ten and two, whole ones, the smallest, the greatest."""
    chance = random.Random(20)
    found = [
        0.0,
        -0.0,
        5e-324,
        -5e-324,
        2.2250738585072014e-308,
        1.7976931348623157e308,
        1e15,
        1e16,
        2.0**53,
        1e22,
        1e23,
    ]
    found += [
        sign * step(10.0**power, to)
        for power in range(-20, 24)
        for sign in (1, -1)
        for to in (0, math.inf)
        for step in (math.nextafter, lambda x, _: x)
    ]
    while len(found) < many:
        found.append(struct.unpack("<d", chance.randbytes(8))[0])
        found.append(round(chance.uniform(-1000, 1000), chance.randrange(0, 8)))
        found.append(chance.uniform(-1, 1) * 10.0 ** chance.uniform(-6, 18))
        found.append(float(chance.randrange(-(2**60), 2**60) >> chance.randrange(60)))
        found.append(chance.uniform(1e15, 1e17))
        found.append(chance.randrange(10**14, 10**15) * 10.0 ** chance.randrange(-19, 3))
        found.append(chance.randrange(10**15, 10**16) * 10.0 ** chance.randrange(-19, 3))
    return [number for number in found if math.isfinite(number)]


class TestNumber:
    def test_it_is_spelled_as_everywhere(self, store):
        values = numbers_of_every_kind(120_000)
        given_back = written(store, lambda tongue: tongue.number("given"), values, "float8")
        wrong = [(value, found) for value, found in zip(values, given_back, strict=True) if found != spelled(value)]
        assert wrong[:5] == []

    @ON_STORED
    @given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=50))
    def test_whatever_it_is(self, store, values):
        found = written(store, lambda tongue: tongue.number("given"), values, "float8")
        assert found == list(map(spelled, values))
        assert list(map(float, found)) == values


class TestInstant:
    @ON_STORED
    @given(
        st.lists(st.integers(-(10**16), 10**17), min_size=1, max_size=50), st.sampled_from([1, 1000, 250_000, 10**6])
    )
    def test_it_is_written_as_everywhere(self, store, instants, step):
        instants = [at - at % step for at in instants]
        span = TimeSpan(min(instants), max(instants) + 1)
        found = written(store, lambda tongue: tongue.instant("given"), instants, "bigint", span)
        assert [each + "Z" for each in found] == list(map(to_rfc3339, instants))

    @ON_STORED
    @given(st.integers(-700_000, 2_900_000), st.lists(st.integers(0, 2 * DAY - 1), min_size=2, max_size=50))
    @example(0, [0, DAY - 1])
    @example(-1, [0, DAY - 1])
    @example(-1, [0, DAY - 1, DAY, 2 * DAY - 1])
    def test_within_a_day_or_two_it_is_written_so_too(self, store, day, parts):
        instants = [day * DAY + part for part in parts]
        span = TimeSpan(min(instants), max(instants) + 1)
        found = written(store, lambda tongue: tongue.instant("given"), instants, "bigint", span)
        assert [each + "Z" for each in found] == list(map(to_rfc3339, instants))

    @pytest.mark.parametrize("offset", [0, 3600, -34_200, 49_500])
    def test_a_day_begins_where_the_clocks_say_so(self, store, offset):
        instants = [DAY * 18_000 - offset * 10**6 + part for part in (-1, 0, 1, DAY - 1)]
        for span in (TimeSpan(instants[0], instants[-1] + 1), TimeSpan(instants[1], instants[-1] + 1)):
            there = [at for at in instants if span.start <= at < span.end]
            found = written(store, lambda tongue: tongue.clock("given", offset * 10**6), there, "bigint", span)
            assert found == [to_rfc3339(at + offset * 10**6)[:-1].replace("T", " ") for at in there]

    def test_how_a_database_spells_dates_does_not_count(self, postgres):
        url = fresh_database(postgres)
        name = url.rpartition("/")[2]
        with opened_store(url) as store:
            store.tell(
                lambda connection: connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET datestyle = "SQL, DMY"')
            )
        with opened_store(url) as store:
            found = written(store, lambda tongue: tongue.instant("given"), [DAY * 18_000], "bigint")
        assert found == ["2019-04-14T00:00:00"]

    @pytest.mark.parametrize("offset", [0, 3600, -34_200, 49_500])
    def test_clocks_are_as_far_ahead_as_they_are(self, store, offset):
        instants = [DAY * 18_000, DAY * 18_000 + 1, DAY * 18_000 + 120_000]
        found = written(store, lambda tongue: tongue.clock("given", offset * 10**6), instants, "bigint")
        expected = [to_rfc3339(at + offset * 10**6)[:-1].replace("T", " ") for at in instants]
        assert found == expected


class TestWord:
    @ON_STORED
    @given(st.lists(WORDS | DANGERS, min_size=1, max_size=30), st.sampled_from(",;"))
    @example(["", "'", "''", "'=", '"', "a\rb", "a\nb", "[", "]", "^", "\\", "\\n", "*", "?"], ",")
    def test_it_is_guarded_and_quoted_as_everywhere(self, store, words, separator):
        found = written(store, lambda tongue: tongue.word("given", separator), words, "text")
        assert found == [cells.quoted(cells.guarded(word), separator) for word in words]

    @ON_STORED
    @given(st.lists(WORDS | DANGERS, min_size=1, max_size=30))
    def test_in_json_it_reads_back(self, store, words):
        found = written(store, lambda tongue: tongue.json("given"), words, "text")
        assert [json.loads(each) for each in found] == words
