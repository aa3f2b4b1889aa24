"""What a search of the catalogue reads: of each record the terms that it says, and in how many records each of them stands."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

from casework.records.tables.base import GIN, Id, Time, id_column, metadata, reference

indexed_records = Table(
    "indexed_records",
    metadata,
    Column("record_id", Id, primary_key=True),
    reference("programme_id", "programmes.id"),
    Column(
        "noun",
        Text,
        nullable=False,
        comment="need or technology; idle_need or idle_technology of one not in use; closed_need",
    ),
    Column("terms", TSVECTOR, nullable=False),
    Column("counts", Text, nullable=False, comment="JSON: by term how often the title says it, and the rest"),
    Column(
        "facets", ARRAY(Text), nullable=False, server_default=text("'{}'"), comment="Terms that lists are narrowed by"
    ),
    Column(
        "published",
        TSVECTOR,
        comment="The terms by which it is found without an account, as far as it is published; null where it is not",
    ),
    Column("length", Integer, nullable=False),
    Column("rules", Integer, nullable=False, comment="By which rules terms were made; of others it is made again"),
    Column("told_at", Time, comment="When the record was written that it is made of"),
    Column(
        "told_until",
        Date,
        comment="The last day on which its facets are these, as a certificate ends then; null: for good",
    ),
    Index(
        "ix_indexed_records_told_until", "programme_id", "told_until", postgresql_where=text("told_until IS NOT NULL")
    ),
    Index("ix_indexed_records_terms", "terms", postgresql_using="gin", postgresql_with=GIN),
    Index("ix_indexed_records_programme", "programme_id", "noun", "record_id"),
    # Of what is published alone: how long a stranger's search takes tells nothing of the rest.
    Index(
        "ix_indexed_records_published",
        "published",
        postgresql_using="gin",
        postgresql_with=GIN,
        postgresql_where=text("published IS NOT NULL"),
    ),
    Index(
        "ix_indexed_records_public",
        "programme_id",
        "noun",
        "record_id",
        postgresql_where=text("published IS NOT NULL"),
    ),
    comment="Needs and technologies that can be found; made of them, and made again by `casework catalogue index`",
)

index_terms = Table(
    "index_terms",
    metadata,
    Column("programme_id", Id, ForeignKey("programmes.id"), primary_key=True),
    Column("noun", Text, primary_key=True),
    Column("term", Text, primary_key=True),
    Column("records", Integer, nullable=False, comment="In how many records it stands"),
)

index_states = Table(
    "index_states",
    metadata,
    Column("programme_id", Id, ForeignKey("programmes.id"), primary_key=True),
    Column("noun", Text, primary_key=True),
    Column("version", BigInteger, nullable=False, comment="Grows with each change of what can be found"),
    Column("records", Integer, nullable=False),
    Column("length", BigInteger, nullable=False, comment="Of all records together"),
    Column(
        "meanings",
        BigInteger,
        nullable=False,
        server_default=text("0"),
        comment="Grows with each change of what is kept of what records mean",
    ),
    Column(
        "meant",
        BigInteger,
        comment="Up to which version it was looked at what records mean; null where nobody has switched that on",
    ),
    Column("meant_since", Time, comment="Since when that is at work; null where all were looked at"),
)

record_meanings = Table(
    "record_meanings",
    metadata,
    Column("record_id", Id, primary_key=True),
    reference("programme_id", "programmes.id"),
    Column(
        "model", Text, nullable=False, comment="Which model says so; empty where the record is to be looked at again"
    ),
    Column("direction", LargeBinary, comment="384 whole numbers of one byte; null where the model knows no word of it"),
    Column("sentences", LargeBinary, comment="Of each sentence the signs of its own direction, 48 bytes"),
    Column("version", BigInteger, nullable=False, comment="Of the programme's meanings, with which it came or went"),
    Index("ix_record_meanings_version", "programme_id", "version"),
    comment="What technologies mean, by a model; made of them by `casework catalogue embed`, for whoever has switched that on",
)

match_runs = Table(
    "match_runs",
    metadata,
    id_column(),
    reference("programme_id", "programmes.id"),
    reference("need_id", "needs.id", index=True),
    reference("made_by", "people.id"),
    Column("made_at", Time, nullable=False),
    Column("said", Text, nullable=False, comment="What was asked"),
    Column("most", Integer, nullable=False, comment="How many candidates the list may have"),
    Column(
        "evidence", Text, nullable=False, comment="JSON: all that the list is made of, so that it can be made again"
    ),
    Column(
        "list",
        Text,
        nullable=False,
        comment="JSON: filters with their counts, and candidates with why they stand there",
    ),
    Column("digest", Text, nullable=False, comment="SHA-256 of evidence and list"),
    # Apart from the evidence, which is long, and of which whoever puts a technology against needs wants no more.
    Column("asks", JSONB, comment="What its filters ask (`wanted`), and which were left out (`relaxed`)"),
)

match_proposals = Table(
    "match_proposals",
    metadata,
    id_column(),
    reference("programme_id", "programmes.id", index=True),
    reference("need_id", "needs.id"),
    reference("technology_id", "technologies.id", index=True),
    Column(
        "share", Numeric, nullable=False, comment="How much of the need the technology says, by how rare its words are"
    ),
    Column("words", Text, nullable=False, comment="JSON: by which words, the most telling first"),
    Column(
        "filters",
        JSONB,
        nullable=False,
        server_default=text("'[]'"),
        comment="Rows: name and verdict, of each filter that was asked when it was proposed",
    ),
    Column("made_at", Time, nullable=False),
    Column("dismissed_at", Time),
    reference("dismissed_by", "people.id", nullable=True),
    Column("dismissal", Text, comment="Why it does not fit"),
    UniqueConstraint("need_id", "technology_id"),
    CheckConstraint("(dismissed_at IS NULL) = (dismissal IS NULL)", name="dismissal"),
    Index("ix_match_proposals_open", "need_id", postgresql_where=text("dismissed_at IS NULL")),
    comment="Technologies that the program proposes for needs; a person makes a match of one, or dismisses it",
)
