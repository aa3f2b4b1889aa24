"""How each rung of a clock was counted, since when, and by which version of the calendar.

The events of clocks that run already do not tell this: a database with cases from before this version is to be made
anew (no version was released yet).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009_counted_clocks"
down_revision = "0008_jobs"

RUNGS = ("Pairs of an instant and what happens then", "Each an instant, what happens then, and how it was counted")


def upgrade() -> None:
    op.add_column(
        "clocks",
        sa.Column(
            "start",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Since when they are counted: the start, or when it last went on",
        ),
    )
    op.add_column(
        "clocks",
        sa.Column("calendar", sa.Text(), nullable=False, comment="Digest of the calendar that they were counted with"),
    )
    _comment(*RUNGS)


def downgrade() -> None:
    _comment(*reversed(RUNGS))
    op.drop_column("clocks", "calendar")
    op.drop_column("clocks", "start")


def _comment(before: str, after: str) -> None:
    op.alter_column(
        "clocks",
        "rungs",
        existing_type=postgresql.JSONB(),
        existing_nullable=False,
        existing_comment=before,
        comment=after,
    )
