"""Words found without the numbers among which they came."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    is_word = sa.text("value IS NULL")
    op.create_index("ix_reading_word", "reading", ["feed_id", "at"], sqlite_where=is_word, postgresql_where=is_word)


def downgrade() -> None:
    op.drop_index("ix_reading_word", "reading")
