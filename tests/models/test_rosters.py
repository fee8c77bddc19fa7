"""Rosters applied and undone, with students who have signed in and others who have not."""

from __future__ import annotations

import json
import secrets

import pytest
from sqlalchemy import delete, select, update

from domain.audit import Deed
from domain.channels import Visibility
from domain.errors import Forbidden, Invalid, NotFound, Outdated
from domain.keys import new_key
from domain.roles import Part, Right, Role
from domain.rosters import RosterRow
from domain.timespan import DAY
from models import (
    channels,
    course_channels,
    courses,
    enrolments,
    invitations,
    keys,
    memberships,
    people,
    privacy,
    rosters,
)
from models.schema import audit, channel, invitation, membership, person, roster
from tests.builders import NOW, VAULT, append, entry, make_channel, reread
from tests.people import acting, enrol, make_course, make_member, make_person, viewing

ADA = RosterRow("ada.finch@example.edu", "Ada Finch", "A", "Otter")
BEN = RosterRow("ben.reed@example.edu", "Ben Reed", "A", "Otter")
CLEO = RosterRow("cleo.marsh@example.edu", "Cleo Marsh", "B", "Heron")


def moved(row: RosterRow, section: str, team: str) -> RosterRow:
    return RosterRow(row.email, row.name, section, team, row.part)


class Class:
    """A course with its teacher; `apply` previews and applies as the page does."""

    def __init__(self, store) -> None:
        self.store = store
        self.teacher = make_person(store, "Dana Holt")
        self.id = make_course(store)
        enrol(store, self.id, self.teacher, name="Dana Holt")

    def apply(self, *rows: RosterRow, at: int = NOW) -> rosters.Applied:
        actor = acting(self.teacher, at=at)
        expected = self.store.ask(rosters.preview, actor, self.id, rows).fingerprint
        return self.store.tell(rosters.apply, actor, VAULT, a_key, self.id, rows, expected)

    def undo(self, at: int = NOW) -> rosters.Applied:
        newest = self.store.ask(rosters.history, viewing(self.teacher), self.id, at)[0]
        return self.store.tell(rosters.undo, acting(self.teacher, at=at), self.id, newest.id)

    def emails(self) -> list[str]:
        return sorted(one.row.email for one in self.store.ask(enrolments.of_course, self.id))

    def team(self, section: str, team: str) -> int:
        return self.store.ask(course_channels.of_teams, self.id)[section, team]

    def state(self) -> tuple:
        """Everything a roster may touch: enrolments, channels of teams, members, invitations."""
        return (
            sorted(self.store.ask(enrolments.of_course, self.id), key=lambda one: one.row),
            self.store.ask(course_channels.of_teams, self.id),
            rows_of(self.store, membership),
            [row[1:] for row in rows_of(self.store, invitation)],
        )


def a_key() -> str:
    return new_key(secrets.choice)


def rows_of(store, table) -> list[tuple]:
    return store.ask(lambda connection: sorted(map(tuple, connection.execute(select(table))), key=repr))


def invited(store, channel_id: int) -> list[tuple[str, str, bool]]:
    columns = (invitation.c.email, invitation.c.role, invitation.c.is_from_roster)
    mine = select(*columns).where(invitation.c.channel_id == channel_id).order_by(invitation.c.email)
    return [tuple(row) for row in store.ask(lambda connection: connection.execute(mine).all())]


def owners(store, channel_id: int) -> set[int]:
    of_it = (membership.c.channel_id == channel_id) & (membership.c.role == "owner")
    return set(store.ask(lambda connection: connection.scalars(select(membership.c.person_id).where(of_it)).all()))


def version(store, who) -> int:
    return store.ask(people.find, who.id).version


@pytest.fixture
def course(store, noise) -> Class:
    other = make_course(store, "ART1")
    make_channel(store, "Otters elsewhere", course_id=other, section="A", team="Otter")
    return Class(store)


