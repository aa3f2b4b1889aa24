"""The last day of a provider's access to a document, and the clock that ends it."""

import sqlalchemy as sa
from alembic import op

revision = "0028_grants_end"
down_revision = "0027_allocations"


def upgrade() -> None:
    op.add_column("clocks", sa.Column("grant_id", sa.UUID(as_uuid=False), nullable=True))
    op.add_column(
        "grants",
        sa.Column(
            "until",
            sa.Date(),
            nullable=True,
            comment="Its last day, where the office named one; its consent may end before",
        ),
    )


def downgrade() -> None:
    op.drop_column("grants", "until")
    op.drop_column("clocks", "grant_id")
