"""The tables. Instants are microseconds since the epoch, UTC. The migrations build exactly these: a test compares."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

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
    Column("status", Text),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("elevation", Float),
    sqlite_with_rowid=False,
)

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
