"""Indexes for the list of cases: its order, and what is overdue on our side."""

import sqlalchemy as sa
from alembic import op

revision = "0005_list_indexes"
down_revision = "0004_saved_filters"


def upgrade() -> None:
    op.create_index("ix_cases_opened_at_id", "cases", ["opened_at", "id"])
    op.create_index(
        "ix_tasks_ours_due",
        "tasks",
        ["due_at", "log_id"],
        postgresql_where=sa.text(
            "state IN ('Ready', 'Reserved', 'InProgress', 'Suspended') AND NOT aftercare AND organisation_id IS NULL"
        ),
    )


def downgrade() -> None:
    op.drop_index("ix_tasks_ours_due", "tasks")
    op.drop_index("ix_cases_opened_at_id", "cases")
