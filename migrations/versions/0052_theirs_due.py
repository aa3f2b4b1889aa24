"""A case is late with what its providers owe as well: an index of their open tasks by the day on which they are due."""

import sqlalchemy as sa
from alembic import op

revision = "0052_theirs_due"
down_revision = "0051_allowances"

_OPEN = "state IN ('Ready', 'Reserved', 'InProgress') AND organisation_id IS NOT NULL"


def upgrade() -> None:
    op.create_index("ix_tasks_theirs_due", "tasks", ["due_at", "log_id"], postgresql_where=sa.text(_OPEN))


def downgrade() -> None:
    op.drop_index("ix_tasks_theirs_due", "tasks")
