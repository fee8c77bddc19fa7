"""Links for screens: who makes and ends them, how far they reach, and that they reach nothing once they are over."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select

from domain.audit import Deed
from domain.channels import Visibility
from domain.errors import Forbidden, Invalid, NotFound, TooMany
from domain.kiosks import Lasting
from domain.people import College
from domain.roles import Act, Part, Standing, Viewer
from domain.timespan import DAY
from models import channels, kiosks, rights, standings
from models.schema import audit, course, kiosk
from tests.builders import NOW, VAULT, make_channel, make_noise
from tests.people import acting, enrol, make_course, make_person, viewing
from tests.standings import everybody

COLLEGE = College(frozenset({"example.edu"}), frozenset(), frozenset({"tess.teacher@example.edu"}))
SECRET = "a-secret-nobody-can-guess"
ACTS = [act for act in Act if act is not Act.SEE]


@pytest.fixture
def teacher(store):
    return make_person(store, "Tess Teacher")


@pytest.fixture
def course_id(store, teacher):
    made = make_course(store)
    enrol(store, made, teacher)
    return made


def make(store, actor, course_id=None, written=SECRET, **more) -> int:
    values = {"name": "Lab 204", "lasting": Lasting.WEEK_1} | more
    return store.tell(kiosks.make, actor, COLLEGE, VAULT, course_id, values["name"], values["lasting"], written)


def sees(store, kiosk_id: int) -> set[str]:
    """The names of the channels that a screen with this link is shown."""
    viewer = Viewer.at_kiosk(kiosk_id)
    found = store.ask(channels.overviews, viewer, now=NOW, limit=100)
    return {each.channel.name for each in found}


def place(store, name: str, seen_by: Visibility, course_id: int | None):
    return make_channel(store, name, visibility=seen_by, course_id=course_id)


class TestHowFarALinkReaches:
    @pytest.fixture(autouse=True)
    def scene(self, store, course_id):
        make_noise(store)
        other = make_course(store, "ART1")
        for of, where in (("course", course_id), ("other", other)):
            for seen_by in Visibility:
                place(store, f"{of} {seen_by}", seen_by, where)

    def test_of_a_course_it_shows_what_the_college_sees(self, store, teacher, course_id):
        assert sees(store, make(store, acting(teacher), course_id)) == {"course public", "course college"}

    def test_of_the_whole_wall_it_shows_all_that_the_college_sees(self, store, teacher):
        found = sees(store, make(store, acting(teacher)))
        assert {"course public", "course college", "other public", "other college"} <= found
        assert not any("members" in name for name in found)

    def test_once_revoked_it_shows_nothing(self, store, teacher, course_id):
        made = make(store, acting(teacher), course_id)
        store.tell(kiosks.revoke, acting(teacher), COLLEGE, made)
        assert sees(store, made) == set()

    def test_of_a_link_that_never_was_there_is_nothing(self, store):
        assert sees(store, 999) == set()

    def test_it_goes_with_its_course(self, store, teacher, course_id):
        made = make(store, acting(teacher), course_id)
        store.tell(lambda connection: connection.execute(delete(course).where(course.c.id == course_id)))
        assert sees(store, made) == set()
        assert store.ask(kiosks.find, VAULT.digest(SECRET), NOW) is None

    def test_it_lets_nobody_do_anything(self, store, teacher, course_id):
        viewer = Viewer.at_kiosk(make(store, acting(teacher), course_id))
        allowed = [
            store.ask(lambda connection, act=act: connection.execute(select(rights.may(viewer, act))).scalars().all())
            for act in ACTS
        ]
        assert not any(any(each) for each in allowed)

    def test_its_wall_is_another_when_a_channel_comes(self, store, teacher, course_id):
        viewer = Viewer.at_kiosk(make(store, acting(teacher), course_id))
        before = store.ask(standings.wall, viewer)
        place(store, "new", Visibility.MEMBERS, course_id)
        assert store.ask(standings.wall, viewer) == before
        place(store, "newer", Visibility.COLLEGE, course_id)
        assert store.ask(standings.wall, viewer) != before


class TestWhoMakesOne:
    def test_of_a_course_its_staff_and_admins(self, store, course_id):
        channel = make_channel(store, course_id=course_id)
        may = set()
        for order, (standing, actor) in enumerate(everybody(store, channel.id, course_id).items()):
            try:
                make(store, actor, course_id, f"{SECRET}-{order}")
            except (Forbidden, NotFound):
                continue
            may.add(standing)
        assert may == {Standing.STAFF, Standing.ADMIN}

    def test_of_the_whole_wall_teachers_and_admins(self, store, teacher, course_id):
        staff = make_person(store, "Some Staff")
        enrol(store, course_id, staff)
        with pytest.raises(Forbidden):
            make(store, acting(staff))
        assert make(store, acting(teacher))
        assert make(store, acting(make_person(store, "Grace Root"), is_admin=True), written="another")

    def test_no_program_with_a_token(self, store, teacher, course_id):
        viewer = Viewer.person(teacher.id, acts=frozenset({Act.SEE, Act.CONTRIBUTE}))
        with pytest.raises(Forbidden):
            store.tell(
                kiosks.make, type(acting(teacher))(viewer, "", NOW), COLLEGE, VAULT, course_id, "x", Lasting.DAY_1, "y"
            )

    def test_it_has_a_name(self, store, teacher, course_id):
        with pytest.raises(Invalid):
            make(store, acting(teacher), course_id, name="  ")

    def test_there_are_not_more_than_somebody_can_look_after(self, store, teacher, course_id):
        for each in range(kiosks.MOST_KIOSKS):
            make(store, acting(teacher), course_id, f"{SECRET}-{each}")
        with pytest.raises(TooMany):
            make(store, acting(teacher), course_id, "one more")

    def test_it_is_on_record(self, store, teacher, course_id):
        made = make(store, acting(teacher), course_id)
        store.tell(kiosks.revoke, acting(teacher), COLLEGE, made)
        rows = store.ask(lambda connection: connection.execute(select(audit).order_by(audit.c.id)).all())
        assert [(row.act, row.course_id) for row in rows] == [
            (str(Deed.KIOSK_MADE), course_id),
            (str(Deed.KIOSK_REVOKED), course_id),
        ]
        assert all(SECRET not in row.detail for row in rows)


class TestFind:
    def test_it_is_found_until_it_ends(self, store, teacher, course_id):
        made = make(store, acting(teacher), course_id, lasting=Lasting.DAY_1)
        assert store.ask(kiosks.find, VAULT.digest(SECRET), NOW + DAY - 1).id == made
        assert store.ask(kiosks.find, VAULT.digest(SECRET), NOW + DAY) is None
        assert store.ask(kiosks.holding, [made], NOW + DAY - 1) == {made}
        assert store.ask(kiosks.holding, [made], NOW + DAY) == set()

    def test_another_secret_finds_nothing(self, store, teacher, course_id):
        make(store, acting(teacher), course_id)
        assert store.ask(kiosks.find, VAULT.digest(SECRET + "x"), NOW) is None

    def test_the_secret_is_kept_nowhere_in_the_open(self, store, teacher, course_id):
        make(store, acting(teacher), course_id)
        assert SECRET not in repr(store.ask(lambda connection: connection.execute(select(kiosk)).all()))


class TestListAll:
    def test_who_may_end_one_is_shown_it_with_its_secret(self, store, teacher, course_id):
        of_course, of_all = make(store, acting(teacher), course_id), make(store, acting(teacher), written="other")
        found = store.ask(kiosks.list_all, viewing(teacher), COLLEGE, VAULT, NOW)
        assert [(each.kiosk.id, each.course, each.written, each.made_by_name) for each in found] == [
            (of_all, "", "other", "Tess Teacher"),
            (of_course, "ENGR114 2026 autumn", SECRET, "Tess Teacher"),
        ]

    def test_others_are_shown_none(self, store, teacher, course_id):
        make(store, acting(teacher), course_id)
        student = make_person(store, "Dee Stoat")
        enrol(store, course_id, student, Part.STUDENT)
        for viewer in (viewing(student), Viewer.visitor(), viewing(make_person(store, "Eve Weasel"))):
            assert store.ask(kiosks.list_all, viewer, COLLEGE, VAULT, NOW) == []
            assert store.ask(kiosks.scopes, viewer, COLLEGE) == []

    def test_staff_of_another_course_neither_see_nor_end_it(self, store, teacher, course_id):
        made, other = make(store, acting(teacher), course_id), make_person(store, "Other Staff")
        enrol(store, make_course(store, "ART1"), other)
        assert store.ask(kiosks.list_all, viewing(other), COLLEGE, VAULT, NOW) == []
        with pytest.raises((NotFound, Forbidden)):
            store.tell(kiosks.revoke, acting(other), COLLEGE, made)

    def test_of_an_archived_course_they_can_still_be_ended(self, store, teacher, course_id):
        made = make(store, acting(teacher), course_id)
        store.tell(lambda connection: connection.execute(course.update().values(archived_at=NOW)))
        assert [each.kiosk.id for each in store.ask(kiosks.list_all, viewing(teacher), COLLEGE, VAULT, NOW)] == [made]
        assert store.ask(kiosks.scopes, viewing(teacher), COLLEGE) == [(None, "")]

    def test_one_that_ended_is_listed_no_more_and_forgotten_later(self, store, teacher, course_id):
        made = make(store, acting(teacher), course_id)
        store.tell(kiosks.revoke, acting(teacher), COLLEGE, made)
        assert store.ask(kiosks.list_all, viewing(teacher), COLLEGE, VAULT, NOW) == []
        with pytest.raises(NotFound):
            store.tell(kiosks.revoke, acting(teacher), COLLEGE, made)
        store.tell(kiosks.forget_old, NOW + kiosks.KEPT + 1)
        assert store.ask(lambda connection: connection.execute(select(kiosk)).all()) == []
