"""What stands above the columns of a file."""

from __future__ import annotations

from domain.downloads import Aggregate, Binned, Download, Shape
from domain.headings import TIDY, columns, headings
from domain.readings import Feed, Kind
from domain.timespan import HOUR

TEMPERATURE = Feed(1, 1, "temperature", "Kiln", Kind.NUMBER, "°C", None, None, 0)
DOOR = Feed(2, 1, "door", "", Kind.TEXT, None, None, None, 1)
FEEDS = (TEMPERATURE, DOOR)
BINNED = Binned(HOUR, (Aggregate.MEAN, Aggregate.COUNT))


class TestHeadings:
    def test_wide_a_feed_has_a_column_with_its_unit(self):
        assert headings(Download(1), FEEDS) == ("time_utc", "time_local", "temperature [°C]", "door")

    def test_tidy_they_are_always_the_same(self):
        assert headings(Download(1, shape=Shape.TIDY), FEEDS) == TIDY

    def test_of_bins_each_figure_has_a_column(self):
        told = headings(Download(1, binned=BINNED), FEEDS)
        assert told[2:] == ("temperature mean [°C]", "temperature count", "door count")

    def test_tidy_the_figures_stand_beside_each_other(self):
        told = headings(Download(1, shape=Shape.TIDY, binned=BINNED), FEEDS)
        assert told == ("time_utc", "channel", "feed", "mean", "count", "unit")


class TestColumns:
    def test_words_can_be_counted_and_no_more(self):
        assert [column.name for column in columns([DOOR], BINNED)] == ["door count"]
        assert columns([DOOR], Binned(HOUR)) == ()
