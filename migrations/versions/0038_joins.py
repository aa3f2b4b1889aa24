"""How many results a case waits for, of referrals that run side by side."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038_joins"
down_revision = "0037_second_wall"


def upgrade() -> None:
    op.add_column(
        "cases",
        sa.Column(
            "joins",
            postgresql.JSONB(),
            nullable=False,
            server_default=sa.text("'[]'"),
            comment="How referrals side by side are waited for",
        ),
    )


def downgrade() -> None:
    op.drop_column("cases", "joins")
