"""Open pages are decided anew where something changed, and nowhere else."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from domain.readings import FreshReadings
from live.bus import LocalBus
from live.hub import Hub
from live.open_pages import FOLLOWED, OPENED, VISITOR, Decision, Grounds, OpenPages, Standings
from live.page import Gate, Page, Wanted
from tests.live.fake_peer import FakePeer
from tests.live.ledger import Ledger, Plain

ADA = Grounds(person_id=1, person_version=3, session_id=9)


@dataclass(frozen=True)
class Drawing(Plain):
    """Shows entries as a page's pieces, and draws a picture."""

    ledger: Ledger = field(compare=False, default_factory=Ledger)

    def encode(self, channel_id: int, runs: Sequence[FreshReadings]) -> tuple[bytes, ...]:  # type: ignore[override]
        entries = [int(row[1]) for each in runs for row in each.rows]
        return (b'"payload":%a' % entries,)

    def rebase(self, channel_id: int) -> tuple[tuple[bytes, ...], int]:
        newest = self.ledger.newest(channel_id)
        return (b'"payload":"picture %d"' % newest,), newest


def said(peer: FakePeer) -> list[object]:
    return [each["payload"] for batch in peer.told for each in batch]


@dataclass
class World:
    """How things stand, and what is decided of them."""

    channels: dict[int, int] = field(default_factory=lambda: {1: 1, 2: 1})
    people: dict[int, int] = field(default_factory=lambda: {1: 3})
    sessions: set[int] = field(default_factory=lambda: {9})
    kiosks: set[int] = field(default_factory=lambda: {4})
    seen: dict[int, int] = field(default_factory=lambda: {1: 1, 2: 1})
    whose: Grounds = ADA
    asked: list[set[int]] = field(default_factory=list)
    decided: list[dict[str, Any]] = field(default_factory=list)

    def recheck(self, pages: OpenPages) -> None:
        pages.recheck(
            Standings(self._versions, lambda ids: self.people, lambda ids: self.sessions, lambda ids: self.kiosks),
            self._like,
            self._decide,
        )

    def _versions(self, channel_ids: Collection[int]) -> dict[int, int]:
        self.asked.append(set(channel_ids))
        return self.channels

    @contextmanager
    def _like(self, environ: dict[str, Any]) -> Iterator[None]:
        self.decided.append(environ)
        yield

    def _decide(self, channel_ids: Collection[int]) -> Decision:
        seen = {each: version for each, version in self.seen.items() if each in channel_ids}
        return Decision(self.whose, seen, (b'"payload":"look again"',))


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def bus() -> LocalBus:
    return LocalBus()


@pytest.fixture
def hub(bus, ledger) -> Iterator[Hub]:
    hub = Hub(bus, ledger.fill)
    hub.start()
    yield hub
    hub.close()


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def pages() -> OpenPages:
    return OpenPages()


@pytest.fixture
def peer() -> FakePeer:
    return FakePeer({"who": "Ada"})


@pytest.fixture
def page(pages, hub, peer) -> Page:
    """A page of Ada's that watches channels 1 and 2."""
    page = Page(peer, "tab")
    pages.add(page)
    page.watch_only(hub, [Wanted(each, 0, Plain(), version=1) for each in (1, 2)], ADA)
    return page


