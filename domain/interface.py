"""The interface for programs as people read it: what can be asked, with which words, and what a terminal would say."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from shlex import quote
from typing import Any
from urllib.parse import quote as percented


class Needs(StrEnum):
    """What has to come along."""

    NOTHING = "nothing"
    SIGHT = "sight"
    """A key or token that may read, unless the channel is public."""
    WRITE_KEY = "write key"
    READ_TOKEN = "read token"  # noqa: S105 (no secret)
    SEND_TOKEN = "send token"  # noqa: S105
    MANAGE_TOKEN = "manage token"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Parameter:
    """A part of the question: `place` is address, query or header."""

    name: str
    place: str
    kind: str
    says: str
    usual: str = ""
    example: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an answer or a body: `readings[].at`."""

    name: str
    kind: str
    says: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes back when all is well."""

    status: int
    says: str
    media: tuple[str, ...]
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """What may be said instead."""

    status: int
    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be asked. `example`: parameters worth trying. `body`: a message worth sending, or None."""

    name: str
    method: str
    path: str
    group: str
    summary: str
    details: str
    who: str
    needs: Needs
    parameters: tuple[Parameter, ...] = ()
    members: tuple[Member, ...] = ()
    media: tuple[str, ...] = ()
    body: Any = None
    example: str = ""
    outcomes: tuple[Outcome, ...] = ()
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """What is filled in for somebody: where the server is, a channel of theirs, and what may stand in a program.

    An empty `read_key` is one that is not needed.
    """

    origin: str
    channel_id: int = 7
    feed: str = "temperature"
    read_key: str = ""
    write_key: str = "YOUR-WRITE-KEY"
    token: str = "YOUR-TOKEN"  # noqa: S105 (to be replaced)

    def address(self, entry: Entry) -> str:
        """The path of an entry with its variables filled in, and its example's parameters."""
        examples = {each.name: each.example for each in entry.parameters if each.place == "address"}
        known = {**examples, "channel": str(self.channel_id), "feed": self.feed}
        path = re.sub(r"{(\w+)}", lambda found: percented(known.get(found[1], found[1]), safe=""), entry.path)
        return path + (f"?{entry.example}" if entry.example else "")

    def curl(self, entry: Entry) -> str:
        """What to type in a terminal."""
        words = ["curl"]
        if entry.method not in ("GET", "POST") or (entry.method == "POST" and entry.body is None):
            words.append(f"-X {entry.method}")
        if header := self._header(entry.needs):
            words.append(f"-H {quote(header)}")
        if entry.body is not None:
            words += [f"-H {quote('Content-Type: application/json')}", f"-d {quote(_json(entry.body))}"]
        return " ".join([*words, quote(self.origin + self.address(entry))])

    def _header(self, needs: Needs) -> str:
        if needs in (Needs.READ_TOKEN, Needs.SEND_TOKEN, Needs.MANAGE_TOKEN):
            return f"Authorization: Bearer {self.token}"
        key = {Needs.SIGHT: self.read_key, Needs.WRITE_KEY: self.write_key}.get(needs, "")
        return f"X-API-Key: {key}" if key else ""


def _json(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False)
