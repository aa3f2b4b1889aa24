"""How far the clocks of a programme have been counted again since its calendar changed."""

import sqlalchemy as sa
from alembic import op

revision = "0014_calendar_versions"
down_revision = "0013_flagged_tasks"


def upgrade() -> None:
    op.add_column(
        "programmes",
        sa.Column(
            "recount_after",
            sa.UUID(as_uuid=False),
            nullable=True,
            comment="Last log whose clocks were counted again by the present calendar; null when all were",
        ),
    )


def downgrade() -> None:
    op.drop_column("programmes", "recount_after")
