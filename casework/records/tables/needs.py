"""Needs that enterprises state by a link, and what opens them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, LargeBinary, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from casework.records.tables.base import Id, Time, id_column, metadata, reference

need_statements = Table(
    "need_statements",
    metadata,
    id_column(),
    reference("programme_id", "programmes.id", index=True),
    reference("organisation_id", "organisations.id", index=True),
    reference("invited_by", "people.id"),
    Column("invited_at", Time, nullable=False),
    Column("language", Text, nullable=False),
    Column(
        "state",
        Text,
        nullable=False,
        comment="draft, submitted, asked, accepted, refused or withdrawn; a draft, or one asked back, is over with its link",
    ),
    Column(
        "said",
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="As it was sent last: the fields of a need, what goes beside them, and who says so; nothing once it is taken back,"
        " or refused and its link over",
    ),
    Column("sent_at", Time),
    Column("question", Text, comment="What the office asked back last"),
    Column("reason", Text, comment="Why it was refused"),
    reference("decided_by", "people.id", nullable=True),
    Column("decided_at", Time),
    reference("need_id", "needs.id", nullable=True, index=True, comment="The record that it became"),
    CheckConstraint(
        "state IN ('draft', 'submitted', 'asked', 'accepted', 'refused', 'withdrawn')"
        " AND (state = 'accepted') = (need_id IS NOT NULL) AND (state = 'refused') = (reason IS NOT NULL)",
        name="state",
    ),
    comment="Needs as enterprises state them, until an officer makes records of them",
)

need_statement_secrets = Table(
    "need_statement_secrets",
    metadata,
    Column("statement_id", Id, ForeignKey("need_statements.id"), primary_key=True),
    Column(
        "token", LargeBinary, nullable=False, unique=True, comment="SHA-256 of the link's secret, which is kept nowhere"
    ),
    Column("address", Text, comment="Where it is mailed; gone once the link is over, unless the office has to decide"),
    Column(
        "typed",
        JSONB,
        comment="What was filled in; gone once it is decided, or the link is over and the office need not decide",
    ),
    Column("opened", LargeBinary, comment="SHA-256 of what the browser keeps that has opened it"),
    Column("opened_until", Time),
    Column("until", Time, nullable=False),
    Index(
        "ix_need_statement_secrets_until", "until", postgresql_where=text("address IS NOT NULL OR typed IS NOT NULL")
    ),
    CheckConstraint("opened IS NULL OR opened_until IS NOT NULL", name="opened_until"),
    comment="What opens an enterprise's statement, and what is typed in it; no part of the history",
)
