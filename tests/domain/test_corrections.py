"""What an editor may write into a reading: the same as a board may send."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.corrections import reading_from, spelling
from domain.errors import Invalid
from domain.readings import Feed, Item, Kind
from ingest.checking import check

WRITTEN = (
    st.text(max_size=12)
    | st.floats().map(str)
    | st.sampled_from(
        ["21.50", " 7 ", "1e400", "-0", "nan", "Infinity", "1,5", "21 °C", "open", "0x10", "1_000", "x" * 1001, "a\0b"]
    )
)


def feed_of(kind: Kind) -> Feed:
    return Feed(1, 7, "temperature", "Temperature", kind, None, None, None, 0)


def sent(feed: Feed, written: str) -> tuple[float | None, str | None] | None:
    """What is stored when a board sends it; None where it is refused."""
    checked = check([Item({feed.name: written})], {feed.name: feed}, accepts_new=False, feed_limit=64)
    if checked.complaints:
        return None
    reading = checked.entries[0].readings[0]
    return reading.value, reading.text


@pytest.mark.parametrize("kind", Kind)
@given(written=WRITTEN)
def test_it_is_stored_as_if_a_board_had_sent_it(kind, written):
    feed, expected = feed_of(kind), sent(feed_of(kind), written)
    if expected is None:
        with pytest.raises(Invalid):
            reading_from(feed, written)
    else:
        assert reading_from(feed, written) == expected


@pytest.mark.parametrize("kind", Kind)
@given(written=WRITTEN)
def test_what_is_stored_is_spelled_as_it_was_written(kind, written):
    try:
        stored = reading_from(feed_of(kind), written)
    except Invalid:
        return
    assert spelling(*stored).strip() == written.strip()


def test_the_refusal_names_the_feed_and_says_what_to_write():
    with pytest.raises(Invalid) as refused:
        reading_from(feed_of(Kind.NUMBER), "warm")
    assert refused.value.detail == 'Temperature: "warm" is not a number.'
    assert "21.4" in refused.value.hint
