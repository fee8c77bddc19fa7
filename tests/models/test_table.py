"""Readings as rows: every row once, whatever the pages; and as many readings as there are."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.channels import Visibility
from domain.errors import NotFound
from domain.readings import Kind
from domain.roles import Viewer
from domain.timespan import DAY, HOUR, MINUTE, SECOND, TimeSpan
from models import table
from models.channels import NewFeed, create
from models.schema import feed as feed_table
from tests.builders import ALWAYS, NOW, append, entry, make_channel, make_noise, reread
from tests.people import viewing

VISITOR = Viewer.visitor()
ON_STORED = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NAMES = ("temperature", "humidity", "door", "note")

# Instants close together and far apart, and just beside the edges of the stored summaries.
INSTANTS = st.builds(
    lambda day, step, shift: NOW + day * DAY + step + shift,
    st.integers(-2, 1),
    st.sampled_from([0, SECOND, 10 * SECOND, MINUTE, 10 * MINUTE, HOUR, 6 * HOUR]),
    st.integers(-2, 2),
)
VALUES = {
    "temperature": st.floats(-1e6, 1e6),
    "humidity": st.just(0),
    "door": st.sampled_from(["open", ""]),
    "note": st.sampled_from([0, 21.5, "wet"]),
}
ROWS = st.dictionaries(INSTANTS, st.fixed_dictionaries({}, optional=VALUES).filter(bool), max_size=25)
SPANS = st.tuples(INSTANTS, INSTANTS).map(lambda ends: TimeSpan(min(ends), max(ends)))


@pytest.fixture(scope="module")
def no_noise():
    """Noise is made once for all examples."""
    return set()


def stocked(store, rows):
    """A new channel that holds the rows, by instant and feed."""
    made = store.tell(
        create,
        name="Greenhouse",
        now=NOW,
        feeds=[NewFeed(name, KINDS[name]) for name in NAMES],
    )
    if rows:
        append(store, made, *[entry(at, **values) for at, values in rows.items()])
    return reread(store, made)


KINDS = dict(zip(NAMES, (Kind.NUMBER, Kind.NUMBER, Kind.TEXT, Kind.MIXED), strict=True))


def pages(store, channel, span, limit, hidden=()):
    """All rows of the span, page after page, as (at, {feed: value or text})."""
    names = {feed.id: feed.name for feed in channel.feeds}
    found, more = [], True
    while more:
        page = store.ask(table.page, VISITOR, channel.id, hidden, span, limit)
        assert len(page.rows) <= limit
        found += [(row.at, {names[each]: said(point) for each, point in row.points.items()}) for row in page.rows]
        more = page.has_more
        if more:
            span = TimeSpan(span.start, page.rows[-1].at)
    return found


def said(point):
    return point.text if point.value is None else point.value


def naive(rows, span, hidden=()):
    """The rows of the span, newest first, without the hidden feeds."""
    kept = {at: {name: value for name, value in values.items() if name not in hidden} for at, values in rows.items()}
    return [(at, kept[at]) for at in sorted(kept, reverse=True) if kept[at] and span.start <= at < span.end]


class TestPages:
    @ON_STORED
    @given(rows=ROWS, span=SPANS, limit=st.integers(1, 7), hidden=st.sets(st.sampled_from(NAMES), max_size=2))
    def test_one_after_the_other_they_are_all_rows_once(self, store, no_noise, rows, span, limit, hidden):
        if store.engine.url not in no_noise:
            no_noise.add(store.engine.url)
            make_noise(store)
        channel = stocked(store, rows)
        assert pages(store, channel, span, limit, hidden) == naive(rows, span, hidden)

    @ON_STORED
    @given(rows=ROWS, span=SPANS, hidden=st.sets(st.sampled_from(NAMES), max_size=2))
    def test_the_count_is_that_of_the_readings_in_them(self, store, rows, span, hidden):
        channel = stocked(store, rows)
        found = store.ask(table.table, VISITOR, channel.id, hidden, span)
        assert found.count == sum(len(values) for _, values in naive(rows, span, hidden))

    def test_zero_is_a_value_and_what_a_feed_did_not_say_is_absent(self, store, channel):
        append(store, channel, entry(NOW, temperature=0), entry(NOW + 1, door=""))
        assert pages(store, channel, ALWAYS, 10) == [(NOW + 1, {"door": ""}), (NOW, {"temperature": 0})]

    def test_what_comes_meanwhile_moves_no_later_page(self, store, channel):
        append(store, channel, *[entry(NOW + each, temperature=each) for each in range(4)])
        first = store.ask(table.page, VISITOR, channel.id, (), ALWAYS, 2)
        append(store, channel, entry(NOW + 9, temperature=9))
        second = store.ask(table.page, VISITOR, channel.id, (), TimeSpan(0, first.rows[-1].at), 2)
        assert [row.at for row in second.rows] == [NOW + 1, NOW]

    def test_a_hidden_feed_is_no_column(self, store, channel):
        hide = feed_table.update().where(feed_table.c.id == channel.feeds[0].id).values(is_hidden=True)
        store.tell(lambda connection: connection.execute(hide))
        append(store, reread(store, channel), entry(NOW, temperature=1, door="open"))
        assert pages(store, channel, ALWAYS, 10) == [(NOW, {"door": "open"})]
        assert [feed.name for feed in store.ask(table.table, VISITOR, channel.id, (), ALWAYS).feeds] == ["door"]


class TestWhoSees:
    @pytest.mark.parametrize("question", [table.table, table.page])
    def test_a_channel_of_its_members_exists_for_them_alone(self, store, noise, owner, question):
        private = make_channel(store, visibility=Visibility.MEMBERS)
        more = (1,) if question is table.page else ()
        for viewer in (VISITOR, viewing(owner)):
            with pytest.raises(NotFound):
                store.ask(question, viewer, private.id, (), ALWAYS, *more)

    def test_whether_they_may_correct_is_said(self, store, channel, editor, viewer):
        found = [store.ask(table.table, viewing(each), channel.id, (), ALWAYS) for each in (editor, viewer)]
        assert [each.may_correct for each in found] == [True, False]