class TestRecheck:
    def test_where_nothing_changed_nothing_is_decided(self, world, pages, page, peer):
        world.recheck(pages)
        assert (world.asked, world.decided, peer.frames) == ([{1, 2}], [], [])

    def test_versions_are_asked_once_for_all_pages(self, world, pages, page, hub):
        other = Page(FakePeer({}), "other")
        pages.add(other)
        other.watch_only(hub, [Wanted(3, 0, Plain(), version=1)])
        world.channels[3] = world.seen[3] = 1
        world.recheck(pages)
        assert world.asked == [{1, 2, 3}]

    def test_without_pages_nothing_is_asked(self, world, pages):
        world.recheck(pages)
        assert world.asked == []

    def test_a_channel_that_changed_and_is_still_seen_goes_on_untold(self, world, pages, page, peer, hub):
        world.channels[1] = world.seen[1] = 2
        world.recheck(pages)
        assert (page.watched(), peer.frames, hub.counts().watchers) == ({1: 2, 2: 1}, [], 2)
        world.recheck(pages)
        assert len(world.decided) == 1

    @pytest.mark.parametrize("gone", [{1: 2, 2: 1}, {2: 1}])
    def test_one_that_may_not_be_seen_any_more_is_let_go_of_and_the_page_is_told(
        self, world, pages, page, peer, hub, gone
    ):
        world.channels, world.seen = gone, {2: 1}
        world.recheck(pages)
        assert (page.watched(), hub.counts().watchers) == ({2: 1}, 1)
        assert [b"look again" in frame for frame in peer.frames] == [True]

    def test_it_is_decided_within_a_request_like_the_page_s(self, world, pages, page, peer):
        world.channels[1] = 2
        world.recheck(pages)
        assert world.decided == [peer.environ]
        assert world.decided[0] is not peer.environ

    @pytest.mark.parametrize(("people", "sessions"), [({1: 4}, {9}), ({}, {9}), ({1: 3}, set())])
    def test_a_person_who_changed_or_left_is_told_on_every_page(self, world, pages, page, peer, people, sessions):
        world.people, world.sessions, world.whose = people, sessions, VISITOR
        world.recheck(pages)
        assert page.grounds == VISITOR
        assert [b"look again" in frame for frame in peer.frames] == [True]

    def test_a_screen_whose_link_ended_is_told_and_one_whose_link_works_is_not(self, world, pages, page, peer):
        page.grounds = Grounds(kiosk_id=4)
        world.recheck(pages)
        assert (world.decided, peer.frames) == ([], [])
        world.kiosks, world.whose = set(), VISITOR
        world.recheck(pages)
        assert page.grounds == VISITOR
        assert [b"look again" in frame for frame in peer.frames] == [True]

    def test_a_visitor_s_page_that_watches_nothing_costs_nothing(self, world, pages):
        pages.add(Page(FakePeer({}), "tab"))
        world.recheck(pages)
        assert (world.asked, world.decided) == ([], [])

    def test_a_page_that_is_gone_is_not_asked_about(self, world, pages, page):
        pages.discard(page)
        world.recheck(pages)
        assert world.asked == []


@dataclass(frozen=True)
class Emptying(Plain):
    """A form that knows how a page is emptied of it."""

    def lost(self) -> tuple[bytes, ...]:
        return (b'"payload":"nothing here"',)


@dataclass(frozen=True)
class Failing(Plain):
    def lost(self) -> tuple[bytes, ...]:
        raise ValueError("it cannot be drawn")


class TestWhatIsLost:
    def test_it_is_taken_off_the_page_before_the_page_looks_again(self, world, pages, page, peer, hub):
        page.watch_only(hub, [Wanted(1, 0, Emptying(), version=1), Wanted(2, 0, Plain(), version=1)], ADA)
        world.channels, world.seen = {1: 2, 2: 1}, {2: 1}
        world.recheck(pages)
        assert [b"nothing here" in frame for frame in peer.frames] == [True, False]

    def test_also_where_there_is_no_room(self, world, pages, page, peer, hub):
        page.watch_only(hub, [Wanted(1, 0, Emptying(), version=1)], ADA)
        world.channels, world.seen, peer.has_room = {1: 2}, {}, False
        world.recheck(pages)
        assert [b"nothing here" in frame for frame in peer.frames] == [True]

    def test_what_is_still_seen_stays(self, world, pages, page, peer, hub):
        page.watch_only(hub, [Wanted(1, 0, Emptying(), version=1)], ADA)
        world.channels[1] = world.seen[1] = 2
        world.recheck(pages)
        assert peer.frames == []

    def test_one_that_cannot_be_drawn_keeps_no_page_from_being_told(self, world, pages, page, peer, hub, caplog):
        page.watch_only(hub, [Wanted(1, 0, Failing(), version=1)], ADA)
        world.channels, world.seen = {1: 2}, {}
        world.recheck(pages)
        assert [b"look again" in frame for frame in peer.frames] == [True]
        assert "it cannot be drawn" in caplog.text


class TestAGate:
    def test_what_was_being_handed_out_does_not_pass_once_it_is_shut(self):
        """As the hub does: it has chosen who is shown a batch, and comes to this page a moment later."""
        taken: list[int] = []
        gate = Gate(lambda batch: taken.append(batch) or True)
        assert gate(1)
        gate.shut()
        assert gate(2)
        assert taken == [1]

    def test_it_is_shut_when_a_page_wants_something_else(self, page, hub, peer):
        gates = [watch.sink for watch in page._watches.values()]
        page.watch_only(hub, [], ADA)
        for gate in gates:
            gate((b'"payload":"late"',))
        assert peer.frames == []


class TestAPage:
    def test_closed_it_watches_nothing(self, page):
        page.close()
        assert page.watched() == {}

    def test_what_it_takes_up_later_is_not_let_go_of_by_an_older_decision(self, page, hub):
        page.watch_only(hub, [Wanted(3, 0, Plain(), version=1)], ADA)
        assert page.keep(Decision(ADA, {}, ()), asked=[1, 2])
        assert page.watched() == {3: 1}

    def test_it_comes_again_when_its_socket_speaks_for_somebody_else(self, page, peer):
        page.come_again()
        assert peer.closed[0] == 1012


