"""Files such as ThingSpeak gives of a channel, made from what is known of their format."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

HEAD = "created_at,entry_id,field1,field2,latitude,longitude,elevation,status"


def export(*rows: str, head: str = HEAD) -> bytes:
    """A channel's export: a heading and a row for each entry."""
    return "".join(f"{row}\n" for row in (head, *rows)).encode()


def feed(rows: Iterable[Mapping[str, Any]], **channel: Any) -> bytes:
    """A channel's /feeds.json, compact."""
    told = {"id": 9, "name": "Otter kiln", "latitude": "0.0", "longitude": "0.0"} | channel
    return json.dumps({"channel": told, "feeds": list(rows)}, separators=(",", ":"), ensure_ascii=False).encode()


def row(second: int, entry_id: int, **values: Any) -> dict[str, Any]:
    """An entry of a JSON feed, so many seconds after ten o'clock."""
    return {"created_at": f"2026-03-08T10:{second // 60:02}:{second % 60:02}Z", "entry_id": entry_id} | values


def in_pieces(body: bytes, size: int = 1 << 16) -> Sequence[bytes]:
    return [body[at : at + size] for at in range(0, len(body), size)]
