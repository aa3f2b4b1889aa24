"""What people are told: the outbox, notifications, mails, and how each person wants it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012_notifications"
down_revision = "0011_passkeys"

TABLES = ("outbox", "notifications", "mails", "notification_preferences")


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("log_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("log_id", "seq", name="pk_outbox"),
        comment="Events that may owe somebody a notice; written with them, gone once their notices are written",
    )
    op.create_table(
        "mails",
        sa.Column(
            "id", sa.UUID(as_uuid=False), nullable=False, comment="Also in its Message-ID, the same at each attempt"
        ),
        sa.Column("person_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="What it is for; nothing is mailed twice"),
        sa.Column("kind", sa.Text(), nullable=False, comment="Of its notice, or digest"),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="It says nothing but that something waits"),
        sa.Column(
            "state",
            sa.Text(),
            server_default=sa.text("'queued'"),
            nullable=False,
            comment="queued, sent, failed or cancelled",
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=False, comment="Not before this"),
        sa.Column(
            "tries",
            postgresql.JSONB(),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="Of each attempt: at, and what came of it",
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("state IN ('queued', 'sent', 'failed', 'cancelled')", name="ck_mails_state"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_mails_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_mails"),
        sa.UniqueConstraint("key", name="uq_mails_key"),
        comment="Mails, with what became of them; the words are made when one is sent, and are not kept",
    )
    op.create_index(
        "ix_mails_queued", "mails", ["send_at", "id"], unique=False, postgresql_where=sa.text("state = 'queued'")
    )
    op.create_index("ix_mails_made_at_id", "mails", ["made_at", "id"], unique=False)
    op.create_table(
        "notifications",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("person_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("log_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False, comment="Of the event that it tells of"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False, comment="The task or track, or nothing"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="When it happened"),
        sa.Column("edition", sa.Text(), comment="Whose text names the deed"),
        sa.Column("words", sa.Text(), comment="The key of that text"),
        sa.Column("track_id", sa.UUID(as_uuid=False)),
        sa.Column("task_id", sa.UUID(as_uuid=False)),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.Column("mail_id", sa.UUID(as_uuid=False), comment="The mail that says it; null: it is not mailed"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_notifications_person_id"),
        sa.ForeignKeyConstraint(["log_id"], ["logs.id"], name="fk_notifications_log_id"),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name="fk_notifications_mail_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notifications"),
        sa.UniqueConstraint(
            "person_id", "log_id", "seq", "kind", "about", name="uq_notifications_person_id_log_id_seq_kind_about"
        ),
        comment="What a person is told, in the pages and by mail; what it is about is looked up when it is shown",
    )
    op.create_index("ix_notifications_person_id_at", "notifications", ["person_id", "at", "id"], unique=False)
    op.create_index(
        "ix_notifications_person_id_unread",
        "notifications",
        ["person_id", "id"],
        unique=False,
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_index("ix_notifications_mail_id", "notifications", ["mail_id"], unique=False)
    op.create_table(
        "notification_preferences",
        sa.Column("person_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column(
            "choices",
            postgresql.JSONB(),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="Per kind: at_once, digest or none",
        ),
        sa.Column(
            "quiet",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="No mail outside working hours",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_notification_preferences_person_id"),
        sa.PrimaryKeyConstraint("person_id", name="pk_notification_preferences"),
        comment="How a person wants to be told; no row: as usual",
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(TABLES)} TO casework_app")


def downgrade() -> None:
    for table in ("notification_preferences", "notifications", "mails", "outbox"):
        op.drop_table(table)
