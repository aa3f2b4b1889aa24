"""Letters of the office among the documents of a case."""

import sqlalchemy as sa
from alembic import op

revision = "0033_letters"
down_revision = "0032_concerned"


def upgrade() -> None:
    op.add_column(
        "documents",
        sa.Column(
            "letter",
            sa.Text(),
            nullable=True,
            comment="Which letter of the office it is: invitation, referral, reminder or closing",
        ),
    )
    op.alter_column(
        "documents",
        "track_id",
        comment="The referral whose provider handed it in, or was sent it; null for the office's own",
    )


def downgrade() -> None:
    op.alter_column(
        "documents", "track_id", comment="The referral whose provider handed it in; null for the office's own"
    )
    op.drop_column("documents", "letter")
