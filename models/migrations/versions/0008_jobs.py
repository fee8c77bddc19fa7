"""Work that takes a while: imports with their files and what they stored, and downloads that show how far they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column(
            "person_id",
            sa.Integer(),
            sa.ForeignKey("person.id", name="fk_job_person_id", ondelete="CASCADE"),
        ),
        sa.Column(
            "channel_id",
            sa.Integer(),
            sa.ForeignKey("channel.id", name="fk_job_channel_id", ondelete="CASCADE"),
        ),
        sa.Column(
            "course_id",
            sa.Integer(),
            sa.ForeignKey("course.id", name="fk_job_course_id", ondelete="CASCADE"),
        ),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("total", sa.BigInteger()),
        sa.Column("told", sa.Text(), nullable=False, server_default="{}"),
        sa.Column("found", sa.Text(), nullable=False, server_default="{}"),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sqlite_autoincrement=True,
    )
    for name in ("person_id", "channel_id", "state"):
        op.create_index(f"ix_job_{name}", "job", [name])
    op.create_table(
        "upload",
        sa.Column(
            "job_id",
            sa.Integer(),
            sa.ForeignKey("job.id", name="fk_upload_job_id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("start", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "imported",
        sa.Column(
            "job_id",
            sa.Integer(),
            sa.ForeignKey("job.id", name="fk_imported_job_id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("first_entry_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    for name in ("imported", "upload", "job"):
        op.drop_table(name)
