"""People, sessions, tokens, members, invitations, courses, rosters, the audit log; what channels gain by them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEEP_AUDIT = {
    "sqlite": [
        f"CREATE TRIGGER audit_is_kept_from_{change} BEFORE {change} ON audit "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END"
        for change in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION keep_audit() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit log is only added to'; END $$",
        "CREATE TRIGGER audit_is_kept BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION keep_audit()",
    ],
}


ADDED = ("audit", "course", "person", "sign_in", "enrolment", "roster", "session", "token", "invitation", "membership")
ADDED_TO_CHANNEL = (
    "course_id",
    "section",
    "team",
    "tags",
    "place",
    "latitude",
    "longitude",
    "archived_at",
    "deleted_at",
)


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("channel_id", sa.Integer(), nullable=True),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.Column("about_person_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("address", sa.String(length=64), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_at", "audit", ["at"], unique=False)
    op.create_index("ix_audit_channel_id", "audit", ["channel_id"], unique=False)
    op.create_index("ix_audit_course_id", "audit", ["course_id"], unique=False)
    op.create_index("ix_audit_person_id", "audit", ["person_id"], unique=False)
    op.create_table(
        "course",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), server_default="", nullable=False),
        sa.Column("term", sa.String(length=32), server_default="", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("archived_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_course"),
        sa.UniqueConstraint("code", "term", name="uq_course_code_term"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("name", sa.String(length=200), server_default="", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("email", name="uq_person_email"),
        sa.UniqueConstraint("issuer", "subject", name="uq_person_issuer_subject"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sign_in",
        sa.Column("state_digest", sa.LargeBinary(), nullable=False),
        sa.Column("browser_digest", sa.LargeBinary(), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("memory", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("state_digest", name="pk_sign_in"),
    )
    op.create_index("ix_sign_in_made_at", "sign_in", ["made_at"], unique=False)
    op.create_table(
        "enrolment",
        sa.Column("course_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), server_default="", nullable=False),
        sa.Column("section", sa.String(length=64), server_default="", nullable=False),
        sa.Column("team", sa.String(length=100), server_default="", nullable=False),
        sa.Column("part", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name="fk_enrolment_course_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_enrolment_person_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("course_id", "email", name="pk_enrolment"),
    )
    op.create_index("ix_enrolment_person_id", "enrolment", ["person_id"], unique=False)
    op.create_table(
        "roster",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("applied_by", sa.Integer(), nullable=True),
        sa.Column("applied_at", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["applied_by"], ["person.id"], name="fk_roster_applied_by", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name="fk_roster_course_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_roster"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_roster_course_id", "roster", ["course_id"], unique=False)
    op.create_table(
        "session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("agent", sa.String(length=300), server_default="", nullable=False),
        sa.Column("address", sa.String(length=64), server_default="", nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_session_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_session"),
        sa.UniqueConstraint("digest", name="uq_session_digest"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_session_person_id", "session", ["person_id"], unique=False)
    op.create_table(
        "token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("last_used_from", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_token_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_token"),
        sa.UniqueConstraint("digest", name="uq_token_digest"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_token_person_id", "token", ["person_id"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("is_from_roster", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name="fk_invitation_channel_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name="fk_invitation_made_by", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        sa.UniqueConstraint("channel_id", "email", name="uq_invitation_channel_id_email"),
        sa.UniqueConstraint("digest", name="uq_invitation_digest"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_invitation_channel_id", "invitation", ["channel_id"], unique=False)
    op.create_index("ix_invitation_email", "invitation", ["email"], unique=False)
    op.create_table(
        "membership",
        sa.Column("channel_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("is_from_roster", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name="fk_membership_added_by", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name="fk_membership_channel_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_membership_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("channel_id", "person_id", name="pk_membership"),
    )
    op.create_index("ix_membership_person_id", "membership", ["person_id"], unique=False)
    _add_reference("channel", "course_id", "course")
    op.add_column("channel", sa.Column("section", sa.String(length=64), server_default="", nullable=False))
    op.add_column("channel", sa.Column("team", sa.String(length=100), server_default="", nullable=False))
    op.add_column("channel", sa.Column("tags", sa.Text(), server_default="", nullable=False))
    op.add_column("channel", sa.Column("place", sa.String(length=200), server_default="", nullable=False))
    op.add_column("channel", sa.Column("latitude", sa.Float(), nullable=True))
    op.add_column("channel", sa.Column("longitude", sa.Float(), nullable=True))
    op.add_column("channel", sa.Column("archived_at", sa.BigInteger(), nullable=True))
    op.add_column("channel", sa.Column("deleted_at", sa.BigInteger(), nullable=True))
    op.create_index("ix_channel_course_id", "channel", ["course_id"], unique=False)
    op.create_index("ix_channel_deleted_at", "channel", ["deleted_at"], unique=False)
    op.add_column("feed", sa.Column("is_hidden", sa.Boolean(), server_default=sa.false(), nullable=False))
    _add_reference("key", "made_by", "person")
    op.add_column("key", sa.Column("ends_at", sa.BigInteger(), nullable=True))
    op.add_column("refusal", sa.Column("hint", sa.Text(), server_default="", nullable=False))
    op.add_column("refusal", sa.Column("door", sa.String(length=16), server_default="", nullable=False))
    op.add_column("refusal", sa.Column("address", sa.String(length=64), server_default="", nullable=False))
    for statement in KEEP_AUDIT[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for column in ("hint", "door", "address"):
        op.drop_column("refusal", column)
    op.drop_column("key", "made_by")
    op.drop_column("key", "ends_at")
    op.drop_column("feed", "is_hidden")
    for index in ("course_id", "deleted_at"):
        op.drop_index(f"ix_channel_{index}", "channel")
    for column in ADDED_TO_CHANNEL:
        op.drop_column("channel", column)
    for table in ADDED[::-1]:
        op.drop_table(table)


def _add_reference(table: str, name: str, to: str) -> None:
    """Add a column that names a row of another table. (SQLite takes the constraint with the column or not at all.)"""
    reference = sa.ForeignKey(f"{to}.id", name=f"fk_{table}_{name}", ondelete="SET NULL")
    op.add_column(table, sa.Column(name, sa.Integer(), reference, nullable=True), inline_references=True)
