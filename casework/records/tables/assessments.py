"""Assessments of what technology a city needs: whom to ask, visits and events, and which needs came of them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, Index, Integer, Table, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from casework.records.search_terms import ASSESSMENT_TERMS, VISIT_TERMS
from casework.records.tables.base import GIN, Id, id_column, metadata, reference

needs_assessments = Table(
    "needs_assessments",
    metadata,
    id_column(),
    reference("programme_id", "programmes.id", index=True),
    Column("title", Text, nullable=False),
    Column("title_zh", Text),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column(
        "sectors", ARRAY(Text), nullable=False, server_default=text("'{}'"), comment="Codes of the programme's list"
    ),
    Column(
        "districts", ARRAY(Text), nullable=False, server_default=text("'{}'"), comment="Codes of the programme's list"
    ),
    Column("enterprises_target", Integer, comment="How many enterprises are to be asked"),
    Column("needs_target", Integer, comment="How many needs are to be published of it"),
    Column("status", Text, nullable=False, comment="planned, under_way or concluded"),
    Column("conclusion", Text),
    CheckConstraint("starts_on <= ends_on", name="period"),
    CheckConstraint(
        "status IN ('planned', 'under_way', 'concluded') AND (status <> 'concluded' OR conclusion IS NOT NULL)",
        name="status",
    ),
    CheckConstraint("enterprises_target > 0 AND needs_target > 0", name="targets"),
    Index(
        "ix_needs_assessments_terms",
        text(ASSESSMENT_TERMS),
        postgresql_using="gin",
        postgresql_with=GIN,
    ),
    comment="What technology a city needs, as a programme finds it out before it collects needs",
)

assessment_enterprises = Table(
    "assessment_enterprises",
    metadata,
    id_column(),
    reference("programme_id", "programmes.id"),
    reference("assessment_id", "needs_assessments.id"),
    reference("organisation_id", "organisations.id", index=True),
    Column(
        "state", Text, nullable=False, comment="to_ask, asked, answered or refused; asked by a link is answered by it"
    ),
    UniqueConstraint("assessment_id", "organisation_id"),
    CheckConstraint(
        "state IN ('to_ask', 'asked', 'answered', 'refused')",
        name="state",
    ),
    comment="The enterprises that an assessment asks",
)

assessment_visits = Table(
    "assessment_visits",
    metadata,
    id_column(),
    reference("programme_id", "programmes.id"),
    reference("assessment_id", "needs_assessments.id", index=True),
    Column("kind", Text, nullable=False, comment="visit, interview, meeting or event"),
    Column("day", Date, nullable=False),
    Column("title", Text, nullable=False),
    Column("place", Text),
    Column("district", Text, comment="A code of the programme's list"),
    Column("notes", Text),
    Column(
        "participants",
        JSONB,
        nullable=False,
        server_default=text("'[]'"),
        comment="Rows: organisation, name, role; who came from outside",
    ),
    Column("staff", ARRAY(Id), nullable=False, server_default=text("'{}'"), comment="Who came from the office"),
    CheckConstraint("kind IN ('visit', 'interview', 'meeting', 'event')", name="kind"),
    Index("ix_assessment_visits_terms", text(VISIT_TERMS), postgresql_using="gin", postgresql_with=GIN),
    comment="Visits and events of an assessment",
)

assessment_needs = Table(
    "assessment_needs",
    metadata,
    id_column(),
    reference("programme_id", "programmes.id"),
    reference("assessment_id", "needs_assessments.id", index=True),
    reference(
        "visit_id",
        "assessment_visits.id",
        nullable=True,
        index=True,
        comment="The visit or event of it at which it was told",
    ),
    reference("need_id", "needs.id"),
    UniqueConstraint("need_id"),
    comment="Which needs came of an assessment",
)
