"""Bins page by page, and those in which nothing came."""

from __future__ import annotations

from itertools import chain

import pytest

from domain.downloads import Aggregate, Binned, Download
from domain.errors import NotFound
from domain.roles import Viewer
from domain.timespan import DAY, MINUTE, TimeSpan
from models import bin_pages
from models.bin_pages import Fill
from tests.builders import ALWAYS, NOW, append, entry

VISITOR = Viewer.visitor()
END = NOW + 6 * MINUTE


@pytest.fixture
def sent(store, channel):
    """Numbers in the minutes 0, 1 and 4, and a word in minute 1."""
    rows = [(0, 1.0), (30, 3.0), (60, 5.0), (250, 7.0)]
    append(store, channel, *[entry(NOW + at * MINUTE // 60, temperature=value) for at, value in rows])
    append(store, channel, entry(NOW + MINUTE, door="open"))
    return channel


def pages(store, channel, span=ALWAYS, limit=100, feeds=(), aggregates=(Aggregate.MEAN,), newest_first=False, **more):
    """All pages, each as (minute, feed, mean, count)."""
    binned = Binned(more.pop("width", MINUTE), aggregates)
    download = Download(channel.id, feeds=feeds, binned=binned, newest_first=newest_first, zone=more.pop("zone", None))
    found, after = [], None
    while True:
        page = store.ask(bin_pages.page, VISITOR, download, span, limit, now=END - 1, after=after, **more)
        found.append([told(row) for row in page.rows])
        if page.rest is None:
            return found
        after = page.rest


def rows(*arguments, **named):
    """The rows of all pages."""
    return list(chain.from_iterable(pages(*arguments, **named)))


def told(row):
    figures = row.figures
    return ((row.at - NOW) // MINUTE, row.feed.name, figures and figures.mean, figures and figures.count)


class TestPage:
    def test_bins_without_a_reading_are_left_out(self, store, sent):
        assert pages(store, sent) == [
            [(0, "temperature", 2.0, 2), (1, "temperature", 5.0, 1), (4, "temperature", 7.0, 1)]
        ]

    def test_words_are_counted_and_no_more(self, store, sent):
        assert pages(store, sent, feeds=("door",)) == [[]]
        assert pages(store, sent, feeds=("door",), aggregates=(Aggregate.COUNT,)) == [[(1, "door", None, 1)]]

    def test_a_page_holds_whole_bins(self, store, sent):
        both = {"aggregates": (Aggregate.MEAN, Aggregate.COUNT)}
        assert [[row[0] for row in page] for page in pages(store, sent, limit=2, **both)] == [[0], [1, 1], [4]]
        assert [[row[0] for row in page] for page in pages(store, sent, limit=1, **both)] == [[0], [1, 1], [4]]

    @pytest.mark.parametrize("limit", [1, 2, 3, 100])
    @pytest.mark.parametrize("fill", Fill)
    @pytest.mark.parametrize("newest_first", [False, True])
    def test_the_pages_together_are_the_whole(self, store, sent, limit, fill, newest_first):
        options = {"fill": fill, "aggregates": (Aggregate.MEAN, Aggregate.COUNT)}
        whole = rows(store, sent, **options)
        parts = rows(store, sent, limit=limit, newest_first=newest_first, **options)
        assert parts == (whole[::-1] if newest_first else whole)

    def test_null_stands_where_nothing_came_until_now(self, store, sent):
        found = rows(store, sent, fill=Fill.NULL, feeds=("temperature",))
        assert [(minute, mean) for minute, _, mean, _ in found] == [
            (0, 2.0),
            (1, 5.0),
            (2, None),
            (3, None),
            (4, 7.0),
            (5, None),
        ]

    def test_the_bin_before_is_carried_on_with_a_count_of_zero(self, store, sent):
        found = rows(store, sent, fill=Fill.PREVIOUS, feeds=("temperature",), limit=2)
        assert [(minute, mean, n) for minute, _, mean, n in found] == [
            (0, 2.0, 2), (1, 5.0, 1), (2, 5.0, 0), (3, 5.0, 0), (4, 7.0, 1), (5, 7.0, 0)
        ]  # fmt: skip

    def test_nothing_is_carried_into_the_span(self, store, sent):
        span = TimeSpan(NOW + 2 * MINUTE, NOW + 10 * MINUTE)
        found = rows(store, sent, span=span, fill=Fill.PREVIOUS, feeds=("temperature",))
        assert [row[0] for row in found] == [4, 5]

    @pytest.mark.parametrize("fill", Fill)
    def test_an_empty_span_has_no_bins(self, store, sent, fill):
        assert pages(store, sent, span=TimeSpan(NOW + DAY, NOW + 2 * DAY), fill=fill) == [[]]

    def test_days_are_those_of_the_zone(self, store, sent):
        page = pages(store, sent, width=DAY, zone="Asia/Kathmandu", fill=Fill.NULL)[0]
        assert page[0][0] == -(15 * 60 + 45)  # it is 15:45 there

    def test_a_feed_that_is_not_there_is_named(self, store, sent):
        with pytest.raises(NotFound, match="doors"):
            pages(store, sent, feeds=("doors",))
