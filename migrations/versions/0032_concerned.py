"""Papers that are the office's own, and accesses under the consents of all whom a paper concerns."""

import sqlalchemy as sa
from alembic import op

revision = "0032_concerned"
down_revision = "0031_skills"


def upgrade() -> None:
    op.add_column(
        "documents",
        sa.Column(
            "own",
            sa.Boolean(),
            nullable=False,
            server_default=sa.text("false"),
            comment="The office's own, with nothing of a party in it",
        ),
    )
    op.add_column(
        "grants",
        sa.Column(
            "consents",
            sa.ARRAY(sa.UUID(as_uuid=False)),
            nullable=True,
            comment="One of each party that the document concerns",
        ),
    )
    op.execute("UPDATE grants SET consents = array_remove(ARRAY[consent_id], NULL)")
    op.alter_column("grants", "consents", nullable=False)
    op.drop_column("grants", "consent_id")


def downgrade() -> None:
    op.add_column("grants", sa.Column("consent_id", sa.UUID(as_uuid=False), nullable=True))
    op.execute("UPDATE grants SET consent_id = consents[1]")
    op.drop_column("grants", "consents")
    op.drop_column("documents", "own")
