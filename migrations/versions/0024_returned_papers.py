"""When a provider said that its copies of a document were given back or destroyed."""

import sqlalchemy as sa
from alembic import op

revision = "0024_returned_papers"
down_revision = "0023_turns"


def upgrade() -> None:
    op.add_column(
        "grants",
        sa.Column(
            "returned_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When its provider said that the copies were given back or destroyed",
        ),
    )


def downgrade() -> None:
    op.drop_column("grants", "returned_at")
