"""An index for the cases that a person is in the team of."""

from alembic import op

revision = "0007_teams"
down_revision = "0006_owners_closed_cases"


def upgrade() -> None:
    op.create_index("ix_cases_team", "cases", ["team"], unique=False, postgresql_using="gin")


def downgrade() -> None:
    op.drop_index("ix_cases_team", table_name="cases")
