from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from domain import rosters
from domain.roles import Part
from domain.rosters import Change, Diff, RosterRow, channel_name, diff, fingerprint, with_staff_kept

ADA = RosterRow("ada@example.edu", "Ada Finch", "A", "Otter")
BEN = RosterRow("ben@example.edu", "Ben Reed", "A", "Otter")
DANA = RosterRow("dana@example.edu", "Dr. Dana Holt", part=Part.STAFF)

WORDS = st.sampled_from(["", "A", "Otter", "Heron"])
ROWS = st.builds(
    RosterRow,
    st.sampled_from([f"{name}@example.edu" for name in "abcdefgh"]),
    WORDS,
    WORDS,
    WORDS,
    st.sampled_from(Part),
)
ROSTERS = st.lists(ROWS, unique_by=lambda row: row.email, max_size=8)


class TestDiff:
    @given(ROSTERS, ROSTERS)
    def test_applied_it_gives_the_new_roster(self, before, after):
        assert diff(before, after).applied_to(before) == tuple(sorted(after))

    @given(ROSTERS, ROSTERS)
    def test_its_inverse_takes_it_back(self, before, after):
        change = diff(before, after)
        assert change.inverse.applied_to(change.applied_to(before)) == tuple(sorted(before))

    @given(ROSTERS, ROSTERS)
    def test_everybody_is_counted_once(self, before, after):
        change = diff(before, after)
        emails = {row.email for row in (*before, *after)}
        assert len(change.added) + len(change.changed) + len(change.removed) + change.same == len(emails)

    @given(ROSTERS)
    def test_a_roster_does_not_differ_from_itself(self, roster):
        assert diff(roster, reversed(roster)) == Diff(same=len(roster))

    def test_it_says_what_changed(self):
        moved = RosterRow(ADA.email, ADA.name, "B", "Heron")
        assert diff([ADA], [moved]).changed == (Change(ADA, moved),)
        assert Change(ADA, moved).words == [("section", "A", "B"), ("team", "Otter", "Heron")]


class TestPlace:
    def test_staff_have_no_place_in_a_team(self):
        assert RosterRow("dana@example.edu", team="Otter", part=Part.STAFF).place is None

    def test_a_student_without_a_team_has_none(self):
        assert RosterRow("ada@example.edu", section="A").place is None

    def test_teams_of_one_name_in_two_sections_are_two(self):
        assert ADA.place == ("A", "Otter")


class TestWithStaffKept:
    def test_a_list_of_students_says_nothing_of_the_staff(self):
        assert with_staff_kept([ADA], [DANA, BEN]) == (ADA, DANA)

    def test_a_list_that_names_staff_is_the_whole_of_them(self):
        other = RosterRow("eve@example.edu", part=Part.STAFF)
        assert with_staff_kept([ADA, other], [DANA]) == (ADA, other)

    def test_staff_who_are_listed_as_students_are_students(self):
        student = RosterRow(DANA.email)
        assert with_staff_kept([student], [DANA]) == (student,)


class TestFingerprint:
    @given(ROSTERS, ROSTERS)
    def test_it_tells_rosters_apart_and_not_their_order(self, one, other):
        assert fingerprint(one) == fingerprint(reversed(one))
        assert (fingerprint(one) == fingerprint(other)) == (sorted(one) == sorted(other))

    def test_words_do_not_run_into_one_another(self):
        assert fingerprint([RosterRow("a@b.edu", "x", "y")]) != fingerprint([RosterRow("a@b.edu", "xy")])


class TestChannelName:
    def test_it_is_the_teams(self):
        assert channel_name("Otter", "A", {"A"}) == "Otter"

    def test_a_number_or_a_letter_says_that_it_is_a_team(self):
        assert [channel_name(team, "", set()) for team in ("7", "B", "104")] == ["Team 7", "Team B", "Team 104"]

    def test_it_names_the_section_where_two_have_such_a_team(self):
        assert channel_name("Otter", "A", {"A", "B"}) == "Otter · A"
        assert channel_name("Otter", "", {"", "B"}) == "Otter"


def test_an_empty_roster_has_a_fingerprint():
    assert rosters.fingerprint([]) == rosters.fingerprint(())
