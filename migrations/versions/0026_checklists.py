"""Checklists of tasks: what was ticked, unticked or added, by whom and when."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0026_checklists"
down_revision = "0025_loose_blobs"


def upgrade() -> None:
    op.add_column(
        "tasks",
        sa.Column(
            "items",
            JSONB(),
            nullable=False,
            server_default="{}",
            comment="Of its checklist what was ticked, unticked or added: done, by, at, seq of the event with the words",
        ),
    )


def downgrade() -> None:
    op.drop_column("tasks", "items")