class TestPreview:
    def test_it_says_what_would_change_and_changes_nothing(self, store, course, count_rows):
        course.apply(ADA, BEN)
        before = count_rows()
        shown = store.ask(rosters.preview, acting(course.teacher), course.id, [moved(ADA, "B", "Heron"), CLEO])
        assert [row.email for row in shown.diff.added] == [CLEO.email]
        assert [change.after for change in shown.diff.changed] == [moved(ADA, "B", "Heron")]
        assert [row.email for row in shown.diff.removed] == [BEN.email]
        assert shown.diff.same == 1
        assert count_rows() == before

    def test_it_is_for_staff_and_admins(self, store, course):
        student = make_person(store, "Ada Finch")
        enrol(store, course.id, student, Part.STUDENT)
        with pytest.raises(Forbidden):
            store.ask(rosters.preview, acting(student), course.id, [ADA])
        with pytest.raises(NotFound):
            store.ask(rosters.preview, acting(make_person(store, "A Stranger")), course.id, [ADA])
        admin = acting(make_person(store, "An Admin"), is_admin=True)
        assert store.ask(rosters.preview, admin, course.id, [ADA, CLEO]).diff.added == (CLEO,)

    def test_nobody_takes_themselves_from_the_staff(self, store, course):
        other = RosterRow("eve.staff@example.edu", part=Part.STAFF)
        for rows in ([other], [RosterRow(course.teacher.email)], [RosterRow(course.teacher.email), other]):
            with pytest.raises(Invalid, match="take you from the staff"):
                store.ask(rosters.preview, acting(course.teacher), course.id, rows)

    def test_nobody_leaves_a_course_without_staff(self, store, course):
        admin = acting(make_person(store, "An Admin"), is_admin=True)
        with pytest.raises(Invalid, match="without staff"):
            store.ask(rosters.preview, admin, course.id, [RosterRow(course.teacher.email)])

    def test_staff_hand_over_to_others(self, store, course):
        admin = acting(make_person(store, "An Admin"), is_admin=True)
        other = RosterRow("eve.staff@example.edu", part=Part.STAFF)
        assert len(store.ask(rosters.preview, admin, course.id, [other]).diff.removed) == 1

    def test_an_archived_course_rests(self, store, course):
        store.tell(courses.archive, acting(course.teacher), course.id)
        with pytest.raises(Invalid):
            course.apply(ADA)


