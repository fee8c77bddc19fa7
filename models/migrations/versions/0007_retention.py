"""How long a channel keeps its readings, and what was taken away and can be put back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("channel", sa.Column("keep_days", sa.Integer()))
    op.add_column("channel", sa.Column("keep_begins_at", sa.BigInteger()))
    op.create_table(
        "removal",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "channel_id",
            sa.Integer(),
            sa.ForeignKey("channel.id", name="fk_removal_channel_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column(
            "made_by",
            sa.Integer(),
            sa.ForeignKey("person.id", name="fk_removal_made_by", ondelete="SET NULL"),
        ),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("span_start", sa.BigInteger(), nullable=False),
        sa.Column("span_end", sa.BigInteger(), nullable=False),
        sa.Column("feeds", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("readings", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("superseded", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("undone_at", sa.BigInteger()),
        sqlite_autoincrement=True,
    )
    for name in ("channel_id", "made_at", "state"):
        op.create_index(f"ix_removal_{name}", "removal", [name])
    op.create_table(
        "removed_reading",
        sa.Column(
            "removal_id",
            sa.Integer(),
            sa.ForeignKey("removal.id", name="fk_removed_reading_removal_id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("feed_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Float(53)),
        sa.Column("text", sa.Text()),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("removed_reading")
    op.drop_table("removal")
    op.drop_column("channel", "keep_begins_at")
    op.drop_column("channel", "keep_days")
