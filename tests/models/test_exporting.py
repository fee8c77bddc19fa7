"""Files of a channel's readings, beside a writer that makes them line by line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain import cells, zones
from domain.channels import Visibility
from domain.downloads import Download, Form, Shape
from domain.errors import NotFound
from domain.readings import Feed, NewEntry, NewReading, Point
from domain.roles import Viewer
from domain.selection import Range
from domain.spelling import spelled
from domain.timespan import DAY, HOUR, MINUTE, SECOND, TimeSpan, to_rfc3339
from models import channels, exporting, windows
from tests.builders import NOW, append, entry, make_channel

ON_STORED = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
VISITOR = Viewer.visitor()
SUMMER_ENDS = 1_793_494_800 * SECOND
"""2026-11-01 01:00 UTC in New York's summer time: five hours later the clocks are put back."""

NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0.0, -0.0, 21.4, -1e22, 1e15, 5e-324])
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
DANGERS = st.builds(lambda lead, rest: lead + rest, st.sampled_from(["=", "+", "-", "@", "\t", "\r", "'=", '"']), WORDS)
VALUES = {
    0: st.tuples(NUMBERS, st.none() | st.sampled_from(["21.50", "+1"])),
    1: st.tuples(st.none(), WORDS | DANGERS),
    2: st.tuples(NUMBERS, st.none()) | st.tuples(st.none(), WORDS | DANGERS),
    3: st.tuples(NUMBERS, st.none()),
}
"""By place of the feed, of `temperature:°C`, `door:text`, `probe:mixed` and one with a name to be quoted."""
FEEDS = ("temperature:°C", "door:text", "probe:mixed", '=odd "name"')
INSTANTS = st.builds(
    lambda hour, second, part: SUMMER_ENDS + hour * HOUR + second * SECOND + part,
    st.integers(0, 12),
    st.integers(0, 3),
    st.sampled_from([0, 0, 250_000, 1, 999_999]),
)
READINGS = st.dictionaries(st.tuples(INSTANTS, st.integers(0, 3)), st.none(), max_size=40).flatmap(
    lambda keys: st.fixed_dictionaries({key: VALUES[key[1]] for key in keys})
)
DOWNLOADS = st.builds(
    lambda **how: Download(1, range=Range(to_rfc3339(SUMMER_ENDS), to_rfc3339(SUMMER_ENDS + DAY)), **how),
    form=st.sampled_from([Form.CSV, Form.CSV, Form.NDJSON, Form.JSON]),
    shape=st.sampled_from(Shape),
    zone=st.sampled_from([None, "America/New_York", "Asia/Kathmandu"]),
    feeds=st.sampled_from([(), ("temperature",), ("door", "probe"), ("probe", '=odd "name"', "door")]),
    decimal_comma=st.booleans(),
    for_excel=st.booleans(),
    newest_first=st.booleans(),
)


def store_all(store, channel, stored: dict[tuple[int, int], tuple[float | None, str | None]]) -> None:
    names = [feed.name for feed in channel.feeds]
    append(store, channel, *[NewEntry(at, [NewReading(names[place], *value)]) for (at, place), value in stored.items()])


def plan_of(store, download, viewer=VISITOR, now=NOW):
    return store.ask(exporting.plan, viewer, download, now)


def whole(store, download, viewer=VISITOR) -> str:
    return "".join(piece.text for piece in exporting.pieces(store, viewer, plan_of(store, download, viewer)))


def small_pieces(monkeypatch) -> None:
    monkeypatch.setattr(windows, "FEWEST", 2)
    monkeypatch.setattr(windows, "READINGS", 4)


