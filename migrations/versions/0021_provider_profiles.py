"""Keep what a provider says of itself: fields, languages, places, capacity, closed days, standing conflicts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021_provider_profiles"
down_revision = "0020_looks"


def upgrade() -> None:
    op.add_column(
        "organisations",
        sa.Column(
            "profile",
            postgresql.JSONB(),
            nullable=False,
            server_default=sa.text("'{}'"),
            comment="Of a provider: fields, languages, places, capacity, closed, conflicts",
        ),
    )


def downgrade() -> None:
    op.drop_column("organisations", "profile")
