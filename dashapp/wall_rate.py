"""How many messages come in on a wall, told anew with each beat."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from dashapp.components.wall_head import rate_text
from models import walls
from models.store import Store

ID = "wall-rate"


def update(store: Store, channel_ids: Collection[int], now: int) -> tuple[str, dict[str, Any]]:
    """What to set where the rate of these channels, which the page shows, is said."""
    return ID, {"children": rate_text(store.ask(walls.messages_a_second, channel_ids, now))}
