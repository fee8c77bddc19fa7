from __future__ import annotations

from itertools import pairwise

import pytest

from rehearsal import signals
from rehearsal.cast import CAST, every, workshop_door
from rehearsal.noise import Scene

SCENE = Scene(seed=7)
NOW_MS = 1_795_166_213_404
HOUR_MS = 3_600_000

every_board = pytest.mark.parametrize("board", CAST, ids=lambda board: board.name)


class TestEvery:
    def test_it_speaks_on_its_own_beat(self):
        script = every(1_000, 130, lambda _scene, at_s: {"at": at_s})
        assert [moment.at_ms for moment in script(SCENE, 10_000, 12_130)] == [10_130, 11_130, 12_130]

    def test_the_end_belongs_to_it_and_the_beginning_does_not(self):
        script = every(1_000, 0, lambda _scene, at_s: {"at": at_s})
        assert [moment.at_ms for moment in script(SCENE, 1_000, 2_000)] == [2_000]

    def test_it_says_nothing_where_the_board_is_silent(self):
        script = every(1_000, 0, lambda _scene, at_s: {"at": at_s} if at_s != 2 else None)
        assert [moment.at_ms for moment in script(SCENE, 0, 3_000)] == [1_000, 3_000]


@every_board
class TestEveryScript:
    def test_history_and_live_join_without_a_seam(self, board):
        """However the time is cut, the parts are the whole."""
        cuts = [NOW_MS - HOUR_MS, NOW_MS - 7_777, NOW_MS - 10, NOW_MS, NOW_MS + 1, NOW_MS + 1_000, NOW_MS + 60_000]
        parts = [moment for after, until in pairwise(cuts) for moment in board.script(SCENE, after, until)]
        assert parts == board.script(SCENE, cuts[0], cuts[-1])

    def test_it_keeps_the_order_and_says_no_moment_twice(self, board):
        moments = [moment.at_ms for moment in board.script(SCENE, NOW_MS - HOUR_MS, NOW_MS)]
        assert all(earlier < later for earlier, later in pairwise(moments))

    def test_it_uses_all_its_feeds_and_no_other(self, board):
        spoken = {feed for moment in board.script(SCENE, NOW_MS - 2 * HOUR_MS, NOW_MS) for feed in moment.values}
        assert spoken == set(board.feeds)

    def test_words_go_to_text_feeds_and_numbers_to_the_others(self, board):
        for moment in board.script(SCENE, NOW_MS - HOUR_MS, NOW_MS):
            for feed, value in moment.values.items():
                assert isinstance(value, str) == (board.feeds[feed] == "text")

    def test_it_speaks_within_every_quarter_of_an_hour(self, board):
        """A wall of fifteen minutes shows something of everyone."""
        starts = range(NOW_MS, NOW_MS + HOUR_MS, 900_000)
        assert all(board.script(SCENE, start, start + 900_000) for start in starts)


class TestWorkshopDoor:
    def test_it_repeats_its_state_each_ten_seconds(self):
        told = [moment.at_ms for moment in workshop_door(SCENE, NOW_MS, NOW_MS + HOUR_MS) if "door" in moment.values]
        assert max(later - earlier for earlier, later in pairwise(told)) <= 10_000

    def test_it_tells_each_change_at_the_instant_it_happens(self):
        told = [moment for moment in workshop_door(SCENE, NOW_MS, NOW_MS + HOUR_MS) if "door" in moment.values]
        changed = [later for earlier, later in pairwise(told) if earlier.values != later.values]
        edges = {
            edge_s
            for habit in (signals.VISIT, signals.DELIVERY)
            for stretch in habit.between(SCENE, NOW_MS / 1000, (NOW_MS + HOUR_MS) / 1000)
            for edge_s in stretch
        }
        assert len(changed) > 20
        assert all(any(0 <= moment.at_ms / 1000 - edge_s <= 0.002 for edge_s in edges) for moment in changed)

    def test_every_badge_is_followed_by_an_open_door(self):
        badges = [moment.at_ms for moment in workshop_door(SCENE, NOW_MS, NOW_MS + HOUR_MS) if "badge" in moment.values]
        assert badges
        assert all(signals.door(SCENE, (at_ms + 1_500) / 1000) == "open" for at_ms in badges)


class TestCast:
    def test_everybody_has_a_name_of_their_own(self):
        assert len({board.name for board in CAST}) == len(CAST)

    def test_every_voice_is_heard(self):
        assert {board.voice.name for board in CAST} == {"HTTP", "BARE", "SOCKET"}