class TestGrounds:
    def test_each_kind_has_numbers_of_its_own(self):
        assert [each.number for each in (VISITOR, ADA, Grounds(kiosk_id=9))] == [0, 9, -9]


class TestAfterAnother:
    """Both pages of one tab were asked for from the same entry: what both show stands on the screen twice."""

    @pytest.fixture
    def encoder(self, ledger) -> Drawing:
        return Drawing(ledger=ledger)

    def test_what_it_was_shown_twice_is_drawn_anew_once_all_has_arrived(
        self, pages, hub, bus, ledger, encoder, eventually
    ):
        asked: list[str] = []
        older, newer = Page(FakePeer({}), "tab", asked.append), Page(second := FakePeer({}), "tab")
        pages.add(older)
        older.watch_only(hub, [Wanted(1, 0, encoder), Wanted(2, 0, encoder)])
        bus.publish(ledger.append(1, entries=2))
        eventually(lambda: older.shown() == {1: 2})
        pages.add(newer)
        newer.watch_only(hub, [Wanted(1, 0, encoder), Wanted(2, 0, encoder)])
        assert said(second) == [[1, 2]]
        pages.answered(asked[0])
        eventually(lambda: said(second) == [[1, 2], "picture 2"])

    def test_also_where_it_only_begins_after_that(self, pages, hub, ledger, encoder, eventually):
        ledger.append(1)
        asked: list[str] = []
        older, newer = Page(FakePeer({}), "tab", asked.append), Page(second := FakePeer({}), "tab")
        pages.add(older)
        older.watch_only(hub, [Wanted(1, 0, encoder)])
        pages.add(newer)
        pages.answered(asked[0])
        newer.watch_only(hub, [Wanted(1, 0, encoder)])
        eventually(lambda: said(second) == [[1], "picture 1"])

    def test_what_goes_on_from_where_the_older_was_is_left_alone(self, pages, hub, ledger, encoder):
        ledger.append(1)
        asked: list[str] = []
        older, newer = Page(FakePeer({}), "tab", asked.append), Page(second := FakePeer({}), "tab")
        pages.add(older)
        older.watch_only(hub, [Wanted(1, 0, encoder)])
        pages.add(newer)
        newer.watch_only(hub, [watched := Wanted(1, 1, encoder)])
        pages.answered(asked[0])
        newer.watch_only(hub, [watched])
        assert said(second) == []

    def test_one_that_showed_nothing_is_not_asked(self, pages, hub, encoder):
        asked: list[str] = []
        older = Page(FakePeer({}), "tab", asked.append)
        pages.add(older)
        older.watch_only(hub, [Wanted(1, 0, encoder)])
        pages.add(Page(FakePeer({}), "tab"))
        assert asked == []

    @pytest.mark.parametrize("answer", ["", "drawn", FOLLOWED, f"{FOLLOWED} 7", f'{FOLLOWED} ["a", [["b", 1]]]'])
    def test_an_answer_nobody_asked_for_changes_nothing(self, pages, page, peer, answer):
        pages.answered(answer)
        assert peer.frames == []


class TestOtherProcesses:
    """Two processes with one bus."""

    @pytest.fixture
    def here_and_there(self) -> tuple[OpenPages, OpenPages]:
        bus = LocalBus()
        return OpenPages(bus), OpenPages(bus)

    def test_a_tab_that_comes_to_another_process_is_shown_nothing_here_any_more(self, here_and_there):
        here, there = here_and_there
        older, newer = (Page(FakePeer({"HTTP_COOKIE": "person=Ada"}), "tab") for _ in range(2))
        here.add(older)
        there.add(newer)
        assert (older.is_closed, newer.is_closed) == (True, False)

    def test_a_notice_that_comes_late_does_not_end_the_newer(self):
        late: list[Mapping[str, Any]] = []
        first, second = LocalBus(), LocalBus()
        here, there = OpenPages(first), OpenPages(second)
        first.on_notice(OPENED, late.append)
        newer = Page(FakePeer({}), "tab")
        here.add(Page(FakePeer({}), "tab"))
        there.add(newer)
        second.notice(OPENED, late[0])
        assert not newer.is_closed

    @pytest.mark.parametrize(
        "other", [Page(FakePeer({"HTTP_COOKIE": "person=Bea"}), "tab"), Page(FakePeer({}), "another tab")]
    )
    def test_others_stay(self, here_and_there, other):
        here, there = here_and_there
        here.add(other)
        there.add(Page(FakePeer({}), "tab"))
        assert not other.is_closed

    def test_no_cookie_is_told(self):
        bus, told = LocalBus(), []
        bus.on_notice(OPENED, told.append)
        OpenPages(bus).add(Page(FakePeer({"HTTP_COOKIE": "labfeed=a-secret"}), "tab"))
        assert "a-secret" not in str(told)