class TestApply:
    def test_the_roster_is_as_the_file_and_the_staff_stay(self, course):
        course.apply(ADA, CLEO)
        assert course.emails() == [ADA.email, CLEO.email, course.teacher.email]

    def test_each_team_has_a_channel_of_the_college_with_a_write_key(self, store, course):
        applied = course.apply(ADA, BEN, CLEO)
        assert applied.channels_made == 2
        made = store.ask(channels.known, course.team("A", "Otter"))
        assert (made.name, made.visibility, made.accepts_new_feeds) == ("Otter", Visibility.COLLEGE, True)
        assert (made.course_id, made.section, made.team) == (course.id, "A", "Otter")
        held = store.ask(keys.list_of, VAULT, viewing(course.teacher, is_admin=True), made.id)
        assert [key.right for key in held] == [Right.WRITE]

    def test_a_team_that_has_a_channel_keeps_it(self, store, course):
        there = make_channel(store, course_id=course.id, section="A", team="Otter")
        assert course.apply(ADA).channels_made == 0
        assert course.team("A", "Otter") == there.id

    def test_who_has_signed_in_owns_it_at_once_and_others_are_awaited(self, store, course):
        ada = make_person(store, "Ada Finch")
        course.apply(ADA, BEN)
        otter = course.team("A", "Otter")
        assert owners(store, otter) == {ada.id}
        assert invited(store, otter) == [(BEN.email, "owner", True)]

    def test_an_awaited_student_owns_it_on_signing_in(self, store, course):
        course.apply(ADA)
        ada = make_person(store, "Ada Finch")
        for take_up in (memberships.take_up, courses.take_up):
            store.tell(take_up, ada, NOW)
        otter = course.team("A", "Otter")
        assert (owners(store, otter), invited(store, otter)) == ({ada.id}, [])
        assert store.ask(courses.find, viewing(ada), course.id).team_channel_id == otter

    def test_staff_and_students_without_a_team_get_no_channel(self, store, course):
        applied = course.apply(
            RosterRow(course.teacher.email, part=Part.STAFF),
            RosterRow("ta@example.edu", team="Otter", part=Part.STAFF),
            RosterRow("alone@example.edu", section="A"),
        )
        assert applied.channels_made == 0

    def test_staff_of_the_roster_have_the_rights_of_staff(self, store, course):
        ta = make_person(store, "Tia Assist")
        course.apply(RosterRow(ta.email, part=Part.STAFF), RosterRow(course.teacher.email, part=Part.STAFF), ADA)
        assert store.ask(courses.taught, viewing(ta), course.id).is_taught
        hidden = make_channel(store, visibility=Visibility.MEMBERS, course_id=course.id)
        assert store.ask(channels.find, viewing(ta), hidden.id).id == hidden.id

    def test_who_changes_teams_changes_channels(self, store, course):
        ada, ben = make_person(store, "Ada Finch"), make_person(store, "Ben Reed")
        course.apply(ADA, BEN, CLEO)
        otter, heron = course.team("A", "Otter"), course.team("B", "Heron")
        course.apply(moved(ADA, "B", "Heron"), BEN, CLEO)
        assert (owners(store, otter), owners(store, heron)) == ({ben.id}, {ada.id})

    def test_who_is_awaited_changes_teams_likewise(self, store, course):
        course.apply(ADA, BEN, CLEO)
        otter, heron = course.team("A", "Otter"), course.team("B", "Heron")
        course.apply(moved(ADA, "B", "Heron"), BEN, CLEO)
        assert [email for email, *_ in invited(store, otter)] == [BEN.email]
        assert [email for email, *_ in invited(store, heron)] == [ADA.email, CLEO.email]

    def test_who_leaves_the_course_leaves_the_channel(self, store, course):
        make_person(store, "Ada Finch")
        ben = make_person(store, "Ben Reed")
        course.apply(ADA, BEN)
        course.apply(BEN)
        assert owners(store, course.team("A", "Otter")) == {ben.id}

    def test_what_was_given_by_hand_is_no_matter_of_the_roster(self, store, course):
        ada = make_person(store, "Ada Finch")
        there = make_channel(store, course_id=course.id, section="A", team="Otter")
        make_member(store, there.id, ada)
        course.apply(ADA, BEN)
        course.apply(BEN)
        assert owners(store, there.id) == {ada.id}

    def test_a_member_by_hand_is_raised(self, store, course):
        ada = make_person(store, "Ada Finch")
        there = make_channel(store, course_id=course.id, section="A", team="Otter")
        make_member(store, there.id, ada, Role.VIEWER)
        course.apply(ADA)
        assert store.ask(memberships.role_of, there.id, ada.id) is Role.OWNER

    def test_a_channel_with_readings_keeps_an_owner_and_it_is_said(self, store, course):
        ada, ben = make_person(store, "Ada Finch"), make_person(store, "Ben Reed")
        course.apply(ADA, BEN)
        otter = store.ask(channels.known, course.team("A", "Otter"))
        append(store, otter, entry(status="a reading"))
        applied = course.apply(moved(ADA, "B", "Heron"), moved(BEN, "B", "Heron"))
        assert applied.kept == ((ADA.email, "Otter"),)
        assert (owners(store, otter.id), owners(store, course.team("B", "Heron"))) == ({ada.id}, {ada.id, ben.id})

    def test_who_comes_at_the_same_time_may_be_the_owner(self, store, course):
        ada, cleo = make_person(store, "Ada Finch"), make_person(store, "Cleo Marsh")
        course.apply(ADA, CLEO)
        otter = store.ask(channels.known, course.team("A", "Otter"))
        append(store, otter, entry(status="a reading"))
        applied = course.apply(moved(ADA, "B", "Heron"), moved(CLEO, "A", "Otter"))
        assert (applied.kept, owners(store, otter.id)) == ((), {cleo.id})
        assert owners(store, course.team("B", "Heron")) == {ada.id}

    def test_an_empty_channel_of_a_team_that_is_no_more_goes_into_the_bin(self, store, course):
        make_person(store, "Ada Finch")
        course.apply(ADA, BEN)
        assert course.apply(moved(ADA, "A", "Badger"), moved(BEN, "A", "Badger")).channels_binned == 1
        assert list(store.ask(course_channels.of_teams, course.id)) == [("A", "Badger")]

    def test_pages_of_all_concerned_are_looked_at_again_and_no_others(self, store, course):
        ada, ben, cleo = (make_person(store, row.name) for row in (ADA, BEN, CLEO))
        course.apply(ADA, BEN, CLEO)
        before = [version(store, who) for who in (ada, ben, cleo)]
        otter, heron = (store.ask(channels.known, course.team(*row.place)) for row in (ADA, CLEO))
        course.apply(moved(ADA, "C", "Badger"), BEN, CLEO)
        assert [version(store, who) - was for who, was in zip((ada, ben, cleo), before, strict=True)] == [1, 0, 0]
        assert (reread(store, otter).version > otter.version, reread(store, heron) == heron) == (True, True)

    def test_it_is_refused_where_the_roster_changed_since_the_preview(self, store, course, count_rows):
        expected = store.ask(rosters.preview, acting(course.teacher), course.id, [ADA]).fingerprint
        course.apply(CLEO)
        before = count_rows()
        with pytest.raises(Outdated):
            store.tell(rosters.apply, acting(course.teacher), VAULT, a_key, course.id, [ADA], expected)
        assert count_rows() == before

    def test_a_roster_that_changes_nothing_is_none(self, course):
        course.apply(ADA)
        with pytest.raises(Invalid, match="already"):
            course.apply(ADA)

    def test_it_is_for_staff_and_admins(self, store, course):
        student = make_person(store, "Ada Finch")
        course.apply(ADA)
        expected = store.ask(rosters.preview, acting(course.teacher), course.id, [BEN]).fingerprint
        refused = {student: Forbidden, make_person(store, "A Stranger"): NotFound}
        for who, error in refused.items():
            with pytest.raises(error):
                store.tell(rosters.apply, acting(who), VAULT, a_key, course.id, [BEN], expected)

    def test_the_audit_log_has_counts_and_no_addresses(self, store, course):
        course.apply(ADA, BEN)
        row = store.ask(lambda connection: connection.execute(select(audit)).one())
        assert (row.act, row.course_id, row.person_id) == (Deed.ROSTER_APPLIED, course.id, course.teacher.id)
        assert json.loads(row.detail)["added"] == 2
        assert "@" not in row.detail

    def test_it_asks_as_much_for_many_students_as_for_few(self, store, statements):
        asked = []
        for code, count in (("FEW", 5), ("MANY", 200)):
            course = Class.__new__(Class)
            course.store, course.teacher = store, make_person(store, f"Teacher {code}")
            course.id = make_course(store, code)
            enrol(store, course.id, course.teacher)
            rows = [RosterRow(f"s{number}@example.edu", team="Otter") for number in range(count)]
            for row in rows[::2]:
                make_person(store, email=row.email)
            expected = store.ask(rosters.preview, acting(course.teacher), course.id, rows).fingerprint
            with statements() as said:
                store.tell(rosters.apply, acting(course.teacher), VAULT, a_key, course.id, rows, expected)
            asked.append(len(said))
        assert asked[0] == asked[1]


