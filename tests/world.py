"""A small college in one database: a course with a team, and somebody of every kind, for tests that walk every page."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Column, Connection, func, insert, select

from domain.audit import Actor, Deed
from domain.channels import Channel, Visibility
from domain.keys import new_key
from domain.logins import login_of
from domain.people import Person
from domain.roles import Part, Right, Role, Standing
from domain.timespan import DAY, SECOND, TimeSpan
from models import audit, imports, invitations, keys, moving_in, removals, talkback_commands, talkbacks
from models.schema import command, invitation, talkback
from models.store import Store
from models.vault import Vault
from tests.builders import append, entry, make_channel, reread
from tests.people import DOMAIN, acting, enrol, make_course, make_member, make_person

ADMIN = f"admin@{DOMAIN}"
TEACHER = f"teacher@{DOMAIN}"
SETTINGS = {"COLLEGE_DOMAINS": DOMAIN, "ADMINS": ADMIN, "TEACHERS": TEACHER}
"""What the server of this college is told."""

LINK = "a-link-to-join-nobody-can-guess"
INVITED = f"canary-invited@{DOMAIN}"
FEEDS = ("temperature:°C", "humidity:%", "door:text")


@dataclass(frozen=True, slots=True)
class World:
    """Who and what there is. `people` is by standing to the team's channel, `kiln`; `classmate` and `stranger` have
    none. `file`: one that waits to be imported into the private channel; `move`: one that is
    to become a channel. `removals` and `keys`: something deleted of a channel, and one of its keys, by the channel; so
    `queues` and `commands`. Members' addresses begin with `canary`."""

    people: Mapping[Standing, Person]
    classmate: Person
    stranger: Person
    kiln: int
    private: int
    silent: int
    course: int
    file: int
    move: int
    removals: Mapping[int, int]
    keys: Mapping[int, int]
    queues: Mapping[int, int]
    commands: Mapping[int, int]

    def filled(self, template: str) -> Iterator[str]:
        """The addresses of a page's or route's form; KeyError for a variable nobody has thought of."""
        for channel_id in (self.kiln, self.private, self.silent) if "<channel>" in template else (self.kiln,):
            yield self.fill(template, channel_id)

    def fill(self, template: str, channel_id: int) -> str:
        values = {
            "code": "not-found",
            "channel": channel_id,
            "course": self.course,
            "secret": LINK,
            "slug": "college",
            "feed": "door",
            "number": self.file,
            "removal": self.removals.get(channel_id, self.removals[self.private]),
            "key": self.keys.get(channel_id, self.keys[self.private]),
            "form": "csv",
            "file": self.file,
            "move": self.move,
            "queue": self.queues.get(channel_id, self.queues[self.private]),
            "command": self.commands.get(channel_id, self.commands[self.private]),
            "data": 21.5,
            "mac": "A0B1C2D3E4F5",
            "field": 1,
            "entry": 1,
            "login": login_of(self.people[Standing.OWNER].id),
        }
        parts = template.split("<")
        return parts[0] + "".join(
            f"{values[name.rpartition(':')[2]]}{rest}" for name, _, rest in (part.partition(">") for part in parts[1:])
        )


def make_world(store: Store, vault: Vault, now: int) -> World:
    """Fill a database: the team's channel sends, one is for its members alone, one has never sent."""
    course_id = make_course(store)
    people = {
        Standing.OWNER: make_person(store, "Ada Finch", email=f"canary-owner@{DOMAIN}"),
        Standing.EDITOR: make_person(store, "", email=f"canary-editor@{DOMAIN}"),
        Standing.VIEWER: make_person(store, "Cy Heron", email=f"canary-viewer@{DOMAIN}"),
        Standing.STAFF: make_person(store, "Tess Teacher", email=TEACHER),
        Standing.ADMIN: make_person(store, "Grace Root", email=ADMIN),
    }
    classmate, stranger = make_person(store, "Dee Stoat"), make_person(store, "Eve Weasel")
    enrol(store, course_id, people[Standing.STAFF])
    for student in (people[Standing.OWNER], people[Standing.EDITOR], classmate):
        enrol(store, course_id, student, Part.STUDENT, section="A", team="Finch", name=student.name)
    made = [_channel(store, vault, people, course_id, name, each, now) for name, each in CHANNELS.items()]
    for channel in made[:2]:
        sent = [entry(now - each * SECOND, temperature=20 + each / 8, humidity=40.5, door="open") for each in range(60)]
        append(store, channel, *sent, received_at=now)
    kiln, private, silent = (channel.id for channel in made)
    owner = acting(people[Standing.OWNER], at=now)
    file = _upload(store, owner, private)
    move = moving_in.take_in(store, owner, "canary-feeds.csv", [MOVED])
    removed = {channel_id: _removal(store, owner, channel_id) for channel_id in (kiln, private)}
    of_boards = {channel.id: store.ask(keys.named, owner.viewer, channel.id)[0].id for channel in made}
    queues = store.ask(_first_of, talkback.c.channel_id, talkback.c.id)
    first = store.ask(_first_of, command.c.talkback_id, command.c.id)
    commands = {channel_id: first[queue] for channel_id, queue in queues.items()}
    there = (kiln, private, silent, course_id, file, move)
    return World(people, classmate, stranger, *there, removed, of_boards, queues, commands)


