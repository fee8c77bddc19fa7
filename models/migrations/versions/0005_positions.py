"""An index of the entries that brought a position: where a channel's entries were taken, and whether any were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

HAS_ONE = sa.text("latitude IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_entry_position", "entry", ["channel_id", "at_min"], sqlite_where=HAS_ONE, postgresql_where=HAS_ONE
    )


def downgrade() -> None:
    op.drop_index("ix_entry_position", "entry")
