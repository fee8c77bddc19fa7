"""Labfeed's own topics.

c/{channel}/{feed}         publish a value, or {"value": …, "at": …}
c/{channel}                publish what is POSTed over HTTP: {"temperature": 21.4, "door": "open"}, or a list
c/{channel}/$status        publish a status text; a last will belongs here
c/{channel}/$errors        hear why something was refused
c/{channel}/live           hear what every door stored, as the lines of /ws/channels
c/{channel}/live/{feed}    hear the values of one feed alone
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from domain.errors import Invalid
from domain.readings import FreshReadings, Item
from domain.spelling import fault_in_text, spelled
from ingest import payload
from ingest.mqtt.language import Delivery, Publication
from ingest.syntax import not_utf_8
from live.stream import line

ROOT = "c"
LIVE = "live"
STATUS = "$status"
ERRORS = "$errors"

WHERE_TO = "Publish on c/CHANNEL/FEED, or an object of values on c/CHANNEL; CHANNEL is the channel's number."


def publication(topic: str) -> Publication | None:
    """See `language.Language`."""
    match topic.split("/"):
        case ["c", channel] if channel:
            return Publication(channel, _values)
        case ["c", channel, "$status"]:
            return Publication(channel, _status)
        case ["c", _, word, *_] if word == LIVE or word.startswith("$"):
            raise Invalid(f"{topic} is there to be heard, not to be published on.", hint=WHERE_TO)
        case ["c", channel, feed] if feed:
            return Publication(channel, partial(_value, feed=feed))
        case ["c", *_]:
            raise Invalid("The topic names no channel, or no feed, or more than these.", hint=WHERE_TO)
    return None


def hears_readings(topic_filter: str, channel: str) -> bool:
    """See `language.Language`."""
    rest = _within(topic_filter, channel)
    return bool(rest) and (rest[0] == "#" or (rest[0] in (LIVE, "+") and len(rest) <= 2))


def hears_errors(topic_filter: str, channel: str) -> bool:
    """Whether who subscribes to this hears of the refusals of this channel, and nothing of another one."""
    rest = _within(topic_filter, channel)
    return rest in (["#"], ["+"], ["+", "#"], [ERRORS], [ERRORS, "#"])


def told(channel: str, run: FreshReadings, names: Mapping[int, str]) -> Iterator[Delivery]:
    """See `language.Language`."""
    yield Delivery(f"{ROOT}/{channel}/{LIVE}", line(run, names))
    for feed_id, _, value, text in run.rows:
        if feed_id in names:
            said = spelled(value) if text is None and value is not None else text or ""
            yield Delivery(f"{ROOT}/{channel}/{LIVE}/{names[feed_id]}", said.encode())


def errors(channel: str) -> str:
    """The topic on which the refusals of a channel are said."""
    return f"{ROOT}/{channel}/{ERRORS}"


def _within(topic_filter: str, channel: str) -> list[str]:
    """The levels below the channel; none where the filter could bring something else."""
    first, _, rest = topic_filter.partition("/")
    named, _, below = rest.partition("/")
    return below.split("/") if (first, named) == (ROOT, channel) and below else []


def _values(body: bytes, now: int) -> list[Item]:
    return payload.parse_body(body, None, now)


def _value(body: bytes, now: int, feed: str) -> list[Item]:
    return payload.parse_bare(body, "text/plain", feed, now)


def _status(body: bytes, _now: int) -> list[Item]:
    try:
        text = body.decode().strip()
    except UnicodeDecodeError as error:
        raise not_utf_8(body) from error
    if not text:
        raise Invalid("The status is empty.", hint="Publish a word, such as online or offline.")
    if problem := fault_in_text(text):
        raise Invalid(f"The status {problem}.")
    return [Item({}, status=text, pointer="")]
