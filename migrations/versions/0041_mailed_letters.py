"""Mails to a party without an account, to which a letter of the office is attached."""

import sqlalchemy as sa
from alembic import op

revision = "0041_mailed_letters"
down_revision = "0040_erasures"


def upgrade() -> None:
    op.add_column(
        "mails",
        sa.Column(
            "file_id", sa.UUID(as_uuid=False), comment="To a party: this letter, to the address that its event names"
        ),
    )
    op.create_foreign_key("fk_mails_file_id", "mails", "files", ["file_id"], ["id"])
    op.create_index("ix_mails_file_id", "mails", ["file_id"], unique=False)
    op.drop_constraint(op.f("ck_mails_one_reader"), "mails")
    op.create_check_constraint(
        op.f("ck_mails_one_reader"), "mails", "num_nonnulls(person_id, invitation_id, file_id) = 1"
    )


def downgrade() -> None:
    op.execute("DELETE FROM mails WHERE file_id IS NOT NULL")
    op.drop_constraint(op.f("ck_mails_one_reader"), "mails")
    op.drop_column("mails", "file_id")
    op.create_check_constraint(op.f("ck_mails_one_reader"), "mails", "num_nonnulls(person_id, invitation_id) = 1")
