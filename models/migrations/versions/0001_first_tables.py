"""Channels, feeds, keys, entries, readings, rollups, refusals, answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("visibility", sa.String(length=16), nullable=False),
        sa.Column("accepts_new_feeds", sa.Boolean(), nullable=False),
        sa.Column("is_rehearsal", sa.Boolean(), nullable=False),
        sa.Column("expected_interval_s", sa.Float(), nullable=True),
        sa.Column("last_entry_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_channel"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "reading",
        sa.Column("feed_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Float(precision=53), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("feed_id", "at", name="pk_reading"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rollup",
        sa.Column("feed_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("width", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("bucket", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("sum", sa.Float(precision=53), nullable=True),
        sa.Column("min", sa.Float(precision=53), nullable=True),
        sa.Column("max", sa.Float(precision=53), nullable=True),
        sa.Column("first", sa.Float(precision=53), nullable=True),
        sa.Column("last", sa.Float(precision=53), nullable=True),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("feed_id", "width", "bucket", name="pk_rollup"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "entry",
        sa.Column("channel_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_entry_id", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("at_min", sa.BigInteger(), nullable=False),
        sa.Column("at_max", sa.BigInteger(), nullable=False),
        sa.Column("door", sa.String(length=16), nullable=False),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("elevation", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name="fk_entry_channel_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("channel_id", "entry_id", name="pk_entry"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), server_default="", nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=True),
        sa.Column("colour", sa.String(length=16), nullable=True),
        sa.Column("decimals", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name="fk_feed_channel_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_feed"),
        sa.UniqueConstraint("channel_id", "name", name="uq_feed_channel_id_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("right", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), server_default="", nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("last_used_door", sa.String(length=16), nullable=True),
        sa.Column("last_used_from", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name="fk_key_channel_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_key"),
        sa.UniqueConstraint("digest", name="uq_key_digest"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_key_channel_id", "key", ["channel_id"], unique=False)
    op.create_table(
        "refusal",
        sa.Column("channel_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("minute", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name="fk_refusal_channel_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("channel_id", "minute", "code", name="pk_refusal"),
    )
    op.create_table(
        "answer",
        sa.Column("key_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("token", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["key.id"], name="fk_answer_key_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key_id", "token", name="pk_answer"),
    )
    op.create_index("ix_answer_created_at", "answer", ["created_at"], unique=False)


def downgrade() -> None:
    for table in ("answer", "refusal", "key", "entry", "rollup", "reading", "feed", "channel"):
        op.drop_table(table)
