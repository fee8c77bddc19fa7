"""What “download my data” hands out: all that is one's own, nothing that is secret, nothing that is others'."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import delete, insert, select, update

from domain.audit import Actor, Deed
from domain.errors import NotFound
from domain.roles import Act, Role, Viewer
from domain.timespan import TimeSpan
from models import audit, channels, imports, jobs, own_data, removals, talkback_commands, talkbacks
from models.schema import audit as audit_table
from models.schema import channel as channel_table
from models.schema import invitation, key, membership, session, token
from tests.builders import NOW, VAULT, append, entry, make_channel, make_key
from tests.people import acting, begin_session, enrol, make_course, make_member, make_person

KEY = "0AAAAAAAAAAAAA"
AT = "2026-11-20T10:00:00Z"


@pytest.fixture
def ben(store):
    """Somebody else with as much of everything."""
    return sow(store, make_person(store, "Ben Otter"), "ART1", "1BBBBBBBBBBBBB")


@pytest.fixture
def ada(store, ben):
    return sow(store, make_person(store, "Ada Finch"), "ENGR114", KEY)


def sow(store, person, code: str, written: str):
    channel, watched = (make_channel(store, f"{kind} of {person.name}") for kind in ("Kiln", "Other"))
    make_member(store, channel.id, person, Role.OWNER)
    make_member(store, watched.id, person, Role.VIEWER)
    enrol(store, make_course(store, code), person, section="A", team="Finch")
    begin_session(store, person, NOW)
    given = {"channel_id": watched.id, "role": "editor", "made_at": NOW}
    life = {"scopes": "see", "created_at": NOW, "ends_at": NOW}
    make_key(store, channel.id, written)

    def put(connection) -> None:
        connection.execute(insert(invitation).values(given | {"email": person.email}))
        connection.execute(insert(invitation).values(given | {"email": f"of.{person.email}", "made_by": person.id}))
        name = f"token of {person.name}"
        connection.execute(insert(token).values(life | {"person_id": person.id, "name": name, "digest": name.encode()}))
        connection.execute(update(key).where(key.c.channel_id == channel.id).values(made_by=person.id, name="board"))

    store.tell(put)
    store.tell(audit.note, acting(person), Deed.KEY_MADE, channel_id=channel.id, name="board")
    return person


def take(store, person):
    return store.tell(own_data.everything_about, acting(person))


class TestEverythingAbout:
    def test_it_is_all_that_is_kept_of_somebody(self, store, ada):
        found = take(store, ada)
        assert found["person"]["email"] == "ada.finch@example.edu"
        assert found["person"]["since"] == found["taken_at"] == AT
        assert [each["name"] for each in found["tokens"]] == ["token of Ada Finch"]
        assert {each["name"]: each["role"] for each in found["memberships"]} == {
            "Kiln of Ada Finch": "owner",
            "Other of Ada Finch": "viewer",
        }
        assert [(each["course"], each["team"]) for each in found["enrolments"]] == [("ENGR114", "Finch")]
        assert [each["email"] for each in found["invitations_received"]] == [ada.email]
        assert [each["email"] for each in found["invitations_made"]] == [f"of.{ada.email}"]
        assert [(each["channel"], each["name"]) for each in found["keys_made"]] == [("Kiln of Ada Finch", "board")]
        assert [each["made_at"] for each in found["sessions"]] == [AT]

    def test_their_queues_and_commands_are_in_it(self, store, ada):
        (mine,) = take(store, ada)["channels_owned"]
        queue = store.tell(talkbacks.make, acting(ada), VAULT, mine["id"], KEY, "Kiln board")
        store.tell(talkback_commands.add, queue, "TURN_ON", now=NOW, by=ada.id)
        store.tell(talkback_commands.add, queue, "of a program", now=NOW)
        found = take(store, ada)
        assert found["queues_made"] == [{"channel": "Kiln of Ada Finch", "name": "Kiln board", "made_at": AT}]
        assert [(each["text"], each["added_at"]) for each in found["commands_added"]] == [("TURN_ON", AT)]

    def test_what_they_deleted_is_in_it(self, store, ada):
        (mine,) = take(store, ada)["channels_owned"]
        channel = store.ask(channels.known, mine["id"])
        append(store, channel, entry(NOW, temperature=1))
        store.tell(removals.begin, acting(ada), channel.id, None, TimeSpan(NOW, NOW + 1))
        (made,) = take(store, ada)["deletions_made"]
        assert (made["channel"], made["made_at"], made["undone_at"]) == ("Kiln of Ada Finch", AT, None)

    def test_what_they_imported_is_in_it_with_nothing_of_who_undid_it(self, store, ada, ben):
        (mine,) = take(store, ada)["channels_owned"]
        make_member(store, mine["id"], ben)
        number = store.tell(imports.begin, acting(ada), mine["id"], "kiln.csv", size=9)
        store.tell(jobs.note, number, now=NOW, state=jobs.State.RUNNING)
        store.tell(imports.take_back, acting(ben), mine["id"], number)
        (made,) = take(store, ada)["imports_and_downloads"]
        assert (made["kind"], made["channel"], made["made_at"]) == ("import", "Kiln of Ada Finch", AT)
        assert made["told"] == {"name": "kiln.csv", "size": 9, "address": acting(ada).address}

    def test_it_says_where_the_readings_of_ones_channels_are(self, store, ada):
        (mine,) = take(store, ada)["channels_owned"]
        assert (mine["name"], mine["readings_at"]) == (
            "Kiln of Ada Finch",
            f"/api/v1/channels/{mine['id']}/download.csv",
        )

    def test_it_holds_ones_own_deeds_this_one_included(self, store, ada):
        deeds = take(store, ada)["deeds"]
        assert [(each["act"], each["detail"]) for each in deeds] == [
            ("key made", {"name": "board"}),
            ("data taken away", {}),
        ]

    def test_nothing_of_somebody_else_is_in_it(self, store, ada, ben):
        written = json.dumps(take(store, ada))
        assert "otter" not in written.lower()
        assert "ART1" not in written

    def test_what_one_may_not_see_any_more_has_no_name(self, store, ada):
        hidden = {"visibility": "members", "name": "Renamed since"}
        store.tell(lambda connection: connection.execute(update(channel_table).values(hidden)))
        store.tell(lambda connection: connection.execute(delete(membership).where(membership.c.person_id == ada.id)))
        found = take(store, ada)
        assert [each["channel"] for each in (*found["keys_made"], *found["invitations_made"])] == [None, None]

    def test_no_secret_is_in_it(self, store, ada):
        written = json.dumps(take(store, ada)).lower()
        for word in ("digest", "sealed", KEY.lower()):
            assert word not in written

    def test_every_table_that_knows_people_has_a_part_or_a_reason(self):
        reasons = {"person": "its own part", "roster": "courses' history", "sign_in": "nobody's yet"}
        in_parts = {"session", "token", "membership", "key", "enrolment", "invitation", "audit", "star", "kiosk"}
        in_parts |= {"removal", "job", "talkback", "command"}
        assert {table.name for table in tables_with_people()} <= in_parts | reasons.keys()

    def test_that_it_was_taken_is_noted(self, store, ada):
        take(store, ada)
        newest = store.ask(
            lambda connection: connection.execute(select(audit_table).order_by(audit_table.c.id.desc()).limit(1)).one()
        )
        assert (newest.act, newest.person_id) == (str(Deed.DATA_TAKEN), ada.id)

    def test_nobody_else_takes_it(self, store, ada):
        for viewer in (Viewer.visitor(), Viewer.person(ada.id, acts=frozenset(Act))):
            with pytest.raises(NotFound):
                store.tell(own_data.everything_about, Actor(viewer, "", NOW))


def tables_with_people() -> list:
    """Tables with a column that points to a person or holds an address of one."""
    return [
        table
        for table in session.metadata.sorted_tables
        for column in table.columns
        if column.name in ("email", "person_id", "about_person_id")
        or any(link.column.table.name == "person" for link in column.foreign_keys)
    ]
