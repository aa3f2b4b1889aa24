"""Which readings were of a sealed mediation."""

import sqlalchemy as sa
from alembic import op

revision = "0036_sealed_readings"
down_revision = "0035_rare_ones"


def upgrade() -> None:
    op.add_column(
        "readings",
        sa.Column(
            "log_id",
            sa.UUID(as_uuid=False),
            nullable=True,
            comment="Where it was a sealed mediation: listed to those named for it alone",
        ),
    )
    op.create_index(
        "ix_readings_log_id_id", "readings", ["log_id", "id"], postgresql_where=sa.text("log_id IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_column("readings", "log_id")
