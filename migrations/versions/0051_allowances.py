"""How often somebody asked for what costs much is counted for all processes."""

import sqlalchemy as sa
from alembic import op

revision = "0051_allowances"
down_revision = "0050_reading_chains"


def upgrade() -> None:
    op.create_table(
        "allowances",
        sa.Column("who", sa.Text(), nullable=False, comment="A person's id; a network of those who have not signed in"),
        sa.Column("kind", sa.Text(), nullable=False, comment="What was asked for, as operations.allowances names it"),
        sa.Column("began", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False, comment="How often since then"),
        sa.PrimaryKeyConstraint("who", "kind", name=op.f("pk_allowances")),
        comment="Bounds what costs much; forgotten when it no longer counts",
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON allowances TO casework_app")


def downgrade() -> None:
    op.drop_table("allowances")
