"""Logs, their events, and what was published."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from casework.records.tables.base import NOW, Id, Time, metadata

logs = Table(
    "logs",
    metadata,
    Column("id", Id, primary_key=True, comment="Random: it names the log in every header"),
    Column(
        "kind",
        Text,
        nullable=False,
        comment="case, mediation, programme, organisation, person, right, need, technology, finding, erasure or installation",
    ),
    Column("programme_id", Id, comment="Null for what belongs to no programme"),
    Column("seq", BigInteger, nullable=False, server_default=text("0"), comment="Of the last event; no gaps"),
    Column("head", Text, nullable=False, comment="Hash of the last event, hex"),
    Column("last_at", Time, nullable=False, comment="Time of the last event; the next one is later"),
    Column("sealed", Boolean, Computed("kind = 'mediation'", persisted=True), nullable=False),
    CheckConstraint(
        "kind IN ('case', 'mediation', 'programme', 'organisation', 'person', 'right', 'need', 'technology', 'finding', 'erasure',"
        " 'installation')",
        name="kind",
    ),
    # What rows of a log say of it, and cannot say otherwise.
    UniqueConstraint("id", "programme_id", "sealed"),
    # There is one, and each start looks for it.
    Index("ix_logs_installation", "id", postgresql_where=text("kind = 'installation'")),
    comment="One row for each unit of visibility; the row that every action in it locks",
    postgresql_with={"fillfactor": "80"},
)

#: Events that an auditor asks for first: all that a definition says to be so, by name. A query for them repeats this word for
#: word, so that the index serves it.
EXCEPTIONAL = (
    "e.kind IN ('proposed', 'refused') OR e.effects ? 'proposed' OR e.effects ? 'happened_on' OR e.effects ? 'reopened'"
    " OR e.effects->>'transition' IN ('ask_extension', 'compliance_stop', 'extend_term', 'fee_waived', 'skip_assessment',"
    " 'waive_assessment', 'waive_conflict')"
    " OR e.kind = 'completed' AND e.effects->>'name' IN ('ask_more_time', 'decide_extension', 'decide_more_time',"
    " 'decide_waiver', 'nda')"
)

#: Events whose words a search reads; its queries name the same kinds, so that the index serves them.
WORDS = "kind IN ('document_registered', 'letter_sent', 'noted', 'said')"

events = Table(
    "events",
    metadata,
    Column("log_id", Id, ForeignKey("logs.id"), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Time, nullable=False, comment="When it was recorded, by the database's clock after the lock"),
    Column("kind", Text, nullable=False),
    Column("track_id", Id, comment="The track that it moved, if one"),
    Column("actor_id", Text, nullable=False, comment="A person's id, or system"),
    Column("header", JSONB, nullable=False, comment="What the hash is made of, with the digests of the other parts"),
    Column("effects", JSONB, nullable=False, comment="What follows from it; never personal, never erased"),
    Column("body", JSONB, nullable=False, comment="Form values, each with its salt; erasable"),
    Column("hash", Text, nullable=False, comment="SHA-256 of prev and the canonical header, hex"),
    Index("ix_events_log_id_track_id_seq", "log_id", "track_id", "seq"),
    Index("ix_events_words", "log_id", "seq", postgresql_where=text(WORDS)),
    Index("ix_events_exceptional", "at", "log_id", "seq", postgresql_where=text(EXCEPTIONAL.replace("e.", ""))),
    comment="The history. Append-only: a trigger refuses everything else, to the owner as well",
)

requests = Table(
    "requests",
    metadata,
    Column("actor_id", Id, primary_key=True),
    Column("key", Text, primary_key=True, comment="Idempotency-Key as sent"),
    Column("digest", Text, nullable=False, comment="Of the request's method, path and body"),
    Column("status", Integer, comment="Of the answer; null only while the request runs"),
    Column("answer", JSONB, comment="How to rebuild the answer; shown-once secrets are never in it"),
    Column("log_id", Id),
    Column("seq", BigInteger),
    Column("made_at", Time, nullable=False, server_default=NOW),
    comment="What was asked once and is not done twice",
)

editions = Table(
    "editions",
    metadata,
    Column("fingerprint", Text, primary_key=True),
    Column("workflow", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("rules", JSONB, nullable=False),
    Column("texts", JSONB, nullable=False),
    Column("published_at", Time, nullable=False, server_default=NOW),
    UniqueConstraint("workflow", "number"),
    comment="Frozen workflows; every track is pinned to one",
)
