"""What the nightly verification found of each log, and in which nights it looked."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from casework.records.tables.base import Id, Time, metadata

verifications = Table(
    "verifications",
    metadata,
    Column("log_id", Id, primary_key=True),
    Column("seq", BigInteger, nullable=False, comment="The last event that was read"),
    Column("head", Text, nullable=False, comment="Its hash; with another one the log is read again"),
    Column("at", Time, nullable=False, comment="When it was read"),
    Column("night", Date, nullable=False, comment="In which night, by the first programme's clock"),
    Column(
        "faults",
        JSONB,
        nullable=False,
        comment="What was wrong, each with kind, sentence and place; empty where nothing was",
    ),
    Index("ix_verifications_night", "night"),
    comment="What the nightly verification found of each log; made again any night",
)

verification_nights = Table(
    "verification_nights",
    metadata,
    Column("night", Date, primary_key=True, comment="By the first programme's clock"),
    Column("at", Time, nullable=False, comment="When all was read"),
    Column(
        "logs",
        Integer,
        nullable=False,
        comment="That were read in this night: those that had gone on, and some in their turn",
    ),
    Column("events", BigInteger, nullable=False, comment="In these"),
    Column("faults", JSONB, nullable=False, comment="What was wrong that belongs to no log"),
    Column("leaves", BigInteger, comment="Of the tree that was found whole with the readings; null where it was not"),
    Column("peaks", LargeBinary, comment="The roots of the full subtrees that they were, the largest first"),
    Column("checkpoint", BigInteger, comment="What had been signed last"),
    Column("from_start", Boolean, nullable=False, comment="Whether tree and readings were read from their beginning"),
    comment="The nights in which the history was verified",
)

verified_leaves = Table(
    "verified_leaves",
    metadata,
    Column("log_id", Id, primary_key=True, comment="Of a chain of readings what its head says"),
    Column("seq", BigInteger, nullable=False, comment="The last event or reading that had a leaf then"),
    Column("leaf", LargeBinary, nullable=False, comment="Its hash in the tree"),
    comment="Of each log and chain of readings how much was in the tree that was found whole last; made again any night",
)
