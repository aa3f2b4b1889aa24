"""The few cases with a declared interest and the few clocks that stand still: each count asks for them of every task."""

import sqlalchemy as sa
from alembic import op

revision = "0035_rare_ones"
down_revision = "0034_service_accounts"


def upgrade() -> None:
    for table in ("cases", "mediations"):
        op.create_index(f"ix_{table}_interested", table, ["id"], postgresql_where=sa.text("interests <> '{}'"))
    op.create_index("ix_clocks_paused", "clocks", ["log_id", "task_id"], postgresql_where=sa.text("state = 'paused'"))


def downgrade() -> None:
    op.drop_index("ix_clocks_paused", "clocks")
    for table in ("mediations", "cases"):
        op.drop_index(f"ix_{table}_interested", table)
