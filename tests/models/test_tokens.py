"""Personal tokens: made, found by digest, ended, listed; and what somebody may send with one."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import select

from domain.audit import Actor, Deed
from domain.channels import Visibility
from domain.errors import Forbidden, Invalid, NotFound, TokenUnknown, TooMany
from domain.people import Person
from domain.readings import Door
from domain.roles import Act, Standing, Viewer
from domain.timespan import DAY
from domain.tokens import Life, Scope, new_token
from models import channels, people, tokens
from models.keys import LastUse
from models.schema import audit as audit_table
from models.schema import channel as channel_table
from models.schema import person as person_table
from models.schema import token as token_table
from models.tokens import MOST_TOKENS, SHOWN_AFTER, TokenShown
from tests.builders import NOW, VAULT, make_channel
from tests.people import acting, enrol, make_course, make_member, make_person, viewing
from tests.standings import ROLES

TOKEN, OTHER, THIRD = (new_token(random.Random(seed).choice) for seed in range(3))  # samples, not secrets


def make(store, person: Person, written: str = TOKEN, *, scopes=tuple(Scope), life=Life.DAY_7, name="Logger", at=NOW):
    return store.tell(tokens.make, acting(person, at=at), VAULT, name, scopes, life, written)


def rows(store) -> list:
    return store.ask(lambda connection: connection.execute(select(token_table).order_by(token_table.c.id)).all())


@pytest.fixture
def ada(store) -> Person:
    return make_person(store)


@pytest.fixture
def bea(store) -> Person:
    """Somebody else, with a token of her own."""
    found = make_person(store, "Bea Otter")
    make(store, found, OTHER)
    return found


@pytest.fixture
def find(store):
    return lambda written=TOKEN, now=NOW: store.ask(tokens.find, VAULT.digest(written), now)


class TestMake:
    def test_it_is_found_with_its_owner_and_reach(self, store, ada, bea, find):
        made = make(store, ada, scopes=[Scope.READ])
        holder = find()
        assert (holder.token_id, holder.person_id, holder.scopes) == (made, ada.id, {Scope.READ})
        assert holder.viewer == Viewer.person(ada.id, acts=frozenset({Act.SEE, Act.SEE_PEOPLE}))

    def test_an_admin_does_not_hand_on_an_admins_rights(self, store, ada, find):
        store.tell(tokens.make, acting(ada, is_admin=True), VAULT, "Logger", list(Scope), Life.DAY_1, TOKEN)
        assert not find().viewer.is_admin

    def test_the_token_itself_stands_nowhere(self, store, ada):
        make(store, ada)
        assert TOKEN not in str(rows(store)) + str(store.ask(lambda c: c.execute(select(audit_table)).all()))

    def test_it_is_noted(self, store, ada):
        made = make(store, ada, scopes=[Scope.WRITE, Scope.READ])
        noted = store.ask(lambda connection: connection.execute(select(audit_table)).one())
        assert (noted.act, noted.person_id) == (Deed.TOKEN_MADE, ada.id)
        assert noted.detail == f'{{"token": {made}, "scopes": ["read", "write"], "life": "1 week"}}'

    @pytest.mark.parametrize(
        ("name", "scopes"), [("  ", [Scope.READ]), ("x" * 101, [Scope.READ]), (OTHER, [Scope.READ]), ("Logger", [])]
    )
    def test_without_a_name_or_a_use_there_is_none(self, store, ada, name, scopes):
        with pytest.raises(Invalid):
            make(store, ada, name=name, scopes=scopes)
        assert rows(store) == []

    def test_a_person_has_at_most_50_that_are_good(self, store, ada, bea):
        made = [make(store, ada, f"token {number}", life=Life.DAY_1) for number in range(MOST_TOKENS)]
        with pytest.raises(TooMany, match="at most 50 tokens"):
            make(store, ada)
        store.tell(tokens.revoke, acting(ada), made[7])
        make(store, ada)
        make(store, ada, THIRD, at=NOW + DAY)

    @pytest.mark.parametrize("viewer", [Viewer.visitor(), Viewer.with_key_of(1), Viewer.person(1, acts=frozenset(Act))])
    def test_only_somebody_in_person_makes_lists_and_ends_them(self, store, ada, viewer):
        made = make(store, ada)
        actor = Actor(viewer, "", NOW)
        for told in (
            (tokens.make, actor, VAULT, "More", [Scope.READ], Life.DAY_365, THIRD),
            (tokens.list_of, actor),
            (tokens.revoke, actor, made),
        ):
            with pytest.raises(Forbidden):
                store.tell(*told)


class TestFind:
    def test_a_token_that_never_was_is_unknown(self, store, bea, find):
        with pytest.raises(TokenUnknown):
            find()

    def test_it_is_good_to_its_last_microsecond(self, store, ada, find):
        make(store, ada, life=Life.DAY_30)
        assert find(now=NOW + 30 * DAY - 1)
        with pytest.raises(TokenUnknown):
            find(now=NOW + 30 * DAY)

    def test_it_ends_with_its_owner(self, store, ada, find):
        make(store, ada)
        store.tell(lambda connection: connection.execute(person_table.delete().where(person_table.c.id == ada.id)))
        with pytest.raises(TokenUnknown):
            find()

    def test_it_is_of_no_use_once_the_owner_has_lost_the_address(self, store, ada, find):
        make(store, ada)
        store.tell(lambda connection: connection.execute(person_table.update().values(email=None)))
        with pytest.raises(TokenUnknown):
            find()


class TestRevoke:
    def test_it_is_unknown_from_then_on_and_no_other(self, store, ada, bea, find):
        store.tell(tokens.revoke, acting(ada), make(store, ada))
        with pytest.raises(TokenUnknown):
            find()
        assert find(OTHER).person_id == bea.id

    def test_open_streams_are_looked_at_again(self, store, ada, bea):
        made = make(store, ada)
        before = store.ask(people.versions, [ada.id, bea.id])
        store.tell(tokens.revoke, acting(ada), made)
        assert store.ask(people.versions, [ada.id, bea.id]) == before | {ada.id: before[ada.id] + 1}

    def test_of_somebody_else_there_is_none(self, store, ada, bea, find):
        with pytest.raises(NotFound):
            store.tell(tokens.revoke, acting(ada), rows(store)[0].id)
        assert find(OTHER)

    def test_again_there_is_nothing_to_revoke(self, store, ada):
        made = make(store, ada)
        store.tell(tokens.revoke, acting(ada), made)
        with pytest.raises(NotFound):
            store.tell(tokens.revoke, acting(ada, at=NOW + 1), made)
        assert rows(store)[0].revoked_at == NOW


class TestListOf:
    def listed(self, store, person, at=NOW) -> list[TokenShown]:
        return store.ask(tokens.list_of, acting(person, at=at))

    def test_ones_own_newest_first(self, store, ada, bea):
        make(store, ada, name="First")
        make(store, ada, THIRD, name="Second", scopes=[Scope.READ], life=Life.DAY_1)
        shown = self.listed(store, ada)
        assert [(token.name, token.scopes, token.ends_at) for token in shown] == [
            ("Second", {Scope.READ}, NOW + DAY),
            ("First", {*Scope}, NOW + 7 * DAY),
        ]

    def test_those_that_ended_come_last_and_stay_a_while(self, store, ada):
        revoked = make(store, ada, life=Life.DAY_365)
        over = make(store, ada, OTHER, life=Life.DAY_1)
        good = make(store, ada, THIRD, life=Life.DAY_365)
        store.tell(tokens.revoke, acting(ada), revoked)
        assert [token.id for token in self.listed(store, ada, NOW + DAY)] == [good, over, revoked]
        assert [token.id for token in self.listed(store, ada, NOW + SHOWN_AFTER)] == [good, over]

    def test_the_last_use_is_told(self, store, ada, bea):
        made = make(store, ada)
        store.tell(
            tokens.note_uses, {made: LastUse(NOW + 1, Door.HTTP, "10.0.0.9" * 20), 999: LastUse(NOW, Door.HTTP, "")}
        )
        shown = self.listed(store, ada)[0]
        assert (shown.last_used_at, shown.last_used_from) == (NOW + 1, ("10.0.0.9" * 20)[:64])
        assert self.listed(store, bea)[0].last_used_at is None


class TestEndDue:
    def test_what_is_over_is_revoked_and_its_owners_streams_are_looked_at_again(self, store, ada, bea):
        make(store, ada, life=Life.DAY_1)
        before = store.ask(people.versions, [ada.id, bea.id])
        for now in (NOW + DAY - 1, NOW + DAY, NOW + DAY + 1):
            store.tell(tokens.end_due, now)
        assert [row.revoked_at for row in rows(store)] == [None, NOW + DAY]
        assert store.ask(people.versions, [ada.id, bea.id]) == before | {ada.id: before[ada.id] + 1}


class TestForgetOld:
    def test_what_ended_long_ago_is_gone(self, store, ada):
        make(store, ada, life=Life.DAY_1)
        make(store, ada, OTHER, life=Life.DAY_365)
        store.tell(tokens.forget_old, NOW + DAY + SHOWN_AFTER - 1)
        assert len(rows(store)) == 2
        store.tell(tokens.forget_old, NOW + DAY + SHOWN_AFTER)
        assert [row.ends_at for row in rows(store)] == [NOW + 365 * DAY]


def stand(store, standing: Standing, channel_id: int, course_id: int) -> Person:
    """Somebody who stands to the channel in this way alone."""
    found = make_person(store, f"Some {standing.name.lower()}")
    if standing in ROLES:
        make_member(store, channel_id, found, ROLES[standing])
    if standing is Standing.STAFF:
        enrol(store, course_id, found)
    return found


class TestFindWriter:
    def ask(self, store, channel_id: int, now: int = NOW):
        return store.ask(tokens.find_writer, VAULT.digest(TOKEN), now, channel_id)

    @pytest.mark.parametrize("scopes", [[Scope.WRITE], list(Scope)], ids=["write", "both"])
    @pytest.mark.parametrize("visibility", [Visibility.PUBLIC, Visibility.MEMBERS])
    @pytest.mark.parametrize("standing", [each for each in Standing if each is not Standing.VISITOR])
    def test_who_may_contribute_may_send(self, store, noise, standing, visibility, scopes):
        course_id = make_course(store)
        channel = make_channel(store, visibility=visibility, course_id=course_id)
        person = stand(store, standing, channel.id, course_id)
        actor = acting(person, is_admin=standing is Standing.ADMIN)
        made = store.tell(tokens.make, actor, VAULT, "Logger", scopes, Life.DAY_1, TOKEN)
        if standing in (Standing.EDITOR, Standing.OWNER):
            writer = self.ask(store, channel.id)
            assert (writer.token_id, writer.channel) == (made, store.ask(channels.known, channel.id))
            return
        sees = visibility is Visibility.PUBLIC or (
            Scope.READ in scopes and standing in (Standing.VIEWER, Standing.STAFF)
        )
        with pytest.raises(Forbidden if sees else NotFound):
            self.ask(store, channel.id)

    def test_a_channel_in_the_bin_takes_nothing(self, store, channel, ada):
        make_member(store, channel.id, ada)
        make(store, ada)
        store.tell(lambda connection: connection.execute(channel_table.update().values(deleted_at=NOW)))
        with pytest.raises(NotFound):
            self.ask(store, channel.id)

    def test_a_token_for_reading_sends_nothing_wherever(self, store, channel, ada):
        make_member(store, channel.id, ada)
        make(store, ada, scopes=[Scope.READ])
        for channel_id in (channel.id, 999):
            with pytest.raises(Forbidden, match="reading alone"):
                self.ask(store, channel_id)

    def test_one_that_is_over_is_told_nothing_of_the_channel(self, store, channel, ada):
        make_member(store, channel.id, ada)
        make(store, ada, life=Life.DAY_1)
        for channel_id in (channel.id, 999):
            with pytest.raises(TokenUnknown):
                self.ask(store, channel_id, NOW + DAY)

    def test_its_owner_sees_with_it_what_they_may_see(self, store, noise, ada, find):
        mine = make_channel(store, visibility=Visibility.MEMBERS)
        make_member(store, mine.id, ada)
        make(store, ada, scopes=[Scope.READ])
        make(store, ada, OTHER, scopes=[Scope.WRITE])
        seen = [channel.id for channel in store.ask(channels.every) if self.sees(store, find().viewer, channel.id)]
        assert seen == [noise[0].id, noise[1].id, mine.id]
        assert self.sees(store, viewing(ada), mine.id)
        assert not self.sees(store, find(OTHER).viewer, mine.id)

    def sees(self, store, viewer: Viewer, channel_id: int) -> bool:
        try:
            return bool(store.ask(channels.find, viewer, channel_id))
        except NotFound:
            return False
