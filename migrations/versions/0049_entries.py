"""A log of the installation itself; what else is told of the registers' rows lies in the logs that there are."""

from alembic import op

revision = "0049_entries"
down_revision = "0048_exceptional_events"

KINDS = "kind IN ('case', 'mediation', 'programme', 'organisation', 'person', 'right', 'finding', 'erasure'{more})"
BEFORE = "case, mediation, programme, organisation, person, right, finding or erasure"
WITH_IT = "case, mediation, programme, organisation, person, right, finding, erasure or installation"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_logs_kind"), "logs")
    op.create_check_constraint(op.f("ck_logs_kind"), "logs", KINDS.format(more=", 'installation'"))
    op.alter_column("logs", "kind", comment=WITH_IT, existing_comment=BEFORE)


def downgrade() -> None:
    op.drop_constraint(op.f("ck_logs_kind"), "logs")
    # The log stays, for events are never removed.
    op.create_check_constraint(op.f("ck_logs_kind"), "logs", KINDS.format(more=""), postgresql_not_valid=True)
    op.alter_column("logs", "kind", comment=BEFORE, existing_comment=WITH_IT)
