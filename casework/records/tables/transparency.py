"""The tree over all events and readings: what waits for its leaf, hashes in tiles, whose leaves they are, and what was signed of it."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from casework.records.tables.base import NOW, Id, Time, metadata, reference

awaited_leaves = Table(
    "awaited_leaves",
    metadata,
    Column("log_id", Id, primary_key=True, comment="Of a reading what the head of its chain says"),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False, comment="Its own, as bytes"),
    Column("since", Time, nullable=False, server_default=NOW, comment="By the real clock, whatever a simulation says"),
    comment="Events and readings that have no leaf yet; triggers write them, the sequencer takes them away",
)

tree_tiles = Table(
    "tree_tiles",
    metadata,
    Column(
        "level",
        SmallInteger,
        primary_key=True,
        autoincrement=False,
        comment="0: hashes of leaves; each above it: roots of full tiles",
    ),
    Column("n", BigInteger, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False, comment="Up to 256 of 32 bytes, in order"),
    CheckConstraint(
        "octet_length(hashes) >= 32 AND octet_length(hashes) <= 8192 AND octet_length(hashes) % 32 = 0", name="hashes"
    ),
    comment="The tree of RFC 6962 over all events and readings, as tlog-tiles keeps it; it only grows",
)

tree_entries = Table(
    "tree_entries",
    metadata,
    Column("n", BigInteger, primary_key=True, autoincrement=False),
    Column(
        "entries",
        LargeBinary,
        nullable=False,
        comment="Of each leaf its event or reading: 16 bytes of the log's id, 4 of its seq",
    ),
    Column("made_at", Time, nullable=False, server_default=NOW, comment="Of its newest leaf, by the real clock"),
    CheckConstraint(
        "octet_length(entries) >= 20 AND octet_length(entries) <= 5120 AND octet_length(entries) % 20 = 0",
        name="entries",
    ),
    Index("ix_tree_entries_made_at", "made_at"),
    comment="Whose leaves the tiles of level 0 hold; it names logs, and nobody but the engine reads it",
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("n", BigInteger, primary_key=True, autoincrement=False, comment="From 1, without gaps"),
    Column("size", BigInteger, nullable=False, comment="Leaves that the tree had"),
    Column("root", LargeBinary, nullable=False),
    Column("note", Text, nullable=False, comment="What was signed of them, as C2SP tlog-checkpoint writes it"),
    Column("made_at", Time, nullable=False, server_default=NOW, comment="By the real clock"),
    CheckConstraint("size > 0 AND octet_length(root) = 32", name="root"),
    Index("ix_checkpoints_size", "size"),
    # Two keys signed it: its note has a sixth line.
    Index("ix_checkpoints_handed_over", "n", postgresql_where=text("split_part(note, chr(10), 6) <> ''")),
    comment="What was signed of the tree each time that it had grown; all are kept",
)

witnesses = Table(
    "witnesses",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False, comment="As its key says"),
    Column("key", Text, nullable=False, unique=True, comment="As the witness handed it out: name+id+key"),
    reference("named_by", "people.id"),
    Column("named_at", Time, nullable=False),
    reference("ended_by", "people.id", nullable=True),
    Column("ended_at", Time),
    comment="Who signs what it has seen of the tree, with a key of its own",
)

cosignatures = Table(
    "cosignatures",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False, comment="Leaves of the tree that was signed"),
    Column("witness_id", Id, ForeignKey("witnesses.id"), primary_key=True),
    Column("signed_at", Time, nullable=False, comment="As the witness says"),
    Column(
        "line", Text, nullable=False, comment="As it stands below the checkpoint, as C2SP tlog-cosignature writes it"
    ),
    Column("taken_at", Time, nullable=False, server_default=NOW, comment="By the real clock"),
    Index("ix_cosignatures_witness_id", "witness_id", "signed_at"),
    comment="What witnesses signed of the tree that is ours",
)

witness_alarms = Table(
    "witness_alarms",
    metadata,
    Column("id", Id, primary_key=True),
    reference("witness_id", "witnesses.id"),
    Column("kind", Text, nullable=False, comment="other_root or longer"),
    Column("size", BigInteger, nullable=False, comment="Leaves of the tree that the witness signed"),
    Column("note", Text, nullable=False, comment="What it signed, whole"),
    Column("signed_by_log", Boolean, nullable=False, comment="Whether a key of this log signed it, too"),
    Column("found_at", Time, nullable=False, server_default=NOW, comment="By the real clock"),
    CheckConstraint("kind IN ('other_root', 'longer')", name="kind"),
    UniqueConstraint("witness_id", "kind", "size"),
    comment="What witnesses signed of a tree that is not ours: never taken away",
)