MOVED = b"created_at,entry_id,field1,field2,status\n2026-03-08T14:05:00Z,1,nan,open,\n2026-03-08,2,5,,on\nnever,3,6,,\n"
"""A file with something that is not taken, and a bad row."""


def _first_of(connection: Connection, owner: Column[int], number: Column[int]) -> dict[int, int]:
    """The smallest number of each owner."""
    rows = connection.execute(select(owner, func.min(number)).group_by(owner))
    return {row[0]: row[1] for row in rows}


CHANNELS = {"Otter kiln": Visibility.PUBLIC, "Team notes": Visibility.MEMBERS, "Windowsill": Visibility.COLLEGE}


def _upload(store: Store, actor: Actor, channel_id: int) -> int:
    """A file that waits to be looked at; the number of its import."""
    number = store.tell(imports.begin, actor, channel_id, "canary-file.csv")
    store.tell(imports.add, actor, channel_id, number, 0, b"time,door\n2026-03-08T14:05:00Z,canary-word\n")
    return number


def _removal(store: Store, actor: Actor, channel_id: int) -> int:
    """The channel's oldest reading of all feeds, deleted; the number of the deletion."""
    oldest = TimeSpan(actor.at - 59 * SECOND, actor.at - 58 * SECOND)
    number = store.tell(removals.begin, actor, channel_id, None, oldest).id
    assert store.tell(removals.go_on, number, actor.at)
    return number


def _channel(
    store: Store, vault: Vault, people: Mapping[Standing, Person], course_id: int, name: str, seen: Visibility, now: int
) -> Channel:
    """A channel of the course with members, a link to join, somebody invited, keys, and commands that wait."""
    described = {"description": "Clay at 1000 °C.", "course_id": course_id, "team": "Finch", "now": now - DAY}
    channel = make_channel(store, name, feeds=FEEDS, visibility=seen, **described)
    for standing, role in {
        Standing.OWNER: Role.OWNER,
        Standing.EDITOR: Role.EDITOR,
        Standing.VIEWER: Role.VIEWER,
    }.items():
        make_member(store, channel.id, people[standing], role)
    owner = acting(people[Standing.OWNER], at=now)
    store.tell(keys.make, owner, vault, channel.id, Right.WRITE, new_key(random.choice), "the board")
    queue = store.tell(talkbacks.make, owner, vault, channel.id, new_key(random.choice), "the board's queue")
    for text in ("canary-command", "TURN_OFF"):
        store.tell(talkback_commands.add, queue, text, now=now, by=owner.person_id)
    if name == next(iter(CHANNELS)):
        nameless = acting(people[Standing.EDITOR], at=now)
        store.tell(invitations.make_link, nameless, vault, channel.id, Role.VIEWER, now + 30 * DAY, LINK)
    values = {"channel_id": channel.id, "role": "viewer", "email": INVITED, "made_at": now, "made_by": owner.person_id}
    store.tell(lambda connection: connection.execute(insert(invitation).values(values | {"ends_at": now + 30 * DAY})))
    store.tell(audit.note, owner, Deed.CHANNEL_CHANGED, channel_id=channel.id, visibility={"from": "a", "to": "b"})
    return reread(store, channel)