class TestLinks:
    def test_they_end_where_a_roster_takes_somebody_out(self, store, course):
        ada, cleo = make_person(store, "Ada Finch"), make_person(store, "Cleo Marsh")
        course.apply(ADA, BEN, CLEO)
        otter, heron = course.team("A", "Otter"), course.team("B", "Heron")
        for who, team in ((ada, otter), (cleo, heron)):
            link = (team, Role.OWNER, NOW + DAY, f"secret of {team}")
            store.tell(invitations.make_link, acting(who), VAULT, *link)
        course.apply(BEN, CLEO)
        with pytest.raises(NotFound):
            store.tell(invitations.accept, acting(ada), VAULT.digest(f"secret of {otter}"))
        assert store.tell(invitations.accept, acting(ada), VAULT.digest(f"secret of {heron}")) == heron


class TestUndo:
    @pytest.fixture
    def settled(self, store, course) -> Class:
        """A course at work: Ada has signed in, Ben is awaited, Cleo is there by hand as well."""
        self.ada, self.cleo = make_person(store, "Ada Finch"), make_person(store, "Cleo Marsh")
        course.apply(ADA, BEN, CLEO)
        store.tell(memberships.join, course.team("A", "Otter"), self.cleo.id, Role.VIEWER, now=NOW)
        return course

    @pytest.mark.parametrize(
        "rows",
        [
            [ADA],
            [moved(ADA, "B", "Heron"), BEN, moved(CLEO, "A", "Otter")],
            [moved(ADA, "C", "Badger"), moved(BEN, "C", "Badger"), CLEO],
            [RosterRow("new@example.edu", "New", "A", "Otter"), BEN, RosterRow(CLEO.email, "Cleopatra", "B", "Heron")],
            [RosterRow("new@example.edu", "New", "Z", "Zebra")],
        ],
    )
    def test_everything_is_as_it_was(self, settled, rows):
        before = settled.state()
        settled.apply(*rows, at=NOW + 5)
        settled.undo(at=NOW + 9)
        assert settled.state() == before

    def test_one_after_the_other(self, settled):
        states = [settled.state()]
        for rows in ([ADA, BEN], [moved(ADA, "C", "Badger")]):
            settled.apply(*rows)
            states.append(settled.state())
        for state in reversed(states[:-1]):
            newest = next(
                each
                for each in settled.store.ask(rosters.history, viewing(settled.teacher), settled.id, NOW)
                if each.may_be_undone
            )
            settled.store.tell(rosters.undo, acting(settled.teacher), settled.id, newest.id)
            assert settled.state() == state

    def test_who_signed_in_meanwhile_leaves_what_it_gave(self, store, course):
        ben = make_person(store, "Ben Reed")
        course.apply(BEN)
        course.apply(ADA, BEN)
        ada = make_person(store, "Ada Finch")
        for take_up in (memberships.take_up, courses.take_up):
            store.tell(take_up, ada, NOW)
        course.undo()
        assert owners(store, course.team("A", "Otter")) == {ben.id}
        with pytest.raises(NotFound):
            store.ask(courses.find, viewing(ada), course.id)

    def test_who_signed_in_meanwhile_gets_back_what_it_took(self, store, course):
        course.apply(ADA, BEN)
        course.apply(BEN)
        ada = make_person(store, "Ada Finch")
        course.undo()
        assert owners(store, course.team("A", "Otter")) == {ada.id}
        assert store.ask(courses.find, viewing(ada), course.id).team == "Otter"

    def test_a_channel_it_made_that_holds_readings_stays_with_an_owner(self, store, course):
        ada = make_person(store, "Ada Finch")
        course.apply(ADA)
        otter = store.ask(channels.known, course.team("A", "Otter"))
        append(store, otter, entry(status="a reading"))
        undone = course.undo()
        assert (undone.kept, undone.channels_binned) == (((ADA.email, "Otter"),), 0)
        assert owners(store, otter.id) == {ada.id}

    def test_what_people_changed_by_hand_since_stays(self, store, course):
        ada, ben = make_person(store, "Ada Finch"), make_person(store, "Ben Reed")
        course.apply(BEN)
        course.apply(ADA, BEN)
        otter = course.team("A", "Otter")
        store.tell(memberships.change_role, acting(ben), otter, ada.id, Role.VIEWER)
        course.undo()
        assert store.ask(memberships.role_of, otter, ada.id) is Role.VIEWER

    def test_who_was_erased_does_not_come_back(self, store, course):
        ada = make_person(store, "Ada Finch")
        course.apply(ADA, BEN)
        course.apply(BEN)
        store.tell(privacy.erase, acting(ada), {})
        assert not [row for row in rows_of(store, roster) if ADA.email in str(row)]
        course.undo()
        assert course.emails() == [BEN.email, course.teacher.email]

    def test_a_person_who_is_gone_is_known_by_the_roster_alone(self, store, course):
        ada = make_person(store, "Ada Finch")
        course.apply(ADA, BEN)
        course.apply(BEN)
        store.tell(lambda connection: connection.execute(delete(person).where(person.c.id == ada.id)))
        course.undo()
        row = next(one for one in store.ask(enrolments.of_course, course.id) if one.row.email == ADA.email)
        assert row.person_id is None

    def test_a_channel_that_is_gone_for_good_is_no_obstacle(self, store, course):
        make_person(store, "Ada Finch")
        course.apply(ADA, BEN)
        otter = course.team("A", "Otter")
        course.apply(BEN)
        store.tell(channels.remove, otter)
        course.undo()
        assert course.emails() == [ADA.email, BEN.email, course.teacher.email]

    def test_a_channel_taken_out_of_the_course_is_let_alone(self, store, course):
        ada, ben = make_person(store, "Ada Finch"), make_person(store, "Ben Reed")
        course.apply(ADA, BEN)
        otter = course.team("A", "Otter")
        course.apply(BEN)
        store.tell(course_channels.take_out, acting(course.teacher), otter)
        course.undo()
        assert owners(store, otter) == {ben.id}
        assert store.ask(memberships.role_of, otter, ada.id) is None

    def test_only_the_newest_and_only_once(self, store, course):
        course.apply(ADA)
        course.apply(BEN)
        newest, first = store.ask(rosters.history, viewing(course.teacher), course.id, NOW)
        with pytest.raises(Outdated):
            store.tell(rosters.undo, acting(course.teacher), course.id, first.id)
        store.tell(rosters.undo, acting(course.teacher), course.id, newest.id)
        with pytest.raises(Outdated):
            store.tell(rosters.undo, acting(course.teacher), course.id, newest.id)

    def test_for_thirty_days(self, store, course):
        course.apply(ADA)
        late = NOW + rosters.UNDONE_WITHIN + 1
        assert not store.ask(rosters.history, viewing(course.teacher), course.id, late)[0].may_be_undone
        with pytest.raises(Outdated):
            course.undo(at=late)
        store.tell(rosters.forget_old, late)
        assert store.ask(lambda connection: connection.scalar(select(roster.c.before))) == ""

    def test_not_what_belongs_to_another_course(self, store, course):
        course.apply(ADA)
        other = make_course(store, "ART2")
        enrol(store, other, course.teacher)
        newest = store.ask(rosters.history, viewing(course.teacher), course.id, NOW)[0]
        with pytest.raises(Outdated):
            store.tell(rosters.undo, acting(course.teacher), other, newest.id)

    def test_it_is_for_staff_and_admins(self, store, course):
        student = make_person(store, "Ada Finch")
        course.apply(ADA)
        newest = store.ask(rosters.history, viewing(course.teacher), course.id, NOW)[0]
        for who, error in ((student, Forbidden), (make_person(store, "A Stranger"), NotFound)):
            with pytest.raises(error):
                store.tell(rosters.undo, acting(who), course.id, newest.id)

    def test_nobody_takes_themselves_from_the_staff_by_it(self, store, course):
        ta = make_person(store, "Tia Assist")
        course.apply(RosterRow(ta.email, part=Part.STAFF), RosterRow(course.teacher.email, part=Part.STAFF))
        newest = store.ask(rosters.history, viewing(ta), course.id, NOW)[0]
        with pytest.raises(Invalid):
            store.tell(rosters.undo, acting(ta), course.id, newest.id)


