"""Where providers' own systems want to be told, and what they are told."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022_webhooks"
down_revision = "0021_provider_profiles"

TABLES = ("webhook_endpoints", "webhook_messages")


def upgrade() -> None:
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("organisation_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False, comment="What signs its messages, sealed by the vault"),
        sa.Column("former", sa.LargeBinary(), comment="The secret before, which signs beside it for a while"),
        sa.Column("former_until", sa.DateTime(timezone=True)),
        sa.Column("made_by", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "ended_at",
            sa.DateTime(timezone=True),
            comment="By its organisation, or because its receiver answered 410 Gone",
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="fk_webhook_endpoints_organisation_id"),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name="fk_webhook_endpoints_made_by"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_endpoints"),
        comment="Where a provider's own system wants to be told",
    )
    op.create_index("ix_webhook_endpoints_organisation_id", "webhook_endpoints", ["organisation_id"], unique=False)
    op.create_table(
        "webhook_messages",
        sa.Column(
            "id", sa.UUID(as_uuid=False), nullable=False, comment="Also its webhook-id, the same at each attempt"
        ),
        sa.Column("endpoint_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("log_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False, comment="Of the event that it tells of"),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column(
            "payload",
            sa.Text(),
            nullable=False,
            comment="As it is signed and sent: ids and states, nothing confidential",
        ),
        sa.Column(
            "state",
            sa.Text(),
            server_default=sa.text("'queued'"),
            nullable=False,
            comment="queued, delivered, failed or cancelled",
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
        sa.CheckConstraint("state IN ('queued', 'delivered', 'failed', 'cancelled')", name="ck_webhook_messages_state"),
        sa.ForeignKeyConstraint(["endpoint_id"], ["webhook_endpoints.id"], name="fk_webhook_messages_endpoint_id"),
        sa.ForeignKeyConstraint(["log_id"], ["logs.id"], name="fk_webhook_messages_log_id"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_messages"),
        sa.UniqueConstraint("endpoint_id", "log_id", "seq", name="uq_webhook_messages_endpoint_id_log_id_seq"),
        comment="What an endpoint is told, and what became of it",
    )
    op.create_index(
        "ix_webhook_messages_queued",
        "webhook_messages",
        ["send_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(
        "ix_webhook_messages_endpoint_id_made_at", "webhook_messages", ["endpoint_id", "made_at", "id"], unique=False
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {', '.join(TABLES)} TO casework_app")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
