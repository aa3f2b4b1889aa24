"""Keep with a referral what each side has signed for, and what the two do not agree about."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019_receipts"
down_revision = "0018_task_life_cycle"

COLUMNS = {
    "received": "Per transition: count and time of the other side's receipt",
    "objections": "What a side does not agree with, by id",
}


def upgrade() -> None:
    for name, comment in COLUMNS.items():
        op.add_column(
            "tracks",
            sa.Column(name, postgresql.JSONB(), nullable=False, server_default=sa.text("'{}'"), comment=comment),
        )


def downgrade() -> None:
    for name in reversed(COLUMNS):
        op.drop_column("tracks", name)
