from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import delete, func, select, update

from domain.audit import Actor
from domain.channels import Visibility
from domain.errors import Busy, Forbidden, Invalid, NotFound, Outdated, TooMany
from domain.imports import MOST_LISTED, Mapping, OnConflict, Phase, Source
from domain.readings import Door, Kind, NewEntry, NewReading
from domain.roles import Role, Viewer
from domain.timespan import DAY, SECOND, to_rfc3339
from domain.tokens import REACHES, Scope
from models import importing, imports, jobs, progress, uploads
from models.jobs import State
from models.schema import audit, feed, imported, job, membership, rollup, upload
from models.schema import channel as channel_table
from models.schema import entry as entry_table
from tests.builders import NOW, append, entry, make_channel, reread
from tests.models.importing import Desk
from tests.people import acting, make_member, make_new_member

START = NOW - DAY


def rows(count: int, first: int = START, step: int = SECOND, value=lambda place: place / 4) -> str:
    lines = [f"{to_rfc3339(first + place * step)},{value(place)}" for place in range(count)]
    return "time,temperature\r\n" + "".join(f"{line}\r\n" for line in lines)


def count(store, table) -> int:
    return store.ask(lambda connection: connection.execute(select(func.count()).select_from(table)).scalar_one())


def summaries(store) -> list[tuple]:
    return store.ask(lambda connection: [tuple(row) for row in connection.execute(select(rollup).order_by(*rollup.c))])


@pytest.fixture
def desk(store, channel, owner) -> Desk:
    return Desk(store, channel, acting(owner))


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    """Ten readings a chunk, so that a test's file has several."""
    monkeypatch.setattr("models.importer.CHUNK", 10)


class TestStoring:
    @pytest.mark.parametrize("is_whole", [True, False])
    def test_every_row_is_stored_once(self, desk, store, is_whole):
        found = desk.bring(rows(35), is_whole=is_whole)
        assert (found.state, found.outcome.stored, found.outcome.rows, found.outcome.bad) == (State.DONE, 35, 35, 0)
        assert desk.stored() == [("temperature", START + place * SECOND, place / 4, None) for place in range(35)]
        assert (found.done, count(store, upload)) == (found.total, 0)

    def test_summaries_are_those_of_readings_that_boards_send(self, desk, store):
        desk.bring(rows(35))
        imported_ones = summaries(store)
        other = make_channel(store)
        append(store, other, *(entry(START + place * SECOND, temperature=place / 4) for place in range(35)))
        ids = [channel.feeds[0].id for channel in (reread(store, desk.channel), other)]
        of_each = [[row[1:] for row in summaries(store) if row[0] == feed_id] for feed_id in ids]
        assert of_each[0] == of_each[1]
        assert imported_ones

    def test_pages_are_told_what_is_fresh_entry_by_entry(self, desk):
        cursor = desk.channel.cursor
        desk.bring(rows(35))
        assert [(each.first, each.last) for each in desk.fresh] == [
            (cursor + 1, cursor + 10),
            (cursor + 11, cursor + 20),
            (cursor + 21, cursor + 30),
            (cursor + 31, cursor + 35),
        ]

    def test_the_entries_say_that_they_were_imported(self, desk, store):
        desk.bring(rows(3))
        doors = store.ask(
            lambda connection: connection.scalars(
                select(entry_table.c.door).where(entry_table.c.channel_id == desk.channel.id)
            ).all()
        )
        assert doors == [Door.IMPORT]

    def test_late_rows_find_their_place_among_those_that_are_there(self, desk, store):
        append(store, desk.channel, entry(NOW, temperature=1), entry(START - 1, temperature=2))
        desk.bring(rows(12))
        assert [at for _, at, _, _ in desk.stored()] == [START - 1, *(START + each * SECOND for each in range(12)), NOW]

    def test_rows_may_stand_in_any_order(self, desk):
        text = rows(25).split("\r\n")
        found = desk.bring("\r\n".join([text[0], *reversed(text[1:-1]), ""]))
        assert (found.outcome.stored, len(desk.stored())) == (25, 25)

    def test_feeds_that_are_missing_are_made_with_their_units(self, desk, store):
        desk.bring(f"time,humidity [%],door\n{to_rfc3339(START)},40.5,open\n")
        feeds = {each.name: (each.kind, each.unit) for each in reread(store, desk.channel).feeds}
        assert feeds["humidity"] == (Kind.NUMBER, "%")
        assert desk.stored() == [("door", START, None, "open"), ("humidity", START, 40.5, None)]

    def test_it_is_written_into_the_audit_log(self, desk, store):
        desk.bring(rows(3))
        acts = store.ask(lambda connection: connection.scalars(select(audit.c.act)).all())
        assert acts.count("data imported") == 1


