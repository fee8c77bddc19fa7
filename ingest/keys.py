"""Who is speaking: keys found in a request, looked up once, remembered, and noted as used."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from domain.channels import Channel
from domain.errors import Forbidden, KeyUnknown
from domain.keys import is_well_formed
from domain.readings import Door, Feed
from domain.roles import Right
from models import keys
from models.keys import KeyHolder, LastUse, Vault
from models.store import Store

REMEMBERED = 20_000
"""Keys kept in memory; the one looked up longest ago goes first."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """The holder of a key, with the feeds of its channel at hand by name."""

    key_id: int
    right: Right
    channel: Channel
    feeds: Mapping[str, Feed]
    feed_ids: Mapping[str, int]

    @classmethod
    def of(cls, holder: KeyHolder) -> Speaker:
        feeds = {feed.name: feed for feed in holder.channel.feeds}
        return cls(holder.key_id, holder.right, holder.channel, feeds, {feed.name: feed.id for feed in feeds.values()})


class KeyRing:
    """The keys this process has seen lately.

    What is remembered may be out of date; that is noticed inside the writing transaction by the channel's version, so
    a revoked key stores nothing more from the moment it is revoked, in every process.
    """

    def __init__(self, store: Store, vault: Vault, clock: Callable[[], int]) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._speakers: OrderedDict[str, Speaker] = OrderedDict()
        self._uses: dict[int, LastUse] = {}
        self._mutex = threading.Lock()

    def speaker(self, written: str) -> Speaker:
        """Who holds this key, as remembered. Raises KeyUnknown; a typo is told from a key without the database."""
        found = self._speakers.get(written)
        return found or self.look_up(written)

    def look_up(self, written: str) -> Speaker:
        """Who holds this key, asked of the database now. Raises KeyUnknown."""
        if not is_well_formed(written):
            raise KeyUnknown("The key has a typo: a key is 16 characters, 0-9 and A-Z, and this is not one of ours.")
        try:
            found = Speaker.of(self._store.ask(keys.find, self._vault.digest(written)))
        except KeyUnknown:
            self.forget(written)
            raise
        with self._mutex:
            self._speakers[written] = found
            self._speakers.move_to_end(written)
            while len(self._speakers) > REMEMBERED:
                self._speakers.popitem(last=False)
        return found

    def forget(self, written: str) -> None:
        """Look this key up anew next time."""
        with self._mutex:
            self._speakers.pop(written, None)

    def note_use(self, speaker: Speaker, door: Door, address: str) -> None:
        """Remember that the key was used; `write_down` puts it into the database, once a minute."""
        self._uses[speaker.key_id] = LastUse(self._clock(), door, address)

    def write_down(self) -> None:
        """Store the last uses noted since the last time."""
        with self._mutex:
            uses, self._uses = self._uses, {}
        if uses:
            self._store.tell(keys.note_uses, uses)


def require(speaker: Speaker, right: Right, channel: str | None = None) -> None:
    """Raise Forbidden unless the key has the right, on the channel named (None: the key's own)."""
    if channel is not None and channel != speaker.channel.slug:
        raise Forbidden("The key belongs to another channel.", hint="Use the key of the channel named in the address.")
    if speaker.right is not right:
        raise Forbidden(
            f"This is a {speaker.right} key; here a {right} key is needed.",
            hint=f"Use the channel's {right} key.",
        )
