"""Which files in the store no document holds yet, so that the broom need not look at all of them."""

import sqlalchemy as sa
from alembic import op

revision = "0025_loose_blobs"
down_revision = "0024_returned_papers"


def upgrade() -> None:
    op.add_column(
        "blobs",
        sa.Column(
            "loose",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="No document holds it yet; what stays so is swept",
        ),
    )
    op.execute("UPDATE blobs SET loose = false WHERE EXISTS (SELECT FROM contents k WHERE k.blob_id = blobs.id)")
    op.create_index("ix_blobs_loose", "blobs", ["touched_at", "id"], postgresql_where=sa.text("loose"))


def downgrade() -> None:
    op.drop_index("ix_blobs_loose", "blobs")
    op.drop_column("blobs", "loose")
