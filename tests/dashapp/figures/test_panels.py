from __future__ import annotations

from itertools import pairwise

from dashapp.figures import panels
from tests.dashapp.shapes import feed, word_feed

FEEDS = [feed(1, unit="°C"), feed(2, "pitch", unit="°"), word_feed(4), feed(3, "roll", unit="°")]


class TestPanels:
    def test_there_is_one_a_unit_and_words_come_last(self):
        assert [tuple(one.name for one in panel.feeds) for panel in panels.panels(FEEDS)] == [
            ("temperature",),
            ("pitch", "roll"),
            ("door",),
        ]

    def test_each_begins_below_the_one_before(self):
        assert all(upper.top + upper.height <= lower.top for upper, lower in pairwise(panels.panels(FEEDS)))

    def test_a_unit_alone_has_a_higher_one(self):
        assert panels.panels(FEEDS[:1])[0].height > panels.panels(FEEDS)[0].height


class TestTitle:
    def of(self, *names: str) -> str:
        return panels.panels([feed(number, name, unit="°C") for number, name in enumerate(names)])[0].title

    def test_it_names_the_feeds_and_their_unit(self):
        assert self.of("inlet", "outlet") == "inlet, outlet  ·  °C"

    def test_of_many_it_names_those_that_have_room(self):
        names = "inlet", "outlet", "jacket", "ambient", "reference"
        assert self.of(*names) == "inlet, outlet and 3 more  ·  °C"

    def test_a_long_name_is_cut_and_the_unit_stays(self):
        title = self.of("x" * 60, "outlet")
        assert title.endswith("… and 1 more  ·  °C")
        assert len(title) <= panels.LONGEST_TITLE
