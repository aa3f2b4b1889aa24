"""Where needs and technologies come from: sources, what was read of each record there, and imports on their way."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from casework.records.tables.base import NOW, Id, Time, id_column, metadata, reference

sources = Table(
    "sources",
    metadata,
    id_column(),
    reference("programme_id", "programmes.id"),
    Column("name", Text, nullable=False, comment="As the records that come from it say"),
    Column("licence", Text, comment="Of its data"),
    Column(
        "fields",
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="Of each kind of record apart: by its column ours; none where it is not read",
    ),
    Column("fetched_at", Time, comment="When it was imported last"),
    Column("created_at", Time, nullable=False, server_default=NOW),
    UniqueConstraint("programme_id", "name"),
)

source_rows = Table(
    "source_rows",
    metadata,
    Column("source_id", Id, ForeignKey("sources.id"), primary_key=True),
    Column("kind", Text, primary_key=True, comment="needs or technologies"),
    Column("external_id", Text, primary_key=True),
    Column("row", Text, nullable=False, comment="What was read last, as JSON"),
    Column("read_at", Time, nullable=False),
    Column("gone_since", Time, comment="Since when a whole file of its source was without it"),
    comment="What was read of a record, beside what was understood",
)

imports = Table(
    "imports",
    metadata,
    id_column(),
    reference("programme_id", "programmes.id"),
    Column("kind", Text, nullable=False, comment="needs, technologies, matches or past_projects"),
    Column("source", Text, nullable=False),
    Column("name", Text, nullable=False, comment="Of the file"),
    Column("size", BigInteger, nullable=False, comment="Of the file, in bytes"),
    Column("complete", Boolean, nullable=False, comment="Whether it has all records of its source"),
    reference("person_id", "people.id", index=True),
    Column("state", Text, nullable=False, comment="looked_at, trying, waiting, done or failed"),
    Column("tried_at", Time, comment="When its trial was begun"),
    Column("rows_read", Integer, nullable=False, server_default=text("0")),
    Column(
        "fields",
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="How its columns are read, as a source has it",
    ),
    Column("report", JSONB, nullable=False, server_default=text("'{}'"), comment="What came of it so far"),
    Column("created_at", Time, nullable=False, server_default=NOW),
    Column("ended_at", Time),
    CheckConstraint("(state IN ('looked_at', 'trying', 'waiting')) = (ended_at IS NULL)", name="ended"),
    Index("ix_imports_programme", "programme_id", text("created_at DESC")),
    comment="Files that a worker brings in",
)

import_pieces = Table(
    "import_pieces",
    metadata,
    Column("import_id", Id, ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True),
    Column("starts_at", BigInteger, primary_key=True, comment="With which byte of the file it begins"),
    Column("content", LargeBinary, nullable=False),
    comment="What files hold that a worker brings in, until they are read",
)

import_refusals = Table(
    "import_refusals",
    metadata,
    Column("import_id", Id, ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True),
    Column("row", Integer, primary_key=True, comment="Of the file"),
    Column("faults", JSONB, nullable=False, comment="Column by column what is wrong with it"),
    Column("cells", Text, nullable=False, comment="What the file has there, as JSON"),
    comment="Rows of a file that its trial or its import refused",
)
