"""The tables. Instants are microseconds since the epoch, UTC. The migrations build exactly these: a test compares."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
    false,
)
from sqlalchemy.schema import DDL

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

channel = Table(
    "channel",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("description", Text, nullable=False, server_default=""),
    Column("visibility", String(16), nullable=False),
    Column("accepts_new_feeds", Boolean, nullable=False),
    Column("is_rehearsal", Boolean, nullable=False),
    Column("expected_interval_s", Float),
    # The newest entry's number. Writers lock this row, so numbers have neither gaps nor doubles across processes.
    Column("last_entry_id", BigInteger, nullable=False, server_default="0"),
    # Grows with every change of feeds, keys or settings: what a process remembers of a channel is checked against it
    # inside the writing transaction, so a revoked key or a new feed counts at once everywhere.
    Column("version", BigInteger, nullable=False, server_default="1"),
    Column("created_at", BigInteger, nullable=False),
    # The course it belongs to, if any, and for whom in that course it is.
    Column("course_id", ForeignKey("course.id", ondelete="SET NULL"), index=True),
    Column("section", String(64), nullable=False, server_default=""),
    Column("team", String(100), nullable=False, server_default=""),
    # Words to find it by, each between two blanks: " kiln otter ".
    Column("tags", Text, nullable=False, server_default=""),
    Column("place", String(200), nullable=False, server_default=""),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("archived_at", BigInteger),
    # Readings older than so many days are taken away, but none before `keep_begins_at`; null: none ever.
    Column("keep_days", Integer),
    Column("keep_begins_at", BigInteger),
    # The least time between two updates in ThingSpeak's language; null: a second.
    Column("pace_ms", Integer),
    # What programs that speak it say of a channel besides.
    Column("elevation", Float),
    Column("web_address", String(255), nullable=False, server_default=""),
    Column("metadata", Text, nullable=False, server_default=""),
    # In the bin since then; gone for good 30 days later. Serves: emptying the bin.
    Column("deleted_at", BigInteger, index=True),
    sqlite_autoincrement=True,
)

feed = Table(
    "feed",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("channel_id", ForeignKey("channel.id", ondelete="CASCADE"), nullable=False),
    Column("name", String(64), nullable=False),
    Column("title", String(200), nullable=False, server_default=""),
    Column("kind", String(16), nullable=False),
    Column("unit", String(32)),
    Column("colour", String(16)),
    Column("decimals", Integer),
    Column("position", Integer, nullable=False),
    Column("is_hidden", Boolean, nullable=False, server_default=false()),
    # Serves: all feeds of a channel, and the feed of that name.
    UniqueConstraint("channel_id", "name"),
    sqlite_autoincrement=True,
)

key = Table(
    "key",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("channel_id", ForeignKey("channel.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("right", String(16), nullable=False),
    Column("name", String(200), nullable=False, server_default=""),
    # Found by this digest alone; the key itself is only kept sealed, so that members can see it again.
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("made_by", ForeignKey("person.id", ondelete="SET NULL")),
    # A key that was rotated works until then.
    Column("ends_at", BigInteger),
    Column("revoked_at", BigInteger),
    Column("last_used_at", BigInteger),
    Column("last_used_door", String(16)),
    Column("last_used_from", String(64)),
    sqlite_autoincrement=True,
)

entry = Table(
    "entry",
    metadata,
    # A run of entries that arrived together, `first_entry_id` to `entry_id`; one with a status or a position is alone.
    Column("channel_id", ForeignKey("channel.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("entry_id", BigInteger, primary_key=True, autoincrement=False),
    Column("first_entry_id", BigInteger, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    # The instants between which its readings lie: how "what came after entry N" finds them without an index of its own.
    Column("at_min", BigInteger, nullable=False),
    Column("at_max", BigInteger, nullable=False),
    Column("door", String(16), nullable=False),
    # What was said with it; empty for an entry that brought nothing at all, and is alone, too.
    Column("status", Text),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("elevation", Float),
    sqlite_with_rowid=False,
)

# Serves: where a channel's entries were taken. Most entries have no position and cost it nothing.
_has_one = entry.c.latitude.is_not(None)
Index("ix_entry_position", entry.c.channel_id, entry.c.at_min, sqlite_where=_has_one, postgresql_where=_has_one)

# Serves: what was said with a channel's entries, and those that brought no reading. Others cost it nothing.
_said = entry.c.status.is_not(None)
Index("ix_entry_status", entry.c.channel_id, entry.c.at_min, sqlite_where=_said, postgresql_where=_said)

reading = Table(
    "reading",
    metadata,
    # No foreign key here and on rollup: checking it would slow down writing. `channels.remove` clears both.
    Column("feed_id", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("entry_id", BigInteger, nullable=False),
    Column("value", Float(53)),
    Column("text", Text),
    sqlite_with_rowid=False,
)

# Serves: which words came between the numbers of a feed that takes both. Numbers cost it nothing.
_is_word = reading.c.value.is_(None)
Index("ix_reading_word", reading.c.feed_id, reading.c.at, sqlite_where=_is_word, postgresql_where=_is_word)

rollup = Table(
    "rollup",
    metadata,
    Column("feed_id", Integer, primary_key=True, autoincrement=False),
    Column("width", BigInteger, primary_key=True, autoincrement=False),
    Column("bucket", BigInteger, primary_key=True, autoincrement=False),
    Column("n", BigInteger, nullable=False),
    Column("sum", Float(53)),
    Column("min", Float(53)),
    Column("max", Float(53)),
    Column("first", Float(53)),
    Column("last", Float(53)),
    Column("first_at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

refusal = Table(
    "refusal",
    metadata,
    # What was refused, counted per minute and kind: enough to tell the owner what is wrong, too little to fill a disk.
    Column("channel_id", ForeignKey("channel.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("minute", BigInteger, primary_key=True, autoincrement=False),
    Column("code", String(32), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("detail", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    # Of the newest of them: the cure, and how and from where it came; empty where that is not known.
    Column("hint", Text, nullable=False, server_default=""),
    Column("door", String(16), nullable=False, server_default=""),
    Column("address", String(64), nullable=False, server_default=""),
)

answer = Table(
    "answer",
    metadata,
    # The answer once given to a message with an Idempotency-Key, given again when the same message comes again.
    Column("key_id", ForeignKey("key.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("token", String(255), primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("receipt", Text, nullable=False),
    # Serves: forgetting answers after a day.
    Column("created_at", BigInteger, nullable=False, index=True),
)

person = Table(
    "person",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("issuer", String(255), nullable=False),
    Column("subject", String(255), nullable=False),
    # Lower case; unique among those whose address still holds (see people.release).
    Column("email", String(254), unique=True),
    Column("name", String(200), nullable=False, server_default=""),
    # Grows when rights may have changed or a session ended: open pages and streams are checked against it.
    Column("version", BigInteger, nullable=False, server_default="1"),
    Column("created_at", BigInteger, nullable=False),
    # Serves: who signs in.
    UniqueConstraint("issuer", "subject"),
    sqlite_autoincrement=True,
)

session = Table(
    "session",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    # SHA-256 of what the cookie carries; the cookie's value itself is kept nowhere.
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("made_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("agent", String(300), nullable=False, server_default=""),
    Column("address", String(64), nullable=False, server_default=""),
    Column("revoked_at", BigInteger),
    sqlite_autoincrement=True,
)

sign_in = Table(
    "sign_in",
    metadata,
    # A sign-in that was begun and not finished: taken out when its browser comes back, forgotten after ten minutes.
    Column("state_digest", LargeBinary, primary_key=True),
    Column("browser_digest", LargeBinary, nullable=False),
    Column("provider", String(32), nullable=False),
    Column("memory", Text, nullable=False),
    # Serves: forgetting.
    Column("made_at", BigInteger, nullable=False, index=True),
)

token = Table(
    "token",
    metadata,
    # A person's token for programs.
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("scopes", String(200), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Column("last_used_at", BigInteger),
    Column("last_used_from", String(64)),
    sqlite_autoincrement=True,
)

membership = Table(
    "membership",
    metadata,
    Column("channel_id", ForeignKey("channel.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    # Serves (the index): the channels of a person.
    Column("person_id", ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True),
    Column("role", String(16), nullable=False),
    # Whether the roster of a course made it, so that the roster may change it.
    Column("is_from_roster", Boolean, nullable=False, server_default=false()),
    Column("added_by", ForeignKey("person.id", ondelete="SET NULL")),
    Column("added_at", BigInteger, nullable=False),
)

star = Table(
    "star",
    metadata,
    # A channel somebody wants to find again. It gives no right: what they may not see any more is not shown.
    Column("person_id", ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    # Serves (the index): removing a channel.
    Column("channel_id", ForeignKey("channel.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("at", BigInteger, nullable=False),
)

invitation = Table(
    "invitation",
    metadata,
    # To an e-mail address nobody has signed in with yet, or (email is null) by a link anybody of the college may use.
    Column("id", Integer, primary_key=True),
    Column("channel_id", ForeignKey("channel.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("role", String(16), nullable=False),
    # Serves: what waits for somebody who signs in.
    Column("email", String(254), index=True),
    Column("digest", LargeBinary, unique=True),
    Column("sealed", LargeBinary),
    Column("is_from_roster", Boolean, nullable=False, server_default=false()),
    Column("made_by", ForeignKey("person.id", ondelete="SET NULL")),
    Column("made_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger),
    UniqueConstraint("channel_id", "email"),
    sqlite_autoincrement=True,
)

kiosk = Table(
    "kiosk",
    metadata,
    # A link that lets a screen show what the college sees of a course, or (without one) of the whole wall. It goes with
    # its course: without it, it would reach further.
    Column("id", Integer, primary_key=True),
    Column("course_id", ForeignKey("course.id", ondelete="CASCADE"), index=True),
    Column("name", String(200), nullable=False),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("made_by", ForeignKey("person.id", ondelete="SET NULL")),
    Column("made_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Column("seen_at", BigInteger),
    sqlite_autoincrement=True,
)

course = Table(
    "course",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(32), nullable=False),
    Column("title", String(200), nullable=False, server_default=""),
    Column("term", String(32), nullable=False, server_default=""),
    Column("created_at", BigInteger, nullable=False),
    Column("archived_at", BigInteger),
    UniqueConstraint("code", "term"),
    sqlite_autoincrement=True,
)

enrolment = Table(
    "enrolment",
    metadata,
    Column("course_id", ForeignKey("course.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("email", String(254), primary_key=True),
    Column("name", String(200), nullable=False, server_default=""),
    Column("section", String(64), nullable=False, server_default=""),
    Column("team", String(100), nullable=False, server_default=""),
    Column("part", String(16), nullable=False),
    # Null until somebody with that address has signed in. Serves (the index): the courses of a person.
    Column("person_id", ForeignKey("person.id", ondelete="SET NULL"), index=True),
)

roster = Table(
    "roster",
    metadata,
    # A roster that was applied, with the enrolments as they were before it (JSON): what undoing needs.
    Column("id", Integer, primary_key=True),
    Column("course_id", ForeignKey("course.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("applied_by", ForeignKey("person.id", ondelete="SET NULL")),
    Column("applied_at", BigInteger, nullable=False),
    Column("before", Text, nullable=False),
    Column("added", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("removed", Integer, nullable=False),
    Column("undone_at", BigInteger),
    sqlite_autoincrement=True,
)

removal = Table(
    "removal",
    metadata,
    # A range of readings that somebody took away: they can be put back for 30 days.
    Column("id", Integer, primary_key=True),
    Column("channel_id", ForeignKey("channel.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("made_by", ForeignKey("person.id", ondelete="SET NULL")),
    # Serves: forgetting what is over.
    Column("made_at", BigInteger, nullable=False, index=True),
    Column("span_start", BigInteger, nullable=False),
    Column("span_end", BigInteger, nullable=False),
    # The feeds' numbers, as JSON, ascending: the order in which they are taken.
    Column("feeds", Text, nullable=False),
    # Serves: what is still to be gone on with.
    Column("state", String(16), nullable=False, index=True),
    # Readings there were when it began, those that lie in `removed_reading` now, and those that were not put back
    # because by then the feed held another for their instant.
    Column("total", BigInteger, nullable=False),
    Column("readings", BigInteger, nullable=False, server_default="0"),
    Column("superseded", BigInteger, nullable=False, server_default="0"),
    # When somebody last went on with it: what is left lying, another process takes over.
    Column("seen_at", BigInteger, nullable=False),
    Column("undone_at", BigInteger),
    sqlite_autoincrement=True,
)

removed_reading = Table(
    "removed_reading",
    metadata,
    # The readings of removals, as they were.
    Column("removal_id", ForeignKey("removal.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("feed_id", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("entry_id", BigInteger, nullable=False),
    Column("value", Float(53)),
    Column("text", Text),
    sqlite_with_rowid=False,
)

job = Table(
    "job",
    metadata,
    # Something that takes a while: an import, a download that shows how far it is.
    Column("id", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("person_id", ForeignKey("person.id", ondelete="CASCADE"), index=True),
    Column("channel_id", ForeignKey("channel.id", ondelete="CASCADE"), index=True),
    Column("course_id", ForeignKey("course.id", ondelete="CASCADE")),
    # Serves: what is to be done next.
    Column("state", String(16), nullable=False, index=True),
    Column("done", BigInteger, nullable=False, server_default="0"),
    Column("total", BigInteger),
    # What it was told and what it found, as JSON.
    Column("told", Text, nullable=False, server_default="{}"),
    Column("found", Text, nullable=False, server_default="{}"),
    Column("made_at", BigInteger, nullable=False),
    # When the process that does it last said so: another may take over what is left lying.
    Column("seen_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    sqlite_autoincrement=True,
)

upload = Table(
    "upload",
    metadata,
    # The pieces of a file that waits to be imported.
    Column("job_id", ForeignKey("job.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("start", BigInteger, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)

imported = Table(
    "imported",
    metadata,
    # The entries that an import made: what undoing it takes away.
    Column("job_id", ForeignKey("job.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("first_entry_id", BigInteger, primary_key=True, autoincrement=False),
    Column("entry_id", BigInteger, nullable=False),
)

talkback = Table(
    "talkback",
    metadata,
    # A queue of commands that the boards of a channel fetch, each with the key that they have for it.
    Column("id", Integer, primary_key=True),
    Column("channel_id", ForeignKey("channel.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),
    # Whether what is handed out becomes a status of the channel.
    Column("is_logged", Boolean, nullable=False, server_default=false()),
    Column("made_by", ForeignKey("person.id", ondelete="SET NULL")),
    Column("made_at", BigInteger, nullable=False),
    Column("last_used_at", BigInteger),
    Column("last_used_from", String(64)),
    sqlite_autoincrement=True,
)

command = Table(
    "command",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("talkback_id", ForeignKey("talkback.id", ondelete="CASCADE"), nullable=False),
    Column("text", String(255), nullable=False),
    # The order in which they are handed out: it has holes.
    Column("place", BigInteger, nullable=False),
    Column("added_by", ForeignKey("person.id", ondelete="SET NULL")),
    Column("added_at", BigInteger, nullable=False),
    # Null while it waits.
    Column("executed_at", BigInteger),
    sqlite_autoincrement=True,
)

# Serves: what waits, in its order, and what was handed out last.
Index("ix_command_order", command.c.talkback_id, command.c.executed_at, command.c.place)

audit = Table(
    "audit",
    metadata,
    # Only ever added to: triggers refuse the rest. People stand here as numbers: erasing one leaves no e-mail.
    Column("id", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False, index=True),
    Column("act", String(32), nullable=False),
    Column("person_id", Integer, index=True),
    Column("channel_id", Integer, index=True),
    Column("course_id", Integer, index=True),
    Column("about_person_id", Integer),
    Column("detail", Text, nullable=False, server_default=""),
    Column("address", String(64), nullable=False, server_default=""),
    sqlite_autoincrement=True,
)

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
"""By kind of database: what holds the audit log. (A table cannot say it; the migration says the same.)"""

for _dialect, _statements in KEEP_AUDIT.items():
    for _statement in _statements:
        _kept = DDL(_statement)  # type: ignore[no-untyped-call]  # SQLAlchemy has no types for it
        event.listen(audit, "after_create", _kept.execute_if(dialect=_dialect))
