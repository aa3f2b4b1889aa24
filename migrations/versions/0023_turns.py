"""The order in which queues are worked."""

import sqlalchemy as sa
from alembic import op

revision = "0023_turns"
down_revision = "0022_webhooks"

READY = "state = 'Ready' AND organisation_id IS {}"


def upgrade() -> None:
    op.add_column(
        "tasks",
        sa.Column(
            "turn_at", sa.DateTime(timezone=True), nullable=True, comment="Its place in the queue, by engine.turns"
        ),
    )
    # As engine.turns has it on this day.
    op.execute(
        "UPDATE tasks SET turn_at = CASE WHEN due_at IS NULL THEN opened_at + interval '1440 hours' ELSE greatest(opened_at, due_at) END"
        " - priority * interval '168 hours'"
    )
    op.alter_column("tasks", "turn_at", nullable=False)
    op.drop_index("ix_tasks_organisation_queue", table_name="tasks")
    op.create_index(
        "ix_tasks_programme_turn",
        "tasks",
        ["programme_id", "queue", "turn_at", "id"],
        postgresql_where=sa.text(READY.format("NULL")),
    )
    op.create_index(
        "ix_tasks_organisation_turn",
        "tasks",
        ["organisation_id", "queue", "turn_at", "id"],
        postgresql_where=sa.text(READY.format("NOT NULL")),
    )


def downgrade() -> None:
    op.drop_index("ix_tasks_organisation_turn", table_name="tasks")
    op.drop_index("ix_tasks_programme_turn", table_name="tasks")
    op.create_index(
        "ix_tasks_organisation_queue",
        "tasks",
        ["organisation_id", "queue", "due_at", "id"],
        postgresql_where=sa.text(READY.format("NOT NULL")),
    )
    op.drop_column("tasks", "turn_at")
