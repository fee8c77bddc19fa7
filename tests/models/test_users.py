"""People by login: who is shown to whom, and whose address to whom."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from domain.channels import Visibility
from domain.errors import NotFound
from domain.logins import login_of
from domain.roles import Role, Viewer
from domain.tokens import Scope, reach_of
from models import users
from models.schema import channel as channel_table
from tests.builders import NOW, make_channel
from tests.people import make_member, make_person, viewing


@pytest.fixture
def ada(store, noise):
    """An owner of a public channel."""
    found = make_person(store)
    make_member(store, make_channel(store).id, found)
    return found


@pytest.fixture
def bea(store):
    """An owner of a private channel, who edits a public one."""
    found = make_person(store, "Bea Otter")
    make_member(store, make_channel(store, visibility=Visibility.COLLEGE).id, found)
    make_member(store, make_channel(store).id, found, Role.EDITOR)
    return found


def find(store, viewer, login):
    return store.ask(users.find, viewer, login)


class TestFind:
    def test_who_owns_a_public_channel_is_shown_to_everybody_without_an_address(self, store, ada, bea):
        for viewer in (Viewer.visitor(), viewing(bea), Viewer.with_key_of(1)):
            found = find(store, viewer, login_of(ada.id))
            assert (found.id, found.created_at, found.email) == (ada.id, NOW, None)

    def test_others_are_not_there(self, store, ada, bea):
        for viewer in (Viewer.visitor(), viewing(ada)):
            for login in (login_of(bea.id), bea.email, "bea.otter", login_of(9999), "", "%"):
                with pytest.raises(NotFound):
                    find(store, viewer, login)

    def test_nobody_else_is_found_by_an_address(self, store, ada, bea):
        for login in (ada.email, "ada.finch"):
            with pytest.raises(NotFound):
                find(store, viewing(bea), login)

    def test_a_login_goes_before_an_address_that_begins_like_it(self, store, ada):
        namesake = make_person(store, "Cid Swan", email=f"{login_of(ada.id)}@example.edu")
        assert find(store, viewing(namesake), login_of(ada.id)).id == ada.id
        assert find(store, viewing(namesake), login_of(namesake.id)).id == namesake.id

    def test_oneself_is_found_by_login_and_by_address(self, store, ada, bea):
        for login in (login_of(bea.id), bea.email, bea.email.upper(), "bea.otter"):
            assert find(store, viewing(bea), login).email == bea.email

    @pytest.mark.parametrize("login", ["bea", "bea.otte", "bea%", "@", ""])
    def test_but_not_by_a_part_of_it(self, store, bea, login):
        with pytest.raises(NotFound):
            find(store, viewing(bea), login)

    @pytest.mark.parametrize(("scope", "is_told"), [(Scope.READ, True), (Scope.MANAGE, True), (Scope.WRITE, False)])
    def test_a_token_for_sending_alone_is_told_no_address(self, store, ada, scope, is_told):
        viewer = Viewer.person(ada.id, acts=reach_of([scope]))
        assert (find(store, viewer, login_of(ada.id)).email is not None) is is_told

    def test_with_the_channel_in_the_bin_they_are_gone(self, store, ada):
        store.tell(lambda connection: connection.execute(update(channel_table).values(deleted_at=NOW)))
        with pytest.raises(NotFound):
            find(store, Viewer.visitor(), login_of(ada.id))
