"""Who is speaking: keys looked up once, remembered, and noted as used; personal tokens asked for each time."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass

from domain.channels import Channel, channel_id_from
from domain.errors import Forbidden, KeyUnknown, TokenUnknown
from domain.keys import is_well_formed
from domain.readings import Door, Feed
from domain.roles import Right
from domain.tokens import is_token
from domain.tokens import is_well_formed as is_well_formed_token
from models import keys, tokens
from models.keys import KeyHolder, LastUse
from models.store import Store
from models.tokens import TokenWriter
from models.uses import Uses
from models.vault import Vault

REMEMBERED = 20_000
"""Keys kept in memory; the one looked up longest ago goes first."""

NAME_IT = "Send to /api/v1/channels/NUMBER/readings with the channel's number, or use the channel's own write key."


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who holds a key, or speaks to a channel with a personal token, with the channel's feeds at hand by name.

    `sender` is whose rate counts. A key ends by itself at `ends_at`; None: never.
    """

    right: Right
    channel: Channel
    feeds: Mapping[str, Feed]
    feed_ids: Mapping[str, int]
    sender: Hashable
    key_id: int | None = None
    token_id: int | None = None
    ends_at: int | None = None

    @classmethod
    def of(cls, holder: KeyHolder) -> Speaker:
        found = holder.channel
        return cls(holder.right, found, *_by_name(found), holder.key_id, key_id=holder.key_id, ends_at=holder.ends_at)

    @classmethod
    def of_token(cls, writer: TokenWriter) -> Speaker:
        found = writer.channel
        return cls(Right.WRITE, found, *_by_name(found), ("token", writer.token_id), token_id=writer.token_id)


class KeyRing:
    """The keys this process has seen lately.

    What is remembered may be out of date; that is noticed inside the writing transaction by the channel's version, so
    a revoked key stores nothing more from the moment it is revoked, in every process. Tokens are not remembered: no
    channel's version tells that one was revoked.
    """

    def __init__(self, store: Store, vault: Vault, uses: Uses, clock: Callable[[], int]) -> None:
        self._store = store
        self._vault = vault
        self._uses = uses
        self._clock = clock
        self._speakers: OrderedDict[str, Speaker] = OrderedDict()
        self._mutex = threading.Lock()

    def speaker(self, written: str, channel: str | None = None) -> Speaker:
        """Who holds this key, as remembered, or speaks with this token to the channel named.

        Raises what `look_up` raises; a typo is told without the database.
        """
        found = self._speakers.get(written)
        if found is None or (found.ends_at is not None and found.ends_at <= self._clock()):
            return self.look_up(written, channel)
        return found

    def look_up(self, written: str, channel: str | None = None) -> Speaker:
        """As `speaker`, asked of the database now. Raises KeyUnknown; for a token TokenUnknown, Forbidden, NotFound."""
        if is_token(written):
            return self._with_token(written, channel)
        if not is_well_formed(written):
            raise KeyUnknown("The key has a typo: a key is 16 characters, 0-9 and A-Z, and this is not one of ours.")
        try:
            found = Speaker.of(self._store.ask(keys.find, self._vault.digest(written), self._clock()))
        except KeyUnknown:
            self.forget(written)
            raise
        if found.channel.archived_at is not None:  # asked anew each time, so that its end is noticed
            self.forget(written)
            return found
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
        """Remember that the key or the token was used."""
        use = LastUse(self._clock(), door, address)
        if speaker.key_id is not None:
            self._uses.of_key(speaker.key_id, use)
        elif speaker.token_id is not None:
            self._uses.of_token(speaker.token_id, use)

    def _with_token(self, written: str, channel: str | None) -> Speaker:
        """What the token is worth is found out before anything of the channel."""
        if not is_well_formed_token(written):
            raise TokenUnknown("The token has a typo: this is not one of ours.")
        digest, now = self._vault.digest(written), self._clock()
        if channel is None:
            self._store.ask(tokens.find, digest, now)
            raise Forbidden("A personal token belongs to no channel: name the channel in the address.", hint=NAME_IT)
        return Speaker.of_token(self._store.ask(tokens.find_writer, digest, now, channel_id_from(channel)))


def _by_name(channel: Channel) -> tuple[dict[str, Feed], dict[str, int]]:
    return {feed.name: feed for feed in channel.feeds}, {feed.name: feed.id for feed in channel.feeds}


def require(speaker: Speaker, right: Right, channel: str | None = None) -> None:
    """Raise Forbidden unless the key has the right, on the channel named (None: the key's own)."""
    if channel is not None and channel != speaker.channel.slug:
        raise Forbidden("The key belongs to another channel.", hint="Use the key of the channel named in the address.")
    if speaker.right is not right:
        raise Forbidden(
            f"This is a {speaker.right} key; here a {right} key is needed.",
            hint=f"Use the channel's {right} key.",
        )
    if right is Right.WRITE and speaker.channel.archived_at is not None:
        raise Forbidden(
            "This channel is archived and takes no more readings.",
            hint="Staff of its course, or an admin, can take it out of the archive.",
        )
