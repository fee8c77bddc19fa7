"""The rights table: every standing, every act, every visibility, asked of the database."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from domain.channels import Visibility
from domain.roles import Act, Role, Standing, Viewer
from models import rights
from models.schema import channel as channels
from models.store import Store
from tests.builders import NOW, make_channel
from tests.people import enrol, make_course, make_member, make_person, viewing

# As PRODUCT has it, written out once more: acts by visibility and standing.
SEEN_BY_ALL = {Visibility.PUBLIC: set(Standing), Visibility.COLLEGE: set(Standing) - {Standing.VISITOR}}
MEMBERS = {Standing.VIEWER, Standing.EDITOR, Standing.OWNER}
EXPECTED = {
    Act.SEE: MEMBERS | {Standing.STAFF, Standing.ADMIN},
    Act.SEE_PEOPLE: MEMBERS | {Standing.STAFF, Standing.ADMIN},
    Act.CONTRIBUTE: {Standing.EDITOR, Standing.OWNER},
    Act.CONTROL: {Standing.OWNER, Standing.ADMIN},
    Act.TEACH: {Standing.STAFF, Standing.ADMIN},
}


def viewer_standing(store: Store, standing: Standing, channel_id: int, course_id: int) -> Viewer:
    """Somebody who stands to the channel in this way alone."""
    if standing is Standing.VISITOR:
        return Viewer.visitor()
    person = make_person(store, f"Some {standing.name.lower()}")
    if standing in MEMBERS:
        make_member(store, channel_id, person, Role(standing.value))
    if standing is Standing.STAFF:
        enrol(store, course_id, person)
    return viewing(person, is_admin=standing is Standing.ADMIN)


def allowed(store: Store, viewer: Viewer, act: Act) -> set[int]:
    return set(store.ask(lambda connection: connection.scalars(select(channels.c.id).where(rights.may(viewer, act)))))


@pytest.fixture
def neighbours(store):
    """Everybody's standing to another channel of another course says nothing of this one."""
    other = make_channel(store, "Other", visibility=Visibility.MEMBERS, course_id=make_course(store, "ART1"))
    make_member(store, other.id, make_person(store, "Other Owner"))
    return other


class TestMay:
    @pytest.mark.parametrize("visibility", Visibility)
    @pytest.mark.parametrize("standing", Standing)
    def test_it_is_the_table(self, store, neighbours, standing, visibility):
        course_id = make_course(store)
        channel = make_channel(store, visibility=visibility, course_id=course_id)
        viewer = viewer_standing(store, standing, channel.id, course_id)
        found = {act for act in Act if channel.id in allowed(store, viewer, act)}
        expected = {act for act in Act if standing in EXPECTED[act]}
        if standing in SEEN_BY_ALL.get(visibility, set()):
            expected.add(Act.SEE)
        assert found == expected

    @pytest.mark.parametrize("standing", [each for each in Standing if each is not Standing.ADMIN])
    def test_it_says_nothing_of_other_channels(self, store, neighbours, standing):
        course_id = make_course(store)
        channel = make_channel(store, visibility=Visibility.MEMBERS, course_id=course_id)
        viewer = viewer_standing(store, standing, channel.id, course_id)
        assert not any(neighbours.id in allowed(store, viewer, act) for act in Act)

    @pytest.mark.parametrize("standing", Standing)
    def test_a_channel_in_the_bin_exists_for_nobody(self, store, standing):
        course_id = make_course(store)
        channel = make_channel(store, visibility=Visibility.PUBLIC, course_id=course_id)
        viewer = viewer_standing(store, standing, channel.id, course_id)
        store.tell(lambda connection: connection.execute(channels.update().values(deleted_at=NOW)))
        assert not any(allowed(store, viewer, act) for act in Act)

    def test_a_token_reaches_no_further_than_its_scope(self, store):
        channel = make_channel(store, visibility=Visibility.MEMBERS)
        owner = make_person(store)
        make_member(store, channel.id, owner)
        reader = Viewer.person(owner.id, acts=frozenset({Act.SEE}))
        assert {act for act in Act if allowed(store, reader, act)} == {Act.SEE}

    def test_a_key_reads_its_own_channel(self, store, neighbours):
        channel = make_channel(store, visibility=Visibility.MEMBERS)
        viewer = Viewer.with_key_of(channel.id)
        assert {act for act in Act if channel.id in allowed(store, viewer, act)} == {Act.SEE}
        assert neighbours.id not in allowed(store, viewer, Act.SEE)


class TestInBin:
    @pytest.mark.parametrize("standing", Standing)
    def test_who_controls_a_channel_takes_it_out_again(self, store, standing):
        course_id = make_course(store)
        channel = make_channel(store, course_id=course_id)
        viewer = viewer_standing(store, standing, channel.id, course_id)
        store.tell(lambda connection: connection.execute(channels.update().values(deleted_at=NOW)))
        rows = store.ask(
            lambda connection: connection.scalars(select(channels.c.id).where(rights.in_bin(viewer))).all()
        )
        assert bool(rows) == (standing in EXPECTED[Act.CONTROL])
