"""Documents, their content, and who may see it."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

from casework.records.tables.base import GIN, NOW, Id, Time, id_column, metadata, reference

documents = Table(
    "documents",
    metadata,
    id_column(),
    reference("log_id", "logs.id", index=True),
    Column("party", Text),
    Column("kind", Text, nullable=False),
    Column("registered_at", Time, nullable=False),
    Column("valid_until", Date),
    Column(
        "track_id", Id, comment="The referral whose provider handed it in, or was sent it; null for the office's own"
    ),
    Column("withdrawn_at", Time),
    Column(
        "own",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="The office's own, with nothing of a party in it",
    ),
    Column("letter", Text, comment="Which letter of the office it is: invitation, referral, reminder or closing"),
    Column(
        "numbered", JSONB(none_as_null=True), comment="Of a letter that has a number: year, n, and as it is written"
    ),
    Column("dispatched_how", Text, comment="How a letter to a party went out: mail, post or hand"),
    Column("dispatched_on", Date),
    # However somebody writes its blanks.
    Index(
        "ix_documents_letter_number",
        text("upper(replace(numbered->>'written', ' ', ''))"),
        postgresql_where=text("numbered IS NOT NULL"),
    ),
)

files = Table(
    "files",
    metadata,
    id_column(),
    reference("log_id", "logs.id", index=True),
    Column("document_id", Id, nullable=False),
    Column("version", Integer, nullable=False, comment="1, 2, 3 … within its document"),
    Column("type", Text, nullable=False, comment="What it was found to be, such as pdf"),
    Column("size", BigInteger, nullable=False),
    Column("filed_at", Time, nullable=False),
    Column("filed_by", Text, nullable=False),
    Column("name", Text, comment="Null once erased"),
    Column("digest", Text, comment="SHA-256 of what is in it; null once erased"),
    UniqueConstraint("document_id", "version"),
    comment="Versions of documents; what the events add up to",
)

compartments = Table(
    "compartments",
    metadata,
    id_column(),
    reference("log_id", "logs.id"),
    Column("part", Text, nullable=False, comment="Whose files: a party's, the office's own (case), or a referral's"),
    Column(
        "sealed",
        LargeBinary,
        nullable=False,
        comment="The key of its files, sealed with the installation's; empty once destroyed with the contents of its case",
    ),
    UniqueConstraint("log_id", "part"),
    comment="Keys of files; without its key a compartment is unreadable for ever",
)

blobs = Table(
    "blobs",
    metadata,
    id_column(),
    reference("compartment_id", "compartments.id"),
    Column("name", Text, nullable=False, comment="Keyed hash of the content: where it lies in the store"),
    Column("touched_at", Time, nullable=False, server_default=NOW, comment="When it was last put there"),
    Column(
        "loose",
        Boolean,
        nullable=False,
        server_default=text("true"),
        comment="No document and no need as it was stated holds it yet; what stays so is swept",
    ),
    Column("scan", Text, comment="pending, clean or blocked; null where there was no scanner"),
    Column("scanned_at", Time),
    Column("found", Text, comment="What the scanner called it"),
    CheckConstraint("scan IN ('pending', 'clean', 'blocked')", name="scan"),
    UniqueConstraint("compartment_id", "name"),
    Index("ix_blobs_loose", "touched_at", "id", postgresql_where=text("loose")),
    Index("ix_blobs_pending", "touched_at", "id", postgresql_where=text("scan = 'pending'")),
    comment="What lies in the store; written before it is put there, so that nothing lies there unknown",
)

contents = Table(
    "contents",
    metadata,
    Column("file_id", Id, ForeignKey("files.id"), primary_key=True),
    reference("blob_id", "blobs.id", index=True),
    comment="Which blob holds a version; no row once it was erased",
)

evidence = Table(
    "evidence",
    metadata,
    id_column(),
    reference("log_id", "logs.id", index=True),
    reference("programme_id", "programmes.id"),
    Column("about_id", Id, nullable=False, index=True, comment="The encumbrance or the screening that it shows"),
    Column("kind", Text, nullable=False, comment="register_extract, deed or screening_extract"),
    comment="Papers of registers, each with one file: for who reads the records of its programme",
)

grants = Table(
    "grants",
    metadata,
    id_column(),
    reference("log_id", "logs.id", index=True),
    Column("track_id", Id, nullable=False, index=True),
    Column("document_id", Id, nullable=False, index=True),
    Column("consents", ARRAY(Id), nullable=False, comment="One of each party that the document concerns"),
    Column("given_at", Time, nullable=False),
    Column("ended_at", Time),
    Column("returned_at", Time, comment="When its provider said that the copies were given back or destroyed"),
    Column("until", Date, comment="Its last day, where the office named one; its consent may end before"),
)

searched_words = Table(
    "searched_words",
    metadata,
    Column("log_id", Id, ForeignKey("logs.id"), primary_key=True),
    Column(
        "source", Text, primary_key=True, comment="The seq of the event that says it, or the id of the file so named"
    ),
    Column("programme_id", Id, nullable=False),
    Column("document_id", Id, comment="Whose title or file's name it is; null of a message"),
    Column("at", Time, nullable=False, comment="When it was said, or its document registered"),
    Column("terms", TSVECTOR, nullable=False, comment="By casework_terms, with its kind and its programme"),
    Index("ix_searched_words_terms", "terms", postgresql_using="gin", postgresql_with=GIN),
    Index("ix_searched_words_messages", "programme_id", text("at DESC"), postgresql_where=text("document_id IS NULL")),
    Index(
        "ix_searched_words_papers", "programme_id", text("at DESC"), postgresql_where=text("document_id IS NOT NULL")
    ),
    comment="Words of messages, titles and file names of cases, for searches. Kept by triggers; read by functions alone: nobody may else",
)
