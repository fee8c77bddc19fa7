"""Keys and tokens that end, seen from the running server while another process ends them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import requests
from sqlalchemy import update

from context import now
from domain.keys import Grace, new_key
from domain.people import Person
from domain.tokens import Life, Scope, new_token
from models import keys, tokens
from models.schema import key, token
from models.store import Store
from models.vault import Vault
from tests.builders import SECRET
from tests.journeys.onlookers import ENDED, end_of, on_the_stream
from tests.people import acting, make_member, make_person
from tests.servers import CreatedChannel, LabfeedServer

VAULT = Vault(SECRET)


@dataclass(frozen=True, slots=True)
class Scene:
    """A channel with an owner, and the owner's token."""

    labfeed: LabfeedServer
    store: Store
    channel: CreatedChannel
    owner: Person
    token: str

    @property
    def channel_id(self) -> int:
        return self.channel.channel_id

    def key_id(self, written: str) -> int:
        return self.store.ask(keys.find, VAULT.digest(written), now()).key_id

    def rotate(self, written: str, grace: Grace) -> str:
        """The key that takes its place."""
        new, key_id = new_key(random.choice), self.key_id(written)
        self.store.tell(keys.rotate, acting(self.owner, at=now()), VAULT, self.channel_id, key_id, new, grace)
        return new

    def let_rotated_keys_end(self) -> None:
        ending = (key.c.channel_id == self.channel_id) & key.c.ends_at.is_not(None)
        over = update(key).where(ending).values(ends_at=now())
        self.store.tell(lambda connection: connection.execute(over))

    def send(self, path: str, **headers: str) -> int:
        """The status with which a reading is answered."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        address = f"{self.labfeed.url}/api/v1/{path}"
        return requests.post(address, json={"temperature": 21.4}, headers=named, timeout=20).status_code


@pytest.fixture
def scene(labfeed, store) -> Scene:
    channel = labfeed.create_channel("Otter kiln", visibility="members")
    owner = make_person(store, email=f"keys-{channel.channel_id}@example.edu", now=now())
    written = new_token(random.choice)
    make_member(store, channel.channel_id, owner)
    store.tell(tokens.make, acting(owner, at=now()), VAULT, "Logger", list(Scope), Life.DAY_7, written)
    return Scene(labfeed, store, channel, owner, written)


def revoke_the_key(scene: Scene) -> None:
    actor = acting(scene.owner, at=now())
    scene.store.tell(keys.revoke_one, actor, scene.channel_id, scene.key_id(scene.channel.read_key))


def let_a_rotated_key_end(scene: Scene) -> None:
    scene.rotate(scene.channel.read_key, Grace.HOUR_1)
    scene.let_rotated_keys_end()


def revoke_the_token(scene: Scene) -> None:
    actor = acting(scene.owner, at=now())
    scene.store.tell(tokens.revoke, actor, scene.store.ask(tokens.list_of, actor)[0].id)


def let_the_token_end(scene: Scene) -> None:
    over = update(token).where(token.c.person_id == scene.owner.id).values(ends_at=now())
    scene.store.tell(lambda connection: connection.execute(over))


def with_key(scene: Scene) -> dict[str, str]:
    return {"X_API_Key": scene.channel.read_key}


def with_token(scene: Scene) -> dict[str, str]:
    return {"Authorization": f"Bearer {scene.token}"}


WAYS = [
    pytest.param(with_key, revoke_the_key, id="key revoked"),
    pytest.param(with_key, let_a_rotated_key_end, id="rotated key over"),
    pytest.param(with_token, revoke_the_token, id="token revoked"),
    pytest.param(with_token, let_the_token_end, id="token over"),
]


class TestStreams:
    @pytest.mark.parametrize(("carried", "end"), WAYS)
    def test_a_stream_ends_with_what_opened_it_and_no_other(
        self, scene, carried: Callable[[Scene], dict[str, str]], end: Callable[[Scene], None]
    ):
        others = with_token if carried is with_key else with_key
        with (
            on_the_stream(scene.labfeed, scene.channel_id, **carried(scene)) as mine,
            on_the_stream(scene.labfeed, scene.channel_id, **others(scene)) as theirs,
        ):
            end(scene)
            assert end_of(mine) == ENDED
            assert scene.send("readings", X_API_Key=scene.channel.write_key) == 201
            assert json.loads(theirs.recv(timeout=20))["entry_id"] == 1


class TestSending:
    def test_a_key_the_server_knows_is_refused_from_its_end_on(self, scene):
        old = scene.channel.write_key
        assert scene.send("readings", X_API_Key=old) == 201
        new = scene.rotate(old, Grace.HOUR_1)
        assert [scene.send("readings", X_API_Key=each) for each in (old, new)] == [201, 201]
        scene.let_rotated_keys_end()
        scene.store.tell(keys.end_due, now())
        assert [scene.send("readings", X_API_Key=each) for each in (old, new)] == [401, 201]

    def test_rotated_without_grace_it_is_refused_at_once(self, scene):
        old = scene.channel.write_key
        assert scene.send("readings", X_API_Key=old) == 201
        new = scene.rotate(old, Grace.NONE)
        assert [scene.send("readings", X_API_Key=each) for each in (old, new)] == [401, 201]

    def test_a_token_is_refused_at_once(self, scene):
        path = f"channels/{scene.channel_id}/readings"
        assert scene.send(path, **with_token(scene)) == 201
        revoke_the_token(scene)
        assert scene.send(path, **with_token(scene)) == 401
