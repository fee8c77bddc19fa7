"""How often a channel takes updates in ThingSpeak's language, and what programs that speak it say of it besides."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("channel", sa.Column("pace_ms", sa.Integer()))
    op.add_column("channel", sa.Column("elevation", sa.Float()))
    op.add_column("channel", sa.Column("web_address", sa.String(255), server_default="", nullable=False))
    op.add_column("channel", sa.Column("metadata", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    for name in ("metadata", "web_address", "elevation", "pace_ms"):
        op.drop_column("channel", name)
