"""Call a flagged task so, not overdue, which every task is whose day has passed; and find what is asked after closing."""

import sqlalchemy as sa
from alembic import op

revision = "0013_flagged_tasks"
down_revision = "0012_notifications"

AFTERCARE = "state IN ('Ready', 'Reserved', 'InProgress', 'Suspended') AND aftercare AND organisation_id IS NULL"


def upgrade() -> None:
    op.alter_column(
        "tasks",
        "overdue",
        new_column_name="flagged",
        existing_type=sa.Boolean(),
        existing_nullable=False,
        comment="The last rung of its ladder has come",
    )
    op.create_index("ix_tasks_aftercare", "tasks", ["log_id", "due_at"], postgresql_where=sa.text(AFTERCARE))


def downgrade() -> None:
    op.drop_index("ix_tasks_aftercare", table_name="tasks")
    op.alter_column(
        "tasks",
        "flagged",
        new_column_name="overdue",
        existing_type=sa.Boolean(),
        existing_nullable=False,
        comment=None,
        existing_comment="The last rung of its ladder has come",
    )
