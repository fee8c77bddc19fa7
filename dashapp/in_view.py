"""What a chart's readings come to, kept up as more come: each feed's ends and where it is heading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dashapp.components.summary import Said, extent, lately
from dashapp.figures import band
from dashapp.looks import Look
from domain.readings import Feed, Kind, Point
from domain.timespan import TimeSpan
from domain.trends import OVER, Lately


@dataclass(frozen=True, slots=True)
class InView:
    """The smallest and largest number in view, and the newest numbers, by feed."""

    extents: dict[int, tuple[float, float]]
    lately: dict[int, Lately]
    words: dict[int, frozenset[str]]
    """The distinct words of each feed of words."""

    @classmethod
    def of(cls, look: Look) -> InView:
        """As it is drawn."""
        extents = {one.feed.id: found for one in look.series if (found := extent(one))}
        words = {one.feed.id: band.words_in(one.text) for one in look.series if one.feed.kind is Kind.TEXT}
        return cls(extents, {one.feed.id: lately(look, one) for one in look.series}, words)

    def grow(self, fresh: Mapping[int, Sequence[Point]]) -> None:
        """Take in what came; what leaves the view stays counted until the view is read again."""
        for feed_id, points in fresh.items():
            numbers = [point.value for point in points if point.value is not None]
            if numbers:
                low, high = self.extents.get(feed_id, (numbers[0], numbers[0]))
                self.extents[feed_id] = min(low, *numbers), max(high, *numbers)
                self.lately.setdefault(feed_id, Lately()).add((point.at, point.value) for point in points)

    def crowds(self, fresh: Mapping[int, Sequence[Point]]) -> bool:
        """Whether a band that told its words apart has too many of them with these."""
        found = (known | band.words_in(point.text for point in fresh.get(id_, ())) for id_, known in self.words.items())
        before = map(band.is_crowded, self.words.values())
        return any(band.is_crowded(now) and not was for now, was in zip(found, before, strict=True))

    def said(self, feeds: Iterable[Feed], latest: Mapping[int, Point], span: TimeSpan) -> list[Said]:
        """What there is to say of each of these feeds; `span`: what is in view, up to now."""
        return [self._said(feed, latest.get(feed.id), span) for feed in feeds]

    def _said(self, feed: Feed, newest: Point | None, span: TimeSpan) -> Said:
        if newest is None or newest.at < span.start:
            return Said(feed, ends=self.extents.get(feed.id))
        trend = self.lately[feed.id].trend(span.end - OVER) if feed.id in self.lately else None
        return Said(feed, newest, trend, self.extents.get(feed.id))