class TestRepeats:
    def test_the_same_file_again_stores_nothing_and_counts(self, desk):
        desk.bring(rows(35))
        again = desk.bring(rows(35))
        assert (again.state, again.outcome.stored, again.outcome.repeated) == (State.DONE, 0, 35)

    def test_repeats_within_the_file_are_counted(self, desk):
        text = rows(8)
        found = desk.bring(text + "\r\n".join(text.split("\r\n")[1:]))
        assert (found.outcome.stored, found.outcome.repeated) == (8, 8)

    def test_a_number_without_its_spelling_repeats_the_one_with(self, desk, store):
        append(store, desk.channel, NewEntry(START, [NewReading("temperature", 21.5, "21.50")]))
        assert desk.bring(rows(1, value=lambda _: "21.50")).outcome.repeated == 1


class TestContradictions:
    def test_all_or_nothing_stores_nothing(self, desk, store):
        append(store, desk.channel, entry(START + 20 * SECOND, temperature=99))
        found = desk.bring(rows(35))
        assert (found.state, found.outcome.reason) == (
            State.REFUSED,
            "1 reading would contradict what is stored.",
        )
        assert found.outcome.clashing[0].sentence == (
            f"Line 22, temperature: {to_rfc3339(START + 20 * SECOND)} has 99 already, the file says 5."
        )
        assert len(desk.stored()) == 1

    @pytest.mark.parametrize("changes", [{"is_whole": False}, {"on_conflict": OnConflict.KEEP}])
    def test_else_what_is_stored_stays_and_the_others_are_stored(self, desk, store, changes):
        append(store, desk.channel, entry(START + 20 * SECOND, temperature=99))
        found = desk.bring(rows(35), **changes)
        assert (found.state, found.outcome.stored, found.outcome.clashes) == (State.DONE, 34, 1)
        assert ("temperature", START + 20 * SECOND, 99.0, None) in desk.stored()

    def test_a_file_that_contradicts_itself_far_apart_is_taken_back_whole(self, desk):
        text = rows(35) + f"{to_rfc3339(START)},77\r\n"
        found = desk.bring(text)
        assert (found.state, desk.stored()) == (State.REFUSED, [])
        assert "has 0 already, the file says 77" in found.outcome.reason


class TestBadRows:
    BAD = rows(25) + "yesterday,1\r\n" + rows(3, first=START + 100 * SECOND).split("\r\n", 1)[1]

    def test_all_or_nothing_stores_nothing_and_lists_them(self, desk):
        found = desk.bring(self.BAD)
        assert (found.state, found.outcome.reason, desk.stored()) == (State.REFUSED, "1 row cannot be stored.", [])
        assert [fault.sentence for fault in found.outcome.faults] == ['Line 27: "yesterday" is not a time.']

    def test_else_the_good_ones_are_stored(self, desk):
        found = desk.bring(self.BAD, is_whole=False)
        assert (found.state, found.outcome.stored, found.outcome.bad) == (State.DONE, 28, 1)

    def test_of_very_many_the_first_are_listed_and_all_counted(self, desk):
        found = desk.bring(rows(1) + "?,1\r\n" * 300)
        assert (found.outcome.bad, len(found.outcome.faults)) == (300, MOST_LISTED)

    def test_a_file_without_readings_is_refused(self, desk):
        found = desk.bring(f"time,temperature\n{to_rfc3339(START)},\n")
        assert (found.state, found.outcome.reason) == (State.REFUSED, "The file holds no readings.")


