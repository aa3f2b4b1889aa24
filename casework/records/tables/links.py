"""One-time links of parties, and what opens them."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, LargeBinary, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from casework.records.tables.base import Id, Time, id_column, metadata, reference

party_links = Table(
    "party_links",
    metadata,
    id_column(),
    reference("log_id", "logs.id", index=True),
    Column("task_id", Id, nullable=False, comment="What the party answers by it"),
    Column("party", Text, nullable=False),
    Column("organisation_id", Id, nullable=False, comment="That party's"),
    Column("given_by", Id, nullable=False),
    Column("given_at", Time, nullable=False),
    Column("until", Time, nullable=False),
    Column("language", Text, nullable=False),
    Column("documents", ARRAY(Id), nullable=False, comment="What it shows"),
    Column("providers", ARRAY(Id), nullable=False, comment="Whom it asks about"),
    Column("code", Boolean, nullable=False, comment="Whether a code is told beside it"),
    Column("mail", Boolean, nullable=False, comment="Whether it was mailed"),
    Column(
        "state",
        Text,
        nullable=False,
        comment="open, used or revoked; open counts until its end, and while its task is open",
    ),
    Column("ended_at", Time),
    Index("ix_party_links_task_id", "task_id", "id"),
    comment="One-time links by which parties answer tasks without an account; what the events add up to",
)

party_link_secrets = Table(
    "party_link_secrets",
    metadata,
    Column("link_id", Id, ForeignKey("party_links.id"), primary_key=True),
    Column(
        "token", LargeBinary, nullable=False, unique=True, comment="SHA-256 of the link's secret, which is kept nowhere"
    ),
    Column("code", Text, comment="argon2id of what is told beside the link; null: it asks for none"),
    Column("address", Text, comment="Where it is mailed; gone once the link is used, revoked or over"),
    Column("typed", JSONB, comment="What was filled in and not sent yet; gone likewise"),
    Column("opened", LargeBinary, comment="SHA-256 of what the browser keeps that has opened it"),
    Column("opened_until", Time),
    Column("until", Time, nullable=False),
    Index("ix_party_link_secrets_until", "until", postgresql_where=text("address IS NOT NULL OR typed IS NOT NULL")),
    CheckConstraint("opened IS NULL OR opened_until IS NOT NULL", name="opened_until"),
    comment="What opens a party's link, and what is typed behind it; no part of the history",
)
