"""Channels that move in: a file that is kept, a channel made of it with its history, and nothing where that fails."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import pytest
from sqlalchemy import func, select

from domain.audit import Actor
from domain.channels import Channel, Visibility
from domain.errors import Invalid, NotFound, Outdated, SignInNeeded, TooLarge, TooMany
from domain.keys import new_key
from domain.readings import FreshReadings, Kind, Position
from domain.roles import Viewer
from domain.timespan import SECOND, to_rfc3339
from models import channels, entry_rows, jobs, moving_in, shown_channels, uploads
from models.importer import Importer
from models.jobs import State
from models.moving_in import Arrival
from models.ownership import NewChannel
from models.schema import audit, feed, job, reading, upload
from models.schema import channel as channel_table
from models.store import Store
from models.vault import Vault
from tests.builders import NOW, SECRET, append, entry, reread
from tests.moved import export, in_pieces, row
from tests.moved import feed as json_feed
from tests.people import acting, enrol, make_person

AT = NOW - 3600 * SECOND


def rows(count: int, value=lambda place: f"{place}.50") -> list[str]:
    return [f"{to_rfc3339(AT + place * SECOND)},{place + 1},{value(place)},,,,," for place in range(count)]


@dataclass
class Desk:
    """Where somebody's files become channels."""

    store: Store
    actor: Actor
    fresh: list[FreshReadings] = field(default_factory=list)

    @property
    def importer(self) -> Importer:
        return Importer(self.store, self.fresh.append, lambda: NOW, wait=lambda _length_s: None)

    def take_in(self, body: bytes, name: str = "feeds.csv") -> int:
        return moving_in.take_in(self.store, self.actor, name, in_pieces(body))

    def create(self, number: int, name: str = "Otter kiln", **more) -> Channel:
        key = new_key(random.choice)
        wanted = NewChannel(name, visibility=Visibility.MEMBERS)
        return self.store.tell(moving_in.create, self.actor, Vault(SECRET), key, number, wanted, **more)

    def move(self, body: bytes) -> Channel:
        """A file that has become a channel, with all of its history."""
        made = self.create(self.take_in(body))
        self.importer.work()
        return reread(self.store, made)

    def look(self, number: int) -> Arrival:
        return self.store.ask(moving_in.find, self.actor.viewer, number)

    def entries(self, channel: Channel) -> list[entry_rows.EntryRow]:
        found = self.store.ask(entry_rows.newest, self.actor.viewer, channel.id, entry_rows.ALWAYS, 10_000)
        return list(found.rows)

    def values(self, channel: Channel) -> list[dict[str, str]]:
        """Of each entry its values as they read back, by feed."""
        names = {each.id: each.name for each in channel.feeds}
        return [{names[each]: text for each, text in one.values.items()} for one in self.entries(channel)]


@pytest.fixture
def ada(store, noise):
    return make_person(store, "Ada Finch")


@pytest.fixture
def desk(store, ada) -> Desk:
    return Desk(store, acting(ada))


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    """Ten readings a chunk, so that a test's file has several."""
    monkeypatch.setattr("models.importer.CHUNK", 10)


def count(store, table, *where) -> int:
    asked = select(func.count()).select_from(table).where(*where)
    return store.ask(lambda connection: connection.execute(asked).scalar_one())


