"""What was said with entries, and entries that brought nothing, found without the readings among which they came."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SAID = sa.text("status IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_entry_status", "entry", ["channel_id", "at_min"], sqlite_where=SAID, postgresql_where=SAID)


def downgrade() -> None:
    op.drop_index("ix_entry_status", "entry")
