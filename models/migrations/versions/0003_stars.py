"""Stars: the channels somebody wants to find again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "star",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("channel_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name="fk_star_channel_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_star_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", "channel_id", name="pk_star"),
    )
    op.create_index("ix_star_channel_id", "star", ["channel_id"], unique=False)


def downgrade() -> None:
    op.drop_table("star")