class TestMoving:
    def test_every_row_is_an_entry_with_its_texts(self, desk):
        channel = desk.move(export(*rows(35)))
        assert desk.values(channel) == [{"field1": f"{place}.50"} for place in range(35)]
        assert [each.entry_id for each in desk.entries(channel)] == list(range(1, 36))

    def test_labels_units_and_kinds_are_those_of_the_file(self, desk):
        body = json_feed(
            [row(0, 1, field1="1", field2="open", field4="2"), row(1, 2, field1="2", field4="x")],
            field1="Temperature (°C)",
            field2="Door",
            field3="Spare",
        )
        feeds = [(each.name, each.title, each.kind, each.unit) for each in desk.move(body).feeds]
        assert feeds == [
            ("field1", "Temperature (°C)", Kind.NUMBER, "°C"),
            ("field2", "Door", Kind.TEXT, None),
            ("field3", "Spare", Kind.MIXED, None),
            ("field4", "", Kind.MIXED, None),
        ]

    def test_the_place_and_the_rest_of_the_channel_come_along(self, desk):
        told = {"latitude": "48.5", "longitude": "9.25", "elevation": "340", "metadata": "<m/>"}
        channel = desk.move(json_feed([row(0, 1, field1="1")], field1="Heat", **told))
        assert channel.position == Position(48.5, 9.25)
        assert (channel.besides.elevation, channel.besides.metadata) == (340.0, "<m/>")

    def test_statuses_places_and_bare_entries_come_along(self, desk):
        lines = ["1,,,48.5,9.25,340,on", "2,,,,,,off", "3,,,,,,"]
        body = export(*(f"{to_rfc3339(AT + place * SECOND)},{line}" for place, line in enumerate(lines)))
        found = desk.entries(desk.move(body))
        assert [each.status for each in found] == ["on", "off", None]
        assert found[0].position == Position(48.5, 9.25, 340.0)

    def test_a_descending_file_is_numbered_in_the_order_of_time(self, desk):
        channel = desk.move(export(*reversed(rows(35))))
        found = desk.entries(channel)
        assert [each.entry_id for each in found] == sorted(each.entry_id for each in found)
        assert desk.values(channel)[-1] == {"field1": "34.50"}

    def test_entries_of_one_second_all_stay(self, desk):
        body = json_feed([row(0, place, field1=str(place)) for place in range(25)])
        assert desk.values(desk.move(body)) == [{"field1": str(place)} for place in range(25)]

    def test_repeated_rows_are_stored_once(self, desk):
        assert len(desk.values(desk.move(export(*rows(15), *rows(15))))) == 15

    def test_a_number_is_drawn_as_one_and_reads_back_as_it_was_written(self, desk, store):
        channel = desk.move(export(*rows(1)))
        of_it = reading.c.feed_id == channel.feeds[0].id
        assert store.ask(
            lambda connection: connection.execute(select(reading.c.value, reading.c.text).where(of_it)).one()
        ) == (0.5, "0.50")

    def test_what_is_no_number_is_none_among_numbers(self, desk):
        texts = ["1", "nan", "2"]
        assert desk.values(desk.move(export(*rows(3, texts.__getitem__)))) == [
            {"field1": "1"},
            {},
            {"field1": "2"},
        ]

    def test_bad_rows_are_left_out(self, desk):
        number = desk.take_in(export(*rows(3), "never,4,5,,,,,"))
        assert desk.look(number).move.bad == 1
        channel = desk.create(number)
        desk.importer.work()
        assert len(desk.values(reread(desk.store, channel))) == 3

    def test_an_empty_channel_moves_in_at_once(self, desk):
        number = desk.take_in(json_feed([], field1="Heat"))
        channel = desk.create(number)
        assert (desk.look(number).state, channel.feeds[0].title) == (State.DONE, "Heat")
        assert count(desk.store, upload) == 0

    def test_a_channel_of_statuses_alone_moves_in(self, desk):
        channel = desk.move(json_feed([row(0, 1, status="on")]))
        assert [each.status for each in desk.entries(channel)] == ["on"]

    def test_who_brings_it_owns_it_and_it_has_a_key(self, desk, store, ada):
        channel = desk.move(export(*rows(1)))
        told = store.ask(shown_channels.own_one, desk.actor.viewer, Vault(SECRET), channel.id)
        assert (told.owner_id, len(told.keys)) == (ada.id, 1)

    def test_it_may_be_of_a_course(self, desk, course_id, ada):
        enrol(desk.store, course_id, ada)
        made = desk.create(desk.take_in(export(*rows(1))), course_id=course_id)
        assert made.course_id == course_id

    def test_the_audit_log_tells_of_both(self, desk, store):
        desk.move(export(*rows(1)))
        acts = store.ask(lambda connection: connection.scalars(select(audit.c.act).order_by(audit.c.id)).all())
        assert [act for act in acts if act in ("channel made", "data imported")] == ["channel made", "data imported"]

    def test_another_process_goes_on_with_it(self, desk, monkeypatch):
        channel = desk.create(desk.take_in(export(*rows(35))))
        first = desk.importer
        monkeypatch.setattr(first, "publish", lambda _fresh: setattr(first, "_is_closed", True))
        first.work()
        desk.importer.work()
        assert len(desk.values(reread(desk.store, channel))) == 35