class Naive:
    """A file made of rows one after the other: (instant, place of the feed) → reading."""

    def __init__(self, download: Download, name: str, feeds: Sequence[Feed], stored: dict[tuple[int, int], Point]):
        self.download, self.name, self.feeds, self.stored = download, name, feeds, stored
        self.part = ";" if download.decimal_comma else ","
        self.zone = ZoneInfo(download.zone or "UTC")
        at = sorted({at for at, _ in stored}, reverse=download.newest_first)
        self.instants = [
            (instant, [place for place in range(len(feeds)) if (instant, place) in stored]) for instant in at
        ]

    def text(self) -> str:
        if self.download.form is Form.CSV:
            mark = "\ufeff" if self.download.for_excel else ""
            return mark + (self.tidy() if self.download.shape is Shape.TIDY else self.wide())
        objects = self.objects()
        if self.download.form is Form.NDJSON:
            return "".join(each + "\n" for each in objects)
        return f'{{"channel_id":{self.download.channel_id},"readings":[\n' + ",\n".join(objects) + "\n]}\n"

    def cell(self, word: str) -> str:
        return cells.quoted(cells.guarded(word), self.part)

    def number(self, value: float) -> str:
        return spelled(value).replace(".", ",") if self.download.decimal_comma else spelled(value)

    def tidy(self) -> str:
        rows = [cells.row(["time_utc", "channel", "feed", "value", "text", "unit"], self.part)]
        for at, places in self.instants:
            for place in places:
                feed, point = self.feeds[place], self.stored[at, place]
                value = "" if point.value is None else self.number(point.value)
                text = "" if point.text is None else self.cell(point.text)
                unit = self.cell(feed.unit) if feed.unit else ""
                row = [to_rfc3339(at), self.cell(self.name), self.cell(feed.name), value, text, unit]
                rows.append(self.part.join(row) + "\r\n")
        return "".join(rows)

    def wide(self) -> str:
        titles = [f"{feed.name} [{feed.unit}]" if feed.unit else feed.name for feed in self.feeds]
        rows = [cells.row(["time_utc", "time_local", *titles], self.part)]
        for at, places in self.instants:
            row = [to_rfc3339(at), self.local(at)]
            row += [
                self.wide_cell(self.stored[at, place]) if place in places else "" for place in range(len(self.feeds))
            ]
            rows.append(self.part.join(row) + "\r\n")
        return "".join(rows)

    def wide_cell(self, point: Point) -> str:
        return self.cell(point.text or "") if point.value is None else self.number(point.value)

    def local(self, at: int) -> str:
        moment = zones.local(at, self.zone)
        fraction = f".{moment.microsecond:06d}".rstrip("0") if moment.microsecond else ""
        return f"{moment:%Y-%m-%d %H:%M:%S}{fraction}"

    def objects(self) -> list[str]:
        if self.download.shape is Shape.WIDE:
            found = []
            for at, places in self.instants:
                members = ",".join(f"{_json(self.feeds[place].name)}:{self.json(at, place)}" for place in places)
                found.append(f'{{"at":"{to_rfc3339(at)}","values":{{{members}}}}}')
            return found
        return [
            f'{{"at":"{to_rfc3339(at)}","feed":{_json(self.feeds[place].name)},"value":{self.json(at, place)}}}'
            for at, places in self.instants
            for place in places
        ]

    def json(self, at: int, place: int) -> str:
        point = self.stored[at, place]
        return _json(point.text) if point.value is None else spelled(point.value)


def _json(text: str | None) -> str:
    return json.dumps(text, ensure_ascii=False)


class TestFile:
    @ON_STORED
    @given(READINGS, DOWNLOADS, st.booleans())
    def test_it_is_what_a_naive_writer_makes(self, store, stored, download, is_cut):
        channel = make_channel(store, 'Kiln, "north"', feeds=FEEDS)
        store_all(store, channel, stored)
        download = download.but(channel_id=channel.id)
        names = download.feeds or tuple(feed.name for feed in channel.feeds)
        feeds = [next(feed for feed in channel.feeds if feed.name == name) for name in names]
        places = {place: feeds.index(feed) for place, feed in enumerate(channel.feeds) if feed in feeds}
        points = {(at, places[place]): Point(at, *value) for (at, place), value in stored.items() if place in places}
        expected = Naive(download, channel.name, feeds, points).text()
        with pytest.MonkeyPatch.context() as patch:
            if is_cut:
                small_pieces(patch)
            found = whole(store, download)
            pieces = list(exporting.pieces(store, VISITOR, plan_of(store, download)))
        if download.form is Form.CSV:
            assert found == expected
        else:
            assert _without_entries(found, download.form) == _without_entries(expected, download.form)
        assert sum(piece.rows for piece in pieces) == len(points) == plan_of(store, download).readings

    def test_of_nothing_there_is_a_header(self, store, channel):
        assert whole(store, Download(channel.id)) == "time_utc,time_local,temperature,door\r\n"
        assert json.loads(whole(store, Download(channel.id, Form.JSON))) == {"channel_id": channel.id, "readings": []}

    def test_hidden_feeds_are_in_it_only_where_they_are_asked_for(self, store, channel):
        append(store, channel, entry(temperature=1, door="open"))
        hide(store, channel, "door")
        assert "open" not in whole(store, Download(channel.id))
        assert "open" in whole(store, Download(channel.id, feeds=("door",)))

    def test_a_piece_is_cut_where_the_clocks_change(self, store):
        channel = make_channel(store)
        append(store, channel, *[entry(SUMMER_ENDS + hour * HOUR, temperature=hour) for hour in range(8)])
        lines = whole(store, Download(channel.id, zone="America/New_York")).splitlines()
        assert [line.split(",")[1] for line in lines[4:8]] == [
            "2026-11-01 00:00:00",
            "2026-11-01 01:00:00",
            "2026-11-01 01:00:00",
            "2026-11-01 02:00:00",
        ]


