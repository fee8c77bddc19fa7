from __future__ import annotations

import pytest

from dashapp.export_choices import EACH, Choice, Manner, What, download_of, drawn_of, with_progress, word_in
from dashapp.showing import Showing
from domain.downloads import EVERYTHING, Aggregate, Binned, Form, Shape
from domain.errors import Invalid
from domain.readings import Feed, Kind, Series
from domain.selection import Range, Selection
from domain.timespan import MINUTE, SECOND
from tests.builders import NOW

FEEDS = ("temperature", "humidity", "door")
BERLIN = "Europe/Berlin"


LIVE = Range("now-2h")


def chosen(choice: Choice, range_: Range = LIVE):
    """What is chosen on a page that shows this range in Berlin."""
    return download_of(choice, Showing(7, 1, 0, Selection(range_), BERLIN), FEEDS, NOW)


def series(name: str, kind: Kind = Kind.NUMBER, bucket_us: int = 0) -> Series:
    feed = Feed(1, 7, name, "", kind, None, None, None, 0)
    return Series(feed, [1], [1.0], bucket_us=bucket_us)


class TestDownloadOf:
    def test_everything_in_range_is_every_reading_of_what_the_page_shows(self):
        found = chosen(Choice(feeds=FEEDS, zone=BERLIN))
        assert found.address == "/api/v1/channels/7/download.csv?from=now-2h&zone=Europe/Berlin"

    def test_the_whole_channel_begins_with_the_first_reading(self):
        assert chosen(Choice(What.CHANNEL, feeds=FEEDS)).range == EVERYTHING

    def test_feeds_are_named_in_the_channel_s_order_where_not_all_are_wanted(self):
        assert chosen(Choice(feeds=("door", "temperature"))).feeds == ("temperature", "door")

    def test_bins_have_what_is_told_of_them(self):
        found = chosen(Choice(feeds=FEEDS, width="9m", aggregates=(Aggregate.MEAN, Aggregate.COUNT)))
        assert found.binned == Binned(9 * MINUTE, (Aggregate.MEAN, Aggregate.COUNT))

    def test_without_bins_nothing_is_told_of_them(self):
        assert chosen(Choice(feeds=FEEDS, width=EACH, aggregates=(Aggregate.MEAN,))).binned is None

    def test_commas_and_the_mark_for_excel_are_of_csv_alone(self):
        manners = frozenset(Manner)
        csv, parquet = (chosen(Choice(form=form, feeds=FEEDS, manners=manners)) for form in (Form.CSV, Form.PARQUET))
        assert (csv.decimal_comma, csv.for_excel, csv.newest_first) == (True, True, True)
        assert (parquet.decimal_comma, parquet.for_excel, parquet.newest_first) == (False, False, True)

    def test_utc_needs_no_words(self):
        assert chosen(Choice(feeds=FEEDS, shape=Shape.TIDY)).query == "?from=now-2h&shape=tidy"

    def test_dates_mean_the_days_of_the_page_in_whatever_zone_the_file_is(self):
        found = chosen(Choice(feeds=FEEDS, zone="UTC"), range_=Range("2026-03-08", "2026-03-08"))
        assert found.range == Range("2026-03-07T23:00:00Z", "2026-03-08T23:00:00Z")

    def test_in_the_zone_of_the_page_dates_stay_dates(self):
        range_ = Range("2026-03-08", "now")
        assert chosen(Choice(feeds=FEEDS, zone=BERLIN), range_=range_).range == range_

    def test_what_follows_goes_on_following_from_a_date(self):
        found = chosen(Choice(feeds=FEEDS, zone="UTC"), range_=Range("2026-03-08", "now"))
        assert found.range == Range("2026-03-07T23:00:00Z", "now")

    @pytest.mark.parametrize("width", ["1", "0m", "400d", "1m;drop"])
    def test_a_width_that_is_none_is_refused(self, width):
        with pytest.raises(Invalid):
            chosen(Choice(feeds=FEEDS, width=width))


class TestDrawnOf:
    def test_it_is_as_close_as_the_coarsest_line(self):
        found = drawn_of([series("a", bucket_us=MINUTE), series("b", bucket_us=5 * MINUTE)], is_smoothed=False)
        assert (found.feeds, found.width) == (("a", "b"), 5 * MINUTE)

    def test_where_every_reading_is_drawn_there_are_no_bins(self):
        assert drawn_of([series("a")], is_smoothed=True).width is None

    def test_words_are_never_summed_up(self):
        assert drawn_of([series("door", Kind.TEXT, bucket_us=MINUTE)], is_smoothed=False).width is None

    def test_no_bin_is_narrower_than_a_file_can_have(self):
        assert drawn_of([series("a", bucket_us=1000)], is_smoothed=False).width == SECOND


class TestProgress:
    @pytest.mark.parametrize("address", ["/download.csv", "/download.csv?from=now-2h"])
    def test_the_word_of_an_address_is_found_again(self, address):
        assert word_in(with_progress(address, "a-word-of-the-page")) == "a-word-of-the-page"

    def test_an_address_may_have_none(self):
        assert word_in("/download.csv") == ""
