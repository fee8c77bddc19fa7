"""Queues of commands on both databases: who makes and fills them, their order, and that nothing is handed out twice."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from domain.audit import Deed
from domain.errors import Conflict, Forbidden, Invalid, KeyUnknown, NotFound, TooMany
from domain.roles import Act, Role, Standing, Viewer
from domain.talkbacks import KEPT, position_from, text_from
from models import channels, deleting, talkback_commands, talkbacks
from models.schema import command, talkback
from models.store import Store
from models.talkback_commands import add, change, execute, waiting
from models.upgrading import upgrade
from tests.builders import NOW, VAULT, make_channel, url_of
from tests.models.hands import deeds
from tests.people import acting, make_member, make_person
from tests.standings import everybody

KEY, OTHER_KEY, NEW_KEY = "0AAAAAAAAAAAAA", "1BBBBBBBBBBBBB", "2CCCCCCCCCCCCC"


@pytest.fixture
def other(store, noise) -> int:
    """Another channel's queue, whose command no query may confuse with this one's."""
    channel = make_channel(store, "Elsewhere")
    ben = make_person(store, "Ben Otter")
    make_member(store, channel.id, ben)
    number = store.tell(talkbacks.make, acting(ben), VAULT, channel.id, OTHER_KEY, "Other")
    store.tell(add, number, "NOISE", now=NOW)
    return number


@pytest.fixture
def queue(store, channel, owner, other) -> int:
    return store.tell(talkbacks.make, acting(owner), VAULT, channel.id, KEY, "Kiln board")


def fill(store, queue: int, *texts: str) -> list[int]:
    return [store.tell(add, queue, text, now=NOW).id for text in texts]


def texts(store, queue: int) -> list[str]:
    return [each.text for each in store.ask(waiting, queue)]


def count_all(store) -> int:
    return store.ask(lambda connection: connection.execute(select(func.count()).select_from(command)).scalar_one())


class TestWho:
    """Rights are as for keys: owners and admins make queues, editors and owners fill them and see their keys."""

    @pytest.mark.parametrize("act", ["make", "renew", "change", "remove", "fill", "list"])
    def test_everybody(self, store, channel, course_id, queue, act):
        def tried(connection, actor) -> None:
            asked = {
                "make": lambda: talkbacks.make(connection, actor, VAULT, channel.id, NEW_KEY, "More"),
                "renew": lambda: talkbacks.renew_key(connection, actor, VAULT, channel.id, queue, NEW_KEY),
                "change": lambda: talkbacks.change(connection, actor, channel.id, queue, name="X", is_logged=True),
                "remove": lambda: talkbacks.remove(connection, actor, channel.id, queue),
                "fill": lambda: talkbacks.by_person(connection, actor, channel.id, queue, add, "X", now=NOW),
                "list": lambda: talkbacks.list_of(connection, VAULT, actor.viewer, channel.id),
            }
            asked[act]()
            raise _Undone

        able = set()
        for standing, actor in everybody(store, channel.id, course_id).items():
            try:
                store.tell(tried, actor)
            except _Undone:
                able.add(standing)
            except (NotFound, Forbidden):
                pass
        expected = {
            "fill": {Standing.EDITOR, Standing.OWNER},
            "list": {Standing.EDITOR, Standing.OWNER, Standing.ADMIN},
        }
        assert able == expected.get(act, {Standing.OWNER, Standing.ADMIN})

    def test_an_admin_sees_no_key(self, store, channel, queue, admin, owner):
        listed = [
            store.ask(talkbacks.list_of, VAULT, acting(who, is_admin=who is admin).viewer, channel.id)
            for who in (admin, owner)
        ]
        assert [each.written for (each,) in listed] == [None, KEY]

    def test_a_token_of_its_owner_does_not_show_them(self, store, channel, queue, owner):
        with pytest.raises(Forbidden):
            store.ask(talkbacks.list_of, VAULT, Viewer.person(owner.id, acts=frozenset(Act)), channel.id)

    def test_of_another_channel_no_queue_is_reached(self, store, channel, queue, other, owner):
        for deed in (
            lambda connection: talkbacks.remove(connection, acting(owner), channel.id, other),
            lambda connection: talkbacks.by_person(connection, acting(owner), channel.id, other, execute, now=NOW),
        ):
            with pytest.raises(NotFound):
                store.tell(deed)
        assert texts(store, other) == ["NOISE"]


class _Undone(Exception):
    """It may be done; it is not."""


class TestQueues:
    def test_it_is_found_by_its_key(self, store, channel, queue, other):
        found = store.ask(talkbacks.find, VAULT.digest(KEY))
        assert (found.id, found.channel.id, found.is_logged) == (queue, channel.id, False)
        with pytest.raises(KeyUnknown):
            store.ask(talkbacks.find, VAULT.digest(KEY), other)

    def test_of_a_channel_in_the_bin_none_is_found(self, store, channel, queue, owner):
        store.tell(deleting.put_into_bin, acting(owner), channel.id)
        with pytest.raises(KeyUnknown):
            store.ask(talkbacks.find, VAULT.digest(KEY))

    def test_with_its_channel_it_is_gone(self, store, channel, queue, other):
        fill(store, queue, "A")
        store.tell(channels.remove, channel.id)
        left = store.ask(lambda connection: connection.scalars(select(talkback.c.id)).all())
        assert (left, count_all(store)) == ([other], 1)

    def test_the_key_is_kept_sealed_alone(self, store, queue):
        row = store.ask(lambda connection: connection.execute(select(talkback).where(talkback.c.id == queue)).one())
        assert all(KEY.encode() not in bytes(each) for each in (row.digest, row.sealed))

    @pytest.mark.parametrize("name", ["", " ", "x" * 101])
    def test_it_needs_a_name(self, store, channel, owner, name):
        with pytest.raises(Invalid):
            store.tell(talkbacks.make, acting(owner), VAULT, channel.id, KEY, name)

    def test_there_are_not_too_many(self, store, channel, owner, queue, monkeypatch):
        monkeypatch.setattr(talkbacks, "MOST_QUEUES", 1)
        with pytest.raises(TooMany):
            store.tell(talkbacks.make, acting(owner), VAULT, channel.id, NEW_KEY, "More")

    def test_what_was_done_is_on_record(self, store, channel, owner, queue):
        store.tell(talkbacks.change, acting(owner), channel.id, queue, name="Lamp", is_logged=True)
        store.tell(talkbacks.renew_key, acting(owner), VAULT, channel.id, queue, NEW_KEY)
        store.tell(talkbacks.remove, acting(owner), channel.id, queue)
        assert deeds(store, channel.id) == [
            (Deed.QUEUE_MADE, {"queue": queue, "name": "Kiln board"}),
            (Deed.QUEUE_CHANGED, {"queue": queue, "name": "Lamp", "is_logged": True}),
            (Deed.QUEUE_KEY_RENEWED, {"queue": queue}),
            (Deed.QUEUE_REMOVED, {"queue": queue, "name": "Lamp"}),
        ]

    def test_the_list_shows_the_first_that_wait_and_how_many(self, store, channel, owner, queue, monkeypatch):
        monkeypatch.setattr(talkbacks, "SHOWN_WAITING", 2)
        fill(store, queue, *"ABCD")
        store.tell(execute, queue, now=NOW)
        (shown,) = store.ask(talkbacks.list_of, VAULT, acting(owner).viewer, channel.id)
        assert ([each.text for each in shown.waiting], shown.count) == (["B", "C"], 3)
        assert [each.text for each in shown.past] == ["A"]

    def test_who_added_a_command_is_told(self, store, channel, editor, queue):
        made = store.tell(talkbacks.by_person, acting(editor), channel.id, queue, add, "A", now=NOW, by=editor.id)
        assert made.added_by == "Eddy Editor"


class TestOrder:
    def test_a_command_that_was_handed_out_is_not_changed(self, store, queue):
        (number,) = fill(store, queue, "A")
        store.tell(execute, queue, now=NOW)
        with pytest.raises(Conflict):
            store.tell(change, queue, number, text="B")

    def test_a_full_queue_takes_no_more(self, store, queue, monkeypatch):
        monkeypatch.setattr(talkback_commands, "MOST_COMMANDS", 1)
        fill(store, queue, "A")
        with pytest.raises(TooMany):
            fill(store, queue, "B")

    def test_what_is_kept_of_the_past_is_bounded(self, store, queue, other):
        fill(store, queue, *map(str, range(KEPT + 5)))
        for _ in range(KEPT + 5):
            store.tell(execute, queue, now=NOW)
        assert count_all(store) == KEPT + 1  # and the noise
        assert store.ask(talkback_commands.last, queue).text == str(KEPT + 4)

    def test_those_who_ask_at_once_get_different_commands(self, store, queue):
        """Over connections of their own, as several processes would."""
        fill(store, queue, *map(str, range(24)))
        stores, start, got = [Store.open(url_of(store)) for _ in range(3)], Barrier(3), []

        def fetch(own: Store) -> None:
            start.wait()
            for _ in range(8):
                found = own.tell(execute, queue, now=NOW)
                got.append(found.text if found else None)

        threads = [Thread(target=fetch, args=(each,)) for each in stores]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for each in stores:
            each.close()
        assert sorted(got, key=lambda text: int(text or -1)) == list(map(str, range(24)))


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.none() | st.integers(1, 8)),
        st.tuples(st.just("move"), st.integers(0, 7), st.integers(1, 8)),
        st.tuples(st.just("remove"), st.integers(0, 7)),
        st.tuples(st.just("execute")),
    ),
    max_size=25,
)


class TestAgainstAList:
    @settings(max_examples=25, deadline=None)
    @given(acts=ACTS)
    def test_a_queue_is_a_list(self, tmp_path_factory, acts):
        store = Store.open(f"sqlite:///{tmp_path_factory.mktemp('list')}/a.db", synchronous="OFF")
        try:
            upgrade(store)
            channel = make_channel(store)
            ada = make_person(store)
            make_member(store, channel.id, ada, Role.OWNER)
            queue = store.tell(talkbacks.make, acting(ada), VAULT, channel.id, KEY, "Q")
            expected: list[int] = []
            for name, *said in acts:
                perform(store, queue, expected, name, said)
                found = store.ask(waiting, queue)
                assert [each.id for each in found] == expected
                assert [store.ask(talkback_commands.one, queue, each.id) for each in found] == found
        finally:
            store.close()


def perform(store: Store, queue: int, expected: list[int], name: str, said: list) -> None:
    """Do it to the queue, and to the list of the commands' numbers."""
    if name == "add":
        made = store.tell(add, queue, "x", now=NOW, position=said[0]).id
        expected.insert(len(expected) if said[0] is None else said[0] - 1, made)
    elif name == "execute":
        found = store.tell(execute, queue, now=NOW)
        assert (found.id if found else None) == (expected.pop(0) if expected else None)
    elif expected and name == "remove":
        store.tell(talkback_commands.remove, queue, expected.pop(said[0] % len(expected)))
    elif expected:
        moved = expected.pop(said[0] % len(expected))
        expected.insert(said[1] - 1, moved)
        store.tell(change, queue, moved, position=said[1])


class TestWords:
    @pytest.mark.parametrize(("written", "text"), [(" A ", "A"), ("x" * 255, "x" * 255), ("a\x00b", "ab")])
    def test_a_command_is_kept_without_blanks_around_it(self, written, text):
        assert text_from(written) == text

    @pytest.mark.parametrize("written", [None, "", " \n", "\x00", "x" * 256])
    def test_none_and_too_much_are_refused(self, written):
        with pytest.raises(Invalid):
            text_from(written)

    @pytest.mark.parametrize(("written", "position"), [(None, None), ("", None), (" 7 ", 7), ("007", 7)])
    def test_a_position_is_counted_from_one(self, written, position):
        assert position_from(written) == position

    @pytest.mark.parametrize("written", ["0", "-1", "1.5", "x", "²", "1" * 10])
    def test_what_is_no_position_is_refused(self, written):
        with pytest.raises(Invalid):
            position_from(written)
