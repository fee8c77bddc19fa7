"""The audit log: only ever added to, in the very transaction of the deed."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, insert

from domain.audit import Actor, Deed
from models.schema import audit


def note(
    connection: Connection,
    actor: Actor,
    deed: Deed,
    *,
    channel_id: int | None = None,
    course_id: int | None = None,
    about_person_id: int | None = None,
    **detail: Any,
) -> None:
    """Write down that it was done. `detail` holds plain values, never an e-mail or a secret: it cannot be erased."""
    connection.execute(
        insert(audit).values(
            at=actor.at,
            act=str(deed),
            person_id=actor.person_id,
            channel_id=channel_id,
            course_id=course_id,
            about_person_id=about_person_id,
            detail=json.dumps(detail, ensure_ascii=False, default=str) if detail else "",
            address=actor.address[:64],
        )
    )
