"""Who is mentioned in a message, and has opened it or not."""

import sqlalchemy as sa
from alembic import op

revision = "0010_mentions"
down_revision = "0009_counted_clocks"

_id = sa.UUID(as_uuid=False)
_time = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "mentions",
        sa.Column("id", _id, nullable=False),
        sa.Column("programme_id", _id, nullable=False),
        sa.Column("log_id", _id, nullable=False),
        sa.Column(
            "track_id", _id, nullable=True, comment="The referral whose thread it is in; null for an internal note"
        ),
        sa.Column("message_id", _id, nullable=False),
        sa.Column("person_id", _id, nullable=False, comment="Who is mentioned"),
        sa.Column("made_at", _time, nullable=False),
        sa.Column("read_at", _time, nullable=True, comment="When that person opened it; no part of the history"),
        sa.ForeignKeyConstraint(["log_id"], ["logs.id"], name=op.f("fk_mentions_log_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_mentions_person_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_mentions_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentions")),
        sa.UniqueConstraint("message_id", "person_id", name=op.f("uq_mentions_message_id_person_id")),
        comment="Who is told of a message; but for read_at what the events add up to",
    )
    op.create_index(op.f("ix_mentions_log_id"), "mentions", ["log_id"])
    op.create_index(
        "ix_mentions_person_id_unread",
        "mentions",
        ["person_id", "made_at", "id"],
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_index("ix_mentions_person_id_made_at", "mentions", ["person_id", "made_at", "id"])
    op.execute("GRANT SELECT, INSERT, UPDATE ON mentions TO casework_app")


def downgrade() -> None:
    op.drop_table("mentions")
