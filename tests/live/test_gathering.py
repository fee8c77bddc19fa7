"""What a page is shown together, how it is paced by the page itself, and that nothing taken is lost."""

from __future__ import annotations

import pytest

from live.gathering import AT_ONCE, MOST_HELD, PATIENCE_S, Gatherer, Newest


class Desk:
    """A gatherer among what it needs: a socket with or without room, a clock, and jobs that run in time."""

    def __init__(self, *, asks: bool = True) -> None:
        self.now = 0.0
        self.sent: list[list[bytes]] = []
        self.asked = 0
        self.has_room = True
        self.jobs: list = []
        self.gatherer = Gatherer(self.send, self.later, 0.1, ask=self.ask if asks else None, clock=lambda: self.now)

    def send(self, pieces):
        if self.has_room:
            self.sent.append(list(pieces))
        return self.has_room

    def later(self, after_s, job):
        self.jobs.append((self.now + after_s, job))

    def ask(self):
        self.asked += 1

    def wait(self, seconds):
        self.now = round(self.now + seconds, 3)
        due, self.jobs = [each for each in self.jobs if each[0] <= self.now], [e for e in self.jobs if e[0] > self.now]
        for _, job in due:
            job()

    def take(self, *pieces):
        return self.gatherer.take(pieces)


@pytest.fixture
def desk():
    return Desk()


class TestTake:
    def test_what_comes_within_a_moment_goes_in_one_frame_in_its_order(self, desk):
        desk.take(b"1", b"2")
        desk.wait(0.05)
        desk.take(b"3")
        assert desk.sent == []
        desk.wait(0.05)
        assert desk.sent == [[b"1", b"2", b"3"]]

    def test_the_newest_of_a_kind_stands_for_those_before(self, desk):
        desk.take(Newest.of("a", "said", b"a1"), Newest.of("a", "drawn", b"line"), Newest.of("b", "said", b"b1"))
        desk.take(Newest.of("a", "said", b"a2"), b"c")
        desk.wait(0.1)
        assert desk.sent == [[b"a2", b"line", b"b1", b"c"]]

    def test_the_parts_of_a_whole_go_together_and_in_its_turn(self, desk):
        desk.take(*(Newest.of(str(number), "said", b"%d" % number) for number in range(AT_ONCE + 1)))
        desk.take(Newest.of("0", "said", b"0 again"), Newest.of("0", "cursor", b"cursor of 0"))
        desk.wait(0.1)
        assert desk.sent[0][:3] == [b"0 again", b"cursor of 0", b"1"]
        assert len(desk.sent[0]) == AT_ONCE + 1

    def test_equal_pieces_that_are_no_newest_all_go(self, desk):
        desk.take(b"same")
        desk.take(b"same")
        desk.wait(0.1)
        assert desk.sent == [[b"same", b"same"]]

    def test_a_frame_holds_only_so_many(self, desk):
        desk.take(*(b"%d" % number for number in range(AT_ONCE + 1)))
        desk.wait(0.1)
        desk.gatherer.is_drawn()
        desk.wait(0.1)
        assert [len(frame) for frame in desk.sent] == [AT_ONCE, 1]

    def test_without_a_question_frames_follow_each_other(self):
        desk = Desk(asks=False)
        for piece in (b"1", b"2"):
            desk.take(piece)
            desk.wait(0.1)
        assert desk.sent == [[b"1"], [b"2"]]


class TestAPageThatDrawsSlowly:
    def test_it_is_shown_nothing_more_until_it_has_drawn(self, desk):
        desk.take(b"1")
        desk.wait(0.1)
        desk.take(b"2")
        desk.wait(5)
        assert (desk.sent, desk.asked) == ([[b"1"]], 1)
        desk.gatherer.is_drawn()
        desk.wait(5)
        assert desk.sent == [[b"1"], [b"2"]]

    def test_it_rests_as_long_as_it_drew(self, desk):
        desk.take(b"1")
        desk.wait(0.1)
        desk.now += 2
        desk.gatherer.is_drawn()
        desk.take(b"2")
        desk.wait(0.1)
        assert desk.sent == [[b"1"], [b"2"]], "nothing waited, so it has rested"
        desk.take(b"3")
        desk.now += 2
        desk.gatherer.is_drawn()
        desk.wait(1.9)
        assert len(desk.sent) == 2
        desk.wait(0.1)
        assert desk.sent[2] == [b"3"]

    def test_one_that_never_answers_is_shown_more_all_the_same(self, desk):
        desk.take(b"1")
        desk.wait(0.1)
        desk.now += PATIENCE_S
        desk.take(b"2")
        desk.wait(0.1)
        assert desk.sent == [[b"1"], [b"2"]]

    def test_with_very_much_waiting_there_is_no_room(self, desk):
        assert desk.take(*(b"%d" % number for number in range(MOST_HELD)))
        assert not desk.take(b"more")
        assert desk.gatherer.is_drawn(), "who found no room is told"
        assert not desk.gatherer.is_drawn()


class TestASocketWithoutRoom:
    def test_what_was_taken_waits_and_nothing_more_is_taken(self, desk):
        desk.has_room = False
        assert desk.take(b"1")
        desk.wait(0.1)
        assert not desk.take(b"2")
        desk.has_room = True
        desk.gatherer.resume()
        desk.wait(0.1)
        assert desk.take(b"3")
        assert desk.sent == [[b"1"]]
