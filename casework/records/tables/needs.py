"""Needs that enterprises state by a link, matches that both sides are asked about, and what opens these links."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from casework.records.tables.base import Time, id_column, metadata, reference

need_statements = Table(
    "need_statements",
    metadata,
    id_column(),
    reference("programme_id", "programmes.id", index=True),
    reference("organisation_id", "organisations.id", index=True),
    reference("invited_by", "people.id", nullable=True),
    Column("invited_at", Time, nullable=False),
    Column("language", Text, nullable=False),
    Column(
        "state",
        Text,
        nullable=False,
        comment="draft, submitted, asked, accepted, refused or withdrawn, and of a need that is on record renewed or revoked;"
        " a draft, or one asked back, is over with its link",
    ),
    Column(
        "said",
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="As it was sent last: the fields of a need, what goes beside them, who says so, and what files came with it;"
        " nothing once it is taken back, or refused or asked back in vain and its link over",
    ),
    Column("sent_at", Time),
    Column("question", Text, comment="What the office asked back last"),
    Column("reason", Text, comment="Why it was refused"),
    reference("decided_by", "people.id", nullable=True),
    Column("decided_at", Time),
    reference("need_id", "needs.id", nullable=True, index=True, comment="The record that it became, or changed"),
    reference(
        "renews_id",
        "needs.id",
        nullable=True,
        index=True,
        comment="The need of which it is asked whether it still holds",
    ),
    reference(
        "enterprise_id",
        "assessment_enterprises.id",
        nullable=True,
        index=True,
        comment="The enterprise of an assessment that was asked so",
    ),
    CheckConstraint(
        "state IN ('draft', 'submitted', 'asked', 'accepted', 'refused', 'withdrawn', 'renewed', 'revoked')"
        " AND (state = 'accepted') = (need_id IS NOT NULL) AND (state = 'refused') = (reason IS NOT NULL)"
        " AND (renews_id IS NOT NULL OR invited_by IS NOT NULL AND state NOT IN ('renewed', 'revoked'))",
        name="state",
    ),
    comment="Needs as enterprises state them, until an officer makes records of them",
)

interest_requests = Table(
    "interest_requests",
    metadata,
    id_column(),
    reference("programme_id", "programmes.id", index=True),
    reference("need_id", "needs.id", index=True),
    Column(
        "side", Text, nullable=False, comment="Who is asked: need_owner of technologies, technology_owner of a need"
    ),
    reference("organisation_id", "organisations.id", index=True),
    reference("asked_by", "people.id"),
    Column("asked_at", Time, nullable=False),
    Column("language", Text, nullable=False),
    Column(
        "shown",
        JSONB,
        nullable=False,
        comment="What the link shows, as it was looked at before it was sent: the message, by match what is told, and of what",
    ),
    Column(
        "state",
        Text,
        nullable=False,
        server_default=text("'open'"),
        comment="open, answered or withdrawn; open is over with its link",
    ),
    Column(
        "said",
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="As it was sent: by match yes, no with why, or a question; and who says so",
    ),
    Column("ended_at", Time, comment="When it was answered or withdrawn"),
    reference("withdrawn_by", "people.id", nullable=True),
    CheckConstraint(
        "side IN ('need_owner', 'technology_owner') AND state IN ('open', 'answered', 'withdrawn')"
        " AND (state = 'open') = (ended_at IS NULL) AND (state = 'withdrawn') = (withdrawn_by IS NOT NULL)",
        name="state",
    ),
    comment="What the two sides of shortlisted matches are asked by a link, and what they answer",
)

office_link_secrets = Table(
    "office_link_secrets",
    metadata,
    id_column(comment="That of what it opens"),
    reference("statement_id", "need_statements.id", nullable=True, index=True),
    reference("request_id", "interest_requests.id", nullable=True, index=True),
    reference("consent_id", "story_consents.id", nullable=True, index=True),
    Column(
        "token", LargeBinary, nullable=False, unique=True, comment="SHA-256 of the link's secret, which is kept nowhere"
    ),
    Column(
        "address",
        Text,
        comment="Where it is mailed; gone once the link is used or over, unless the office has to decide, or its need is in use",
    ),
    Column(
        "typed",
        JSONB,
        comment="What was filled in; gone once it is decided or used, or the link is over and the office need not decide",
    ),
    Column("opened", LargeBinary, comment="SHA-256 of what the browser keeps that has opened it"),
    Column("opened_until", Time),
    Column("until", Time, nullable=False),
    Index("ix_office_link_secrets_until", "until", postgresql_where=text("address IS NOT NULL OR typed IS NOT NULL")),
    CheckConstraint("opened IS NULL OR opened_until IS NOT NULL", name="opened_until"),
    CheckConstraint(
        "num_nonnulls(statement_id, request_id, consent_id) = 1 AND id = coalesce(statement_id, request_id, consent_id)",
        name="opens_one",
    ),
    comment="What opens a link that the office sends beside the cases, and what is typed behind it; no part of the history",
)
