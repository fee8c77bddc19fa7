from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashapp.figures import end_labels
from dashapp.figures.end_labels import ABOVE, BELOW, LEAST_PX, LINE_PX

PANEL_PX = 176
ENDS = st.lists(st.floats(10, 166), max_size=11)


class TestSpread:
    @given(ENDS.map(sorted))
    def test_neighbours_are_apart_and_inside(self, wished):
        found = end_labels.spread(wished, LINE_PX, PANEL_PX)
        assert all(lower - upper >= LINE_PX - 1e-6 for upper, lower in pairwise(found))
        assert all(-1e-6 <= each <= PANEL_PX + 1e-6 for each in found)

    def test_what_has_room_stays_where_it_wishes(self):
        assert end_labels.spread([20, 60, 140], LINE_PX, PANEL_PX) == pytest.approx([20, 60, 140])

    def test_what_is_too_near_moves_apart_evenly(self):
        assert end_labels.spread([80, 80, 80], 10, PANEL_PX) == pytest.approx([70, 80, 90])

    def test_a_group_that_grows_into_its_neighbour_takes_it_in(self):
        assert end_labels.spread([80, 80, 81], 10, 176) == pytest.approx([70.33, 80.33, 90.33], abs=0.01)


class TestShifts:
    @given(ENDS)
    def test_no_label_touches_another(self, ends):
        shifts = end_labels.shifts(ends, PANEL_PX)
        middles = sorted(end + shift.down_px for end, shift in zip(ends, shifts, strict=True))
        assert all(lower - upper >= LEAST_PX - 1e-6 for upper, lower in pairwise(middles))

    @given(ENDS)
    def test_labels_stand_in_the_order_of_their_lines(self, ends):
        labelled = list(zip(ends, end_labels.shifts(ends, PANEL_PX), strict=True))
        for upper, one in labelled:
            for lower, other in labelled:
                assert upper >= lower or upper + one.down_px < lower + other.down_px

    def test_two_lines_far_apart_have_one_above_and_one_below(self):
        assert end_labels.shifts([150, 20], PANEL_PX) == [BELOW, ABOVE]

    def test_a_panel_without_room_for_all_has_none(self):
        assert end_labels.shifts([50.0] * 12, PANEL_PX) == []


class TestShift:
    @pytest.mark.parametrize("shift", end_labels.SHIFTS)
    def test_empty_lines_move_it(self, shift):
        assert shift.text("a<b").split("<br>") == [*[""] * shift.before, "a&lt;b", *[""] * shift.after]

    def test_they_are_offered_from_top_to_bottom(self):
        down = [shift.down_px for shift in end_labels.SHIFTS]
        assert down == sorted(down)
        near = [each for each in down if abs(each) < PANEL_PX]
        assert max(lower - upper for upper, lower in pairwise(near)) <= LINE_PX / 2 + 1e-6


class TestHeights:
    def test_the_highest_is_at_the_top(self):
        top, middle, bottom = end_labels.heights([3, 2, 1], 1, 3, 100)
        assert 0 < top < 50 == middle < bottom < 100

    def test_of_readings_that_are_all_alike_it_is_the_middle(self):
        assert end_labels.heights([7, 7], 7, 7, 100) == [50, 50]