def tidy(*feeds: str, value: str = "1,") -> str:
    """A row a reading, a second apart."""
    lines = [f"{to_rfc3339(START + place * SECOND)},{name},{value}" for place, name in enumerate(feeds)]
    return "time,feed,value,text\n" + "".join(f"{line}\n" for line in lines)


@pytest.mark.usefixtures("short_look")
class TestFeedsThatAreNamedLate:
    LATE = ("temperature",) * 12 + ("humidity",) * 12

    @pytest.fixture
    def short_look(self, monkeypatch):
        monkeypatch.setattr("domain.incoming.beginnings.SAMPLE", 4)
        monkeypatch.setattr("domain.incoming.surveying.AT_ONCE", 5)

    @pytest.mark.parametrize("is_whole", [True, False])
    def test_they_are_made_and_filled(self, desk, is_whole):
        found = desk.bring(tidy(*self.LATE), is_whole=is_whole)
        assert (found.state, found.outcome.stored, found.outcome.rows, found.done) == (State.DONE, 24, 24, found.total)
        assert [name for name, *_ in desk.stored()] == list(self.LATE)

    def test_undone_they_are_gone(self, desk, store):
        desk.take_back(desk.bring(tidy(*self.LATE)).id)
        assert (desk.stored(), [each.name for each in reread(store, desk.channel).feeds]) == (
            [],
            ["temperature", "door"],
        )

    def test_a_column_that_is_empty_at_first_is_not_left_out(self, desk, store):
        lines = [f"{to_rfc3339(START + place * SECOND)},1,{'' if place < 9 else 'on'}" for place in range(12)]
        found = desk.bring("\n".join(["time,temperature,fan", *lines]))
        assert (found.outcome.stored, {each.name: each.kind for each in reread(store, desk.channel).feeds}["fan"]) == (
            15,
            Kind.TEXT,
        )

    @pytest.mark.parametrize("is_whole", [True, False])
    def test_a_channel_that_makes_no_new_feeds_gets_none(self, desk, store, is_whole):
        store.tell(lambda connection: connection.execute(update(channel_table).values(accepts_new_feeds=False)))
        found = desk.bring(tidy(*self.LATE), is_whole=is_whole)
        assert (found.state, desk.stored()) == (State.REFUSED, [])
        assert found.outcome.reason == (
            'This channel makes no new feeds, and it has none called "humidity" (line 14 of the file).'
        )

    def test_more_feeds_than_a_channel_may_have_are_refused(self, desk):
        found = desk.bring(tidy(*[f"f{place}" for place in range(70)]))
        assert (found.state, found.outcome.reason) == (
            State.REFUSED,
            "A channel has at most 64 feeds; this import would fill 70.",
        )

    def test_and_thousands_of_them_by_name_and_line(self, desk):
        found = desk.bring(tidy(*[f"f{place}" for place in range(1_200)]))
        assert (found.state, desk.stored()) == (State.REFUSED, [])
        assert found.outcome.reason == ('The file names more than 1000 feeds: the next, "f1000", stands in line 1002.')

    def test_two_names_that_come_to_one_feed_are_refused(self, desk):
        found = desk.bring(tidy(*self.LATE, *["Temperature "] * 3))
        assert (found.state, found.outcome.reason) == (State.REFUSED, 'Two columns go to the feed "temperature".')

    def test_another_process_goes_on_after_the_file_was_looked_through(self, desk, store, monkeypatch):
        number = desk.send(tidy(*self.LATE))
        desk.start(number)
        with monkeypatch.context() as patched:
            patched.setattr(importing, "check", die)
            with pytest.raises(Interrupted):
                desk.importer.work()
        desk.now += jobs.LEFT_LYING_AFTER
        desk.importer.work()
        found = desk.look(number)
        assert (found.state, found.outcome.stored, found.done) == (State.DONE, 24, found.total)

    def test_a_file_that_lacks_a_piece_is_never_taken_for_whole(self, desk, store):
        number = desk.send(tidy(*self.LATE), piece=50)
        desk.start(number)
        store.tell(lambda connection: connection.execute(delete(upload).where(upload.c.start >= 500)))
        desk.importer.work()
        assert (desk.look(number).state, desk.stored()) == (State.RUNNING, [])