def _without_entries(text: str, form: Form):
    """The objects as they read, but for the number of the entry: a naive writer does not know it."""
    # A line ends with LF alone; splitlines would also part a word at U+0085.
    objects = list(map(json.loads, text.split("\n")[:-1])) if form is Form.NDJSON else json.loads(text)["readings"]
    return [{name: value for name, value in each.items() if name != "entry_id"} for each in objects]


def hide(store, channel, name: str) -> None:
    from sqlalchemy import update

    from models.schema import feed

    change = update(feed).where(feed.c.channel_id == channel.id, feed.c.name == name).values(is_hidden=True)
    store.tell(lambda connection: connection.execute(change))


class TestPlan:
    def test_what_one_may_not_see_is_not_there(self, store):
        channel = make_channel(store, visibility=Visibility.MEMBERS)
        with pytest.raises(NotFound):
            plan_of(store, Download(channel.id))

    def test_a_feed_it_does_not_have_is_not_there(self, store, channel):
        with pytest.raises(NotFound, match="humidity"):
            plan_of(store, Download(channel.id, feeds=("temperature", "humidity")))

    def test_rights_are_looked_at_in_each_piece(self, store, channel, monkeypatch):
        small_pieces(monkeypatch)
        append(store, channel, *[entry(NOW + second * SECOND, temperature=second) for second in range(20)])
        pieces = exporting.pieces(store, VISITOR, plan_of(store, Download(channel.id), now=NOW + DAY))
        next(pieces)
        close(store, channel)
        with pytest.raises(NotFound):
            next(pieces)

    def test_its_instants_stand_still(self, store, channel):
        append(store, channel, entry(NOW, temperature=1))
        plan = plan_of(store, Download(channel.id), now=NOW + HOUR)
        assert plan.span == TimeSpan(NOW, NOW + HOUR + 1)
        assert plan_of(store, plan.download, now=NOW + DAY) == plan

    @pytest.mark.parametrize("late", [True, False])
    def test_its_state_changes_with_what_comes_late_alone(self, store, channel, late):
        append(store, channel, entry(NOW, temperature=1))
        plan = plan_of(store, Download(channel.id), now=NOW + HOUR)
        append(store, channel, entry(NOW + (MINUTE if late else 2 * HOUR), temperature=2))
        assert (plan_of(store, plan.download).state != plan.state) is late

    def test_its_state_changes_with_a_touch(self, store, channel):
        plan = plan_of(store, Download(channel.id))
        store.tell(channels.touch, channel.id)
        assert plan_of(store, plan.download).state != plan.state

    def test_its_file_is_named_by_course_channel_and_days(self, store):
        channel = make_channel(store, "Otter kiln")
        assert plan_of(store, Download(channel.id)).file_name == "otter-kiln_2026-11-20_2026-11-20.csv"


def close(store, channel) -> None:
    from sqlalchemy import update

    from models.schema import channel as table

    change = update(table).where(table.c.id == channel.id).values(visibility=str(Visibility.MEMBERS))
    store.tell(lambda connection: connection.execute(change))