class TestHistory:
    def test_it_says_who_applied_what_and_which_was_undone(self, store, course):
        course.apply(ADA, BEN)
        course.apply(BEN, CLEO, at=NOW + 1)
        course.undo(at=NOW + 2)
        found = store.ask(rosters.history, viewing(course.teacher), course.id, NOW + 3)
        assert [(each.added, each.changed, each.removed) for each in found] == [(1, 0, 1), (2, 0, 0)]
        assert [(each.undone_at, each.may_be_undone) for each in found] == [(NOW + 2, False), (None, True)]
        assert {each.applied_by_name for each in found} == {"Dana Holt"}

    def test_it_is_for_staff_and_admins(self, store, course):
        student = make_person(store, "Ada Finch")
        course.apply(ADA)
        with pytest.raises(Forbidden):
            store.ask(rosters.history, viewing(student), course.id, NOW)
        with pytest.raises(NotFound):
            store.ask(rosters.history, viewing(make_person(store, "A Stranger")), course.id, NOW)


def test_what_is_undone_keeps_no_addresses(store, course):
    course.apply(ADA)
    course.undo()
    assert store.ask(lambda connection: connection.scalar(select(roster.c.before))) == ""


def test_a_channel_in_the_bin_is_no_teams_channel(store, course):
    course.apply(ADA)
    store.tell(lambda connection: connection.execute(update(channel).values(deleted_at=NOW)))
    assert store.ask(course_channels.of_teams, course.id) == {}
