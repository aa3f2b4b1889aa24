"""What a case goes on with is a task that can be worked on: the indexes of the first due day tell the state as well."""

import sqlalchemy as sa
from alembic import op

revision = "0039_workable_first"
down_revision = "0038_joins"

_OPEN = "state IN ('Ready', 'Reserved', 'InProgress', 'Suspended') AND {} AND organisation_id IS NULL"
_INDEXES = (
    ("ix_tasks_ours_due", ["due_at", "log_id"], _OPEN.format("NOT aftercare")),
    ("ix_tasks_aftercare", ["log_id", "due_at"], _OPEN.format("aftercare")),
)


def upgrade() -> None:
    for name, columns, where in _INDEXES:
        op.drop_index(name, "tasks")
        op.create_index(name, "tasks", columns, postgresql_where=sa.text(where), postgresql_include=["state"])


def downgrade() -> None:
    for name, columns, where in _INDEXES:
        op.drop_index(name, "tasks")
        op.create_index(name, "tasks", columns, postgresql_where=sa.text(where))
