"""What each person has looked at."""

import sqlalchemy as sa
from alembic import op

revision = "0020_looks"
down_revision = "0019_receipts"


def upgrade() -> None:
    op.create_table(
        "looks",
        sa.Column("person_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column(
            "thing_id",
            sa.UUID(as_uuid=False),
            nullable=False,
            comment="The log of a case or mediation, or a provider's referral",
        ),
        sa.Column("seq", sa.BigInteger(), nullable=False, comment="The last event of the log when the person looked"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_looks_person_id"),
        sa.PrimaryKeyConstraint("person_id", "thing_id", name="pk_looks"),
        comment="What a person has looked at; marks what has changed since, and is no part of the history",
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON looks TO casework_app")


def downgrade() -> None:
    op.drop_table("looks")
