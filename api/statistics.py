"""What the feeds of a channel come to over a range, for programs."""

from __future__ import annotations

from typing import Annotated

from flask import Blueprint, Response
from msgspec import Meta

import context
from api import asking
from api.answering import answer
from api.channels import NewestSaid, told
from api.described import ENTITY_TAG, IF_NONE_MATCH, UNCHANGED, Answer, Group, Operation, Said
from api.ranges import Ranged
from domain.channels import channel_id_from
from domain.errors import Crowded
from domain.statistics import FeedStatistics, NumberStatistics, WordStatistics
from domain.timespan import SECOND, to_rfc3339
from models import statistics

routes = Blueprint("statistics", __name__)


class NumbersSaid(Said):
    """What the numbers of a feed come to."""

    n: int
    mean: Annotated[float | None, Meta(description="Null where the numbers are too large to be added up.")]
    deviation: Annotated[float | None, Meta(description="The standard deviation of a sample; null for one number.")]
    min: float
    max: float
    rate_per_minute: Annotated[float | None, Meta(description="What the last is above the first, per minute.")]


class ShareSaid(Said):
    """One word of a feed."""

    word: str
    n: int
    held_s: Annotated[float, Meta(description="For how long it is known to have held.")]
    share: Annotated[float, Meta(description="Of the time in which any word held: 0 to 1.")]


class WordsSaid(Said):
    """What the words of a feed come to."""

    n: int
    distinct: int
    known_s: Annotated[float, Meta(description="For how long any word held.")]
    shares: Annotated[list[ShareSaid], Meta(description="The longest held first; of very many only some.")]


class FeedStatisticsSaid(Said):
    """One feed over the range."""

    feed: str
    unit: str | None
    n: Annotated[int, Meta(description="How many readings, numbers and words.")]
    last: NewestSaid | None
    longest_gap_s: float | None
    numbers: NumbersSaid | None
    words: WordsSaid | None
    left_out: Annotated[str, Meta(description="What was not worked out, and why; empty: nothing was left out.")]


class StatisticsSaid(Said):
    """A channel over a range, feed by feed."""

    channel_id: int
    feeds: list[FeedStatisticsSaid]


STATISTICS = Operation(
    "getStatistics",
    "GET",
    "/api/v1/channels/{channel}/statistics",
    Group.READING,
    "What the feeds of a channel come to over a range",
    "Exact over the range: how many readings, mean, standard deviation, extremes, rate and longest gap of numbers; "
    "shares of time of words. Hidden feeds are told of where they are named.",
    query=Ranged,
    example="from=now-1d",
    headers=(IF_NONE_MATCH,),
    answers=(Answer(200, "Feed by feed, in the channel's order.", StatisticsSaid, (ENTITY_TAG,)), UNCHANGED),
    refusals=(Crowded,),
)


@STATISTICS.on(routes)
def get_statistics(channel: str) -> Response:
    asked, now, channel_id = asking.query(Ranged), context.now(), channel_id_from(channel)
    found = context.store().ask_long(
        statistics.of_feeds, context.viewer(), channel_id, asked.feeds, asked.span(now), now
    )
    said = StatisticsSaid(channel_id=channel_id, feeds=[_said(each) for each in found.feeds])
    return answer(said, visibility=found.channel.visibility)


def _said(found: FeedStatistics) -> FeedStatisticsSaid:
    last, gap = found.last, found.longest_gap
    return FeedStatisticsSaid(
        feed=found.feed.name,
        unit=found.feed.unit,
        n=found.n,
        last=None if last is None else NewestSaid(at=to_rfc3339(last.at), value=told(last.value, last.text)),
        longest_gap_s=None if gap is None else gap / SECOND,
        numbers=None if found.numbers is None else _numbers_said(found.numbers),
        words=None if found.words is None else _words_said(found.words),
        left_out=found.left_out,
    )


def _numbers_said(found: NumberStatistics) -> NumbersSaid:
    return NumbersSaid(
        n=found.n,
        mean=found.mean,
        deviation=found.deviation,
        min=found.low,
        max=found.high,
        rate_per_minute=found.rate,
    )


def _words_said(found: WordStatistics) -> WordsSaid:
    shares = [
        ShareSaid(word=each.word, n=each.n, held_s=each.held / SECOND, share=found.share(each)) for each in found.shares
    ]
    return WordsSaid(n=found.n, distinct=found.distinct, known_s=found.known / SECOND, shares=shares)


OPERATIONS = (STATISTICS,)
