"""How queues give tasks to people by themselves."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0027_allocations"
down_revision = "0026_checklists"


def upgrade() -> None:
    op.create_table(
        "allocations",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column(
            "scope_id",
            sa.UUID(as_uuid=False),
            nullable=False,
            comment="The programme or organisation whose queue it is",
        ),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column(
            "strategy", sa.Text(), nullable=False, comment="Of engine.allocation; none: people take tasks themselves"
        ),
        sa.Column("cap", sa.Integer(), nullable=True, comment="Nobody who has so many open tasks gets another"),
        sa.Column(
            "since", sa.DateTime(timezone=True), nullable=False, comment="Tasks opened before are left to people"
        ),
        sa.Column(
            "looked_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When tasks were last looked for; no part of the history",
        ),
        sa.Column(
            "turns",
            JSONB(),
            nullable=False,
            server_default="{}",
            comment="By person, the number of the allocation that came last; no part of the history",
        ),
        sa.CheckConstraint("cap IS NULL OR cap > 0", name="ck_allocations_cap_positive"),
        sa.ForeignKeyConstraint(["scope_id"], ["logs.id"], name="fk_allocations_scope_id"),
        sa.PrimaryKeyConstraint("id", name="pk_allocations"),
        sa.UniqueConstraint("scope_id", "queue", name="uq_allocations_scope_queue"),
        comment="How queues give tasks to people by themselves; the fold of the scope's log but for the last two",
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON allocations TO casework_app")


def downgrade() -> None:
    op.drop_table("allocations")
