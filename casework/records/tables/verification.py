"""What the nightly verification found of each log, and in which nights it looked."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Index, Integer, Table, Text
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
    comment="The nights in which the history was verified",
)