class TestNothingHalfMade:
    CLASH = (*rows(1), *rows(3)[1:], f"{to_rfc3339(AT)},9,7,,,,,")
    """A row far from another of its instant: that shows only when all is compared."""

    @pytest.fixture
    def clash(self, desk):
        return desk.take_in(export(*self.CLASH))

    def test_where_the_history_is_refused_the_channel_goes(self, desk, store, clash):
        before = count(store, channel_table)
        desk.create(clash)
        desk.importer.work()
        found = desk.look(clash)
        assert (found.state, found.channel_id, count(store, channel_table)) == (State.REFUSED, None, before)
        assert "two values for the same time" in found.reason
        assert found.outcome.clashing[0].sentence.startswith("Line 5, field1: ")
        assert count(store, upload) == 0

    def test_where_it_breaks_in_the_middle_all_of_it_goes(self, desk, store, monkeypatch):
        before = [count(store, each) for each in (channel_table, feed, reading)]
        number = desk.take_in(export(*rows(35)))
        desk.create(number)
        importer = desk.importer

        def fail(_fresh: FreshReadings) -> None:
            raise RuntimeError("broken")

        monkeypatch.setattr(importer, "publish", fail)
        importer.work()
        desk.importer.work()
        assert desk.look(number).state is State.REFUSED
        assert [count(store, each) for each in (channel_table, feed, reading)] == before

    @pytest.mark.parametrize("is_running", [False, True])
    def test_whoever_stops_it_has_nothing_of_it(self, desk, store, is_running):
        before = count(store, channel_table)
        number = desk.take_in(export(*rows(5)))
        desk.create(number)
        if is_running:
            store.tell(jobs.take, jobs.Kind.IMPORT, NOW)
        store.tell(moving_in.discard, desk.actor, number)
        desk.importer.work()
        assert (desk.look(number).state, count(store, channel_table)) == (State.CANCELLED, before)

    def test_a_channel_that_was_sent_something_meanwhile_stays(self, desk, store, clash):
        made = desk.create(clash)
        append(store, made, entry(NOW, field1=5))
        desk.importer.work()
        assert store.ask(channels.known, made.id).id == made.id

    def test_of_a_name_that_cannot_be_nothing_is_made(self, desk, store):
        number, before = desk.take_in(export(*rows(1))), count(store, channel_table)
        with pytest.raises(Invalid) as refused:
            desk.create(number, name=" ")
        assert refused.value.complaints[0].pointer == "/name"
        assert (desk.look(number).state, count(store, channel_table)) == (State.OPEN, before)

    def test_it_is_made_once(self, desk):
        number = desk.take_in(export(*rows(1)))
        desk.create(number)
        with pytest.raises(Outdated):
            desk.create(number)

    def test_of_what_breaks_off_nothing_waits(self, desk, store):
        def broken():
            yield export(*rows(1))
            raise ConnectionResetError

        with pytest.raises(ConnectionResetError):
            moving_in.take_in(store, desk.actor, "a.csv", broken())
        assert count(store, upload) == 0
        assert count(store, job, job.c.ended_at.is_(None)) == 0


class TestFiles:
    def test_why_one_cannot_be_read_is_remembered(self, desk):
        found = desk.look(desk.take_in(b"a,b\n1,2\n", "../feeds.csv"))
        assert (found.state, found.name, found.move) == (State.REFUSED, "feeds.csv", None)
        assert found.outcome.reason.startswith("The file has no heading with created_at")

    def test_an_empty_one_is_none(self, desk, store):
        with pytest.raises(Invalid, match="is empty"):
            desk.take_in(b"")
        assert count(store, job, job.c.ended_at.is_(None)) == 0

    def test_a_discarded_one_is_gone(self, desk, store):
        number = desk.take_in(export(*rows(1)))
        assert store.tell(moving_in.discard, desk.actor, number) is State.CANCELLED
        assert count(store, upload) == 0
        with pytest.raises(Outdated):
            desk.create(number)

    def test_one_that_has_become_a_channel_is_not_discarded(self, desk):
        number = desk.take_in(export(*rows(1)))
        desk.create(number)
        desk.importer.work()
        with pytest.raises(Outdated):
            desk.store.tell(moving_in.discard, desk.actor, number)

    def test_it_is_its_owners_alone(self, desk, store):
        number = desk.take_in(export(*rows(1)))
        other = Desk(store, acting(make_person(store, "Bea Stoat")))
        for deed in (other.look, other.create, lambda it: store.tell(moving_in.discard, other.actor, it)):
            with pytest.raises(NotFound):
                deed(number)

    def test_an_ordinary_import_is_no_such_file(self, desk, store, channel):
        number = store.tell(
            lambda connection: jobs.make(
                connection, jobs.Kind.IMPORT, now=NOW, person_id=desk.actor.person_id, channel_id=channel.id
            )
        )
        with pytest.raises(NotFound):
            desk.look(number)

    def test_a_visitor_brings_none(self, store):
        with pytest.raises(SignInNeeded):
            moving_in.take_in(store, Actor(Viewer.visitor(), "", NOW), "a.csv", [export(*rows(1))])

    def test_there_are_not_too_many_of_them(self, desk, monkeypatch):
        monkeypatch.setattr(moving_in, "MOST_UNFINISHED", 1)
        desk.take_in(export(*rows(1)))
        with pytest.raises(TooMany):
            desk.take_in(export(*rows(1)))

    def test_it_is_not_too_large(self, desk, store, monkeypatch):
        monkeypatch.setattr(uploads, "MOST_BYTES", 100)
        with pytest.raises(TooLarge):
            desk.take_in(export(*rows(35)))
        assert count(store, job, job.c.ended_at.is_(None)) == 0
