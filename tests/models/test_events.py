"""Events of a feed of words: equal to going through all readings one by one, whatever the pages."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import NotFound
from domain.readings import Kind
from domain.roles import Viewer
from domain.statistics import hold_us
from domain.timespan import MINUTE, SECOND, TimeSpan
from models import events
from models.channels import NewFeed, create
from models.events import Event
from tests import naive
from tests.builders import NOW, append, entry

VISITOR = Viewer.visitor()
ON_STORED = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
LATER = NOW + 1_000 * SECOND
LATER_ON = TimeSpan(NOW, LATER + 1)
SECONDS = st.integers(0, 400) | st.integers(0, 30)
ROWS = st.dictionaries(SECONDS, st.sampled_from(["open", "shut", "", 0.0, 1.5]), max_size=40).map(
    lambda rows: [(NOW + second * SECOND, value) for second, value in sorted(rows.items())]
)
WORDS = ROWS.map(lambda rows: [(at, str(value)) for at, value in rows])


def one_by_one(rows, hold: int, until: int) -> list[Event]:
    """The events of rows (at, word or number), newest first."""
    found: list[Event] = []
    place = 0
    while place < len(rows):
        at, word = rows[place]
        last = place
        while last + 1 < len(rows) and rows[last + 1][1] == word and rows[last + 1][0] - rows[last][0] <= hold:
            last += 1
        place, silent_at = last + 1, rows[last][0] + hold
        after = rows[place][0] if place < len(rows) else None
        fell_silent = silent_at < (until if after is None else after)
        end = silent_at if fell_silent else until if after is None else after
        if isinstance(word, str):
            found.append(Event(word, at, end, after is None and not fell_silent, fell_silent))
    return found[::-1]


@pytest.fixture
def read(store, noise):
    """A function: stores rows in a feed of its own and reads all its events, page by page."""

    def look(rows, span: TimeSpan = LATER_ON, kind: Kind = Kind.TEXT, limit: int = 100, now: int = LATER) -> list:
        channel = store.tell(create, name="Kiln", now=NOW, feeds=[NewFeed("door", kind)])
        append(store, channel, *[entry(at, door=word) for at, word in rows], received_at=LATER)
        found: list[Event] = []
        rest = None
        while True:
            page = store.ask(events.page, VISITOR, channel.id, "door", span, now, limit, rest)
            found, rest = [*found, *page.events], page.rest
            assert len(page.events) <= limit
            if rest is None:
                return found

    return look


class TestPage:
    @ON_STORED
    @given(WORDS, st.sampled_from([1, 2, 100]))
    def test_all_pages_together_are_all_events(self, read, rows, limit):
        expected = one_by_one(rows, hold_us([at for at, _ in rows], None), LATER + 1)
        assert read(rows, limit=limit) == expected

    @ON_STORED
    @given(ROWS, st.sampled_from([1, 100]))
    def test_of_a_mixed_feed_a_number_ends_a_word(self, read, rows, limit):
        expected = one_by_one(rows, hold_us([at for at, _ in rows], None), LATER + 1)
        assert read(rows, kind=Kind.MIXED, limit=limit) == expected

    @ON_STORED
    @given(WORDS, SECONDS, SECONDS)
    def test_only_what_began_in_the_span_is_there(self, read, rows, one, other):
        span = TimeSpan(NOW + min(one, other) * SECOND, NOW + max(one, other) * SECOND)
        inside = naive.within(rows, span)
        expected = one_by_one(inside, hold_us([at for at, _ in inside], None), span.end)
        assert read(rows, span) == expected

    def test_what_was_said_last_goes_on(self, read):
        [event] = read([(NOW, "open"), (NOW + SECOND, "open")], now=NOW + 2 * SECOND)
        assert (event.start, event.end, event.goes_on) == (NOW, NOW + 2 * SECOND + 1, True)

    def test_until_nothing_is_said_any_more(self, read):
        [event] = read([(NOW, "open"), (NOW + SECOND, "open")], now=NOW + MINUTE)
        assert (event.end, event.goes_on, event.fell_silent) == (NOW + 4 * SECOND, False, True)

    @pytest.mark.parametrize("kind", [Kind.TEXT, Kind.MIXED])
    def test_where_very_many_are_looked_through_nothing_is_lost(self, read, monkeypatch, kind):
        monkeypatch.setattr(events, "MOST_LOOKED_THROUGH", 7)
        words = ["open"] * 10 + ["shut"] * 3 + ["open"]
        rows = [(NOW + place * SECOND, word) for place, word in enumerate(words)]
        found, expected = read(rows, kind=kind), one_by_one(rows, 3 * SECOND, LATER + 1)
        for word in ("open", "shut"):
            lengths = [sum(event.length for event in each if event.word == word) for each in (found, expected)]
            assert lengths[0] == lengths[1]
        assert [event for event in found if not event.is_cut] == expected[:2]

    def test_numbers_may_fill_a_whole_look(self, read, monkeypatch):
        monkeypatch.setattr(events, "MOST_LOOKED_THROUGH", 5)
        rows = [(NOW, "open"), *((NOW + place * SECOND, float(place)) for place in range(1, 30))]
        assert [event.word for event in read(rows, kind=Kind.MIXED)] == ["open"]

    @pytest.mark.parametrize("name", ["temperature", "doors"])
    def test_a_feed_without_words_is_not_found(self, store, channel, name):
        with pytest.raises(NotFound):
            store.ask(events.page, VISITOR, channel.id, name, LATER_ON, LATER, 10)

    def test_a_hidden_channel_is_not_found(self, store, noise):
        with pytest.raises(NotFound):
            store.ask(events.page, VISITOR, noise[1].id, "door", LATER_ON, LATER, 10)
