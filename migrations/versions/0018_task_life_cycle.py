"""Keep of each task who asked for it, how soon it is wanted, how it came to whom it is with, and whom it waits for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018_task_life_cycle"
down_revision = "0017_house_rule_days"


def upgrade() -> None:
    op.add_column("tasks", sa.Column("initiator", sa.Text(), comment="Who asked for it"))
    op.add_column(
        "tasks",
        sa.Column(
            "priority", sa.SmallInteger(), nullable=False, server_default="0", comment="1 high, 0 normal, -1 low"
        ),
    )
    op.add_column(
        "tasks",
        sa.Column(
            "handed", JSONB(), comment="How it came to whom it is with: how, by, to, seq of the event with the note"
        ),
    )
    op.add_column(
        "tasks",
        sa.Column(
            "wait",
            JSONB(),
            comment="While a person lets it wait: for whom, until which day, seq of the event with the reason",
        ),
    )
    # The log tells who asked for what is there already.
    op.execute(
        "UPDATE tasks t SET initiator = e.actor_id FROM events e WHERE e.log_id = t.log_id AND e.kind = 'added'"
        " AND e.actor_id <> 'system' AND e.effects -> 'tasks' @> jsonb_build_array(jsonb_build_object('id', t.id::text))"
    )


def downgrade() -> None:
    for name in ("wait", "handed", "priority", "initiator"):
        op.drop_column("tasks", name)
