"""The first tables: logs and events, people and roles, what is matched, cases and what belongs to them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001_first_tables"
down_revision = None

# Beyond what a table can say: the history only grows, and every event follows the one before it.
EVENTS_ONLY_GROW = """
CREATE FUNCTION events_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are never changed or removed' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER events_only_grow BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION events_only_grow();
CREATE TRIGGER events_are_not_truncated BEFORE TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION events_only_grow();
"""

# The one clock. A session may run ahead or behind for a simulation; production never sets the offset.
CLOCK = """
CREATE FUNCTION casework_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
    SELECT clock_timestamp() + make_interval(secs =>
        coalesce(nullif(current_setting('casework.clock_offset', true), ''), '0')::double precision)
$$;
"""

# The application may not rewrite the history; what else it may do is decided above the database.
GRANTS = """
GRANT USAGE ON SCHEMA public TO casework_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO casework_app;
REVOKE UPDATE, DELETE, TRUNCATE ON events, editions FROM casework_app;
REVOKE DELETE, TRUNCATE ON logs FROM casework_app;
REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM casework_app;
"""


def upgrade() -> None:
    op.create_table(
        "editions",
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("texts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "published_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_editions")),
        sa.UniqueConstraint("workflow", "number", name=op.f("uq_editions_workflow_number")),
        comment="Frozen workflows; every track is pinned to one",
    )
    op.create_table(
        "logs",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False, comment="Random: it names the log in every header"),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="case, mediation, programme, organisation, person or right"
        ),
        sa.Column(
            "programme_id", sa.UUID(as_uuid=False), nullable=True, comment="Null for what belongs to no programme"
        ),
        sa.Column(
            "seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False, comment="Of the last event; no gaps"
        ),
        sa.Column("head", sa.Text(), nullable=False, comment="Hash of the last event, hex"),
        sa.Column(
            "last_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Time of the last event; the next one is later",
        ),
        sa.CheckConstraint(
            "kind IN ('case', 'mediation', 'programme', 'organisation', 'person', 'right')", name=op.f("ck_logs_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logs")),
        comment="One row for each unit of visibility; the row that every deed in it locks",
        postgresql_with={"fillfactor": "80"},
    )
    op.create_table(
        "organisations",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False, comment="Also the id of its log"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True, comment="ISO 3166-1 alpha-2"),
        sa.Column(
            "register_number",
            sa.Text(),
            nullable=True,
            comment="Unified social credit code, or a foreign register's number",
        ),
        sa.Column(
            "kind", sa.Text(), nullable=True, comment="company, institution, government, association, provider or other"
        ),
        sa.Column(
            "services",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="Kinds of referral it takes",
        ),
        sa.Column(
            "owners",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="Owners above 25 %",
        ),
        sa.Column("language", sa.Text(), server_default=sa.text("'en'"), nullable=False),
        sa.Column(
            "provenance",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="Per field: source, at, confirmed by, at",
        ),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
    )
    op.create_table(
        "people",
        sa.Column(
            "id",
            sa.UUID(as_uuid=False),
            nullable=False,
            comment="Random enough to stand in the history as a pseudonym; also the id of its log",
        ),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True, comment="argon2id; null where the person has none yet"),
        sa.Column("language", sa.Text(), server_default=sa.text("'en'"), nullable=False),
        sa.Column("zone", sa.Text(), server_default=sa.text("'Asia/Shanghai'"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )
    op.create_index("uq_people_email", "people", [sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "programmes",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False, comment="Also the id of its log"),
        sa.Column("code", sa.Text(), nullable=False, comment="First part of its case numbers: BJ"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=True),
        sa.Column(
            "calendar",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="Working days, slots and zone, as Calendar.to_json gives it",
        ),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programmes")),
        sa.UniqueConstraint("code", name=op.f("uq_programmes_code")),
    )
    op.create_table(
        "requests",
        sa.Column("actor_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="Idempotency-Key as sent"),
        sa.Column("digest", sa.Text(), nullable=False, comment="Of the request's method, path and body"),
        sa.Column("status", sa.Integer(), nullable=True, comment="Of the answer; null only while the request runs"),
        sa.Column(
            "answer",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="How to rebuild the answer; shown-once secrets are never in it",
        ),
        sa.Column("log_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("actor_id", "key", name=op.f("pk_requests")),
        comment="What was asked once and is not done twice",
    )
    op.create_index(op.f("ix_requests_made_at"), "requests", ["made_at"], unique=False)
    op.create_table(
        "cases",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False, comment="Its log"),
        sa.Column("programme_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("match_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("need_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("technology_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("phase_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("parties", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="Organisations by side"),
        sa.Column("rights", postgresql.ARRAY(sa.UUID(as_uuid=False)), nullable=False),
        sa.Column("owner_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("team", postgresql.ARRAY(sa.UUID(as_uuid=False)), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="Of its main track"),
        sa.Column("interests", postgresql.ARRAY(sa.Text()), nullable=False, comment="People with a declared interest"),
        sa.Column("hold", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("frozen", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reasons", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["logs.id"], name=op.f("fk_cases_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_cases_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("number", name=op.f("uq_cases_number")),
        comment="Cases; what the events add up to",
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index(op.f("ix_cases_need_id"), "cases", ["need_id"], unique=False)
    op.create_index(
        "ix_cases_owner_id_live",
        "cases",
        ["owner_id", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("ix_cases_programme_id_opened_at_id", "cases", ["programme_id", "opened_at", "id"], unique=False)
    op.create_table(
        "clocks",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("log_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("track_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("task_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("consent_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False, comment="wd or cd"),
        sa.Column("of", sa.Text(), nullable=True, comment="State of the track that it belongs to"),
        sa.Column(
            "rungs",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="Pairs of an instant and what happens then",
        ),
        sa.Column("next", sa.Integer(), nullable=False, comment="First rung that has not fired"),
        sa.Column("state", sa.Text(), nullable=False, comment="running or paused; a stopped clock has no row"),
        sa.Column(
            "left",
            postgresql.ARRAY(sa.BigInteger()),
            nullable=False,
            comment="Minutes that a pause keeps for each rung",
        ),
        sa.Column("fires_at", sa.DateTime(timezone=True), nullable=True, comment="Of the next rung while it runs"),
        sa.ForeignKeyConstraint(["log_id"], ["logs.id"], name=op.f("fk_clocks_log_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clocks")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index(
        "ix_clocks_due", "clocks", ["fires_at", "id"], unique=False, postgresql_where=sa.text("fires_at IS NOT NULL")
    )
    op.create_index(op.f("ix_clocks_log_id"), "clocks", ["log_id"], unique=False)
    op.create_table(
        "consents",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("log_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("providers", postgresql.ARRAY(sa.UUID(as_uuid=False)), nullable=True, comment="Null: all"),
        sa.Column("documents", postgresql.ARRAY(sa.UUID(as_uuid=False)), nullable=True, comment="Null: all"),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("how", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["log_id"], ["logs.id"], name=op.f("fk_consents_log_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_log_id"), "consents", ["log_id"], unique=False)
    op.create_table(
        "documents",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("log_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("party", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["log_id"], ["logs.id"], name=op.f("fk_documents_log_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    op.create_index(op.f("ix_documents_log_id"), "documents", ["log_id"], unique=False)
    op.create_table(
        "events",
        sa.Column("log_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it was recorded, by the database's clock after the lock",
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("track_id", sa.UUID(as_uuid=False), nullable=True, comment="The track that it moved, if one"),
        sa.Column("actor_id", sa.Text(), nullable=False, comment="A person's id, or system"),
        sa.Column(
            "header",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="What the hash is made of, with the digests of the other parts",
        ),
        sa.Column(
            "effects",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="What follows from it; never personal, never erased",
        ),
        sa.Column(
            "body",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="Form values, each with its salt; erasable",
        ),
        sa.Column("hash", sa.Text(), nullable=False, comment="SHA-256 of prev and the canonical header, hex"),
        sa.ForeignKeyConstraint(["log_id"], ["logs.id"], name=op.f("fk_events_log_id")),
        sa.PrimaryKeyConstraint("log_id", "seq", name=op.f("pk_events")),
        comment="The history. Append-only: a trigger refuses everything else, to the owner as well",
    )
    op.create_index("ix_events_log_id_track_id_seq", "events", ["log_id", "track_id", "seq"], unique=False)
    op.create_table(
        "grants",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("log_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("track_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("document_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("consent_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["log_id"], ["logs.id"], name=op.f("fk_grants_log_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
    )
    op.create_index(op.f("ix_grants_log_id"), "grants", ["log_id"], unique=False)
    op.create_index(op.f("ix_grants_track_id"), "grants", ["track_id"], unique=False)
    op.create_table(
        "mediations",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False, comment="Its sealed log"),
        sa.Column("programme_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("case_id", sa.UUID(as_uuid=False), nullable=False, comment="The case that it is about"),
        sa.Column("parties", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rights", postgresql.ARRAY(sa.UUID(as_uuid=False)), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("owner_id", sa.UUID(as_uuid=False), nullable=True, comment="The dispute officer named for it"),
        sa.Column("team", postgresql.ARRAY(sa.UUID(as_uuid=False)), nullable=False, comment="Others named for it"),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("interests", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("hold", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("frozen", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reasons", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["logs.id"], name=op.f("fk_mediations_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_mediations_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediations")),
        comment="Sealed: for everybody not named here it does not exist",
    )
    op.create_table(
        "memberships",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("person_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("programme_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("organisation_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column(
            "deputy_for", sa.UUID(as_uuid=False), nullable=True, comment="Acts in the role while that person is away"
        ),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name=op.f("ck_memberships_ends_after_start")),
        sa.CheckConstraint("num_nonnulls(programme_id, organisation_id) = 1", name=op.f("ck_memberships_one_scope")),
        sa.ForeignKeyConstraint(["deputy_for"], ["people.id"], name=op.f("fk_memberships_deputy_for")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_memberships_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_memberships_person_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_memberships_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        comment="A role within a programme or an organisation, for a time; the fold of the scope's log",
    )
    op.create_index(op.f("ix_memberships_organisation_id"), "memberships", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_memberships_person_id"), "memberships", ["person_id"], unique=False)
    op.create_index(op.f("ix_memberships_programme_id"), "memberships", ["programme_id"], unique=False)
    op.create_table(
        "needs",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("programme_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=True),
        sa.Column("owner_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("sector", sa.Text(), nullable=True),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("budget", sa.Numeric(), nullable=True),
        sa.Column("budget_currency", sa.Text(), nullable=True),
        sa.Column("readiness_low", sa.Integer(), nullable=True),
        sa.Column("readiness_high", sa.Integer(), nullable=True),
        sa.Column("wanted_form", sa.Text(), nullable=True),
        sa.Column("wanted_by", sa.Date(), nullable=True),
        sa.Column(
            "status",
            sa.Text(),
            server_default=sa.text("'published'"),
            nullable=False,
            comment="draft, published, matched, met, expired",
        ),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column(
            "more",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="Process, baseline, site, constraints, contacts",
        ),
        sa.Column(
            "provenance",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="Per field: source, at, confirmed by, at",
        ),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint(
            "readiness_low BETWEEN 1 AND 9 AND readiness_high BETWEEN readiness_low AND 9",
            name=op.f("ck_needs_readiness"),
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisations.id"], name=op.f("fk_needs_owner_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_needs_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_needs")),
        sa.UniqueConstraint(
            "programme_id", "source", "external_id", name=op.f("uq_needs_programme_id_source_external_id")
        ),
    )
    op.create_table(
        "numbers",
        sa.Column("programme_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_numbers_programme_id")),
        sa.PrimaryKeyConstraint("programme_id", "year", name=op.f("pk_numbers")),
        comment="Counters of case numbers; locked last of all",
    )
    op.create_table(
        "phases",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("programme_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_phases_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phases")),
        sa.UniqueConstraint("programme_id", "name", name=op.f("uq_phases_programme_id_name")),
        comment="Stages of a programme",
    )
    op.create_table(
        "proposals",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("log_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("track_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("transition", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("acting_for", sa.Text(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("task_id", sa.UUID(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(["log_id"], ["logs.id"], name=op.f("fk_proposals_log_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        comment="What waits for a second person; decided ones have no row",
    )
    op.create_index(op.f("ix_proposals_log_id"), "proposals", ["log_id"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the cookie's token"),
        sa.Column("person_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "about",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="Browser and address, for the person's own list",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sessions_person_id")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_person_id"), "sessions", ["person_id"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("log_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("programme_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("track_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False, comment="That opened it"),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False, comment="step, side or decision"),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.UUID(as_uuid=False), nullable=True, comment="Of a provider's queue"),
        sa.Column("state", sa.Text(), nullable=False, comment="WS-HumanTask's"),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("holder_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("about", sa.Text(), nullable=True),
        sa.Column("of", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("acted_for", sa.Text(), nullable=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.Column("aftercare", sa.Boolean(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True, comment="State before it was suspended"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["log_id"], ["logs.id"], name=op.f("fk_tasks_log_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        postgresql_with={"fillfactor": "85", "autovacuum_vacuum_scale_factor": "0.01"},
    )
    op.create_index(
        "ix_tasks_closed_by",
        "tasks",
        ["closed_by", "closed_at", "id"],
        unique=False,
        postgresql_where=sa.text("closed_by IS NOT NULL"),
    )
    op.create_index(
        "ix_tasks_holder",
        "tasks",
        ["holder_id", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('Reserved', 'InProgress', 'Suspended')"),
    )
    op.create_index(op.f("ix_tasks_log_id"), "tasks", ["log_id"], unique=False)
    op.create_index("ix_tasks_log_id_position", "tasks", ["log_id", "position"], unique=False)
    op.create_index(
        "ix_tasks_organisation_queue",
        "tasks",
        ["organisation_id", "queue", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'Ready' AND organisation_id IS NOT NULL"),
    )
    op.create_index(
        "ix_tasks_programme_queue",
        "tasks",
        ["programme_id", "queue", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'Ready' AND organisation_id IS NULL"),
    )
    op.create_table(
        "technologies",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("programme_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=True),
        sa.Column("owner_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("developed_in", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("deployed_in", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("benefits", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("readiness_text", sa.Text(), nullable=True),
        sa.Column("readiness_low", sa.Integer(), nullable=True),
        sa.Column("readiness_high", sa.Integer(), nullable=True),
        sa.Column("ip_text", sa.Text(), nullable=True),
        sa.Column(
            "verification",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="Statement: number, verdict, valid_until; counts only once confirmed",
        ),
        sa.Column("more", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "provenance",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="Per field: source, at, confirmed by, at",
        ),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisations.id"], name=op.f("fk_technologies_owner_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_technologies_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_technologies")),
        sa.UniqueConstraint(
            "programme_id", "source", "external_id", name=op.f("uq_technologies_programme_id_source_external_id")
        ),
    )
    op.create_table(
        "tokens",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("person_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the token; itself shown once"),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False, comment="read, write, import, admin"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_tokens_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("hash", name=op.f("uq_tokens_hash")),
    )
    op.create_index(op.f("ix_tokens_person_id"), "tokens", ["person_id"], unique=False)
    op.create_table(
        "tracks",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("log_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="Of a referral the service, else the workflow"),
        sa.Column("parent_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("provider_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("states", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False, comment="Order of opening in its log"),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("replaced", sa.Boolean(), nullable=False),
        sa.Column("came_from", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "fired",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="Per transition: count, at, actor, acting_for, data",
        ),
        sa.Column("given", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("barred", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("named", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["edition"], ["editions.fingerprint"], name=op.f("fk_tracks_edition")),
        sa.ForeignKeyConstraint(["log_id"], ["logs.id"], name=op.f("fk_tracks_log_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracks")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index(op.f("ix_tracks_log_id"), "tracks", ["log_id"], unique=False)
    op.create_index(
        "ix_tracks_provider_id_live",
        "tracks",
        ["provider_id", "id"],
        unique=False,
        postgresql_where=sa.text("provider_id IS NOT NULL"),
    )
    op.create_table(
        "matches",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("programme_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("need_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("technology_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=True),
        sa.Column("proposed_by", sa.Text(), nullable=True, comment="Person, event or algorithm"),
        sa.Column("score", sa.Numeric(), nullable=True),
        sa.Column("rationale", sa.Text(), nullable=True),
        sa.Column("case_id", sa.UUID(as_uuid=False), nullable=True, comment="The case that it became"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_matches_need_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_matches_programme_id")),
        sa.ForeignKeyConstraint(["technology_id"], ["technologies.id"], name=op.f("fk_matches_technology_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matches")),
        sa.UniqueConstraint("case_id", name=op.f("uq_matches_case_id")),
        sa.UniqueConstraint(
            "programme_id", "need_id", "technology_id", name=op.f("uq_matches_programme_id_need_id_technology_id")
        ),
        sa.UniqueConstraint(
            "programme_id", "source", "external_id", name=op.f("uq_matches_programme_id_source_external_id")
        ),
    )
    op.create_index(op.f("ix_matches_need_id"), "matches", ["need_id"], unique=False)
    op.create_index(op.f("ix_matches_technology_id"), "matches", ["technology_id"], unique=False)
    op.create_table(
        "rights",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False, comment="Also the id of its log"),
        sa.Column("programme_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("technology_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column(
            "kind",
            sa.Text(),
            nullable=False,
            comment="invention, utility_model, design, software, trade_secret or know_how",
        ),
        sa.Column("office", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("in_force", sa.Boolean(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("fee_paid_to", sa.Date(), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column(
            "confirmed",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="A person has confirmed the imported record",
        ),
        sa.Column(
            "encumbrances",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="Pledges, licences, transfers; the fold of its log",
        ),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_rights_programme_id")),
        sa.ForeignKeyConstraint(["technology_id"], ["technologies.id"], name=op.f("fk_rights_technology_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights")),
        sa.UniqueConstraint("programme_id", "office", "number", name=op.f("uq_rights_programme_id_office_number")),
    )
    op.create_index(op.f("ix_rights_technology_id"), "rights", ["technology_id"], unique=False)
    op.execute(EVENTS_ONLY_GROW)
    op.execute(CLOCK)
    op.execute(GRANTS)


def downgrade() -> None:
    op.drop_index(op.f("ix_rights_technology_id"), table_name="rights")
    op.drop_table("rights")
    op.drop_index(op.f("ix_matches_technology_id"), table_name="matches")
    op.drop_index(op.f("ix_matches_need_id"), table_name="matches")
    op.drop_table("matches")
    op.drop_index(
        "ix_tracks_provider_id_live", table_name="tracks", postgresql_where=sa.text("provider_id IS NOT NULL")
    )
    op.drop_index(op.f("ix_tracks_log_id"), table_name="tracks")
    op.drop_table("tracks")
    op.drop_index(op.f("ix_tokens_person_id"), table_name="tokens")
    op.drop_table("tokens")
    op.drop_table("technologies")
    op.drop_index(
        "ix_tasks_programme_queue",
        table_name="tasks",
        postgresql_where=sa.text("state = 'Ready' AND organisation_id IS NULL"),
    )
    op.drop_index(
        "ix_tasks_organisation_queue",
        table_name="tasks",
        postgresql_where=sa.text("state = 'Ready' AND organisation_id IS NOT NULL"),
    )
    op.drop_index("ix_tasks_log_id_position", table_name="tasks")
    op.drop_index(op.f("ix_tasks_log_id"), table_name="tasks")
    op.drop_index(
        "ix_tasks_holder",
        table_name="tasks",
        postgresql_where=sa.text("state IN ('Reserved', 'InProgress', 'Suspended')"),
    )
    op.drop_index("ix_tasks_closed_by", table_name="tasks", postgresql_where=sa.text("closed_by IS NOT NULL"))
    op.drop_table("tasks")
    op.drop_index(op.f("ix_sessions_person_id"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_index(op.f("ix_proposals_log_id"), table_name="proposals")
    op.drop_table("proposals")
    op.drop_table("phases")
    op.drop_table("numbers")
    op.drop_table("needs")
    op.drop_index(op.f("ix_memberships_programme_id"), table_name="memberships")
    op.drop_index(op.f("ix_memberships_person_id"), table_name="memberships")
    op.drop_index(op.f("ix_memberships_organisation_id"), table_name="memberships")
    op.drop_table("memberships")
    op.drop_table("mediations")
    op.drop_index(op.f("ix_grants_track_id"), table_name="grants")
    op.drop_index(op.f("ix_grants_log_id"), table_name="grants")
    op.drop_table("grants")
    op.drop_index("ix_events_log_id_track_id_seq", table_name="events")
    op.drop_table("events")
    op.drop_index(op.f("ix_documents_log_id"), table_name="documents")
    op.drop_table("documents")
    op.drop_index(op.f("ix_consents_log_id"), table_name="consents")
    op.drop_table("consents")
    op.drop_index(op.f("ix_clocks_log_id"), table_name="clocks")
    op.drop_index("ix_clocks_due", table_name="clocks", postgresql_where=sa.text("fires_at IS NOT NULL"))
    op.drop_table("clocks")
    op.drop_index("ix_cases_programme_id_opened_at_id", table_name="cases")
    op.drop_index("ix_cases_owner_id_live", table_name="cases", postgresql_where=sa.text("closed_at IS NULL"))
    op.drop_index(op.f("ix_cases_need_id"), table_name="cases")
    op.drop_table("cases")
    op.drop_index(op.f("ix_requests_made_at"), table_name="requests")
    op.drop_table("requests")
    op.drop_table("programmes")
    op.drop_index("uq_people_email", table_name="people")
    op.drop_table("people")
    op.drop_table("organisations")
    op.drop_table("logs")
    op.drop_table("editions")
    op.execute("DROP FUNCTION events_only_grow()")
    op.execute("DROP FUNCTION casework_now()")
