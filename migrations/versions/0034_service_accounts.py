"""Accounts of providers' own systems."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034_service_accounts"
down_revision = "0033_letters"


def upgrade() -> None:
    op.add_column(
        "people",
        sa.Column(
            "service",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="A provider's own system: signs in to nothing, and is named for nothing",
        ),
    )
    op.create_table(
        "service_accounts",
        sa.Column(
            "id", sa.UUID(as_uuid=False), nullable=False, comment="Also of the row in people that the history names"
        ),
        sa.Column("organisation_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("made_by", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("minute", sa.DateTime(timezone=True), comment="In which the last request came"),
        sa.Column(
            "asked", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="Requests in that minute"
        ),
        sa.ForeignKeyConstraint(["id"], ["people.id"], name="fk_service_accounts_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="fk_service_accounts_organisation_id"),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name="fk_service_accounts_made_by"),
        sa.PrimaryKeyConstraint("id", name="pk_service_accounts"),
        comment="What a provider's own system may do, and until when; the fold of the organisation's log",
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index("ix_service_accounts_organisation_id", "service_accounts", ["organisation_id"], unique=False)
    op.execute("GRANT SELECT, INSERT, UPDATE ON service_accounts TO casework_app")


def downgrade() -> None:
    op.drop_table("service_accounts")
    op.drop_column("people", "service")
