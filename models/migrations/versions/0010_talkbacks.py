"""Queues of commands for boards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "talkback",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "channel_id",
            sa.Integer(),
            sa.ForeignKey("channel.id", name="fk_talkback_channel_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("is_logged", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("made_by", sa.Integer(), sa.ForeignKey("person.id", name="fk_talkback_made_by", ondelete="SET NULL")),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger()),
        sa.Column("last_used_from", sa.String(64)),
        sa.UniqueConstraint("digest", name="uq_talkback_digest"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_talkback_channel_id", "talkback", ["channel_id"])
    op.create_table(
        "command",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "talkback_id",
            sa.Integer(),
            sa.ForeignKey("talkback.id", name="fk_command_talkback_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("text", sa.String(255), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column(
            "added_by", sa.Integer(), sa.ForeignKey("person.id", name="fk_command_added_by", ondelete="SET NULL")
        ),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("executed_at", sa.BigInteger()),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_command_order", "command", ["talkback_id", "executed_at", "place"])


def downgrade() -> None:
    op.drop_table("command")
    op.drop_table("talkback")
