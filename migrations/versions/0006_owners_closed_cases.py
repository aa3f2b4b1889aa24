"""An index for what an owner is still asked after a case was closed."""

import sqlalchemy as sa
from alembic import op

revision = "0006_owners_closed_cases"
down_revision = "0005_list_indexes"


def upgrade() -> None:
    op.create_index(
        "ix_cases_owner_id_closed",
        "cases",
        ["owner_id", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NOT NULL"),
    )
    op.create_index(
        "ix_tasks_aftercare_ready",
        "tasks",
        ["log_id"],
        unique=False,
        postgresql_where=sa.text("aftercare AND state = 'Ready'"),
    )


def downgrade() -> None:
    op.drop_index("ix_tasks_aftercare_ready", table_name="tasks")
    op.drop_index("ix_cases_owner_id_closed", table_name="cases")
