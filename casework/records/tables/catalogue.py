"""Needs, technologies, rights and matches."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from casework.records.search_terms import PROJECT_TERMS, RIGHT_TERMS
from casework.records.tables.base import GIN, GIN_AT_ONCE, NOW, Id, Time, id_column, metadata, reference


def _origin() -> list[Column[Any]]:
    """Whose record it is, and which record of which source."""
    return [
        id_column(),
        reference("programme_id", "programmes.id"),
        Column("source", Text, nullable=False),
        Column("external_id", Text, nullable=False),
    ]


def _once_a_source() -> UniqueConstraint:
    return UniqueConstraint("programme_id", "source", "external_id")


def _title() -> list[Column[Any]]:
    """What a need or a technology is called, and to whom it belongs."""
    return [
        Column("title", Text, nullable=False),
        Column("title_zh", Text),
        reference("owner_id", "organisations.id", nullable=True, index=True),
    ]


def _merged(table: str) -> Column[Any]:
    return reference(
        "merged_into", f"{table}.id", nullable=True, index=True, comment="The record that stands in its place now"
    )


def _provenance() -> list[Column[Any]]:
    """Where each field of a need or a technology comes from, and when it was written."""
    return [
        Column(
            "provenance",
            JSONB,
            nullable=False,
            server_default=text("'{}'"),
            comment="Per field: source, at, confirmed by, at",
        ),
        Column("created_at", Time, nullable=False, server_default=NOW),
        Column("updated_at", Time, nullable=False, server_default=NOW),
    ]


needs = Table(
    "needs",
    metadata,
    *_origin(),
    *_title(),
    _merged("needs"),
    Column("sector", Text),
    Column("district", Text),
    Column("function", Text, comment="What is wanted to be done, by whatever technology"),
    Column("problem", Text),
    Column("baseline", Text, comment="How it is today, as what comes is measured against it"),
    Column("process", Text),
    Column("tried", Text),
    Column("target", Text),
    Column("site", Text),
    Column("constraints", Text),
    Column("contact", Text),
    Column(
        "figures",
        JSONB,
        nullable=False,
        server_default=text("'[]'"),
        comment="Rows: parameter, unit, now, comparison, target, condition",
    ),
    Column(
        "ipc",
        ARRAY(Text),
        nullable=False,
        server_default=text("'{}'"),
        comment="Codes of the patent classification of what would do",
    ),
    Column("budget", Numeric),
    Column("budget_currency", Text),
    Column("readiness_text", Text),
    Column("readiness_low", Integer),
    Column("readiness_high", Integer),
    Column("wanted_form", Text),
    Column("wanted_by", Date),
    Column("country", Text, comment="Where it is to be used; empty: nobody has said"),
    Column(
        "required_standards",
        ARRAY(Text),
        nullable=False,
        server_default=text("'{}'"),
        comment="Names of certificates and standards that what comes must have",
    ),
    Column(
        "status",
        Text,
        nullable=False,
        server_default=text("'published'"),
        comment="draft, published, matched, met, expired, withdrawn",
    ),
    Column(
        "publication",
        Text,
        nullable=False,
        server_default=text("'closed'"),
        comment="public, on_request or closed: who else may read of it",
    ),
    Column("valid_until", Date),
    *_provenance(),
    _once_a_source(),
    CheckConstraint(
        "readiness_low >= 1 AND readiness_low <= 9 AND readiness_high >= readiness_low AND readiness_high <= 9",
        name="readiness",
    ),
    CheckConstraint("publication IN ('public', 'on_request', 'closed')", name="publication"),
    Index("ix_needs_created", text("created_at DESC"), text("id DESC")),
    Index("ix_needs_external_id", "external_id"),
    Index(
        "ix_needs_terms", text("casework_terms_of_both(title, title_zh)"), postgresql_using="gin", postgresql_with=GIN
    ),
)

technologies = Table(
    "technologies",
    metadata,
    *_origin(),
    *_title(),
    _merged("technologies"),
    Column(
        "status", Text, nullable=False, server_default=text("'published'"), comment="published, expired or withdrawn"
    ),
    Column("description", Text),
    Column("developed_in", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("deployed_in", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("benefits", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("problem", Text, comment="What it solves"),
    Column("advantage", Text, comment="Over what there is"),
    Column("cost_compared", Text, comment="With what there is"),
    Column("cost", Numeric, comment="What it costs to put in place, as a figure"),
    Column("cost_currency", Text),
    Column(
        "ipc", ARRAY(Text), nullable=False, server_default=text("'{}'"), comment="Codes of the patent classification"
    ),
    Column("green_topics", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column(
        "sdgs",
        ARRAY(Text),
        nullable=False,
        server_default=text("'{}'"),
        comment="Sustainable Development Goals: 7 or 7.2",
    ),
    Column("reference_sites", JSONB, nullable=False, server_default=text("'[]'"), comment="Rows: site, year, size"),
    Column(
        "licences",
        ARRAY(Text),
        nullable=False,
        server_default=text("'{}'"),
        comment="Kinds of licence that are to be had: exclusive, sole, plain, or none; empty: nobody has said",
    ),
    Column(
        "standards",
        JSONB,
        nullable=False,
        server_default=text("'[]'"),
        comment="Certificates that it has and standards that it meets, in rows: name, number, body, valid_until, held (no: it lacks it)",
    ),
    Column(
        "restrictions",
        JSONB,
        nullable=False,
        server_default=text("'[]'"),
        comment="What law or contract lays on it, in rows: kind (of which one is none), countries, words; empty: nobody has said",
    ),
    Column(
        "publication",
        Text,
        nullable=False,
        server_default=text("'closed'"),
        comment="public, on_request or closed: who outside of the programme may read of it",
    ),
    Column("published_on", Date, comment="At its source"),
    Column("last_confirmed_on", Date, comment="At its source"),
    Column("website", Text),
    Column("source_page", Text, comment="Its own page at its source"),
    Column(
        "languages", ARRAY(Text), nullable=False, server_default=text("'{}'"), comment="In which there are papers of it"
    ),
    Column("contact", Text, comment="Through whom one reaches its owner"),
    Column("acronym", Text, comment="Of the project that it came of, as are its partners, cost and days"),
    Column("partner_countries", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("total_cost", Numeric),
    Column("total_cost_currency", Text),
    Column("start_date", Date),
    Column("end_date", Date),
    Column("readiness_text", Text),
    Column("readiness_low", Integer),
    Column("readiness_high", Integer),
    Column("ip_text", Text),
    Column("verification", JSONB, comment="Statement: number, verdict, valid_until; counts only once confirmed"),
    *_provenance(),
    _once_a_source(),
    CheckConstraint("publication IN ('public', 'on_request', 'closed')", name="publication"),
    Index("ix_technologies_created", text("created_at DESC"), text("id DESC")),
    Index("ix_technologies_external_id", "external_id"),
    Index(
        "ix_technologies_terms",
        text("casework_terms_of_both(title, title_zh)"),
        postgresql_using="gin",
        postgresql_with=GIN,
    ),
)

twin_marks = Table(
    "twin_marks",
    metadata,
    Column(
        "record_id",
        Id,
        ForeignKey("logs.id"),
        primary_key=True,
        comment="A need or a technology that stands for itself",
    ),
    reference("programme_id", "programmes.id"),
    Column(
        "bands", ARRAY(Integer), nullable=False, comment="Of `engine.analysis.twins`: two that share one are compared"
    ),
    Index("ix_twin_marks_bands", "bands", postgresql_using="gin", postgresql_with=GIN_AT_ONCE),
)

# Apart from the marks: a row that is changed there is put into their index anew.
pending_searches = Table(
    "pending_searches",
    metadata,
    Column(
        "looks_for",
        Text,
        CheckConstraint("looks_for IN ('twins', 'needs')", name="looks_for"),
        primary_key=True,
        comment="twins of the record, or needs that a technology may meet; looked for since it changed, the row goes",
    ),
    Column("programme_id", Id, primary_key=True),
    Column("record_id", Id, primary_key=True, comment="A record that has marks"),
)

twin_pairs = Table(
    "twin_pairs",
    metadata,
    Column("one_id", Id, ForeignKey("logs.id"), primary_key=True, comment="The lesser id of the two"),
    Column("other_id", Id, ForeignKey("logs.id"), primary_key=True, index=True),
    reference("programme_id", "programmes.id", index=True),
    Column("likeness", Numeric, nullable=False, comment="How much of their words is in both"),
    Column("titles", Numeric, nullable=False, comment="How much of their titles is"),
    Column(
        "in_order", Numeric, nullable=False, comment="How much of the shorter stands in the other in the same order"
    ),
    Column("apart", Boolean, nullable=False, server_default=text("false"), comment="Somebody said that they are two"),
    Column("found_at", Time, nullable=False, server_default=NOW),
    CheckConstraint("one_id < other_id", name="once"),
)

rights = Table(
    "rights",
    metadata,
    id_column(comment="Also the id of its log"),
    reference("programme_id", "programmes.id"),
    _merged("rights"),
    Column("kind", Text, nullable=False, comment="A kind of `engine.case_objects.right_kinds`, as is its status"),
    Column("office", Text),
    Column("application_number", Text),
    Column("number", Text, comment="Of the grant or the registration"),
    Column("owner", Text, comment="As the register says it"),
    Column("filed_on", Date),
    Column("granted_on", Date),
    Column("status", Text),
    Column("expires_on", Date),
    Column("fee_paid_to", Date),
    Column("family", Text, comment="What those rights have in common that protect one invention in several countries"),
    Column("twin", Text, comment="The number of the other right that was filed for the same on the same day"),
    Column("checked_on", Date),
    Column("source", Text, comment="Where it was looked up last"),
    Column(
        "confirmed",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="A person has confirmed the imported record",
    ),
    Column(
        "encumbrances",
        JSONB,
        nullable=False,
        server_default=text("'[]'"),
        comment="Pledges, licences, transfers; the fold of its log",
    ),
    Column("expired_at", Time, comment="Since when it is named in nothing new; what runs goes on"),
    Column("created_at", Time, nullable=False, server_default=NOW),
    # However somebody wrote its blanks; one that was merged has left its number to the one in its place.
    Index(
        "ux_rights_number",
        "programme_id",
        text("replace(lower(number), ' ', '')"),
        text("coalesce(lower(office), '')"),
        unique=True,
        postgresql_where=text("merged_into IS NULL"),
    ),
    Index(
        "ux_rights_application_number",
        "programme_id",
        text("replace(lower(application_number), ' ', '')"),
        text("coalesce(lower(office), '')"),
        unique=True,
        postgresql_where=text("merged_into IS NULL"),
    ),
    # However somebody looks for it: by its number, by words, and those that came last.
    Index("ix_rights_searched_number", text("casework_right_number(office, number)")),
    Index("ix_rights_searched_application", text("casework_right_number(office, application_number)")),
    Index("ix_rights_terms", text(RIGHT_TERMS), postgresql_using="gin", postgresql_with=GIN),
    Index("ix_rights_created", "programme_id", text("created_at DESC"), text("id DESC")),
)

right_technologies = Table(
    "right_technologies",
    metadata,
    Column("right_id", Id, ForeignKey("rights.id"), primary_key=True),
    Column("technology_id", Id, ForeignKey("technologies.id"), primary_key=True, index=True),
    comment="What a right protects; a company's own may protect none on record",
)

right_owners = Table(
    "right_owners",
    metadata,
    Column("right_id", Id, ForeignKey("rights.id"), primary_key=True),
    Column("organisation_id", Id, ForeignKey("organisations.id"), primary_key=True, index=True),
    Column("share", Numeric, comment="In per cent; null where it is not known"),
    CheckConstraint("share > 0 AND share <= 100", name="share"),
)

matches = Table(
    "matches",
    metadata,
    *_origin(),
    reference("need_id", "needs.id", index=True),
    reference("technology_id", "technologies.id", index=True),
    Column("proposed_on", Date),
    Column("proposed_by", Text, comment="Person, event or algorithm"),
    Column("score", Numeric),
    Column("rationale", Text),
    reference("run_id", "match_runs.id", nullable=True, comment="The run on whose list it was found"),
    Column("run_rank", Integer, comment="Where it stood there"),
    Column("shortlisted_at", Time, comment="Since when it is on the need's short list"),
    reference("shortlisted_by", "people.id", nullable=True),
    Column("case_id", Id, unique=True, comment="The case that it became"),
    Column("refused_at", Time, comment="Since when it is refused; it becomes no case then"),
    reference("refused_by", "people.id", nullable=True),
    Column("refusal", Text, comment="Why it is refused"),
    Column("refusal_code", Text, comment="The same as the programme's list has it; null where its records were merged"),
    Column("expired_at", Time, comment="Since when nobody follows it any more; it becomes no case then"),
    reference("expired_by", "people.id", nullable=True),
    Column("expiry", Text, comment="Why nobody follows it any more"),
    reference("confirmed_by", "people.id", nullable=True),
    Column("created_at", Time, nullable=False, server_default=NOW),
    _once_a_source(),
    UniqueConstraint("programme_id", "need_id", "technology_id"),
    CheckConstraint(
        "(expired_at IS NULL) = (expiry IS NULL) AND (expired_at IS NULL OR (case_id IS NULL AND refused_at IS NULL))",
        name="expiry",
    ),
    CheckConstraint(
        "(shortlisted_at IS NULL) = (shortlisted_by IS NULL)"
        " AND (shortlisted_at IS NULL OR (refused_at IS NULL AND expired_at IS NULL))",
        name="short_list",
    ),
    CheckConstraint("(run_id IS NULL) = (run_rank IS NULL)", name="run"),
    CheckConstraint(
        "(refused_at IS NULL) = (refusal IS NULL) AND (refused_at IS NULL OR case_id IS NULL)"
        " AND (refused_at IS NOT NULL OR refusal_code IS NULL)",
        name="refusal",
    ),
    # My work asks for what refusals say is wrong, however many matches an import has brought.
    Index("ix_matches_refused", "programme_id", "refused_at", postgresql_where=text("refused_at IS NOT NULL")),
)

numbers = Table(
    "numbers",
    metadata,
    Column("programme_id", Id, ForeignKey("programmes.id"), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
    comment="Counters of case numbers; locked last of all",
)

letter_numbers = Table(
    "letter_numbers",
    metadata,
    Column("programme_id", Id, ForeignKey("programmes.id"), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
    comment="Counters of letters that have a number; locked last of all",
)

past_projects = Table(
    "past_projects",
    metadata,
    *_origin(),
    Column("title", Text, nullable=False),
    Column("title_zh", Text),
    Column("need_owner", Text),
    Column("technology_owner", Text),
    Column("district", Text),
    Column("started_on", Date),
    Column("ended_on", Date, nullable=False),
    Column("outcome", Text, nullable=False, comment="A code of the main workflow's outcomes"),
    Column("contract_value", Numeric),
    Column("contract_currency", Text),
    Column("effect", Text, comment="As the source says it; nobody has verified it here"),
    Column("created_at", Time, nullable=False, server_default=NOW),
    Column("updated_at", Time, nullable=False, server_default=NOW),
    _once_a_source(),
    CheckConstraint("started_on <= ended_on", name="days"),
    CheckConstraint("(contract_value IS NULL) = (contract_currency IS NULL)", name="value"),
    Index("ix_past_projects_ended", "programme_id", text("ended_on DESC"), text("id DESC")),
    Index("ix_past_projects_terms", text(PROJECT_TERMS), postgresql_using="gin", postgresql_with=GIN),
)
