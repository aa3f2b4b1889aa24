"""Keep for each programme and day how many live cases broke the house rule."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017_house_rule_days"
down_revision = "0016_files"


def upgrade() -> None:
    op.create_table(
        "house_rule_days",
        sa.Column("programme_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("day", sa.Date(), nullable=False, comment="On the programme's own clock"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("live", sa.Integer(), nullable=False, comment="Cases that were not closed"),
        sa.Column("broken", sa.Integer(), nullable=False, comment="Of these the ones that broke the rule"),
        sa.Column("breaches", postgresql.JSONB(), nullable=False, comment="How often, by kind"),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name="fk_house_rule_days_programme_id"),
        sa.PrimaryKeyConstraint("programme_id", "day", name="pk_house_rule_days"),
        comment="The nightly check's figures",
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON house_rule_days TO casework_app")


def downgrade() -> None:
    op.drop_table("house_rule_days")