class TestTakingBack:
    def test_exactly_its_own_readings_go(self, desk, store):
        append(store, desk.channel, entry(START + SECOND // 2, temperature=7), entry(NOW, temperature=8, door="open"))
        before, kept = desk.stored(), summaries(store)
        found = desk.bring(rows(35))
        append(store, desk.channel, entry(START + SECOND // 4, temperature=9))
        after = desk.take_back(found.id)
        assert (after.state, after.outcome.taken_back, after.may_be_undone) == (State.UNDONE, 35, False)
        assert desk.stored() == sorted(
            [*before, ("temperature", START + SECOND // 4, 9.0, None)], key=lambda row: row[1]
        )
        assert len(summaries(store)) == len(kept)

    def test_in_several_parts_as_well(self, desk, monkeypatch):
        monkeypatch.setattr("models.importing.AT_ONCE", 4)
        assert desk.take_back(desk.bring(rows(35)).id).outcome.taken_back == 35
        assert desk.stored() == []

    def test_of_rows_in_any_order(self, desk, store):
        append(store, desk.channel, entry(START + SECOND // 2, temperature=7))
        text = rows(35).split("\r\n")
        found = desk.bring("\r\n".join([text[0], *text[1:-1:2], *text[2:-1:2], ""]))
        desk.take_back(found.id)
        assert len(desk.stored()) == 1

    def test_feeds_that_it_made_go_unless_something_else_came(self, desk, store):
        found = desk.bring(f"time,humidity,light\n{to_rfc3339(START)},40,1\n")
        append(store, reread(store, desk.channel), entry(NOW, light=3))
        desk.take_back(found.id)
        names = [each.name for each in reread(store, desk.channel).feeds]
        assert "humidity" not in names
        assert "light" in names

    def test_for_thirty_days(self, desk):
        found = desk.bring(rows(3))
        desk.now = NOW + imports.UNDONE_WITHIN
        desk.actor = replace(desk.actor, at=desk.now)
        assert not desk.look(found.id).may_be_undone
        with pytest.raises(Outdated):
            desk.take_back(found.id)

    def test_nothing_twice(self, desk):
        found = desk.bring(rows(3))
        desk.take_back(found.id)
        with pytest.raises(Outdated):
            desk.take_back(found.id)

    def test_one_that_waits_is_cancelled_at_once(self, desk, store):
        number = desk.send(rows(3))
        desk.start(number)
        assert desk.take_back(number).state is State.CANCELLED
        assert (desk.stored(), count(store, upload)) == ([], 0)


class Interrupted(BaseException):
    """The process is killed."""


def die(*_args) -> None:
    raise Interrupted


class TestProcessesThatEnd:
    @pytest.mark.parametrize("is_whole", [True, False])
    @pytest.mark.parametrize("chunks", [1, 2, 3])
    def test_another_goes_on_where_the_first_was_killed(self, desk, store, monkeypatch, is_whole, chunks):
        number = desk.send(rows(35))
        desk.start(number, is_whole=is_whole)
        self.kill_after(monkeypatch, desk, chunks)
        assert len(desk.stored()) == chunks * 10
        assert desk.importer.work() == 0  # it seems to be under way
        desk.now += jobs.LEFT_LYING_AFTER
        assert desk.importer.work() == 1
        found = desk.look(number)
        assert (found.state, found.outcome.stored, found.outcome.rows) == (State.DONE, 35, 35)
        assert len(desk.stored()) == 35
        assert desk.take_back(number).outcome.taken_back == 35

    def test_one_that_comes_back_from_the_dead_stores_nothing_twice(self, desk, store, monkeypatch):
        number = desk.send(rows(35))
        desk.start(number)
        slow = desk.importer
        calls = self.kill_after(monkeypatch, desk, 2)
        desk.now += jobs.LEFT_LYING_AFTER
        desk.importer.work()
        with pytest.raises(importing.Stopped):
            store.tell(calls[-1][0], *calls[-1][1])
        assert (len(desk.stored()), slow.work()) == (35, 0)

    def kill_after(self, monkeypatch, desk, chunks: int) -> list[tuple]:
        """Kill the process once so many chunks are stored."""
        calls: list[tuple] = []
        real = importing.store

        def store_then_die(*args):
            if len(calls) == chunks:
                raise Interrupted
            calls.append((real, args[1:]))
            return real(*args)

        with monkeypatch.context() as patched:
            patched.setattr(importing, "store", store_then_die)
            with pytest.raises(Interrupted):
                desk.importer.work()
        return calls

    def test_an_answer_that_was_lost_does_not_store_twice(self, desk, monkeypatch):
        real, lost = importing.store, []
        number = desk.send(rows(35))
        desk.start(number)
        real_tell = desk.store.tell

        def tell(change, *args, **more):
            found = real_tell(change, *args, **more)
            if change is real and not lost:
                lost.append(True)
                raise Busy
            return found

        monkeypatch.setattr(desk.store, "tell", tell)
        desk.importer.work()
        assert lost
        assert (desk.look(number).state, len(desk.stored())) == (State.DONE, 35)

    def test_a_file_that_lacks_a_piece_is_never_taken_for_whole(self, desk, store):
        number = desk.send(rows(35), piece=100)
        desk.start(number, is_whole=False)
        store.tell(lambda connection: connection.execute(delete(upload).where(upload.c.start >= 500)))
        desk.importer.work()
        assert desk.look(number).state is State.RUNNING

    def test_a_server_that_stops_leaves_it_to_the_next_at_once(self, desk):
        number = desk.send(rows(35))
        desk.start(number)
        first = desk.importer
        first.publish = lambda _fresh: setattr(first, "_is_closed", True)
        first.work()
        assert len(desk.stored()) == 10
        desk.importer.work()
        assert desk.look(number).state is State.DONE


class TestRightsThatEnd:
    @pytest.mark.parametrize("is_whole", [True, False])
    def test_nothing_more_is_stored(self, desk, store, is_whole):
        number = desk.send(rows(35))
        desk.start(number, is_whole=is_whole)
        end = delete(membership).where(membership.c.channel_id == desk.channel.id)
        importer = desk.importer
        importer.publish = lambda _fresh: store.tell(lambda connection: connection.execute(end))
        importer.work()
        assert len(desk.stored()) == (0 if is_whole else 10)
        found = store.ask(jobs.find, number)
        assert found.state is (State.REFUSED if is_whole else State.FAILED)
        assert "may no longer send" in found.found["reason"]

    def test_an_archived_channel_takes_no_more(self, desk, store):
        number = desk.send(rows(35))
        desk.start(number, is_whole=False)
        archive = update(channel_table).where(channel_table.c.id == desk.channel.id).values(archived_at=NOW)
        importer = desk.importer
        importer.publish = lambda _fresh: store.tell(lambda connection: connection.execute(archive))
        importer.work()
        assert (store.ask(jobs.find, number).state, len(desk.stored())) == (State.FAILED, 10)

    def test_cancelled_in_the_middle_nothing_is_left(self, desk, store):
        number = desk.send(rows(35))
        desk.start(number, is_whole=False)
        importer = desk.importer

        def cancel(_fresh) -> None:
            store.tell(imports.take_back, desk.actor, desk.channel.id, number)

        importer.publish = cancel
        importer.work()
        assert (desk.look(number).state, desk.stored(), count(store, imported)) == (State.CANCELLED, [], 0)


class TestAsking:
    def test_those_who_may_send_may_import_and_no_others(self, store, owner, viewer, stranger, channel):
        private = make_channel(store, visibility=Visibility.MEMBERS)
        editor = make_new_member(store, channel.id, "Edith", Role.EDITOR)
        assert store.tell(imports.begin, acting(editor), channel.id, "a.csv")
        for person in (viewer, stranger):
            with pytest.raises(Forbidden):
                store.tell(imports.begin, acting(person), channel.id, "a.csv")
        with pytest.raises(NotFound):
            store.tell(imports.begin, acting(stranger), private.id, "a.csv")

    def test_an_import_of_another_channel_does_not_exist(self, desk, store, owner):
        other = make_channel(store)
        make_member(store, other.id, owner)
        number = desk.send(rows(3))
        with pytest.raises(NotFound):
            store.ask(imports.find, desk.actor.viewer, other.id, number, NOW)

    def test_the_history_says_whose_it_was(self, desk, store, owner):
        desk.bring(rows(3))
        (found,) = store.ask(imports.list_of, desk.actor.viewer, desk.channel.id, NOW)
        assert (found.name, found.by, found.size) == ("a.csv", owner.name, len(rows(3).encode()))

    def test_an_editor_sees_what_others_brought_in_and_leaves_it_alone(self, desk, store, channel):
        editor = acting(make_new_member(store, channel.id, "Edith", Role.EDITOR))
        open_one, done = desk.send(rows(3)), desk.bring(rows(3)).id
        found = store.ask(imports.find, editor.viewer, channel.id, done, NOW)
        assert (found.may_be_undone, found.may_be_changed) == (False, False)
        mapping = found.mapping
        for change in (
            lambda: store.tell(imports.take_back, editor, channel.id, done),
            lambda: store.tell(imports.take_back, editor, channel.id, open_one),
            lambda: store.tell(imports.add, editor, channel.id, open_one, 0, b"x"),
            lambda: store.tell(imports.start, editor, channel.id, open_one, mapping),
        ):
            with pytest.raises(Forbidden, match="Somebody else"):
                change()
        assert len(desk.stored()) == 3

    def test_an_owner_undoes_what_an_editor_brought_in_and_so_does_the_editor(self, desk, store, channel, owner):
        editor = acting(make_new_member(store, channel.id, "Edith", Role.EDITOR))
        theirs = replace(desk, actor=editor)
        for who in (desk, theirs):
            number = theirs.bring(rows(3)).id
            assert who.look(number).may_be_undone
            assert who.take_back(number).state is State.UNDONE

    def test_a_token_that_may_only_send_knows_its_owners_imports_alone(self, desk, store, channel):
        edith = make_new_member(store, channel.id, "Edith", Role.EDITOR)
        sends = Actor(Viewer.person(edith.id, acts=REACHES[Scope.WRITE]), "", NOW)
        theirs, own = desk.bring(rows(2) + "bad,1\n").id, replace(desk, actor=sends).bring(rows(3)).id
        found = store.ask(imports.list_of, sends.viewer, channel.id, NOW)
        assert [each.id for each in found] == [own]
        assert store.ask(imports.find, sends.viewer, channel.id, own, NOW).may_be_undone
        with pytest.raises(NotFound):
            store.ask(imports.find, sends.viewer, channel.id, theirs, NOW)
        with pytest.raises(NotFound):
            store.tell(imports.take_back, sends, channel.id, theirs)
        with pytest.raises(NotFound):
            store.ask(imports.preview, sends.viewer, channel.id, theirs, "UTC", NOW)

    def test_pieces_may_come_twice_but_none_may_be_missing(self, desk, store):
        body = rows(3).encode()
        number = store.tell(imports.begin, desk.actor, desk.channel.id, "../x/a.csv", size=len(body))

        def add(start: int, end: int) -> int:
            return store.tell(imports.add, desk.actor, desk.channel.id, number, start, body[start:end])

        assert [add(0, 20), add(0, 20), add(10, 30), add(30, 30)] == [20, 20, 30, 30]
        with pytest.raises(Outdated, match="number 30"):
            add(31, 40)
        with pytest.raises(Invalid, match="not whole"):
            desk.start(number, Mapping(sources=(Source("temperature", "temperature", place=1),)))
        add(30, len(body))
        assert store.ask(uploads.beginning, number, 1000) == body
        assert desk.look(number).name == "a.csv"

    def test_what_was_started_takes_nothing_more(self, desk, store):
        number = desk.send(rows(3))
        desk.start(number)
        with pytest.raises(Outdated):
            store.tell(imports.add, desk.actor, desk.channel.id, number, 0, b"x")

    def test_not_more_than_so_many_at_once(self, desk, store):
        for _ in range(imports.MOST_UNFINISHED):
            store.tell(imports.begin, desk.actor, desk.channel.id, "a.csv")
        with pytest.raises(TooMany):
            desk.send(rows(1))

    @pytest.mark.parametrize(
        ("mapping", "says"),
        [
            (Mapping(), "No column goes"),
            (Mapping(sources=(Source("t", "x", place=1),)), 'no feed "x"'),
            (Mapping(sources=(Source("t", "a/b", Kind.NUMBER, place=1),)), "cannot be called"),
            (Mapping(sources=(Source("t", "door", place=1), Source("u", "door", place=2))), "Two columns"),
            (Mapping(sources=(Source("t", "door"),)), "not in the file"),
            (Mapping(sources=(Source("t", "door", place=1),), zone="Nowhere"), "no time zone"),
            (Mapping(sources=tuple(Source("t", f"f{n}", Kind.NUMBER, place=n) for n in range(64))), "at most 64"),
        ],
    )
    def test_a_mapping_that_cannot_be_is_refused(self, desk, mapping, says):
        with pytest.raises(Invalid, match=says):
            desk.start(desk.send(rows(1)), mapping)


class TestPreview:
    def test_it_shows_cells_readings_and_what_is_wrong(self, desk, store):
        number = desk.send(rows(3) + "?,1\r\n")
        seen = store.ask(imports.preview, desk.actor.viewer, desk.channel.id, number, "UTC", NOW)
        assert seen.headings == ("time", "temperature")
        assert seen.rows[-1] == ("?", "1")
        assert [each.at for each in seen.entries] == [START, START + SECOND, START + 2 * SECOND]
        assert [fault.sentence for fault in seen.faults] == ['Line 5: "?" is not a time.']


class TestForgetting:
    def test_what_ended_long_ago_and_what_was_given_up(self, desk, store):
        ended, given_up = desk.bring(rows(3)).id, desk.send(rows(3))
        store.tell(jobs.forget_old, NOW + jobs.UNFINISHED_KEPT)
        assert store.ask(lambda c: c.scalars(select(job.c.id)).all()) == [ended]
        assert count(store, upload) == 0
        store.tell(jobs.forget_old, NOW + jobs.KEPT)
        assert (count(store, job), count(store, imported), given_up) == (0, 0, given_up)

    def test_a_download_whose_process_was_killed(self, desk, store):
        store.tell(progress.begin, desk.actor.viewer, desk.channel.id, "a word of its own", 3, NOW)
        store.tell(jobs.forget_old, NOW + jobs.UNFINISHED_KEPT - 1)
        assert count(store, job) == 1
        store.tell(jobs.forget_old, NOW + jobs.UNFINISHED_KEPT)
        assert count(store, job) == 0

    def test_a_file_whose_process_was_killed_is_said_to_have_broken_off(self, desk, store):
        whose = (desk.actor.viewer, desk.channel.id, "a word of its own")
        begun = store.tell(progress.begin, *whose, 3, NOW)
        store.tell(progress.note, begun, 1, NOW + SECOND)
        store.tell(jobs.give_up_lost, NOW + jobs.LOST_AFTER)
        assert not store.ask(progress.of, *whose).is_over
        store.tell(jobs.give_up_lost, NOW + SECOND + jobs.LOST_AFTER)
        found = store.ask(progress.of, *whose)
        assert (found.is_over, found.is_whole) == (True, False)

    def test_one_that_comes_after_all_is_on_its_way_again(self, desk, store):
        whose = (desk.actor.viewer, desk.channel.id, "a word of its own")
        begun = store.tell(progress.begin, *whose, 3, NOW)
        store.tell(jobs.give_up_lost, NOW + jobs.LOST_AFTER)
        store.tell(progress.note, begun, 1, NOW + jobs.LOST_AFTER)
        assert not store.ask(progress.of, *whose).is_over

    def test_an_import_is_not_given_up(self, desk, store):
        number = desk.send(rows(3))
        store.tell(jobs.note, number, now=NOW, state=State.RUNNING)
        store.tell(jobs.give_up_lost, NOW + DAY)
        assert desk.look(number).state is State.RUNNING

    def test_what_a_visitor_took_away_is_forgotten_after_a_day(self, desk, store):
        seen = make_channel(store, visibility=Visibility.PUBLIC)
        begun = store.tell(progress.begin, Viewer.visitor(), seen.id, "a word of its own", 3, NOW)
        store.tell(progress.note, begun, 3, NOW, is_whole=True)
        store.tell(jobs.forget_old, NOW + jobs.UNFINISHED_KEPT - 1)
        assert count(store, job) == 1
        store.tell(jobs.forget_old, NOW + jobs.UNFINISHED_KEPT)
        assert count(store, job) == 0

    def test_a_download_that_ended_is_known_as_long_as_anything(self, desk, store):
        begun = store.tell(progress.begin, desk.actor.viewer, desk.channel.id, "a word of its own", 3, NOW)
        store.tell(progress.note, begun, 3, NOW, is_whole=True)
        store.tell(jobs.forget_old, NOW + jobs.UNFINISHED_KEPT)
        assert count(store, job) == 1


def test_the_phase_is_told_while_it_runs(desk, store):
    number = desk.send(rows(35))
    desk.start(number)
    importer, phases = desk.importer, []
    importer.publish = lambda _fresh: phases.append(desk.look(number))
    importer.work()
    assert {each.outcome.phase for each in phases} == {Phase.STORING}
    assert all(0 < each.done <= each.total for each in phases)
    assert count(store, feed) > 0


class TestFairness:
    def test_who_has_many_files_lets_others_in_between(self, desk, store):
        bea = make_new_member(store, desk.channel.id, "Bea Stoat", Role.EDITOR)
        other = Desk(store, desk.channel, acting(bea))
        hers = [desk.send(rows(2, START + place * DAY // 100)) for place in range(3)]
        for number in hers:
            desk.start(number)
        his = other.send(rows(2, START + DAY // 2))
        other.start(his)
        turns = []
        for _ in range(4):
            desk.now += SECOND
            taken = store.tell(jobs.take, jobs.Kind.IMPORT, desk.now)
            turns.append(taken.id)
            store.tell(jobs.note, taken.id, now=desk.now, state=State.DONE)
        assert turns == [hers[0], his, hers[1], hers[2]]

    def test_files_that_wait_take_so_much_room_and_no_more(self, desk, store, monkeypatch):
        monkeypatch.setattr(uploads, "MOST_WAITING_BYTES", 1000)
        monkeypatch.setattr(uploads, "COUNTED_EVERY", 256)
        tell = store.tell
        number = tell(imports.begin, desk.actor, desk.channel.id, "a.csv")
        for start in range(0, 1000, 100):
            tell(imports.add, desk.actor, desk.channel.id, number, start, b"x" * 100)
        with pytest.raises(TooMany):
            tell(imports.add, desk.actor, desk.channel.id, number, 1000, b"x" * 100)
        with pytest.raises(TooMany):
            tell(imports.begin, desk.actor, desk.channel.id, "b.csv")
        desk.take_back(number)
        tell(imports.begin, desk.actor, desk.channel.id, "b.csv")
