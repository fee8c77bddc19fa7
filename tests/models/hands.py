"""What the tests of channels changed by hand share: the channel, and what the audit log says of it."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from domain.audit import Deed
from models.schema import audit
from models.store import Store


def deeds(store: Store, channel_id: int) -> list[tuple[Deed, dict[str, Any]]]:
    """(deed, detail) of what was noted of the channel, in order."""
    question = select(audit.c.act, audit.c.detail).where(audit.c.channel_id == channel_id).order_by(audit.c.id)
    rows = store.ask(lambda connection: connection.execute(question).all())
    return [(Deed(row.act), json.loads(row.detail or "{}")) for row in rows]
