"""What an import's page asks and does: the file that its address names, read as its controls say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import context
from dashapp import import_choices as choices
from dashapp.components.import_history import UNDER_WAY
from dashapp.import_choices import Reading
from domain.channels import Channel
from domain.errors import Invalid, family
from domain.imports import Mapping, Preview
from domain.roles import Act
from models import channels, imports, mappings
from models.imports import Import
from models.jobs import State as Stage

TAIL = "/import"

_file_in = re.compile(r"[?&]file=([1-9][0-9]{0,8})(?:&|$)", re.ASCII).search
_refused_in = re.compile(r"[?&]refused=([a-z-]{1,40})(?:&|$)", re.ASCII).search


@dataclass(frozen=True, slots=True)
class Found:
    """A channel, the imports into it, and the one that the address names."""

    channel: Channel
    acts: frozenset[Act]
    imports: tuple[Import, ...]
    file: Import | None

    @property
    def address(self) -> str:
        return f"/channels/{self.channel.slug}{TAIL}"

    @property
    def is_under_way(self) -> bool:
        return any(each.state in UNDER_WAY for each in self.imports)


def take_back(channel_id: int, import_id: int) -> Stage:
    """Raises NotFound, Forbidden, Outdated."""
    came_to = context.store().tell(imports.take_back, context.actor(), channel_id, import_id)
    context.parts().importer.look()
    return came_to


def fetch(channel_id: int, number: int, acts: frozenset[Act]) -> Found:
    """Raises NotFound, Forbidden."""
    store, viewer, now = context.store(), context.viewer(), context.now()
    listed = store.ask(imports.list_of, viewer, channel_id, now)
    file = store.ask(imports.find, viewer, channel_id, number, now) if number else None
    return Found(store.ask(channels.find, viewer, channel_id), acts, tuple(listed), file)


def look_at(
    channel_id: int, import_id: int, reading: Reading, zone: str | None, columns: dict[str, str]
) -> tuple[Preview, Channel]:
    """The beginning of the file, read so, and the channel it is for. Raises NotFound, Forbidden, Invalid."""
    store, viewer = context.store(), context.viewer()
    into = store.ask(imports.contributable, viewer, channel_id)
    zone, hints = choices.zone_in(zone, context.college_zone()), reading.hints(columns)
    seen = store.ask_long(imports.preview, viewer, channel_id, import_id, zone, context.now(), None, hints)
    return seen, into


def goes_to(ids: list[dict[str, Any]], targets: list[str]) -> dict[str, str]:
    """Where each column goes, by its key."""
    return {str(each["of"]): target for each, target in zip(ids, targets, strict=True)}


def fault_of(into: Channel, told: Mapping) -> str:
    """Why the file cannot be imported so; empty where it can."""
    try:
        mappings.check(into, told)
    except Invalid as refused:
        return sentence_of(refused)
    return ""


def file_in(search: str | None) -> int:
    """The number of the import that the address names; 0 where it names none."""
    found = _file_in(search or "")
    return int(found[1]) if found else 0


def sentence_of(refused: Invalid) -> str:
    return " ".join(filter(None, (refused.detail, refused.hint)))


def why_refused(search: str | None) -> str:
    """What the address says became of a file that was sent."""
    found = _refused_in(search or "")
    kind = family().get(found[1]) if found else None
    if kind is None:
        return ""
    if kind is Invalid:
        return "No file was chosen, or it is empty."
    return " ".join(filter(None, (f"{kind.title}.", kind.hint)))
