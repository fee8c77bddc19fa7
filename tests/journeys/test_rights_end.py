"""What is withdrawn stops by itself, whichever process withdrew it: streams of programs, and open pages."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import requests
from sqlalchemy import update
from websockets.exceptions import ConnectionClosed

import context
from domain.channels import Visibility
from domain.keys import new_key
from domain.people import Person
from domain.roles import Role
from models import channel_settings, deleting, memberships, sessions
from models.schema import session
from models.store import Store
from tests.builders import make_channel, make_key
from tests.journeys.onlookers import ENDED, end_of, on_a_page, on_the_stream
from tests.people import acting, begin_session, make_member, make_person
from tests.servers import LabfeedServer


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_stream_ends_with_its_key_and_with_no_other(start_labfeed, engine, request):
    database_url = request.getfixturevalue("postgres_url") if engine == "postgresql" else None
    labfeed = start_labfeed(database_url=database_url)
    channel = labfeed.create_channel("Greenhouse", visibility="members")
    other = labfeed.run_command("key", "create", str(channel.channel_id), "--right", "read").strip()
    with (
        on_the_stream(labfeed, channel.channel_id, X_API_Key=channel.read_key) as mine,
        on_the_stream(labfeed, channel.channel_id, X_API_Key=other) as theirs,
    ):
        labfeed.run_command("key", "revoke", channel.read_key)
        with pytest.raises(ConnectionClosed) as closed:
            mine.recv(timeout=20)
        assert closed.value.rcvd.code == ENDED
        send(labfeed, channel.write_key, 21.4)
        assert json.loads(theirs.recv(timeout=20))["entry_id"] == 1


@dataclass(frozen=True, slots=True)
class Scene:
    """A channel with an owner, and a viewer of it who is about to lose it."""

    labfeed: LabfeedServer
    store: Store
    channel_id: int
    key: str
    owner: Person
    viewer: Person
    carried: str
    owner_carries: str

    def send(self, value: float) -> None:
        send(self.labfeed, self.key, value)


@pytest.fixture
def set_up(labfeed, store) -> Callable[..., Scene]:
    def set_up(visibility: str = "members", role: Role = Role.VIEWER) -> Scene:
        now = context.now()
        number = make_channel(store, "Otter kiln", visibility=Visibility(visibility)).id
        written = make_key(store, number, new_key(random.choice))
        owner = make_person(store, "Ada Finch", email=f"owner-{number}@example.edu")
        viewer = make_person(store, "Ben Wren", email=f"viewer-{number}@example.edu")
        make_member(store, number, owner, Role.OWNER)
        if visibility == "members":
            make_member(store, number, viewer, role)
        send(labfeed, written, 1)
        carried, owner_carries = (begin_session(store, person, now) for person in (viewer, owner))
        return Scene(labfeed, store, number, written, owner, viewer, carried, owner_carries)

    return set_up


def send(labfeed: LabfeedServer, key: str, value: float) -> None:
    headers = {"X-API-Key": key}
    sent = requests.post(f"{labfeed.url}/api/v1/readings", json={"temperature": value}, headers=headers, timeout=20)
    assert sent.status_code == 201


def session_of(scene: Scene) -> int:
    found = scene.store.ask(sessions.find, scene.carried, context.now())
    assert found is not None
    return found.id


def sign_out(scene: Scene) -> None:
    scene.store.tell(sessions.revoke, scene.viewer.id, session_of(scene), context.now())


def sign_out_everywhere(scene: Scene) -> None:
    scene.store.tell(sessions.revoke_all, scene.viewer.id, context.now())


def let_the_session_expire(scene: Scene) -> None:
    long_ago = context.now() - sessions.IDLE
    old = update(session).where(session.c.id == session_of(scene)).values(seen_at=long_ago)
    scene.store.tell(lambda connection: connection.execute(old))


def remove_the_member(scene: Scene) -> None:
    owner = acting(scene.owner, at=context.now())
    scene.store.tell(memberships.remove, owner, scene.channel_id, scene.viewer.id)


def make_private(scene: Scene) -> None:
    owner = acting(scene.owner, at=context.now())
    scene.store.tell(channel_settings.show_to, owner, scene.channel_id, Visibility.MEMBERS)


def delete(scene: Scene) -> None:
    scene.store.tell(deleting.put_into_bin, acting(scene.owner, at=context.now()), scene.channel_id)


WAYS = [
    pytest.param("members", sign_out, id="signed out"),
    pytest.param("members", sign_out_everywhere, id="signed out everywhere"),
    pytest.param("members", let_the_session_expire, id="session over"),
    pytest.param("members", remove_the_member, id="member removed"),
    pytest.param("college", make_private, id="college channel made private"),
    pytest.param("public", make_private, id="public channel made private"),
    pytest.param("college", delete, id="channel deleted"),
]


class TestEveryWayARightEnds:
    @pytest.mark.parametrize(("visibility", "end"), WAYS)
    def test_a_stream_is_closed(self, set_up, visibility, end):
        scene = set_up(visibility)
        with on_the_stream(scene.labfeed, scene.channel_id, Cookie=f"labfeed={scene.carried}") as client:
            end(scene)
            assert end_of(client) == ENDED

    @pytest.mark.parametrize(("visibility", "end"), WAYS)
    def test_a_page_is_shown_nothing_more_and_told_to_draw_itself_anew(self, set_up, visibility, end):
        scene = set_up(visibility)
        with on_a_page(scene.labfeed, scene.channel_id, scene.carried) as page:
            scene.send(20.25)
            page.hears(20.25)
            end(scene)
            page.is_told_to_draw_anew()
            if end is not delete:
                with on_a_page(scene.labfeed, scene.channel_id, scene.owner_carries) as owners:
                    scene.send(77.125)
                    owners.hears(77.125)
            assert "77.125" not in page.heard()
            assert "Otter kiln" not in json.dumps(page.draw(scene.channel_id))

    def test_a_visitor_s_stream_and_page_end_with_the_channel_s_being_public(self, set_up):
        scene = set_up("public")
        with (
            on_the_stream(scene.labfeed, scene.channel_id) as client,
            on_a_page(scene.labfeed, scene.channel_id) as page,
        ):
            make_private(scene)
            assert end_of(client) == ENDED
            page.is_told_to_draw_anew()

    def test_who_loses_a_role_and_still_sees_goes_on_seeing(self, set_up):
        scene = set_up("members", Role.EDITOR)
        with (
            on_the_stream(scene.labfeed, scene.channel_id, Cookie=f"labfeed={scene.carried}") as client,
            on_a_page(scene.labfeed, scene.channel_id, scene.carried) as page,
        ):
            owner = acting(scene.owner, at=context.now())
            scene.store.tell(memberships.change_role, owner, scene.channel_id, scene.viewer.id, Role.VIEWER)
            page.is_told_to_draw_anew()
            page.follow(scene.channel_id)
            scene.send(20.25)
            page.hears(20.25)
            assert "20.25" in client.recv(timeout=20)

    def test_the_end_of_one_s_right_is_no_end_of_another_s(self, set_up):
        scene = set_up("members")
        with (
            on_the_stream(scene.labfeed, scene.channel_id, Cookie=f"labfeed={scene.carried}") as client,
            on_the_stream(scene.labfeed, scene.channel_id, Cookie=f"labfeed={scene.owner_carries}") as owners,
        ):
            remove_the_member(scene)
            assert end_of(client) == ENDED
            scene.send(20.25)
            assert "20.25" in owners.recv(timeout=20)
