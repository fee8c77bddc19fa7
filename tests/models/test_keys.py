"""Keys: made, found by digest, rotated, revoked, listed, and noted as used."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from domain.audit import Actor, Deed
from domain.channels import Visibility
from domain.errors import Forbidden, Invalid, KeyUnknown, NotFound, TooMany
from domain.keys import Grace, new_key
from domain.people import Person
from domain.readings import Door
from domain.roles import Act, Right, Standing, Viewer
from domain.timespan import DAY, HOUR
from models import channels, keys
from models.keys import MOST_KEYS, SHOWN_AFTER, LastUse
from models.schema import audit as audit_table
from models.schema import channel as channel_table
from models.schema import key as key_table
from models.schema import person as person_table
from models.vault import Vault
from tests.builders import KEYS, NOW, VAULT, make_channel, make_key, reread
from tests.people import acting, enrol, make_course, make_member, make_person, viewing
from tests.standings import ROLES

KEY, OTHER, THIRD, FOURTH = KEYS
CHANGES = {
    "make": lambda actor, channel_id, _: (keys.make, actor, VAULT, channel_id, Right.READ, THIRD, "New"),
    "rotate": lambda actor, channel_id, key_id: (keys.rotate, actor, VAULT, channel_id, key_id, THIRD, Grace.NONE),
    "revoke": lambda actor, channel_id, key_id: (keys.revoke_one, actor, channel_id, key_id),
}


def rows(store) -> list:
    return store.ask(lambda connection: connection.execute(select(key_table).order_by(key_table.c.id)).all())


def notes(store) -> list[tuple]:
    """(deed, who, channel, what) of the audit log, oldest first."""
    columns = [audit_table.c[name] for name in ("act", "person_id", "channel_id", "detail")]
    return store.ask(
        lambda connection: [tuple(row) for row in connection.execute(select(*columns).order_by(audit_table.c.id))]
    )


def stand(store, standing: Standing, channel_id: int, course_id: int) -> Viewer:
    """Somebody who stands to the channel in this way alone."""
    if standing is Standing.VISITOR:
        return Viewer.visitor()
    person = make_person(store, f"Some {standing.name.lower()}")
    if standing in ROLES:
        make_member(store, channel_id, person, ROLES[standing])
    if standing is Standing.STAFF:
        enrol(store, course_id, person)
    return viewing(person, is_admin=standing is Standing.ADMIN)


@pytest.fixture
def find(store):
    return lambda written, now=NOW: store.ask(keys.find, VAULT.digest(written), now)


@pytest.fixture
def owner(store, channel) -> Person:
    found = make_person(store)
    make_member(store, channel.id, found)
    return found


@pytest.fixture
def key_id(store, channel) -> int:
    """A key of the channel, beside one of another channel."""
    make_key(store, make_channel(store, "Other").id, OTHER)
    make_key(store, channel.id, KEY)
    return rows(store)[-1].id


class TestVault:
    def test_the_same_secret_gives_the_same_digest(self):
        assert Vault("a" * 32).digest(KEY) == Vault("a" * 32).digest(KEY)

    def test_another_secret_gives_another(self):
        assert Vault("a" * 32).digest(KEY) != Vault("b" * 32).digest(KEY)

    def test_what_is_sealed_can_be_seen_again(self):
        assert Vault("a" * 32).unseal(Vault("a" * 32).seal(KEY)) == KEY

    def test_two_seals_of_one_key_do_not_show_it(self):
        assert VAULT.seal(KEY) != VAULT.seal(KEY)


class TestCreate:
    def test_it_is_found_with_its_right_and_channel(self, store, noise, channel, find):
        make_key(store, noise[0].id, OTHER)
        make_key(store, channel.id, KEY, Right.READ)
        holder = find(KEY)
        assert (holder.right, holder.channel) == (Right.READ, reread(store, channel))

    def test_the_key_itself_stands_nowhere(self, store, channel):
        make_key(store, channel.id, KEY)
        assert KEY.encode() not in b"".join(bytes(rows(store)[0].digest + rows(store)[0].sealed).split())
        assert VAULT.unseal(bytes(rows(store)[0].sealed)) == KEY

    def test_the_channel_is_another_version_then(self, store, channel):
        make_key(store, channel.id, KEY)
        assert reread(store, channel).version == channel.version + 1

    def test_a_channel_that_is_not_there_gets_none(self, store):
        with pytest.raises(NotFound):
            make_key(store, 999, KEY)
        assert rows(store) == []


class TestFind:
    def test_a_key_that_never_was_is_unknown(self, store, channel, find):
        make_key(store, channel.id, KEY)
        with pytest.raises(KeyUnknown):
            find(OTHER)

    def test_under_another_secret_it_is_unknown(self, store, channel):
        make_key(store, channel.id, KEY)
        with pytest.raises(KeyUnknown):
            store.ask(keys.find, Vault("another" * 5).digest(KEY), NOW)

    def test_a_key_of_a_channel_in_the_bin_is_unknown(self, store, channel, find):
        make_key(store, channel.id, KEY)
        store.tell(lambda connection: connection.execute(channel_table.update().values(deleted_at=NOW)))
        with pytest.raises(KeyUnknown):
            find(KEY)

    def test_a_key_that_ends_is_found_until_then(self, store, channel, find):
        make_key(store, channel.id, KEY)
        store.tell(lambda connection: connection.execute(key_table.update().values(ends_at=NOW + 1)))
        assert find(KEY, NOW).ends_at == NOW + 1
        with pytest.raises(KeyUnknown):
            find(KEY, NOW + 1)


class TestMake:
    def make(self, store, person, channel_id: int, name: str = "Kiln board") -> int:
        return store.tell(keys.make, acting(person), VAULT, channel_id, Right.READ, KEY, name)

    def test_it_is_found_and_listed_with_who_made_it(self, store, noise, channel, owner, find):
        made = self.make(store, owner, channel.id, "  Kiln \n board ")
        assert (find(KEY).key_id, find(KEY).right) == (made, Right.READ)
        shown = store.ask(keys.list_of, VAULT, viewing(owner), channel.id)
        assert [(key.name, key.written, key.made_by, key.created_at) for key in shown] == [
            ("Kiln board", KEY, "Ada Finch", NOW)
        ]

    def test_it_is_noted_without_the_key_and_its_name(self, store, channel, owner):
        made = self.make(store, owner, channel.id)
        assert notes(store) == [(Deed.KEY_MADE, owner.id, channel.id, f'{{"key": {made}, "right": "read"}}')]

    def test_the_channel_is_another_version_then(self, store, channel, owner):
        self.make(store, owner, channel.id)
        assert reread(store, channel).version == channel.version + 1

    @pytest.mark.parametrize("name", ["x" * 101, f"the key {new_key(lambda signs: signs[5])}"])
    def test_a_name_that_is_too_long_or_holds_a_key_is_refused(self, store, channel, owner, name):
        with pytest.raises(Invalid):
            self.make(store, owner, channel.id, name)
        assert rows(store) == []

    def test_there_are_at_most_50_that_work(self, store, noise, channel, owner):
        make_key(store, noise[0].id, OTHER)
        for number in range(MOST_KEYS):
            make_key(store, channel.id, f"{number:016}")
        with pytest.raises(TooMany, match="at most 50 keys"):
            self.make(store, owner, channel.id)
        store.tell(keys.revoke, VAULT.digest(f"{7:016}"), now=NOW)
        assert self.make(store, owner, channel.id)


class TestRotate:
    def rotate(self, store, person, channel_id: int, key_id: int, grace: Grace, written: str = THIRD) -> int:
        return store.tell(keys.rotate, acting(person), VAULT, channel_id, key_id, written, grace)

    @pytest.mark.parametrize("grace", [Grace.HOUR_1, Grace.DAY_1, Grace.DAY_7])
    def test_both_work_until_the_old_one_ends(self, store, channel, owner, key_id, find, grace):
        made = self.rotate(store, owner, channel.id, key_id, grace)
        last = NOW + grace.length - 1
        assert (find(KEY, last).key_id, find(THIRD, last).key_id) == (key_id, made)
        with pytest.raises(KeyUnknown):
            find(KEY, NOW + grace.length)
        assert find(THIRD, NOW + grace.length).ends_at is None

    def test_without_grace_the_old_one_ends_at_once(self, store, channel, owner, key_id, find):
        self.rotate(store, owner, channel.id, key_id, Grace.NONE)
        with pytest.raises(KeyUnknown):
            find(KEY)
        assert find(THIRD)
        assert find(OTHER)

    def test_the_new_one_has_its_name_and_right(self, store, channel, owner, find):
        old = store.tell(keys.make, acting(owner), VAULT, channel.id, Right.READ, KEY, "Kiln board")
        self.rotate(store, owner, channel.id, old, Grace.DAY_1)
        shown = store.ask(keys.list_of, VAULT, viewing(owner), channel.id)
        assert [(key.name, key.right, key.written, key.ends_at) for key in shown] == [
            ("Kiln board", Right.READ, KEY, NOW + DAY),
            ("Kiln board", Right.READ, THIRD, None),
        ]

    def test_one_that_is_ending_is_not_rotated_again(self, store, channel, owner, key_id):
        self.rotate(store, owner, channel.id, key_id, Grace.DAY_1)
        with pytest.raises(Invalid, match="rotated already"):
            self.rotate(store, owner, channel.id, key_id, Grace.NONE, FOURTH)

    def test_it_is_noted(self, store, channel, owner, key_id):
        made = self.rotate(store, owner, channel.id, key_id, Grace.HOUR_1)
        said = f'{{"key": {key_id}, "new_key": {made}, "grace": "1h"}}'
        assert notes(store) == [(Deed.KEY_ROTATED, owner.id, channel.id, said)]

    def test_with_50_keys_only_a_rotation_without_grace_has_room(self, store, channel, owner, key_id):
        for number in range(MOST_KEYS - 1):
            make_key(store, channel.id, f"{number:016}")
        with pytest.raises(TooMany):
            self.rotate(store, owner, channel.id, key_id, Grace.HOUR_1)
        assert rows(store)[1].ends_at is None
        assert self.rotate(store, owner, channel.id, key_id, Grace.NONE)

    def test_a_key_of_another_channel_is_not_there(self, store, channel, owner, key_id):
        with pytest.raises(NotFound):
            self.rotate(store, owner, channel.id, key_id - 1, Grace.NONE)


class TestRevokeOne:
    def test_it_is_unknown_from_then_on_and_no_other(self, store, channel, owner, key_id, find):
        before = reread(store, channel).version
        store.tell(keys.revoke_one, acting(owner), channel.id, key_id)
        with pytest.raises(KeyUnknown):
            find(KEY)
        assert find(OTHER)
        assert reread(store, channel).version == before + 1
        assert notes(store) == [(Deed.KEY_REVOKED, owner.id, channel.id, f'{{"key": {key_id}}}')]

    def test_one_that_is_ending_is_ended_now(self, store, channel, owner, key_id, find):
        store.tell(keys.rotate, acting(owner), VAULT, channel.id, key_id, THIRD, Grace.DAY_7)
        store.tell(keys.revoke_one, acting(owner), channel.id, key_id)
        with pytest.raises(KeyUnknown):
            find(KEY)

    def test_again_there_is_nothing_to_revoke(self, store, channel, owner, key_id):
        store.tell(keys.revoke_one, acting(owner), channel.id, key_id)
        with pytest.raises(NotFound):
            store.tell(keys.revoke_one, acting(owner, at=NOW + 1), channel.id, key_id)

    def test_a_key_of_another_channel_is_not_there(self, store, channel, owner, key_id):
        with pytest.raises(NotFound):
            store.tell(keys.revoke_one, acting(owner), channel.id, key_id - 1)


class TestListOf:
    def test_of_this_channel_those_that_work_oldest_first(self, store, channel, owner, key_id):
        make_key(store, channel.id, THIRD, Right.READ)
        shown = store.ask(keys.list_of, VAULT, viewing(owner), channel.id)
        assert [(key.written, key.right) for key in shown] == [(KEY, Right.WRITE), (THIRD, Right.READ)]

    def test_revoked_ones_stay_listed_a_while_without_the_key(self, store, channel, owner, key_id):
        make_key(store, channel.id, THIRD)
        store.tell(keys.revoke_one, acting(owner), channel.id, key_id)
        for now, listed in (
            (NOW + SHOWN_AFTER, [(THIRD, None), (None, NOW)]),
            (NOW + SHOWN_AFTER + 1, [(THIRD, None)]),
        ):
            shown = store.ask(keys.list_of, VAULT, viewing(owner), channel.id, revoked_since=now - SHOWN_AFTER)
            assert [(key.written, key.revoked_at) for key in shown] == listed

    def test_the_last_use_is_told(self, store, channel, owner, key_id):
        store.tell(keys.note_uses, {key_id: LastUse(NOW + 1, Door.HTTP, "10.0.0.9")})
        shown = store.ask(keys.list_of, VAULT, viewing(owner), channel.id)[0]
        assert (shown.last_used_at, shown.last_used_door, shown.last_used_from) == (NOW + 1, "http", "10.0.0.9")

    def test_who_made_it_may_be_gone(self, store, channel, owner):
        other = make_person(store, "Bea Otter")
        store.tell(keys.create, VAULT, channel.id, Right.READ, KEY, now=NOW, made_by=other.id)
        store.tell(lambda connection: connection.execute(person_table.delete().where(person_table.c.id == other.id)))
        assert [key.made_by for key in store.ask(keys.list_of, VAULT, viewing(owner), channel.id)] == [""]

    def test_what_another_secret_has_sealed_is_listed_without_the_key(self, store, channel, owner, key_id):
        shown = store.ask(keys.list_of, Vault("another" * 5), viewing(owner), channel.id)
        assert [(key.id, key.written) for key in shown] == [(key_id, None)]

    def test_no_token_shows_them(self, store, channel, owner, key_id):
        with pytest.raises(Forbidden):
            store.ask(keys.list_of, VAULT, Viewer.person(owner.id, acts=frozenset(Act)), channel.id)

    def test_a_token_that_manages_is_told_which_there_are(self, store, channel, owner, key_id):
        program = Viewer.person(owner.id, acts=frozenset(Act))
        assert [(key.id, key.written) for key in store.ask(keys.named, program, channel.id)] == [(key_id, None)]
        with pytest.raises(Forbidden):
            store.ask(keys.named, Viewer.person(owner.id, acts=frozenset({Act.SEE, Act.CONTRIBUTE})), channel.id)


class TestWhoMay:
    """As PRODUCT has it: editors and owners see keys, owners and admins make and end them."""

    @pytest.fixture(params=Visibility)
    def hidden(self, store, noise, request):
        """A channel of a course, with a key; not public, or public: who may not see it does not find it."""
        course_id = make_course(store)
        found = make_channel(store, visibility=request.param, course_id=course_id)
        make_key(store, found.id, KEY)
        return found

    def refusal(self, standing: Standing, visibility: Visibility) -> type[Exception]:
        """What somebody is told who may not."""
        may_see = {*ROLES, Standing.STAFF, Standing.ADMIN}
        if visibility is not Visibility.MEMBERS:
            may_see.add(Standing.SIGNED_IN)
        if visibility is Visibility.PUBLIC:
            may_see.add(Standing.VISITOR)
        return Forbidden if standing in may_see else NotFound

    @pytest.mark.parametrize("standing", Standing)
    def test_see(self, store, hidden, standing):
        viewer = stand(store, standing, hidden.id, hidden.course_id)
        if standing in (Standing.EDITOR, Standing.OWNER, Standing.ADMIN):
            shown = store.ask(keys.list_of, VAULT, viewer, hidden.id)
            assert [key.written for key in shown] == [None if standing is Standing.ADMIN else KEY]
        else:
            with pytest.raises(self.refusal(standing, hidden.visibility)):
                store.ask(keys.list_of, VAULT, viewer, hidden.id)

    @pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
    @pytest.mark.parametrize("standing", Standing)
    def test_change(self, store, hidden, standing, change):
        viewer = stand(store, standing, hidden.id, hidden.course_id)
        before = rows(store)
        told = change(Actor(viewer, "", NOW), hidden.id, before[-1].id)
        if standing in (Standing.OWNER, Standing.ADMIN):
            store.tell(*told)
            assert rows(store) != before
        else:
            with pytest.raises(self.refusal(standing, hidden.visibility)):
                store.tell(*told)
            assert rows(store) == before


class TestEndDue:
    def test_what_is_over_is_revoked_and_its_channel_another_version(self, store, noise, channel, owner, key_id):
        store.tell(keys.rotate, acting(owner), VAULT, channel.id, key_id, THIRD, Grace.HOUR_1)
        before = store.ask(channels.versions, [channel.id, noise[0].id])
        store.tell(keys.end_due, NOW + HOUR - 1)
        assert store.ask(channels.versions, before) == before
        store.tell(keys.end_due, NOW + HOUR + 5)
        assert [row.revoked_at for row in rows(store) if row.revoked_at is not None] == [NOW + HOUR]
        assert store.ask(channels.versions, before) == before | {channel.id: before[channel.id] + 1}

    def test_that_is_done_once(self, store, channel, owner, key_id):
        store.tell(keys.rotate, acting(owner), VAULT, channel.id, key_id, THIRD, Grace.HOUR_1)
        store.tell(keys.end_due, NOW + HOUR)
        before = rows(store), reread(store, channel)
        store.tell(keys.end_due, NOW + DAY)
        assert (rows(store), reread(store, channel)) == before


class TestRevoke:
    def test_it_is_unknown_from_then_on(self, store, noise, channel, find):
        make_key(store, channel.id, KEY)
        make_key(store, channel.id, OTHER)
        assert store.tell(keys.revoke, VAULT.digest(KEY), now=NOW) == channel.id
        with pytest.raises(KeyUnknown):
            find(KEY)
        assert find(OTHER).channel.id == channel.id

    def test_the_channel_is_another_version_then(self, store, channel):
        make_key(store, channel.id, KEY)
        before = reread(store, channel).version
        store.tell(keys.revoke, VAULT.digest(KEY), now=NOW)
        assert reread(store, channel).version == before + 1

    def test_again_there_is_nothing_to_revoke(self, store, channel):
        make_key(store, channel.id, KEY)
        store.tell(keys.revoke, VAULT.digest(KEY), now=NOW)
        with pytest.raises(NotFound):
            store.tell(keys.revoke, VAULT.digest(KEY), now=NOW + 1)
        assert rows(store)[0].revoked_at == NOW


class TestNoteUses:
    def test_each_key_gets_its_own(self, store, channel):
        for written in (KEY, OTHER, THIRD):
            make_key(store, channel.id, written)
        first, _, third = rows(store)
        uses = {third.id: LastUse(NOW, Door.HTTP, "::1"), first.id: LastUse(NOW + 1, Door.WEBSOCKET, "10.0.0.9")}
        store.tell(keys.note_uses, uses)
        assert [(row.last_used_at, row.last_used_door, row.last_used_from) for row in rows(store)] == [
            (NOW + 1, "websocket", "10.0.0.9"),
            (None, None, None),
            (NOW, "http", "::1"),
        ]

    def test_the_channel_stays_the_version_it_is(self, store, channel):
        make_key(store, channel.id, KEY)
        before = reread(store, channel)
        store.tell(keys.note_uses, {rows(store)[0].id: LastUse(NOW, Door.HTTP, "")})
        assert reread(store, channel) == before

    def test_an_address_of_any_length_is_noted(self, store, channel):
        make_key(store, channel.id, KEY)
        store.tell(keys.note_uses, {rows(store)[0].id: LastUse(NOW, Door.HTTP, "f" * 200)})
        assert rows(store)[0].last_used_from == "f" * 64

    def test_none_is_no_question(self, store, statements):
        with statements() as said:
            store.tell(keys.note_uses, {})
        assert said in ([], ["BEGIN IMMEDIATE"])

    def test_a_key_that_is_gone_is_passed_over(self, store, channel):
        make_key(store, channel.id, KEY)
        gone = rows(store)[0].id
        store.tell(channels.remove, channel.id)
        store.tell(keys.note_uses, {gone: LastUse(NOW, Door.HTTP, "")})
        assert rows(store) == []
