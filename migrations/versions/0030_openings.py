"""Logs that are open to one more reader for a time: a sealed mediation by two persons, a case in an emergency."""

import sqlalchemy as sa
from alembic import op

revision = "0030_openings"
down_revision = "0029_invitations"


def upgrade() -> None:
    op.create_table(
        "openings",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("log_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="unsealing, by two persons; glass, by its reader in an emergency"
        ),
        sa.Column(
            "state", sa.Text(), nullable=False, comment="asked, open, refused or ended; open counts until its end only"
        ),
        sa.Column("reader_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("asker_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("decider_id", sa.UUID(as_uuid=False), nullable=True, comment="The second person, who agrees"),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True, comment="When it ends by itself"),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True, comment="Before its time, by a person"),
        sa.Column("told_on", sa.Date(), nullable=True, comment="When the parties were told"),
        sa.ForeignKeyConstraint(["log_id"], ["logs.id"], name="fk_openings_log_id"),
        sa.PrimaryKeyConstraint("id", name="pk_openings"),
        comment="Logs that are open to one more reader for a time; what the events add up to",
    )
    op.create_index("ix_openings_log_id", "openings", ["log_id"])
    op.create_index(
        "ix_openings_reader_id", "openings", ["reader_id", "until"], postgresql_where=sa.text("state = 'open'")
    )
    op.create_index(
        "ix_openings_decider_id", "openings", ["decider_id", "id"], postgresql_where=sa.text("state = 'asked'")
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON openings TO casework_app")


def downgrade() -> None:
    op.drop_table("openings")
