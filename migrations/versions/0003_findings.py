"""Findings of auditors, each in a log of its own, and what auditors have read."""

import sqlalchemy as sa
from alembic import op

revision = "0003_findings"
down_revision = "0002_accounts"

GRANTS = """
GRANT SELECT, INSERT, UPDATE ON findings TO casework_app;
GRANT SELECT, INSERT ON readings TO casework_app;
"""
EXCEPTIONAL = (
    "kind IN ('proposed', 'refused') OR effects ? 'proposed' OR effects ? 'happened_on'"
    " OR effects->>'transition' ~ '^(waive|skip|reopen|extend|ask_extension)|stop$' OR effects->>'name' ~ 'extension'"
)
KINDS = "'case', 'mediation', 'programme', 'organisation', 'person', 'right'"
_id = sa.UUID(as_uuid=False)
_time = sa.DateTime(timezone=True)
_now = sa.text("clock_timestamp()")


def upgrade() -> None:
    op.drop_constraint(op.f("ck_logs_kind"), "logs")
    op.create_check_constraint(op.f("ck_logs_kind"), "logs", f"kind IN ({KINDS}, 'finding')")
    op.alter_column(
        "logs",
        "kind",
        existing_type=sa.Text(),
        existing_nullable=False,
        comment="case, mediation, programme, organisation, person, right or finding",
    )
    op.create_table(
        "findings",
        sa.Column("id", _id, nullable=False, comment="Also the id of its log"),
        sa.Column("programme_id", _id, nullable=False),
        sa.Column("case_id", _id, nullable=False, comment="The log of the case that it is about"),
        sa.Column("seq", sa.BigInteger(), nullable=False, comment="Of the event that it is about"),
        sa.Column("state", sa.Text(), nullable=False, comment="open, answered or closed"),
        sa.Column("words", sa.Text(), nullable=True, comment="What was found; null once erased"),
        sa.Column("answer", sa.Text(), nullable=True, comment="The last answer"),
        sa.Column("raised_by", _id, nullable=False),
        sa.Column("raised_at", _time, nullable=False),
        sa.Column("answered_by", _id, nullable=True),
        sa.Column("answered_at", _time, nullable=True),
        sa.Column("closed_by", _id, nullable=True),
        sa.Column("closed_at", _time, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False, comment="Counts the deeds on it"),
        sa.CheckConstraint("state IN ('open', 'answered', 'closed')", name=op.f("ck_findings_state")),
        sa.ForeignKeyConstraint(["case_id"], ["logs.id"], name=op.f("fk_findings_case_id")),
        sa.ForeignKeyConstraint(["id"], ["logs.id"], name=op.f("fk_findings_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_findings_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
        comment="What auditors found at an event of a case; what the events of its log add up to",
    )
    op.create_index("ix_findings_case_id_seq", "findings", ["case_id", "seq"])
    op.create_index("ix_findings_programme_id_raised_at", "findings", ["programme_id", "raised_at", "id"])
    op.create_table(
        "readings",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("person_id", _id, nullable=False),
        sa.Column("at", _time, server_default=_now, nullable=False),
        sa.Column("number", sa.Text(), nullable=True, comment="Of the case, where it was one"),
        sa.Column("address", sa.Text(), nullable=False, comment="Path and query that were asked for"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_readings_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readings")),
        comment="What auditors have read; never changed by the application",
    )
    op.create_index("ix_readings_person_id_id", "readings", ["person_id", "id"])
    op.create_index("ix_events_exceptional", "events", ["at", "log_id", "seq"], postgresql_where=sa.text(EXCEPTIONAL))
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON readings FROM casework_app")
    op.execute(GRANTS)


def downgrade() -> None:
    op.drop_index("ix_events_exceptional", "events")
    op.drop_table("readings")
    op.drop_table("findings")
    op.alter_column(
        "logs",
        "kind",
        existing_type=sa.Text(),
        existing_nullable=False,
        comment="case, mediation, programme, organisation, person or right",
    )
    op.drop_constraint(op.f("ck_logs_kind"), "logs")
    # Not for the rows there are: the logs of findings stay, for nothing takes events away.
    op.execute(f"ALTER TABLE logs ADD CONSTRAINT ck_logs_kind CHECK (kind IN ({KINDS})) NOT VALID")
